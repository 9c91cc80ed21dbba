//! The main job: a chat test is checked while it is typed, completed from the server, and run.

use crate::support::editor::Editor;
use crate::support::servers::Servers;
use serde_json::{Value, json};
use std::path::PathBuf;

/// The example's send_message test against a mock of the test's own.
fn send_message(servers: &Servers) -> (gctf_lsp::mock::RunningMock, PathBuf, String) {
    let (mock, port) = servers.plain();
    let text = std::fs::read_to_string(crate::support::chat().join("tests/send_message.gctf")).expect("the example");
    let text = text.replace("4770", &port.to_string());
    let path = servers.write("send_message.gctf", &text);
    (mock, path, text)
}

#[test]
fn open_complete_run_break_run_again() {
    let servers = Servers::new();
    let (_mock, path, _) = send_message(&servers);
    let mut editor = Editor::new(servers.path());
    let uri = editor.open(&path);
    assert_eq!(editor.diagnostics(&uri, |_| true), Vec::<Value>::new());
    assert_eq!(editor.lenses(&uri), ["3 ▶ Run"]);

    // Completes a field.
    editor.replace(
        &uri,
        "    \"timestamp\": \"2024-01-01T12:00:00Z\"\n}\n\n--- RESPONSE",
        "    \"ti\n}\n\n--- RESPONSE",
    );
    let place = editor.at(&uri, "\"ti\n", 3);
    let items = editor.complete(&place);
    let labels: Vec<_> = items.iter().filter_map(|item| item["label"].as_str()).collect();
    assert_eq!(labels, ["timestamp", "encrypted"]);
    let edit = &items[0]["textEdit"];
    assert_eq!(edit["newText"], json!("\"timestamp\": \"$1\""));
    editor.replace(&uri, "\"ti\n", "\"timestamp\": \"2024-01-01T12:00:00Z\"\n");

    // Runs.
    let started = editor.press(&uri, 0);
    assert!(started["runId"].is_u64(), "{started}");
    let title = editor.lens_becomes(&uri, 0, |title| title.starts_with("▶ Run · ✓"));
    assert!(title.ends_with(" ms"), "{title}");
    assert_eq!(editor.shown(&uri), [] as [String; 0]);

    // Breaks the expected value; the outcome is stale until the next run.
    editor.replace(&uri, "\"status\": \"sent\"", "\"status\": \"received\"");
    editor.lens_becomes(&uri, 0, |title| title == "▶ Run · stale");
    editor.press(&uri, 0);
    editor.lens_becomes(&uri, 0, |title| title == "▶ Run · ✗ 1 of 5");
    editor.diagnostics(&uri, |list| !list.is_empty());
    assert_eq!(
        editor.shown(&uri),
        ["21:14 \"\\\"received\\\"\" error G501 got \"sent\", expected \"received\""]
    );

    // Layout and comments do not disturb the outcome, a real edit does.
    editor.replace(&uri, "--- RESPONSE ---\n", "\n# a comment\n--- RESPONSE ---\n");
    editor.diagnostics(&uri, |list| {
        list.first().is_some_and(|found| found["range"]["start"]["line"] == 23)
    });
    editor.replace(&uri, "received", "sent");
    editor.diagnostics(&uri, <[Value]>::is_empty);
    assert_eq!(editor.shut_down(), Some(0));
}
