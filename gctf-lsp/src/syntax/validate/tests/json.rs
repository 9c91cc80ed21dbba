//! JSON syntax.

use super::{check, findings, request, silent};
use expect_test::{Expect, expect};

/// Draws what is wrong with a REQUEST.
fn body(text: &str, expected: Expect) {
    check(&request(text), expected);
}

#[test]
fn sound_bodies() {
    for text in [
        "",
        "{}",
        "{ user: 'Ann', n: 1_000, }   // first message\n# a comment\n{ \"user\": \"Bob\", \"n\": 0x10 } # second",
        "{a: [1, +2, .5, 5., -1e-3, 0, 0.5, 0x1F,], $b_1: null, ключ: true, NaN: 1, true: {}}",
        "{\"v\": \"{{ env.N }}\", \"w\": \"no. {{env.n}} {x} {{}}\", \"\\u00e9\\n\\'\": 'it\\'s'}",
        "{ /* over\n lines */ \"a\": \"goes \\\n on\" }",
        "{\n}\n{\n}",
    ] {
        silent(&request(text));
    }
}

#[test]
fn missing_parts() {
    body(
        "{ \"a\": }",
        expect![[r#"
            | { "a": }
            |      ^ E G119 expected a value after `:`
        "#]],
    );
    body(
        "{\n  \"a\":\n  \"b\": 1\n}",
        expect![[r#"
            |   "a":
            |      ^ E G119 expected a value after `:`
        "#]],
    );
    body(
        "{ \"a\" 1, \"b\" 2 }",
        expect![[r#"
            | { "a" 1, "b" 2 }
            |   ^^^ E G119 expected `:` after the key "a"
            |          ^^^ E G119 expected `:` after the key "b"
        "#]],
    );
    body(
        "{ \"a\" }",
        expect![[r#"
            | { "a" }
            |   ^^^ E G119 expected `:` after the key "a"
        "#]],
    );
    body(
        "{ \"a\": 1 \"b\": {} \"c\": 3 }",
        expect![[r#"
            | { "a": 1 "b": {} "c": 3 }
            |        ^ E G119 expected `,` after this value
            |                ^ E G119 expected `,` after this value
        "#]],
    );
}

#[test]
fn missing_commas_and_keys() {
    body(
        "{\n  \"a\": {\n  }\n  \"b\": 1\n}",
        expect![[r#"
            |   }
            |   ^ E G119 expected `,` after this value
        "#]],
    );
    body(
        "{ \"a\": [1 2, 3] }",
        expect![[r#"
            | { "a": [1 2, 3] }
            |         ^ E G119 expected `,` after this value
        "#]],
    );
    body(
        "{ , \"a\": 1,, \"b\": [,1,,2] }",
        expect![[r#"
            | { , "a": 1,, "b": [,1,,2] }
            |   ^ E G119 expected a key before `,`
            |            ^ E G119 expected a key before `,`
            |                    ^ E G119 expected a value before `,`
            |                       ^ E G119 expected a value before `,`
        "#]],
    );
    body(
        "{ {} }",
        expect![[r#"
            | { {} }
            |   ^ E G119 expected a key before this value: write `"key": …`
        "#]],
    );
    body(
        "{ \"a\": 1 \"b\" }",
        expect![[r#"
            | { "a": 1 "b" }
            |        ^ E G119 expected `,` after this value
        "#]],
    );
}

#[test]
fn missing_closers() {
    body(
        "{ \"a\": 1",
        expect![[r#"
            | { "a": 1
            |        ^ E G119 expected `}` after `1` ["{": not closed: expected `}`]
        "#]],
    );
    body(
        "{\n  \"a\": {\n    \"b\": [1\n",
        expect![[r#"
            |     "b": [1
            |           ^ E G119 expected `]}}` after `1` ["[": not closed: expected `]`] ["{": not closed: expected `}`] ["{": not closed: expected `}`]
        "#]],
    );
    body(
        "{ \"a\": {\"b\": 1 }",
        expect![[r#"
            | { "a": {"b": 1 }
            |                ^ E G119 expected `}` after `}` ["{": not closed: expected `}`]
        "#]],
    );
    body(
        "[{ \"a\": 1 ]",
        expect![[r#"
            | [{ "a": 1 ]
            | ^ W G208 a list is one value, not a stream: write one object after another, without the list
            |         ^ E G119 expected `}` after `1` ["{": not closed: expected `}`]
        "#]],
    );
    body(
        "{ \"a\": {\"b\": ",
        expect![[r#"
            | { "a": {"b": 
            |            ^ E G119 expected a value after `:`
            |            ^ E G119 expected `}}` after `:` ["{": not closed: expected `}`] ["{": not closed: expected `}`]
        "#]],
    );
    body(
        "{",
        expect![[r#"
            | {
            | ^ E G119 expected `}` after `{` ["{": not closed: expected `}`]
        "#]],
    );
}

#[test]
fn strings() {
    body(
        "{ \"a\": \"x\n}",
        expect![[r#"
            | { "a": "x
            |        ^^ E G119 the string is not closed: expected `"` on this line
        "#]],
    );
    body(
        "{ \"a\": \"x }",
        expect![[r#"
            | { "a": "x }
            |        ^^^^ E G119 the string is not closed: expected `"` on this line
        "#]],
    );
    body(
        "{ \"a\": \"x,\n  \"b\": 1 }",
        expect![[r#"
            | { "a": "x,
            |        ^^^ E G119 the string is not closed: expected `"` on this line
        "#]],
    );
    body(
        "{ \"a\": \"x, \"b\": 1 }",
        expect![[r#"
            | { "a": "x, "b": 1 }
            |              ^^^^^^ E G119 the string is not closed: expected `"` on this line
        "#]],
    );
    body(
        "{ \"a\": 'ü\\1', \"b\": \"\\u12\", \"c\": \"\\xg\" }",
        expect![[r#"
            | { "a": 'ü\1', "b": "\u12", "c": "\xg" }
            |          ^^ E G119 `\1` is no escape: write `\\` for a backslash, `\u0041` for a character
            |                     ^^^^ E G119 `\u12` is no escape: write `\\` for a backslash, `\u0041` for a character
            |                                  ^^ E G119 `\x` is no escape: write `\\` for a backslash, `\u0041` for a character
        "#]],
    );
    body(
        "{ \"a",
        expect![[r#"
            | { "a
            |   ^^ E G119 the string is not closed: expected `"` on this line
            |    ^ E G119 expected `}` after `a` ["{": not closed: expected `}`]
        "#]],
    );
}

#[test]
fn stray_tokens() {
    body(
        "}\n{ ] }\n[ } ]\n:",
        expect![[r#"
            | }
            | ^ E G119 `}` closes nothing: delete it
            | { ] }
            |   ^ E G119 `]` closes nothing: delete it
            | [ } ]
            |   ^ E G119 `}` closes nothing: delete it
        "#]],
    );
    body(
        "{ a: %5, b: 1 }",
        expect![[r#"
            | { a: %5, b: 1 }
            |      ^ E G119 expected a value after `:` instead of `%`
        "#]],
    );
    body(
        "{ \"a\": 1 2 }",
        expect![[r#"
            | { "a": 1 2 }
            |          ^ E G119 expected `,` or `}` instead of `2`
        "#]],
    );
    body(
        "[\"a\": 1]",
        expect![[r#"
            | ["a": 1]
            |  ^^^ E G119 a key in a list: expected `]` before it, or `{` for an object
        "#]],
    );
    body(
        "{} , {}",
        expect![[r#"
            | {} , {}
            |    ^ E G119 no comma stands between messages: delete it
            |      ^ W G120 two values on one line are two messages: start each on its own line
        "#]],
    );
    body(
        "@@ ;; <x>\n{}",
        expect![[r#"
            | @@ ;; <x>
            | ^^ E G119 expected a value instead of `@@`: quote it if it is a text
        "#]],
    );
    body(
        "{ \"a\": \"x\"; \"b\": 1 }",
        expect![[r#"
            | { "a": "x"; "b": 1 }
            |           ^ E G119 expected `,` or `}` instead of `;`
        "#]],
    );
}

#[test]
fn words_and_numbers() {
    body(
        "{ \"a\": foo bar, \"b\": True, \"c\": undefined, \"d\": * }",
        expect![[r#"
            | { "a": foo bar, "b": True, "c": undefined, "d": * }
            |        ^^^ E G119 expected a value instead of `foo`: quote it if it is a text
            |                      ^^^^ E G119 expected a value instead of `True`: write `true`
            |                                 ^^^^^^^^^ E G119 expected a value instead of `undefined`: write `null`
            |                                                 ^ E G119 expected a value instead of `*`: quote it if it is a text
        "#]],
    );
    body(
        "{ \"a\": 1.2.3, \"b\": 01, \"c\": 1_, \"d\": -, \"e\": 1_.5, \"f\": 12ab }",
        expect![[r#"
            | { "a": 1.2.3, "b": 01, "c": 1_, "d": -, "e": 1_.5, "f": 12ab }
            |        ^^^^^ E G119 `1.2.3` is no number: quote it if it is a text
            |                    ^^ E G119 a number has no leading zeros: write `1`, or quote it
            |                             ^^ E G119 `_` stands only between digits
            |                                      ^ E G119 expected a value instead of `-`: quote it if it is a text
            |                                              ^^^^ E G119 `_` stands only between digits
            |                                                         ^^^^ E G119 `12ab` is no number: quote it if it is a text
        "#]],
    );
    body(
        "{ a-b: 1, 5: 2, x.y: 3 }",
        expect![[r#"
            | { a-b: 1, 5: 2, x.y: 3 }
            |   ^^^ E G119 this key needs quotes: write `"a-b"`
            |           ^ E G119 this key needs quotes: write `"5"`
            |                 ^^^ E G119 this key needs quotes: write `"x.y"`
        "#]],
    );
    body(
        "{ \"a\": NaN, \"b\": [-Infinity] }",
        expect![[r#"
            | { "a": NaN, "b": [-Infinity] }
            |        ^^^ H G123 read as the string "NaN": quote it
            |                   ^^^^^^^^^ H G123 read as the string "-Infinity": quote it
        "#]],
    );
    body(
        "hello",
        expect![[r#"
            | hello
            | ^^^^^ E G119 expected a value instead of `hello`: quote it if it is a text
        "#]],
    );
}

#[test]
fn templates() {
    body(
        "{ \"a\": {{ n }}, {{k}}: 1 }",
        expect![[r#"
            | { "a": {{ n }}, {{k}}: 1 }
            |        ^^^^^^^ E G122 a template stands in a string: write `"{{ n }}"`
            |                 ^^^^^ E G122 keys are not substituted: write the key itself
        "#]],
    );
    body(
        "{ {{k}} }",
        expect![[r#"
            | { {{k}} }
            |   ^^^^^ E G122 a template is no member: write `"key": "{{ name }}"`
        "#]],
    );
}

#[test]
fn doubtful_values() {
    body(
        "{} {}",
        expect![[r#"
            | {} {}
            |    ^ W G120 two values on one line are two messages: start each on its own line
        "#]],
    );
    body(
        "{\n} {\n}",
        expect![[r#"
            | } {
            |   ^ W G120 two values on one line are two messages: start each on its own line
        "#]],
    );
    body(
        "{ \"a\": 1, \"b\": { \"é\": 1, 'é': 2 }, \"a\": 3 }",
        expect![[r#"
            | { "a": 1, "b": { "é": 1, 'é': 2 }, "a": 3 }
            |   ^^^ W G121 `a` is given twice in this object, the last one counts: delete this ["\"a\"": this one counts]
            |                  ^^^ W G121 `é` is given twice in this object, the last one counts: delete this ["'é'": this one counts]
        "#]],
    );
    body(
        "[{}, {}]",
        expect![[r#"
            | [{}, {}]
            | ^ W G208 a list is one value, not a stream: write one object after another, without the list
        "#]],
    );
    silent(&request("\"text\"\n5\n[1]\n[]"));
}

#[test]
fn carriage_returns() {
    body(
        "{\r\n  \"ключ\": \"𝄞\"\r\n  \"b\":\r\n}\r",
        expect![[r#"
            |   "ключ": "𝄞"
            |           ^^^ E G119 expected `,` after this value
            |   "b":
            |      ^ E G119 expected a value after `:`
        "#]],
    );
}

#[test]
fn depth() {
    let deep = |depth: usize| request(&format!("{{\"a\": {}{}}}", "[".repeat(depth), "]".repeat(depth)));
    assert!(findings(&deep(255)).is_empty());
    let found = findings(&deep(300));
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].code, found[0].message.as_str()),
        ("G119", "deeper than 256 levels")
    );
}

/// A body cut anywhere, and a body that lacks any one character, have a fault or two.
#[test]
fn one_fault_makes_no_cascade() {
    let text = "{\n  \"name\": \"Ann, {Bob}\", // c\n  'list': [1, -2.5e3, {\"a\": {{t}}, b: null}],\n  \
                on: true, /* x */ \"s\": \"\\u00e9\\n\"\n}\n{ \"z\": [] }";
    let faults = |body: &str| {
        let found = findings(&request(body));
        found.iter().filter(|found| found.code == "G119").count()
    };
    for (at, character) in text.char_indices() {
        let (before, behind) = text.split_at(at);
        assert!(faults(before) <= 2, "{before}");
        let lacking = format!("{before}{}", &behind[character.len_utf8()..]);
        assert!(faults(&lacking) <= 2, "{lacking}");
    }
}
