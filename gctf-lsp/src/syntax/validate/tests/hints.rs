//! What works and is worth a word: repeated, unread, secret, never executed.

use super::{check, silent, with};
use crate::syntax::{SourceFile, unset_environment, unused_variables};
use expect_test::expect;
use std::collections::BTreeSet;

/// The names that are marked, in the order of the text.
fn unread(text: &str) -> Vec<&str> {
    let mut found = unused_variables(&SourceFile::new(text));
    found.sort_by_key(|finding| finding.range.start);
    found.iter().map(|finding| &text[finding.range.clone()]).collect()
}

#[test]
fn variables_that_nobody_reads() {
    let text = "--- ENDPOINT ---\na.B/C\n--- RESPONSE ---\n{}\n--- EXTRACT ---\nid = .a\nname = .b\nboth = $name\nitem = .c\n\
                --- ENDPOINT ---\na.B/D\n--- REQUEST ---\n{\"v\": \"x {{ item.id }}\"} # {{ both }}\n--- ASSERTS ---\n.x == $id\n\
                --- EXTRACT ---\nlate = .late\n";
    assert_eq!(unread(text), ["both", "late"]);
}

#[test]
fn names_that_the_environment_lacks() {
    let text = with(
        "--- REQUEST_HEADERS ---\na: {{ env.HOME }} {{ env.NOPE }}\n--- REQUEST ---\n{\"{{ env.KEY }}\": \"é{{env.GONE}}\"}",
    );
    let known = BTreeSet::from(["HOME".to_owned()]);
    let found = unset_environment(&SourceFile::new(&text), &known);
    let marked: Vec<_> = found.iter().map(|finding| &text[finding.range.clone()]).collect();
    assert_eq!(marked, ["env.NOPE", "env.GONE"]);
}

#[test]
fn assertions_that_an_attached_response_makes_needless() {
    let call = |response: &str, asserts: &str| {
        format!("--- ENDPOINT ---\na.B/C\n--- RESPONSE {response}\n--- ASSERTS ---\n{asserts}\n")
    };
    check(
        &call(
            "with_asserts ---\n{\"a\": \"é\", \"b\": [{\"c\": 1}], \"d\": true}",
            ".a == \"é\"\n.b[0].c == 1 # as above\n(.\"d\" == true)",
        ),
        expect![[r#"
            | .a == "é"
            | ^^^^^^^^^ H G616 the RESPONSE that this is attached to says it already: delete the line
            | .b[0].c == 1 # as above
            | ^^^^^^^^^^^^ H G616 the RESPONSE that this is attached to says it already: delete the line
            | (."d" == true)
            | ^^^^^^^^^^^^^^ H G616 the RESPONSE that this is attached to says it already: delete the line
        "#]],
    );
    let line = ".a == \"x\"";
    for (response, asserts) in [
        ("---\n{\"a\": \"x\"}", line),
        ("with_asserts ---\n{\"a\": \"*\"}", ".a == \"*\""),
        ("with_asserts ---\n{\"a\": \"y\"}", line),
        ("with_asserts ---\n{\"a\": \"x\"}\n{\"a\": \"y\"}", line),
        ("with_asserts redact=a ---\n{\"a\": \"x\"}", line),
        (
            "with_asserts ---\n{\"a\": \"x\"}",
            ".a != \"x\"\n.a == .b\n$v == \"x\" or .b.a == \"x\"\n.[] == \"x\"",
        ),
        ("with_asserts ---\n{\"a\": 1.0, \"b\": \"{{ v }}\"}", ".a == 1"),
    ] {
        let text = format!(
            "--- ENDPOINT ---\na.B/C\n--- RESPONSE ---\n{{}}\n--- EXTRACT ---\nv = .v\n{}",
            call(response, asserts)
        );
        silent(&text);
    }
}

#[test]
fn secrets_in_the_file() {
    let token = "ghp_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8";
    check(
        &with(&format!(
            "--- REQUEST_HEADERS ---\nx: {token}\ny: Bearer token\n--- REQUEST ---\n{{\"é\": \"{token}\"}}"
        )),
        expect![[r#"
            | x: ghp_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8
            |    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ W G618 a GitHub token is written into the file: read it from the environment as `{{ env.NAME }}`
            | {"é": "ghp_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"}
            |        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ W G618 a GitHub token is written into the file: read it from the environment as `{{ env.NAME }}`
        "#]],
    );
}

#[test]
fn bench_is_never_executed() {
    check(
        &with("--- BENCH ---\nrequests: 10"),
        expect![[r#"
            | --- BENCH ---
            |     ^^^^^ H G605 BENCH usually stands before ENDPOINT
            |     ^^^^^ I G611 BENCH is checked, but never executed
        "#]],
    );
}
