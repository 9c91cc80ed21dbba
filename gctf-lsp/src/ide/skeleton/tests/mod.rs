//! Skeletons of every kind of field parse, have no findings and can be sent.

mod edits;

use super::build::{Builder, Names};
use crate::ide::format;
use crate::ide::testing::{SHOP, schema};
use crate::schema::shape::Shape;
use crate::syntax::SourceFile;
use crate::types::body::{Rules, check};
use expect_test::expect;
use proptest::prelude::*;
use prost_reflect::MessageDescriptor;
use std::fmt::Write as _;

fn skeleton(message: &MessageDescriptor, names: Names) -> String {
    Builder::new("2024-01-31T12:00:00Z".to_owned(), names).value(&Shape::of_message(message))
}

/// Parses, is laid out, has no findings, and can be sent.
fn is_sound(message: &MessageDescriptor) {
    for names in [Names::Proto, Names::Json] {
        let text = skeleton(message, names);
        assert_eq!(format::body(&text).as_ref(), Some(&text));
        let source = SourceFile::new(&format!("--- REQUEST ---\n{text}\n"));
        let (_, document) = source.document(0).unwrap();
        let value = &document.sections()[0].values()[0];
        let found = check(value, &Shape::of_message(message), Rules::SENT);
        assert_eq!(found, [], "{text}");
        let encoded = crate::eval::encode::to_message_by(value, message, Rules::SENT);
        assert!(encoded.is_ok(), "{encoded:?} in {text}");
    }
}

#[test]
fn every_message_of_the_shop() {
    schema(SHOP)
        .pool()
        .all_messages()
        .for_each(|message| is_sound(&message));
}

const OLD: &str = r#"
syntax = "proto2";
package t;
import "google/protobuf/any.proto";
import "google/protobuf/empty.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/wrappers.proto";
service S { rpc Do(All) returns (All); rpc Wrap(google.protobuf.StringValue) returns (All); rpc No(google.protobuf.Empty) returns (All); }
message All {
  optional string later = 1; required Kind kind = 2; repeated Zero zeros = 3; optional group Extra = 4 { required int32 n = 1; }
  optional google.protobuf.Any any = 5; repeated google.protobuf.Any anys = 6; optional google.protobuf.Empty empty = 7;
  optional google.protobuf.FieldMask mask = 8; optional google.protobuf.Value free = 9; repeated google.protobuf.Value frees = 10;
  optional google.protobuf.ListValue list = 11; optional google.protobuf.NullValue nothing = 12;
  repeated google.protobuf.NullValue nothings = 13; optional google.protobuf.DoubleValue wrapped = 14;
  repeated google.protobuf.BytesValue bytes = 15; map<bool, google.protobuf.Struct> flags = 16; map<sint64, bytes> numbers = 17;
  optional Node node = 18; repeated Node nodes = 19; optional Chain chain = 20; optional float real = 21; optional uint64 big = 22;
  oneof choice { string old_way = 23 [deprecated = true]; Node by_node = 24; int32 by_number = 25; google.protobuf.Value by_value = 26; }
  required string outdated = 27 [deprecated = true]; required C1 deep = 28;
}
message Node { optional Node left = 1; repeated Node right = 2; map<string, Node> others = 3; optional Strict strict = 4; }
message Strict { required string must = 1; optional Strict again = 2; repeated Strict more = 3; map<string, Strict> named = 4; }
message Chain { optional Chain2 next = 1; } message Chain2 { optional Chain3 next = 1; } message Chain3 { optional Chain4 next = 1; }
message Chain4 { optional Chain5 next = 1; } message Chain5 { optional Chain6 next = 1; } message Chain6 { optional int32 n = 1; }
message C1 { required C2 c = 1; } message C2 { required C3 c = 1; } message C3 { required C4 c = 1; } message C4 { required C5 c = 1; }
message C5 { required C6 c = 1; optional string no = 2; } message C6 { required string end = 1; optional string not_here = 2; }
enum Kind { NONE = 0; OLD = 1 [deprecated = true]; NEW = 2; }
enum Zero { ONLY = 0; }
"#;

#[test]
fn every_kind_of_field() {
    let schema = schema(OLD);
    let message = |name: &str| schema.pool().get_message_by_name(name).unwrap();
    let all = message("t.All");
    // The one finding there can be: what is required is deprecated.
    let without = OLD.replace("[deprecated = true]; required C1", "; required C1");
    is_sound(
        &crate::ide::testing::schema(&without)
            .pool()
            .get_message_by_name("t.All")
            .unwrap(),
    );
    expect![[r#"
        {
          "kind": "NEW",
          "outdated": "",
          "deep": {
            "c": {
              "c": {
                "c": {
                  "c": {
                    "c": {
                      "end": ""
                    }
                  }
                }
              }
            }
          },
          "later": "",
          "zeros": [
            "ONLY"
          ],
          "extra": {
            "n": 0
          },
          "any": {
            "@type": "type.googleapis.com/google.protobuf.Duration",
            "value": "30s"
          },
          "anys": [
            {
              "@type": "type.googleapis.com/google.protobuf.Duration",
              "value": "30s"
            }
          ],
          "empty": {},
          "mask": "",
          "free": null,
          "frees": [
            null
          ],
          "list": [],
          "nothing": null,
          "nothings": [
            null
          ],
          "wrapped": 0,
          "bytes": [
            ""
          ],
          "flags": {
            "true": {}
          },
          "numbers": {
            "1": ""
          },
          "node": {
            "left": {},
            "right": [
              {}
            ],
            "others": {
              "key": {}
            },
            "strict": {
              "must": "",
              "more": [],
              "named": {}
            }
          },
          "nodes": [
            {
              "left": {},
              "right": [
                {}
              ],
              "others": {
                "key": {}
              },
              "strict": {
                "must": "",
                "more": [],
                "named": {}
              }
            }
          ],
          "chain": {
            "next": {
              "next": {
                "next": {
                  "next": {}
                }
              }
            }
          },
          "real": 0,
          "big": "0",
          "by_node": {
            "left": {},
            "right": [
              {}
            ],
            "others": {
              "key": {}
            },
            "strict": {
              "must": "",
              "more": [],
              "named": {}
            }
          }
          // or "by_number": 0
          // or "by_value": null
        }"#]]
    .assert_eq(&skeleton(&all, Names::Proto));
    for name in ["Node", "Strict", "Chain", "C1"] {
        is_sound(&message(&format!("t.{name}")));
    }
}

#[test]
fn large_messages_end_after_two_hundred_fields() {
    let fields = |kind: &str| -> String { (1..=150).map(|at| format!("{kind} f{at} = {at};\n")).collect() };
    let proto = format!(
        "syntax = \"proto3\"; package t; message A {{ {} }} message B {{ {} }}",
        fields("B"),
        fields("int32")
    );
    let schema = schema(&proto);
    let message = schema.pool().get_message_by_name("t.A").unwrap();
    is_sound(&message);
    let members = skeleton(&message, Names::Proto).matches("\": ").count();
    assert!((200..=205).contains(&members), "{members}");
}

/// A schema of messages that use each other in any way.
fn protos() -> impl Strategy<Value = String> {
    let kinds = [
        "int32",
        "uint64",
        "string",
        "bytes",
        "bool",
        "double",
        "E",
        "M0",
        "M1",
        "M2",
        "M3",
        "google.protobuf.Timestamp",
        "google.protobuf.Duration",
        "google.protobuf.Any",
        "google.protobuf.Value",
        "google.protobuf.Struct",
        "google.protobuf.ListValue",
        "google.protobuf.Int64Value",
        "google.protobuf.FieldMask",
    ];
    let labels = ["optional", "required", "repeated", "map", "oneof"];
    let field = (
        prop::sample::select(labels.to_vec()),
        prop::sample::select(kinds.to_vec()),
    );
    let message = prop::collection::vec(field, 0..7);
    prop::collection::vec(message, 4).prop_map(|messages| {
        let imports = ["any", "duration", "field_mask", "struct", "timestamp", "wrappers"];
        let mut text = "syntax = \"proto2\"; package t; enum E { Z = 0; A = 1; }\n".to_owned();
        for name in imports {
            writeln!(text, "import \"google/protobuf/{name}.proto\";").unwrap();
        }
        for (at, fields) in messages.iter().enumerate() {
            writeln!(text, "message M{at} {{").unwrap();
            for (number, (label, kind)) in fields.iter().enumerate() {
                let number = number + 1;
                match *label {
                    "map" => writeln!(text, "map<string, {kind}> some_field{number} = {number};").unwrap(),
                    "oneof" => writeln!(
                        text,
                        "oneof o{number} {{ {kind} a_{number} = {number}; {kind} b_{number} = {}; }}",
                        number + 20
                    )
                    .unwrap(),
                    label => writeln!(text, "{label} {kind} some_field{number} = {number};").unwrap(),
                }
            }
            text.push_str("}\n");
        }
        text
    })
}

/// Whether any object at all can stand for `message`.
fn is_possible(message: &MessageDescriptor, path: &mut Vec<String>) -> bool {
    if path.iter().any(|outer| outer == message.full_name()) {
        return false;
    }
    path.push(message.full_name().to_owned());
    let mut required = message
        .fields()
        .filter(|field| field.cardinality() == prost_reflect::Cardinality::Required);
    let possible = required.all(|field| match field.kind() {
        prost_reflect::Kind::Message(inner) => is_possible(&inner, path),
        _ => true,
    });
    path.pop();
    possible
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn skeletons_of_any_schema_can_be_sent(proto in protos()) {
        let schema = schema(&proto);
        for name in ["t.M0", "t.M1", "t.M2", "t.M3"] {
            let message = schema.pool().get_message_by_name(name).unwrap();
            if is_possible(&message, &mut Vec::new()) {
                is_sound(&message);
            }
        }
    }
}
