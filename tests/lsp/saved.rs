//! Schemas that were saved serve while their server is away, or not approved.

use crate::support::editor::Editor;
use crate::support::servers::Servers;
use crate::support::{gctf, stdout};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

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
        shown[0].starts_with("1:0") && shown[0].ends_with("connection refused (saved today)"),
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
fn only_what_has_changed_since_is_marked() {
    let servers = Servers::new();
    let proto = |total: &str| {
        format!(
            "syntax = \"proto3\"; package shop; service Orders {{ rpc Get(Order) returns (Order); }} \
             message Order {{ string id = 1; {total} total = 2; }}"
        )
    };
    let (_mock, port) = servers.of(&proto("int32"), "[]", None);
    let upstream = Arc::new(AtomicU16::new(port));
    let port = servers.relay(Arc::clone(&upstream));
    let address = format!("localhost:{port}");
    let saved = gctf(servers.path(), &["schema", "save", &address]);
    assert!(stdout(&saved).contains("saved to"), "{saved:?}");
    let (_newer, newer) = servers.of(&proto("string"), "[]", None);
    upstream.store(newer, Ordering::SeqCst);
    let mut editor = Editor::new(servers.path());
    let call = |lines: &str| {
        format!("--- ADDRESS ---\n{address}\n--- ENDPOINT ---\nshop.Orders/Get\n--- ASSERTS ---\n{lines}\n")
    };
    let touched = editor.open_text(
        &servers.path().join("a.gctf"),
        &call(".id == \"a\" and .total == \"5\""),
    );
    let other = editor.open_text(&servers.path().join("b.gctf"), &call(".id == \"a\""));
    editor.diagnostics(&touched, |list| list.len() == 1);
    assert_eq!(
        editor.shown(&touched),
        [
            "5:16 \"total\" warning G619 `shop.Order.total` has changed since the schema was saved: int32 before, string now"
        ]
    );
    assert_eq!(editor.shown(&other), [] as [String; 0]);
    // The lens leads to the comparison, here by a message.
    assert_eq!(editor.lenses(&other), ["2 ▶ Run", "2 Fill request"]);
    assert_eq!(
        editor.lenses(&touched),
        ["2 ▶ Run", "2 Fill request", "2 Schema changed"]
    );
    editor.press(&touched, 2);
    let shown = |message: &Value| {
        let text = message["params"]["message"].as_str()?;
        text.strip_prefix("See ").map(str::to_owned)
    };
    editor.wait(|editor| editor.heard.iter().any(|message| shown(message).is_some()));
    let path = editor.heard.iter().find_map(shown).expect("a path");
    let text = std::fs::read_to_string(path).expect("the comparison");
    assert_eq!(
        text,
        format!("{address}\n  breaking  shop.Order.total: int32 before, string now\n")
    );
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
        shown[0].contains("hint G323") && shown[0].ends_with(" (saved today)"),
        "{shown:?}"
    );
    assert!(shown[1].contains("warning G307"), "{shown:?}");
}
