//! What a schema demands of a field beyond its type, in the options that are in common use. A pool need not have the
//! files that declare them: then they are read by their numbers.

mod rules;

use prost::Message as _;
use prost_reflect::{DynamicMessage, FieldDescriptor, MessageDescriptor};

/// The options of a field, as far as they constrain it.
#[derive(Clone, PartialEq, prost::Message)]
struct Options {
    /// `google.api.field_behavior`.
    #[prost(int32, repeated, tag = "1052")]
    behaviors: Vec<i32>,
    /// `buf.validate.field`.
    #[prost(bytes = "vec", optional, tag = "1159")]
    rules: Option<Vec<u8>>,
}

/// The number of `buf.validate.field`.
const BUF_VALIDATE: u32 = 1159;

/// The value of `google.api.FieldBehavior` for what a request has to give.
const REQUIRED: i32 = 2;

/// The values of `google.api.FieldBehavior` with what they mean.
const BEHAVIORS: [(&str, &str); 9] = [
    ("FIELD_BEHAVIOR_UNSPECIFIED", "nothing in particular"),
    ("OPTIONAL", "may be left out"),
    ("REQUIRED", "has to be given in a request"),
    ("OUTPUT_ONLY", "set by the server, ignored in requests"),
    ("INPUT_ONLY", "given in requests, never shown in responses"),
    ("IMMUTABLE", "cannot be changed once it is set"),
    ("UNORDERED_LIST", "a list in no particular order"),
    ("NON_EMPTY_DEFAULT", "the server fills it in where it is left out"),
    ("IDENTIFIER", "names the resource"),
];

/// The constraints on a field, a paragraph of Markdown each.
pub fn of_field(field: &FieldDescriptor) -> Vec<String> {
    let Some(options) = options(field) else {
        return Vec::new();
    };
    let behaviors = options.behaviors.iter();
    let mut found: Vec<_> = behaviors
        .filter_map(|number| BEHAVIORS.get(usize::try_from(*number).ok()?))
        .map(|(name, meaning)| format!("`{name}`: {meaning}."))
        .collect();
    let rules = options.rules.and_then(|rules| text(field, &rules));
    found.extend(rules.map(|rules| format!("`buf.validate`: `{}`", rules.replace('`', "'"))));
    found
}

/// Whether a request has to give a field, by its options.
pub fn requires(field: &FieldDescriptor) -> bool {
    /// The rules of protovalidate, as far as they say so.
    #[derive(Clone, PartialEq, prost::Message)]
    struct Rules {
        #[prost(bool, optional, tag = "25")]
        required: Option<bool>,
    }
    options(field).is_some_and(|options| {
        let rules = options.rules.and_then(|rules| Rules::decode(rules.as_slice()).ok());
        options.behaviors.contains(&REQUIRED) || rules.is_some_and(|rules| rules.required())
    })
}

/// `None` for a field without options, which most are.
fn options(field: &FieldDescriptor) -> Option<Options> {
    field.field_descriptor_proto().options.as_ref()?;
    Options::decode(field.options().encode_to_vec().as_slice()).ok()
}

/// The rules of protovalidate in the text form of their message, as the pool of `field` or else this program knows it.
fn text(field: &FieldDescriptor, rules: &[u8]) -> Option<String> {
    let options = field.parent_pool().get_message_by_name("google.protobuf.FieldOptions");
    let declared = options.and_then(|options| options.get_extension(BUF_VALIDATE));
    let own: Option<MessageDescriptor> = declared.and_then(|extension| extension.kind().as_message().cloned());
    let message = DynamicMessage::decode(own.or_else(rules::message)?, rules).ok()?;
    Some(message.to_text_format()).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ide::testing::schema;
    use prost_reflect::DescriptorPool;

    const PROTO: &str = r#"
syntax = "proto3";
import "google/protobuf/descriptor.proto";
extend google.protobuf.FieldOptions {
  repeated Behavior field_behavior = 1052;
  Rules field = 1159;
}
enum Behavior { UNSPECIFIED = 0; REQUIRED = 2; IMMUTABLE = 5; }
message Rules { Texts string = 14; Lists repeated = 18; bool required = 25; }
message Texts { string pattern = 6; uint64 min_len = 2; }
message Lists { Rules items = 4; }
message M {
  string id = 1 [(field_behavior) = REQUIRED, (field_behavior) = IMMUTABLE];
  string name = 2 [(field) = { string: { pattern: "a`b", min_len: 1 } }];
  repeated string tags = 3 [(field) = { required: true, repeated: { items: { string: { min_len: 2 } } } }];
  string plain = 4;
  string old = 5 [deprecated = true];
}
"#;

    fn constraints(pool: &DescriptorPool) -> Vec<(Vec<String>, bool)> {
        let message = pool.get_message_by_name("M").unwrap();
        message
            .fields()
            .map(|field| (of_field(&field), requires(&field)))
            .collect()
    }

    #[test]
    fn options_are_read_whether_or_not_the_pool_declares_them() {
        let schema = schema(PROTO);
        let declared = constraints(schema.pool());
        let paragraphs = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let expected = [
            (
                paragraphs(&[
                    "`REQUIRED`: has to be given in a request.",
                    "`IMMUTABLE`: cannot be changed once it is set.",
                ]),
                true,
            ),
            (
                paragraphs(&["`buf.validate`: `string{min_len:1,pattern:\"a'b\"}`"]),
                false,
            ),
            (
                paragraphs(&["`buf.validate`: `repeated{items{string{min_len:2}}},required:true`"]),
                true,
            ),
            (Vec::new(), false),
            (Vec::new(), false),
        ];
        assert_eq!(declared, expected);
        let file = schema.pool().get_file_by_name("shop.proto").unwrap().encode_to_vec();
        let mut pool = DescriptorPool::global();
        let kind = pool.get_message_by_name("google.protobuf.FileDescriptorProto").unwrap();
        let mut file = DynamicMessage::decode(kind, file.as_slice()).unwrap();
        file.clear_field_by_name("extension");
        pool.decode_file_descriptor_proto(file.encode_to_vec().as_slice())
            .unwrap();
        assert_eq!(constraints(&pool), expected);
    }
}
