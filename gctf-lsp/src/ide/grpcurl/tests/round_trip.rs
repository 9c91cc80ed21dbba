//! A document that becomes a command and a document again makes the same call.

use super::super::arguments::command as read;
use super::super::command;
use super::super::written::{Site, document};
use super::{analysis_at, at};
use crate::connection::request_headers;
use crate::ide::FileId;
use crate::ide::context::Context;
use proptest::prelude::*;
use serde_json::json;
use std::path::Path;

/// What a document calls and with what, its values as JSON.
fn call(text: &str, folder: &Path) -> String {
    let path = folder.join("a.gctf");
    let analysis = analysis_at(&path.display().to_string(), text);
    let state = analysis.file(FileId(1)).unwrap();
    let context = Context::at(&analysis, state, 0).unwrap();
    assert_eq!(state.source.documents().len(), 1, "{text}");
    let connection = context.connection();
    let target = connection.target(&connection.address_text().replace("{{ env.HOST }}", "env"));
    // What is on the way to a shell and back is told by the command, which has all of it.
    let command = command(&analysis, at(0));
    format!(
        "{target:?}\n{:?}\n{:?}\n{:?}\n{command:?}",
        connection.schema_files(),
        context.document.endpoint().map(|line| &line.text),
        request_headers(context.document),
    )
}

/// A line that a header or a JSON text may hold.
fn texts() -> impl Strategy<Value = String> {
    let nasty = prop::sample::select(vec![
        "it's",
        "\"x\"",
        "$HOME",
        "`id`",
        "\\",
        "\\n",
        "$(x)",
        "EOF",
        "é",
        "{{ env.A }}",
        "-d",
        "#",
        "!",
        "*",
        "~",
        "{",
        "}",
        " ",
    ]);
    prop::collection::vec(nasty, 0..5).prop_map(|parts| parts.concat())
}

fn values() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        texts().prop_map(|text| json!(text).to_string()),
        any::<i64>().prop_map(|number| number.to_string()),
        prop::sample::select(vec![
            "true",
            "null",
            "0x1F",
            "1_000",
            "+.5",
            "18446744073709551615",
            "{}",
            "[]",
            "'a\\'b'",
            "NaN"
        ])
        .prop_map(str::to_owned),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..3).prop_map(|items| format!("[{}]", items.join(", "))),
            prop::collection::vec(inner, 1..3).prop_map(|values| {
                let members = values
                    .iter()
                    .enumerate()
                    .map(|(at, value)| format!("\"k{at}\": {value}, # c\n"));
                format!("{{{}}}", members.collect::<String>())
            }),
        ]
    })
}

fn documents() -> impl Strategy<Value = String> {
    let address = prop::sample::select(vec![
        "h:1",
        "https://shop.example",
        "http://h",
        "[::1]:5",
        "{{ env.HOST }}:9",
        "https://{{ env.HOST }}:9",
    ]);
    let tls = prop::sample::select(vec![
        "",
        "--- TLS ---\nca_cert: c/a b.pem\nclient_cert: /x/c.pem\nclient_key: k.pem\n",
        "--- TLS ---\nserver_name: it's\ninsecure: true\n",
        "--- TLS ---\nserver_name: s\nauthority: s\n",
        "--- TLS ---\n",
    ]);
    let proto = prop::sample::select(vec![
        "",
        "--- PROTO ---\nfiles: a.proto, sub/b c.proto\n",
        "--- PROTO ---\nfiles: a.proto\nimport_paths: third, /abs\n",
        "--- PROTO ---\ndescriptor: set.binpb\n",
    ]);
    let options = prop::sample::select(vec![
        "",
        "--- OPTIONS ---\ntimeout: 7\n",
        "--- OPTIONS ---\nemit_defaults: true\n",
    ]);
    let headers = prop::collection::vec(texts(), 0..3).prop_map(|values| {
        let lines = values
            .iter()
            .enumerate()
            .map(|(at, value)| format!("x-h{at}: {}\n", value.trim()));
        match values.is_empty() {
            true => String::new(),
            false => format!("--- REQUEST_HEADERS ---\n{}", lines.collect::<String>()),
        }
    });
    let message = values().prop_map(|value| format!("{{\"v\": {value}}}\n"));
    let messages =
        prop::collection::vec(message, 0..4).prop_map(|messages| format!("--- REQUEST ---\n{}", messages.concat()));
    (address, tls, proto, options, headers, messages).prop_map(|(address, tls, proto, options, headers, messages)| {
        // `http://` and TLS together are no call.
        let tls = if address.starts_with("http://") { "" } else { tls };
        format!("--- ADDRESS ---\n{address}\n{tls}{proto}{options}--- ENDPOINT ---\na.b.C/D\n{headers}{messages}--- RESPONSE ---\n")
    })
}

proptest! {
    #[test]
    fn there_and_back_is_the_same_call(text in documents()) {
        let folder = Path::new("/t/my tests");
        let path = folder.join("a.gctf");
        let analysis = analysis_at(&path.display().to_string(), &text);
        let copied = command(&analysis, at(0)).map_err(TestCaseError::fail)?;
        let (arguments, length) = read(&copied).ok_or_else(|| TestCaseError::fail(copied.clone()))?;
        prop_assert_eq!(length, copied.len());
        prop_assert!(arguments.left.is_empty(), "{:?}", arguments.left);
        let back = document(arguments, Site { folder: Some(folder) });
        prop_assert!(!back.contains("# Not taken over"), "{}\n{}", copied, back);
        prop_assert_eq!(call(&text, folder), call(&back, folder), "{}\n{}\n{}", text, copied, back);
    }
}
