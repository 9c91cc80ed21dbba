//! What a run or a load has opened serves the next one, as long as it is sure to be the same server.

use crate::support::editor::Editor;
use crate::support::servers::Servers;
use crate::support::{Serving, sized};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

fn call(port: u16, endpoint: &str, request: &str, response: &str) -> String {
    format!(
        "--- ADDRESS ---\nlocalhost:{port}\n\n--- ENDPOINT ---\n{endpoint}\n\n--- REQUEST ---\n{request}\n\n--- RESPONSE ---\n{response}\n"
    )
}

/// Runs the only document; the title of its lens when it has ended.
fn run(editor: &mut Editor, uri: &str) -> String {
    editor.heard.clear();
    editor.press(uri, 0);
    editor.wait(|editor| {
        let ended = |message: &Value| {
            let token = message["params"]["token"].as_str().unwrap_or_default();
            token.starts_with("gctf/run/") && message["params"]["value"]["kind"] == json!("end")
        };
        editor.heard.iter().any(ended)
    });
    let lenses = editor.lenses(uri);
    let title = lenses.first().and_then(|lens| lens.split_once(' ')).expect("a lens").1;
    title.chars().take_while(|letter| !letter.is_ascii_digit()).collect()
}

fn loaded(editor: &mut Editor, uri: &str, mark: &str) {
    let place = editor.at(uri, mark, 0);
    while editor.request("textDocument/hover", place.clone()) == Value::Null {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}

#[test]
fn runs_and_loads_share_a_connection() {
    let servers = Servers::new();
    let (port, counts) = servers.block_on(sized::serve());
    let mut editor = Editor::new(servers.path());
    let text = call(
        port,
        "sized.Sized/Echo",
        "{ \"number\": 7 }",
        "{ \"text\": \"\", \"number\": 7 }",
    );
    let uri = editor.open_text(&servers.path().join("a.gctf"), &text);
    loaded(&mut editor, &uri, "Echo");
    for _ in 0..3 {
        assert_eq!(run(&mut editor, &uri), "▶ Run · ✓ ");
    }
    // What the server understands is asked for each time.
    assert_eq!((counts.connections(), counts.reflections()), (1, 4));
    editor.command("gctf.loadSchema", json!({ "uri": uri }));
    loaded(&mut editor, &uri, "Echo");
    while counts.reflections() < 5 {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    assert_eq!(run(&mut editor, &uri), "▶ Run · ✓ ");
    // A run that comes while it is asked for waits for that answer.
    assert_eq!(counts.connections(), 2);
    assert!([5, 6].contains(&counts.reflections()));
}

/// A mock server whose reply has the field `field`.
fn serve(folder: &Path, field: &str) -> Serving {
    let proto = format!(
        "syntax = \"proto3\";\npackage p;\nservice S {{ rpc M(Q) returns (A); }}\nmessage Q {{}}\nmessage A {{ string {field} = 1; }}\n"
    );
    let stubs =
        format!("- service: p.S\n  method: M\n  input: {{ equals: {{}} }}\n  output: {{ data: {{ {field}: x }} }}\n");
    let name = |end: &str| format!("{field}{end}");
    std::fs::write(folder.join(name(".proto")), proto).expect("a file");
    std::fs::write(folder.join(name(".yaml")), stubs).expect("a file");
    let arguments = ["mock", "--listen", "localhost:0", "-s", &name(".yaml"), &name(".proto")];
    Serving::start(folder, &arguments)
}

#[test]
fn a_server_that_was_started_again_is_asked_again() {
    let servers = Servers::new();
    let first = serve(servers.path(), "old");
    let upstream = Arc::new(AtomicU16::new(first.port()));
    let port = servers.relay(Arc::clone(&upstream));
    let mut editor = Editor::new(servers.path());
    let tests = tempfile::tempdir().expect("a folder");
    let text = call(port, "p.S/M", "{}", "{ \"old\": \"x\" }");
    let uri = editor.open_text(&tests.path().join("a.gctf"), &text);
    loaded(&mut editor, &uri, "p.S");
    assert_eq!(run(&mut editor, &uri), "▶ Run · ✓ ");
    first.interrupt();
    let second = serve(servers.path(), "new");
    upstream.store(second.port(), Ordering::SeqCst);
    editor.replace(&uri, "old", "new");
    // The text is checked by the schema that is known: the run is the one that asks.
    assert_eq!(run(&mut editor, &uri), "▶ Run · ✓ ");
    drop(second);
}
