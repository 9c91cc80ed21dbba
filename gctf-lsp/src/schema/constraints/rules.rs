//! The rules of protovalidate as this program knows them, for pools that lack `buf/validate/validate.proto`.

use prost_reflect::MessageDescriptor;

/// Kinds of numbers with their members in the rules of a field, and their types.
const NUMBERS: [&str; 12] = [
    "float", "double", "int32", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32", "fixed64", "sfixed32",
    "sfixed64",
];

const OTHERS: &str = r#"
message Cel { optional string id = 1; optional string message = 2; optional string expression = 3; }
message BoolRules { optional bool const = 1; }
message StringRules {
  optional string const = 1; optional uint64 min_len = 2; optional uint64 max_len = 3; optional uint64 min_bytes = 4;
  optional uint64 max_bytes = 5; optional string pattern = 6; optional string prefix = 7; optional string suffix = 8;
  optional string contains = 9; repeated string in = 10; repeated string not_in = 11; optional bool email = 12;
  optional bool hostname = 13; optional bool ip = 14; optional bool ipv4 = 15; optional bool ipv6 = 16;
  optional bool uri = 17; optional bool uri_ref = 18; optional uint64 len = 19; optional uint64 len_bytes = 20;
  optional bool address = 21; optional bool uuid = 22; optional string not_contains = 23;
}
message BytesRules {
  optional bytes const = 1; optional uint64 min_len = 2; optional uint64 max_len = 3; optional string pattern = 4;
  optional bytes prefix = 5; optional bytes suffix = 6; optional bytes contains = 7; repeated bytes in = 8;
  repeated bytes not_in = 9; optional bool ip = 10; optional bool ipv4 = 11; optional bool ipv6 = 12;
  optional uint64 len = 13;
}
message EnumRules {
  optional int32 const = 1; optional bool defined_only = 2; repeated int32 in = 3; repeated int32 not_in = 4;
}
message RepeatedRules {
  optional uint64 min_items = 1; optional uint64 max_items = 2; optional bool unique = 3; optional FieldRules items = 4;
}
message MapRules {
  optional uint64 min_pairs = 1; optional uint64 max_pairs = 2; optional FieldRules keys = 4;
  optional FieldRules values = 5;
}
message AnyRules { repeated string in = 2; repeated string not_in = 3; }
message Span { optional int64 seconds = 1; optional int32 nanos = 2; }
message DurationRules {
  optional Span const = 2; optional Span lt = 3; optional Span lte = 4; optional Span gt = 5; optional Span gte = 6;
  repeated Span in = 7; repeated Span not_in = 8;
}
message TimestampRules {
  optional Span const = 2; optional Span lt = 3; optional Span lte = 4; optional Span gt = 5; optional Span gte = 6;
  optional bool lt_now = 7; optional bool gt_now = 8; optional Span within = 9;
}
"#;

/// The message of a field's rules.
pub(super) fn message() -> Option<MessageDescriptor> {
    let mut text = format!("syntax = \"proto2\";\n{OTHERS}");
    let mut members = String::new();
    for (at, kind) in NUMBERS.iter().enumerate() {
        members.push_str(&format!("optional Rules_{kind} {kind} = {};\n", at + 1));
        text.push_str(&format!(
            "message Rules_{kind} {{ optional {kind} const = 1; optional {kind} lt = 2; optional {kind} lte = 3; \
             optional {kind} gt = 4; optional {kind} gte = 5; repeated {kind} in = 6; repeated {kind} not_in = 7; }}\n"
        ));
    }
    text.push_str(&format!(
        "message FieldRules {{\n{members}optional BoolRules bool = 13; optional StringRules string = 14; \
         optional BytesRules bytes = 15; optional EnumRules enum = 16; optional RepeatedRules repeated = 18; \
         optional MapRules map = 19; optional AnyRules any = 20; optional DurationRules duration = 21; \
         optional TimestampRules timestamp = 22; repeated Cel cel = 23; optional bool required = 25; }}\n"
    ));
    let file = protox::file::File::from_source("validate.proto", &text).ok()?;
    let mut pool = prost_reflect::DescriptorPool::new();
    pool.add_file_descriptor_proto(file.file_descriptor_proto().clone())
        .ok()?;
    pool.get_message_by_name("FieldRules")
}
