//! Requests that are filled: by the lens, by the action, by the command.

use crate::support::editor::Editor;
use crate::support::servers::Servers;
use serde_json::{Value, json};

fn chat(port: u16, body: &str) -> String {
    format!(
        "--- ADDRESS ---\nlocalhost:{port}\n\n--- ENDPOINT ---\nchat.ChatService/SendMessage\n\n--- REQUEST ---\n{body}\n--- RESPONSE partial ---\n{{\n  \"status\": \"sent\"\n}}\n"
    )
}

const FILLED: &str = "--- REQUEST ---\n{\n  \"room_id\": \"\",\n  \"user_id\": \"\",\n  \"message\": \"\",\n  \"timestamp\": \"\",\n  \"encrypted\": false\n}\n\n--- RESPONSE";

fn actions(editor: &mut Editor, place: &Value, only: &[&str]) -> Vec<Value> {
    let at = &place["position"];
    let params = json!({
        "textDocument": place["textDocument"],
        "range": { "start": at, "end": at },
        "context": { "diagnostics": [], "only": only }
    });
    let found = editor.request("textDocument/codeAction", params);
    found.as_array().cloned().unwrap_or_default()
}

#[test]
fn the_lens_fills_the_request_which_then_runs() {
    let servers = Servers::new();
    let (_mock, port) = servers.plain();
    let mut editor = Editor::new(servers.path());
    let uri = editor.open_text(&servers.path().join("a.gctf"), &chat(port, ""));
    editor.lens_becomes(&uri, 1, |title| title == "Fill request");
    let done = editor.press(&uri, 1);
    assert_eq!(done, json!({ "applied": true }));
    assert!(editor.text(&uri).contains(FILLED), "{}", editor.text(&uri));
    assert_eq!(editor.lenses(&uri), ["3 ▶ Run"]);
    editor.replace(&uri, "\"room_id\": \"\"", "\"room_id\": \"room_001\"");
    editor.replace(&uri, "\"user_id\": \"\"", "\"user_id\": \"user_123\"");
    editor.press(&uri, 0);
    editor.lens_becomes(&uri, 0, |title| title.starts_with("▶ Run · ✓"));
    assert_eq!(editor.shown(&uri), [] as [String; 0]);
    assert_eq!(editor.shut_down(), Some(0));
}

#[test]
fn actions_carry_their_edits() {
    let servers = Servers::new();
    let (_mock, port) = servers.plain();
    let mut editor = Editor::new(servers.path());
    let uri = editor.open_text(&servers.path().join("a.gctf"), &chat(port, "{}\n"));
    editor.lens_becomes(&uri, 1, |title| title == "Fill request");
    let place = editor.at(&uri, "{}", 1);
    let found = actions(&mut editor, &place, &["refactor"]);
    let titles: Vec<_> = found.iter().map(|action| action["title"].clone()).collect();
    assert_eq!(titles, ["Fill request skeleton"]);
    assert_eq!(found[0]["kind"], json!("refactor.rewrite"));
    assert!(actions(&mut editor, &place, &["quickfix"]).is_empty());
    editor.apply(&found[0]["edit"]);
    assert!(editor.text(&uri).contains(FILLED), "{}", editor.text(&uri));

    editor.replace(&uri, "  \"message\": \"\",\n  \"timestamp\": \"\",\n", "");
    let place = editor.at(&uri, "\"user_id", 0);
    let done = editor.request(
        "workspace/executeCommand",
        json!({ "command": "gctf.insertMissing", "arguments": [{ "uri": uri, "position": place["position"] }] }),
    );
    assert_eq!(done, json!({ "applied": true }));
    // In the order of the schema.
    assert!(editor.text(&uri).contains(FILLED), "{}", editor.text(&uri));
    let id = editor.start(
        "workspace/executeCommand",
        json!({ "command": "gctf.fillRequest", "arguments": [{ "uri": uri }] }),
    );
    let answer = editor.answer(id);
    assert_eq!(answer["error"]["message"], json!("no REQUEST of the document is empty"));
}
