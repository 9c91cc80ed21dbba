//! Programs that would run away: all of them stop, with little of everything.

use super::*;
use std::time::Duration;

/// Small enough that each ends at once, and still more than a test needs.
const LITTLE: Bounds = Bounds {
    steps: 30_000,
    time: Duration::from_millis(900),
    output: 1 << 18,
    text: 1 << 18,
    stack: 16 << 20,
};

#[test]
fn runaways_are_stopped() {
    let engine = Engine::new();
    for source in [
        "def f: f; f",
        "def f: 1 + f; f",
        "[range(infinite)]",
        "[repeat(.)]",
        "until(false; .)",
        "def f: try f catch f; f",
        "[limit(100000000; repeat(1))] | length == 1",
        "reduce range(60) as $i (\"a\"; . + .)",
        "reduce range(60) as $i ([0]; . + .)",
        "reduce range(60) as $i (0; [., .])",
        "reduce range(100) as $i (\"a\"; @base64)",
        "\"a\" * 1000000000",
        "{s: \"a\"} | .s *= 1000000000",
        "def f(x): x | f(x | x); f(.)",
        "reduce range(1000) as $i (0; [.])",
        "[combinations(1000000)]",
        "foreach range(infinite) as $i (0; . + $i)",
        "0 | [recurse(. + 1; true)]",
        ". as [$a] ?// $a | def f: f; f",
    ] {
        let found = outcome(&engine, source, Place::Asserts, LITTLE);
        let stopped = found.starts_with("error: the expression takes too");
        assert!(stopped, "{source}: {found}");
    }
}

#[test]
fn hostile_texts_are_read() {
    let nested = |open: &str, close: &str, count: usize| format!("{}1{}", open.repeat(count), close.repeat(count));
    for source in [
        nested("(", ")", 8000),
        nested("[", "]", 8000),
        nested("{a:", "}", 3000),
        nested("\"\\(", ")\"", 3000),
        nested("if 1 then ", " end", 1000),
        nested("try ", "", 4000),
        vec!["1"; 8000].join("+"),
        vec!["1"; 5000].join("//"),
        vec!["1"; 4000].join(" // "),
        vec!["."; 8000].join("|"),
        format!(".{}", "[0]".repeat(5000)),
        "-".repeat(16_000),
        "!".repeat(16_000),
        "(".repeat(100_000),
        "\"".repeat(16_000),
        "\\".repeat(16_000),
        ".a ? ".repeat(3000),
        ".a // ".repeat(2000),
        "'".repeat(10),
        "/".repeat(10_000),
        "{".repeat(10_000),
        "@".repeat(10_000),
        "é".repeat(5_000),
        "\u{0}\u{1}\u{feff}".to_owned(),
    ] {
        let checked = [Place::Asserts, Place::Extract].map(|place| check(&source, place));
        for finding in checked.iter().flat_map(|checked| &checked.findings) {
            assert!(source.get(finding.range.clone()).is_some(), "{finding:?}");
        }
    }
}

#[test]
fn every_prefix_of_an_expression_is_read() {
    let source = ".a[\"b\\(1)\"] as [$x] ?// {y: $x} | if $x matches /a[/]b/i then @url.host(.c, \"é\") else {a: 1_0, (\"b\"): .t ? 1 : 2} end // 3 # x";
    for (at, _) in source.char_indices() {
        for place in [Place::Asserts, Place::Extract] {
            for text in [&source[..at], &source[at..]] {
                for finding in check(text, place).findings {
                    assert!(text.get(finding.range.clone()).is_some(), "{text}: {finding:?}");
                }
            }
        }
    }
}
