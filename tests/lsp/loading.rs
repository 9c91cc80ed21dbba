//! Progress while a schema is loaded.

use crate::support::editor::{Editor, full_capabilities};
use crate::support::reflection::{self, Gate};
use crate::support::servers::Servers;
use futures::StreamExt as _;
use serde_json::{Value, json};
use std::time::Duration;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;

/// A server that lists no service, once it may.
fn slow(servers: &Servers) -> (Gate, u16) {
    servers.reflecting(|_: MessageRequest| futures::stream::iter([reflection::services(&[])]).boxed())
}

fn open(editor: &mut Editor, servers: &Servers, name: &str, port: u16) -> String {
    let text = format!("--- ADDRESS ---\nlocalhost:{port}\n\n--- ENDPOINT ---\np.S/Call\n\n--- RESPONSE ---\n{{}}\n");
    editor.open_text(&servers.path().join(name), &text)
}

/// The steps of progress of one kind, in order: their tokens and values.
fn steps(editor: &Editor, kind: &str) -> Vec<(Value, Value)> {
    let said = editor.asked("$/progress").into_iter();
    let said = said.filter(|said| said["params"]["value"]["kind"] == json!(kind));
    said.map(|said| (said["params"]["token"].clone(), said["params"]["value"].clone()))
        .collect()
}

#[test]
fn a_long_load_is_shown_until_it_ends() {
    let servers = Servers::new();
    let (gate, port) = slow(&servers);
    let mut editor = Editor::new(servers.path());
    let uri = open(&mut editor, &servers, "a.gctf", port);
    gate.wait();
    editor.wait(|editor| steps(editor, "begin").len() == 1);
    let begun = steps(&editor, "begin");
    let shown = json!({ "kind": "begin", "title": "gctf: schema", "message": format!("localhost:{port}"),
        "cancellable": false });
    assert_eq!(begun[0].1, shown);

    // One that the user asks for takes its place.
    let replaced = editor.command("gctf.loadSchema", json!({ "uri": uri }));
    assert!(replaced.get("error").is_none(), "{replaced}");
    editor.wait(|editor| steps(editor, "begin").len() == 2 && steps(editor, "end").len() == 1);
    let (begun, ended) = (steps(&editor, "begin"), steps(&editor, "end"));
    assert_eq!(ended[0].0, begun[0].0);
    assert_ne!(begun[0].0, begun[1].0);

    gate.open();
    editor.wait(|editor| steps(editor, "end").len() == 2);
    assert_eq!(steps(&editor, "end")[1].0, begun[1].0);
    assert_eq!(editor.shut_down(), Some(0));
}

#[test]
fn it_ends_where_the_load_fails_or_is_no_longer_wanted() {
    let servers = Servers::new();
    // The server that accepts and says nothing gets its five seconds.
    let (listener, port) = servers.silent();
    let mut editor = Editor::new(servers.path());
    let uri = open(&mut editor, &servers, "a.gctf", port);
    editor.diagnostics(&uri, |list| !list.is_empty());
    editor.wait(|editor| steps(editor, "end").len() == 1);
    drop(listener);

    let (gate, port) = slow(&servers);
    let other = open(&mut editor, &servers, "b.gctf", port);
    gate.wait();
    editor.wait(|editor| steps(editor, "begin").len() == 2);
    editor.close(&other);
    editor.wait(|editor| steps(editor, "end").len() == 2);
}

#[test]
fn it_ends_when_the_server_shuts_down() {
    let servers = Servers::new();
    let (gate, port) = slow(&servers);
    let mut editor = Editor::new(servers.path());
    open(&mut editor, &servers, "a.gctf", port);
    gate.wait();
    editor.wait(|editor| steps(editor, "begin").len() == 1);
    editor.request("shutdown", Value::Null);
    editor.wait(|editor| steps(editor, "end").len() == 1);
    editor.notify("exit", Value::Null);
    assert_eq!(editor.exit_code(), Some(0));
}

#[test]
fn clients_that_show_no_progress_hear_of_none() {
    let servers = Servers::new();
    let (gate, port) = slow(&servers);
    let mut capabilities = full_capabilities();
    capabilities["window"] = json!({});
    let mut editor = Editor::with_capabilities(servers.path(), capabilities);
    let uri = open(&mut editor, &servers, "a.gctf", port);
    gate.wait();
    // Long enough to be shown to others.
    std::thread::sleep(Duration::from_millis(500));
    gate.open();
    editor.diagnostics(&uri, |list| list.iter().any(|found| found["code"] == json!("G305")));
    assert_eq!(editor.asked("window/workDoneProgress/create").len(), 0);
    assert_eq!(editor.asked("$/progress").len(), 0);
}
