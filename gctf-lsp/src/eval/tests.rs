//! The ERROR table of the format reference, and messages from JSON and back.

use super::encode::to_message;
use super::error::{Received, Strictness, match_error};
use crate::schema::Schema;
use crate::schema::json::Defaults;
use crate::status::Origin;
use crate::syntax::SourceFile;
use crate::syntax::json::Value;
use serde_json::json;

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

pub(super) fn schema() -> Schema {
    crate::ide::testing::schema(PROTO)
}

pub(super) fn body(text: &str) -> Value {
    let file = SourceFile::new(&format!("--- ERROR ---\n{text}\n"));
    let (_, document) = file.document(0).unwrap();
    document.sections()[0].values()[0].clone()
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
        ("{\"idd\": 1}", "\"idd\" t.T has no field \"idd\"; did you mean \"id\"?"),
        (
            "{\"user_id\": \"a\", \"userId\": \"b\"}",
            "\"userId\" `user_id` and `userId` are the same field: delete one",
        ),
        (
            "{\"items\": [{}, {\"inner\": {\"nn\": 1}}]}",
            "\"nn\" items[1].inner: t.T has no field \"nn\"; did you mean \"n\"?",
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
        ("{\"id\": {}}", "{} id: expected a string, got an object"),
        ("{\"inner\": [1]}", "[1] inner: expected an object (t.T), got an array"),
        ("{\"l\": 1}", "1 l: expected an array, got 1"),
        ("[]", "[] expected an object (t.T), got an array"),
    ] {
        let found = encode(text);
        assert!(found.starts_with(start), "{text}: {found}");
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
