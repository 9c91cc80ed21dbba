//! Layout by examples, and what holds for every text.

use super::*;
use expect_test::{Expect, expect};
use proptest::prelude::*;
use std::path::Path;

fn formatted(text: &str) -> String {
    apply(text, &format(&SourceFile::new(text)))
}

fn check(text: &str, expected: Expect) {
    let once = formatted(text);
    expected.assert_eq(&once);
    check_invariants(text);
}

/// The tokens without what layout decides: line ends inside them, and behind a string that is not closed.
fn tokens(text: &str) -> Vec<String> {
    let source = SourceFile::new(text);
    let documents = source.documents();
    let all = documents.flat_map(|(_, document)| {
        let text = document.text();
        let tokens = document.tokens().iter().cloned();
        let plain = |token: Range<usize>| text[token].replace('\r', "").trim_end_matches('\n').to_owned();
        tokens.map(plain).collect::<Vec<_>>()
    });
    all.collect()
}

/// The characters that are no layout, in any order: a comma may change places with a comment.
fn characters(text: &str) -> Vec<char> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut all: Vec<_> = text.chars().filter(|character| !is_layout(*character)).collect();
    all.sort_unstable();
    all
}

/// Tokens and comments in order, without commas, which stand beside their value whatever is between.
fn order(text: &str) -> Vec<String> {
    let source = SourceFile::new(text);
    let documents = source.documents();
    let all = documents.flat_map(|(_, document)| {
        let text = document.text();
        let mut pieces = document.tokens().to_vec();
        pieces.extend(document.comments().iter().cloned());
        pieces.sort_by_key(|piece| piece.start);
        let plain = |piece: Range<usize>| text[piece].replace('\r', "").trim_end().to_owned();
        pieces
            .into_iter()
            .map(plain)
            .filter(|piece| piece != ",")
            .collect::<Vec<_>>()
    });
    all.collect()
}

fn check_invariants(text: &str) {
    let source = SourceFile::new(text);
    let edits = format(&source);
    for pair in edits.windows(2) {
        assert!(pair[0].range.end <= pair[1].range.start, "{text:?}: {edits:?}");
    }
    let once = apply(text, &edits);
    assert_eq!(characters(text), characters(&once), "text is lost\n{text:?}\n{once:?}");
    assert_eq!(tokens(text), tokens(&once), "other tokens\n{text:?}\n{once:?}");
    assert_eq!(order(text), order(&once), "comments elsewhere\n{text:?}\n{once:?}");
    let twice = formatted(&once);
    assert_eq!(once, twice, "not idempotent for {text:?}");
    assert_eq!(format(&SourceFile::new(&once)), [], "edits that change nothing");
    let middle = text.len() / 2;
    let part = apply(text, &format_range(&source, middle..middle));
    assert_eq!(tokens(text), tokens(&part), "a part\n{text:?}\n{part:?}");
}

#[test]
fn headers_and_blank_lines() {
    check(
        "\u{feff}\n\n# about\n\n\n---ENDPOINT---\n\n a.B/C \n#[timeout(5)]\n\n#[retry( 2 )]   \n  ---   RESPONSE   partial\ttolerance=0.1---  \n\n\n{}\n# of asserts\n---ASSERTS---\n.a\n# of asserts\n\n\n\n# free\n\n--- EXTRACT ---\n--- META note - ---\n\n",
        expect![[r#"
            # about

            --- ENDPOINT ---
            a.B/C

            #[timeout(5)]
            #[retry( 2 )]
            --- RESPONSE partial tolerance=0.1 ---
            {}

            # of asserts
            --- ASSERTS ---
            .a
            # of asserts

            # free

            --- EXTRACT ---

            --- META note - ---
        "#]],
    );
}

#[test]
fn the_example_of_the_reference() {
    check(
        "---REQUEST---\n{a:1,b:[ ],}",
        expect![[r#"
        --- REQUEST ---
        {
          a: 1,
          b: [],
        }
    "#]],
    );
}

#[test]
fn json_with_comments() {
    check(
        "--- REQUEST ---\n// first\n{ // open\n  \"a\": 1 // one\n  , \"b\" : [1, /* two */ 2, # end\n 3 /* three */, {  }, [ /* empty */ ]\n ] // b\n,\n\n  // own\n  \"c\": // why\n  {\"d\":/* x */1, 'e':\n// below\n.5}\n  /* over\n     lines */\n  // last\n} {} // next\n\n/* lead */ {\"f\":{}}\n# tail\n--- RESPONSE ---\n\"*\" [1,2]\nNaN\n\n",
        expect![[r#"
            --- REQUEST ---
            // first
            { // open
              "a": 1, // one
              "b": [
                1,
                /* two */ 2, # end
                3, /* three */
                {},
                [ /* empty */
                ]
              ], // b
              // own
              "c": // why
              {
                "d": /* x */ 1,
                'e':
                  // below
                  .5
              }
              /* over
                 lines */
              // last
            }
            {} // next
            /* lead */ {
              "f": {}
            }

            # tail
            --- RESPONSE ---
            "*"
            [
              1,
              2
            ]
            NaN
        "#]],
    );
}

#[test]
fn a_broken_body_is_left_alone() {
    check(
        "---REQUEST---\n{ \"a\" 1,\n     \"b\": [1\n\n\n---RESPONSE---\n{\"a\":1}\n---ERROR---\nnot   found\n---ASSERTS---\n  (.a ==\n   1\n--- REQUEST\n{\"a\":1}\n\n\n---NOTHING---\n\n  x\n\n   y\n\n",
        expect![[r#"
            --- REQUEST ---
            { "a" 1,
                 "b": [1

            --- RESPONSE ---
            {
              "a": 1
            }

            --- ERROR ---
            not   found

            --- ASSERTS ---
              (.a ==
               1

            --- REQUEST
            {"a":1}

            --- NOTHING ---
              x

               y
        "#]],
    );
}

#[test]
fn lines_of_settings_and_expressions() {
    check(
        "---ADDRESS---\n\n  localhost:4770  \n---TLS---\n  ca_cert :  ./a.pem\n\n # why\nkey:\n: v\nstray   line\n---PROTO---\n{files:['a.proto'],}\n---OPTIONS---\n\n---ENDPOINT---\n\n# c\n a.B/C\n---ASSERTS---\n\n  .a == 1  \n\n\n  # why\n  .items | any(\n      .x ==  1   \n\n\n    # in it\n  )  \n\n---EXTRACT---\n  id =  .id  \n\n\n n:number = [\n    .a ]\n---META---\n\nname:   x\nsummary: |\n  a\n  # b\n# c\n---BENCH---\nsources:\n   - a\n\n\n",
        expect![[r#"
            --- ADDRESS ---
            localhost:4770

            --- TLS ---
            ca_cert: ./a.pem
            # why
            key:
            : v
            stray   line

            --- PROTO ---
            {
              files: [
                'a.proto'
              ],
            }

            --- OPTIONS ---

            --- ENDPOINT ---
            # c
            a.B/C

            --- ASSERTS ---
            .a == 1

            # why
            .items | any(
                  .x ==  1

                # in it
              )

            --- EXTRACT ---
            id =  .id

            n:number = [
                .a ]

            --- META ---
            name:   x
            summary: |
              a
              # b

            # c
            --- BENCH ---
            sources:
               - a
        "#]],
    );
}

#[test]
fn line_ends_of_the_first_line() {
    check(
        "# a\r\n---REQUEST---\n{a:1}\r\n",
        expect![["# a\r\n--- REQUEST ---\r\n{\r\n  a: 1\r\n}\r\n"]],
    );
    check(
        "# a\n---REQUEST---\r\n{a:1}",
        expect![["# a\n--- REQUEST ---\n{\n  a: 1\n}\n"]],
    );
}

#[test]
fn texts_without_sections() {
    for (text, expected) in [
        ("", ""),
        ("\n \n", ""),
        ("\n # a\n\n\n", "# a\n"),
        ("\n  x \n\n y", "  x \n\n y\n"),
        ("#[skip]", "#[skip]\n"),
    ] {
        assert_eq!(formatted(text), expected, "{text:?}");
        check_invariants(text);
    }
}

#[test]
fn edits_are_the_blanks_that_differ() {
    let edits = |text: &str| {
        let edits = format(&SourceFile::new(text));
        edits
            .into_iter()
            .map(|edit| (edit.range, edit.text))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        edits("--- REQUEST ---\n{\"a\":1 }\n"),
        [
            (17..17, "\n  ".to_owned()),
            (21..21, " ".to_owned()),
            (22..23, "\n".to_owned())
        ]
    );
    assert_eq!(edits("--- REQUEST ---\n{}\n"), []);
}

#[test]
fn a_range_formats_the_sections_it_touches() {
    let text = "---REQUEST---\n{a:1}\n---RESPONSE---\n{b:1}\n---ASSERTS---\n .a\n";
    let at = text.find("b:1").unwrap();
    expect![[r#"
        ---REQUEST---
        {a:1}

        --- RESPONSE ---
        {
          b: 1
        }
        ---ASSERTS---
         .a
    "#]]
    .assert_eq(&apply(text, &format_range(&SourceFile::new(text), at..at)));
}

/// `$0` is the cursor behind what was typed.
fn typed(text: &str, typed: char, expected: &str) {
    let offset = text.find("$0").unwrap();
    let text = text.replacen("$0", "", 1);
    let edits = on_type(&SourceFile::new(&text), offset, typed);
    assert_eq!(apply(&text, &edits), expected);
}

#[test]
fn while_typing() {
    let head = "--- REQUEST ---\n";
    let check = |text: &str, character, expected: &str| {
        typed(&format!("{head}{text}"), character, &format!("{head}{expected}"));
    };
    check(
        "{\n  \"a\": [\n    1\n        ]$0\n",
        ']',
        "{\n  \"a\": [\n    1\n  ]\n",
    );
    check("{\n  \"a\": 1\n  }$0", '}', "{\n  \"a\": 1\n}");
    check("{ \"a\": 1   }$0", '}', "{ \"a\": 1   }");
    check("   }$0", '}', "   }");
    check("{\n$0", '\n', "{\n  ");
    check("{\n  \"a\": {\n$0  }\n}\n", '\n', "{\n  \"a\": {\n  }\n}\n");
    check("{\n  \"a\": {\n$0", '\n', "{\n  \"a\": {\n    ");
    check("{\"a\": \"x\n$0", '\n', "{\"a\": \"x\n  ");
    check("{/*\n$0 */", '\n', "{/*\n */");
    check("{}\n    $0\n--- ASSERTS ---\n", '\n', "{}\n\n--- ASSERTS ---\n");
    typed("--- ASSERTS ---\n(\n$0", '\n', "--- ASSERTS ---\n(\n");
    typed("--- META ---\n  }$0", '}', "--- META ---\n  }");
    typed("}$0", '}', "}");
}

#[test]
fn real_files() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for folder in [root.join("examples"), root.join("../shared/corpus")] {
        for entry in ignore::Walk::new(folder).filter_map(Result::ok) {
            let is_file = entry.path().extension().is_some_and(|extension| extension == "gctf");
            let text = is_file.then(|| std::fs::read_to_string(entry.path()).ok()).flatten();
            for text in text.iter().flat_map(|text| [text.clone(), text.replace('\n', "\r\n")]) {
                check_invariants(&text);
                for cut in (0..text.len()).step_by(97).filter(|at| text.is_char_boundary(*at)) {
                    check_invariants(&text[..cut]);
                }
            }
        }
    }
}

/// Pieces that texts are made of.
fn piece() -> impl Strategy<Value = String> {
    let fixed = [
        "--- REQUEST ---\n",
        "---RESPONSE  partial---\n",
        "  --- ERROR ---\n",
        "--- ASSERTS ---\n",
        "--- EXTRACT ---\n",
        "--- ENDPOINT ---\na.B/C\n",
        "--- ADDRESS ---\n",
        "--- TLS ---\n",
        "--- OPTIONS ---\r\n",
        "--- META ---\n",
        "--- DATASET ---\n",
        "--- BENCH ---\n",
        "--- Request ---\n",
        "--- REQUEST\n",
        "--- WHAT x ---\n",
        "---A-B---\n",
        "\n",
        "\r\n",
        " ",
        "  ",
        "\t",
        "\n\n\n",
        "# c\n",
        " # c",
        "// d\n",
        "/* e */",
        "/* f\n g */",
        "/*",
        "#[skip]\n",
        "#[name(\"a ",
        "#[a]b\n",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"a\"",
        "\"b",
        "'c'",
        "\\",
        "1",
        "-2.5",
        "true",
        "null",
        "word",
        "{{ x }}",
        "\"{{ y }}\"",
        ".a",
        " == ",
        "(",
        ")",
        "x = .y",
        "key: value",
        " k :v ",
        "name: |\n  a\n",
        "- a: 1\n",
        "\u{feff}",
        "\r",
        "\u{b}",
        "é",
        "\u{a0}",
        "|",
        "\"a\\\n",
        "{\"a\": 1}\n",
        "{}",
        "[]",
        "{\n  \"a\": [1, 2],\n}\n",
    ];
    prop::sample::select(fixed.map(str::to_owned).to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn random_texts(pieces in prop::collection::vec(piece(), 0..40)) {
        check_invariants(&pieces.concat());
    }

    #[test]
    fn random_json(pieces in prop::collection::vec(prop::sample::select(vec![
        "{", "}", "[", "]", ",", ":", "\"a\"", "1", "b", " ", "\n", "# c\n", "/* d */", "/* e\n */", "{}", "\"a\": 1,", "[1],", "// f\n", ", ",
    ]), 0..24)) {
        let text = pieces.concat();
        check_invariants(&format!("--- REQUEST ---\n{text}"));
        check_invariants(&format!("--- REQUEST ---\n{{\"a\": [{text}]}}\n"));
        check_invariants(&format!("--- REQUEST ---\n{{\"a\"{text}: 1}}\n"));
    }
}
