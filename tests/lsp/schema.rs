//! Schemas: loaded from this machine only, never waited for, kept when they are there.

use crate::support::editor::{Editor, full_capabilities, uri};
use crate::support::servers::Servers;
use serde_json::{Value, json};
use std::net::TcpListener;

fn call(address: &str) -> String {
    format!(
        "--- ADDRESS ---\n{address}\n\n--- ENDPOINT ---\nchat.ChatService/SendMessage\n\n--- REQUEST ---\n{{\"room_id\": \"x\"}}\n\n--- RESPONSE ---\n{{}}\n"
    )
}

fn silent() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    (listener, port)
}

#[test]
fn a_server_that_says_nothing_delays_nothing() {
    let servers = Servers::new();
    let (listener, port) = silent();
    let mut editor = Editor::new(servers.path());
    let uri = editor.open_text(&servers.path().join("a.gctf"), &call(&format!("127.0.0.1:{port}")));
    // The server is being asked, and stays silent.
    let (_connection, _) = listener.accept().expect("a connection");
    assert_eq!(editor.diagnostics(&uri, |_| true), Vec::<serde_json::Value>::new());

    let place = editor.at(&uri, "{\"room", 1);
    let list = editor.request("textDocument/completion", place);
    assert_eq!(list["isIncomplete"], json!(true));
    let header = editor.at(&uri, "--- REQUEST", 6);
    let hover = editor.request("textDocument/hover", header);
    assert!(hover["contents"]["value"].is_string(), "{hover}");
    editor.replace(&uri, "\"x\"", "");
    editor.diagnostics(&uri, |list| !list.is_empty());
    // All that came before the five seconds that the server has.
    assert_eq!(editor.shown(&uri).len(), 1, "{:?}", editor.shown(&uri));
}

#[test]
fn a_closed_port_is_an_information_on_the_address() {
    let servers = Servers::new();
    let (listener, port) = silent();
    drop(listener);
    let mut editor = Editor::new(servers.path());
    let uri = editor.open_text(&servers.path().join("a.gctf"), &call(&format!("127.0.0.1:{port}")));
    editor.diagnostics(&uri, |list| !list.is_empty());
    assert_eq!(
        editor.shown(&uri),
        [format!(
            "1:0 \"127.0.0.1:{port}\" information G301 cannot connect to 127.0.0.1:{port}: connection refused"
        )]
    );
    let place = editor.at(&uri, "{\"room", 1);
    let list = editor.request("textDocument/completion", place);
    assert_eq!(list, json!({ "isIncomplete": false, "items": [] }));
}

#[test]
fn other_hosts_are_not_asked() {
    let servers = Servers::new();
    let mut editor = Editor::new(servers.path());
    let uri = editor.open_text(&servers.path().join("a.gctf"), &call("192.0.2.1:4770"));
    editor.diagnostics(&uri, |list| !list.is_empty());
    assert_eq!(
        editor.shown(&uri),
        ["1:0 \"192.0.2.1:4770\" hint G323 schema not loaded: 192.0.2.1:4770 is not trusted in this workspace"]
    );
}

#[test]
fn an_address_that_is_typed_over_is_not_dialled() {
    let servers = Servers::new();
    let (_mock, port) = servers.plain();
    let (typed_over, other) = silent();
    typed_over.set_nonblocking(true).expect("a socket");
    let mut editor = Editor::new(servers.path());
    let first = format!("127.0.0.1:{other}");
    let uri = editor.open_text(&servers.path().join("a.gctf"), &call("{{ later }}"));
    editor.published(&uri);
    // Both edits come in one piece, so that the first address never rests.
    editor.replace(&uri, "{{ later }}", &first);
    editor.replace(&uri, &first, &format!("127.0.0.1:{port}"));
    let place = editor.at(&uri, "{\"room", 1);
    let items = editor.complete(&place);
    assert!(items.iter().any(|item| item["label"] == json!("message")), "{items:?}");
    assert!(typed_over.accept().is_err(), "the address in between was dialled");
}

#[test]
fn endpoints_fields_and_enums_in_the_second_document() {
    let servers = Servers::new();
    let (_mock, port) = servers.plain();
    let mut editor = Editor::new(servers.path());
    let text = format!(
        "{}\n--- ENDPOINT ---\nchat.ChatService/Get\n\n--- REQUEST ---\n{{ \"room_id\": \"x\" \"li\n\n--- RESPONSE ---\n{{ \"messages\": [{{ \"us\n",
        call(&format!("localhost:{port}"))
    );
    let uri = editor.open_text(&servers.path().join("a.gctf"), &text);
    let labels = |items: &[serde_json::Value]| -> Vec<String> {
        items
            .iter()
            .filter_map(|item| item["label"].as_str().map(str::to_owned))
            .collect()
    };
    let place = editor.at(&uri, "/Get\n", 4);
    let endpoints = editor.complete(&place);
    assert_eq!(
        labels(&endpoints)[..2],
        ["chat.ChatService/SendMessage", "chat.ChatService/GetMessages"]
    );
    assert!(labels(&endpoints)[2..].iter().all(|label| label.starts_with("grpc.")));
    editor.replace(&uri, "/Get\n", "/GetMessages\n");
    let place = editor.at(&uri, "\"li\n", 3);
    let fields = editor.complete(&place);
    assert_eq!(labels(&fields), ["limit", "offset"]);
    assert_eq!(
        fields[0]["additionalTextEdits"][0]["newText"],
        json!(","),
        "the missing comma comes with it"
    );
    let place = editor.at(&uri, "\"us\n", 3);
    assert_eq!(
        labels(&editor.complete(&place)),
        ["id", "user_id", "message", "timestamp"]
    );
    let hover = editor.at(&uri, "GetMessages", 2);
    let hover = editor.request("textDocument/hover", hover);
    let text = hover["contents"]["value"].as_str().unwrap_or_default();
    assert!(
        text.contains("rpc GetMessages(chat.GetMessagesRequest) returns (chat.GetMessagesResponse)"),
        "{text}"
    );
}

#[test]
fn an_unknown_method_is_marked_with_the_nearest() {
    let servers = Servers::new();
    let (_mock, port) = servers.plain();
    let mut editor = Editor::new(servers.path());
    let text = call(&format!("localhost:{port}")).replace("SendMessage", "SendMesage");
    let uri = editor.open_text(&servers.path().join("a.gctf"), &text);
    editor.diagnostics(&uri, |list| !list.is_empty());
    assert_eq!(
        editor.shown(&uri),
        ["4:17 \"SendMesage\" error G306 chat.ChatService has no method \"SendMesage\"; did you mean \"SendMessage\"?"]
    );
}

#[test]
fn files_outside_the_workspace_are_not_read() {
    let servers = Servers::new();
    let outside = tempfile::tempdir().expect("a folder");
    let proto = outside.path().join("secret.proto");
    std::fs::write(&proto, "syntax = \"proto3\"; service S {}").expect("a file");
    let text = format!(
        "--- ENDPOINT ---\nS/M\n\n--- PROTO ---\nfiles: {}\n\n--- REQUEST ---\n{{}}\n\n--- RESPONSE ---\n{{}}\n",
        proto.display()
    );
    let mut editor = Editor::new(servers.path());
    let uri = editor.open_text(&servers.path().join("a.gctf"), &text);
    editor.diagnostics(&uri, |list| list.iter().any(|found| found["code"] == json!("G620")));
}

#[test]
fn protos_beside_the_file_serve_without_a_server() {
    let servers = Servers::new();
    let proto = std::fs::read_to_string(crate::support::chat().join("server/chat.proto")).expect("the example");
    servers.write("chat.proto", &proto);
    let text = "--- ENDPOINT ---\nchat.ChatService/SendMessage\n\n--- PROTO ---\nfiles: chat.proto\n\n--- REQUEST ---\n{}\n\n--- RESPONSE ---\n{}\n";
    let mut editor = Editor::with_capabilities(servers.path(), full_capabilities());
    let uri = editor.open_text(&servers.path().join("a.gctf"), text);
    let place = editor.at(&uri, "{}", 1);
    assert!(editor.complete(&place).len() > 3);
    let hover = editor.at(&uri, "SendMessage", 2);
    let hover = editor.request("textDocument/hover", hover).to_string();
    assert!(hover.contains("chat.proto"), "{hover}");
}

#[test]
fn a_server_that_cannot_be_asked_is_left_alone_for_a_while() {
    let servers = Servers::new();
    let (listener, port) = silent();
    let dialled = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counter = std::sync::Arc::clone(&dialled);
    // Takes every connection and hangs up.
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            counter.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            drop(connection);
        }
    });
    let mut editor = Editor::new(servers.path());
    let uri = editor.open_text(&servers.path().join("a.gctf"), &call(&format!("127.0.0.1:{port}")));
    editor.diagnostics(&uri, |list| !list.is_empty());
    let after_one_try = dialled.load(std::sync::atomic::Ordering::SeqCst);
    for _ in 0..200 {
        editor.lenses(&uri);
    }
    for _ in 0..20 {
        editor.replace(&uri, "\"x\"", "\"y\"");
        editor.replace(&uri, "\"y\"", "\"x\"");
        editor.lenses(&uri);
    }
    let after_the_edits = dialled.load(std::sync::atomic::Ordering::SeqCst);
    assert!(
        after_the_edits <= 3 * after_one_try,
        "dialled {after_the_edits} times instead of {after_one_try}"
    );
}

#[test]
fn documentation_comes_when_it_is_asked_for() {
    let servers = Servers::new();
    let (_mock, port) = servers.plain();
    let mut capabilities = full_capabilities();
    capabilities["textDocument"]["completion"]["completionItem"]["resolveSupport"] =
        json!({ "properties": ["documentation"] });
    let mut editor = Editor::with_capabilities(servers.path(), capabilities);
    let text = call(&format!("localhost:{port}"));
    let uri = editor.open_text(&servers.path().join("a.gctf"), &text);
    let place = editor.at(&uri, "{\"room", 1);
    let items = editor.complete(&place);
    let item = items
        .iter()
        .find(|item| item["label"] == json!("message"))
        .expect("the field is offered");
    assert_eq!(item["documentation"], json!(null));
    let resolved = editor.request("completionItem/resolve", item.clone());
    let documentation = resolved["documentation"]["value"].as_str().unwrap_or_default();
    assert!(documentation.contains("string message = 3"), "{resolved}");
    assert_eq!(resolved["textEdit"], item["textEdit"]);
}

#[test]
fn constraints_come_with_reflection() {
    let servers = Servers::new();
    let proto = "syntax = \"proto3\"; package shop; import \"google/protobuf/descriptor.proto\";\n\
        extend google.protobuf.FieldOptions { repeated int32 field_behavior = 1052; Rules field = 1159; }\n\
        message Rules { Text string = 14; } message Text { uint64 max_len = 3; }\n\
        service Shop { rpc Buy(Order) returns (Order); }\n\
        message Order { string id = 1 [(field_behavior) = 2]; string note = 2 [(field).string.max_len = 9]; }\n";
    let (_mock, port) = servers.of(proto, "[]", None);
    let mut editor = Editor::new(servers.path());
    let text = format!(
        "--- ADDRESS ---\nlocalhost:{port}\n--- ENDPOINT ---\nshop.Shop/Buy\n--- REQUEST ---\n{{ \"note\": \"x\" }}\n--- RESPONSE ---\n{{}}\n"
    );
    let uri = editor.open_text(&servers.path().join("a.gctf"), &text);
    editor.diagnostics(&uri, |list| list.len() == 1);
    assert_eq!(
        editor.shown(&uri),
        ["5:0 \"{\" information G316 `id` is required by its options: add it"]
    );
    let place = editor.at(&uri, "note", 1);
    let hover = editor.request("textDocument/hover", place)["contents"]["value"].to_string();
    assert!(hover.contains("`buf.validate`: `string{max_len:9}`"), "{hover}");
}

#[test]
fn a_source_that_does_not_compile_is_opened_at_its_fault() {
    let servers = Servers::new();
    servers.write(
        "shop.proto",
        "syntax = \"proto3\";\nimport \"deep.proto\";\nmessage M {}\n",
    );
    servers.write("other.proto", "syntax = \"proto3\";\n");
    servers.write(
        "deep.proto",
        "syntax = \"proto3\";\nmessage D {\n  /* 😀 */ strin g = 1;\n}\n",
    );
    let mut capabilities = full_capabilities();
    capabilities["window"]["showDocument"] = json!({ "support": true });
    let mut editor = Editor::with_capabilities(servers.path(), capabilities);
    let text = "--- ADDRESS ---\nlocalhost:1\n--- PROTO ---\nfiles: other.proto, shop.proto\n--- ENDPOINT ---\nshop.Shop/Buy\n--- REQUEST ---\n{}\n--- RESPONSE ---\n{}\n";
    let file = editor.open_text(&servers.path().join("a.gctf"), text);
    let deep = uri(&servers.path().join("deep.proto").canonicalize().expect("the file"));
    let marked = |list: &[Value]| list.iter().find(|found| found["code"] == json!("G304")).cloned();
    let list = editor.diagnostics(&file, |list| marked(list).is_some());
    let found = marked(&list).expect("the finding");
    assert_eq!(found["range"]["start"]["line"], json!(2), "{found}");
    let related = &found["relatedInformation"][0]["location"];
    // In UTF-16, as the editor counts.
    let place = json!({ "line": 2, "character": 11 });
    assert_eq!(
        *related,
        json!({ "uri": deep, "range": { "start": place, "end": place } }),
        "{found}"
    );
    let params = json!({ "textDocument": { "uri": file }, "range": found["range"], "context": { "diagnostics": [], "only": ["gctf"] } });
    let actions = editor.request("textDocument/codeAction", params);
    let open = actions
        .as_array()
        .expect("actions")
        .iter()
        .find(|action| action["title"] == json!("Open deep.proto at line 3"));
    let command = open.unwrap_or_else(|| panic!("{actions}"))["command"].clone();
    editor.request("workspace/executeCommand", command);
    let shown = |message: &Value| message["method"] == json!("window/showDocument");
    editor.wait(|editor| editor.heard.iter().any(shown));
    let shown = editor.heard.iter().find(|message| shown(message)).expect("it is shown");
    assert_eq!(shown["params"]["uri"], json!(deep));
    assert_eq!(shown["params"]["selection"]["start"], place);
    // A fault in a file that PROTO names is marked there.
    servers.write("deep.proto", "syntax = \"proto3\";\n");
    servers.write("shop.proto", "syntax = \"proto3\";\nmessage {}\n");
    editor.command("gctf.loadSchema", json!({ "uri": file }));
    editor.diagnostics(&file, |list| {
        marked(list).is_some_and(|found| found["range"]["start"]["line"] == json!(3))
    });
    let shown = editor.shown(&file);
    assert!(
        shown
            .iter()
            .any(|found| found.starts_with("3:20 \"shop.proto\" error G304 shop.proto:2:9: ")),
        "{shown:?}"
    );
}
