//! Settings: of the user, of the folder, while the server runs.

use crate::support::editor::{Editor, full_capabilities};
use crate::support::servers::Servers;
use serde_json::{Value, json};

const CALL: &str = "--- ENDPOINT ---\na.B/C\n\n--- REQUEST ---\n{}\n\n--- RESPONSE ---\n{}\n";

/// Capabilities of an editor that tells its settings when it is asked.
fn asked() -> Value {
    let mut capabilities = full_capabilities();
    capabilities["workspace"]["configuration"] = json!(true);
    capabilities
}

fn changed(editor: &mut Editor, settings: Value) {
    editor.replies.insert("workspace/configuration", Some(settings));
    editor.notify("workspace/didChangeConfiguration", json!({ "settings": null }));
}

/// The text of the information on a missing ADDRESS, which names the one that is used.
fn used(editor: &mut Editor, uri: &str, address: &str) {
    editor.diagnostics(uri, |list| {
        list.iter()
            .any(|found| found["message"] == json!(format!("no ADDRESS: `{address}` is used")))
    });
}

#[test]
fn later_layers_win_and_changes_count_at_once() {
    let servers = Servers::new();
    servers.write("gctf.toml", "address = 'folder.invalid:1'\nnetwork = 'none'\n");
    let mut editor = Editor::spawn(servers.path());
    let answer = json!([{}, { "address": "" }]);
    editor.replies.insert("workspace/configuration", Some(answer));
    editor.initialize(servers.path(), asked(), json!({ "address": "start.invalid:1" }));
    let uri = editor.open_text(&servers.path().join("a.gctf"), CALL);
    // The last layer says nothing but that it says nothing.
    used(&mut editor, &uri, "host.invalid:4770");
    changed(
        &mut editor,
        json!([{}, { "address": "user.invalid:1", "lens": { "enabled": false } }]),
    );
    used(&mut editor, &uri, "user.invalid:1");
    assert_eq!(editor.lenses(&uri), Vec::<String>::new());
    changed(&mut editor, json!([{}, {}]));
    used(&mut editor, &uri, "start.invalid:1");
    assert_eq!(editor.lenses(&uri), ["0 ▶ Run"]);
    let questions = editor.asked("workspace/configuration");
    let items = &questions[0]["params"]["items"];
    assert_eq!(items[0], json!({ "section": "gctf" }));
    assert_eq!(
        items[1],
        json!({ "scopeUri": crate::support::editor::uri(servers.path()), "section": "gctf" })
    );
    assert_eq!(editor.shut_down(), Some(0));
}

#[test]
fn a_folder_says_what_its_files_need() {
    let servers = Servers::new();
    servers.write(
        "gctf.toml",
        "address = 'folder.invalid:1'\n\n[diagnostics.severity]\nG607 = 'hint'\n",
    );
    let mut editor = Editor::new(servers.path());
    let uri = editor.open_text(&servers.path().join("a.gctf"), CALL);
    used(&mut editor, &uri, "folder.invalid:1");
    assert!(editor.shown(&uri)[0].contains("hint G607"), "{:?}", editor.shown(&uri));
    // It is read again when it is saved, wherever that happens.
    let path = servers.write("gctf.toml", "address = 'other.invalid:1'\n");
    editor.notify(
        "textDocument/didSave",
        json!({ "textDocument": { "uri": crate::support::editor::uri(&path) } }),
    );
    used(&mut editor, &uri, "other.invalid:1");
    assert_eq!(editor.shut_down(), Some(0));
}

#[test]
fn wrong_values_are_told_with_their_place() {
    let servers = Servers::new();
    let path = servers.write("gctf.toml", "address = 5\n[run]\njobs = 0\n");
    let mut editor = Editor::spawn(servers.path());
    editor.initialize(servers.path(), full_capabilities(), json!({ "network": "everything" }));
    let uri = editor.open_text(&servers.path().join("a.gctf"), CALL);
    used(&mut editor, &uri, "host.invalid:4770");
    editor.wait(|editor| editor.asked("window/logMessage").len() >= 3);
    let mut told: Vec<_> = editor
        .asked("window/logMessage")
        .iter()
        .map(|message| {
            assert_eq!(message["params"]["type"], json!(2));
            let text = message["params"]["message"].as_str().unwrap_or_default();
            let name = path.canonicalize().expect("the file is there").display().to_string();
            text.replace(&name, "gctf.toml")
        })
        .collect();
    told.sort();
    let expected = [
        "gctf.network: expected \"none\", \"ask\", \"loopback\" or \"any\"",
        "gctf.toml:1: address: expected a string",
        "gctf.toml:3: run.jobs: expected a number from 1 to 65535",
    ];
    assert_eq!(told[1..], expected[1..]);
    assert!(told[0].starts_with("gctf.network: expected one of"), "{told:?}");
    // Whatever a client sends, the server lives on.
    for settings in [
        json!(null),
        json!(5),
        json!({ "gctf": [1] }),
        json!({ "run": { "jobs": [] } }),
    ] {
        editor.notify("workspace/didChangeConfiguration", json!({ "settings": settings }));
    }
    assert_eq!(editor.lenses(&uri), ["0 ▶ Run"]);
    assert_eq!(editor.shut_down(), Some(0));
}

#[test]
fn findings_are_weighed_and_left_out() {
    let servers = Servers::new();
    let mut editor = Editor::new(servers.path());
    let uri = editor.open_text(&servers.path().join("a.gctf"), CALL);
    used(&mut editor, &uri, "host.invalid:4770");
    let settings = json!({ "gctf": { "diagnostics.severity": { "G607": "error", "G323": "off" } } });
    editor.notify("workspace/didChangeConfiguration", json!({ "settings": settings }));
    editor.diagnostics(&uri, |list| list.len() == 1 && list[0]["severity"] == json!(1));
    let settings = json!({ "gctf": { "diagnostics.severity": { "G607": "off", "G323": "off" } } });
    editor.notify("workspace/didChangeConfiguration", json!({ "settings": settings }));
    editor.diagnostics(&uri, |list| list.is_empty());
    assert_eq!(editor.shut_down(), Some(0));
}

#[test]
fn names_and_layout_as_they_are_set() {
    let servers = Servers::new();
    let (_mock, port) = servers.plain();
    let mut editor = Editor::spawn(servers.path());
    let options = json!({ "completion": { "names": "json" }, "format.enabled": false });
    editor.initialize(servers.path(), full_capabilities(), options);
    let text = format!(
        "--- ADDRESS ---\nlocalhost:{port}\n\n--- ENDPOINT ---\nchat.ChatService/SendMessage\n\n--- REQUEST ---\n{{\"\": 1}}\n"
    );
    let uri = editor.open_text(&servers.path().join("a.gctf"), &text);
    let place = editor.at(&uri, "{\"", 2);
    let items = editor.complete(&place);
    assert!(items.iter().any(|item| item["label"] == json!("roomId")), "{items:?}");
    let options = json!({ "tabSize": 2, "insertSpaces": true });
    let edits = editor.request(
        "textDocument/formatting",
        json!({ "textDocument": { "uri": uri }, "options": options }),
    );
    assert_eq!(edits, Value::Null);
    assert_eq!(editor.shut_down(), Some(0));
}
