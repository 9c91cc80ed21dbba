//! The comparison and ERROR tables of the format reference.

use super::compare::{CompareOptions, compare};
use super::encode::to_message;
use super::error::{Received, Strictness, match_error};
use crate::schema::Schema;
use crate::schema::json::Defaults;
use crate::status::Origin;
use crate::syntax::SourceFile;
use crate::syntax::json::Value;
use serde_json::{Value as Json, json};

const PROTO: &str = r#"
syntax = "proto3";
package t;
import "google/protobuf/any.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
service S { rpc M(T) returns (T); }
message T {
  string id = 1;
  int32 n = 2;
  repeated int32 l = 3;
  int64 big = 4;
  string token = 5;
  float ratio = 6;
  double exact = 7;
  T inner = 8;
  repeated T items = 9;
  map<string, string> labels = 10;
  Kind kind = 11;
  string user_id = 12;
  bool flag = 13;
  google.protobuf.Struct extra = 14;
  repeated float ratios = 15;
  map<string, float> rates = 16;
  google.protobuf.FloatValue wrapped = 17;
  string home = 18 [json_name = "address"];
  google.protobuf.Any any = 19;
  bytes bytes = 20;
  google.protobuf.Timestamp at = 21;
  google.protobuf.Duration span = 22;
  map<int64, int64> counts = 23;
  optional int32 maybe = 24;
}
enum Kind { NONE = 0; BIG = 1; }
"#;

fn schema() -> Schema {
    crate::ide::testing::schema(PROTO)
}

fn body(text: &str) -> Value {
    let file = SourceFile::new(&format!("--- ERROR ---\n{text}\n"));
    let (_, document) = file.document(0).unwrap();
    document.sections()[0].values()[0].clone()
}

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
    let mismatches = compare(&body(expected), &actual, Some(&message), &options(flags));
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
        let found = compare(&body(expected), &emitted, Some(&message), &options);
        assert_eq!(found.is_empty(), passes, "{expected}: {found:?}");
    }
}

#[test]
fn messages_are_shown_exactly() {
    for (text, shown) in [
        (
            "{\"ratio\": 0.1, \"ratios\": [0.3], \"exact\": 1e300, \"wrapped\": 0.7}",
            "{\"ratio\":0.1,\"exact\":1e+300,\"ratios\":[0.3],\"wrapped\":0.7}",
        ),
        (
            "{\"ratio\": \"NaN\", \"exact\": -Infinity}",
            "{\"ratio\":\"NaN\",\"exact\":\"-Infinity\"}",
        ),
        ("{\"kind\": 7}", "{\"kind\":7}"),
        ("{\"maybe\": 0, \"n\": 0}", "{\"maybe\":0}"),
        (
            "{\"any\": {\"@type\": \"x/t.T\", \"userId\": \"a\"}}",
            "{\"any\":{\"@type\":\"x/t.T\",\"user_id\":\"a\"}}",
        ),
        ("{\"bytes\": \"_-8\"}", "{\"bytes\":\"/+8=\"}"),
        (
            "{\"at\": \"2024-01-01T01:00:00.5+01:00\"}",
            "{\"at\":\"2024-01-01T00:00:00.500Z\"}",
        ),
        ("{\"span\": \"1.5s\"}", "{\"span\":\"1.500s\"}"),
        (
            "{\"counts\": {\"9007199254740993\": \"9007199254740993\"}}",
            "{\"counts\":{\"9007199254740993\":\"9007199254740993\"}}",
        ),
    ] {
        assert_eq!(encode(text), shown, "{text}");
    }
    let pool = schema().pool().clone();
    let any = pool.get_message_by_name("google.protobuf.Any").unwrap();
    let mut unknown = prost_reflect::DynamicMessage::new(any);
    unknown.set_field_by_name("type_url", prost_reflect::Value::String("x/no.Such".to_owned()));
    unknown.set_field_by_name("value", prost_reflect::Value::Bytes(vec![1, 2].into()));
    let shown = crate::schema::json::shown(&unknown, Defaults::Omitted);
    assert_eq!(shown, json!({"@type": "x/no.Such", "value": "AQI="}));
}

#[test]
fn editors_read_the_actual_value_first() {
    let message = schema().pool().get_message_by_name("t.T").unwrap();
    let text = "{\"id\": \"a\", \"n\": 1, \"l\": [1, 2]}";
    let expected = body(text);
    let actual = json!({"id": "b", "l": [1], "note": "x"});
    let found: Vec<_> = compare(&expected, &actual, Some(&message), &CompareOptions::default())
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

fn error(expected: &str, code: i32, origin: Origin, strictness: Strictness) -> Vec<String> {
    let received = Received {
        code,
        message: "no user 9".to_owned(),
        details: vec![json!({"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "R"})],
        types: Vec::new(),
        origin,
    };
    let found = match_error(&body(expected), &received, strictness);
    found.iter().map(|mismatch| mismatch.report_message()).collect()
}

#[test]
fn errors() {
    use Origin::{Deadline, Local, Server, Unreachable};
    use Strictness::{Exact, Partial};
    let details = "\"details\": [{\"reason\": \"R\"}]";
    for (expected, code, origin, strictness, passes) in [
        (
            format!("{{\"code\": 5, \"message\": \"no user 9\", {details}}}"),
            5,
            Server,
            Exact,
            true,
        ),
        (
            format!("{{\"code\": \"not_found\", \"message\": \"*\", {details}}}"),
            5,
            Server,
            Exact,
            true,
        ),
        ("\"no user 9\"".to_owned(), 5, Server, Exact, true),
        ("no_user".to_owned(), 5, Server, Exact, false),
        ("NOT_FOUND".to_owned(), 5, Server, Exact, true),
        ("UNAVAILABLE".to_owned(), 14, Unreachable, Exact, false),
        (
            "{\"details\": [{}, {\"reason\": \"R\"}]}".to_owned(),
            5,
            Server,
            Partial,
            false,
        ),
        ("{\"code\": 5}".to_owned(), 5, Server, Exact, false),
        ("{\"code\": 5}".to_owned(), 5, Server, Partial, true),
        ("{\"code\": 6}".to_owned(), 5, Server, Partial, false),
        (
            "{\"code\": 5, \"message\": \"no user\"}".to_owned(),
            5,
            Server,
            Partial,
            false,
        ),
        ("{}".to_owned(), 5, Server, Partial, true),
        ("{}".to_owned(), 14, Unreachable, Partial, false),
        ("{\"code\": 14}".to_owned(), 14, Unreachable, Exact, true),
        ("{\"code\": \"DEADLINE_EXCEEDED\"}".to_owned(), 4, Deadline, Exact, true),
        ("{\"message\": \"*\"}".to_owned(), 4, Deadline, Partial, false),
        ("{\"details\": []}".to_owned(), 5, Server, Partial, true),
        (
            "{\"details\": [{\"reason\": \"X\"}]}".to_owned(),
            5,
            Server,
            Partial,
            false,
        ),
    ] {
        let found = error(&expected, code, origin, strictness);
        assert_eq!(
            found.is_empty(),
            passes,
            "{expected} {origin:?} {strictness:?}: {found:?}"
        );
    }
    assert!(
        error("{\"code\": 14}", 14, Local, Exact).is_empty(),
        "refused by the caller, not here"
    );
}

fn encode(text: &str) -> String {
    let message = schema().pool().get_message_by_name("t.T").unwrap();
    let base = "--- ERROR ---\n".len();
    match to_message(&body(text), &message) {
        Ok(message) => crate::schema::json::shown(&message, Defaults::Omitted).to_string(),
        Err(error) => format!(
            "{} {}",
            &text[error.range.start - base..error.range.end - base],
            error.message
        ),
    }
}

#[test]
fn encoding() {
    for (text, expected) in [
        ("{userId: 'a', n: 0x10}", "{\"n\":16,\"user_id\":\"a\"}"),
        ("{\"big\": 9007199254740993}", "{\"big\":\"9007199254740993\"}"),
        ("{\"big\": \"9007199254740993\"}", "{\"big\":\"9007199254740993\"}"),
        ("{\"ratio\": 0.1, \"exact\": 1e2}", "{\"ratio\":0.1,\"exact\":100.0}"),
        ("{\"kind\": \"BIG\"}", "{\"kind\":\"BIG\"}"),
        ("{\"kind\": 1}", "{\"kind\":\"BIG\"}"),
        ("{\"id\": null}", "{}"),
        ("{\"extra\": {\"a\": [1, null]}}", "{\"extra\":{\"a\":[1.0,null]}}"),
        (
            "{\"idd\": 1}",
            "\"idd\" unknown field \"idd\" of t.T; did you mean \"id\"?",
        ),
        (
            "{\"user_id\": \"a\", \"userId\": \"b\"}",
            "\"userId\" \"user_id\" and \"userId\" are the same field: delete one",
        ),
        (
            "{\"items\": [{}, {\"inner\": {\"nn\": 1}}]}",
            "\"nn\" unknown field \"nn\" of t.T; did you mean \"n\"?",
        ),
    ] {
        assert_eq!(encode(text), expected, "{text}");
    }
    for (text, start) in [
        ("{\"n\": \"abc\"}", "\"abc\" n: expected a whole number, got \"abc\""),
        ("{\"n\": 1.5}", "1.5 n: expected a whole number, got 1.5"),
        ("{\"n\": 99999999999}", "99999999999 n: "),
        ("{\"l\": [1, true]}", "true l[1]: "),
        (
            "{\"kind\": \"BGI\"}",
            "\"BGI\" kind: t.Kind has no value \"BGI\"; did you mean \"BIG\"?",
        ),
        (
            "{\"items\": [{\"flag\": 1}]}",
            "1 items[0].flag: expected true or false, got 1",
        ),
        ("{\"id\": {}}", "{} id: expected a string, got {}"),
        ("{\"inner\": [1]}", "[1] inner: expected an object (t.T), got [1]"),
        ("{\"l\": 1}", "1 l: expected an array, got 1"),
        ("[]", "[] expected an object (t.T), got []"),
    ] {
        let found = encode(text);
        assert!(found.starts_with(start), "{text}: {found}");
    }
}
