//! Findings by the schema while one types, and what cures them.

use crate::support::editor::{Editor, full_capabilities, offset};
use crate::support::servers::Servers;
use serde_json::{Value, json};

/// What a client does with the edits of an action: applies them to its text, the last one first.
fn apply(editor: &mut Editor, uri: &str, action: &Value) {
    let edits = match &action["edit"]["documentChanges"] {
        Value::Null => action["edit"]["changes"][uri].clone(),
        changes => changes[0]["edits"].clone(),
    };
    for edit in edits.as_array().expect("edits").iter().rev() {
        let (start, end) = (&edit["range"]["start"], &edit["range"]["end"]);
        let range = offset(editor.text(uri), start)..offset(editor.text(uri), end);
        editor.edit(uri, range, edit["newText"].as_str().expect("a text"));
    }
}

fn actions(editor: &mut Editor, uri: &str, place: &Value, only: &[&str]) -> Vec<Value> {
    let position = place["position"].clone();
    let answer = editor.request(
        "textDocument/codeAction",
        json!({
            "textDocument": { "uri": uri },
            "range": { "start": position, "end": position },
            "context": { "diagnostics": [], "only": only }
        }),
    );
    answer.as_array().cloned().unwrap_or_default()
}

#[test]
fn a_wrong_field_is_marked_and_cured() {
    let servers = Servers::new();
    let (_mock, port) = servers.plain();
    let text = format!(
        "--- ADDRESS ---\nlocalhost:{port}\n\n--- ENDPOINT ---\nchat.ChatService/SendMessage\n\n--- REQUEST ---\n\
         {{ \"message\": \"😀\", \"user_ID\": 5, \"encrypted\": \"true\" }}\n\n--- RESPONSE ---\n{{ \"statsu\": \"*\" }}\n"
    );
    for versioned in [false, true] {
        let mut capabilities = full_capabilities();
        capabilities["workspace"]["workspaceEdit"] = json!({ "documentChanges": versioned });
        let mut editor = Editor::with_capabilities(servers.path(), capabilities);
        let uri = editor.open_text(&servers.path().join("a.gctf"), &text);
        editor.diagnostics(&uri, |list| list.len() == 3);
        assert_eq!(
            editor.shown(&uri),
            [
                "7:19 \"\\\"user_ID\\\"\" error G307 chat.SendMessageRequest has no field \"user_ID\"; did you mean \"user_id\"?",
                "7:46 \"\\\"true\\\"\" error G308 expected true or false, got \"true\"",
                "10:2 \"\\\"statsu\\\"\" error G307 chat.SendMessageResponse has no field \"statsu\"; did you mean \"status\"?",
            ]
        );
        let place = editor.at(&uri, "user_ID", 1);
        let offered = actions(&mut editor, &uri, &place, &[]);
        assert_eq!(offered[0]["title"], json!("Change to \"user_id\""));
        assert_eq!(offered[0]["isPreferred"], json!(true));
        assert_eq!(offered[0]["diagnostics"][0]["code"], json!("G307"));
        assert_eq!(offered[0]["edit"]["documentChanges"].is_array(), versioned);
        apply(&mut editor, &uri, &offered[0]);
        // The field is there now, and its value is what is wrong.
        editor.diagnostics(&uri, |list| {
            list.iter()
                .any(|found| found["message"] == json!("expected a string, got 5"))
        });
        for mark in [": 5,", "\"true\"", "statsu"] {
            let place = editor.at(&uri, mark, 2);
            let offered = actions(&mut editor, &uri, &place, &["quickfix"]);
            apply(&mut editor, &uri, &offered[0]);
        }
        editor.diagnostics(&uri, |list| list.is_empty());
        assert!(
            editor.text(&uri).contains("\"user_id\": \"5\", \"encrypted\": true }"),
            "{}",
            editor.text(&uri)
        );
    }
}

#[test]
fn old_names_are_brought_up_to_date_at_once() {
    let servers = Servers::new();
    let mut editor = Editor::new(servers.path());
    let text = "--- Endpoint ---\na.B/C\n--- HEADERS ---\nx: é\n--- OPTIONS ---\nretry-delay: 1\n--- ASSERTS ---\n@uuid(.id)\n";
    let uri = editor.open_text(&servers.path().join("a.gctf"), text);
    let place = editor.at(&uri, "a.B", 0);
    let offered = actions(&mut editor, &uri, &place, &["source.fixAll"]);
    assert_eq!(offered.len(), 1, "{offered:?}");
    apply(&mut editor, &uri, &offered[0]);
    assert_eq!(
        editor.text(&uri),
        "--- ENDPOINT ---\na.B/C\n--- REQUEST_HEADERS ---\nx: é\n--- OPTIONS ---\nretry_delay: 1\n--- ASSERTS ---\n@is_uuid(.id)\n"
    );
    assert_eq!(actions(&mut editor, &uri, &place, &["source.fixAll"]), [] as [Value; 0]);
    // Without being asked for, nothing of the kind is offered.
    assert_eq!(actions(&mut editor, &uri, &place, &["refactor"]), [] as [Value; 0]);
}
