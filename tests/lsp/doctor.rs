//! `gctf.doctor`: a text about a connection, after the same rules as everything that dials.

use crate::support::editor::{Editor, full_capabilities};
use crate::support::servers::Servers;
use serde_json::{Value, json};

fn call(address: &str, settings: &str) -> String {
    format!("--- ADDRESS ---\n{address}\n\n{settings}--- ENDPOINT ---\na.B/C\n\n--- RESPONSE ---\n{{}}\n")
}

/// The text that is shown about the connection of a file.
fn shown(editor: &mut Editor, uri: &str) -> String {
    let before = editor.asked("window/showDocument").len();
    assert_eq!(
        editor.command("gctf.doctor", json!({ "uri": uri }))["result"],
        Value::Null
    );
    editor.wait(|editor| editor.asked("window/showDocument").len() > before);
    let shown = editor.asked("window/showDocument")[before]["params"].clone();
    assert_eq!(shown["takeFocus"], json!(false));
    let path = shown["uri"]
        .as_str()
        .unwrap_or_default()
        .trim_start_matches("file://")
        .to_owned();
    assert!(
        path.starts_with(&editor.state.display().to_string()),
        "in the user's cache: {path}"
    );
    assert!(std::fs::metadata(&path).expect("a file").permissions().readonly());
    std::fs::read_to_string(path).expect("a text")
}

fn showing(servers: &Servers) -> Editor {
    let mut capabilities = full_capabilities();
    capabilities["window"]["showDocument"] = json!({ "support": true });
    Editor::with_capabilities(servers.path(), capabilities)
}

#[test]
fn a_call_that_did_not_come_through_brings_it() {
    let servers = Servers::new();
    let (_mock, port) = servers.plain();
    let (closed, gone) = servers.silent();
    drop(closed);
    let mut editor = showing(&servers);
    let file = servers.path().join("a.gctf");
    let uri = editor.open_text(&file, &call(&format!("localhost:{gone}"), ""));
    editor.press(&uri, 0);
    editor.lens_becomes(&uri, 0, |title| title == "▶ Run · ✗ UNAVAILABLE");
    assert_eq!(editor.lenses(&uri)[1], "3 Diagnose");
    editor.press_titled(&uri, "Diagnose");
    editor.wait(|editor| !editor.asked("window/showDocument").is_empty());
    // A status from the server says enough, and so does an outcome of another text.
    editor.replace(&uri, &format!(":{gone}"), &format!(":{port}"));
    editor.lens_becomes(&uri, 0, |title| title == "▶ Run · stale");
    assert!(!editor.lenses(&uri).iter().any(|lens| lens.ends_with("Diagnose")));
}

#[test]
fn a_step_a_line_with_the_remedy() {
    let servers = Servers::new();
    let (_mock, plain) = servers.plain();
    let (identity, _) = servers.identity("inside.example");
    let tls = servers.tls_only(&identity);
    let (closed, gone) = servers.silent();
    drop(closed);
    let mut editor = showing(&servers);
    let mut text = |name: &str, text: &str| {
        let uri = editor.open_text(&servers.path().join(name), text);
        shown(&mut editor, &uri)
    };
    let whole = text("a.gctf", &call(&format!("127.0.0.1:{plain}"), ""));
    for line in [
        "✓ name: 127.0.0.1 is 127.0.0.1\n",
        "✓ connect: 127.0.0.1:",
        "✓ protocol: the port speaks plaintext\n",
        "✓ connection: open",
        "✓ reflection v1: ",
        "chat.ChatService",
    ] {
        assert!(whole.contains(line), "no {line:?} in {whole}");
    }
    let wrong = text("b.gctf", &call(&format!("127.0.0.1:{tls}"), ""));
    assert!(
        wrong.contains("✗ protocol: the port speaks TLS: add a TLS section\n"),
        "{wrong}"
    );
    let named = "--- TLS ---\nca_cert: inside.example-ca.pem\n\n";
    let named = text("c.gctf", &call(&format!("127.0.0.1:{tls}"), named));
    for line in [
        "✓ ALPN: h2\n",
        "· certificate: for inside.example\n",
        "✓ certificate: valid from ",
    ] {
        assert!(named.contains(line), "no {line:?} in {named}");
    }
    assert!(named.contains("✗ connection: certificate of 127.0.0.1:"), "{named}");
    let gone = text("d.gctf", &call(&format!("127.0.0.1:{gone}"), ""));
    assert!(
        gone.contains("✗ connect: ") && gone.contains("· start the server"),
        "{gone}"
    );
    assert_eq!(editor.shut_down(), Some(0));
}

#[test]
fn it_dials_nobody_without_approval() {
    let servers = Servers::new();
    let (listener, port) = servers.silent();
    listener.set_nonblocking(true).expect("a socket");
    let mut editor = showing(&servers);
    let uri = editor.open_text(&servers.path().join("a.gctf"), &call(&format!("0.0.0.0:{port}"), ""));
    assert_eq!(
        editor.command("gctf.doctor", json!({ "uri": uri }))["result"],
        Value::Null
    );
    editor.wait(|editor| !editor.asked("window/showMessageRequest").is_empty());
    editor.lenses(&uri);
    editor.notify("gctf/didChangeTrust", json!({ "trusted": false }));
    let refused = editor.command("gctf.doctor", json!({ "uri": uri }));
    assert_eq!(refused["error"]["code"], json!(-32803), "{refused}");
    assert!(listener.accept().is_err(), "somebody was dialled");
    assert!(editor.asked("window/showDocument").is_empty());
    assert_eq!(editor.shut_down(), Some(0));
}
