//! `gctf list`.

use super::folder;
use crate::support::{chat, gctf, stderr, stdout};
use expect_test::expect;
use serde_json::{Value, json};

const TWO: &str = "--- DATASET ---\n- { n: 1, name: Ann }\n- n: 2\n\n--- ADDRESS ---\nlocalhost:1\n\n#[name(\"greets\")]\n--- ENDPOINT ---\nchat.ChatService/SendMessage\n\n--- RESPONSE ---\n{}\n\n--- ENDPOINT ---\nchat.ChatService/SendMessage\n\n--- RESPONSE ---\n{}\n";

#[test]
fn tests_of_files() {
    let folder = folder(&[("t/two.gctf", TWO), ("t/_setup.gctf", TWO)]);
    let output = gctf(folder.path(), &["list", "t"]);
    assert_eq!(output.status.code(), Some(0));
    expect![[r#"
        t/two.gctf:1: greets (chat.ChatService/SendMessage), 2 rows
        t/two.gctf:15: chat.ChatService/SendMessage, 2 rows
    "#]]
    .assert_eq(&stdout(&output));
    let output = gctf(folder.path(), &["list", "--json", "t"]);
    let list: Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    let file = &list[0];
    assert_eq!(file["path"], json!("t/two.gctf"));
    assert!(
        file["uri"]
            .as_str()
            .is_some_and(|uri| uri.starts_with("file:///") && uri.ends_with("/t/two.gctf"))
    );
    assert_eq!(file["tests"][0]["label"], json!("greets"));
    assert_eq!(file["tests"][0]["rows"], json!(["[row=0 n=1 name=Ann]", "[row=1 n=2]"]));
    assert_eq!(file["tests"][1]["label"], json!("chat.ChatService/SendMessage"));
    assert_eq!(
        file["tests"][1]["range"],
        json!({ "line": 15, "column": 1, "endLine": 19, "endColumn": 3,
            "start": TWO.rfind("--- ENDPOINT").expect("it is there"), "end": TWO.len() - 1 })
    );
    let ids: Vec<_> = file["tests"]
        .as_array()
        .expect("tests")
        .iter()
        .map(|test| &test["test"])
        .collect();
    assert_ne!(ids[0], ids[1]);
    assert_eq!(gctf(folder.path(), &["list", "nowhere"]).status.code(), Some(2));
}

#[test]
fn methods_without_tests() {
    let folder = folder(&[("two.gctf", TWO)]);
    let output = gctf(folder.path(), &["list", "--coverage", "two.gctf"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("no schema"), "{}", stderr(&output));
    let proto = chat().join("server/chat.proto");
    let with_proto = TWO.replacen(
        "#[name",
        &format!("--- PROTO ---\nfiles: {}\n\n#[name", proto.display()),
        1,
    );
    super::write(folder.path(), "two.gctf", with_proto.as_bytes());
    let output = gctf(folder.path(), &["list", "--coverage", "two.gctf"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    expect![[r#"
        ✗ chat.ChatService/GetMessages
        ✓ chat.ChatService/SendMessage  two.gctf:1  two.gctf:18
        1 of 2 methods have a test
    "#]]
    .assert_eq(&stdout(&output));
    let output = gctf(folder.path(), &["list", "--coverage", "--json", "two.gctf"]);
    let list: Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    assert_eq!(
        list[0],
        json!({ "method": "chat.ChatService/GetMessages", "tests": [] })
    );
    assert_eq!(list[1]["tests"][0]["label"], json!("greets"));
}
