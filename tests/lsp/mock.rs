//! The mock of a folder, started and stopped from the editor.

use super::environments::actions;
use crate::support::editor::{Editor, full_capabilities, uri};
use crate::support::servers::Servers;
use serde_json::{Value, json};
use std::net::TcpListener;
use std::path::Path;
use std::time::{Duration, Instant};

/// How long a test waits for something that never comes before it gives up; no verdict depends on it.
const GIVE_UP: Duration = Duration::from_secs(120);

const PROTO: &str =
    "syntax = \"proto3\"; package t; service S { rpc Get(M) returns (M); } message M { string text = 1; }";

fn stubs(text: &str) -> String {
    format!("service: t.S\nmethod: Get\noutput: {{ data: {{ text: {text} }} }}\n")
}

fn call(address: &str) -> String {
    format!(
        "--- ADDRESS ---\n{address}\n\n--- ENDPOINT ---\nt.S/Get\n\n--- REQUEST ---\n{{}}\n\n--- RESPONSE ---\n{{\"text\": \"one\"}}\n"
    )
}

/// A port that nobody listens on.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

fn is_free(port: u16) -> bool {
    TcpListener::bind(("127.0.0.1", port)).is_ok()
}

/// A folder with a mock that is to listen on `listen`.
fn folder(listen: &str) -> Servers {
    let servers = Servers::new();
    servers.write("service.proto", PROTO);
    servers.write("stubs.yaml", &stubs("one"));
    declare(&servers, listen);
    servers
}

fn declare(servers: &Servers, listen: &str) {
    let table = format!("[mock]\nlisten = '{listen}'\nprotos = ['service.proto']\nstubs = ['stubs.yaml']\n");
    servers.write("gctf.toml", &table);
}

fn editor(folder: &Path, options: Value) -> Editor {
    let mut capabilities = full_capabilities();
    capabilities["experimental"] = json!({ "serverStatusNotification": true });
    capabilities["workspace"]["didChangeWatchedFiles"] = json!({ "dynamicRegistration": true });
    let mut editor = Editor::spawn(folder);
    editor.initialize(folder, capabilities, options);
    editor
}

fn mock(editor: &mut Editor, file: &str, on: bool) -> Value {
    editor.command("gctf.mock", json!({ "uri": file, "on": on }))
}

/// Starts the mock; the port that it has got.
fn start(editor: &mut Editor, file: &str) -> u16 {
    let answer = mock(editor, file, true);
    let address = answer["result"]["address"]
        .as_str()
        .unwrap_or_else(|| panic!("{answer}"));
    let port = address.rsplit_once(':').expect("a port").1;
    port.parse().expect("a number")
}

fn refused(answer: &Value) -> String {
    assert_eq!(answer["error"]["code"], json!(-32803), "{answer}");
    answer["error"]["message"].as_str().unwrap_or_default().to_owned()
}

fn status_becomes(editor: &mut Editor, wanted: impl Fn(&str) -> bool) {
    editor.wait(|editor| {
        let told = editor.asked("experimental/serverStatus");
        told.last()
            .is_some_and(|message| wanted(message["params"]["message"].as_str().unwrap_or_default()))
    });
}

fn changed(editor: &mut Editor, servers: &Servers, name: &str, text: &str) {
    let path = servers.write(name, text);
    let change = json!({ "uri": uri(&path), "type": 2 });
    editor.notify("workspace/didChangeWatchedFiles", json!({ "changes": [change] }));
}

#[test]
fn a_target_that_is_down_is_mocked_and_stopped_again() {
    let port = free_port();
    let address = format!("localhost:{port}");
    let servers = folder(&address);
    let mut editor = editor(servers.path(), Value::Null);
    let file = editor.open_text(&servers.path().join("a.gctf"), &call(&address));
    status_becomes(&mut editor, |text| {
        text.starts_with("schema: ") && !text.contains("loading")
    });
    let offered = actions(&mut editor, &file);
    assert!(offered.contains(&"Start mock".to_owned()), "{offered:?}");
    assert!(!editor.lenses(&file).concat().contains("Start mock"));
    editor.press(&file, 0);
    editor.lens_becomes(&file, 0, |title| title == "▶ Run · ✗ UNAVAILABLE");
    assert_eq!(
        editor.lenses(&file),
        ["3 ▶ Run · ✗ UNAVAILABLE", "3 Diagnose", "3 Start mock"]
    );
    assert!(is_free(port), "nothing starts by itself");
    let started = editor.press_titled(&file, "Start mock");
    assert_eq!(started, json!({ "address": address }));
    // The same once more.
    assert_eq!(mock(&mut editor, &file, true)["result"], started);
    status_becomes(&mut editor, |text| {
        text == format!("schema: reflection · mock: {address}")
    });
    assert_eq!(editor.lenses(&file), ["3 ▶ Run · ✗ UNAVAILABLE", "3 Diagnose"]);
    let offered = actions(&mut editor, &file);
    assert!(offered.contains(&"Stop mock".to_owned()), "{offered:?}");
    assert!(!offered.contains(&"Start mock".to_owned()), "{offered:?}");
    // Its schema was loaded at once.
    let place = editor.at(&file, "{}", 1);
    assert_eq!(editor.complete(&place)[0]["label"], json!("text"));
    editor.press(&file, 0);
    editor.lens_becomes(&file, 0, |title| title.starts_with("▶ Run · ✓"));

    assert_eq!(mock(&mut editor, &file, false)["result"], json!({ "address": null }));
    assert!(is_free(port));
    assert_eq!(mock(&mut editor, &file, false)["result"], json!({ "address": null }));
    status_becomes(&mut editor, |text| {
        text.contains("the schema from before is used") && !text.contains("mock")
    });
    editor.press(&file, 0);
    editor.lens_becomes(&file, 0, |title| title == "▶ Run · ✗ UNAVAILABLE");
    assert!(editor.lenses(&file).concat().contains("Start mock"));
    assert_eq!(editor.shut_down(), Some(0));
}

#[test]
fn what_cannot_be_served_is_told_and_changes_nothing() {
    let servers = folder("localhost:0");
    let (taken, port) = servers.silent();
    let mut editor = editor(servers.path(), Value::Null);
    let file = editor.open_text(&servers.path().join("a.gctf"), &call("localhost:1"));
    let path = |name: &str| servers.path().join(name).display().to_string();
    for (listen, proto, stubs, expected) in [
        (
            format!("127.0.0.1:{port}"),
            PROTO,
            stubs("one"),
            format!("port {port} on 127.0.0.1 is taken"),
        ),
        (
            "0.0.0.0:0".to_owned(),
            PROTO,
            stubs("one"),
            format!("{}: `0.0.0.0:0` is not of this machine alone", path("gctf.toml")),
        ),
        (
            "localhost:0".to_owned(),
            "nonsense",
            stubs("one"),
            "service.proto:1:1: ".to_owned(),
        ),
        (
            "localhost:0".to_owned(),
            PROTO,
            "service: [\n".to_owned(),
            format!("{}: ", path("stubs.yaml")),
        ),
        (
            "localhost:0".to_owned(),
            PROTO,
            stubs("one").replace("text", "txt"),
            format!("{} stub 1: ", path("stubs.yaml")),
        ),
    ] {
        declare(&servers, &listen);
        servers.write("service.proto", proto);
        servers.write("stubs.yaml", &stubs);
        let message = refused(&mock(&mut editor, &file, true));
        assert!(message.contains(&expected), "{message:?} lacks {expected:?}");
    }
    drop(taken);
    servers.write("stubs.yaml", &stubs("one"));
    start(&mut editor, &file);
    // Elsewhere there is none.
    let other = tempfile::tempdir().expect("a folder");
    let message = refused(&mock(&mut editor, &uri(&other.path().join("b.gctf")), true));
    assert!(message.starts_with("no mock is declared"), "{message}");
    assert_eq!(editor.shut_down(), Some(0));
}

#[test]
fn changed_stubs_are_served_on_the_same_port() {
    let servers = folder("localhost:0");
    let mut editor = editor(servers.path(), Value::Null);
    let at = servers.path().join("a.gctf");
    let file = editor.open_text(&at, &call("localhost:1"));
    let port = start(&mut editor, &file);
    editor.replace(&file, "localhost:1", &format!("localhost:{port}"));
    editor.press(&file, 0);
    editor.lens_becomes(&file, 0, |title| title.starts_with("▶ Run · ✓"));
    changed(&mut editor, &servers, "stubs.yaml", &stubs("two"));
    until_run(&mut editor, &file, "▶ Run · ✗ 1 of 1");
    // What is broken leaves what was there, and says so.
    changed(&mut editor, &servers, "stubs.yaml", "service: [\n");
    status_becomes(&mut editor, |text| {
        text.contains(&format!("mock: localhost:{port}, as it was before: ")) && text.contains("stubs.yaml")
    });
    editor.press(&file, 0);
    editor.lens_becomes(&file, 0, |title| title == "▶ Run · ✗ 1 of 1");
    changed(&mut editor, &servers, "stubs.yaml", &stubs("one"));
    status_becomes(&mut editor, |text| text.ends_with(&format!("mock: localhost:{port}")));
    until_run(&mut editor, &file, "▶ Run · ✓");
    // A proto with one more field reaches completion.
    changed(
        &mut editor,
        &servers,
        "service.proto",
        &PROTO.replace("string text = 1;", "string text = 1; string more = 2;"),
    );
    let place = editor.at(&file, "{}", 1);
    let begun = Instant::now();
    while editor.complete(&place).len() < 2 {
        assert!(begun.elapsed() < GIVE_UP, "the schema stays as it was");
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(start(&mut editor, &file), port);
    assert_eq!(editor.shut_down(), Some(0));
}

/// Runs the document again and again until its lens says `wanted`.
fn until_run(editor: &mut Editor, file: &str, wanted: &str) {
    let begun = Instant::now();
    loop {
        editor.press(file, 0);
        let ended = |title: &str| title.contains('✓') || title.contains('✗');
        let title = editor.lens_becomes(file, 0, ended);
        if title.starts_with(wanted) {
            return;
        }
        assert!(begun.elapsed() < GIVE_UP, "it stays {title}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn nothing_is_served_in_a_workspace_that_is_not_trusted() {
    let servers = folder("localhost:0");
    let mut editor = editor(servers.path(), json!({ "trusted": false }));
    let file = editor.open_text(&servers.path().join("a.gctf"), &call("localhost:1"));
    let message = refused(&mock(&mut editor, &file, true));
    assert_eq!(message, "nothing is served: the editor does not trust this workspace");
    editor.notify("gctf/didChangeTrust", json!({ "trusted": true }));
    let port = start(&mut editor, &file);
    status_becomes(&mut editor, |text| text.contains("mock"));
    editor.notify("gctf/didChangeTrust", json!({ "trusted": false }));
    status_becomes(&mut editor, |text| !text.contains("mock"));
    assert!(is_free(port));
    assert_eq!(editor.shut_down(), Some(0));
}

#[test]
fn it_ends_with_its_folder_and_with_the_server() {
    let servers = folder("localhost:0");
    let mut one = editor(servers.path(), Value::Null);
    let file = one.open_text(&servers.path().join("a.gctf"), &call("localhost:1"));
    let port = start(&mut one, &file);
    status_becomes(&mut one, |text| text.contains("mock"));
    let gone = json!([{ "uri": uri(servers.path()), "name": "test" }]);
    one.notify(
        "workspace/didChangeWorkspaceFolders",
        json!({ "event": { "added": [], "removed": gone } }),
    );
    status_becomes(&mut one, |text| !text.contains("mock"));
    assert!(is_free(port));
    // Without a workspace folder the file's own is meant.
    let port = start(&mut one, &file);
    one.request("shutdown", Value::Null);
    assert!(is_free(port), "its port is free once shutdown is answered");
    one.notify("exit", Value::Null);
    assert_eq!(one.exit_code(), Some(0));

    let mut two = editor(servers.path(), Value::Null);
    let file = two.open_text(&servers.path().join("a.gctf"), &call("localhost:1"));
    let port = start(&mut two, &file);
    assert_eq!(two.hang_up(), Some(1));
    assert!(is_free(port));
}

#[test]
fn nothing_outside_of_the_workspace_is_served() {
    let servers = folder("localhost:0");
    let folder = servers.path().join("inner");
    for (name, text) in [
        ("outer.yaml", "s3cret: [\n"),
        ("inner/service.proto", PROTO),
        ("inner/stubs/one.yaml", &stubs("one")),
    ] {
        servers.write(name, text);
    }
    let declare = |what: &str| {
        let table = format!("[mock]\nlisten = 'localhost:0'\nprotos = ['service.proto']\n{what}\n");
        servers.write("inner/gctf.toml", &table);
    };
    declare("stubs = ['stubs']");
    let mut editor = editor(&folder, Value::Null);
    let file = editor.open_text(&folder.join("a.gctf"), &call("localhost:1"));
    start(&mut editor, &file);
    mock(&mut editor, &file, false);
    for what in [
        "stubs = ['../outer.yaml']",
        "stubs = ['..']",
        "stubs = ['stubs']\ncert = '../outer.yaml'\nkey = '../outer.yaml'",
        "stubs = ['stubs']\nimport_paths = ['..']",
    ] {
        declare(what);
        let reason = refused(&mock(&mut editor, &file, true));
        assert!(
            reason.ends_with("is outside the workspace and was not read"),
            "{reason}"
        );
    }
    #[cfg(unix)]
    {
        declare("stubs = ['stubs']");
        let link = folder.join("stubs/link.yaml");
        std::os::unix::fs::symlink(servers.path().join("outer.yaml"), link).expect("a link");
        let reason = refused(&mock(&mut editor, &file, true));
        assert!(
            reason.ends_with("is outside the workspace and was not read"),
            "{reason}"
        );
    }
    editor.shut_down();
}

/// A pipe that nobody writes into is read for ever.
#[cfg(unix)]
#[test]
fn a_mock_can_be_stopped_while_its_files_are_read() {
    let servers = folder("localhost:0");
    let pipe = servers.path().join("pipe.proto");
    let made = std::process::Command::new("mkfifo")
        .arg(&pipe)
        .status()
        .expect("mkfifo");
    assert!(made.success());
    let table = |protos: &str| format!("[mock]\nlisten = 'localhost:0'\nprotos = [{protos}]\nstubs = ['stubs.yaml']\n");
    servers.write("gctf.toml", &table("'service.proto', 'pipe.proto'"));
    let mut editor = editor(servers.path(), Value::Null);
    let file = editor.open_text(&servers.path().join("a.gctf"), &call("localhost:1"));
    let run = |on: bool| json!({ "command": "gctf.mock", "arguments": [{ "uri": file, "on": on }] });
    let starting = editor.start("workspace/executeCommand", run(true));
    assert_eq!(mock(&mut editor, &file, false)["result"], json!({ "address": null }));
    assert_eq!(
        refused(&editor.answer(starting)),
        "the mock was stopped before it could listen"
    );
    // The same while it runs.
    servers.write("gctf.toml", &table("'service.proto'"));
    start(&mut editor, &file);
    changed(
        &mut editor,
        &servers,
        "gctf.toml",
        &table("'service.proto', 'pipe.proto'"),
    );
    assert_eq!(mock(&mut editor, &file, false)["result"], json!({ "address": null }));
    let starting = editor.start("workspace/executeCommand", run(true));
    assert_eq!(editor.shut_down(), Some(0), "{starting}");
}

#[test]
fn a_mock_can_be_stopped_while_it_answers() {
    let servers = folder("localhost:0");
    let slow = stubs("one").replace("} }\n", "}, delay: 1h }\n");
    servers.write("stubs.yaml", &slow);
    let mut editor = editor(servers.path(), Value::Null);
    let text = call("localhost:1").replace("--- REQUEST", "--- OPTIONS ---\ntimeout: 7200\n\n--- REQUEST");
    let file = editor.open_text(&servers.path().join("a.gctf"), &text);
    let port = start(&mut editor, &file);
    editor.replace(&file, "localhost:1", &format!("localhost:{port}"));
    editor.press(&file, 0);
    editor.lens_becomes(&file, 0, |title| title == "■ Cancel");
    assert_eq!(mock(&mut editor, &file, false)["result"], json!({ "address": null }));
    assert!(is_free(port));
    editor.lens_becomes(&file, 0, |title| title.starts_with("▶ Run · ✗"));
    assert_eq!(editor.shut_down(), Some(0));
}
