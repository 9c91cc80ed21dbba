//! Commands and payloads as documents.

use super::super::refactorings;
use crate::ide::testing::{FILE, fixture};
use crate::text::apply;
use expect_test::{Expect, expect};
use proptest::prelude::*;

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
        "--- ENDPOINT ---\nshop.Orders/Create\n--- REQUEST ---\n{\"a\": «{}»}\n".to_owned(),
        "$0{\"a\": }\n".to_owned(),
        "$0words {\"a\": 1}\n".to_owned(),
        "$0\n".to_owned(),
    ] {
        check_paste(&text, expect!["nothing"]);
    }
}

#[test]
fn what_is_no_line_of_a_section_is_left() {
    check_paste(
        "$0  grpcurl -plaintext -H '--- RESPONSE: 1' -H 'x: y' $'h:1\\n--- ENDPOINT ---\\nevil.S/M' a.B/C\n",
        expect![[r#"
            Turn grpcurl command into a document:
            # Not taken over: -H '--- RESPONSE: 1'
            # Not taken over: 'h:1
            # --- ENDPOINT ---
            # evil.S/M'
            --- ENDPOINT ---
            a.B/C

            --- REQUEST_HEADERS ---
            x: y

            --- REQUEST ---
            {}

            --- RESPONSE ---
        "#]],
    );
    check_paste(
        "grpcurl -plaintext \"$(host):1\" a.B/C$0\n",
        expect![[r#"
            Turn grpcurl command into a document:
            # Not taken over: "$(host)":1
            --- ENDPOINT ---
            a.B/C

            --- REQUEST ---
            {}

            --- RESPONSE ---
        "#]],
    );
}

/// Each of them may be read to the end of the file.
#[test]
fn no_more_than_some_commands_are_tried() {
    let text = |lines: usize| format!("grpcurl -plaintext -H 'x\n{}$0' h:1 a.B/C\n", "grpcurl\n".repeat(lines));
    assert_ne!(pasted(&text(19)), "nothing");
    assert_eq!(pasted(&text(20)), "nothing");
}

proptest! {
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
