//! The way back from [`super::lower`], for descriptors that others are to read: compilers refuse features in the older
//! syntaxes, and without them nobody knows which enums are closed.

use super::super::descriptor::{EnumType, Field, File, MessageType};
use super::{EnumOptions, FieldOptions, FileOptions, MessageOptions, options};
use prost::encoding::{DecodeContext, WireType, decode_key, skip_field};
use prost_types::field_descriptor_proto::{Label, Type};

/// Edition 2023, which says all that those after it can say of what is sent.
const EDITION: i32 = 1000;

/// Writes a file that was of an edition as one again; others stay as they are.
pub(in crate::grpc) fn raise(file: &mut File) {
    let has_features = options::<FileOptions>(file.options.as_ref()).features.is_some()
        || file.messages.iter().any(message_has_features)
        || file.enums.iter().any(enum_has_features)
        || file.extensions.iter().any(field_has_features);
    if !has_features {
        return;
    }
    file.syntax = Some("editions".to_owned());
    file.edition = Some(EDITION);
    file.messages.iter_mut().for_each(raise_message);
    file.extensions.iter_mut().for_each(raise_field);
}

fn message_has_features(message: &MessageType) -> bool {
    options::<MessageOptions>(message.options.as_ref()).features.is_some()
        || message.fields.iter().chain(&message.extensions).any(field_has_features)
        || message.messages.iter().any(message_has_features)
        || message.enums.iter().any(enum_has_features)
}

fn field_has_features(field: &Field) -> bool {
    options::<FieldOptions>(field.options.as_ref()).features.is_some()
}

fn enum_has_features(described: &EnumType) -> bool {
    options::<EnumOptions>(described.options.as_ref()).features.is_some()
}

fn raise_message(message: &mut MessageType) {
    for field in &mut message.fields {
        // Optional fields are alone in oneofs behind all others.
        if field.proto3_optional.take() == Some(true) && field.oneof_index.take().is_some() {
            message.oneofs.pop();
        }
        raise_field(field);
    }
    message.extensions.iter_mut().for_each(raise_field);
    message.messages.iter_mut().for_each(raise_message);
}

fn raise_field(field: &mut Field) {
    if field.label() == Label::Required {
        field.label = Some(Label::Optional as i32);
    }
    if field.kind() == Type::Group {
        field.kind = Some(Type::Message as i32);
    }
    field.options = field
        .options
        .take()
        .map(|options| without_packed(&options))
        .filter(|options| !options.is_empty());
}

/// Encoded field options without what says how lists are packed: features say that.
fn without_packed(options: &[u8]) -> Vec<u8> {
    const PACKED: u32 = 2;
    let mut kept = Vec::with_capacity(options.len());
    let mut rest = options;
    while !rest.is_empty() {
        let start = rest;
        let Ok((number, kind)) = decode_key(&mut rest) else {
            return options.to_vec();
        };
        if skip_field(kind, number, &mut rest, DecodeContext::default()).is_err() {
            return options.to_vec();
        }
        if (number, kind) != (PACKED, WireType::Varint) {
            kept.extend_from_slice(&start[..start.len() - rest.len()]);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::super::super::descriptor::Oneof;
    use super::super::{Features, lower};
    use super::*;
    use prost::Message as _;

    fn field(name: &str, kind: Type, label: Label, features: Option<Features>) -> Field {
        let own = FieldOptions { packed: None, features };
        Field {
            name: Some(name.to_owned()),
            label: Some(label as i32),
            kind: Some(kind as i32),
            type_name: (kind == Type::Message).then(|| ".M".to_owned()),
            options: features.map(|_| own.encode_to_vec()),
            ..Field::default()
        }
    }

    fn features(change: impl FnOnce(&mut Features)) -> Option<Features> {
        let mut features = Features::default();
        change(&mut features);
        Some(features)
    }

    #[test]
    fn a_lowered_file_is_raised_to_what_it_was() {
        for file_features in [None, features(|all| all.field_presence = Some(2))] {
            let mut shared = field("in_oneof", Type::String, Label::Optional, None);
            shared.oneof_index = Some(0);
            let message = MessageType {
                name: Some("M".to_owned()),
                fields: vec![
                    field("plain", Type::Int32, Label::Optional, None),
                    field(
                        "own",
                        Type::Int32,
                        Label::Optional,
                        features(|own| own.field_presence = Some(1)),
                    ),
                    field(
                        "required",
                        Type::Int32,
                        Label::Optional,
                        features(|own| own.field_presence = Some(3)),
                    ),
                    field(
                        "group",
                        Type::Message,
                        Label::Optional,
                        features(|own| own.message_encoding = Some(2)),
                    ),
                    field("list", Type::Int32, Label::Repeated, None),
                    field(
                        "loose",
                        Type::Int32,
                        Label::Repeated,
                        features(|own| own.repeated_field_encoding = Some(2)),
                    ),
                    shared,
                ],
                oneofs: vec![Oneof {
                    name: Some("choice".to_owned()),
                    options: None,
                }],
                ..MessageType::default()
            };
            let options = FileOptions {
                features: file_features,
            };
            let original = File {
                name: Some("a.proto".to_owned()),
                syntax: Some("editions".to_owned()),
                edition: Some(EDITION),
                options: file_features.map(|_| options.encode_to_vec()),
                messages: vec![message],
                ..File::default()
            };
            let mut file = original.clone();
            lower(&mut file);
            assert_ne!(file.syntax(), "editions");
            raise(&mut file);
            assert_eq!(file, original);
        }
        let plain = File {
            syntax: Some("proto3".to_owned()),
            messages: vec![MessageType {
                fields: vec![field("required", Type::Group, Label::Required, None)],
                ..MessageType::default()
            }],
            ..File::default()
        };
        let mut same = plain.clone();
        raise(&mut same);
        assert_eq!(same, plain);
    }
}
