//! Hostile text costs work in proportion to its length. Work is counted, not timed: how often the lexer and the
//! scanner fetch a few bytes, and how often the parser says that it goes on. With `GCTF_FUZZ` set the texts are
//! longer.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::ops::ControlFlow;

use tree_sitter::{ParseOptions, Parser};

/// The longer text of a pair has this many times the bytes of the shorter.
const FACTOR: usize = 4;
const LENGTH: usize = 2_000;
const LONG: usize = 50_000;

/// `unit` repeated to two lengths.
fn repeated(unit: &str) -> [String; 2] {
    let length = match std::env::var_os("GCTF_FUZZ") {
        Some(_) => LONG,
        None => LENGTH,
    };
    [length, FACTOR * length].map(|length| unit.repeat(length / unit.len()))
}

#[test]
fn hostile_text_is_linear() {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_gctf::LANGUAGE.into()).unwrap();
    let units = [
        "-",
        "--",
        "---",
        "--- ",
        "---A",
        "---A---",
        "--- A\n",
        "-- ",
        "- ",
        "#",
        "#[",
        "#[a]\n",
        "#[a(\n",
        "#[a]\n# c\n",
        "#[a]\n/*\n",
        "#[a]\nx\n",
        "/*",
        "/*\n",
        "/* */",
        "*/",
        "/*\n#[\n# */",
        "#*//*\n#[\n",
        "{",
        "{{",
        "{{ a",
        "{{ a }}",
        "[",
        "[{",
        "{[",
        "}",
        "]",
        "{\"a\":",
        "{\"a\":[",
        "\"",
        "\"\n",
        "\"a\"",
        "'",
        "\\",
        "\"\\\n",
        "\"\\\n#[\n",
        "\"\\\n-- x\n",
        "\"a\":",
        "a:",
        "a",
        "a ",
        ":",
        ",",
        "=",
        "a=",
        "a=b\n",
        "a: b\n",
        "(/[",
        "(/",
        " matches /",
        "\"\\(",
        "\"\\(\"",
        ".",
        "..",
        ".a",
        "@",
        "$",
        "?",
        "\r",
        "\r\n",
        "\n",
        " ",
        "\t",
        " \n",
        "\u{c}",
        "\0",
        "é",
        "\u{feff}",
        "1",
        "1.",
        "+",
        "_",
        "--request\n",
        "--- REQUEST ---\n",
        "--- ASSERTS ---\n.a\n",
        "#[a]\n--- X ---\n",
    ];
    let headers = [
        "",
        "--- REQUEST ---\n",
        "--- ASSERTS ---\n",
        "--- EXTRACT ---\n",
        "--- OPTIONS ---\n",
        "--- BENCH ---\n",
        "--- META ---\n",
        "--- TLS ---\n",
        "--- ADDRESS ---\n",
        "--- RESPONSE ",
        "#[a(",
    ];
    for header in headers {
        for unit in units {
            let texts = repeated(unit).map(|units| format!("{header}{units}"));
            compare(&mut parser, &texts, &format!("{header:?} + {unit:?} repeated"));
        }
    }
}

#[test]
fn hostile_pairs_are_linear() {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_gctf::LANGUAGE.into()).unwrap();
    let opened = ["[", "{[", "[{", "{\"a\":", "[\"a\",", "/*\n", "\"\\\n", "#[a]\n"];
    let behind = [" ", "\n", "#[a]\n", "# c\n", "-", "{{ a", "/* ", "\"\\\n"];
    for first in opened {
        for second in behind {
            for end in ["", "}", "]", "\n--- X ---\n", "\nx\n"] {
                let [short, long] = repeated(first);
                let [less, more] = repeated(second);
                let text = |first: &str, second: &str| format!("--- REQUEST ---\n{{[{{{first}{second}{end}");
                let texts = [text(&short, &less), text(&long, &more)];
                compare(&mut parser, &texts, &format!("{first:?}, {second:?}, {end:?}"));
            }
        }
    }
    let [short, long] = repeated("a ");
    let [less, more] = repeated("[");
    let text = |words: &str, open: &str| format!("--- REQUEST ---\n{open}\n--- X {words} ---\n");
    let texts = [text(&short, &less), text(&long, &more)];
    compare(&mut parser, &texts, "unclosed before a long header");
}

/// Quadratic work would grow by the square of the factor.
fn compare(parser: &mut Parser, [short, long]: &[String; 2], what: &str) {
    let (less, more) = (work(parser, short, what), work(parser, long, what));
    let limit = (FACTOR + FACTOR / 2) * less + 1000;
    assert!(
        more <= limit,
        "{what}: {less} for {}, {more} for {}",
        short.len(),
        long.len()
    );
}

/// How much is done to parse `text`.
fn work(parser: &mut Parser, text: &str, what: &str) -> usize {
    const CHUNK: usize = 16;
    let bytes = text.as_bytes();
    let (mut fetches, mut steps) = (0, 0);
    let mut fetch = |at: usize, _| {
        fetches += 1;
        &bytes[at.min(bytes.len())..(at + CHUNK).min(bytes.len())]
    };
    let mut progress = |_: &_| {
        steps += 1;
        ControlFlow::Continue(())
    };
    let options = ParseOptions::new().progress_callback(&mut progress);
    let tree = parser.parse_with_options(&mut fetch, None, Some(options)).unwrap();
    assert!(!tree.root_node().has_error(), "{what} has an error");
    fetches + steps
}
