//! Where skeletons go, and what they leave as it is.

use super::super::{fill_request, insert_missing, refactorings};
use super::OLD;
use crate::ide::testing::{FILE, fixture, fixture_of};
use crate::ide::{Analysis, FilePosition};
use expect_test::{Expect, expect};

/// The titles at `$0`, and the text after the one that `pick` names.
fn offers(text: &str, pick: &str) -> String {
    let (analysis, position) = fixture(text);
    applied(&analysis, position, pick)
}

fn applied(analysis: &Analysis, position: FilePosition, pick: &str) -> String {
    let found = refactorings(analysis, position);
    let text = analysis.file(FILE).unwrap().source.text().to_string();
    let titles: Vec<_> = found.iter().map(|found| found.title).collect();
    let picked = found.iter().find(|found| found.title == pick);
    let after = picked.map_or(String::new(), |found| crate::text::apply(&text, &found.edits));
    format!("{}\n{after}", titles.join(", "))
}

fn check_offer(text: &str, pick: &str, expected: Expect) {
    expected.assert_eq(&offers(text, pick));
}

const LIST: &str = "--- ENDPOINT ---\nshop.Orders/List\n";

#[test]
fn an_empty_request_is_filled() {
    let fill = "Fill request skeleton";
    let body = "{\n  \"text\": \"\"\n}";
    for (before, after) in [
        ("--- REQUEST ---$0", format!("--- REQUEST ---\n{body}\n")),
        ("--- REQUEST ---\n$0", format!("--- REQUEST ---\n{body}\n")),
        ("--- REQUEST ---\n{$0}\n", format!("--- REQUEST ---\n{body}\n")),
        (
            "--- REQUEST ---\n\n--- RESPONSE ---\n$0{}\n",
            format!("--- REQUEST ---\n{body}\n\n--- RESPONSE ---\n{{}}\n"),
        ),
        (
            "--- REQUEST ---\n--- RESPONSE ---\n$0{}\n",
            format!("--- REQUEST ---\n{body}\n\n--- RESPONSE ---\n{{}}\n"),
        ),
        (
            "--- REQUEST ---\n# why\n\n# above\n--- RESPONSE ---\n$0{}\n",
            format!("--- REQUEST ---\n{body}\n\n# why\n\n# above\n--- RESPONSE ---\n{{}}\n"),
        ),
        (
            "--- REQUEST ---\n{\n  // why\n}$0\n",
            "--- REQUEST ---\n{\n  // why\n  \"text\": \"\"\n}\n".to_owned(),
        ),
        (
            "--- RESPONSE ---\n$0{}\n",
            format!("\n--- REQUEST ---\n{body}\n--- RESPONSE ---\n{{}}\n"),
        ),
        ("$0", format!("\n--- REQUEST ---\n{body}\n")),
    ] {
        let (titles, text) = offers(&format!("{LIST}{before}"), fill)
            .split_once('\n')
            .map(|(titles, text)| (titles.to_owned(), text.to_owned()))
            .unwrap();
        assert!(titles.starts_with(fill), "{before}: {titles}");
        assert_eq!(text, format!("{LIST}{after}"), "{before}");
    }
    let crlf = offers(&format!("{LIST}--- REQUEST ---\n$0").replace('\n', "\r\n"), fill);
    assert!(crlf.ends_with("{\r\n  \"text\": \"\"\r\n}\r\n"), "{crlf:?}");
    for full in [
        "--- REQUEST ---\n{\"text\": $0",
        "--- REQUEST ---\n[]$0",
        "--- REQUEST ---\nx$0",
        "--- REQUEST ---\n{} {}$0",
    ] {
        assert!(!offers(&format!("{LIST}{full}"), fill).contains(fill), "{full}");
    }
    let (analysis, position) = fixture_of(OLD, "--- ENDPOINT ---\nt.S/No\n$0");
    assert_eq!(applied(&analysis, position, fill), "\n");
    let (analysis, position) = fixture_of(OLD, "--- ENDPOINT ---\nt.S/Wrap\n--- REQUEST ---\n$0");
    assert!(applied(&analysis, position, fill).ends_with("--- REQUEST ---\n\"\"\n"));
}

#[test]
fn missing_fields_are_inserted_and_the_rest_is_kept() {
    check_offer(
        "--- ENDPOINT ---\nshop.Orders/Create\n--- REQUEST ---\n{ \"customerId\": 'a', // who\n  \"paid\": true, \"total\": 1_000, \"extra\": {}, \"items\": [{\"part\": {$0} }], # all\n  \"card\": null}\n",
        "Expand this message",
        expect![[r#"
            Expand this message
            --- ENDPOINT ---
            shop.Orders/Create
            --- REQUEST ---
            { "customerId": 'a', // who
              "paid": true, "total": 1_000, "extra": {}, "items": [{"part": {
                "name": "",
                "count": 0,
                "part": {}
              } }], # all
              "card": null}
        "#]],
    );
    check_offer(
        "--- ENDPOINT ---\nshop.Orders/Create\n--- REQUEST ---\n{ \"customerId\": 'a', // who\n  \"paid\": true, \"total\": 1_000, $0\"extra\": {}, # all\n  \"card\": null}\n",
        "Insert missing fields",
        expect![[r#"
            Insert missing fields
            --- ENDPOINT ---
            shop.Orders/Create
            --- REQUEST ---
            {
              "customerId": 'a', // who
              "items": [
                {
                  "name": "",
                  "count": 0,
                  "part": {}
                }
              ],
              "status": "OPEN",
              "gifts": {
                "key": {
                  "name": "",
                  "count": 0,
                  "part": {}
                }
              },
              "cash": {
                "coin": ""
              },
              "paid": true,
              "total": 1_000,
              "extra": {}, # all
              "card": null,
              "createdAt": "1970-01-01T00:00:00Z",
              "ttl": "30s",
              "flags": {
                "true": ""
              }
            }
        "#]],
    );
    check_offer(
        "--- ENDPOINT ---\nshop.Orders/Create\n--- RESPONSE ---\n{\n  \"order\": {\n    \"items\": [\n      {\"name\": \"*\"$0, /* any */}\n    ]\n  }\n}\n",
        "Insert missing fields",
        expect![[r#"
            Fill request skeleton, Insert missing fields
            --- ENDPOINT ---
            shop.Orders/Create
            --- RESPONSE ---
            {
              "order": {
                "items": [
                  {
                    "name": "*", /* any */
                    "count": 0,
                    "part": {}
                  }
                ]
              }
            }
        "#]],
    );
    check_offer(
        "--- ENDPOINT ---\nshop.Orders/Create\n--- ERROR ---\n{\"code\": 3, \"details\": [{\"@type\": \"type.googleapis.com/google.rpc.BadRequest\"$0}]}\n",
        "Insert missing fields",
        expect![[r#"
            Fill request skeleton, Insert missing fields
            --- ENDPOINT ---
            shop.Orders/Create
            --- ERROR ---
            {"code": 3, "details": [{
              "@type": "type.googleapis.com/google.rpc.BadRequest",
              "field_violations": [
                {
                  "field": "",
                  "description": "",
                  "reason": "",
                  "localized_message": {
                    "locale": "",
                    "message": ""
                  }
                }
              ]
            }]}
        "#]],
    );
}

#[test]
fn nothing_is_inserted_where_nothing_is_known() {
    for body in [
        "{\"gifts\": {$0}}",
        "{\"extra\": {$0}}",
        "{\"nope\": {$0}}",
        "{\"items\": [$0]}",
        "{\"cash\": {\"coin\": \"\"$0}}",
        "{\"cash\": {$0",
        "{\"items\": [{\"name\": $0}]}",
        "{\"items\": [{\"name\": x$0}]}",
    ] {
        let text = format!("--- ENDPOINT ---\nshop.Orders/Create\n--- REQUEST ---\n{body}\n");
        assert_eq!(offers(&text, ""), "\n", "{body}");
    }
}

#[test]
fn commands_say_why_not() {
    let fails = |text: &str| {
        let (analysis, position) = fixture(text);
        let fill = fill_request(&analysis, position).unwrap_err();
        let insert = insert_missing(&analysis, position).unwrap_err();
        format!("{fill} | {insert}")
    };
    assert_eq!(
        fails("--- ENDPOINT ---\nshop.Orders/Nope\n--- REQUEST ---\n{$0}"),
        "ENDPOINT names no method of the schema | ENDPOINT names no method of the schema"
    );
    assert_eq!(
        fails("--- ENDPOINT ---\nshop.Orders/List\n--- REQUEST ---\n{\"text\": \"\"$0}"),
        "no REQUEST of the document is empty | no field is missing, or the body has a fault"
    );
    let (mut analysis, position) = fixture("--- ENDPOINT ---\nshop.Orders/List\n$0");
    analysis.schemas = Default::default();
    assert_eq!(
        fill_request(&analysis, position).unwrap_err(),
        "the schema is not loaded yet: try again"
    );
}

#[test]
fn missing_fields_go_where_the_schema_has_them() {
    const PROTO: &str = "syntax = \"proto3\"; package t; service S { rpc Go(M) returns (M); }
        message M { int32 a = 1; int32 b = 2; int32 c = 3; int32 d = 4; }";
    let inserted = |body: &str| {
        let text = format!("--- ENDPOINT ---\nt.S/Go\n--- REQUEST ---\n{body}\n");
        let (analysis, _) = fixture_of(PROTO, &text);
        let position = FilePosition {
            file: FILE,
            offset: text.len() - body.len(),
        };
        let after = applied(&analysis, position, "Insert missing fields");
        after.split_once("--- REQUEST ---\n").unwrap().1.to_owned()
    };
    let lines = |lines: &str| {
        let head = if lines.starts_with('{') { "" } else { "{\n  " };
        format!("{head}{}\n}}\n", lines.replace(" | ", "\n  "))
    };
    for (body, expected) in [
        ("{\"b\": 1}", "\"a\": 0, | \"b\": 1, | \"c\": 0, | \"d\": 0"),
        ("{\"a\": 1, \"d\": 2}", "\"a\": 1, | \"b\": 0, | \"c\": 0, | \"d\": 2"),
        // Members out of order have the fewest others on the wrong side.
        ("{\"d\": 1, \"c\": 2}", "\"a\": 0, | \"b\": 0, | \"d\": 1, | \"c\": 2"),
        (
            "{\"c\": 1, \"b\": 2, \"a\": 3}",
            "\"c\": 1, | \"b\": 2, | \"a\": 3, | \"d\": 0",
        ),
        // Comments stay with what they speak of.
        (
            "{ // all\n  // above b\n  \"b\": 1, // behind b\n  # above d\n  \"d\": 2 /* behind d */\n  // end\n}",
            "{ // all | \"a\": 0, | // above b | \"b\": 1, // behind b | \"c\": 0, | # above d | \"d\": 2 /* behind d */ | // end",
        ),
        (
            "{\"a\": 1, /* before d */ \"d\": 2}",
            "\"a\": 1, | \"b\": 0, | \"c\": 0, | /* before d */ \"d\": 2",
        ),
        // Commas that are there, and that are not.
        (
            "{\"a\": 1\n, \"d\": 2,}",
            "\"a\": 1, | \"b\": 0, | \"c\": 0, | \"d\": 2,",
        ),
        (
            "{\"b\": 1 // b\n \"d\": 2}",
            "\"a\": 0, | \"b\": 1, // b | \"c\": 0, | \"d\": 2",
        ),
        // What is no field stays where it is.
        (
            "{\"x\": 1, \"c\": 2}",
            "\"x\": 1, | \"a\": 0, | \"b\": 0, | \"c\": 2, | \"d\": 0",
        ),
    ] {
        assert_eq!(inserted(body), lines(expected), "{body}");
    }
}
