//! Schemas and findings that follow the disk: told by the editor, or looked at when a file is used.

use crate::support::editor::{Editor, full_capabilities, uri};
use crate::support::servers::Servers;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

const SHOP: &str =
    "syntax = \"proto3\"; package shop; import \"types.proto\";\nservice Orders { rpc Get(Order) returns (Order); }\n";
const TYPES: &str = "syntax = \"proto3\"; package shop; message Order { string id = 1; }\n";
const TEST: &str = "--- ADDRESS ---\nlocalhost:1\n\n--- ENDPOINT ---\nshop.Orders/Get\n\n--- PROTO ---\nfiles: shop.proto\n\n--- REQUEST ---\n{\"id\": \"1\"}\n\n--- RESPONSE ---\n{}\n";

/// An editor that tells what changes on the disk, if it is asked to.
fn watching(servers: &Servers) -> Editor {
    let mut capabilities = full_capabilities();
    capabilities["workspace"]["didChangeWatchedFiles"] = json!({ "dynamicRegistration": true });
    Editor::with_capabilities(servers.path(), capabilities)
}

/// Writes a file and has the editor tell of it.
fn change(editor: &mut Editor, servers: &Servers, name: &str, text: &str) {
    let path = servers.write(name, text);
    let change = json!({ "uri": uri(&path), "type": 2 });
    editor.notify("workspace/didChangeWatchedFiles", json!({ "changes": [change] }));
}

fn codes(list: &[Value]) -> Vec<&str> {
    list.iter().filter_map(|found| found["code"].as_str()).collect()
}

#[test]
fn protos_are_compiled_again_when_one_of_them_changes() {
    let servers = Servers::new();
    servers.write("shop.proto", SHOP);
    servers.write("types.proto", TYPES);
    let mut editor = watching(&servers);
    editor.wait(|editor| !editor.asked("client/registerCapability").is_empty());
    let asked = editor.asked("client/registerCapability")[0]["params"].to_string();
    for part in ["workspace/didChangeWatchedFiles", "proto", "gctf.toml", "buf.yaml"] {
        assert!(asked.contains(part), "{asked}");
    }
    let file = editor.open_text(&servers.path().join("a.gctf"), TEST);
    let place = editor.at(&file, "{\"id", 1);
    assert_eq!(editor.complete(&place)[0]["label"], json!("id"));
    change(
        &mut editor,
        &servers,
        "types.proto",
        &TYPES.replace("id = 1", "key = 1"),
    );
    editor.diagnostics(&file, |list| codes(list) == ["G307"]);
    assert!(editor.shown(&file)[0].contains("error"), "{:?}", editor.shown(&file));

    // Findings weigh less when they speak of a schema that is no longer the newest.
    change(&mut editor, &servers, "types.proto", "nonsense");
    editor.diagnostics(&file, |list| codes(list) == ["G304", "G307"]);
    let shown = editor.shown(&file);
    assert!(shown[0].ends_with("; the schema from before is used"), "{shown:?}");
    assert!(
        shown[1].contains(" warning G307 ") && shown[1].ends_with(" (by an older schema)"),
        "{shown:?}"
    );
    change(&mut editor, &servers, "types.proto", TYPES);
    editor.diagnostics(&file, |list| list.is_empty());
    assert_eq!(editor.shut_down(), Some(0));
}

#[test]
fn roots_of_buf_and_of_the_settings_are_import_roots() {
    let servers = Servers::new();
    servers.write("shop.proto", SHOP);
    for folder in ["protos", "more"] {
        std::fs::create_dir(servers.path().join(folder)).expect("a folder");
    }
    servers.write("protos/types.proto", TYPES);
    let mut editor = watching(&servers);
    let file = editor.open_text(&servers.path().join("a.gctf"), TEST);
    editor.diagnostics(&file, |list| codes(list) == ["G304"]);
    change(
        &mut editor,
        &servers,
        "buf.yaml",
        "version: v2\nmodules:\n  - path: protos\n",
    );
    editor.diagnostics(&file, |list| list.is_empty());
    change(
        &mut editor,
        &servers,
        "buf.yaml",
        "version: v2\nmodules:\n  - path: more\n",
    );
    editor.diagnostics(&file, |list| codes(list) == ["G304"]);
    change(
        &mut editor,
        &servers,
        "gctf.toml",
        "[schema]\nprotoRoots = ['protos']\n",
    );
    editor.diagnostics(&file, |list| list.is_empty());
    assert_eq!(editor.shut_down(), Some(0));
}

#[test]
fn without_a_watch_the_disk_is_looked_at_on_use() {
    let servers = Servers::new();
    servers.write("shop.proto", SHOP);
    servers.write("types.proto", TYPES);
    let mut editor = Editor::new(servers.path());
    let file = editor.open_text(&servers.path().join("a.gctf"), TEST);
    let place = editor.at(&file, "{\"id", 1);
    assert_eq!(editor.complete(&place)[0]["label"], json!("id"));
    // Another time of change even where the clock of the disk is coarse.
    let path = servers.write("types.proto", &TYPES.replace("id = 1", "key = 1"));
    let later = std::time::SystemTime::now() + std::time::Duration::from_secs(60);
    std::fs::File::options()
        .write(true)
        .open(&path)
        .and_then(|file| file.set_modified(later))
        .expect("a time");
    servers.write("gctf.toml", "[diagnostics.severity]\nG307 = 'hint'\n");
    let is_new = |editor: &Editor| editor.shown(&file).iter().any(|found| found.contains("hint G307"));
    while !is_new(&editor) {
        editor.replace(&file, "\"1\"", "\"2\"");
        editor.replace(&file, "\"2\"", "\"1\"");
        editor.lenses(&file);
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert!(editor.asked("client/registerCapability").is_empty());
    assert_eq!(editor.shut_down(), Some(0));
}

#[test]
fn files_that_are_not_there_are_findings_until_they_are() {
    let servers = Servers::new();
    let mut editor = watching(&servers);
    let text = "--- ADDRESS ---\nlocalhost:1\n\n--- TLS ---\nca_cert: ca.pem\n\n--- ENDPOINT ---\na.B/C\n\n--- PROTO ---\nfiles: shop.proto, types.proto\n\n--- REQUEST ---\n{}\n\n--- RESPONSE ---\n{}\n";
    servers.write("types.proto", TYPES);
    let file = editor.open_text(&servers.path().join("a.gctf"), text);
    let missing = |list: &[Value]| list.iter().filter(|found| found["code"] == json!("G220")).count();
    editor.diagnostics(&file, |list| missing(list) == 2);
    let shown = editor.shown(&file);
    let found: Vec<_> = shown.iter().filter(|found| found.contains("G220")).collect();
    assert!(found[0].starts_with("4:9 \"ca.pem\" error G220 ") && found[0].ends_with("ca.pem: no such file"));
    assert!(found[1].starts_with("10:7 \"shop.proto\" error G220 "), "{found:?}");
    change(&mut editor, &servers, "shop.proto", SHOP);
    editor.diagnostics(&file, |list| missing(list) == 1);
    // A name that is typed is looked for as well.
    editor.replace(&file, "ca.pem", "types.proto");
    editor.diagnostics(&file, |list| missing(list) == 0);
    editor.replace(&file, "ca_cert: types.proto", "ca_cert: none.pem");
    editor.diagnostics(&file, |list| missing(list) == 1);
    servers.write("none.pem", "");
    editor.notify("textDocument/didSave", json!({ "textDocument": { "uri": file } }));
    editor.diagnostics(&file, |list| missing(list) == 0);
    assert_eq!(editor.shut_down(), Some(0));
}

#[test]
fn a_run_that_meets_another_server_loads_the_schema_anew() {
    let servers = Servers::new();
    let proto = |field: &str| {
        format!(
            "syntax = \"proto3\"; package shop;\nservice Orders {{ rpc Get(Order) returns (Order); }}\nmessage Order {{ string {field} = 1; }}\n"
        )
    };
    let stubs = "- { service: shop.Orders, method: Get, output: { data: {} } }\n";
    let (old, first) = servers.of(&proto("id"), stubs, None);
    let (_second, second) = servers.of(&proto("key"), stubs, None);
    let upstream = Arc::new(AtomicU16::new(first));
    let port = servers.relay(Arc::clone(&upstream));
    let mut editor = Editor::new(servers.path());
    let text = TEST
        .replace("--- PROTO ---\nfiles: shop.proto\n\n", "")
        .replace("localhost:1\n", &format!("localhost:{port}\n"));
    let file = editor.open_text(&servers.path().join("a.gctf"), &text);
    let place = editor.at(&file, "{\"id", 1);
    assert_eq!(editor.complete(&place)[0]["label"], json!("id"));
    upstream.store(second, Ordering::SeqCst);
    servers.block_on(old.stop());
    editor.press(&file, 0);
    editor.diagnostics(&file, |list| {
        list.iter()
            .any(|found| found["code"] == json!("G307") && found["source"] == json!("gctf"))
    });
    assert_eq!(editor.shut_down(), Some(0));
}

#[test]
fn asking_for_a_schema_ignores_what_is_known() {
    let servers = Servers::new();
    servers.write("shop.proto", SHOP);
    servers.write("types.proto", TYPES);
    let mut editor = watching(&servers);
    let file = editor.open_text(&servers.path().join("a.gctf"), TEST);
    let place = editor.at(&file, "{\"id", 1);
    assert_eq!(editor.complete(&place)[0]["label"], json!("id"));
    // Nobody tells of this change.
    servers.write("types.proto", &TYPES.replace("id = 1", "key = 1"));
    let item = editor.at(&file, "{\"id", 1);
    let item = json!({ "uri": file, "position": item["position"] });
    assert_eq!(
        editor.command("gctf.loadSchema", item)["result"],
        json!({ "state": "loading" })
    );
    editor.diagnostics(&file, |list| codes(list) == ["G307"]);
    for (argument, message) in [
        (
            json!({ "address": "nobody:1" }),
            "no schema to load: open a file that names the server",
        ),
        (
            json!({ "uri": "file:///nowhere.gctf" }),
            "file:///nowhere.gctf is not open",
        ),
    ] {
        let refused = editor.command("gctf.loadSchema", argument);
        assert_eq!(refused["error"]["message"], json!(message));
    }
    assert_eq!(editor.shut_down(), Some(0));
}
