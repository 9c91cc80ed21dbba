//! Documents as commands.

use super::super::command;
use super::{analysis_at, at};
use crate::ide::testing::{fixture, with_reply, with_variables};
use expect_test::{Expect, expect};
use serde_json::json;

const CALL: &str = "--- ADDRESS ---\nlocalhost:1\n--- ENDPOINT ---\nshop.Orders/Create\n";

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
