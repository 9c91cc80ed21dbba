//! Keys, values, statuses and templates.

use super::{CALL, check};
use crate::ide::FileId;
use crate::ide::completion::completions;
use crate::ide::testing::{FILE, fixture};
use expect_test::expect;
use std::sync::Arc;

#[test]
fn keys() {
    check(
        &format!("--- TLS ---\nca_file: x\nin$0\n{CALL}"),
        "insecure",
        expect![[r#"
            client_cert, client_key, server_name, insecure, authority, mode
            "in" by "insecure", plain "insecure: "
            --- TLS ---
            ca_file: x
            insecure: ${1|true,false|}
            --- ENDPOINT ---
            a.B/C
        "#]],
    );
    check(
        &format!("--- OPTIONS ---\n$0: 5\n{CALL}"),
        "timeout",
        expect![[r#"
        timeout, retry, retry_delay, no_retry, compression, emit_defaults, protocol, partial, tolerance, redact, with_asserts, unordered_arrays
        "" by "timeout", plain "timeout"
        --- OPTIONS ---
        timeout: 5
        --- ENDPOINT ---
        a.B/C
    "#]],
    );
    check(
        &format!("--- OPTIONS ---\ntimeout: 5\n$0\n{CALL}"),
        "compression",
        expect![[r#"
            retry, retry_delay, no_retry, compression, emit_defaults, protocol, partial, tolerance, redact, with_asserts, unordered_arrays, BENCH, DATASET, ADDRESS, TLS, PROTO, REQUEST_HEADERS, REQUEST, RESPONSE, ERROR, ASSERTS, EXTRACT
            "" by "compression", plain "compression: "
            --- OPTIONS ---
            timeout: 5
            compression: ${1|none,gzip|}
            --- ENDPOINT ---
            a.B/C
        "#]],
    );
}

#[test]
fn keys_of_files() {
    check(
        &format!("--- PROTO ---\n  f$0\n{CALL}"),
        "files",
        expect![[r#"
        descriptor, files, import_paths, mode
        "f" by "files", plain "files: "
        --- PROTO ---
          files: $1
        --- ENDPOINT ---
        a.B/C
    "#]],
    );
    check(
        &format!("--- META ---\nname: x\nta$0\n{CALL}"),
        "tags",
        expect![[r#"
        summary, tags, owner, links
        "ta" by "tags", plain "tags: []"
        --- META ---
        name: x
        tags: [$1]
        --- ENDPOINT ---
        a.B/C
    "#]],
    );
}

#[test]
fn key_values() {
    check(
        &format!("--- TLS ---\nmode: $0\n{CALL}"),
        "plaintext",
        expect![[r#"
        tls, mtls, insecure, plaintext
        "" by "plaintext", plain "plaintext"
        --- TLS ---
        mode: plaintext
        --- ENDPOINT ---
        a.B/C
    "#]],
    );
    check(
        &format!("--- OPTIONS ---\nno_retry: t$0rue\n{CALL}"),
        "false",
        expect![[r#"
            true, false
            "true" by "false", plain "false"
            --- OPTIONS ---
            no_retry: false
            --- ENDPOINT ---
            a.B/C
        "#]],
    );
    check(
        &format!("--- BENCH ---\ncache: \n--- OPTIONS ---\ntimeout: $0\n{CALL}"),
        "",
        expect![[r#"
            nothing
        "#]],
    );
}

#[test]
fn request_headers() {
    let earlier = format!(
        "{CALL}--- REQUEST_HEADERS ---\nx-shop: 7\nauthorization: Bearer abc\n--- RESPONSE ---\n{{}}\n--- EXTRACT ---\ntoken = .t\n"
    );
    check(
        &format!("{earlier}{CALL}--- REQUEST_HEADERS ---\n$0"),
        "authorization",
        expect![[r#"
            x-shop, authorization, x-request-id, x-api-key, x-correlation-id, traceparent, x-tenant-id, accept-language, user-agent, cookie, REQUEST, ADDRESS, TLS, PROTO, OPTIONS, RESPONSE, ERROR, ASSERTS, EXTRACT
            "" by "authorization", plain "authorization: Bearer {{ token }}"
            --- ENDPOINT ---
            a.B/C
            --- REQUEST_HEADERS ---
            x-shop: 7
            authorization: Bearer abc
            --- RESPONSE ---
            {}
            --- EXTRACT ---
            token = .t
            --- ENDPOINT ---
            a.B/C
            --- REQUEST_HEADERS ---
            authorization: Bearer {{ ${1:token} \}\}
        "#]],
    );
}

#[test]
fn request_header_values() {
    let earlier = format!(
        "{CALL}--- REQUEST_HEADERS ---\nx-shop: 7\nauthorization: Bearer abc\n--- RESPONSE ---\n{{}}\n--- EXTRACT ---\ntoken = .t\n"
    );
    check(
        &format!("{earlier}{CALL}--- REQUEST_HEADERS ---\nX-Shop: $0"),
        "7",
        expect![[r#"
            7
            "" by "7", plain "7"
            --- ENDPOINT ---
            a.B/C
            --- REQUEST_HEADERS ---
            x-shop: 7
            authorization: Bearer abc
            --- RESPONSE ---
            {}
            --- EXTRACT ---
            token = .t
            --- ENDPOINT ---
            a.B/C
            --- REQUEST_HEADERS ---
            X-Shop: 7
        "#]],
    );
    check(
        &format!("{earlier}{CALL}--- REQUEST_HEADERS ---\nauthorization: Be$0"),
        "Bearer {{token}}",
        expect![[r#"
            Bearer abc, Bearer {{token}}, Bearer {{ … }}
            "Be" by "Bearer {{token}}", plain "Bearer {{token}}"
            --- ENDPOINT ---
            a.B/C
            --- REQUEST_HEADERS ---
            x-shop: 7
            authorization: Bearer abc
            --- RESPONSE ---
            {}
            --- EXTRACT ---
            token = .t
            --- ENDPOINT ---
            a.B/C
            --- REQUEST_HEADERS ---
            authorization: Bearer {{token\}\}
        "#]],
    );
}

#[test]
fn addresses() {
    check(
        &format!("--- ADDRESS ---\none:1\n{CALL}--- RESPONSE ---\n--- ADDRESS ---\n$0\n{CALL}"),
        "one:1",
        expect![[r#"
            one:1, localhost:4770, {{ env.… }}
            "" by "one:1", plain "one:1"
            --- ADDRESS ---
            one:1
            --- ENDPOINT ---
            a.B/C
            --- RESPONSE ---
            --- ADDRESS ---
            one:1
            --- ENDPOINT ---
            a.B/C
        "#]],
    );
}

#[test]
fn statuses() {
    check(
        &format!("{CALL}--- ERROR ---\n{{\"$0"),
        "code",
        expect![[r#"
        code, message, details
        "\"" by "\"code\"", plain "\"code\": "
        --- ENDPOINT ---
        a.B/C
        --- ERROR ---
        {"code": "${1|CANCELLED,UNKNOWN,INVALID_ARGUMENT,DEADLINE_EXCEEDED,NOT_FOUND,ALREADY_EXISTS,PERMISSION_DENIED,RESOURCE_EXHAUSTED,FAILED_PRECONDITION,ABORTED,OUT_OF_RANGE,UNIMPLEMENTED,INTERNAL,UNAVAILABLE,DATA_LOSS,UNAUTHENTICATED|}"
    "#]],
    );
    check(
        &format!("{CALL}--- ERROR ---\n{{\"code\": 5 \"me$0"),
        "message",
        expect![[r#"
            message, details
            "\"me" by "\"message\"", plain "\"message\": "
            --- ENDPOINT ---
            a.B/C
            --- ERROR ---
            {"code": 5, "message": "${1:*}"
        "#]],
    );
}

#[test]
fn status_codes() {
    check(
        &format!("{CALL}--- ERROR ---\n{{\"code\": $0}}"),
        "NOT_FOUND",
        expect![[r#"
            CANCELLED, UNKNOWN, INVALID_ARGUMENT, DEADLINE_EXCEEDED, NOT_FOUND, ALREADY_EXISTS, PERMISSION_DENIED, RESOURCE_EXHAUSTED, FAILED_PRECONDITION, ABORTED, OUT_OF_RANGE, UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS, UNAUTHENTICATED
            "" by "NOT_FOUND", plain "\"NOT_FOUND\""
            --- ENDPOINT ---
            a.B/C
            --- ERROR ---
            {"code": "NOT_FOUND"}
        "#]],
    );
    check(
        &format!("{CALL}--- ERROR ---\n{{\"code\": \"NOT$0\"}}"),
        "NOT_FOUND",
        expect![[r#"
            CANCELLED, UNKNOWN, INVALID_ARGUMENT, DEADLINE_EXCEEDED, NOT_FOUND, ALREADY_EXISTS, PERMISSION_DENIED, RESOURCE_EXHAUSTED, FAILED_PRECONDITION, ABORTED, OUT_OF_RANGE, UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS, UNAUTHENTICATED
            "\"NOT\"" by "\"NOT_FOUND\"", plain "\"NOT_FOUND\""
            --- ENDPOINT ---
            a.B/C
            --- ERROR ---
            {"code": "NOT_FOUND"}
        "#]],
    );
    check(
        &format!("{CALL}--- ERROR ---\n$0"),
        "{ }",
        expect![[r#"
        { }
        "" by "{ }", plain "{}"
        --- ENDPOINT ---
        a.B/C
        --- ERROR ---
        {"code": "$1", "message": "${2:*}"}
    "#]],
    );
}

#[test]
fn templates() {
    let earlier =
        format!("--- DATASET ---\n- col: 1\n{CALL}--- RESPONSE ---\n{{}}\n--- EXTRACT ---\nid = .i\nuser = .u\n");
    check(
        &format!("{earlier}{CALL}--- REQUEST ---\n{{\"a\": \"{{{{ us$0"),
        "user",
        expect![[r#"
            user, id, dataset.col, env.…
            "us" by "user", plain "user }}"
            --- DATASET ---
            - col: 1
            --- ENDPOINT ---
            a.B/C
            --- RESPONSE ---
            {}
            --- EXTRACT ---
            id = .i
            user = .u
            --- ENDPOINT ---
            a.B/C
            --- REQUEST ---
            {"a": "{{ user \}\}
        "#]],
    );
    check(
        &format!("{earlier}{CALL}--- REQUEST ---\n{{\"a\": \"é {{{{$0}}}} b\"}}"),
        "id",
        expect![[r#"
            user, id, dataset.col, env.…
            "" by "id", plain "id"
            --- DATASET ---
            - col: 1
            --- ENDPOINT ---
            a.B/C
            --- RESPONSE ---
            {}
            --- EXTRACT ---
            id = .i
            user = .u
            --- ENDPOINT ---
            a.B/C
            --- REQUEST ---
            {"a": "é {{id}} b"}
        "#]],
    );
}

#[test]
fn templates_outside_of_json() {
    let earlier =
        format!("--- DATASET ---\n- col: 1\n{CALL}--- RESPONSE ---\n{{}}\n--- EXTRACT ---\nid = .i\nuser = .u\n");
    check(
        &format!("{earlier}{CALL}--- REQUEST_HEADERS ---\na: x {{{{$0"),
        "dataset.col",
        expect![[r#"
            user, id, dataset.col, env.…
            "" by "dataset.col", plain "dataset.col}}"
            --- DATASET ---
            - col: 1
            --- ENDPOINT ---
            a.B/C
            --- RESPONSE ---
            {}
            --- EXTRACT ---
            id = .i
            user = .u
            --- ENDPOINT ---
            a.B/C
            --- REQUEST_HEADERS ---
            a: x {{dataset.col\}\}
        "#]],
    );
    check(
        &format!("{earlier}{CALL}--- OPTIONS ---\ntimeout: {{{{$0"),
        "",
        expect![[r#"
            nothing
        "#]],
    );
}

#[test]
fn addresses_and_headers_of_the_other_open_files() {
    let labels = |text: &str| -> Vec<String> {
        let (mut analysis, position) = fixture(text);
        let other = |text: &str| {
            let (other, _) = fixture(text);
            Arc::clone(&other.files[&FILE])
        };
        let call = |head: &str| other(&format!("{head}{CALL}"));
        let twice = call("--- ADDRESS ---\ntwo:2\n--- REQUEST_HEADERS ---\nX-Shop: 1\n");
        let files = Arc::make_mut(&mut analysis.files);
        files.insert(FileId(2), Arc::clone(&twice));
        files.insert(FileId(3), twice);
        files.insert(
            FileId(4),
            call("--- ADDRESS ---\nthree:3\n--- REQUEST_HEADERS ---\ncookie: a\n"),
        );
        let items = completions(&analysis, position).items.into_iter();
        items.map(|item| item.label).collect()
    };
    assert_eq!(
        labels(&format!(
            "--- EXTRACT ---\nhost = .h\n{CALL}--- ADDRESS ---\none:1\n{CALL}--- ADDRESS ---\n$0\n{CALL}"
        ))[..5],
        ["two:2", "one:1", "three:3", "localhost:4770", "{{host}}"]
    );
    let headers = labels(&format!("{CALL}--- REQUEST_HEADERS ---\nx-one: 1\n$0\n"));
    assert_eq!(headers[..4], ["x-shop", "cookie", "authorization", "x-request-id"]);
}
