//! Header and attribute lines.

use super::{check, silent, with};
use expect_test::expect;

const REST: &str = "--- ENDPOINT ---\na.B/C\n--- RESPONSE ---\n{}\n";

#[test]
fn sound_headers() {
    for text in [
        REST,
        "---ENDPOINT---\r\na.B/C\r\n   --- RESPONSE---  \r\n{}\r\n",
        "# x\n--- ENDPOINT ---\na.B/C\n--- RESPONSE partial tolerance=1_000.5 redact=[\"a---b\"] unordered_arrays=0 ---\n{}\n",
        "--- ENDPOINT ---\na.B/C\n--- RESPONSE type=partial redact=a,b with_asserts=false ---\n{}\n",
        "",
        "# only a comment\n",
    ] {
        silent(text);
    }
}

#[test]
fn byte_order_mark() {
    check(
        &format!("\u{feff}{REST}"),
        expect![[r#"
            | ﻿--- ENDPOINT ---
            | ^ H G102 a byte order mark is ignored: delete it
        "#]],
    );
}

#[test]
fn text_before_the_first_section() {
    check(
        &format!("stray\n# fine\n  möre\n{REST}"),
        expect![[r#"
            | stray
            | ^^^^^ W G103 text before the first section has no effect: make it a comment with `#`
            |   möre
            |   ^^^^ W G103 text before the first section has no effect: make it a comment with `#`
        "#]],
    );
}

#[test]
fn near_misses() {
    check(
        &format!("{REST}--- request ---\n{{}}\nmore\n"),
        expect![[r#"
            | --- request ---
            |     ^^^^^^^ E G104 section names are upper case: write `REQUEST`
        "#]],
    );
    check(
        "--- Endpoint ---\na.B/C\n--- RESPONSE ---\n{}\n",
        expect![[r#"
            | --- Endpoint ---
            |     ^^^^^^^^ E G104 section names are upper case: write `ENDPOINT`
        "#]],
    );
    check(
        &format!("{REST}--- ASSERTS\n.a == 1\n"),
        expect![[r#"
            | --- ASSERTS
            | ^^^^^^^^^^^ E G105 not a header: write `--- ASSERTS ---`
        "#]],
    );
    check(
        &format!("{REST}  ---- ASSERTS ----\n.a == 1\n"),
        expect![[r#"
            |   ---- ASSERTS ----
            |   ^^^^^^^^^^^^^^^^^ E G105 not a header: write `--- ASSERTS ---`
        "#]],
    );
    check(
        "--- ENDPOINT ---\na.B/C\n-- RESPONSE --\n{}\n",
        expect![[r#"
            | -- RESPONSE --
            | ^^^^^^^^^^^^^^ E G105 not a header: write `--- RESPONSE ---`
        "#]],
    );
    check(
        "--- ENDPOINT --- # main\na.B/C\n--- RESPONSE ---\n{}\n",
        expect![[r#"
            | --- ENDPOINT --- # main
            |                  ^^^^^^ E G105 text behind the header: move it to a line of its own
        "#]],
    );
    check(
        "--- ENDPOINT ---\na.B/C\n--- REQUST\n{}\n--- RESPONSE ---\n{}\n",
        expect![[r#"
            | --- REQUST
            | ^^^^^^^^^^ E G105 not a header: write `--- REQUEST ---`
        "#]],
    );
    check(
        "--- ENDPOINT ---\na.B/C\n--- REQUEST ---\n{}\n-- RESPONCE --\n{}\n",
        expect![[r#"
            | -- RESPONCE --
            | ^^^^^^^^^^^^^^ E G105 not a header: write `--- RESPONSE ---`
        "#]],
    );
}

#[test]
fn dashes_that_are_no_near_misses() {
    silent(&format!("{REST}--- ASSERTS ---\n# --- RESPONSE\n.a == 1\n"));
    silent(&with("--- REQUEST ---\n/* x\n-- REQUESTS --\n*/ {}"));
    check(
        &with("--- META_ ---"),
        expect![[r#"
            | --- META_ ---
            |     ^^^^^ E G106 there is no section META_; did you mean "META"?
        "#]],
    );
}

#[test]
fn unknown_sections() {
    check(
        &format!("{REST}--- REPSONSE ---\nx\n"),
        expect![[r#"
            | --- REPSONSE ---
            |     ^^^^^^^^ E G106 there is no section REPSONSE; did you mean "RESPONSE"?
        "#]],
    );
    check(
        &format!("{REST}--- REQUEST_2 ---\nx\n"),
        expect![[r#"
            | --- REQUEST_2 ---
            |     ^^^^^^^^^ E G106 there is no section REQUEST_2; did you mean "REQUEST"?
        "#]],
    );
    check(
        &format!("{REST}--- RESPONSE_HEADERS ---\nx\n"),
        expect![[r#"
            | --- RESPONSE_HEADERS ---
            |     ^^^^^^^^^^^^^^^^ E G106 there is no section RESPONSE_HEADERS: read headers with `@header("name")` in ASSERTS
        "#]],
    );
    check(
        &format!("{REST}--- SOMETHING else ---\nx\n"),
        expect![[r#"
            | --- SOMETHING else ---
            |     ^^^^^^^^^ E G106 there is no section SOMETHING
        "#]],
    );
}

#[test]
fn header_options() {
    check(
        "--- ENDPOINT note ---\na.B/C\n--- RESPONSE ---\n{}\n",
        expect![[r#"
            | --- ENDPOINT note ---
            |              ^^^^ W G107 ENDPOINT takes no options: delete this
        "#]],
    );
    check(
        "--- ENDPOINT ----\na.B/C\n--- RESPONSE ---\n{}\n",
        expect![[r#"
            | --- ENDPOINT ----
            |              ^ W G107 ENDPOINT takes no options: delete this
        "#]],
    );
    check(
        "--- ENDPOINT ---\na.B/C\n--- RESPONSE partial, tolerence=1 -x ---\n{}\n",
        expect![[r#"
            | --- RESPONSE partial, tolerence=1 -x ---
            |                     ^ E G108 this is no option: options stand behind blanks, without commas
            |                       ^^^^^^^^^ E G108 RESPONSE has no option `tolerence`; did you mean "tolerance"?
            |                                   ^ E G108 this is no option: options stand behind blanks, without commas
        "#]],
    );
    check(
        "--- ENDPOINT ---\na.B/C\n--- RESPONSE partial=yes tolerance=a tolerance redact redact=[\"a\" ---\n{}\n",
        expect![[r#"
            | --- RESPONSE partial=yes tolerance=a tolerance redact redact=["a" ---
            |                      ^^^ E G109 `partial` takes `true`, `1`, `false` or `0`
            |                                    ^ E G109 `tolerance` takes a number
            |                                      ^^^^^^^^^ E G109 `tolerance` takes a number
            |                                                ^^^^^^ E G109 `redact` takes a list: `a, b` or `["a", "b"]`
            |                                                              ^^^^ E G109 `redact` takes a list: `a, b` or `["a", "b"]`
        "#]],
    );
    check(
        "--- ENDPOINT ---\na.B/C\n--- ERROR partial tolerance=1 redact=a unordered_arrays ---\n{}\n",
        expect![[r#"
            | --- ERROR partial tolerance=1 redact=a unordered_arrays ---
            |                   ^^^^^^^^^^^ W G223 `tolerance` has no effect on ERROR: delete it
            |                               ^^^^^^^^ W G223 `redact` has no effect on ERROR: delete it
            |                                        ^^^^^^^^^^^^^^^^ W G223 `unordered_arrays` has no effect on ERROR: delete it
        "#]],
    );
}

#[test]
fn old_section_name() {
    check(
        &with("--- HEADERS ---\na: b"),
        expect![[r#"
            | --- HEADERS ---
            |     ^^^^^^^ H G601 `HEADERS` is the old name: write `REQUEST_HEADERS`
        "#]],
    );
}

#[test]
fn sound_attributes() {
    silent(
        "#[name(\"a (b)\")]\n#[skip]\n#[timeout(5)]\n#[retry_delay(0.5)]\n#[tag(a, b)]\n#[no_retry(yes)]\n--- ENDPOINT ---\na.B/C\n\
         #[repeat(3)]\n#[compression(gzip)]\n--- RESPONSE ---\n{}\n",
    );
}

#[test]
fn attributes() {
    check(
        &format!(
            "#[]\n#[timeout=5]\n#[timeout(5\n#[(5)]\n#[timeout(5), retry(2)]\n#[skip] now\n#[skip, retry]\n{REST}"
        ),
        expect![[r#"
            | #[]
            | ^^^ E G110 write an attribute as `#[name(value)]`
            | #[timeout=5]
            | ^^^^^^^^^^^^ E G110 write an attribute as `#[name(value)]`
            | #[timeout(5
            | ^^^^^^^^^^^ E G110 write an attribute as `#[name(value)]`
            | #[(5)]
            | ^^^^^^ E G110 write an attribute as `#[name(value)]`
            | #[timeout(5), retry(2)]
            |             ^^^^^^^^^^^ W G111 text behind an attribute is ignored: write one attribute a line
            | #[skip] now
            |         ^^^ W G111 text behind an attribute is ignored: write one attribute a line
            | #[skip, retry]
            | ^^^^^^^^^^^^^^ E G110 write an attribute as `#[name(value)]`
        "#]],
    );
    check(
        &format!("#[timeot(5)]\n#[unheard]\n{REST}"),
        expect![[r#"
            | #[timeot(5)]
            |   ^^^^^^ W G113 there is no attribute `timeot`; did you mean "timeout"?
            | #[unheard]
            |   ^^^^^^^ W G113 there is no attribute `unheard`
        "#]],
    );
    check(
        &format!("#[timeout(1.5)]\n#[repeat(0)]\n#[retry]\n#[skip(maybe)]\n#[compression(zip)]\n#[no-retry]\n{REST}"),
        expect![[r#"
            | #[timeout(1.5)]
            |           ^^^ E G216 `timeout` takes whole seconds above 0
            | #[repeat(0)]
            |          ^ E G216 `repeat` takes a whole number from 1
            | #[retry]
            | ^^^^^^^^ W G222 there are no retries, `no_retry` wins: delete one of the two
            |   ^^^^^ E G216 `retry` takes a whole number from 0
            | #[skip(maybe)]
            |        ^^^^^ E G216 `skip` takes `true`, `1`, `yes`, `on` or `false`, `0`, `no`, `off`
            | #[compression(zip)]
            |               ^^^ E G216 `compression` takes `none` or `gzip`
            | #[no-retry]
            |   ^^^^^^^^ H G602 `no-retry` is the old spelling: write `no_retry`
        "#]],
    );
}

#[test]
fn attribute_values() {
    check(
        &format!("#[retry(2)]\n#[no_retry]\n{REST}"),
        expect![[r#"
            | #[retry(2)]
            | ^^^^^^^^^^^ W G222 there are no retries, `no_retry` wins: delete one of the two
        "#]],
    );
    check(
        &format!("{REST}\n#[skip]\n"),
        expect![[r#"
            | #[skip]
            | ^^^^^^^ W G112 there is no section after this attribute: it has no effect
        "#]],
    );
    check(
        &with("--- REQUEST ---\n{\r\n  #[skip]\r\n  \"id\": 1\r\n}"),
        expect![[r#"
            |   #[skip]
            |   ^^^^^^^ H G114 a comment here: an attribute stands directly above a header
        "#]],
    );
}
