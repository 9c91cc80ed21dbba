//! Order, cancellation, positions and ends of a conversation.

use crate::support::editor::{Editor, framed, full_capabilities, uri};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::Path;

const FILE: &str = "--- ENDPOINT ---\na.B/C\n\n--- REQUEST ---\n{}\n\n--- RESPONSE ---\n{}\n";

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

fn initialize(id: u64, folder: &Path, capabilities: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "method": "initialize",
        "params": { "processId": null, "rootUri": uri(folder), "capabilities": capabilities } })
}

#[test]
fn messages_that_do_not_wait_for_each_other() {
    let folder = folder();
    let file = uri(&folder.path().join("a.gctf"));
    let mut editor = Editor::spawn(folder.path());
    let open = json!({ "jsonrpc": "2.0", "method": "textDocument/didOpen", "params": { "textDocument":
        { "uri": file, "languageId": "gctf", "version": 1, "text": FILE } } });
    let symbols = json!({ "jsonrpc": "2.0", "id": 900, "method": "textDocument/documentSymbol",
        "params": { "textDocument": { "uri": file } } });
    let mut bytes = framed(&initialize(800, folder.path(), &full_capabilities()));
    bytes.extend(framed(
        &json!({ "jsonrpc": "2.0", "method": "initialized", "params": {} }),
    ));
    bytes.extend(framed(&open));
    bytes.extend(framed(&symbols));
    editor.send_raw(&bytes);
    assert_eq!(editor.answer(900)["result"][0]["name"], json!("B/C"));

    let mut bytes = framed(&json!({ "jsonrpc": "2.0", "id": 901, "method": "shutdown" }));
    bytes.extend(framed(&json!({ "jsonrpc": "2.0", "method": "exit" })));
    editor.send_raw(&bytes);
    assert_eq!(editor.answer(901)["result"], Value::Null);
    assert_eq!(editor.exit_code(), Some(0));
}

#[test]
fn edits_apply_in_the_order_of_arrival() {
    let folder = folder();
    let path = folder.path().join("a.gctf");
    let mut editor = Editor::new(folder.path());
    let uri = editor.open_text(&path, &format!("# \n{FILE}"));
    let mut bytes = Vec::new();
    let mut written = String::new();
    for version in 0..200_usize {
        let digit = (version % 10).to_string();
        let at = json!({ "line": 0, "character": 2 + version });
        bytes.extend(framed(
            &json!({ "jsonrpc": "2.0", "method": "textDocument/didChange", "params": {
            "textDocument": { "uri": uri, "version": version + 2 },
            "contentChanges": [{ "range": { "start": at, "end": at }, "text": digit }] } }),
        ));
        let _ = write!(written, "{digit}");
    }
    editor.send_raw(&bytes);
    // The comment's token covers what was typed, in order, or the file would look different.
    let shown = editor.request(
        "textDocument/semanticTokens/full",
        json!({ "textDocument": { "uri": uri } }),
    );
    assert_eq!(
        shown["data"].as_array().expect("tokens")[..3],
        [json!(0), json!(0), json!(202)]
    );
    editor.adopt(&uri, &format!("# {written}\n{FILE}"), 201);
    editor.edit(&uri, 0..written.len() + 3, "");
    assert_eq!(
        editor.request("textDocument/documentSymbol", json!({ "textDocument": { "uri": uri } }))[0]["range"]["start"],
        json!({ "line": 0, "character": 0 })
    );
}

#[test]
fn a_cancelled_request_is_answered_at_once() {
    let folder = folder();
    let (_silent, port) = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        (listener, port)
    };
    let mut editor = Editor::new(folder.path());
    let text = format!("--- ADDRESS ---\n127.0.0.1:{port}\n{FILE}");
    let uri = editor.open_text(&folder.path().join("a.gctf"), &text);
    let place = editor.at(&uri, "{}", 1);
    let id = editor.start("textDocument/completion", place);
    editor.notify("$/cancelRequest", json!({ "id": id }));
    let answer = editor.answer(id);
    // The completion may have been quicker than its cancellation.
    let cancelled = answer["error"]["code"] == json!(-32800);
    assert!(cancelled || answer["result"]["isIncomplete"] == json!(true), "{answer}");
    assert_eq!(editor.shut_down(), Some(0));
}

#[test]
fn faulty_messages_are_survived() {
    let folder = folder();
    let mut editor = Editor::new(folder.path());
    editor.send_raw(b"Content-Length: 3\r\n\r\n{,}");
    editor.send_raw(b"Content-Length: 2\r\n\r\n{}");
    let id = editor.start("textDocument/nonsense", json!({}));
    assert_eq!(editor.answer(id)["error"]["code"], json!(-32601));
    let id = editor.start("textDocument/hover", json!({ "no": "sense" }));
    assert_eq!(editor.answer(id)["error"]["code"], json!(-32602));
    let id = editor.start(
        "textDocument/codeLens",
        json!({ "textDocument": { "uri": "file:///not/open.gctf" } }),
    );
    assert_eq!(editor.answer(id)["error"]["code"], json!(-32602));
    editor.notify(
        "textDocument/didChange",
        json!({ "textDocument": { "uri": "file:///not/open.gctf", "version": 1 }, "contentChanges": [] }),
    );
    let uri = editor.open_text(&folder.path().join("a.gctf"), FILE);
    assert_eq!(editor.lenses(&uri), ["0 ▶ Run"]);
}

#[test]
fn ends() {
    let folder = folder();
    assert_eq!(Editor::new(folder.path()).shut_down(), Some(0));
    assert_eq!(Editor::new(folder.path()).hang_up(), Some(1));
    let mut rude = Editor::new(folder.path());
    rude.notify("exit", Value::Null);
    assert_eq!(rude.exit_code(), Some(1));
}

#[test]
fn wide_characters_in_both_encodings() {
    let folder = folder();
    let text =
        "--- ENDPOINT ---\r\na.B/C\r\n\r\n--- REQUEST ---\r\n{ \"é𝄞\": nonsense }\r\n\r\n--- RESPONSE ---\r\n{}\r\n";
    for (encodings, start) in [(json!(["utf-8", "utf-16"]), 12), (json!(["utf-16"]), 9)] {
        let mut capabilities = full_capabilities();
        capabilities["general"]["positionEncodings"] = encodings.clone();
        let mut editor = Editor::with_capabilities(folder.path(), capabilities);
        assert_eq!(editor.capabilities["positionEncoding"], encodings[0]);
        let uri = editor.open_text(&folder.path().join("a.gctf"), text);
        let wrong = |found: &&Value| found["code"] == json!("G119");
        let list = editor.diagnostics(&uri, |list| list.iter().any(|found| wrong(&found)));
        assert_eq!(
            list.iter().find(wrong).expect("it is there")["range"],
            json!({ "start": { "line": 4, "character": start }, "end": { "line": 4, "character": start + 8 } })
        );
    }
}

#[test]
fn a_file_has_one_name_however_its_uri_is_escaped() {
    let folder = folder();
    let mut editor = Editor::new(folder.path());
    let uri = editor.open_text(&folder.path().join("a.gctf"), FILE);
    let escaped = uri.replace("a.gctf", "%61.gctf");
    let lenses = editor.request("textDocument/codeLens", json!({ "textDocument": { "uri": escaped } }));
    assert_eq!(lenses.as_array().map(Vec::len), Some(1));
}
