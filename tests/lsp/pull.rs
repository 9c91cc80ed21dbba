//! Findings for clients that ask for them.

use crate::support::editor::{Editor, full_capabilities};
use crate::support::servers::Servers;
use serde_json::{Value, json};

#[test]
fn findings_are_asked_for_and_never_sent() {
    let servers = Servers::new();
    let (_mock, port) = servers.plain();
    let mut capabilities = full_capabilities();
    capabilities["textDocument"]["diagnostic"] = json!({});
    capabilities["workspace"]["diagnostics"] = json!({ "refreshSupport": true });
    let mut editor = Editor::with_capabilities(servers.path(), capabilities);
    assert_eq!(editor.capabilities["diagnosticProvider"]["identifier"], json!("gctf"));
    let text = format!(
        "--- ADDRESS ---\nlocalhost:{port}\n\n--- ENDPOINT ---\nchat.ChatService/SendMesage\n\n--- REQUEST ---\n{{ nonsense }}\n\n--- RESPONSE ---\n{{}}\n"
    );
    let uri = editor.open_text(&servers.path().join("a.gctf"), &text);

    // The schema comes later than the file, and with it another finding.
    editor.wait(|editor| {
        let refresh = |message: &Value| message["method"] == json!("workspace/diagnostic/refresh");
        editor.heard.iter().any(refresh)
    });
    let ask = |previous: Value| json!({ "textDocument": { "uri": uri }, "previousResultId": previous });
    let report = editor.request("textDocument/diagnostic", ask(Value::Null));
    assert_eq!(report["kind"], json!("full"));
    let codes: Vec<_> = report["items"]
        .as_array()
        .expect("findings")
        .iter()
        .map(|found| found["code"].clone())
        .collect();
    assert_eq!(codes, ["G306", "G119"]);
    let again = editor.request("textDocument/diagnostic", ask(report["resultId"].clone()));
    assert_eq!(again, json!({ "kind": "unchanged", "resultId": report["resultId"] }));

    editor.replace(&uri, "SendMesage", "SendMessage");
    let after = editor.request("textDocument/diagnostic", ask(report["resultId"].clone()));
    assert_eq!(after["items"].as_array().map(Vec::len), Some(1), "{after}");
    let sent = |message: &Value| message["method"] == json!("textDocument/publishDiagnostics");
    assert!(!editor.heard.iter().any(sent));
    assert_eq!(editor.shut_down(), Some(0));
}
