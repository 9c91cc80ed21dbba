//! Running again what has run, once its file is saved.

use crate::support::editor::Editor;
use crate::support::servers::Servers;
use serde_json::{Value, json};

const PROTO: &str =
    "syntax = \"proto3\"; package t; service S { rpc Get(M) returns (M); } message M { string text = 1; }";
const STUBS: &str = "service: t.S\nmethod: Get\ninput: { equals: { text: a } }\noutput: { data: { text: one } }\n";

fn call(address: &str) -> String {
    format!(
        "--- ADDRESS ---\n{address}\n\n--- ENDPOINT ---\nt.S/Get\n\n--- REQUEST ---\n{{\"text\": \"a\"}}\n\n--- RESPONSE ---\n{{\"text\": \"one\"}}\n"
    )
}

fn editor(servers: &Servers, settings: Value) -> Editor {
    let mut editor = Editor::spawn(servers.path());
    editor.initialize(servers.path(), crate::support::editor::full_capabilities(), settings);
    editor
}

fn save(editor: &mut Editor, file: &str) {
    editor.notify("textDocument/didSave", json!({ "textDocument": { "uri": file } }));
}

#[test]
fn what_has_run_runs_again() {
    let servers = Servers::new();
    let (_mock, port) = servers.of(PROTO, STUBS, None);
    let mut editor = editor(&servers, json!({ "run": { "onSave": true } }));
    let address = format!("localhost:{port}");
    let two = format!("{}\n{}", call(&address), call(&address));
    let file = editor.open_text(&servers.path().join("a.gctf"), &two);
    // Nothing has run, and nothing does.
    save(&mut editor, &file);
    let idle = ["0 ▶ Run file (2)", "3 ▶ Run", "15 ▶ Run"];
    assert_eq!(editor.lenses(&file), idle);
    editor.press(&file, 1);
    editor.lens_becomes(&file, 1, |title| title.starts_with("▶ Run · ✓"));
    editor.replace(&file, "\"one\"", "\"two\"");
    editor.lens_becomes(&file, 1, |title| title == "▶ Run · stale");
    save(&mut editor, &file);
    editor.lens_becomes(&file, 1, |title| title == "▶ Run · ✗ 1 of 1");
    // The other one has not run before.
    assert_eq!(editor.lens_becomes(&file, 2, |_| true), "▶ Run");
    assert_eq!(editor.shut_down(), Some(0));
}

#[test]
fn nothing_runs_unless_it_is_set() {
    let servers = Servers::new();
    let (_mock, port) = servers.of(PROTO, STUBS, None);
    let mut editor = editor(&servers, Value::Null);
    let file = editor.open_text(&servers.path().join("a.gctf"), &call(&format!("localhost:{port}")));
    editor.press(&file, 0);
    editor.lens_becomes(&file, 0, |title| title.starts_with("▶ Run · ✓"));
    editor.replace(&file, "\"one\"", "\"two\"");
    save(&mut editor, &file);
    assert_eq!(editor.lens_becomes(&file, 0, |_| true), "▶ Run · stale");
    assert_eq!(editor.shut_down(), Some(0));
}

#[test]
fn nobody_is_asked_and_no_stranger_is_dialled() {
    let servers = Servers::new();
    let (_mock, port) = servers.of(PROTO, STUBS, None);
    let (listener, strange) = servers.silent();
    listener.set_nonblocking(true).expect("a socket");
    let mut editor = editor(&servers, json!({ "run": { "onSave": true } }));
    let text = format!(
        "{}\n{}",
        call(&format!("localhost:{port}")),
        call(&format!("localhost:{port}"))
    );
    let file = editor.open_text(&servers.path().join("a.gctf"), &text);
    editor.press_titled(&file, "▶ Run file (2)");
    editor.lens_becomes(&file, 1, |title| title.starts_with("▶ Run · ✓"));
    editor.lens_becomes(&file, 2, |title| title.starts_with("▶ Run · ✓"));
    // Another server now, that nobody has approved of; the second document is as it was but for its check.
    editor.replace(&file, &format!("localhost:{port}"), &format!("0.0.0.0:{strange}"));
    let last = editor.text(&file).rfind("\"one\"").expect("a check");
    editor.edit(&file, last..last + 5, "\"two\"");
    save(&mut editor, &file);
    editor.lens_becomes(&file, 2, |title| title == "▶ Run · ✗ 1 of 1");
    assert_eq!(editor.lens_becomes(&file, 1, |_| true), "▶ Run · stale");
    assert_eq!(editor.asked("window/showMessageRequest").len(), 0);
    assert!(listener.accept().is_err(), "somebody was dialled");
    assert_eq!(editor.shut_down(), Some(0));
}

#[test]
fn what_runs_as_it_is_saved_goes_on_and_another_text_starts_anew() {
    let servers = Servers::new();
    let slow = "---\nservice: t.S\nmethod: Get\ninput: { equals: { text: slow } }\noutput: { data: {}, delay: 1h }\n";
    let (_mock, port) = servers.of(PROTO, &format!("{STUBS}{slow}"), None);
    let mut capabilities = crate::support::editor::full_capabilities();
    capabilities["experimental"] = json!({ "gctf": { "runEvents": true } });
    let mut editor = Editor::spawn(servers.path());
    editor.initialize(servers.path(), capabilities, json!({ "run": { "onSave": true } }));
    let file = editor.open_text(&servers.path().join("a.gctf"), &call(&format!("localhost:{port}")));
    let started = |editor: &Editor| {
        let told = editor.asked("gctf/runEvent").into_iter();
        told.filter(|event| event["params"]["kind"] == json!("started")).count()
    };
    editor.press(&file, 0);
    editor.lens_becomes(&file, 0, |title| title.starts_with("▶ Run · ✓"));
    editor.replace(&file, "\"text\": \"a\"", "\"text\": \"slow\"");
    editor.press(&file, 0);
    editor.lens_becomes(&file, 0, |title| title == "■ Cancel");
    save(&mut editor, &file);
    editor.lenses(&file);
    assert_eq!(started(&editor), 2);
    editor.replace(&file, "\"text\": \"slow\"", "\"text\": \"a\"");
    save(&mut editor, &file);
    editor.lens_becomes(&file, 0, |title| title.starts_with("▶ Run · ✓"));
    assert_eq!(started(&editor), 3);
    assert_eq!(editor.shut_down(), Some(0));
}
