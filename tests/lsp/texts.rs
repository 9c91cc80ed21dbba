//! Texts that a client reads by URIs of the server's own.

use crate::support::editor::{Editor, full_capabilities};
use crate::support::servers::Servers;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

fn reading(servers: &Servers) -> Editor {
    let mut capabilities = full_capabilities();
    capabilities["window"]["showDocument"] = json!({ "support": true });
    capabilities["workspace"]["textDocumentContent"] = json!({ "dynamicRegistration": true });
    Editor::with_capabilities(servers.path(), capabilities)
}

fn read(editor: &mut Editor, uri: &Value) -> String {
    let answer = editor.request("workspace/textDocumentContent", json!({ "uri": uri }));
    answer["text"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

#[test]
fn texts_are_read_by_their_uris_where_the_client_can() {
    let servers = Servers::new();
    let plain = Editor::new(servers.path());
    assert_eq!(plain.capabilities["workspace"]["textDocumentContent"], Value::Null);
    let (_mock, served) = servers.plain();
    let (closed, gone) = servers.silent();
    drop(closed);
    let upstream = Arc::new(AtomicU16::new(served));
    let port = servers.relay(Arc::clone(&upstream));
    let mut editor = reading(&servers);
    let announced = &editor.capabilities;
    assert_eq!(
        announced["workspace"]["textDocumentContent"],
        json!({ "schemes": ["gctf-response", "gctf-proto", "gctf-text"] })
    );
    assert_eq!(announced["experimental"], json!({ "gctf": { "protocol": 1 } }));
    let text = format!(
        "--- ADDRESS ---\nlocalhost:{port}\n--- ENDPOINT ---\nchat.ChatService/SendMessage\n--- REQUEST ---\n{{ \"room_id\": \"x\" }}\n"
    );
    let uri = editor.open_text(&servers.path().join("a.gctf"), &text);
    let place = editor.at(&uri, "{ \"room", 3);
    assert!(!editor.complete(&place).is_empty(), "the schema is loaded");
    // A declaration that only the server has.
    let location = editor.request("textDocument/definition", place);
    assert_eq!(
        location["uri"],
        json!(format!("gctf-proto:/reflection_of_localhost_{port}/chat.proto"))
    );
    let proto = read(&mut editor, &location["uri"]);
    let line = location["range"]["start"]["line"].as_u64().expect("a line") as usize;
    assert!(
        proto.lines().nth(line).is_some_and(|line| line.contains("room_id")),
        "{proto}"
    );
    // A text that is shown, and told anew when it is another one.
    let shown = |editor: &mut Editor, times: usize| {
        editor.command("gctf.doctor", json!({ "uri": uri }));
        editor.wait(|editor| editor.asked("window/showDocument").len() == times);
        let shown = editor.asked("window/showDocument")[times - 1]["params"]["uri"].clone();
        assert_eq!(shown, json!(format!("gctf-text:/doctor/localhost_{port}.txt")));
        read(editor, &shown)
    };
    assert!(shown(&mut editor, 1).contains("✓ protocol: the port speaks plaintext"));
    upstream.store(gone, Ordering::SeqCst);
    assert!(shown(&mut editor, 2).contains("✗"));
    editor.wait(|editor| !editor.asked("workspace/textDocumentContent/refresh").is_empty());
    // Nothing of it is on the disk, and nothing else can be read so.
    let kept: Vec<_> = std::fs::read_dir(editor.state.join("gctf"))
        .into_iter()
        .flatten()
        .flatten()
        .collect();
    assert!(
        kept.iter()
            .all(|entry| entry.file_name() != "protos" && entry.file_name() != "texts"),
        "{kept:?}"
    );
    let id = editor.start("workspace/textDocumentContent", json!({ "uri": "file:///etc/passwd" }));
    assert_eq!(editor.answer(id)["error"]["code"], json!(-32803));
    assert_eq!(editor.shut_down(), Some(0));
}
