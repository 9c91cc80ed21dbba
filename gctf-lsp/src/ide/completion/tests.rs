//! Completion at `$0`: the items, and the text after taking the first.

use super::super::testing::fixture;
use super::*;
use expect_test::{Expect, expect};
use std::fmt::Write as _;

/// Lists `label: type` and, for the item that `pick` names, the text around the cursor after taking it.
fn check(text: &str, pick: &str, expected: Expect) {
    let (analysis, position) = fixture(text);
    let completions = completions(&analysis, position);
    let mut out = String::new();
    let labels: Vec<_> = completions.items.iter().map(|item| item.label.as_str()).collect();
    match labels.is_empty() {
        true => writeln!(out, "nothing").unwrap(),
        false => writeln!(out, "{}", labels.join(" ")).unwrap(),
    }
    if let Some(item) = completions.items.iter().find(|item| item.label == pick) {
        let mut text = analysis.file(position.file).unwrap().source.text().to_string();
        let typed = text[item.replace.clone()].to_owned();
        text.replace_range(item.replace.clone(), &item.snippet);
        if let Some((range, comma)) = &item.extra {
            text.replace_range(range.clone(), comma);
        }
        let tail = text
            .rfind("--- REQUEST ---\n")
            .or(text.find("--- ENDPOINT ---\n"))
            .unwrap_or(0);
        writeln!(
            out,
            "{typed:?} by {:?}\n{}",
            item.filter,
            text[tail..].split_once('\n').unwrap().1.trim_end()
        )
        .unwrap();
    }
    expected.assert_eq(&out);
}

fn body(text: &str) -> String {
    format!("--- ENDPOINT ---\nshop.Orders/Create\n--- REQUEST ---\n{text}")
}

#[test]
fn endpoints() {
    check(
        "--- ENDPOINT ---\n$0\n",
        "shop.Orders/Create",
        expect![[r#"
        shop.Orders/Create shop.Orders/List shop.Stock/Count
        "" by "shop.Orders/Create"
        shop.Orders/Create
    "#]],
    );
    check(
        "--- ENDPOINT ---\nLi$0\n",
        "shop.Orders/List",
        expect![[r#"
        shop.Orders/Create shop.Orders/List shop.Stock/Count
        "Li" by "List"
        shop.Orders/List
    "#]],
    );
    check(
        "--- ENDPOINT ---\nshop.Stock/Count\n--- REQUEST ---\n{}\n--- ENDPOINT ---\nshop.Orders/Cre$0\n--- REQUEST ---\n",
        "shop.Orders/List",
        expect![[r#"
            shop.Orders/Create shop.Orders/List shop.Stock/Count
            "shop.Orders/Cre" by "shop.Orders/List"

        "#]],
    );
}

#[test]
fn keys() {
    check(
        &body("{$0}"),
        "customer_id",
        expect![[r#"
        customer_id items status gifts card cash total paid created_at ttl extra flags old
        "" by "customer_id"
        {"customer_id": "$1"}
    "#]],
    );
    check(
        &body("{ \"$0\" }"),
        "items",
        expect![[r#"
        customer_id items status gifts card cash total paid created_at ttl extra flags old
        "\"\"" by "\"items\""
        { "items": [$1] }
    "#]],
    );
    check(
        &body("{ \"sta$0 }"),
        "status",
        expect![[r#"
        customer_id items status gifts card cash total paid created_at ttl extra flags old
        "\"sta" by "\"status\""
        { "status": "${1|OPEN,CLOSED,STATUS_UNSPECIFIED|}" }
    "#]],
    );
    check(
        &body("{ sta$0 }"),
        "status",
        expect![[r#"
        customer_id items status gifts card cash total paid created_at ttl extra flags old
        "sta" by "status"
        { "status": "${1|OPEN,CLOSED,STATUS_UNSPECIFIED|}" }
    "#]],
    );
    check(
        &body("{\n  \"paid\": true$0\n}"),
        "total",
        expect![[r#"
        true false
    "#]],
    );
    check(
        &body("{\n  \"paid\": true\n  $0\n}"),
        "total",
        expect![[r#"
        customer_id items status gifts card cash total created_at ttl extra flags old
        "" by "total"
        {
          "paid": true,
          "total": "$1"
        }
    "#]],
    );
    check(
        &body("{\n  $0\n  \"paid\": true\n}"),
        "total",
        expect![[r#"
        customer_id items status gifts card cash total created_at ttl extra flags old
        "" by "total"
        {
          "total": "$1",
          "paid": true
        }
    "#]],
    );
    check(
        &body("{\"sta$0\": \"OPEN\"}"),
        "status",
        expect![[r#"
        customer_id items status gifts card cash total paid created_at ttl extra flags old
        "\"sta\"" by "\"status\""
        {"status": "OPEN"}
    "#]],
    );
    check(
        &body("{\"card\": \"x\", $0}"),
        "old",
        expect![[r#"
        customer_id items status gifts total paid created_at ttl extra flags old
        "" by "old"
        {"card": "x", "old": "$1"}
    "#]],
    );
    check(
        &body("{\"customerId\": \"x\", $0}"),
        "createdAt",
        expect![[r#"
        items status gifts card cash total paid createdAt ttl extra flags old
        "" by "createdAt"
        {"customerId": "x", "createdAt": "$1"}
    "#]],
    );
}

#[test]
fn nested_keys() {
    check(
        &body("{\"items\": [{\"name\": \"a\"}, {$0"),
        "part",
        expect![[r#"
        name count part
        "" by "part"
        {"items": [{"name": "a"}, {"part": {$1}
    "#]],
    );
    check(
        &body("{\"items\": [{\"part\": {\"part\": {\n  \"co$0\n--- RESPONSE ---\n{}"),
        "count",
        expect![[r#"
            name count part
            "\"co" by "\"count\""
            {"items": [{"part": {"part": {
              "count": $1
            --- RESPONSE ---
            {}
        "#]],
    );
    check(
        &body("{\"gifts\": {\"any\": {$0}}}"),
        "name",
        expect![[r#"
        name count part
        "" by "name"
        {"gifts": {"any": {"name": "$1"}}}
    "#]],
    );
    check(
        &body("{\"gifts\": {$0}}"),
        "",
        expect![[r#"
            nothing
        "#]],
    );
    check(
        &body("{\"flags\": {$0}}"),
        "true",
        expect![[r#"
            true false
            "" by "true"
            {"flags": {"true": "$1"}}
        "#]],
    );
    check(
        &body("{\"cash\": {$0"),
        "coin",
        expect![[r#"
        coin
        "" by "coin"
        {"cash": {"coin": "$1"
    "#]],
    );
    check(
        &body("{\"extra\": {$0}}"),
        "",
        expect![[r#"
            nothing
        "#]],
    );
    check(
        "--- ENDPOINT ---\nshop.Orders/Create\n--- REQUEST ---\n{\n--- ENDPOINT ---\nshop.Orders/List\n--- REQUEST ---\n{$0",
        "text",
        expect![[r#"
            text
            "" by "text"
            {"text": "$1"
        "#]],
    );
    check(
        "--- ENDPOINT ---\nshop.Orders/Create\n--- RESPONSE ---\n{\"order\": {\"cash\": {$0",
        "coin",
        expect![[r#"
            coin
            "" by "coin"
            shop.Orders/Create
            --- RESPONSE ---
            {"order": {"cash": {"coin": "$1"
        "#]],
    );
}

#[test]
fn values() {
    check(
        &body("{\"status\": $0}"),
        "OPEN",
        expect![[r#"
        OPEN CLOSED STATUS_UNSPECIFIED
        "" by "OPEN"
        {"status": "OPEN"}
    "#]],
    );
    check(
        &body("{\"status\": \"$0\"}"),
        "CLOSED",
        expect![[r#"
        OPEN CLOSED STATUS_UNSPECIFIED
        "\"\"" by "\"CLOSED\""
        {"status": "CLOSED"}
    "#]],
    );
    check(
        &body("{\"status\": \"OP$0EN\", \"paid\": true}"),
        "CLOSED",
        expect![[r#"
        OPEN CLOSED STATUS_UNSPECIFIED
        "\"OPEN\"" by "\"CLOSED\""
        {"status": "CLOSED", "paid": true}
    "#]],
    );
    check(
        &body("{\"status\": $0 \"paid\": true}"),
        "OPEN",
        expect![[r#"
        OPEN CLOSED STATUS_UNSPECIFIED
        "" by "OPEN"
        {"status": "OPEN", "paid": true}
    "#]],
    );
    check(
        &body("{\"paid\": t$0}"),
        "true",
        expect![[r#"
        true false
        "t" by "true"
        {"paid": true}
    "#]],
    );
    check(
        &body("{\"total\": $0}"),
        "\"0\"",
        expect![[r#"
        "0"
        "" by "\"0\""
        {"total": "${1:0}"}
    "#]],
    );
    check(
        &body("{\"items\": [$0]}"),
        "{ }",
        expect![[r#"
            { fields … } { }
            "" by "{ }"
            {"items": [{$1}]}
        "#]],
    );
    check(
        &body("{\"created_at\": $0}"),
        "",
        expect![[r#"
            now
        "#]],
    );
    check(
        "--- ENDPOINT ---\nshop.Orders/Create\n--- RESPONSE ---\n{\"status\": $0}",
        "\"*\"",
        expect![[r#"
            OPEN CLOSED STATUS_UNSPECIFIED "*"
            "" by "\"*\""
            shop.Orders/Create
            --- RESPONSE ---
            {"status": "*"}
        "#]],
    );
}

#[test]
fn nothing_where_nothing_can_stand() {
    check(
        &body("{ // $0\n}"),
        "",
        expect![[r#"
            nothing
        "#]],
    );
    check(
        &body("{\"paid\" $0}"),
        "",
        expect![[r#"
            nothing
        "#]],
    );
    check(
        &body("{\"nope\": {$0}}"),
        "",
        expect![[r#"
            nothing
        "#]],
    );
}

#[test]
fn a_missing_schema_is_wished_for() {
    let (mut analysis, position) = fixture(&body("{$0}"));
    analysis.schemas = Default::default();
    let completions = completions(&analysis, position);
    assert!(completions.incomplete && completions.items.is_empty());
    assert_eq!(completions.wants.unwrap().to_string(), "reflection at localhost:4770");
}

#[test]
fn redactions_name_fields_of_the_reply() {
    let call = |options: &str| format!("--- ENDPOINT ---\nshop.Orders/Create\n--- RESPONSE {options} ---\n{{}}\n");
    for (options, expected) in [
        ("redact=[\"$0\"]", "id status order"),
        ("redact=[\"id\", \"st$0\"]", "status order"),
        ("redact=id,$0", "status order"),
        ("redact=$0", "id status order"),
    ] {
        let (analysis, position) = fixture(&call(options));
        let items = completions(&analysis, position).items;
        let labels: Vec<_> = items.iter().map(|item| item.label.as_str()).collect();
        assert_eq!(labels.join(" "), expected, "{options}");
    }
}
