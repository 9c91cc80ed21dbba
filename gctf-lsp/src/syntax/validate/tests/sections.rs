//! Sections of documents, documents of files.

use super::{check, silent, with};
use crate::syntax::{SourceFile, file_structure};
use expect_test::expect;

#[test]
fn sound_documents() {
    check(
        "--- META ---\nname: x\n--- BENCH ---\nmode: open\n--- DATASET ---\n- id: 1\n--- ADDRESS ---\nh:1\n--- TLS ---\n--- ENDPOINT ---\na.B/C\n\
         --- REQUEST_HEADERS ---\na: b\n--- HEADERS ---\nc: d\n--- REQUEST ---\n{}\n--- RESPONSE with_asserts ---\n{}\n--- EXTRACT ---\nid = .id\n\
         --- ASSERTS ---\n.a\n--- RESPONSE ---\n{}\n--- ERROR partial ---\n{}\n",
        expect![[r#"
            | --- BENCH ---
            |     ^^^^^ I G611 BENCH is checked, but never executed
            | --- HEADERS ---
            |     ^^^^^^^ H G601 `HEADERS` is the old name: write `REQUEST_HEADERS`
        "#]],
    );
}

#[test]
fn missing_sections() {
    check(
        "--- REQUEST ---\n{}\n--- RESPONSE ---\n{}\n",
        expect![[r#"
            | --- REQUEST ---
            |     ^^^^^^^ E G201 no ENDPOINT: add `--- ENDPOINT ---` with `package.Service/Method`
        "#]],
    );
    check(
        "--- META ---\nname: x\n",
        expect![[r#"
            | --- META ---
            |     ^^^^ E G201 no ENDPOINT: add `--- ENDPOINT ---` with `package.Service/Method`
        "#]],
    );
    check(
        "--- ENDPOINT ---\na.B/C\n--- REQUEST ---\n{}\n",
        expect![[r#"
            | --- ENDPOINT ---
            |     ^^^^^^^^ E G202 nothing is expected, so this cannot pass: add RESPONSE, ERROR or ASSERTS
        "#]],
    );
    check(
        "--- ENDPOINT ---\na.B/C\n--- RESPONSE\n",
        expect![[r#"
            | --- RESPONSE
            | ^^^^^^^^^^^^ E G105 not a header: write `--- RESPONSE ---`
        "#]],
    );
}

#[test]
fn repeated_sections() {
    check(
        "--- ENDPOINT ---\na.B/C\n--- OPTIONS ---\n--- OPTIONS ---\n--- ENDPOINT ---\na.B/C\n--- ERROR ---\n\"a\"\n--- ERROR ---\n\"b\"\n",
        expect![[r#"
            | --- OPTIONS ---
            |     ^^^^^^^ E G203 OPTIONS is there twice in this document: delete or join one ["OPTIONS": first given here]
            | --- ENDPOINT ---
            |     ^^^^^^^^ E G203 ENDPOINT is there twice in this document: delete or join one ["ENDPOINT": first given here]
            | --- ERROR ---
            |     ^^^^^ E G203 ERROR is there twice in this document: delete or join one ["ERROR": first given here]
        "#]],
    );
}

#[test]
fn places() {
    check(
        &format!("{}--- META ---\nname: x\n", with("")),
        expect![[r#"
            | --- META ---
            |     ^^^^ E G204 META is the first section of the file: move it up
        "#]],
    );
    check(
        "--- ADDRESS ---\nh:1\n--- META ---\n--- ENDPOINT ---\na.B/C\n--- RESPONSE ---\n{}\n",
        expect![[r#"
            | --- META ---
            |     ^^^^ E G204 META is the first section of the file: move it up
        "#]],
    );
    check(
        "--- ENDPOINT ---\na.B/C\n--- ERROR ---\n\"x\"\n--- RESPONSE ---\n{}\n",
        expect![[r#"
            | --- RESPONSE ---
            |     ^^^^^^^^ E G209 no message comes after the error: move RESPONSE before ERROR, or delete it ["ERROR": the error is expected here]
        "#]],
    );
    check(
        "--- ENDPOINT ---\na.B/C\n--- ASSERTS ---\n.a\n--- RESPONSE ---\n{}\n--- REQUEST ---\n{}\n",
        expect![[r#"
            | --- ASSERTS ---
            |     ^^^^^^^ W G213 ASSERTS stands before the first REQUEST: move it behind
            | --- RESPONSE ---
            |     ^^^^^^^^ W G213 RESPONSE stands before the first REQUEST: move it behind
        "#]],
    );
    check(
        "--- ENDPOINT ---\na.B/C\n--- EXTRACT ---\na = .a\n--- RESPONSE ---\n{}\n",
        expect![[r#"
            | --- EXTRACT ---
            |     ^^^^^^^ E G214 nothing is received before this EXTRACT: move it behind a RESPONSE or ASSERTS
        "#]],
    );
    silent(&with("--- REQUEST ---\n{}\n--- EXTRACT ---\na = .a"));
    check(
        "--- ENDPOINT ---\na.B/C\n--- ADDRESS ---\nh:1\n--- BENCH ---\nmode: open\n--- RESPONSE ---\n{}\n",
        expect![[r#"
            | --- ADDRESS ---
            |     ^^^^^^^ H G605 ADDRESS usually stands before ENDPOINT
            | --- BENCH ---
            |     ^^^^^ I G611 BENCH is checked, but never executed
        "#]],
    );
}

#[test]
fn attached_asserts() {
    let response = |options: &str, body: &str, next: &str| {
        format!("--- ENDPOINT ---\na.B/C\n--- RESPONSE {options} ---\n{body}\n{next}")
    };
    check(
        &response("with_asserts", "{}", ""),
        expect![[r#"
            | --- RESPONSE with_asserts ---
            |              ^^^^^^^^^^^^ E G212 `with_asserts` wants ASSERTS as the next section: add it, or delete the option
        "#]],
    );
    check(
        &response("with_asserts", "{}", "--- RESPONSE ---\n{}\n--- ASSERTS ---\n.a\n"),
        expect![[r#"
            | --- RESPONSE with_asserts ---
            |              ^^^^^^^^^^^^ E G212 `with_asserts` wants ASSERTS as the next section: add it, or delete the option
        "#]],
    );
    check(
        &response("with_asserts", "", "--- ASSERTS ---\n.a\n"),
        expect![[r#"
            | --- RESPONSE with_asserts ---
            |              ^^^^^^^^^^^^ E G212 `with_asserts` has no message to look at: RESPONSE is empty
        "#]],
    );
    silent(&response("with_asserts=0", "{}", ""));
    check(
        &response("", "# none", ""),
        expect![[r#"
            | --- RESPONSE  ---
            |     ^^^^^^^^ H G614 an empty RESPONSE expects that no message comes: write `{}` for an empty message
        "#]],
    );
}

#[test]
fn skipped_requests() {
    check(
        &with("#[skip]\n--- REQUEST ---\n{}"),
        expect![[r#"
            | #[skip]
            | ^^^^^^^ E G225 without its only REQUEST nothing is sent: move `#[skip]` to ENDPOINT
        "#]],
    );
    silent(&with("#[skip]\n--- REQUEST ---\n{}\n--- REQUEST ---\n{}"));
    silent(&with("#[skip(false)]\n--- REQUEST ---\n{}"));
}

#[test]
fn variables() {
    let first = with("--- REQUEST ---\n{\"a\": \"{{ token }}\"}") + "--- EXTRACT ---\ntoken = .t\nuser = .u\n";
    check(
        &format!(
            "{first}{}--- EXTRACT ---\ntoken = .x\n{}",
            with(
                "--- REQUEST_HEADERS ---\nauthorization: Bearer {{token}} {{ tokn }}\n--- REQUEST ---\n{\"é\": \"{{user.id}}\", \"{{no}}\": \"{{env.X}} {{file.col}}\"}"
            ),
            with("--- OPTIONS ---\n# {{no}}\n--- ASSERTS ---\n.a == \"{{no}}\"")
        ),
        expect![[r#"
            | {"a": "{{ token }}"}
            |           ^^^^^ E G224 nothing sets `token` before here ["token": set only here]
            | authorization: Bearer {{token}} {{ tokn }}
            |                                    ^^^^ E G224 nothing sets `tokn` before here; did you mean "token"?
            | {"é": "{{user.id}}", "{{no}}": "{{env.X}} {{file.col}}"}
            |                                             ^^^^^^^^ I G224 only `--data` could set `file.col`
            | token = .x
            | ^^^^^ H G228 `token` is set again: from here on it has another value ["token": set before here]
            | .a == "{{no}}"
            |       ^^^^^^^^ W G418 `{{no}}` is not substituted here: write `$no`
        "#]],
    );
    silent(&with("#[skip]\n--- RESPONSE ---\n{\"a\": \"{{no}}\"}"));
    silent(&format!("#[skip]\n{}", with("--- REQUEST ---\n{\"a\": \"{{no}}\"}")));
    // `_setup.gctf` may set what nothing here does.
    let unsure = file_structure(&SourceFile::new(&with("--- REQUEST ---\n{\"a\": \"{{no}}\"}")));
    assert_eq!(unsure.len(), 1);
    assert_eq!(unsure[0].severity, crate::diagnostic::Severity::Information);
}

#[test]
fn documents() {
    check(
        &format!(
            "{}--- DATASET ---\n- a: 1\n{}--- DATASET ---\n- a: 1\n",
            with(""),
            with("")
        ),
        expect![[r#"
            | --- DATASET ---
            |     ^^^^^^^ H G605 DATASET usually stands before RESPONSE
            | --- DATASET ---
            |     ^^^^^^^ E G227 DATASET belongs to the first document: move it up
            |     ^^^^^^^ H G605 DATASET usually stands before RESPONSE
        "#]],
    );
    let tls = format!("--- ADDRESS ---\nh:1\n--- TLS ---\n{}", with(""));
    check(
        &format!("{tls}--- ADDRESS ---\nh:2\n{}", with("")),
        expect![[r#"
            | h:2
            | ^^^ H G615 plaintext, although the document before uses TLS: add a TLS section, or write `http://`
        "#]],
    );
    silent(&format!("{tls}--- ADDRESS ---\nhttp://h:2\n{}", with("")));
    silent(&format!("{tls}--- ADDRESS ---\nh:2\n--- TLS ---\n{}", with("")));
    silent(&format!("{tls}{}", with("")));
}
