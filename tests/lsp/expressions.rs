//! What an editor shows around expressions, and how responses become lines of ASSERTS.

use crate::support::editor::{Editor, full_capabilities};
use crate::support::servers::Servers;
use serde_json::{Value, json};

const PROTO: &str = "syntax = \"proto3\";
package shop;
service Shop { rpc Buy(Order) returns (Order); }
message Order { string id = 1; Kind kind = 2; repeated Item items = 3; int64 total = 4; }
message Item { string name = 1; }
enum Kind { NONE = 0; BOOK = 1; }
";

const CALL: &str = "--- PROTO ---
files: shop.proto
--- ENDPOINT ---
shop.Shop/Buy
--- REQUEST ---
{ \"id\": \"x\" }
--- RESPONSE ---
{ \"id\": \"x\", \"total\": 5 }
--- EXTRACT ---
total = .total
--- ASSERTS ---
.kind == \"BOOK\"
.items | map(select(.name | test(\"a\"; \"i\"))) | length > 0
";

/// An editor with the file, whose schema is there.
fn opened(servers: &Servers, capabilities: Value, text: &str) -> (Editor, String) {
    servers.write("shop.proto", PROTO);
    let mut editor = Editor::with_capabilities(servers.path(), capabilities);
    let uri = editor.open_text(&servers.path().join("a.gctf"), text);
    let place = editor.at(&uri, "{ \"id", 3);
    assert!(!editor.complete(&place).is_empty(), "the schema is loaded");
    (editor, uri)
}

/// The text of a hover.
fn hover(editor: &mut Editor, uri: &str, mark: &str, by: usize) -> String {
    let place = editor.at(uri, mark, by);
    let hover = editor.request("textDocument/hover", place);
    hover["contents"]["value"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn hovers_signatures_and_hints() {
    let servers = Servers::new();
    let mut capabilities = full_capabilities();
    capabilities["textDocument"]["signatureHelp"] =
        json!({ "signatureInformation": { "parameterInformation": { "labelOffsetSupport": true } } });
    let (mut editor, uri) = opened(&servers, capabilities, CALL);
    assert!(hover(&mut editor, &uri, "select", 1).contains("Type here: `shop.Item`"));
    assert!(hover(&mut editor, &uri, ".name |", 2).contains("string name = 1;"));
    assert!(hover(&mut editor, &uri, "\"BOOK\"", 2).contains("BOOK = 1;"));

    let place = editor.at(&uri, "\"i\"", 1);
    let help = editor.request("textDocument/signatureHelp", place);
    assert_eq!(help["signatures"][1]["label"], json!("test(regex; flags)"), "{help}");
    assert_eq!(
        (&help["activeSignature"], &help["activeParameter"]),
        (&json!(1), &json!(1)),
        "{help}"
    );
    assert_eq!(
        help["signatures"][1]["parameters"][1]["label"],
        json!([12, 17]),
        "{help}"
    );

    let whole = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 99, "character": 0 } });
    let hints = json!({ "textDocument": { "uri": uri }, "range": whole });
    let found = editor.request("textDocument/inlayHint", hints.clone());
    assert_eq!(found[0]["label"], json!(": string (int64)"), "{found}");
    assert_eq!(found[0]["position"], json!({ "line": 9, "character": 5 }), "{found}");
    editor.notify(
        "workspace/didChangeConfiguration",
        json!({ "settings": { "gctf": { "inlayHints": { "types": false } } } }),
    );
    assert_eq!(editor.request("textDocument/inlayHint", hints), json!([]));
    assert_eq!(editor.shut_down(), Some(0));
}

#[test]
fn a_response_becomes_asserts_by_the_action_and_by_the_command() {
    let servers = Servers::new();
    let (mut editor, uri) = opened(&servers, full_capabilities(), CALL);
    let place = editor.at(&uri, "{ \"id\": \"x\", \"total", 1);
    let command = json!({ "command": "gctf.responseToAsserts",
        "arguments": [{ "uri": uri, "position": place["position"] }] });
    let range = json!({ "start": place["position"], "end": place["position"] });
    let params = json!({ "textDocument": place["textDocument"], "range": range,
        "context": { "diagnostics": [], "only": ["refactor.rewrite"] } });
    let actions = editor.request("textDocument/codeAction", params);
    let actions = actions.as_array().expect("actions").clone();
    let turn = actions
        .iter()
        .find(|action| action["title"] == json!("Turn response into asserts"));
    editor.apply(&turn.expect("the action")["edit"]);
    let wanted = "length > 0\n.id == \"x\"\n.total == \"5\"\n";
    assert!(editor.text(&uri).ends_with(wanted), "{}", editor.text(&uri));
    let refused = editor.start("workspace/executeCommand", command);
    let refused = editor.answer(refused)["error"]["message"].to_string();
    assert!(refused.contains("say all of it already"), "{refused}");
    editor.replace(&uri, ".total == \"5\"\n", "");
    let place = editor.at(&uri, "{ \"id\": \"x\", \"total", 1);
    let command = json!({ "command": "gctf.responseToAsserts",
        "arguments": [{ "uri": uri, "position": place["position"] }] });
    assert_eq!(
        editor.request("workspace/executeCommand", command),
        json!({ "applied": true })
    );
    assert!(editor.text(&uri).ends_with(wanted), "{}", editor.text(&uri));
    assert_eq!(editor.shut_down(), Some(0));
}
