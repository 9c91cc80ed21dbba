//! The comparison table of the format reference, and what types add to it.

use super::compare::{CompareOptions, compare};
use super::tests::{body, schema};
use crate::schema::json::Defaults;
use serde_json::{Value as Json, json};

fn options(text: &str) -> CompareOptions {
    let mut options = CompareOptions::default();
    for word in text.split_whitespace() {
        match word.split_once('=') {
            None if word == "partial" => options.partial = true,
            None => options.unordered_arrays = true,
            Some(("tolerance", value)) => options.tolerance = value.parse().ok(),
            Some((_, value)) => options.redact = value.split(',').map(str::to_owned).collect(),
        }
    }
    options
}

fn check(expected: &str, actual: Json, flags: &str, found: &[&str]) {
    let message = schema().pool().get_message_by_name("t.T").unwrap();
    let mismatches = compare(&body(expected), &actual, Some(&message), &options(flags)).listed;
    let messages: Vec<_> = mismatches.iter().map(|mismatch| mismatch.report_message()).collect();
    assert_eq!(messages, found, "{expected} against {actual} with {flags:?}");
}

#[test]
fn comparison() {
    check("{\"id\": \"*\", \"n\": 0}", json!({"id": "x"}), "", &[]);
    check(
        "{\"id\": \"x\"}",
        json!({"id": "x", "n": 5}),
        "",
        &["$.n: unexpected, got 5"],
    );
    check("{\"id\": \"x\"}", json!({"id": "x", "n": 5}), "partial", &[]);
    check(
        "{\"l\": [1, 2]}",
        json!({"l": [1, 2, 3]}),
        "",
        &["$.l: expected 2 elements, got 3 elements"],
    );
    check("{\"l\": [1, 2]}", json!({"l": [1, 2, 3]}), "partial", &[]);
    check(
        "{\"l\": [1, 2, 3]}",
        json!({"l": [1, 2]}),
        "partial",
        &["$.l: expected 3 elements, got 2 elements"],
    );
    check(
        "{\"l\": [2]}",
        json!({"l": [1, 2]}),
        "partial",
        &["$.l[0]: expected 2, got 1"],
    );
    check("{\"l\": [2]}", json!({"l": [1, 2]}), "partial unordered", &[]);
    check("{\"l\": [2, 1, 2]}", json!({"l": [1, 2, 2]}), "unordered", &[]);
    check(
        "{\"l\": [2, 1, 1]}",
        json!({"l": [1, 2, 2]}),
        "unordered",
        &["$.l[2]: expected 1, got nothing"],
    );
    check(
        "{\"items\": [\"*\", {\"id\": \"a\"}]}",
        json!({"items": [{"id": "a"}, {"id": "b"}]}),
        "unordered",
        &[],
    );
    check(
        "{\"big\": \"100\", \"token\": \"a\"}",
        json!({"big": "101", "token": "b"}),
        "tolerance=1 redact=token",
        &[],
    );
    check(
        "{\"big\": 5}",
        json!({"big": "5"}),
        "",
        &["$.big: expected 5, got \"5\" (int64 is written as a string: \"5\")"],
    );
    check(
        "{\"big\": \"0\", \"kind\": \"NONE\", \"flag\": false, \"l\": [], \"inner\": {}}",
        json!({}),
        "",
        &[],
    );
    check(
        "{\"kind\": \"BIG\"}",
        json!({}),
        "",
        &["$.kind: expected \"BIG\", got nothing"],
    );
    check("{\"id\": \"*\"}", json!({}), "", &["$.id: expected \"*\", got nothing"]);
    check("{\"userId\": \"u\"}", json!({"user_id": "u"}), "", &[]);
    check(
        "{\"labels\": {\"userId\": \"u\"}}",
        json!({"labels": {"user_id": "u"}}),
        "partial",
        &["$.labels.userId: expected \"u\", got nothing"],
    );
    check(
        "{\"labels\": {\"a b\": \"u\"}}",
        json!({"labels": {"a b": "v"}}),
        "",
        &["$.labels[\"a b\"]: expected \"u\", got \"v\""],
    );
    check(
        "{\"ratio\": 0.1, \"exact\": 0.1}",
        json!({"ratio": 0.100000001, "exact": 0.1}),
        "",
        &[],
    );
    check(
        "{\"exact\": 0.1}",
        json!({"exact": 0.1001}),
        "",
        &["$.exact: expected 0.1, got 0.1001"],
    );
    check("{\"exact\": 1}", json!({"exact": 1.0}), "", &[]);
    check("{\"exact\": NaN}", json!({"exact": "NaN"}), "", &[]);
    check(
        "{\"n\": 0x10, \"exact\": 1_0.5}",
        json!({"n": 16, "exact": 10.5}),
        "",
        &[],
    );
    check("{\"id\": \"a\", \"id\": \"b\"}", json!({"id": "b"}), "", &[]);
    check(
        "{\"items\": [{\"id\": \"a\", \"token\": \"1\"}]}",
        json!({"items": [{"id": "a", "token": "2"}], "token": "x"}),
        "redact=.items[].token,.token",
        &[],
    );
    check("{\"userId\": \"a\"}", json!({"user_id": "b"}), "redact=userId", &[]);
    check(
        "{\"inner\": {\"n\": 1}}",
        json!({"inner": {"n": 2, "id": "x"}}),
        "",
        &["$.inner.n: expected 1, got 2", "$.inner.id: unexpected, got \"x\""],
    );
    check(
        "{\"extra\": {\"userId\": 1}}",
        json!({"extra": {"userId": 1.0}}),
        "",
        &[],
    );
    check(
        "{\"n\": \"5\"}",
        json!({"n": 5}),
        "",
        &["$.n: expected \"5\", got 5 (this number is written without quotes: 5)"],
    );
}

#[test]
fn comparison_by_type() {
    // float32 by rounding, also in lists, maps and wrappers, and for integers that it cannot hold.
    check("{\"ratio\": 16777217}", json!({"ratio": 16777216.0}), "", &[]);
    check("{\"ratios\": [0.100000001]}", json!({"ratios": [0.1]}), "", &[]);
    check(
        "{\"rates\": {\"a\": 0.100000001}}",
        json!({"rates": {"a": 0.1}}),
        "",
        &[],
    );
    check("{\"wrapped\": 0.100000001}", json!({"wrapped": 0.1}), "", &[]);
    check(
        "{\"exact\": 0.100000001}",
        json!({"exact": 0.1}),
        "",
        &["$.exact: expected 0.100000001, got 0.1"],
    );
    // 64-bit integers keep all their digits.
    check(
        "{\"big\": \"9007199254740993\"}",
        json!({"big": "9007199254740992"}),
        "",
        &["$.big: expected \"9007199254740993\", got \"9007199254740992\""],
    );
    check(
        "{\"big\": \"9007199254740993\"}",
        json!({"big": "9007199254740990"}),
        "tolerance=2",
        &["$.big: expected \"9007199254740993\", got \"9007199254740990\""],
    );
    check("{\"exact\": 1.1}", json!({"exact": 1.0}), "tolerance=0.1", &[]);
    check(
        "{\"exact\": 1.11}",
        json!({"exact": 1.0}),
        "tolerance=0.1",
        &["$.exact: expected 1.11, got 1.0"],
    );
    check(
        "{\"user_id\": \"5\"}",
        json!({"user_id": "6"}),
        "tolerance=1",
        &["$.user_id: expected \"5\", got \"6\""],
    );
    // JSON names that proto names do not tell, in messages only.
    check("{\"address\": \"x\"}", json!({"home": "x"}), "", &[]);
    check("{}", json!({"home": "x"}), "redact=address", &[]);
    check("{}", json!({"home": "x"}), "redact=.address", &[]);
    check(
        "{\"items\": [{\"userId\": \"a\"}, {}]}",
        json!({"items": [{"user_id": "b"}, {"user_id": "c"}]}),
        "redact=$.items[].userId",
        &[],
    );
    check(
        "{\"items\": [{}, {}]}",
        json!({"items": [{"user_id": "b"}, {"user_id": "c"}]}),
        "redact=.items[0].user_id",
        &["$.items[1].user_id: unexpected, got \"c\""],
    );
    check(
        "{\"labels\": {}}",
        json!({"labels": {"user_id": "x"}}),
        "redact=userId",
        &["$.labels.user_id: unexpected, got \"x\""],
    );
    check(
        "{\"labels\": {}}",
        json!({"labels": {"a-b": "x"}}),
        "redact=.labels[\"a-b\"]",
        &[],
    );
    check(
        "{\"token\": \"a\"}",
        json!({"token": "b"}),
        "redact=.inner.token",
        &["$.token: expected \"a\", got \"b\""],
    );
    // The type of an Any is that of the value that came.
    check(
        "{\"any\": {\"@type\": \"x/t.T\", \"userId\": \"a\", \"big\": \"0\"}}",
        json!({"any": {"@type": "x/t.T", "user_id": "a"}}),
        "",
        &[],
    );
    check(
        "{\"extra\": {\"a\": null, \"b\": \"*\"}}",
        json!({"extra": {"a": null, "b": null}}),
        "",
        &[],
    );
    check(
        "{\"items\": [{\"l\": [2, 1]}, {\"l\": [3]}]}",
        json!({"items": [{"l": [3]}, {"l": [1, 2]}]}),
        "unordered",
        &[],
    );
    check(
        "{\"items\": [{\"id\": \"*\"}, {\"id\": \"a\"}]}",
        json!({"items": [{"id": "a"}, {"id": "b"}, {"id": "c"}]}),
        "unordered partial",
        &[],
    );
}

#[test]
fn emitted_defaults_need_not_be_listed() {
    let message = schema().pool().get_message_by_name("t.T").unwrap();
    let emitted = crate::schema::json::shown(&prost_reflect::DynamicMessage::new(message.clone()), Defaults::Shown);
    let options = CompareOptions {
        defaults: Defaults::Shown,
        ..CompareOptions::default()
    };
    for (expected, passes) in [
        ("{}", true),
        ("{\"id\": \"*\", \"n\": 0, \"kind\": \"NONE\"}", true),
        ("{\"n\": 1}", false),
        ("{\"inner\": \"*\"}", false),
    ] {
        let found = compare(&body(expected), &emitted, Some(&message), &options).listed;
        assert_eq!(found.is_empty(), passes, "{expected}: {found:?}");
    }
}

#[test]
fn editors_read_the_actual_value_first() {
    let message = schema().pool().get_message_by_name("t.T").unwrap();
    let text = "{\"id\": \"a\", \"n\": 1, \"l\": [1, 2]}";
    let expected = body(text);
    let actual = json!({"id": "b", "l": [1], "note": "x"});
    let found: Vec<_> = compare(&expected, &actual, Some(&message), &CompareOptions::default())
        .listed
        .iter()
        .map(|mismatch| {
            let base = "--- ERROR ---\n".len();
            let part = &text[mismatch.range.start - base..mismatch.range.end - base];
            format!("{part} {}", mismatch.editor_message())
        })
        .collect();
    assert_eq!(
        found,
        [
            "\"a\" got \"b\", expected \"a\"",
            "1 missing, expected 1",
            "[ got 1 element, expected 2",
            "{ unexpected \"note\": \"x\"",
        ]
    );
}
