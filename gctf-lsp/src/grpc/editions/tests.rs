//! Descriptors made by hand: what each feature does to a field, from wherever it is inherited.

use super::super::descriptor::{EnumType, EnumValue, Field, File, MessageType};
use super::super::pool;
use super::{EnumOptions, Features, FieldOptions, FileOptions, MessageOptions};
use crate::schema::json::{Defaults, shown};
use crate::schema::shape::is_closed;
use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage, FieldDescriptor};
use prost_types::field_descriptor_proto::{Label, Type};

const NONE: Features = Features {
    field_presence: None,
    enum_type: None,
    repeated_field_encoding: None,
    message_encoding: None,
    json_format: None,
};
const EXPLICIT: Features = presence(1);
const IMPLICIT: Features = presence(2);
const REQUIRED: Features = presence(3);
const OPEN: Features = enums(1);
const CLOSED: Features = enums(2);
const PACKED: Features = repeated(1);
const EXPANDED: Features = repeated(2);
const PREFIXED: Features = messages(1);
const DELIMITED: Features = messages(2);

const fn presence(value: i32) -> Features {
    Features {
        field_presence: Some(value),
        ..NONE
    }
}

const fn enums(value: i32) -> Features {
    Features {
        enum_type: Some(value),
        ..NONE
    }
}

const fn repeated(value: i32) -> Features {
    Features {
        repeated_field_encoding: Some(value),
        ..NONE
    }
}

const fn messages(value: i32) -> Features {
    Features {
        message_encoding: Some(value),
        ..NONE
    }
}

fn field(name: &str, number: i32, label: Label, kind: Type, own: Features) -> Field {
    let options = FieldOptions {
        packed: None,
        features: Some(own),
    };
    Field {
        name: Some(name.to_owned()),
        number: Some(number),
        label: Some(label as i32),
        kind: Some(kind as i32),
        type_name: match kind {
            Type::Message => Some(".e.M".to_owned()),
            Type::Enum => Some(".e.E".to_owned()),
            _ => None,
        },
        options: Some(options.encode_to_vec()),
        ..Field::default()
    }
}

fn described(name: &str, first: i32, own: Features) -> EnumType {
    let value = |number: i32| EnumValue {
        name: Some(format!("{name}{number}")),
        number: Some(number),
        options: None,
    };
    let options = EnumOptions { features: Some(own) };
    EnumType {
        name: Some(name.to_owned()),
        values: vec![value(first), value(first + 1)],
        options: Some(options.encode_to_vec()),
        ..EnumType::default()
    }
}

/// A file of an edition, with the message `e.M` of these fields and the enum `e.E`.
fn file(edition: i32, of_file: Features, fields: Vec<Field>, enums: EnumType) -> File {
    let options = FileOptions {
        features: Some(of_file),
    };
    File {
        name: Some("e.proto".to_owned()),
        package: Some("e".to_owned()),
        syntax: Some("editions".to_owned()),
        edition: Some(edition),
        options: Some(options.encode_to_vec()),
        messages: vec![MessageType {
            name: Some("M".to_owned()),
            fields,
            ..MessageType::default()
        }],
        enums: vec![enums],
        ..File::default()
    }
}

fn built(file: File) -> DescriptorPool {
    pool::build(vec![file]).unwrap().pool
}

fn get(pool: &DescriptorPool, name: &str) -> FieldDescriptor {
    let message = pool.get_message_by_name("e.M").unwrap();
    message.get_field_by_name(name).unwrap()
}

/// What is to be known of a field: `present`, `required`, `packed`, `group`.
fn traits(field: &FieldDescriptor) -> String {
    let required = field.cardinality() == prost_reflect::Cardinality::Required;
    let is_alone = field.containing_oneof().is_none_or(|oneof| oneof.is_synthetic());
    assert!(is_alone, "{field:?}");
    let all = [
        (field.supports_presence(), "present"),
        (required, "required"),
        (field.is_packed(), "packed"),
        (field.is_group(), "group"),
    ];
    let names: Vec<_> = all.iter().filter(|(is, _)| *is).map(|(_, name)| *name).collect();
    names.join(" ")
}

/// Every feature from the edition, the file and the field.
#[test]
fn features_are_inherited() {
    let (single, many) = (Label::Optional, Label::Repeated);
    for (edition, of_file, label, kind, own, expected) in [
        (1000, NONE, single, Type::Int32, NONE, "present"),
        (1001, NONE, single, Type::String, NONE, "present"),
        (998, NONE, single, Type::Int32, NONE, "present"),
        (999, NONE, single, Type::Int32, NONE, ""),
        (1000, IMPLICIT, single, Type::Int32, NONE, ""),
        (1000, IMPLICIT, single, Type::Enum, NONE, ""),
        (1000, IMPLICIT, single, Type::Message, NONE, "present"),
        (1000, IMPLICIT, single, Type::Int32, EXPLICIT, "present"),
        (1000, NONE, single, Type::Bytes, IMPLICIT, ""),
        (1000, NONE, single, Type::Int32, REQUIRED, "present required"),
        (1000, IMPLICIT, single, Type::Message, REQUIRED, "present required"),
        (1000, NONE, many, Type::Int32, NONE, "packed"),
        (998, NONE, many, Type::Int32, NONE, ""),
        (999, NONE, many, Type::Enum, NONE, "packed"),
        (1000, EXPANDED, many, Type::Int32, NONE, ""),
        (1000, EXPANDED, many, Type::Int32, PACKED, "packed"),
        (1000, NONE, many, Type::Enum, EXPANDED, ""),
        (1000, NONE, many, Type::String, PACKED, ""),
        (1000, NONE, single, Type::Message, NONE, "present"),
        (1000, NONE, single, Type::Message, DELIMITED, "present group"),
        (1000, DELIMITED, many, Type::Message, NONE, "group"),
        (1000, DELIMITED, single, Type::Message, PREFIXED, "present"),
        (1000, DELIMITED, single, Type::String, NONE, "present"),
    ] {
        let fields = vec![
            field("f", 1, label, kind, own),
            // The same with a field without presence beside it, which the file's syntax has to suit.
            field("g", 2, single, Type::Bool, IMPLICIT),
        ];
        for fields in [&fields[..1], &fields] {
            let pool = built(file(edition, of_file, fields.to_vec(), described("E", 0, NONE)));
            let shown = traits(&get(&pool, "f"));
            assert_eq!(
                shown,
                expected,
                "{edition} {of_file:?} {kind:?} {own:?} {}",
                fields.len()
            );
        }
    }
}

#[test]
fn enums_are_open_or_closed() {
    for (edition, of_file, first, own, expected) in [
        (1000, NONE, 0, NONE, false),
        (998, NONE, 0, NONE, true),
        (999, NONE, 0, NONE, false),
        (1000, CLOSED, 0, NONE, true),
        (1000, CLOSED, 0, OPEN, false),
        (1000, NONE, 0, CLOSED, true),
        (1000, NONE, 5, CLOSED, true),
    ] {
        for beside in [EXPLICIT, IMPLICIT] {
            let fields = vec![field("g", 2, Label::Optional, Type::Bool, beside)];
            let pool = built(file(edition, of_file, fields, described("E", first, own)));
            let found = is_closed(&pool.get_enum_by_name("e.E").unwrap());
            assert_eq!(found, expected, "{edition} {of_file:?} {first} {own:?}");
            // What is built again, for a new type of an Any or from a snapshot, is the same.
            let again = pool::build(super::super::descriptor::files(&pool.clone().into()))
                .unwrap()
                .pool;
            assert_eq!(is_closed(&again.get_enum_by_name("e.E").unwrap()), expected);
            assert_eq!(traits(&get(&again, "g")), traits(&get(&pool, "g")));
        }
    }
}

/// Maps are never groups, whatever the file says, and the fields of their entries have no presence to write down.
#[test]
fn maps_are_encoded_in_one_way() {
    let entry = MessageType {
        name: Some("ByIdEntry".to_owned()),
        fields: vec![
            field("key", 1, Label::Optional, Type::Int32, NONE),
            field("value", 2, Label::Optional, Type::Message, NONE),
        ],
        options: Some(
            MessageOptions {
                map_entry: Some(true),
                features: None,
            }
            .encode_to_vec(),
        ),
        ..MessageType::default()
    };
    let map = Field {
        type_name: Some(".e.M.ByIdEntry".to_owned()),
        ..field("by_id", 1, Label::Repeated, Type::Message, NONE)
    };
    let of_file = Features {
        field_presence: IMPLICIT.field_presence,
        ..DELIMITED
    };
    let mut file = file(1000, of_file, vec![map], described("E", 0, NONE));
    file.messages[0].messages.push(entry);
    let pool = built(file);
    let by_id = get(&pool, "by_id");
    assert!(by_id.is_map() && !by_id.is_group());
    let message = pool.get_message_by_name("e.M").unwrap();
    let json = serde_json::json!({ "by_id": { "0": {}, "1": { "by_id": {} } } });
    let value = DynamicMessage::deserialize(message.clone(), &json).unwrap();
    let again = DynamicMessage::decode(message, value.encode_to_vec().as_slice()).unwrap();
    assert_eq!(
        shown(&again, Defaults::Omitted),
        serde_json::json!({ "by_id": { "0": {}, "1": {} } })
    );
}

/// The names of the oneofs that nobody declared meet none that there are, and defaults stay.
#[test]
fn names_and_defaults() {
    let fields = vec![
        field("a", 1, Label::Optional, Type::Int32, NONE),
        field("c", 2, Label::Optional, Type::Int32, IMPLICIT),
        Field {
            default_value: Some("7".to_owned()),
            ..field("b", 3, Label::Optional, Type::Int32, NONE)
        },
    ];
    let mut file = file(1000, NONE, fields, described("E", 0, NONE));
    file.messages[0].messages.push(MessageType {
        name: Some("_a".to_owned()),
        ..MessageType::default()
    });
    let pool = built(file);
    let message = pool.get_message_by_name("e.M").unwrap();
    let oneofs: Vec<_> = message.oneofs().map(|oneof| oneof.name().to_owned()).collect();
    assert_eq!(oneofs, ["X_a", "_b"]);
    assert_eq!(
        *DynamicMessage::new(message.clone()).get_field(&get(&pool, "b")),
        prost_reflect::Value::I32(7)
    );
    let json = serde_json::json!({ "a": 0, "c": 0, "b": 0 });
    let value = DynamicMessage::deserialize(message, &json).unwrap();
    assert_eq!(value.encode_to_vec(), [8, 0, 24, 0]);
    assert_eq!(shown(&value, Defaults::Omitted), serde_json::json!({ "a": 0, "b": 0 }));
}
