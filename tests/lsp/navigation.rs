//! From one place to others: declarations, uses, names, links.

use crate::support::editor::{Editor, full_capabilities, uri};
use crate::support::servers::Servers;
use serde_json::{Value, json};
use std::path::PathBuf;

/// The file of a location.
fn path(location: &Value) -> PathBuf {
    let uri = location["uri"].as_str().unwrap_or_else(|| panic!("{location}"));
    PathBuf::from(uri.strip_prefix("file://").expect("a file"))
}

/// `file:line text` of a location, by what is on the disk.
fn shown(location: &Value) -> String {
    let path = path(location);
    let text = std::fs::read_to_string(&path).expect("the file is there");
    let (start, end) = (&location["range"]["start"], &location["range"]["end"]);
    let number = |position: &Value, name: &str| position[name].as_u64().expect("a number") as usize;
    let line = text.lines().nth(number(start, "line")).unwrap_or_default();
    let units: Vec<u16> = line.encode_utf16().collect();
    let marked = match start == end {
        true => String::new(),
        false => String::from_utf16_lossy(&units[number(start, "character")..number(end, "character")]),
    };
    let name = path.file_name().expect("a name").to_string_lossy().into_owned();
    format!("{name}:{} {marked}", number(start, "line"))
}

fn list(answer: &Value) -> Vec<String> {
    answer.as_array().expect("a list").iter().map(shown).collect()
}

const PROTO: &str = "syntax = \"proto3\";
package shop;
// Sells.
service Shop { rpc Buy(Order) returns (Order); }
message Order {
  /* 😀 */ string id = 1;
  Kind kind = 2;
}
enum Kind { NONE = 0; BOOK = 1; }
";

const CALL: &str = "--- PROTO ---
files: shop.proto
--- ENDPOINT ---
shop.Shop/Buy
--- REQUEST ---
{ \"id\": \"x\", \"kind\": \"BOOK\" }
--- RESPONSE ---
{}
";

/// Waits until the schema of a file is there.
fn ready(editor: &mut Editor, uri: &str) {
    let place = editor.at(uri, "{ \"id", 3);
    assert!(!editor.complete(&place).is_empty(), "the schema is loaded");
}

#[test]
fn definitions_are_in_the_proto_source() {
    let servers = Servers::new();
    servers.write("shop.proto", PROTO);
    let mut editor = Editor::new(servers.path());
    let uri = editor.open_text(&servers.path().join("a.gctf"), CALL);
    ready(&mut editor, &uri);
    let mut go = |method: &str, mark: &str, by: usize| {
        let place = editor.at(&uri, mark, by);
        shown(&editor.request(&format!("textDocument/{method}"), place))
    };
    assert_eq!(go("definition", "shop.Shop/Buy", 6), "shop.proto:3 Shop");
    assert_eq!(go("definition", "shop.Shop/Buy", 11), "shop.proto:3 Buy");
    assert_eq!(go("typeDefinition", "shop.Shop/Buy", 11), "shop.proto:4 Order");
    // Behind a character of two units and four bytes.
    assert_eq!(go("definition", "\"id\"", 2), "shop.proto:5 id");
    assert_eq!(go("definition", "BOOK", 1), "shop.proto:8 BOOK");
    assert_eq!(go("typeDefinition", "\"kind\"", 1), "shop.proto:8 Kind");
    assert_eq!(go("definition", "shop.proto", 1), "shop.proto:0 ");
}

#[test]
fn definitions_of_a_server_are_in_a_read_only_text() {
    let servers = Servers::new();
    let (_mock, port) = servers.plain();
    let mut editor = Editor::new(servers.path());
    let text = format!(
        "--- ADDRESS ---\nlocalhost:{port}\n--- ENDPOINT ---\nchat.ChatService/SendMessage\n--- REQUEST ---\n{{ \"id\": 1, \"room_id\": \"x\" }}\n"
    );
    let uri = editor.open_text(&servers.path().join("a.gctf"), &text);
    ready(&mut editor, &uri);
    let place = editor.at(&uri, "room_id", 2);
    let location = editor.request("textDocument/definition", place);
    assert!(shown(&location).ends_with(" room_id"), "{location}");
    let path = path(&location);
    let kept = std::fs::read_to_string(&path).expect("the text is there");
    let head = format!("// Generated from reflection of localhost:{port}.\n\nsyntax = \"proto3\";\n");
    assert!(kept.starts_with(&head), "{kept}");
    assert!(
        std::fs::metadata(&path)
            .expect("the text is there")
            .permissions()
            .readonly()
    );
    let place = editor.at(&uri, "SendMessage", 2);
    let location = editor.request("textDocument/definition", place);
    assert!(shown(&location).ends_with(" SendMessage"), "{location}");
}

#[test]
fn sources_beside_a_served_schema_give_places_and_comments() {
    let proto = "syntax = \"proto3\";\npackage shop;\nservice Shop { rpc Buy(Order) returns (Order); }\nmessage Order {\n  // As the source says.\n  string id = 1;\n}\n";
    let served = proto.replace("  // As the source says.\n", "");
    // Roots are named by the section, by the settings of the folder, or by buf.
    for (section, file, text) in [
        ("--- PROTO ---\nimport_paths: api\n", "other.toml", ""),
        ("", "gctf.toml", "[schema]\nprotoRoots = ['api']\n"),
        ("", "buf.yaml", "version: v2\nmodules:\n  - path: api\n"),
    ] {
        let servers = Servers::new();
        let (_mock, port) = servers.of(&served, "[]", None);
        servers.write(file, text);
        std::fs::create_dir_all(servers.path().join("api/deep")).expect("a folder");
        servers.write("api/deep/own.proto", proto);
        let mut capabilities = full_capabilities();
        capabilities["workspace"]["didChangeWatchedFiles"] = json!({ "dynamicRegistration": true });
        let mut editor = Editor::with_capabilities(servers.path(), capabilities);
        let call = format!(
            "--- ADDRESS ---\nlocalhost:{port}\n{section}--- ENDPOINT ---\nshop.Shop/Buy\n--- REQUEST ---\n{{ \"id\": \"x\" }}\n"
        );
        let uri = editor.open_text(&servers.path().join("a.gctf"), &call);
        ready(&mut editor, &uri);
        let place = editor.at(&uri, "{ \"id", 3);
        let location = editor.request("textDocument/definition", place.clone());
        assert_eq!(shown(&location), "own.proto:5 id", "{file}");
        let docs = |editor: &mut Editor| editor.request("textDocument/hover", place.clone())["contents"].to_string();
        assert!(docs(&mut editor).contains("As the source says."), "{file}");
        // What is written there later counts from then on.
        servers.write(
            "api/deep/own.proto",
            &proto.replace("As the source", "As the new source"),
        );
        let source = self::uri(&servers.path().join("api/deep/own.proto"));
        editor.notify(
            "workspace/didChangeWatchedFiles",
            json!({ "changes": [{ "uri": source, "type": 2 }] }),
        );
        while !docs(&mut editor).contains("As the new source says.") {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    }
}

const CHAIN: &str = "--- ENDPOINT ---
a.B/Login
--- EXTRACT ---
tokén = .x
token = .token
--- ENDPOINT ---
a.B/Get
--- REQUEST ---
{ \"é😀\": \"{{ token }}\", \"b\": \"{{ user }}\" }
--- ASSERTS ---
.x == $token
";

#[test]
fn variables_are_found_and_renamed() {
    let servers = Servers::new();
    servers.write(
        "_setup.gctf",
        "--- ENDPOINT ---\na.B/Setup\n--- EXTRACT ---\nuser = .user\n",
    );
    let path = servers.write("a.gctf", CHAIN);
    let mut capabilities = full_capabilities();
    capabilities["workspace"]["workspaceEdit"] = json!({ "documentChanges": true });
    let mut editor = Editor::with_capabilities(servers.path(), capabilities);
    let uri = editor.open(&path);
    let place = editor.at(&uri, "$token", 3);
    let definition = editor.request("textDocument/definition", place.clone());
    assert_eq!(shown(&definition), "a.gctf:4 token");

    let mut asked = place.clone();
    asked["context"] = json!({ "includeDeclaration": true });
    let uses = ["a.gctf:4 token", "a.gctf:8 token", "a.gctf:10 token"];
    assert_eq!(list(&editor.request("textDocument/references", asked)), uses);

    let marks = editor.request("textDocument/documentHighlight", place.clone());
    let kinds: Vec<_> = marks
        .as_array()
        .expect("a list")
        .iter()
        .map(|mark| mark["kind"].clone())
        .collect();
    assert_eq!(kinds, [3, 2, 2]);

    let prepared = editor.request("textDocument/prepareRename", place.clone());
    assert_eq!(prepared["placeholder"], json!("token"));
    let mut rename = place.clone();
    rename["newName"] = json!("key");
    let edit = editor.request("textDocument/rename", rename.clone());
    let change = &edit["documentChanges"][0];
    assert_eq!(change["textDocument"], json!({ "uri": uri, "version": 1 }));
    let edits = change["edits"].as_array().expect("edits").clone();
    let lines: Vec<_> = edits
        .iter()
        .map(|edit| edit["range"]["start"]["line"].clone())
        .collect();
    assert_eq!(lines, [4, 8, 10]);

    rename["newName"] = json!("user");
    let id = editor.start("textDocument/rename", rename);
    let refused = editor.answer(id);
    assert_eq!(refused["error"]["code"], json!(-32803));
    assert_eq!(
        refused["error"]["message"],
        json!("`user` is already set by `_setup.gctf`")
    );

    let place = editor.at(&uri, "{{ user", 4);
    let definition = editor.request("textDocument/definition", place);
    assert_eq!(shown(&definition), "_setup.gctf:3 user");
}

/// `CRLF` and wide characters, each file with its own columns.
#[test]
fn a_variable_of_the_setup_is_one_in_all_files_of_the_folder() {
    let servers = Servers::new();
    let setup = "--- ENDPOINT ---\r\na.B/Setup\r\n--- EXTRACT ---\r\nuser = .user\r\n";
    servers.write("_setup.gctf", setup);
    servers.write(
        "_teardown.gctf",
        "--- ENDPOINT ---\r\na.B/End\r\n--- REQUEST ---\r\n{ \"é😀\": \"{{ user }}\" }\r\n",
    );
    servers.write("sub/c.gctf", "--- ENDPOINT ---\na.B/C\n--- ASSERTS ---\n.x == $user\n");
    let open = servers.write("a.gctf", CHAIN);
    let unsaved = servers.write("b.gctf", "--- ENDPOINT ---\na.B/Get\n--- ASSERTS ---\n.x == $user\n");
    let mut capabilities = full_capabilities();
    capabilities["workspace"]["workspaceEdit"] = json!({ "documentChanges": true });
    let mut editor = Editor::with_capabilities(servers.path(), capabilities);
    let a = editor.open(&open);
    let b = editor.open_text(&unsaved, "--- ENDPOINT ---\na.B/Get\n--- ASSERTS ---\n.yz == $user\n");

    let place = editor.at(&a, "{{ user", 4);
    let definition = editor.request("textDocument/definition", place.clone());
    assert_eq!(shown(&definition), "_setup.gctf:3 user");
    let mut asked = place.clone();
    asked["context"] = json!({ "includeDeclaration": true });
    let uses = editor.request("textDocument/references", asked.clone());
    let places: Vec<_> = uses.as_array().expect("a list").iter().map(placed).collect();
    let expected = [
        "_setup.gctf 3:0-4",
        "_teardown.gctf 3:13-17",
        "a.gctf 8:33-37",
        "b.gctf 3:8-12",
    ];
    assert_eq!(places, expected);

    // From the other side the same; the setup as it is in the editor counts.
    let setup = editor.open_text(&servers.path().join("_setup.gctf"), &format!("# é\r\n{setup}"));
    let mut asked = editor.at(&setup, "user =", 1);
    asked["context"] = json!({ "includeDeclaration": false });
    let uses = editor.request("textDocument/references", asked.clone());
    let places: Vec<_> = uses.as_array().expect("a list").iter().map(placed).collect();
    assert_eq!(places, expected[1..]);
    let definition = editor.request("textDocument/definition", place);
    assert_eq!(placed(&definition), "_setup.gctf 4:0-4");

    assert_eq!(
        editor.request("textDocument/prepareRename", asked.clone())["placeholder"],
        json!("user")
    );
    asked["newName"] = json!("login");
    let edit = editor.request("textDocument/rename", asked.clone());
    let changes = edit["documentChanges"].as_array().expect("changes").clone();
    let shown: Vec<_> = changes
        .iter()
        .map(|change| {
            let uri = change["textDocument"]["uri"].clone();
            let edits = change["edits"].as_array().expect("edits").iter();
            let edits = edits.map(|edit| placed(&json!({ "uri": uri, "range": edit["range"] })));
            (
                change["textDocument"]["version"].clone(),
                edits.collect::<Vec<_>>().join(" "),
            )
        })
        .collect();
    let shown: Vec<_> = shown
        .iter()
        .map(|(version, edits)| format!("{version} {edits}"))
        .collect();
    assert_eq!(
        shown,
        [
            "1 _setup.gctf 4:0-4",
            "null _teardown.gctf 3:13-17",
            "1 a.gctf 8:33-37",
            "1 b.gctf 3:8-12"
        ]
    );
    assert_eq!(editor.text(&b).matches("user").count(), 1);

    // A file that is not open can refuse a name too.
    servers.write("d.gctf", "--- ENDPOINT ---\na.B/D\n--- ASSERTS ---\n.x == $login\n");
    let id = editor.start("textDocument/rename", asked);
    let refused = editor.answer(id);
    assert_eq!(
        refused["error"]["message"],
        json!("`login` is already a variable where this one is used, in `d.gctf`")
    );
}

/// `file line:start-end` of a location.
fn placed(location: &Value) -> String {
    let name = location["uri"].as_str().unwrap_or_default().rsplit('/').next();
    let (start, end) = (&location["range"]["start"], &location["range"]["end"]);
    format!(
        "{} {}:{}-{}",
        name.unwrap_or_default(),
        start["line"],
        start["character"],
        end["character"]
    )
}

#[test]
fn documents_are_found_in_all_files() {
    let servers = Servers::new();
    std::fs::create_dir(servers.path().join("sub")).expect("a folder");
    servers.write(
        "sub/b.gctf",
        "#[name(\"first\")]\n--- ENDPOINT ---\na.B/Get\n--- EXTRACT ---\nid = .id\n",
    );
    servers.write("sub/ignored.gctf", "--- ENDPOINT ---\na.B/Get\n");
    servers.write(".ignore", "ignored.gctf\n");
    let path = servers.write("a.gctf", CHAIN);
    let mut editor = Editor::new(servers.path());
    let uri = editor.open(&path);
    let mut asked = editor.at(&uri, "a.B/Get", 2);
    asked["context"] = json!({ "includeDeclaration": true });
    let calls = editor.request("textDocument/references", asked.clone());
    assert_eq!(list(&calls), ["a.gctf:6 a.B/Get", "b.gctf:2 a.B/Get"]);

    let names = |editor: &mut Editor, query: &str| -> Vec<String> {
        let found = editor.request("workspace/symbol", json!({ "query": query }));
        let found = found.as_array().expect("a list").clone();
        found
            .iter()
            .map(|symbol| {
                format!(
                    "{} {}",
                    symbol["name"].as_str().unwrap_or_default(),
                    shown(&symbol["location"])
                )
            })
            .collect()
    };
    assert_eq!(
        names(&mut editor, "get"),
        ["a.B/Get a.gctf:6 a.B/Get", "first b.gctf:2 a.B/Get"]
    );
    assert_eq!(names(&mut editor, "tok"), ["token a.gctf:4 token"]);
    // What is written meanwhile is found without a word about it.
    servers.write("sub/c.gctf", "--- ENDPOINT ---\na.B/Get\n");
    assert_eq!(names(&mut editor, "abget").len(), 3);
    assert_eq!(list(&editor.request("textDocument/references", asked)).len(), 3);
}

#[test]
fn paths_are_links_where_there_is_a_file() {
    let servers = Servers::new();
    servers.write("shop.proto", PROTO);
    let outside = tempfile::NamedTempFile::new().expect("a file");
    let text = format!(
        "--- META ---\nlinks: [https://a.example/x]\n--- PROTO ---\nfiles: shop.proto, none.proto, {}\n--- ENDPOINT ---\na.B/C\n",
        outside.path().display()
    );
    let mut editor = Editor::new(servers.path());
    let file = editor.open_text(&servers.path().join("a.gctf"), &text);
    let links = editor.request("textDocument/documentLink", json!({ "textDocument": { "uri": file } }));
    let targets: Vec<_> = links
        .as_array()
        .expect("a list")
        .iter()
        .map(|link| link["target"].clone())
        .collect();
    assert_eq!(
        targets,
        [
            json!("https://a.example/x"),
            json!(uri(&servers.path().join("shop.proto")))
        ]
    );
}

#[test]
fn a_selection_grows_to_the_file() {
    let servers = Servers::new();
    let mut editor = Editor::new(servers.path());
    let uri = editor.open_text(&servers.path().join("a.gctf"), CHAIN);
    let place = editor.at(&uri, "$token", 3);
    let asked = json!({ "textDocument": { "uri": uri }, "positions": [place["position"]] });
    let mut range = editor.request("textDocument/selectionRange", asked)[0].clone();
    assert_eq!(range["range"]["start"], json!({ "line": 10, "character": 6 }));
    let mut count = 1;
    while !range["parent"].is_null() {
        range = range["parent"].clone();
        count += 1;
    }
    assert!(count > 4, "{count}");
    assert_eq!(range["range"]["start"], json!({ "line": 0, "character": 0 }));
    assert_eq!(range["range"]["end"], json!({ "line": 11, "character": 0 }));
}

#[test]
fn what_is_done_is_announced() {
    let servers = Servers::new();
    let editor = Editor::new(servers.path());
    for name in [
        "definition",
        "typeDefinition",
        "references",
        "documentHighlight",
        "workspaceSymbol",
        "selectionRange",
    ] {
        assert_eq!(editor.capabilities[format!("{name}Provider")], json!(true), "{name}");
    }
    assert_eq!(editor.capabilities["renameProvider"]["prepareProvider"], json!(true));
    assert_eq!(
        editor.capabilities["documentLinkProvider"]["resolveProvider"],
        json!(false)
    );
}
