//! Hosts that are not this machine by their names: nothing is dialled before the user has approved.

use crate::support::chat;
use crate::support::editor::{Editor, full_capabilities, uri};
use crate::support::servers::Servers;
use serde_json::{Value, json};
use std::net::TcpListener;
use std::path::Path;

const ASK: &str = "window/showMessageRequest";

/// A port that counts who comes, and the name of its host that does not say that it is this machine.
fn foreign(servers: &Servers) -> (TcpListener, String) {
    let (listener, port) = servers.silent();
    listener.set_nonblocking(true).expect("a socket");
    (listener, format!("0.0.0.0:{port}"))
}

fn call(address: &str) -> String {
    format!(
        "--- ADDRESS ---\n{address}\n\n--- ENDPOINT ---\nchat.ChatService/SendMessage\n\n--- REQUEST ---\n{{\"room_id\": \"room_001\", \"user_id\": \"user_123\"}}\n\n--- RESPONSE partial ---\n{{}}\n"
    )
}

fn open(editor: &mut Editor, servers: &Servers, text: &str) -> String {
    editor.open_text(&servers.path().join("a.gctf"), text)
}

fn has(list: &[Value], code: &str) -> bool {
    list.iter().any(|found| found["code"] == json!(code))
}

/// An editor whose user presses `button`.
fn answering(servers: &Servers, button: &str) -> Editor {
    let mut editor = Editor::new(servers.path());
    editor.replies.insert(ASK, Some(json!({ "title": button })));
    editor
}

fn load(editor: &mut Editor, uri: &str) -> Value {
    editor.command("gctf.loadSchema", json!({ "uri": uri }))
}

fn trust_button(address: &str) -> String {
    format!("Trust {address} in this workspace")
}

#[test]
fn nothing_is_dialled_that_the_user_has_not_approved() {
    let servers = Servers::new();
    let (listener, address) = foreign(&servers);
    let mut editor = answering(&servers, "Cancel");
    let file = open(&mut editor, &servers, &call(&address));
    editor.diagnostics(&file, |list| has(list, "G323"));
    assert_eq!(
        editor.shown(&file),
        [format!(
            "1:0 \"{address}\" hint G323 schema not loaded: {address} is not trusted in this workspace"
        )]
    );
    // Whatever is done short of a yes.
    editor.notify("textDocument/didSave", json!({ "textDocument": { "uri": file } }));
    let place = editor.at(&file, "{\"room", 1);
    assert_eq!(editor.complete(&place), Vec::<Value>::new());
    assert_eq!(load(&mut editor, &file)["result"], json!({ "state": "asking" }));
    editor.press(&file, 0);
    editor.lens_becomes(&file, 0, |title| title == "▶ Run · cancelled");
    editor.replies.insert(ASK, Some(Value::Null));
    editor.press(&file, 0);
    editor.lens_becomes(&file, 0, |title| title == "▶ Run · cancelled");
    editor.replace(&file, "room_001", "room_002");
    editor.lenses(&file);
    assert!(listener.accept().is_err(), "somebody was dialled");
    let asked = editor.asked(ASK);
    // The first run may have come while the question for the schema was still open, which it shares then.
    assert!((2..=3).contains(&asked.len()), "{asked:?}");
    let titles: Vec<_> = asked[0]["params"]["actions"].as_array().expect("buttons").clone();
    assert_eq!(
        titles,
        [
            json!({ "title": trust_button(&address) }),
            json!({ "title": "Only this time" }),
            json!({ "title": "Cancel" })
        ]
    );
    assert_eq!(editor.shut_down(), Some(0));
}

#[test]
fn a_run_waits_for_the_answer() {
    let servers = Servers::new();
    let (_mock, port) = servers.plain();
    let address = format!("0.0.0.0:{port}");
    let mut editor = Editor::new(servers.path());
    editor.replies.insert(ASK, None);
    let two = format!("{}\n{}", call(&address), call(&address));
    let file = open(&mut editor, &servers, &two);
    editor.diagnostics(&file, |list| has(list, "G323"));
    editor.press(&file, 0);
    editor.wait(|editor| !editor.asked(ASK).is_empty());
    // A load waits for the same answer.
    assert_eq!(load(&mut editor, &file)["result"], json!({ "state": "asking" }));
    let lenses = editor.lenses(&file);
    assert!(lenses[1].ends_with("■ Cancel · queued"), "{lenses:?}");
    editor.reply(ASK, json!({ "title": "Only this time" }));
    editor.lens_becomes(&file, 1, |title| title.starts_with("▶ Run · ✓"));
    editor.lens_becomes(&file, 2, |title| title.starts_with("▶ Run · ✓"));
    assert_eq!(editor.asked(ASK).len(), 1, "one question for one server");
    let place = editor.at(&file, "{\"room", 1);
    assert!(!editor.complete(&place).is_empty());
    // That was for this time.
    editor.press(&file, 0);
    editor.wait(|editor| editor.asked(ASK).len() == 2);
    assert_eq!(
        editor.command("gctf.cancel", json!({ "uri": file }))["result"],
        json!({ "cancelled": 1 })
    );
    assert!(!editor.state.join("gctf").exists(), "nothing is remembered");
    assert_eq!(editor.shut_down(), Some(0));
}

#[test]
fn several_servers_are_asked_about_one_by_one() {
    let servers = Servers::new();
    let (_mock, port) = servers.plain();
    let (listener, other) = foreign(&servers);
    let mut editor = Editor::new(servers.path());
    let address = format!("0.0.0.0:{port}");
    editor.replies.insert(ASK, None);
    let text = format!("{}\n{}\n{}", call(&address), call(&other), call(&address));
    let file = open(&mut editor, &servers, &text);
    editor.published(&file);
    editor.press(&file, 0);
    editor.reply(ASK, json!({ "title": "Only this time" }));
    editor.wait(|editor| editor.asked(ASK).len() == 2);
    editor.reply(ASK, json!({ "title": "Cancel" }));
    editor.lens_becomes(&file, 1, |title| title == "▶ Run · cancelled");
    editor.lens_becomes(&file, 2, |title| title == "▶ Run · cancelled");
    assert!(listener.accept().is_err(), "somebody was dialled");
    assert_eq!(editor.shut_down(), Some(0));
}

#[test]
fn an_address_that_a_variable_names_is_asked_about_when_it_is_known() {
    let servers = Servers::new();
    let (_mock, port) = servers.plain();
    let (listener, other) = foreign(&servers);
    let mut editor = answering(&servers, "Cancel");
    let first = call(&format!("127.0.0.1:{port}")) + "\n--- EXTRACT ---\nhost = \"0.0.0.0\"\n";
    let second = call(&other.replace("0.0.0.0", "{{ host }}"));
    let file = open(&mut editor, &servers, &format!("{first}\n{second}"));
    editor.published(&file);
    editor.press(&file, 0);
    editor.lens_becomes(&file, 1, |title| title.starts_with("▶ Run · ✓"));
    editor.lens_becomes(&file, 2, |title| title == "▶ Run · cancelled");
    assert_eq!(editor.asked(ASK).len(), 1);
    assert!(listener.accept().is_err(), "somebody was dialled");
    assert_eq!(editor.shut_down(), Some(0));
}

#[test]
fn an_approval_is_remembered_outside_the_workspace_until_it_is_taken_back() {
    let servers = Servers::new();
    let (_mock, port) = servers.plain();
    let address = format!("0.0.0.0:{port}");
    let state = tempfile::tempdir().expect("a folder");
    let text = call(&address);
    let secret = text.replace(
        "--- REQUEST ---",
        "--- REQUEST_HEADERS ---\nauthorization: hush\n\n--- REQUEST ---",
    );
    let start = |folder: &Path| {
        let mut editor = Editor::remembering(folder, state.path());
        editor.initialize(folder, full_capabilities(), Value::Null);
        editor
    };
    let mut editor = start(servers.path());
    editor
        .replies
        .insert(ASK, Some(json!({ "title": trust_button(&address) })));
    let file = open(&mut editor, &servers, &secret);
    editor.press(&file, 0);
    editor.lens_becomes(&file, 0, |title| title.starts_with("▶ Run · ✓"));
    let place = editor.at(&file, "{\"room", 1);
    assert!(
        !editor.complete(&place).is_empty(),
        "the schema is loaded by itself now"
    );
    assert_eq!(editor.shut_down(), Some(0));
    let kept = std::fs::read_to_string(state.path().join("gctf/trust.json")).expect("it is remembered");
    assert!(kept.contains(&address) && !kept.contains("hush"), "{kept}");
    assert_eq!(std::fs::read_dir(servers.path()).expect("a folder").count(), 0);

    // Another server of the same folder knows it; other folders, and TLS at the same host, are another matter.
    let mut editor = start(servers.path());
    let file = open(&mut editor, &servers, &text);
    let place = editor.at(&file, "{\"room", 1);
    assert!(!editor.complete(&place).is_empty());
    let tls = editor.open_text(&servers.path().join("b.gctf"), &call(&format!("https://{address}")));
    editor.diagnostics(&tls, |list| has(list, "G323"));
    let elsewhere = tempfile::tempdir().expect("a folder");
    let mut other = start(elsewhere.path());
    let stranger = other.open_text(&elsewhere.path().join("c.gctf"), &text);
    other.diagnostics(&stranger, |list| has(list, "G323"));

    let forget = json!({ "uri": file, "address": address });
    assert_eq!(
        editor.command("gctf.forgetTrust", forget)["result"],
        json!({ "trusted": false })
    );
    editor.diagnostics(&file, |list| has(list, "G323"));
    assert_eq!(
        editor.command("gctf.trust", json!({ "uri": file }))["result"],
        json!({ "trusted": true })
    );
    editor.diagnostics(&file, |list| !has(list, "G323"));
    assert_eq!(editor.asked(ASK), Vec::<&Value>::new());
    assert_eq!(editor.shut_down(), Some(0));
}

#[test]
fn the_action_beside_the_finding_loads_or_trusts() {
    let servers = Servers::new();
    let (_mock, port) = servers.plain();
    let address = format!("0.0.0.0:{port}");
    let mut editor = answering(&servers, "Only this time");
    let file = open(&mut editor, &servers, &call(&address));
    editor.diagnostics(&file, |list| has(list, "G323"));
    let at = json!({ "line": 1, "character": 2 });
    let ask = json!({ "textDocument": { "uri": file }, "range": { "start": at, "end": at }, "context": { "diagnostics": [] } });
    let actions = editor.request("textDocument/codeAction", ask.clone());
    let titles: Vec<_> = actions
        .as_array()
        .expect("actions")
        .iter()
        .map(|action| action["title"].clone())
        .collect();
    assert_eq!(
        titles,
        [
            json!("Run this document"),
            json!(format!("Load schema from {address}")),
            json!(trust_button(&address)),
            json!("Diagnose connection"),
            json!("Copy as grpcurl")
        ]
    );
    let press = |editor: &mut Editor, at: usize| {
        let command = &actions[at]["command"];
        let params = json!({ "command": command["command"], "arguments": command["arguments"] });
        editor.request("workspace/executeCommand", params)
    };
    assert_eq!(press(&mut editor, 1), json!({ "state": "asking" }));
    editor.diagnostics(&file, |list| list.is_empty());
    assert_eq!(editor.asked(ASK).len(), 1);
    assert_eq!(press(&mut editor, 2), json!({ "trusted": true }));
    assert_eq!(press(&mut editor, 1), json!({ "state": "loading" }));
    assert_eq!(editor.asked(ASK).len(), 1);
    assert_eq!(editor.shut_down(), Some(0));
}

#[test]
fn the_strict_policies() {
    let servers = Servers::new();
    let (listener, port) = servers.silent();
    listener.set_nonblocking(true).expect("a socket");
    let text = call(&format!("127.0.0.1:{port}"));
    for (network, state) in [("none", None), ("ask", Some("asking"))] {
        servers.write("gctf.toml", &format!("network = '{network}'\n"));
        let mut editor = Editor::spawn(servers.path());
        editor.initialize(servers.path(), full_capabilities(), json!({ "network": "any" }));
        let file = open(&mut editor, &servers, &text);
        editor.diagnostics(&file, |list| has(list, "G323"));
        let loaded = load(&mut editor, &file);
        let ran = editor.command("gctf.run", json!({ "uri": file }));
        match state {
            Some(state) => {
                assert_eq!(loaded["result"]["state"], json!(state));
                editor.lens_becomes(&file, 0, |title| title == "▶ Run · cancelled");
            }
            None => {
                let message = ran["error"]["message"].as_str().unwrap_or_default();
                assert_eq!(message, "nothing is run: gctf.network is `none`");
                assert_eq!(loaded["error"]["code"], json!(-32803));
                let trusted = editor.command("gctf.trust", json!({ "uri": file }));
                assert_eq!(trusted["error"]["code"], json!(-32803));
            }
        }
        assert!(listener.accept().is_err(), "{network}: somebody was dialled");
        assert_eq!(editor.shut_down(), Some(0));
    }
}

#[test]
fn any_means_every_host_and_only_the_user_says_so() {
    let servers = Servers::new();
    let (_mock, port) = servers.plain();
    let mut editor = Editor::spawn(servers.path());
    editor.initialize(servers.path(), full_capabilities(), json!({ "network": "any" }));
    let file = open(&mut editor, &servers, &call(&format!("0.0.0.0:{port}")));
    let place = editor.at(&file, "{\"room", 1);
    assert!(!editor.complete(&place).is_empty());
    assert_eq!(editor.shut_down(), Some(0));
}

#[test]
fn a_restricted_workspace_has_the_static_features() {
    let servers = Servers::new();
    let (listener, port) = servers.silent();
    listener.set_nonblocking(true).expect("a socket");
    let proto = std::fs::read_to_string(chat().join("server/chat.proto")).expect("the example");
    servers.write("chat.proto", &proto);
    let mut editor = Editor::spawn(servers.path());
    editor.initialize(servers.path(), full_capabilities(), json!({ "trusted": false }));
    let file = open(&mut editor, &servers, &call(&format!("127.0.0.1:{port}")));
    editor.diagnostics(&file, |list| has(list, "G323"));
    assert_eq!(
        editor.command("gctf.run", json!({ "uri": file }))["error"]["message"],
        json!("nothing is run: the editor does not trust this workspace")
    );
    let local = call("localhost:1").replace("--- REQUEST", "--- PROTO ---\nfiles: chat.proto\n\n--- REQUEST");
    let local = editor.open_text(&servers.path().join("b.gctf"), &local);
    let place = editor.at(&local, "{\"room", 1);
    assert!(!editor.complete(&place).is_empty());
    assert!(listener.accept().is_err(), "somebody was dialled");

    editor.notify("gctf/didChangeTrust", json!({ "trusted": true }));
    editor.diagnostics(&file, |list| !has(list, "G323"));
    listener.set_nonblocking(false).expect("a socket");
    let (_connection, _) = listener.accept().expect("it is dialled now");
    assert_eq!(editor.shut_down(), Some(0));
}

#[test]
fn nothing_is_dialled_before_the_settings_are_known() {
    let servers = Servers::new();
    let (listener, port) = servers.silent();
    listener.set_nonblocking(true).expect("a socket");
    let mut editor = Editor::spawn(servers.path());
    editor.replies.insert("workspace/configuration", None);
    let mut capabilities = full_capabilities();
    capabilities["workspace"]["configuration"] = json!(true);
    editor.initialize(servers.path(), capabilities, Value::Null);
    let text = call(&format!("127.0.0.1:{port}"));
    let file = editor.open_text(&servers.path().join("a.gctf"), &text);
    editor.published(&file);
    let run = editor.start(
        "workspace/executeCommand",
        json!({ "command": "gctf.run", "arguments": [{ "uri": uri(&servers.path().join("a.gctf")) }] }),
    );
    editor.lenses(&file);
    assert!(!editor.has_answer(run) && listener.accept().is_err());
    editor.reply(
        "workspace/configuration",
        json!([{ "network": "none" }, { "network": "none" }]),
    );
    let refused = editor.answer(run);
    assert_eq!(refused["error"]["code"], json!(-32803), "{refused}");
    editor.diagnostics(&file, |list| list.iter().any(|found| found["code"] == json!("G323")));
    assert!(listener.accept().is_err());
    assert_eq!(editor.shut_down(), Some(0));
}
