//! Schemas that were saved serve while their server is away, or not approved.

use crate::support::editor::Editor;
use crate::support::servers::Servers;
use crate::support::{gctf, stdout};
use serde_json::json;
use std::path::Path;

fn call(address: &str) -> String {
    format!(
        "--- ADDRESS ---\n{address}\n\n--- ENDPOINT ---\nchat.ChatService/SendMessage\n\n--- REQUEST ---\n{{ \"user_ID\": \"a\" }}\n\n--- RESPONSE ---\n{{}}\n"
    )
}

#[test]
fn a_saved_schema_serves_while_the_server_is_away() {
    let servers = Servers::new();
    let (mock, port) = servers.plain();
    let address = format!("localhost:{port}");
    // Saved by the editor.
    let mut editor = Editor::new(servers.path());
    let uri = editor.open_text(&servers.path().join("a.gctf"), &call(&address));
    editor.diagnostics(&uri, |list| list.len() == 1);
    let answer = editor.command("gctf.saveSchema", json!({ "uri": uri }));
    let path = servers.path().join(format!("gctf-schema/localhost_{port}.binpb"));
    let written = answer["result"]["path"].as_str().unwrap_or_else(|| panic!("{answer}"));
    assert_eq!(Path::new(written).canonicalize().ok(), path.canonicalize().ok());
    assert_eq!(editor.shut_down(), Some(0));
    drop(mock);
    let mut editor = Editor::new(servers.path());
    let uri = editor.open_text(&servers.path().join("a.gctf"), &call(&address));
    editor.diagnostics(&uri, |list| list.len() == 2);
    let shown = editor.shown(&uri);
    assert!(
        shown[0].starts_with("1:0") && shown[0].ends_with("connection refused; the schema saved today is used"),
        "{shown:?}"
    );
    // What it says weighs less: the server may be another one by now.
    assert_eq!(
        shown[1],
        "7:2 \"\\\"user_ID\\\"\" warning G307 chat.SendMessageRequest has no field \"user_ID\"; did you mean \"user_id\"? (by an older schema)"
    );
    editor.replace(&uri, "\"user_ID\": \"a\"", "\"us");
    let place = editor.at(&uri, "\"us", 3);
    let labels: Vec<_> = editor
        .complete(&place)
        .iter()
        .map(|item| item["label"].clone())
        .collect();
    assert!(labels.contains(&json!("user_id")), "{labels:?}");
}

#[test]
fn a_saved_schema_serves_where_nobody_has_approved_of_the_host() {
    let servers = Servers::new();
    let (mock, port) = servers.plain();
    // A name that is this machine and does not look so.
    let address = format!("0.0.0.0:{port}");
    let saved = gctf(servers.path(), &["schema", "save", &address]);
    assert!(stdout(&saved).contains("saved to"), "{saved:?}");
    drop(mock);
    let mut editor = Editor::new(servers.path());
    let uri = editor.open_text(&servers.path().join("a.gctf"), &call(&address));
    editor.diagnostics(&uri, |list| list.len() == 2);
    let shown = editor.shown(&uri);
    assert!(
        shown[0].contains("hint G323") && shown[0].ends_with("; the schema saved today is used"),
        "{shown:?}"
    );
    assert!(shown[1].contains("warning G307"), "{shown:?}");
}
