//! What the words mean.

use super::CALL;
use crate::ide::hover::hover;
use crate::ide::testing::fixture;
use expect_test::{Expect, expect};

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
}

#[test]
fn hovers_of_values() {
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
