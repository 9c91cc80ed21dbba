//! ERROR bodies.

use super::{check, silent};
use expect_test::{Expect, expect};

fn error(options: &str, body: &str, expected: Expect) {
    check(
        &format!("--- ENDPOINT ---\na.B/C\n--- ERROR{options} ---\n{body}\n"),
        expected,
    );
}

#[test]
fn sound_errors() {
    for (options, body) in [
        ("", "{ \"code\": 5, \"message\": \"*\" }"),
        ("", "{ code: 'NotFound', message: 'x', details: [{}, \"*\"] }"),
        ("", "{ \"code\": 14 }"),
        (" partial", "{}"),
        (" partial", "{ \"code\": \"3\" }"),
        (" type=partial", "{ \"code\": 3 }"),
        ("", "// why\n\"message\""),
        ("", "{ \"code\": \"{{code}}\", \"message\": \"x\" }"),
    ] {
        let name = "--- EXTRACT ---\ncode = .c\n";
        silent(&format!(
            "--- ENDPOINT ---\na.B/C\n--- RESPONSE ---\n{{}}\n{name}--- ENDPOINT ---\na.B/C\n--- ERROR{options} ---\n{body}\n"
        ));
    }
}

#[test]
fn errors() {
    error(
        "",
        "",
        expect![[r#"
            | --- ERROR ---
            |     ^^^^^ E G211 ERROR is empty: say what is expected, or write `--- ERROR partial ---` and `{}` for any status
        "#]],
    );
    error(
        "",
        "# nothing\n",
        expect![[r#"
            | --- ERROR ---
            |     ^^^^^ E G211 ERROR is empty: say what is expected, or write `--- ERROR partial ---` and `{}` for any status
        "#]],
    );
    error(
        "",
        "{ \"code\": 5, \"message\": \"x\" }\n{}",
        expect![[r#"
            | {}
            | ^ E G210 ERROR has one value: delete this
        "#]],
    );
    error(
        "",
        "[1]",
        expect![[r#"
            | [1]
            | ^ E G210 ERROR is an object with `code`, `message`, `details`, or the message as a string
        "#]],
    );
    error(
        "",
        "5",
        expect![[r#"
            | 5
            | ^ E G210 ERROR is an object with `code`, `message`, `details`, or the message as a string
        "#]],
    );
}

#[test]
fn members_of_errors() {
    error(
        "",
        "{ \"code\": 5, \"mesage\": \"x\", \"details\": {} }",
        expect![[r#"
            | { "code": 5, "mesage": "x", "details": {} }
            |              ^^^^^^^^ E G210 a status has `code`, `message` and `details`, no `mesage`; did you mean "message"?
            |                                        ^ E G210 `details` is a list of objects: write `[{…}]`
        "#]],
    );
    error(
        "",
        "{ \"code\": 5, \"message\": \"x\", \"details\": [1] }",
        expect![[r#"
            | { "code": 5, "message": "x", "details": [1] }
            |                                          ^ E G210 a detail is an object
        "#]],
    );
    error(
        "",
        "{ \"code\": 0, \"message\": \"x\" }",
        expect![[r#"
            | { "code": 0, "message": "x" }
            |           ^ E G226 0 is OK, no error: write the code of an error, or expect a RESPONSE
        "#]],
    );
    error(
        "",
        "{ \"code\": 17, \"message\": \"x\" }",
        expect![[r#"
            | { "code": 17, "message": "x" }
            |           ^^ E G226 status codes go from 1 to 16
        "#]],
    );
    error(
        "",
        "{ \"code\": \"NOT_FUND\", \"message\": \"x\" }",
        expect![[r#"
            | { "code": "NOT_FUND", "message": "x" }
            |           ^^^^^^^^^^ E G226 there is no status code "NOT_FUND"; did you mean "NOT_FOUND"?
        "#]],
    );
}

#[test]
fn codes_and_texts_of_errors() {
    error(
        "",
        "{ \"code\": [5], \"message\": \"x\" }",
        expect![[r#"
            | { "code": [5], "message": "x" }
            |           ^^^ E G226 a code is a name such as "NOT_FOUND", or a number from 1 to 16
        "#]],
    );
    error(
        "",
        "{ \"code\": 5 }",
        expect![[r#"
            | { "code": 5 }
            | ^ W G617 without `message` this passes only on an empty one: add `"message": "*"`, or write `--- ERROR partial ---`
        "#]],
    );
    error(
        "",
        "user 9 not found: gone\n",
        expect![[r#"
            | user 9 not found: gone
            | ^^^^^^^^^^^^^^^^^^^^^^ W G126 text without quotes matches any status whose message contains it: write an object with `code`
        "#]],
    );
    error(
        "",
        "NOT_FOUND",
        expect![[r#"
            | NOT_FOUND
            | ^^^^^^^^^ W G126 text without quotes matches any status whose message contains it: write an object with `code`
        "#]],
    );
    error(
        "",
        "{ \"code\": }",
        expect![[r#"
            | { "code": }
            |         ^ E G119 expected a value after `:`
        "#]],
    );
}
