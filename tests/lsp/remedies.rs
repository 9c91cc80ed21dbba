//! What is offered where a schema cannot be loaded, and how the server says that it is.

use crate::support::editor::{Editor, full_capabilities};
use crate::support::servers::Servers;
use serde_json::{Value, json};

fn call(address: &str, settings: &str) -> String {
    format!(
        "--- ADDRESS ---\n{address}\n\n{settings}--- ENDPOINT ---\nchat.ChatService/SendMessage\n\n--- REQUEST ---\n{{}}\n\n--- RESPONSE ---\n{{}}\n"
    )
}

/// The finding `code` with the marked text, and the title and new text of the fix for it.
fn fix(editor: &mut Editor, uri: &str, code: &str) -> [String; 3] {
    let list = editor.diagnostics(uri, |list| list.iter().any(|found| found["code"] == json!(code)));
    let found = list
        .iter()
        .find(|found| found["code"] == json!(code))
        .expect("it is there");
    let context = json!({ "diagnostics": [found], "only": ["quickfix"] });
    let ask = json!({ "textDocument": { "uri": uri }, "range": found["range"], "context": context });
    let actions = editor.request("textDocument/codeAction", ask);
    let action = actions
        .as_array()
        .and_then(|actions| {
            actions
                .iter()
                .find(|action| action["diagnostics"][0]["code"] == json!(code))
        })
        .unwrap_or_else(|| panic!("no fix in {actions}: {list:?}"));
    let shown = editor.shown(uri);
    let line = shown.iter().find(|line| line.contains(code)).expect("it is there");
    let marked = line.split('"').nth(1).unwrap_or_default().to_owned();
    let edit = &action["edit"]["changes"][uri][0]["newText"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    [marked, text(&action["title"]), text(edit)]
}

#[test]
fn each_failure_has_its_remedy() {
    let servers = Servers::new();
    let (identity, _) = servers.identity("inside.example");
    let ca = "--- TLS ---\nca_cert: inside.example-ca.pem\n\n";
    let tls = servers.tls_only(&identity);
    let plain = servers.without_reflection();
    let mut editor = Editor::new(servers.path());
    let mut number = 0;
    let mut check = |text: &str, code: &str, expected: [&str; 3]| {
        number += 1;
        let uri = editor.open_text(&servers.path().join(format!("{number}.gctf")), text);
        assert_eq!(fix(&mut editor, &uri, code), expected, "{text}");
    };
    let secure = format!("localhost:{tls}");
    let open = format!("127.0.0.1:{plain}");
    check(
        &call(&secure, ""),
        "G302",
        [&secure, "Add TLS section", "--- TLS ---\n\n"],
    );
    check(
        &call(&open, "--- TLS ---\n\n"),
        "G302",
        ["--- TLS ---", "Remove TLS section", ""],
    );
    check(
        &call(&secure, ca),
        "G301",
        [
            "--- TLS ---",
            "Set server_name to inside.example",
            "server_name: inside.example\n",
        ],
    );
    check(
        &call(&open, ""),
        "G303",
        [&open, "Use proto files", "--- PROTO ---\nfiles: chat.proto\n\n"],
    );
    assert_eq!(editor.shut_down(), Some(0));
}

#[test]
fn the_status_follows_the_schemas() {
    let servers = Servers::new();
    let (_mock, port) = servers.plain();
    let mut capabilities = full_capabilities();
    capabilities["experimental"] = json!({ "serverStatusNotification": true });
    let mut editor = Editor::with_capabilities(servers.path(), capabilities);
    let becomes = |editor: &mut Editor, wanted: Value| {
        editor.wait(|editor| {
            let told = editor.asked("experimental/serverStatus");
            told.last().is_some_and(|message| message["params"] == wanted)
        });
    };
    becomes(&mut editor, json!({ "health": "ok", "quiescent": true }));
    let file = editor.open_text(&servers.path().join("a.gctf"), &call(&format!("localhost:{port}"), ""));
    becomes(
        &mut editor,
        json!({ "health": "ok", "quiescent": true, "message": "schema: reflection" }),
    );
    let loading = json!({ "health": "ok", "quiescent": false, "message": "schema: loading" });
    let told = editor.asked("experimental/serverStatus");
    assert!(told.iter().any(|message| message["params"] == loading), "{told:?}");
    editor.close(&file);
    becomes(&mut editor, json!({ "health": "ok", "quiescent": true }));
    editor.open_text(&servers.path().join("b.gctf"), &call("192.0.2.1:1", ""));
    becomes(
        &mut editor,
        json!({ "health": "warning", "quiescent": true,
            "message": "schema: not loaded (192.0.2.1:1 is not trusted in this workspace)" }),
    );
    assert_eq!(editor.shut_down(), Some(0));
}

#[test]
fn a_client_that_did_not_ask_hears_nothing() {
    let servers = Servers::new();
    let mut editor = Editor::new(servers.path());
    let file = editor.open_text(&servers.path().join("a.gctf"), &call("192.0.2.1:1", ""));
    editor.diagnostics(&file, |list| !list.is_empty());
    assert!(editor.asked("experimental/serverStatus").is_empty());
    assert_eq!(editor.shut_down(), Some(0));
}
