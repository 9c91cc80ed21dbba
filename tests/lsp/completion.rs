//! Completion where the disk and the schema of real servers come in.

use crate::support::editor::{Editor, full_capabilities};
use crate::support::servers::Servers;
use serde_json::{Value, json};

fn labels(items: &[Value]) -> Vec<&str> {
    items.iter().filter_map(|item| item["label"].as_str()).collect()
}

#[test]
fn files_of_the_workspace() {
    let servers = Servers::new();
    for folder in ["tests", "server"] {
        std::fs::create_dir(servers.path().join(folder)).expect("a folder");
    }
    for name in [
        "tests/own.pem",
        "server/ca.crt",
        "server/shop.proto",
        "server/shop.binpb",
        "server/key.key",
    ] {
        servers.write(name, "");
    }
    let text = "--- ENDPOINT ---\na.B/C\n\n--- TLS ---\nca_cert: x\nclient_key: y\n\n--- PROTO ---\nfiles: z, \ndescriptor: \n\n--- RESPONSE ---\n{}\n";
    let mut editor = Editor::new(servers.path());
    let uri = editor.open_text(&servers.path().join("tests/a.gctf"), text);
    for (mark, by, expected) in [
        ("x\n", 1, &["own.pem", "../server/ca.crt"][..]),
        ("y\n", 1, &["own.pem", "../server/key.key"]),
        ("z, \n", 3, &["../server/shop.proto"]),
        ("descriptor: ", 12, &["../server/shop.binpb"]),
    ] {
        let place = editor.at(&uri, mark, by);
        assert_eq!(labels(&editor.complete(&place)), expected, "{mark}");
    }
    let place = editor.at(&uri, "z, \n", 3);
    let item = &editor.complete(&place)[0];
    assert_eq!(item["textEdit"]["range"]["start"], place["position"]);
    assert_eq!(item["textEdit"]["range"]["end"], place["position"]);
}

#[test]
fn details_of_an_error_and_now() {
    let servers = Servers::new();
    let (_mock, port) = servers.of(
        "syntax = \"proto3\"; package t; import \"google/protobuf/timestamp.proto\"; service S { rpc Do(In) returns (In); } message In { google.protobuf.Timestamp at = 1; }",
        "[]",
        None,
    );
    let text = format!(
        "--- ADDRESS ---\nlocalhost:{port}\n\n--- ENDPOINT ---\nt.S/Do\n\n--- REQUEST ---\n{{\"at\": }}\n\n--- ERROR ---\n{{\"code\": \"INTERNAL\", \"details\": [{{\"@type\": \"\"}}]}}\n"
    );
    let mut editor = Editor::with_capabilities(servers.path(), full_capabilities());
    let uri = editor.open_text(&servers.path().join("a.gctf"), &text);
    let place = editor.at(&uri, "\"at\": ", 6);
    let items = editor.complete(&place);
    assert_eq!(labels(&items)[..1], ["now"]);
    let now = items[0]["textEdit"]["newText"].as_str().unwrap_or_default();
    assert!(now.starts_with("\"${1:20") && now.ends_with("Z}\""), "{now}");
    let place = editor.at(&uri, "\"@type\": \"", 10);
    let items = editor.complete(&place);
    assert_eq!(labels(&items)[..2], ["google.rpc.ErrorInfo", "google.rpc.RetryInfo"]);
    assert!(labels(&items).contains(&"t.In"));
    editor.replace(
        &uri,
        "\"@type\": \"\"",
        "\"@type\": \"type.googleapis.com/google.rpc.Help\", ",
    );
    let place = editor.at(&uri, "Help\", ", 7);
    assert_eq!(labels(&editor.complete(&place)), ["links"]);
    assert_eq!(
        editor.complete(&place)[0]["textEdit"]["newText"],
        json!("\"links\": [$1]")
    );
}
