//! Messages that are sent: the checker accepts what the decoder accepts.

use super::super::Rules;
use super::{agree, drawn, findings, message};
use crate::ide::testing::schema;

/// Every kind of field with what it takes (`ok`) and what it refuses, for the checker and for the decoder.
#[test]
fn checker_and_decoder_agree() {
    let message = message();
    for (field, accepted, refused) in [
        (
            "s",
            vec!["\"\"", "\"é\"", "null", "NaN", "'a'"],
            vec!["1", "true", "[]", "{}"],
        ),
        ("b", vec!["true", "false", "null"], vec!["\"true\"", "0", "[]"]),
        (
            "raw",
            vec!["\"\"", "\"AQI=\"", "\"AQI\"", "\"_-8\"", "\"/+8=\""],
            vec!["\"A\"", "\"é\"", "1", "[1]", "\"_+8=\""],
        ),
        (
            "i32",
            vec![
                "0",
                "-0",
                "1e2",
                "\"5\"",
                "\"-5\"",
                "0x10",
                "+5",
                "1_000",
                "-2147483648",
                "2147483647",
                "5.0",
            ],
            vec![
                "2147483648",
                "-2147483649",
                "1.5",
                "\"1.5\"",
                "\"a\"",
                "\"\"",
                "\" 5\"",
                "true",
                "NaN",
                "1e20",
                "\"1e2\"",
            ],
        ),
        ("si32", vec!["-1"], vec!["9999999999"]),
        ("sf32", vec!["-1"], vec!["9999999999"]),
        (
            "u32",
            vec!["0", "4294967295", "\"1\""],
            vec!["-1", "4294967296", "\"-1\""],
        ),
        ("f32", vec!["4294967295"], vec!["-1"]),
        (
            "i64",
            vec![
                "9223372036854775807",
                "\"-9223372036854775808\"",
                "9007199254740993",
                "1e3",
            ],
            vec!["9223372036854775808", "\"9223372036854775808\"", "1.5", "{}", "\"x\""],
        ),
        ("si64", vec!["-1"], vec!["1e30"]),
        ("sf64", vec!["-1"], vec!["[]"]),
        (
            "u64",
            vec!["18446744073709551615", "\"18446744073709551615\""],
            vec!["-1", "18446744073709551616"],
        ),
        ("f64", vec!["1"], vec!["-1"]),
        (
            "real",
            vec![
                "0.1",
                "\"0.1\"",
                "NaN",
                "\"NaN\"",
                "\"-Infinity\"",
                "-Infinity",
                "1e-300",
                "\"1e2\"",
                "3",
            ],
            vec!["1e39", "\"a\"", "true", "\"\"", "[]"],
        ),
        ("wide", vec!["1e308", "\"Infinity\""], vec!["\"one\"", "{}"]),
        (
            "kind",
            vec!["\"BIG\"", "\"LARGE\"", "1", "0", "1.0", "null"],
            vec!["\"big\"", "\"1\"", "1.5", "true", "99999999999", "[]"],
        ),
        (
            "inner",
            vec!["{}", "null", "{\"s\": \"a\"}"],
            vec!["[]", "\"\"", "1", "{\"nope\": 1}", "{\"s\": 1}"],
        ),
        (
            "many",
            vec!["[]", "null", "[{}, {\"i32\": 1}]"],
            vec!["{}", "[null]", "[1]", "[{\"i32\": \"x\"}]"],
        ),
        ("numbers", vec!["[1, \"2\"]"], vec!["1", "[true]", "[null]"]),
        ("kinds", vec!["[\"BIG\", 2]"], vec!["[\"NOPE\"]", "[null]"]),
        (
            "labels",
            vec!["{}", "{\"a\": \"b\"}", "null"],
            vec!["[]", "{\"a\": 1}", "{\"a\": null}"],
        ),
        (
            "by_id",
            vec!["{\"1\": {}}", "{\"-1\": {\"s\": \"a\"}}", "{1: {}}"],
            vec!["{\"a\": {}}", "{\"1\": 1}", "{\"1.0\": {}}"],
        ),
        (
            "by_flag",
            vec!["{\"true\": 1, \"false\": \"2\"}"],
            vec!["{\"yes\": 1}", "{\"TRUE\": 1}"],
        ),
        (
            "by_big",
            vec!["{\"18446744073709551615\": \"BIG\"}"],
            vec!["{\"-1\": \"BIG\"}", "{\"1\": \"big\"}"],
        ),
        (
            "at",
            vec![
                "\"2024-01-01T00:00:00Z\"",
                "\"2024-01-01T00:00:00.123456789+02:00\"",
                "\"0001-01-01T00:00:00Z\"",
                "\"9999-12-31T23:59:59Z\"",
            ],
            vec![
                "\"2024-01-01\"",
                "\"2024-13-01T00:00:00Z\"",
                "1",
                "{\"seconds\": 1}",
                "\"\"",
                "\"2024-01-01 00:00:00Z\"",
                "\"0000-01-01T00:00:00Z\"",
            ],
        ),
        (
            "span",
            vec!["\"1s\"", "\"-1.5s\"", "\"315576000000s\"", "\"0.000000001s\""],
            vec!["\"1\"", "1", "\"1m\"", "\"315576000001s\"", "{\"seconds\": 1}"],
        ),
        (
            "mask",
            vec!["\"\"", "\"a,b.c\"", "\"userId\"", "\"user_id,a.b_c\""],
            vec!["[]", "1", "\"a_3\""],
        ),
        (
            "extra",
            vec!["{}", "{\"a\": [null, {\"b\": 1}]}"],
            vec!["[]", "1", "\"\""],
        ),
        ("free", vec!["null", "1", "\"a\"", "[1, {}]", "{\"a\": null}"], vec![]),
        ("frees", vec!["[null, 1]"], vec!["1"]),
        ("list", vec!["[]", "[1, null]"], vec!["{}", "1"]),
        (
            "any",
            vec![
                "{\"@type\": \"x/t.M\", \"s\": \"a\"}",
                "{\"@type\": \"x/google.protobuf.Duration\", \"value\": \"1s\"}",
                "null",
            ],
            vec![
                "{}",
                "{\"@type\": \"t.M\"}",
                "{\"@type\": 1}",
                "{\"@type\": \"x/t.M\", \"nope\": 1}",
                "{\"@type\": \"x/t.M\", \"s\": 1}",
                "{\"@type\": \"x/google.protobuf.Duration\", \"value\": 1}",
                "{\"@type\": \"x/google.protobuf.Duration\", \"value\": \"1s\", \"a\": 1}",
                "[]",
            ],
        ),
        ("empty", vec!["{}", "null"], vec!["{\"a\": 1}", "[]", "1"]),
        ("text", vec!["\"a\"", "null"], vec!["1", "{\"value\": \"a\"}"]),
        ("long", vec!["\"5\"", "5"], vec!["\"a\"", "{}"]),
        ("flag", vec!["true"], vec!["\"true\"", "1"]),
        ("bytes_value", vec!["\"AQI\""], vec!["1", "\"A\""]),
        ("float_value", vec!["1.5"], vec!["\"x\""]),
        ("nothing", vec!["null", "\"NULL_VALUE\""], vec!["1", "\"NULL\""]),
        ("maybe", vec!["0", "null"], vec!["\"x\""]),
        ("userId", vec!["\"a\""], vec!["1"]),
        ("address", vec!["\"a\""], vec!["1"]),
        ("times", vec!["[\"2024-01-01T00:00:00Z\"]"], vec!["[1]", "[null]"]),
        ("values", vec!["{\"a\": null}"], vec!["[]"]),
        ("texts", vec!["[\"a\"]"], vec!["[null]", "[1]"]),
    ] {
        agree(&message, field, &accepted, &refused);
    }
}

/// What is said, where, and how it is cured.
#[test]
fn words() {
    let message = message();
    for (text, expected) in [
        (
            "{\"usr_id\": \"a\"}",
            vec![
                "G307 E \"usr_id\": t.M has no field \"usr_id\"; did you mean \"user_id\"? [Change to \"user_id\" -> \"user_id\"]",
            ],
        ),
        (
            "{userID_: 'a', address: 'b'}",
            vec![
                "G307 E userID_: t.M has no field \"userID_\"; did you mean \"userId\"? [Change to \"userId\" -> userId]",
            ],
        ),
        (
            "{\"completely\": 1}",
            vec!["G307 E \"completely\": t.M has no field \"completely\""],
        ),
        (
            "{\"s\": 5}",
            vec!["G308 E 5: expected a string, got 5 [Write as a string -> \"5\"]"],
        ),
        (
            "{\"b\": \"true\"}",
            vec!["G308 E \"true\": expected true or false, got \"true\" [Change to true -> true]"],
        ),
        (
            "{\"many\": {\"s\": 1}}",
            vec!["G308 E {\"s\": 1}: expected an array, got an object"],
        ),
        (
            "{\"kind\": \"BGI\"}",
            vec!["G309 E \"BGI\": t.Kind has no value \"BGI\"; did you mean \"BIG\"? [Change to \"BIG\" -> \"BIG\"]"],
        ),
        (
            "{\"kind\": \"X\"}",
            vec!["G309 E \"X\": t.Kind has no value \"X\": it has NONE, BIG, LARGE, SMALL"],
        ),
        ("{\"kind\": 7}", vec!["G309 W 7: t.Kind has no value 7"]),
        (
            "{\"i32\": 2147483648}",
            vec!["G310 E 2147483648: 2147483648 is out of range: -2147483648 to 2147483647"],
        ),
        ("{\"i32\": 1.5}", vec!["G310 E 1.5: expected a whole number, got 1.5"]),
        (
            "{\"at\": {\"seconds\": 1, \"nanos\": 5000000}}",
            vec![
                "G308 E {\"seconds\": 1, \"nanos\": 5000000}: expected a time such as \"2024-01-31T12:00:00Z\", got an object [Change to \"1970-01-01T00:00:01.005Z\" -> \"1970-01-01T00:00:01.005Z\"]",
            ],
        ),
        (
            "{\"span\": {\"seconds\": \"90\"}}",
            vec![
                "G308 E {\"seconds\": \"90\"}: expected seconds such as \"1.5s\", got an object [Change to \"90s\" -> \"90s\"]",
            ],
        ),
        (
            "{\"card\": \"a\", \"cash\": 0}",
            vec![
                "G311 E \"cash\": only one of oneof `choice` can be set, and `card` is: delete one [Remove \"cash\" -> without \"cash\": 0] [Keep \"cash\" of oneof choice -> without \"card\": \"a\"]",
            ],
        ),
        ("{\"card\": null, \"cash\": 1}", vec![]),
        (
            "{\"user_id\": \"a\", \"userId\": \"b\"}",
            vec![
                "G312 E \"userId\": `user_id` and `userId` are the same field: delete one [Remove \"userId\" -> without \"userId\": \"b\"]",
            ],
        ),
        (
            "{\"any\": {\"@type\": \"x/t.Gone\", \"a\": 1}}",
            vec!["G317 W \"x/t.Gone\": the schema has no type `t.Gone`: its fields are not checked"],
        ),
        ("{\"old\": \"a\"}", vec!["G318 H \"old\": `old` is deprecated"]),
        (
            "{\"by_id\": {\"é\": {\"i32\": true}}}",
            vec![
                "G319 E \"é\": a key of this map is a whole number in quotes, not \"é\"",
                "G308 E true: expected a whole number, got true",
            ],
        ),
        (
            "{\"many\": [null]}",
            vec!["G320 E null: null is no value of a list or a map: delete it, or write a value"],
        ),
        // What nobody can know.
        (
            "{\"i32\": \"{{ n }}\", \"inner\": \"{{ m }}\", \"s\": \"a {{ b }}\", \"at\": \"{{ d }}T00:00:00Z\", \"any\": {\"@type\": \"{{ t }}\"}}",
            vec![],
        ),
        (
            "{\"b\": \"is {{ n }}\"}",
            vec!["G308 E \"is {{ n }}\": expected true or false, got \"is {{ n }}\""],
        ),
        ("{\"i32\":", vec![]),
        ("{\"i32\": , \"s\"}", vec![]),
        ("[]", vec!["G308 E []: expected an object (t.M), got an array"]),
    ] {
        let (file, found) = findings(text, &message, Rules::SENT);
        assert_eq!(drawn(&file, &found), expected, "{text}");
    }
}

#[test]
fn older_protos() {
    let schema = schema(
        "syntax = \"proto2\"; package o;
         message M { required int32 id = 1; required string name = 2; optional Color color = 3; repeated group Part = 4 { optional int32 size = 5; }
                     extensions 100 to 200; optional M inner = 6; }
         extend M { optional string note = 100; repeated int32 marks = 101; }
         enum Color { RED = 1; BLUE = 2; }",
    );
    let message = schema.pool().get_message_by_name("o.M").unwrap();
    let found = |text: &str, rules: Rules<'_>| {
        let (file, found) = findings(text, &message, rules);
        drawn(&file, &found)
    };
    let none: Vec<String> = Vec::new();
    let whole = "\"id\": 1, \"name\": \"a\"";
    assert_eq!(found(&format!("{{{whole}}}"), Rules::SENT), none);
    assert_eq!(
        found("{\"id\": 1, \"name\": null}", Rules::SENT),
        ["G316 E {: `name` is required: add it"]
    );
    assert_eq!(
        found(&format!("{{{whole}, \"inner\": {{}}}}"), Rules::SENT),
        ["G316 E {: `id`, `name` is required: add it"]
    );
    let forgiving = Rules {
        requires: false,
        ..Rules::SENT
    };
    assert_eq!(found("{}", forgiving), none);
    assert_eq!(
        found(&format!("{{{whole}, \"color\": 7}}"), Rules::SENT),
        ["G309 E 7: o.Color has no value 7"]
    );
    assert_eq!(
        found(&format!("{{{whole}, \"part\": [{{\"size\": 1}}]}}"), Rules::SENT),
        none
    );
    assert_eq!(
        found(
            &format!("{{{whole}, \"[o.note]\": \"x\", \"[o.marks]\": [1, \"x\"]}}"),
            Rules::SENT
        ),
        ["G310 E \"x\": expected a whole number, got \"x\""]
    );
    assert_eq!(
        found(&format!("{{{whole}, \"[o.gone]\": 1}}"), Rules::SENT),
        ["G307 E \"[o.gone]\": o.M has no field \"[o.gone]\""]
    );
}

#[test]
fn fields_that_options_require() {
    let schema = schema(
        "syntax = \"proto3\"; package o; import \"google/protobuf/descriptor.proto\";
         extend google.protobuf.FieldOptions { repeated B field_behavior = 1052; R field = 1159; }
         enum B { NONE = 0; REQUIRED = 2; OUTPUT_ONLY = 3; } message R { bool required = 25; }
         message M { string id = 1 [(field_behavior) = REQUIRED]; M inner = 2 [(field).required = true];
                     string own = 3 [(field_behavior) = OUTPUT_ONLY]; }",
    );
    let message = schema.pool().get_message_by_name("o.M").unwrap();
    let found = |text: &str, rules: Rules<'_>| {
        let (file, found) = findings(text, &message, rules);
        drawn(&file, &found)
    };
    let none: [&str; 0] = [];
    assert_eq!(
        found("{\"own\": \"x\"}", Rules::SENT),
        ["G316 I {: `id`, `inner` is required by its options: add it"]
    );
    assert_eq!(
        found(
            "{\"id\": \"x\", \"inner\": {\"id\": \"\", \"inner\": null}}",
            Rules::SENT
        ),
        ["G316 I {: `inner` is required by its options: add it"]
    );
    let forgiving = Rules {
        requires: false,
        ..Rules::SENT
    };
    assert_eq!(found("{}", forgiving), none);
}
