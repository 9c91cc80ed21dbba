//! Hostile text costs time in proportion to its length. With `GCTF_FUZZ` set the texts are longer.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::time::{Duration, Instant};

use tree_sitter::Parser;

/// Quadratic work on this many bytes takes seconds, linear work milliseconds.
const LENGTH: usize = 30_000;
const LONG: usize = 200_000;
const LIMIT: Duration = Duration::from_secs(1);

fn repeated(unit: &str) -> String {
    let length = if std::env::var_os("GCTF_FUZZ").is_some() {
        LONG
    } else {
        LENGTH
    };
    unit.repeat(length / unit.len())
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
            measure(
                &mut parser,
                &format!("{header}{}", repeated(unit)),
                &format!("{header:?} + {unit:?} repeated"),
            );
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
                let text = format!("--- REQUEST ---\n{{[{{{}{}{end}", repeated(first), repeated(second));
                measure(&mut parser, &text, &format!("{first:?}, {second:?}, {end:?}"));
            }
        }
    }
    let header = format!("--- X {} ---\n", repeated("a "));
    measure(
        &mut parser,
        &format!("--- REQUEST ---\n{}\n{header}", repeated("[")),
        "unclosed before a long header",
    );
}

fn measure(parser: &mut Parser, text: &str, what: &str) {
    let start = Instant::now();
    let tree = parser.parse(text, None).unwrap();
    let elapsed = start.elapsed();
    assert!(!tree.root_node().has_error(), "{what} has an error");
    assert!(elapsed < LIMIT, "{what}: {elapsed:?}");
}
