//! Documents as commands, commands as documents, and both ways.

use super::arguments::command as read;
use super::written::{Site, document};
use super::{command, refactorings};
use crate::connection::request_headers;
use crate::ide::context::Context;
use crate::ide::testing::{FILE, fixture, with_reply, with_variables};
use crate::ide::{Analysis, FileId, FilePosition, FileState};
use crate::syntax::SourceFile;
use crate::text::apply;
use expect_test::{Expect, expect};
use proptest::prelude::*;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const CALL: &str = "--- ADDRESS ---\nlocalhost:1\n--- ENDPOINT ---\nshop.Orders/Create\n";

fn analysis_at(path: &str, text: &str) -> Analysis {
    let state = FileState {
        source: SourceFile::new(text),
        path: Some(PathBuf::from(path)),
        version: 0,
        runs: BTreeMap::new(),
        config: None,
    };
    Analysis {
        files: Arc::new(BTreeMap::from([(FILE, Arc::new(state))])),
        ..Analysis::default()
    }
}

fn at(offset: usize) -> FilePosition {
    FilePosition { file: FILE, offset }
}

fn copied(text: &str) -> String {
    let (analysis, position) = fixture(text);
    command(&analysis, position).unwrap_or_else(|reason| format!("refused: {reason}"))
}

fn check_copy(text: &str, expected: Expect) {
    expected.assert_eq(&copied(text));
}

#[test]
fn bodies_become_plain_json() {
    check_copy(
        CALL,
        expect!["grpcurl -plaintext -d '{}' localhost:1 shop.Orders/Create"],
    );
    let body = "--- REQUEST ---\n{ // who\n  customer_id: 'it\\'s \"a\"', # one\n  total: 9_007_199_254_740_993,\n  /* more */ \"items\": [{count: 0x10, name: 'é\\n$x',}, {}], paid: true, extra: {big: 12345678901234567890, n: null},\n}\n";
    check_copy(
        &format!("{CALL}{body}"),
        expect![[
            r#"grpcurl -plaintext -d '{"customer_id": "it'\''s \"a\"", "total": 9007199254740993, "items": [{"count": 16, "name": "é\n$x"}, {}], "paid": true, "extra": {"big": 12345678901234567890, "n": null}}' localhost:1 shop.Orders/Create"#
        ]],
    );
    check_copy(
        &format!("{CALL}--- REQUEST ---\n{{ \"total\": }}\n"),
        expect!["refused: REQUEST has an error: expected a value after `:`"],
    );
    check_copy(
        "--- ENDPOINT ---\nnothing\n",
        expect!["refused: ENDPOINT is not package.Service/Method: write it first"],
    );
}

#[test]
fn several_messages_stand_in_a_here_document() {
    let two = "--- REQUEST ---\n{ \"text\": \"EOF\" }\n{}\n#[repeat(2)]\n--- REQUEST ---\n{\"text\": \"`$x`\"}\n#[skip]\n--- REQUEST ---\n{\"text\": \"no\"}\n";
    check_copy(
        &format!("{CALL}{two}"),
        expect![[r#"
        grpcurl -plaintext -d @ localhost:1 shop.Orders/Create <<'EOF1'
        {"text": "EOF"}
        {}
        {"text": "`$x`"}
        {"text": "`$x`"}
        EOF1"#]],
    );
    let variable = "--- REQUEST ---\n{ \"customer_id\": \"{{ env.WHO }}-$1\\n\" }\n{}\n";
    check_copy(
        &format!("{CALL}{variable}"),
        expect![[r#"
        grpcurl -plaintext -d @ localhost:1 shop.Orders/Create <<EOF
        {"customer_id": "${WHO}-\$1\\n"}
        {}
        EOF"#]],
    );
}

#[test]
fn values_of_the_last_run_and_variables() {
    let text = "--- ADDRESS ---\nhttps://{{ host }}\n--- ENDPOINT ---\nshop.Orders/Create\n--- REQUEST_HEADERS ---\nAuthorization: Bearer {{ token }}\nx-user: {{ user.id }}\nx-env: a {{ env.HOME }}'s\nx-api-key: abcdef-12345\nx-jwt: {{ jwt }}\n--- REQUEST ---\n{ \"customer_id\": \"{{ user.id }}/{{ nobody }}\", \"total\": \"{{ n }}\", \"items\": \"{{ items }}\", \"paid\": \"{{ is_paid }}\", \"extra\": { \"password\": \"hunter2!\", \"pin_secret\": 123456, \"secret_of\": \"{{ user.id }}\", \"all\": \"{{ user }}\" } }\n";
    check_copy(
        text,
        expect![[
            r#"grpcurl -H 'Authorization: Bearer '"$token" -H 'x-user: '"$user_id" -H 'x-env: a '"$HOME"''\''s' -H 'x-api-key: '"$x_api_key" -H 'x-jwt: '"$jwt" -d '{"customer_id": "'"$user_id"/"$nobody"'", "total": "'"$n"'", "items": "'"$items"'", "paid": "'"$is_paid"'", "extra": {"password": "'"$password"'", "pin_secret": '"$pin_secret"', "secret_of": "'"$user_id"'", "all": "'"$user"'"}}' "$host":443 shop.Orders/Create"#
        ]],
    );
    let (analysis, position) = fixture(text);
    let values = json!({
        "host": "shop.example", "token": "tok-4711", "n": 9_007_199_254_740_993_i64, "jwt": "e.y.j",
        "user": { "id": "it's", "token": "tok-4712" }, "items": [{ "name": "x" }],
    });
    let analysis = with_variables(with_reply(analysis, vec![json!({})]), values, &["e.y.j", "tok-4711"]);
    expect![[r#"grpcurl -H 'Authorization: Bearer '"$token" -H 'x-user: it'\''s' -H 'x-env: a '"$HOME"''\''s' -H 'x-api-key: '"$x_api_key" -H 'x-jwt: '"$jwt" -d '{"customer_id": "it'\''s/'"$nobody"'", "total": 9007199254740993, "items": [{"name": "x"}], "paid": "'"$is_paid"'", "extra": {"password": "'"$password"'", "pin_secret": '"$pin_secret"', "secret_of": "'"$user_id"'", "all": {"id": "it'\''s", "token": "'"$token"'"}}}' shop.example:443 shop.Orders/Create"#]].assert_eq(&command(&analysis, position).unwrap());
}

#[test]
fn addresses() {
    for (address, expected) in [
        ("h:1", "-plaintext h:1"),
        ("http://h", "-plaintext h:80"),
        ("https://h/", "h:443"),
        ("http://[::1]:5", "-plaintext '[::1]:5'"),
        ("{{ env.A }}", "-plaintext \"$A\""),
        ("{{ env.A }}:5", "-plaintext \"$A\":5"),
        ("h:{{ env.PORT }}", "-plaintext h:\"$PORT\""),
        ("https://{{ env.A }}", "\"$A\":443"),
        ("https://{{ env.A }}:{{ env.B }}", "\"$A\":\"$B\""),
        ("https://{{ env.A }}.example:99/", "\"$A\".example:99"),
        (
            "{{ env.A }}://h",
            "refused: scheme `host` is not supported: write `host:port`, `http://host` or `https://host`",
        ),
    ] {
        let command = copied(&format!("--- ADDRESS ---\n{address}\n--- ENDPOINT ---\na.B/C\n"));
        let shown = command
            .replace("grpcurl ", "")
            .replace("-d '{}' ", "")
            .replace(" a.B/C", "");
        assert_eq!(shown, expected, "{address}");
    }
}

#[test]
fn connections_and_options() {
    let text = "--- ADDRESS ---\nh:1\n--- TLS ---\nca_cert: certs/my ca.pem\nclient_cert: /abs/c.pem\nclient_key: k.pem\nserver_name: shop.example\n--- PROTO ---\nfiles: ../p/shop.proto, b.proto\nimport_paths: third\n--- OPTIONS ---\ntimeout: 5\nemit_defaults: true\n--- ENDPOINT ---\na.B/C\n--- REQUEST ---\n{}\n--- RESPONSE ---\n{}\n";
    expect!["grpcurl -cacert '/t/certs/my ca.pem' -cert /abs/c.pem -key /t/k.pem -servername shop.example -import-path /t/third -import-path /t -import-path /t/../p -proto /t/../p/shop.proto -proto /t/b.proto -max-time 5 -emit-defaults -d '{}' h:1 a.B/C"].assert_eq(&command(&analysis_at("/t/a.gctf", text), at(0)).unwrap());
    let text = "--- ADDRESS ---\nh:1\n--- TLS ---\ninsecure: true\nserver_name: a\nauthority: b\n--- PROTO ---\ndescriptor: set.binpb\n--- ENDPOINT ---\na.B/C\n#[timeout(7)]\n--- RESPONSE ---\n{}\n";
    expect![[r#"
        # grpcurl cannot send the authority b to a server that is a.
        grpcurl -insecure -servername a -protoset /t/set.binpb -max-time 7 -d '{}' h:1 a.B/C"#]]
    .assert_eq(&command(&analysis_at("/t/a.gctf", text), at(0)).unwrap());
}

/// What the refactoring at `$0`, or of what `«` and `»` stand around, makes of a text.
fn pasted(text: &str) -> String {
    let cursor = text.find("$0").or_else(|| text.find('«')).unwrap_or(0);
    let plain = text.replacen("$0", "", 1).replace('«', "");
    let end = plain.find('»').unwrap_or(cursor);
    let (analysis, _) = fixture(&plain.replace('»', ""));
    let found = refactorings(&analysis, FILE, cursor..end);
    match found.as_slice() {
        [] => "nothing".to_owned(),
        [found] => {
            let text = analysis.file(FILE).unwrap().source.text().to_string();
            format!("{}:\n{}", found.title, apply(&text, &found.edits))
        }
        more => panic!("{more:?}"),
    }
}

fn check_paste(text: &str, expected: Expect) {
    expected.assert_eq(&pasted(text));
}

#[test]
fn commands_become_documents() {
    check_paste(
        "$ /usr/local/bin/grpcurl --plaintext \\\n  -H 'authorization: Bearer abc' -H \"x-user: $USER\" \\\n  -d '{\"a\":1,\"b\":[{\"c\":12345678901234567890}],\"d\":{}}' \\$0\n  localhost:4770 shop.Orders/Create\n",
        expect![[r#"
            Turn grpcurl command into a document:
            --- ADDRESS ---
            localhost:4770

            --- ENDPOINT ---
            shop.Orders/Create

            --- REQUEST_HEADERS ---
            authorization: Bearer abc
            x-user: {{ env.USER }}

            --- REQUEST ---
            {
              "a": 1,
              "b": [
                {
                  "c": 12345678901234567890
                }
              ],
              "d": {}
            }

            --- RESPONSE ---
        "#]],
    );
    check_paste(
        "grpcurl -cacert ca.pem -cert=c.pem -key k.pem -servername s -max-time 1.5 -emit-defaults -import-path ./p -proto shop.proto -v -connect-timeout 3 -what x example.com:443 shop.Orders.Create | jq . # all",
        expect![[r#"
            Turn grpcurl command into a document:
            # Not taken over: -v
            # Not taken over: -connect-timeout 3
            # Not taken over: -what x
            # Not taken over: | jq .
            # Not taken over: # all
            --- ADDRESS ---
            example.com:443

            --- ENDPOINT ---
            shop.Orders/Create

            --- TLS ---
            ca_cert: ca.pem
            client_cert: c.pem
            client_key: k.pem
            server_name: s

            --- PROTO ---
            files: ./p/shop.proto

            --- OPTIONS ---
            timeout: 2
            emit_defaults: true

            --- REQUEST ---
            {}

            --- RESPONSE ---
        "#]],
    );
    check_paste(
        "grpcurl -plaintext -d @ $HOST:1 a.B/C <<EOM\n{\"a\": \"$X\", \"n\": $N}\n{\"a\": \"\\$\"}\nEOM\n",
        expect![[r#"
            Turn grpcurl command into a document:
            --- ADDRESS ---
            {{ env.HOST }}:1

            --- ENDPOINT ---
            a.B/C

            --- REQUEST ---
            {
              "a": "{{ env.X }}",
              "n": "{{ env.N }}"
            }
            {
              "a": "$"
            }

            --- RESPONSE ---
        "#]],
    );
    check_paste(
        "echo '{\"a\": 1}' | grpcurl -plaintext -d @ :1 a.B/C",
        expect![[r#"
            Turn grpcurl command into a document:
            --- ADDRESS ---
            localhost:1

            --- ENDPOINT ---
            a.B/C

            --- REQUEST ---
            {
              "a": 1
            }

            --- RESPONSE ---
        "#]],
    );
    check_paste(
        "cat x.json | TOKEN=abc grpcurl -plaintext -d @ h:1 a.B/C > out",
        expect![[r#"
            Turn grpcurl command into a document:
            # Not taken over: cat x.json |
            # Not taken over: TOKEN=abc
            # Not taken over: -d @
            # Not taken over: > out
            --- ADDRESS ---
            h:1

            --- ENDPOINT ---
            a.B/C

            --- REQUEST ---
            {}

            --- RESPONSE ---
        "#]],
    );
    check_paste(
        "grpcurl -d \"{\\\"id\\\": \\\"$(uuidgen)\\\"}\" h:1 a.B/C",
        expect![[r#"
        Turn grpcurl command into a document:
        # Not taken over: -d "{\"id\": \"$(uuidgen)\"}"
        --- ADDRESS ---
        https://h:1

        --- ENDPOINT ---
        a.B/C

        --- REQUEST ---
        {}

        --- RESPONSE ---
    "#]],
    );
    check_paste(
        "grpcurl -insecure -authority b -d 'a: 1\nb: 2' -format text h:1 a.B/C",
        expect![[r#"
        Turn grpcurl command into a document:
        # Not taken over: -format text
        # Not taken over: -d 'a: 1
        # b: 2'
        --- ADDRESS ---
        h:1

        --- ENDPOINT ---
        a.B/C

        --- TLS ---
        server_name: b
        authority: b
        insecure: true

        --- REQUEST ---
        {}

        --- RESPONSE ---
    "#]],
    );
    check_paste(
        "grpcurl -plaintext -d '{}\n--- RESPONSE ---\n' h:1 a.B/C",
        expect![[r#"
            Turn grpcurl command into a document:
            # Not taken over: -d '{}
            # --- RESPONSE ---
            # '
            --- ADDRESS ---
            h:1

            --- ENDPOINT ---
            a.B/C

            --- REQUEST ---
            {}

            --- RESPONSE ---
        "#]],
    );
    for text in [
        "grpcurl -plaintext h:1 list",
        "grpcurl -plaintext h:1 list a.B",
        "grpcurl is a tool",
        "use grpcurl -plaintext h:1 a.B/C",
        "# grpcurl -plaintext h:1 a.B/C",
        "grpcurl -d '{ h:1 a.B/C",
        "curl h:1 a.B/C",
    ] {
        check_paste(text, expect!["nothing"]);
    }
}

#[test]
fn commands_stand_anywhere() {
    let document = "--- ENDPOINT ---\na.B/C\n--- REQUEST ---\n{}\n--- RESPONSE ---\n{ \"a\": 1 }\n";
    check_paste(
        &format!("{document}gr$0pcurl -plaintext h:1 a.B/D"),
        expect![[r#"
            Turn grpcurl command into a document:
            --- ENDPOINT ---
            a.B/C
            --- REQUEST ---
            {}
            --- RESPONSE ---
            { "a": 1 }

            --- ADDRESS ---
            h:1

            --- ENDPOINT ---
            a.B/D

            --- REQUEST ---
            {}

            --- RESPONSE ---
        "#]],
    );
    check_paste(
        &format!("note\n\ngrpcurl -plaintext h:1 a.B/D\ngrpcurl -plaintext \\\n h:2 a.B/E$0\n{document}"),
        expect![[r#"
            Turn grpcurl command into a document:
            note

            grpcurl -plaintext h:1 a.B/D

            --- ADDRESS ---
            h:2

            --- ENDPOINT ---
            a.B/E

            --- REQUEST ---
            {}

            --- RESPONSE ---

            --- ENDPOINT ---
            a.B/C
            --- REQUEST ---
            {}
            --- RESPONSE ---
            { "a": 1 }
        "#]],
    );
    check_paste(&format!("$0{document}grpcurl -plaintext h:1 a.B/D"), expect!["nothing"]);
    let windows = "grpcurl -plaintext \\\r\n  -d '{\r\n  \"a\": 1}' h:1 a.B/C\r\n";
    assert_eq!(
        pasted(windows).matches('\n').count() - 1,
        pasted(windows).matches("\r\n").count()
    );
}

#[test]
fn payloads_become_documents() {
    check_paste(
        "$0{\"name\": \"x\", \"count\": 2}\n",
        expect![[r#"
        Turn JSON into a document:
        --- ENDPOINT ---

        --- REQUEST ---
        {
          "name": "x",
          "count": 2
        }

        --- RESPONSE ---
    "#]],
    );
    check_paste(
        "\n  {\"customer_id\": \"a\", /* n */ \"total\": 9007199254740993}$0\n\n--- ENDPOINT ---\na.B/C\n",
        expect![[r#"
            Turn JSON into a document:

            --- ENDPOINT ---
            shop.Orders/Create

            --- REQUEST ---
            {
              "customer_id": "a",
              /* n */ "total": 9007199254740993
            }

            --- RESPONSE ---

            --- ENDPOINT ---
            a.B/C
        "#]],
    );
    let document = "--- ENDPOINT ---\nshop.Orders/Create\n--- REQUEST ---\n{}\n--- RESPONSE ---\n{}\n";
    check_paste(
        &format!("{document}«{{\"customer_id\": \"a\"}}»\n"),
        expect![[r#"
        Turn JSON into a document:
        --- ENDPOINT ---
        shop.Orders/Create
        --- REQUEST ---
        {}
        --- RESPONSE ---
        {}

        --- ENDPOINT ---
        shop.Orders/Create

        --- REQUEST ---
        {
          "customer_id": "a"
        }

        --- RESPONSE ---
    "#]],
    );
    for text in [
        format!("{document}$0{{\"customer_id\": \"a\"}}\n"),
        format!("--- ENDPOINT ---\nshop.Orders/Create\n--- REQUEST ---\n{{\"a\": «{{}}»}}\n"),
        "$0{\"a\": }\n".to_owned(),
        "$0words {\"a\": 1}\n".to_owned(),
        "$0\n".to_owned(),
    ] {
        check_paste(&text, expect!["nothing"]);
    }
}

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

    #[test]
    fn no_text_stops_it(text in "[-a-z'\"$`\\\\{}()<>|;#@: \n]{0,60}", cut in 0..40_usize) {
        let whole = "x $ grpcurl -plaintext -d @ h:1 a.B/C <<E\n{\"a\": '${x}'}\nE\n";
        let text = format!("{}{text}", &whole[..cut]);
        let (analysis, _) = fixture(&text);
        for offset in [0, text.len() / 2, text.len()].into_iter().filter(|at| text.is_char_boundary(*at)) {
            refactorings(&analysis, FILE, offset..offset);
            refactorings(&analysis, FILE, 0..offset);
        }
    }
}
