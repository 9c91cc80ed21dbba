//! Runs from the editor: what runs, what is said, how it is stopped.

use crate::support::chat;
use crate::support::editor::{Editor, full_capabilities};
use crate::support::servers::Servers;
use gctf_lsp::mock::RunningMock;
use serde_json::{Value, json};

fn call(port: u16, request: &str, rest: &str) -> String {
    format!(
        "--- ADDRESS ---\nlocalhost:{port}\n\n--- ENDPOINT ---\nchat.ChatService/SendMessage\n\n--- REQUEST ---\n{request}\n\n{rest}"
    )
}

const ROOM_ONE: &str = "{ \"room_id\": \"room_001\", \"user_id\": \"user_123\" }";

/// Two documents; the second one uses what the first one extracts.
fn chain(port: u16) -> String {
    format!(
        "{}\n--- EXTRACT ---\nroom = .room_id\n\n--- ENDPOINT ---\nchat.ChatService/GetMessages\n\n--- REQUEST ---\n{{ \"room_id\": \"{{{{ room }}}}\" }}\n\n--- ASSERTS ---\n.total_count == 2\n",
        call(port, ROOM_ONE, "--- RESPONSE partial ---\n{ \"status\": \"sent\" }\n")
    )
}

fn open(editor: &mut Editor, servers: &Servers, text: &str) -> String {
    editor.open_text(&servers.path().join("a.gctf"), text)
}

#[test]
fn failing_lines_lead_with_the_actual_value() {
    let servers = Servers::new();
    let (_mock, port) = servers.plain();
    let mut editor = Editor::new(servers.path());
    let asserts = "--- ASSERTS ---\n.status == \"read\"\n.room_id\n.nothing\n.status | keys\n";
    let uri = open(&mut editor, &servers, &call(port, ROOM_ONE, asserts));
    editor.press(&uri, 0);
    editor.lens_becomes(&uri, 0, |title| title == "▶ Run · ✗ 3 of 4");
    editor.diagnostics(&uri, |list| {
        list.iter().filter(|found| found["source"] == json!("gctf run")).count() == 3
    });
    let shown: Vec<_> = editor
        .shown(&uri)
        .into_iter()
        .filter(|line| line.contains(" G50"))
        .collect();
    assert_eq!(
        shown,
        [
            "10:0 \".status == \\\"read\\\"\" error G502 got \"sent\", expected \"read\"",
            "12:0 \".nothing\" error G502 got null",
            "13:0 \".status | keys\" error G503 cannot use \"sent\" as iterable (array or object)",
        ]
    );
}

#[test]
fn values_of_secrets_are_not_shown() {
    let servers = Servers::new();
    let (_mock, port) = servers.plain();
    servers.write("gctf.toml", "secrets.mask = ['status']\n");
    let mut editor = Editor::new(servers.path());
    let asserts = "--- RESPONSE partial ---\n{ \"status\": \"read\" }\n--- ASSERTS ---\n.status == \"read\"\n(. | tostring) == \"\"\n";
    let uri = open(&mut editor, &servers, &call(port, ROOM_ONE, asserts));
    editor.press(&uri, 0);
    editor.lens_becomes(&uri, 0, |title| title == "▶ Run · ✗ 3 of 3");
    editor.diagnostics(&uri, |list| {
        list.iter().filter(|found| found["source"] == json!("gctf run")).count() == 3
    });
    let shown: Vec<_> = editor
        .shown(&uri)
        .into_iter()
        .filter(|line| line.contains(" G50"))
        .collect();
    assert!(shown[0].ends_with("G501 got \"***\", expected \"***\""), "{shown:?}");
    assert!(shown[1].ends_with("G502 got ***, expected ***"), "{shown:?}");
    let said = shown[2].split("G502").last().unwrap_or_default();
    assert!(
        said.contains("***") && said.contains("room_001") && !said.contains("sent"),
        "{shown:?}"
    );
}

#[test]
fn a_file_of_two_documents() {
    let servers = Servers::new();
    let (_mock, port) = servers.plain();
    let mut editor = Editor::new(servers.path());
    let uri = open(&mut editor, &servers, &chain(port));
    assert_eq!(editor.lenses(&uri), ["0 ▶ Run file (2)", "3 ▶ Run", "15 ▶ Run"]);

    // The second document alone brings the first, whose variable it uses.
    editor.press(&uri, 2);
    editor.lens_becomes(&uri, 2, |title| title.starts_with("▶ Run · ✓"));
    editor.lens_becomes(&uri, 1, |title| title.starts_with("▶ Run · ✓"));

    // An edit of the first makes both stale, an edit of the second only itself.
    editor.replace(&uri, "== 2", "== 3");
    editor.lens_becomes(&uri, 2, |title| title == "▶ Run · stale");
    editor.lens_becomes(&uri, 1, |title| title.starts_with("▶ Run · ✓"));
    editor.press(&uri, 0);
    editor.lens_becomes(&uri, 2, |title| title == "▶ Run · ✗ 1 of 1");
    editor.replace(&uri, "\"user_123\"", "\"user_12\"");
    editor.lens_becomes(&uri, 1, |title| title == "▶ Run · stale");
    editor.lens_becomes(&uri, 2, |title| title == "▶ Run · stale");

    // The first fails now, so the second is not run.
    editor.press(&uri, 0);
    editor.lens_becomes(&uri, 1, |title| title.starts_with("▶ Run · ✗"));
    editor.lens_becomes(&uri, 2, |title| title == "▶ Run · skipped");
}

#[test]
fn rows_behind_the_setup_of_the_folder() {
    let servers = Servers::new();
    let (_mock, port) = servers.plain();
    let extract = "--- RESPONSE partial ---\n{}\n\n--- EXTRACT ---\nuser = .user_id\n";
    servers.write("_setup.gctf", &call(port, ROOM_ONE, extract));
    let mut editor = Editor::new(servers.path());
    let text = |rooms: &str| {
        let request = "{ \"room_id\": \"{{dataset.room}}\", \"user_id\": \"{{user}}\" }";
        let test = call(port, request, "--- RESPONSE partial ---\n{ \"status\": \"sent\" }\n");
        format!("--- DATASET ---\n{rooms}\n{test}")
    };
    let uri = open(
        &mut editor,
        &servers,
        &text("- room: room_001\n- room: nowhere\n- room: room_001\n"),
    );
    editor.press(&uri, 1);
    editor.lens_becomes(&uri, 1, |title| title == "▶ Run · ✗ 1 of 3 rows");
    assert_eq!(
        editor.lenses(&uri)[1..4],
        ["1 ▶ Run row · ✓", "2 ▶ Run row · ✗", "3 ▶ Run row · ✓"]
    );
    editor.replace(&uri, "nowhere", "room_001");
    editor.press(&uri, 1);
    editor.lens_becomes(&uri, 1, |title| title.starts_with("▶ Run · ✓"));
    // Without the setup nothing runs.
    let setup = call(port, ROOM_ONE, "--- RESPONSE ---\n{}\n");
    editor.open_text(&servers.path().join("_setup.gctf"), &setup);
    editor.press(&uri, 1);
    editor.diagnostics(&uri, |list| list.iter().any(|found| found["code"] == json!("G520")));
    assert_eq!(editor.shut_down(), Some(0));
}

#[test]
fn every_lens_has_its_action() {
    let servers = Servers::new();
    let mut editor = Editor::new(servers.path());
    let uri = open(&mut editor, &servers, &chain(1));
    let at = editor.at(&uri, ".total_count", 2)["position"].clone();
    let ask = |trigger: u8| {
        json!({ "textDocument": { "uri": uri }, "range": { "start": at, "end": at },
            "context": { "diagnostics": [], "triggerKind": trigger } })
    };
    let actions = editor.request("textDocument/codeAction", ask(1));
    let titles: Vec<_> = actions
        .as_array()
        .expect("actions")
        .iter()
        .map(|action| action["title"].clone())
        .collect();
    assert_eq!(
        titles,
        [
            "Run this document",
            "Run file",
            "Load schema from localhost:1",
            "Diagnose connection",
            "Copy as grpcurl"
        ]
    );
    let lens = editor.request("textDocument/codeLens", json!({ "textDocument": { "uri": uri } }))[2].clone();
    assert_eq!(actions[0]["command"]["arguments"], lens["command"]["arguments"]);
    // No light bulb while the cursor moves.
    assert_eq!(editor.request("textDocument/codeAction", ask(2)), json!([]));
}

/// A target whose answer takes an hour, so that a run lasts until it is cancelled.
fn endless(servers: &Servers) -> (RunningMock, u16) {
    let proto = std::fs::read_to_string(chat().join("server/chat.proto")).expect("the example is there");
    let stubs = "- { service: chat.ChatService, method: SendMessage, output: { data: {}, delay: 1h } }\n";
    servers.of(&proto, stubs, None)
}

/// A call of the endless target that waits for it.
fn waiting(port: u16) -> String {
    call(port, "{}", "--- RESPONSE ---\n{}\n").replace("--- REQUEST", "--- OPTIONS ---\ntimeout: 7200\n\n--- REQUEST")
}

#[test]
fn cancelling() {
    let servers = Servers::new();
    let (_mock, port) = endless(&servers);
    let mut editor = Editor::new(servers.path());
    let uri = open(&mut editor, &servers, &waiting(port));

    // By the lens.
    editor.press(&uri, 0);
    editor.lens_becomes(&uri, 0, |title| title == "■ Cancel");
    assert_eq!(editor.press(&uri, 0), json!({ "cancelled": 1 }));
    assert_eq!(editor.lenses(&uri), ["3 ▶ Run · cancelled"]);

    // By the number of the run, which is safe to repeat.
    let run = editor.press(&uri, 0);
    let cancel = |argument: Value| json!({ "command": "gctf.cancel", "arguments": [argument] });
    assert_eq!(
        editor.request("workspace/executeCommand", cancel(run.clone())),
        json!({ "cancelled": 1 })
    );
    assert_eq!(
        editor.request("workspace/executeCommand", cancel(run)),
        json!({ "cancelled": 0 })
    );

    // By the progress, which may have begun before the command was answered.
    let run = editor.press(&uri, 0);
    let token = json!(format!("gctf/run/{}", run["runId"]));
    editor.wait(|editor| {
        let begins = |message: &Value| {
            message["params"]["token"] == token && message["params"]["value"]["kind"] == json!("begin")
        };
        editor.heard.iter().any(begins)
    });
    editor.notify("window/workDoneProgress/cancel", json!({ "token": token }));
    editor.lens_becomes(&uri, 0, |title| title == "▶ Run · cancelled");

    // A new run replaces the old one.
    editor.press(&uri, 0);
    let item = json!({ "uri": uri, "position": { "line": 4, "character": 0 } });
    editor.request(
        "workspace/executeCommand",
        json!({ "command": "gctf.run", "arguments": [item] }),
    );
    assert_eq!(
        editor.request("workspace/executeCommand", json!({ "command": "gctf.cancel" })),
        json!({ "cancelled": 1 })
    );

    // By closing the file.
    editor.press(&uri, 0);
    editor.close(&uri);
    assert_eq!(
        editor.request("workspace/executeCommand", json!({ "command": "gctf.cancel" })),
        json!({ "cancelled": 0 })
    );
    assert_eq!(editor.shut_down(), Some(0));
}

#[test]
fn a_run_does_not_outlive_the_client() {
    let servers = Servers::new();
    let (_mock, port) = endless(&servers);
    let mut editor = Editor::new(servers.path());
    let uri = open(&mut editor, &servers, &waiting(port));
    editor.press(&uri, 0);
    editor.lens_becomes(&uri, 0, |title| title == "■ Cancel");
    assert_eq!(editor.hang_up(), Some(1));
}

#[test]
fn a_file_that_is_not_open_runs_from_the_disk() {
    let servers = Servers::new();
    let (_mock, port) = servers.plain();
    let path = servers.write("closed.gctf", &chain(port));
    let mut editor = Editor::new(servers.path());
    let item = json!({ "uri": crate::support::editor::uri(&path) });
    editor.request(
        "workspace/executeCommand",
        json!({ "command": "gctf.run", "arguments": [{ "items": [item] }] }),
    );
    editor.wait(|editor| {
        let last = |message: &Value| message["params"]["value"]["kind"] == json!("end");
        editor.heard.iter().any(last)
    });
    // Opened later, it shows what came of it.
    let uri = editor.open(&path);
    let titles = editor.lenses(&uri);
    assert!(
        titles[1].starts_with("3 ▶ Run · ✓") && titles[3].starts_with("15 ▶ Run · ✓"),
        "{titles:?}"
    );
}

#[test]
fn commands_that_make_no_sense() {
    let servers = Servers::new();
    let mut editor = Editor::new(servers.path());
    let uri = open(&mut editor, &servers, "no section\n");
    for (command, argument, code, message) in [
        (
            "gctf.run",
            json!({ "uri": uri, "test": "0000000000000000" }),
            -32803,
            "test moved",
        ),
        (
            "gctf.run",
            json!({ "uri": "file:///nowhere.gctf" }),
            -32803,
            "/nowhere.gctf: No such file",
        ),
        ("gctf.run", json!("x"), -32602, "gctf.run: "),
        ("gctf.nonsense", json!({}), -32602, "unknown command gctf.nonsense"),
    ] {
        let id = editor.start(
            "workspace/executeCommand",
            json!({ "command": command, "arguments": [argument] }),
        );
        let answer = editor.answer(id);
        assert_eq!(answer["error"]["code"], json!(code), "{answer}");
        assert!(
            answer["error"]["message"]
                .as_str()
                .unwrap_or_default()
                .starts_with(message),
            "{answer}"
        );
    }
    assert_eq!(editor.lenses(&uri), [] as [String; 0]);
}

#[test]
fn a_client_without_lenses_and_progress_gets_a_message() {
    let servers = Servers::new();
    let (_mock, port) = servers.plain();
    let mut capabilities = full_capabilities();
    capabilities["textDocument"]["codeLens"] = Value::Null;
    capabilities["window"] = json!({});
    let mut editor = Editor::with_capabilities(servers.path(), capabilities);
    let uri = open(&mut editor, &servers, &call(port, ROOM_ONE, "--- RESPONSE ---\n{}\n"));
    let item = json!({ "uri": uri, "position": { "line": 7, "character": 0 } });
    editor.request(
        "workspace/executeCommand",
        json!({ "command": "gctf.run", "arguments": [item] }),
    );
    editor.wait(|editor| {
        editor
            .heard
            .iter()
            .any(|message| message["method"] == json!("window/showMessage"))
    });
    let said = editor
        .heard
        .iter()
        .find(|message| message["method"] == json!("window/showMessage"))
        .cloned();
    assert_eq!(
        said.expect("it was said")["params"]["message"],
        json!("chat.ChatService/SendMessage: ✗ 1 of 1")
    );
}

#[test]
fn a_clients_own_progress_token_is_used() {
    let servers = Servers::new();
    let (_mock, port) = servers.plain();
    let mut editor = Editor::new(servers.path());
    let uri = open(
        &mut editor,
        &servers,
        &call(port, ROOM_ONE, "--- RESPONSE partial ---\n{}\n"),
    );
    editor.request(
        "workspace/executeCommand",
        json!({ "command": "gctf.run", "arguments": [{ "uri": uri }], "workDoneToken": "mine" }),
    );
    let of = |kind: &'static str| {
        move |message: &Value| {
            message["params"]["token"] == json!("mine") && message["params"]["value"]["kind"] == json!(kind)
        }
    };
    editor.wait(|editor| editor.heard.iter().any(of("end")));
    assert!(editor.heard.iter().any(of("begin")));
    assert!(
        !editor
            .heard
            .iter()
            .any(|message| message["method"] == json!("window/workDoneProgress/create"))
    );
}

#[test]
fn a_failed_call_is_on_the_endpoint() {
    let servers = Servers::new();
    let (listener, port) = servers.silent();
    drop(listener);
    let mut editor = Editor::new(servers.path());
    let uri = open(&mut editor, &servers, &call(port, "{}", "--- RESPONSE ---\n{}\n"));
    editor.press(&uri, 0);
    editor.lens_becomes(&uri, 0, |title| title == "▶ Run · ✗ UNAVAILABLE");
    editor.diagnostics(&uri, |list| {
        list.iter().any(|found| found["source"] == json!("gctf run"))
    });
    let shown = editor.shown(&uri);
    assert!(
        shown.contains(&format!("4:0 \"chat.ChatService/SendMessage\" error G511 UNAVAILABLE (14): cannot connect to localhost:{port}: connection refused")),
        "{shown:?}"
    );
}
