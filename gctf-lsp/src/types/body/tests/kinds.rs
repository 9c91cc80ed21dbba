//! Kinds of fields, maps and messages that few schemas have: what is accepted, and what goes over the wire.

use super::super::{Rules, decode};
use super::{agree, body, drawn, findings};
use crate::ide::testing::schema;
use crate::schema::json::{Defaults, shown};
use prost::Message as _;
use prost_reflect::{DynamicMessage, MessageDescriptor};

fn message(proto: &str, name: &str) -> MessageDescriptor {
    schema(proto).pool().get_message_by_name(name).unwrap()
}

/// What a reply shows of the message that `text` stands for, by way of the wire.
fn round_trip(message: &MessageDescriptor, text: &str) -> serde_json::Value {
    let sent = decode(&body(text).1, message).unwrap_or_else(|fault| panic!("{text}: {fault:?}"));
    let bytes = sent.encode_to_vec();
    let received = DynamicMessage::decode(message.clone(), bytes.as_slice()).unwrap();
    shown(&received, Defaults::Omitted)
}

#[test]
fn maps_of_every_key() {
    let kinds = [
        ("int32", "-2147483648", "2147483648"),
        ("int64", "-9223372036854775808", "9223372036854775808"),
        ("uint32", "4294967295", "-1"),
        ("uint64", "18446744073709551615", "18446744073709551616"),
        ("sint32", "2147483647", "-2147483649"),
        ("sint64", "9223372036854775807", "1.5"),
        ("fixed32", "4294967295", "4294967296"),
        ("fixed64", "18446744073709551615", "-1"),
        ("sfixed32", "-2147483648", "1e3"),
        ("sfixed64", "-9223372036854775808", ""),
        ("bool", "true", "1"),
    ];
    for (kind, fits, refused) in kinds {
        let proto =
            format!("syntax = \"proto3\"; package k; message M {{ map<{kind}, M> m = 1; map<{kind}, bytes> b = 2; }}");
        let message = message(&proto, "k.M");
        let whole = |key: &str| format!("{{\"{key}\": {{\"m\": {{\"{key}\": {{}}}}}}}}");
        agree(
            &message,
            "m",
            &["{}", &whole(fits)],
            &[&whole(refused), &format!("{{\"{fits}\": null}}")],
        );
        let text = format!("{{\"m\": {}, \"b\": {{\"{fits}\": \"_-8\"}}}}", whole(fits));
        let expected = text.replace("_-8", "/+8=").replace("{\"m\": {\"k\": {}}}", "{}");
        let expected: serde_json::Value = serde_json::from_str(&expected).unwrap();
        assert_eq!(round_trip(&message, &text), expected, "{kind}");
    }
}

const OLD: &str = "syntax = \"proto2\"; package o;
    message M {
      required int32 id = 1; optional int32 preset = 2 [default = 7]; optional Color color = 3 [default = BLUE];
      repeated group Part = 4 { optional int64 size = 5; optional group Inner = 6 { required string name = 7; } }
      repeated int32 many = 8; repeated Color colors = 9 [packed = true]; optional group Sole = 10 {}
      optional M next = 11; oneof choice { string left = 12; group Right = 13 { optional bytes raw = 14; } }
      map<string, Color> by_name = 15; optional float not_set = 16; reserved 17, 20 to 30; reserved \"gone\";
      extensions 100 to 200;
    }
    extend M { optional M link = 100; repeated group Mark = 101 { optional int32 at = 1; } optional Color shade = 102; }
    enum Color { RED = 1; BLUE = 2; }";

#[test]
fn proto2() {
    let holder = message(&format!("{OLD} message Holder {{ optional M m = 1; }}"), "o.Holder");
    let accepted = [
        r#"{"id": 1, "preset": 0, "not_set": null}"#,
        r#"{"id": 0, "color": "RED", "colors": ["BLUE", 1], "many": [1, "-2"]}"#,
        r#"{"id": 1, "part": [{"size": "9223372036854775807"}, {"inner": {"name": ""}}, {}], "sole": {}}"#,
        r#"{"id": 1, "right": {"raw": "_w"}, "by_name": {"a": "BLUE"}}"#,
        r#"{"id": 1, "next": {"id": 2, "next": {"id": 3, "left": ""}}}"#,
        r#"{"id": 1, "[o.link]": {"id": 2, "[o.shade]": "RED"}, "[o.mark]": [{"at": 1}], "[o.shade]": 2}"#,
    ];
    let refused = [
        r#"{"id": 1, "color": "red"}"#,
        r#"{"id": 1, "part": {}}"#,
        r#"{"id": 1, "Part": []}"#,
        r#"{"id": 1, "sole": []}"#,
        r#"{"id": 1, "gone": 1}"#,
        r#"{"id": 1, "left": "", "right": {}}"#,
        r#"{"id": 1, "by_name": {"a": "x"}}"#,
        r#"{"id": 1, "colors": [null]}"#,
        r#"{"id": 1, "next": {"id": 2, "next": []}}"#,
        r#"{"id": 1, "[o.mark]": [{"to": 1}]}"#,
        r#"{"id": 1, "[o.shade]": "red"}"#,
        r#"{"id": 1, "link": {"id": 1}}"#,
    ];
    agree(&holder, "m", &accepted, &refused);
    for text in accepted {
        let again = round_trip(&holder, &format!("{{\"m\": {text}}}"));
        let once_more = round_trip(&holder, &again.to_string());
        assert_eq!(again, once_more, "{text}");
    }
    for (text, expected) in [
        (accepted[0], r#"{"id": 1, "preset": 0}"#),
        (
            accepted[1],
            r#"{"id": 0, "color": "RED", "many": [1, -2], "colors": ["BLUE", "RED"]}"#,
        ),
        (
            accepted[5],
            r#"{"id": 1, "[o.link]": {"id": 2, "[o.shade]": "RED"}, "[o.mark]": [{"at": 1}], "[o.shade]": "BLUE"}"#,
        ),
    ] {
        let expected: serde_json::Value = serde_json::from_str(expected).unwrap();
        assert_eq!(round_trip(&holder, &format!("{{\"m\": {text}}}"))["m"], expected);
    }
    // What only the checker looks for: required fields, and numbers that a closed enum does not have.
    for (text, expected) in [
        ("{}", "G316 E {: `id` is required: add it"),
        (r#"{"id": null}"#, "G316 E {: `id` is required: add it"),
        (
            r#"{"id": 1, "part": [{"inner": {}}]}"#,
            "G316 E {: `name` is required: add it",
        ),
        (r#"{"id": 1, "[o.link]": {}}"#, "G316 E {: `id` is required: add it"),
        (r#"{"id": 1, "color": 0}"#, "G309 E 0: o.Color has no value 0"),
        (r#"{"id": 1, "by_name": {"a": 3}}"#, "G309 E 3: o.Color has no value 3"),
        (r#"{"id": 1, "[o.shade]": 3}"#, "G309 E 3: o.Color has no value 3"),
    ] {
        let (file, found) = findings(&format!("{{\"m\": {text}}}"), &holder, Rules::SENT);
        assert_eq!(drawn(&file, &found), [expected], "{text}");
    }
}

const KNOWN: &str = "syntax = \"proto3\"; package w;
    import \"google/protobuf/any.proto\"; import \"google/protobuf/duration.proto\"; import \"google/protobuf/empty.proto\";
    import \"google/protobuf/field_mask.proto\"; import \"google/protobuf/struct.proto\";
    import \"google/protobuf/timestamp.proto\"; import \"google/protobuf/wrappers.proto\";
    message M {
      google.protobuf.DoubleValue double = 1; google.protobuf.FloatValue float = 2;
      google.protobuf.Int64Value i64 = 3; google.protobuf.UInt64Value u64 = 4;
      google.protobuf.Int32Value i32 = 5; google.protobuf.UInt32Value u32 = 6;
      google.protobuf.BoolValue flag = 7; google.protobuf.StringValue text = 8; google.protobuf.BytesValue raw = 9;
      google.protobuf.Any any = 10; repeated google.protobuf.Any anys = 11; map<string, google.protobuf.Any> by_name = 12;
      google.protobuf.Empty empty = 13; google.protobuf.FieldMask mask = 14; google.protobuf.Struct extra = 15;
      google.protobuf.Timestamp at = 16; google.protobuf.Duration span = 17; google.protobuf.ListValue list = 18;
      google.protobuf.Value free = 19; google.protobuf.NullValue none = 20; M inner = 21;
    }";

/// Types with a JSON form of their own, alone, in an Any, and as they come back from the wire.
#[test]
fn well_known_types() {
    let message = message(KNOWN, "w.M");
    let any = |name: &str, rest: &str| format!("{{\"@type\": \"type.googleapis.com/{name}\"{rest}}}");
    let nested = any(
        "google.protobuf.Any",
        &format!(", \"value\": {}", any("w.M", ", \"u32\": 1")),
    );
    for (field, accepted, refused) in [
        (
            "double",
            vec!["0.0", "\"-Infinity\"", "1e308"],
            vec!["\"x\"", "{}", "true"],
        ),
        ("float", vec!["0.0", "\"NaN\"", "0.1"], vec!["1e39"]),
        (
            "i64",
            vec!["\"0\"", "\"-9223372036854775808\""],
            vec!["9223372036854775808"],
        ),
        ("u64", vec!["\"18446744073709551615\""], vec!["-1"]),
        ("i32", vec!["0", "-2147483648"], vec!["2147483648", "1.5"]),
        ("u32", vec!["0", "4294967295"], vec!["4294967296", "-1"]),
        ("flag", vec!["false", "true"], vec!["0"]),
        ("text", vec!["\"\"", "\"é\""], vec!["1"]),
        ("raw", vec!["\"\"", "\"/+8=\""], vec!["\"A\""]),
        ("empty", vec!["{}"], vec!["[]", "{\"a\": 1}"]),
        ("mask", vec!["\"\"", "\"userId,a.b\""], vec!["[]"]),
        ("extra", vec!["{}", "{\"a\": [null, {\"b\": 1.5}]}"], vec!["[]", "\"\""]),
        ("list", vec!["[]", "[1.5, null, \"a\"]"], vec!["{}"]),
        ("free", vec!["{\"a\": null}", "\"a\"", "[true]"], vec![]),
        (
            "at",
            vec!["\"9999-12-31T23:59:59.999999999Z\""],
            vec!["\"10000-01-01T00:00:00Z\""],
        ),
        (
            "span",
            vec!["\"-315576000000s\"", "\"0.000000001s\""],
            vec!["\"-315576000001s\""],
        ),
    ] {
        agree(&message, field, &accepted, &refused);
        for value in accepted {
            let text = format!("{{\"{field}\": {value}}}");
            let expected: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert_eq!(round_trip(&message, &text), expected, "{text}");
        }
    }
    for (name, form) in [
        ("DoubleValue", "1.5"),
        ("UInt64Value", "\"5\""),
        ("StringValue", "\"a\""),
        ("BytesValue", "\"AQI=\""),
        ("Timestamp", "\"2024-01-01T00:00:00Z\""),
        ("Duration", "\"1s\""),
        ("FieldMask", "\"userId\""),
        ("Struct", "{\"a\": 1.0}"),
        ("ListValue", "[null]"),
        ("Value", "\"x\""),
        ("Any", &any("w.M", ", \"i32\": 1")),
    ] {
        let whole = any(&format!("google.protobuf.{name}"), &format!(", \"value\": {form}"));
        let beside = any(
            &format!("google.protobuf.{name}"),
            &format!(", \"value\": {form}, \"more\": 1"),
        );
        agree(&message, "any", &[&whole], &[&beside]);
        let text = format!("{{\"any\": {whole}}}");
        let expected: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(round_trip(&message, &text), expected, "{text}");
    }
    for text in [
        format!("{{\"anys\": [{nested}, {}]}}", any("w.M", ", \"inner\": {\"u32\": 2}")),
        format!(
            "{{\"by_name\": {{\"a\": {}}}}}",
            any("w.M", &format!(", \"any\": {nested}"))
        ),
    ] {
        let expected: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(round_trip(&message, &text), expected, "{text}");
    }
    let snake = any("google.protobuf.FieldMask", ", \"value\": \"user_id\"");
    let shown = round_trip(&message, &format!("{{\"any\": {snake}}}"));
    assert_eq!(shown["any"]["value"], "userId");
}

/// A key means the field of that proto name before the field of that JSON name, wherever the message stands.
#[test]
fn proto_names_come_before_json_names() {
    let message = message(
        "syntax = \"proto2\"; package j;
         message M {
           optional string user_id = 1; optional int32 number = 2 [json_name = \"user_id\"];
           optional M inner = 3; repeated M many = 4; map<string, M> by_name = 5; optional H holder = 6;
           extensions 100 to 200;
         }
         extend M { optional M link = 100; }
         message H { optional M m = 1 [json_name = \"renamed\"]; }",
        "j.M",
    );
    let whole = r#"{"user_id": "a", "number": 1}"#;
    agree(
        &message,
        "inner",
        &[whole, r#"{"userId": "b"}"#],
        &[r#"{"user_id": 1}"#, r#"{"number": "a"}"#],
    );
    let text = format!(
        r#"{{"user_id": "a", "inner": {whole}, "many": [{whole}], "by_name": {{"user_id": {whole}}},
            "holder": {{"m": {whole}}}, "[j.link]": {whole}}}"#
    );
    let expected: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(round_trip(&message, &text), expected);
    let read = crate::schema::json::read(&expected, &message).unwrap();
    assert_eq!(shown(&read, Defaults::Omitted), expected);
}

/// A message in itself as often as a body may be deep.
#[test]
fn recursive_messages() {
    let message = message(
        "syntax = \"proto3\"; package r; message M { M m = 1; repeated M n = 2; int32 i = 3; }",
        "r.M",
    );
    let mut text = "{\"i\": 1}".to_owned();
    for _ in 0..45 {
        text = format!("{{\"m\": {text}, \"n\": [{{}}]}}");
    }
    let expected: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(round_trip(&message, &text), expected);
    agree(&message, "m", &[&text], &[&text.replace("1", "\"x\"")]);
}
