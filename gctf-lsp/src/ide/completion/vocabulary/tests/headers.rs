//! Sections, their options and attributes.

use super::{CALL, check};
use expect_test::expect;

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
}

#[test]
fn sections_below_a_call() {
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
}

#[test]
fn sections_by_what_stands_above() {
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
