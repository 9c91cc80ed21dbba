//! META and DATASET.

use super::{check, silent, with};
use expect_test::{Expect, expect};

#[test]
fn yaml() {
    let meta_text = |text: &str| format!("--- META ---\n{text}\n{}", with(""));
    let meta = |text: &str, expected: Expect| check(&meta_text(text), expected);
    for text in [
        "name: x\nsummary: >\n  long\n  text\ntags: [a, b]\nowner: a/b\nlinks:\n  - https://x\n// comment\n",
        "",
        "# only\n",
        "tags:\nname: 5\n",
        "name: \"é𝄞\" # c\r\ntags: []\r\n",
    ] {
        silent(&meta_text(text));
    }
    meta(
        "nam: x\r\ntags: [é, b]\r\nextra: 1\r\n",
        expect![[r#"
            | nam: x
            | ^^^ E G125 META has no field `nam`; did you mean "name"?
            | extra: 1
            | ^^^^^ E G125 META has no field `extra`
        "#]],
    );
    meta(
        "tags: a\nname: [x]\nlinks: [{a: b}]\nowner: {}\n",
        expect![[r#"
            | tags: a
            |       ^ E G125 `tags` is a list of strings: write `[a, b]`
            | name: [x]
            |       ^ E G125 `name` is a string
            | links: [{a: b}]
            |        ^ E G125 `links` is a list of strings: write `[a, b]`
            | owner: {}
            |        ^ E G125 `owner` is a string
        "#]],
    );
}

#[test]
fn broken_yaml() {
    let meta_text = |text: &str| format!("--- META ---\n{text}\n{}", with(""));
    let meta = |text: &str, expected: Expect| check(&meta_text(text), expected);
    meta(
        "- a\n",
        expect![[r#"
            | - a
            | ^ E G125 META is a mapping: write `name: …`
        "#]],
    );
    meta(
        "name: [a\ntags: x\n",
        expect![[r#"
            | tags: x
            |        ^ E G125 this is no YAML: illegal placement of ':' indicator
        "#]],
    );
    meta(
        "name: \"a\nb: c\n",
        expect![[r#"
            | b: c
            |     ^ E G125 this is no YAML: unclosed quote
        "#]],
    );
    meta(
        "name: x\nname: y\n",
        expect![[r#"
            | name: y
            | ^^^^ E G125 this is no YAML: duplicate mapping key: name
        "#]],
    );
    silent(&meta_text("\tname: x\n"));
}

#[test]
fn dataset() {
    let dataset_text = |text: &str| {
        let body = "--- REQUEST ---\n{\"a\": \"{{dataset.id}}\", \"b\": \"{{ dataset.nme }}\"}";
        format!("--- DATASET ---\n{text}\n{}", with(body))
    };
    let dataset = |text: &str, expected: Expect| check(&dataset_text(text), expected);
    silent(&dataset_text("- id: 1\n  nme: x\n- id: 2\n"));
    dataset(
        "- id: 1\n  name: x\n",
        expect![[r#"
            | {"a": "{{dataset.id}}", "b": "{{ dataset.nme }}"}
            |                                  ^^^^^^^^^^^ E G224 no row has a column `nme`; did you mean "name"?
        "#]],
    );
    dataset(
        "",
        expect![[r#"
            | --- DATASET ---
            |     ^^^^^^^ E G227 DATASET has no rows, so nothing would run: write `- column: value`
        "#]],
    );
    dataset(
        "[]",
        expect![[r#"
            | --- DATASET ---
            |     ^^^^^^^ E G227 DATASET has no rows, so nothing would run: write `- column: value`
            | {"a": "{{dataset.id}}", "b": "{{ dataset.nme }}"}
            |          ^^^^^^^^^^ E G224 no row has a column `id`
            |                                  ^^^^^^^^^^^ E G224 no row has a column `nme`
        "#]],
    );
    dataset(
        "id: 1",
        expect![[r#"
            | id: 1
            | ^ E G125 DATASET is a list of rows: write `- column: value`
        "#]],
    );
    dataset(
        "- id: 1\n- 5\n",
        expect![[r#"
            | - 5
            |   ^ E G125 a row is a mapping: write `- column: value`
        "#]],
    );
    dataset(
        &"- { id: 1, nme: 2 }\n".repeat(51),
        expect![[r#"
            | --- DATASET ---
            |     ^^^^^^^ H G610 51 rows: the whole file runs once for each
        "#]],
    );
}
