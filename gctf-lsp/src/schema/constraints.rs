//! What a schema demands of a field beyond its type, in the options that are in common use. A pool need not have the
//! files that declare them: then they are read by their numbers.

use prost_reflect::bytes::Buf as _;
use prost_reflect::prost::encoding::{WireType, decode_key, decode_varint};
use prost_reflect::{DynamicMessage, FieldDescriptor, Value};

/// `google.api.field_behavior`.
const FIELD_BEHAVIOR: u32 = 1052;
/// `buf.validate.field`.
const BUF_VALIDATE: u32 = 1159;

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
    let options = field.options();
    let mut found: Vec<_> = behaviors(&options)
        .into_iter()
        .filter_map(|number| BEHAVIORS.get(usize::try_from(number).ok()?))
        .map(|(name, meaning)| format!("`{name}`: {meaning}."))
        .collect();
    found.extend(rules(&options));
    found
}

fn behaviors(options: &DynamicMessage) -> Vec<u64> {
    let known = options
        .extensions()
        .find(|(extension, _)| extension.number() == FIELD_BEHAVIOR);
    if let Some((_, value)) = known {
        let items = value.as_list().unwrap_or_default();
        let numbers = items.iter().filter_map(Value::as_enum_number);
        return numbers.filter_map(|number| u64::try_from(number).ok()).collect();
    }
    let unknown = options
        .unknown_fields()
        .filter(|field| field.number() == FIELD_BEHAVIOR);
    unknown
        .flat_map(|field| {
            let mut bytes = Vec::new();
            field.encode(&mut bytes);
            varints(&bytes)
        })
        .collect()
}

/// The numbers of a repeated field as it stands on the wire, packed or not.
fn varints(mut bytes: &[u8]) -> Vec<u64> {
    match decode_key(&mut bytes) {
        Ok((_, WireType::Varint)) => decode_varint(&mut bytes).into_iter().collect(),
        Ok((_, WireType::LengthDelimited)) => {
            let mut numbers = Vec::new();
            if decode_varint(&mut bytes).is_ok() {
                while bytes.has_remaining() {
                    let Ok(number) = decode_varint(&mut bytes) else { break };
                    numbers.push(number);
                }
            }
            numbers
        }
        _ => Vec::new(),
    }
}

/// The rules of protovalidate, where the pool has the file that declares them.
fn rules(options: &DynamicMessage) -> Option<String> {
    let (_, value) = options
        .extensions()
        .find(|(extension, _)| extension.number() == BUF_VALIDATE)?;
    let rules = value.as_message()?.to_text_format();
    (!rules.is_empty()).then(|| format!("`buf.validate`: `{}`", rules.replace('`', "'")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ide::testing::schema;
    use prost_reflect::DescriptorPool;
    use prost_reflect::prost::Message as _;

    const PROTO: &str = r#"
syntax = "proto3";
import "google/protobuf/descriptor.proto";
extend google.protobuf.FieldOptions {
  repeated int32 field_behavior = 1052;
  Rules field = 1159;
}
message Rules { string pattern = 1; int32 min = 2; }
message M { string id = 1 [(field_behavior) = 2, (field_behavior) = 5, (field) = { pattern: "a|b", min: 1 }]; }
"#;

    fn constraints(pool: &DescriptorPool) -> Vec<String> {
        of_field(&pool.get_message_by_name("M").unwrap().get_field(1).unwrap())
    }

    #[test]
    fn behaviors_are_read_whether_or_not_the_pool_declares_them() {
        // Enum numbers and integers look the same on the wire only.
        let schema = schema(
            &PROTO
                .replace("int32 field_behavior", "E field_behavior")
                .replace("message Rules", "enum E { A = 0; R = 2; I = 5; }\nmessage Rules")
                .replace("= 2, (field_b", "= R, (field_b")
                .replace("= 5,", "= I,"),
        );
        let declared = constraints(schema.pool());
        assert_eq!(
            declared,
            [
                "`REQUIRED`: has to be given in a request.",
                "`IMMUTABLE`: cannot be changed once it is set.",
                "`buf.validate`: `pattern:\"a|b\",min:1`"
            ]
        );
        let file = schema.pool().get_file_by_name("shop.proto").unwrap().encode_to_vec();
        let global = DescriptorPool::global();
        let kind = global
            .get_message_by_name("google.protobuf.FileDescriptorProto")
            .unwrap();
        let mut file = DynamicMessage::decode(kind, file.as_slice()).unwrap();
        file.clear_field_by_name("extension");
        let mut pool = global;
        pool.decode_file_descriptor_proto(file.encode_to_vec().as_slice())
            .unwrap();
        assert_eq!(constraints(&pool), declared[..2]);
    }
}
