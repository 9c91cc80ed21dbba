//! Completion and hover of the language's own words at `$0`.

use super::super::super::hover::hover;
use super::super::super::testing::{FILE, fixture};
use super::super::super::{Analysis, FilePosition};
use super::super::completions;
use expect_test::{Expect, expect};
use std::fmt::Write as _;
use std::path::Path;

/// Lists the labels and draws the text after taking the item that `pick` names.
fn check(text: &str, pick: &str, expected: Expect) {
    let (analysis, position) = fixture(text);
    let items = completions(&analysis, position).items;
    let labels: Vec<_> = items.iter().map(|item| item.label.as_str()).collect();
    let mut out = labels.join(", ");
    if out.is_empty() {
        out.push_str("nothing");
    }
    out.push('\n');
    if let Some(item) = items.iter().find(|item| item.label == pick) {
        let mut text = analysis.file(position.file).unwrap().source.text().to_string();
        let typed = text[item.replace.clone()].to_owned();
        text.replace_range(item.replace.clone(), &item.snippet);
        if let Some((range, comma)) = &item.extra {
            text.replace_range(range.clone(), comma);
        }
        writeln!(
            out,
            "{typed:?} by {:?}, plain {:?}\n{}",
            item.filter,
            item.plain,
            text.trim_end()
        )
        .unwrap();
    }
    expected.assert_eq(&out);
}

/// Shows the marked text and what is said of it.
fn check_hover(text: &str, expected: Expect) {
    let (analysis, position) = fixture(text);
    let text = analysis.file(position.file).unwrap().source.text().to_string();
    let out = match hover(&analysis, position) {
        Some(hover) => format!("{:?}\n{}\n", &text[hover.range], hover.markdown),
        None => "nothing\n".to_owned(),
    };
    expected.assert_eq(&out);
}

const CALL: &str = "--- ENDPOINT ---\na.B/C\n";

#[test]
fn sections() {
    check(
        "$0\n",
        "ENDPOINT",
        expect![[r#"
        ENDPOINT, META, BENCH, DATASET, ADDRESS, TLS, PROTO, OPTIONS, REQUEST_HEADERS, REQUEST, RESPONSE, ERROR, ASSERTS, EXTRACT
        "" by "--- ENDPOINT ---", plain "--- ENDPOINT ---\n"
        --- ENDPOINT ---
        $1
    "#]],
    );
    check(
        "--- META ---\nname: x\n$0\n",
        "",
        expect![[r#"
        summary, tags, owner, links, ENDPOINT, BENCH, DATASET, ADDRESS, TLS, PROTO, OPTIONS, REQUEST_HEADERS, REQUEST, RESPONSE, ERROR, ASSERTS, EXTRACT
    "#]],
    );
    check(
        &format!("{CALL}\n$0\n"),
        "REQUEST",
        expect![[r#"
        REQUEST, BENCH, DATASET, ADDRESS, TLS, PROTO, OPTIONS, REQUEST_HEADERS, RESPONSE, ERROR, ASSERTS, EXTRACT
        "" by "--- REQUEST ---", plain "--- REQUEST ---\n{\n  \n}"
        --- ENDPOINT ---
        a.B/C

        --- REQUEST ---
        {
          $1
        }
    "#]],
    );
    check(
        &format!("{CALL}--- REQUEST ---\n{{}}\n--- RE$0\n"),
        "RESPONSE",
        expect![[r#"
            RESPONSE, BENCH, DATASET, ADDRESS, ENDPOINT, TLS, PROTO, OPTIONS, REQUEST_HEADERS, REQUEST, ERROR, ASSERTS, EXTRACT
            "--- RE" by "--- RESPONSE ---", plain "--- RESPONSE ---\n{\n  \n}"
            --- ENDPOINT ---
            a.B/C
            --- REQUEST ---
            {}
            --- RESPONSE ---
            {
              $1
            }
        "#]],
    );
    check(
        &format!("{CALL}--- REQUEST ---\n{{}}\n--$0\n{{}}\n"),
        "RESPONSE",
        expect![[r#"
            RESPONSE, BENCH, DATASET, ADDRESS, ENDPOINT, TLS, PROTO, OPTIONS, REQUEST_HEADERS, REQUEST, ERROR, ASSERTS, EXTRACT
            "--" by "--- RESPONSE ---", plain "--- RESPONSE ---"
            --- ENDPOINT ---
            a.B/C
            --- REQUEST ---
            {}
            --- RESPONSE ---
            {}
        "#]],
    );
    check(
        &format!("{CALL}--- REQUEST ---\n{{}}\n--- RESPONSE ---\n{{}}\n--- ASSERTS ---\n.a\n$0"),
        "ENDPOINT",
        expect![[r#"
            ENDPOINT, BENCH, DATASET, ADDRESS, TLS, PROTO, OPTIONS, REQUEST_HEADERS, REQUEST, RESPONSE, ERROR, ASSERTS, EXTRACT
            "" by "--- ENDPOINT ---", plain "--- ENDPOINT ---\n"
            --- ENDPOINT ---
            a.B/C
            --- REQUEST ---
            {}
            --- RESPONSE ---
            {}
            --- ASSERTS ---
            .a
            --- ENDPOINT ---
            $1
        "#]],
    );
    check(
        &format!("{CALL}--- ERROR ---\n\"x\"\n$0\n"),
        "",
        expect![[r#"
        ASSERTS, BENCH, DATASET, ADDRESS, ENDPOINT, TLS, PROTO, OPTIONS, REQUEST_HEADERS, REQUEST, EXTRACT
    "#]],
    );
    check(
        &format!("{CALL}--- REQU$0 ---\n{{}}\n"),
        "REQUEST",
        expect![[r#"
        REQUEST, BENCH, DATASET, ADDRESS, TLS, PROTO, OPTIONS, REQUEST_HEADERS, RESPONSE, ERROR, ASSERTS, EXTRACT
        "REQU" by "REQUEST", plain "REQUEST"
        --- ENDPOINT ---
        a.B/C
        --- REQUEST ---
        {}
    "#]],
    );
    check(
        &format!("{CALL}--- REQUEST ---\n{{\n$0\n}}\n"),
        "",
        expect![[r#"
        nothing
    "#]],
    );
}

#[test]
fn header_options() {
    check(
        &format!("{CALL}--- RESPONSE $0 ---\n"),
        "tolerance",
        expect![[r#"
        with_asserts, partial, unordered_arrays, tolerance, redact
        "" by "tolerance", plain "tolerance="
        --- ENDPOINT ---
        a.B/C
        --- RESPONSE tolerance=$1 ---
    "#]],
    );
    check(
        &format!("{CALL}--- RESPONSE partial re$0 ---\n"),
        "redact",
        expect![[r#"
            with_asserts, unordered_arrays, tolerance, redact
            "re" by "redact", plain "redact=[\"\"]"
            --- ENDPOINT ---
            a.B/C
            --- RESPONSE partial redact=["$1"] ---
        "#]],
    );
    check(
        &format!("{CALL}--- ERROR $0 ---\n"),
        "",
        expect![[r#"
        with_asserts, partial
    "#]],
    );
    check(
        &format!("{CALL}--- RESPONSE partial=$0 ---\n"),
        "",
        expect![[r#"
        true, false
    "#]],
    );
    check(
        &format!("{CALL}--- REQUEST $0 ---\n"),
        "",
        expect![[r#"
        nothing
    "#]],
    );
}

#[test]
fn attributes() {
    check(
        &format!("#[$0\n{CALL}"),
        "timeout",
        expect![[r#"
        skip, timeout, retry, retry_delay, no_retry, compression, name, tag, owner, summary
        "" by "timeout", plain "timeout()]"
        #[timeout($1)]
        --- ENDPOINT ---
        a.B/C
    "#]],
    );
    check(
        &format!("#[$0]\n{CALL}"),
        "skip",
        expect![[r#"
        skip, timeout, retry, retry_delay, no_retry, compression, name, tag, owner, summary
        "" by "skip", plain "skip"
        #[skip]
        --- ENDPOINT ---
        a.B/C
    "#]],
    );
    check(
        &format!("#[ti$0(5)]\n{CALL}"),
        "timeout",
        expect![[r#"
        skip, timeout, retry, retry_delay, no_retry, compression, name, tag, owner, summary
        "ti" by "timeout", plain "timeout"
        #[timeout(5)]
        --- ENDPOINT ---
        a.B/C
    "#]],
    );
    check(
        &format!("{CALL}#[skip]\n#[$0\n--- REQUEST ---\n"),
        "repeat",
        expect![[r#"
            timeout, repeat, retry, retry_delay, no_retry, compression, name, tag, owner, summary
            "" by "repeat", plain "repeat()]"
            --- ENDPOINT ---
            a.B/C
            #[skip]
            #[repeat($1)]
            --- REQUEST ---
        "#]],
    );
    check(
        &format!("#[compression($0)]\n{CALL}"),
        "gzip",
        expect![[r#"
        none, gzip
        "" by "gzip", plain "gzip"
        #[compression(gzip)]
        --- ENDPOINT ---
        a.B/C
    "#]],
    );
}

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
            one:1, localhost:4770
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
fn hovers() {
    check_hover(
        &format!("{CALL}--- RES$0PONSE ---\n"),
        expect![[r#"
        "RESPONSE"
        Messages that are expected, each a JSON object that starts on its own line; `"*"` is any value.

        Options: `with_asserts`, `partial`, `type`, `unordered_arrays`, `tolerance`, `redact`

        Any number in a document.
    "#]],
    );
    check_hover(
        &format!("{CALL}--- RESPONSE tole$0rance=1 ---\n"),
        expect![[r#"
        "tolerance"
        Numbers may differ by this much.

        Value: a number
    "#]],
    );
    check_hover(
        &format!("#[re$0try(2)]\n{CALL}"),
        expect![[r#"
        "retry"
        How often the file is tried again when a call is unavailable or too slow.

        Value: a whole number from 0

        Default: OPTIONS, then `--retry`
    "#]],
    );
    check_hover(
        &format!("--- TLS ---\ncert$0: a\n{CALL}"),
        expect![[r#"
        "cert"
        PEM file with the client's certificate; needs `client_key`.

        Value: a path, relative to this file

        Also: `cert`, `cert_file`, `client-cert`
    "#]],
    );
    check_hover(
        &format!("--- OPTIONS ---\ncompression: gz$0ip\n{CALL}"),
        expect![[r#"
        "gzip"
        How messages are compressed, in both directions.

        Value: `none` or `gzip`

        Default: `GCTF_COMPRESSION`, none
    "#]],
    );
    check_hover(
        &format!("{CALL}--- ERROR ---\n{{\"code\": $05}}"),
        expect![[r#"
        "5"
        NOT_FOUND (5)

        What was asked for does not exist.
    "#]],
    );
    check_hover(
        &format!("{CALL}--- ERROR ---\n{{\"mess$0age\": \"x\"}}"),
        expect![[r#"
        "\"message\""
        The whole message; `"*"` is any, and `partial` leaves it out.
    "#]],
    );
    check_hover(
        &format!("{CALL}--- EXTRACT ---\nid = .id\n{CALL}--- REQUEST ---\n{{\"a\": \"{{{{i$0d}}}}\"}}"),
        expect![[r#"
            "id"
            ```gctf
            id = .id
            ```

            Set by EXTRACT.
        "#]],
    );
    check_hover(
        &format!("{CALL}--- OPTIONS ---\nno$0pe: 1\n"),
        expect![[r#"
        nothing
    "#]],
    );
}

/// Completion and hover at every character of `text`.
fn look(text: &str) {
    let (analysis, _): (Analysis, _) = fixture(text);
    // No editor has a place between CR and LF.
    let places = text
        .char_indices()
        .filter(|(at, _)| !text[*at..].starts_with('\n') || !text[..*at].ends_with('\r'));
    for (offset, _) in places {
        let position = FilePosition { file: FILE, offset };
        for item in completions(&analysis, position).items {
            let (start, end) = (item.replace.start, item.replace.end);
            assert!(start <= offset && offset <= end, "{} at {offset} in {text}", item.label);
            assert!(!text[start..end].contains('\n'), "{} at {offset} in {text}", item.label);
        }
        if let Some(hover) = hover(&analysis, position) {
            assert!(text.get(hover.range).is_some(), "{offset} in {text}");
        }
    }
}

#[test]
fn every_place_of_json_bodies() {
    let body = "{\"status\": \"OPEN\" \"items\":   [{\n\"name\":  \"é\"}], \"cash\": {\n\"coin\": {{x}}\n}\n\"gifts\": \"a\n}\n-- RE\n";
    for section in ["REQUEST", "RESPONSE", "ERROR"] {
        look(&format!(
            "--- ENDPOINT ---\nshop.Orders/Create\n--- {section} ---\n{body}"
        ));
    }
}

#[test]
fn every_place_of_real_files() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = [
        "../examples/basic-examples/real-time-chat/tests/secure_chat.gctf",
        "../../shared/corpus/grpctestify/examples/advanced/bench.gctf",
        "../../shared/corpus/grpctestify/examples/advanced/attributes.gctf",
        "../../shared/corpus/grpctestify/examples/multi-document/cross-service.gctf",
        "../../shared/corpus/grpctestify/examples/error-handling/expected-error.gctf",
    ];
    for file in files {
        let Ok(text) = std::fs::read_to_string(root.join(file)) else {
            continue;
        };
        look(&text);
        look(&text.replace('\n', "\r\n"));
        let cuts = text.char_indices().map(|(at, _)| at).step_by(37);
        cuts.for_each(|cut| look(&text[..cut]));
    }
}
