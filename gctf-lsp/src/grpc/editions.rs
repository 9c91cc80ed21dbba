//! Files of an edition in the terms of proto2 and proto3, which is what the descriptor library knows.
//!
//! Presence, packing and groups are said by labels, options and types as the older syntaxes say them. Which enums are
//! closed stays in their options, where `schema::shape::is_closed` reads it.

mod raise;

pub(super) use raise::raise;

use super::descriptor::{EnumType, Field, File, MessageType, Oneof};
use prost::Message;
use prost_types::field_descriptor_proto::{Label, Type};
use std::collections::BTreeSet;

/// A google.protobuf.FeatureSet, as far as it changes what is sent.
#[derive(Clone, Copy, PartialEq, Message)]
struct Features {
    #[prost(enumeration = "Presence", optional, tag = "1")]
    field_presence: Option<i32>,
    #[prost(enumeration = "EnumKind", optional, tag = "2")]
    enum_type: Option<i32>,
    #[prost(enumeration = "Repeated", optional, tag = "3")]
    repeated_field_encoding: Option<i32>,
    #[prost(enumeration = "Encoding", optional, tag = "5")]
    message_encoding: Option<i32>,
    #[prost(enumeration = "JsonFormat", optional, tag = "6")]
    json_format: Option<i32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, prost::Enumeration)]
#[repr(i32)]
enum Presence {
    Unknown = 0,
    Explicit = 1,
    Implicit = 2,
    LegacyRequired = 3,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, prost::Enumeration)]
#[repr(i32)]
enum EnumKind {
    Unknown = 0,
    Open = 1,
    Closed = 2,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, prost::Enumeration)]
#[repr(i32)]
enum Repeated {
    Unknown = 0,
    Packed = 1,
    Expanded = 2,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, prost::Enumeration)]
#[repr(i32)]
enum Encoding {
    Unknown = 0,
    LengthPrefixed = 1,
    Delimited = 2,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, prost::Enumeration)]
#[repr(i32)]
enum JsonFormat {
    Unknown = 0,
    Allow = 1,
    LegacyBestEffort = 2,
}

impl Features {
    /// What an edition says where a file says nothing; later ones change none of these.
    fn of_edition(edition: i32) -> Self {
        const PROTO2: i32 = 998;
        const PROTO3: i32 = 999;
        let [presence, kind, repeated, json] = match edition {
            ..=PROTO2 => [
                Presence::Explicit as i32,
                EnumKind::Closed as i32,
                Repeated::Expanded as i32,
                JsonFormat::LegacyBestEffort as i32,
            ],
            PROTO3 => [
                Presence::Implicit as i32,
                EnumKind::Open as i32,
                Repeated::Packed as i32,
                JsonFormat::Allow as i32,
            ],
            _ => [
                Presence::Explicit as i32,
                EnumKind::Open as i32,
                Repeated::Packed as i32,
                JsonFormat::Allow as i32,
            ],
        };
        Self {
            field_presence: Some(presence),
            enum_type: Some(kind),
            repeated_field_encoding: Some(repeated),
            message_encoding: Some(Encoding::LengthPrefixed as i32),
            json_format: Some(json),
        }
    }

    /// These, with what `own` says instead.
    fn with(self, own: Option<Self>) -> Self {
        let own = own.unwrap_or_default();
        Self {
            field_presence: own.field_presence.or(self.field_presence),
            enum_type: own.enum_type.or(self.enum_type),
            repeated_field_encoding: own.repeated_field_encoding.or(self.repeated_field_encoding),
            message_encoding: own.message_encoding.or(self.message_encoding),
            json_format: own.json_format.or(self.json_format),
        }
    }
}

#[derive(Clone, PartialEq, Message)]
struct FileOptions {
    #[prost(message, optional, tag = "50")]
    features: Option<Features>,
}

#[derive(Clone, PartialEq, Message)]
struct MessageOptions {
    #[prost(bool, optional, tag = "7")]
    map_entry: Option<bool>,
    #[prost(message, optional, tag = "12")]
    features: Option<Features>,
}

#[derive(Clone, PartialEq, Message)]
struct FieldOptions {
    #[prost(bool, optional, tag = "2")]
    packed: Option<bool>,
    #[prost(message, optional, tag = "21")]
    features: Option<Features>,
}

#[derive(Clone, PartialEq, Message)]
struct EnumOptions {
    #[prost(message, optional, tag = "7")]
    features: Option<Features>,
}

/// What is known of encoded options. Malformed ones are left to whoever reads the whole file.
fn options<T: Message + Default>(encoded: Option<&Vec<u8>>) -> T {
    encoded
        .and_then(|bytes| T::decode(bytes.as_slice()).ok())
        .unwrap_or_default()
}

/// Adds what `more` says to encoded options: of two values the later one counts.
fn add(encoded: &mut Option<Vec<u8>>, more: &impl Message) {
    encoded.get_or_insert_default().extend(more.encode_to_vec());
}

/// Writes a file of an edition in proto2 or proto3; others stay as they are.
pub(super) fn lower(file: &mut File) {
    if file.syntax() != "editions" {
        return;
    }
    /// Edition 2023.
    const FIRST: i32 = 1000;
    let features = Features::of_edition(file.edition.unwrap_or(FIRST));
    let features = features.with(options::<FileOptions>(file.options.as_ref()).features);
    let mut needs = Needs::default();
    for message in &mut file.messages {
        lower_message(message, features, &mut needs);
    }
    for described in &mut file.enums {
        lower_enum(described, features, &mut needs);
    }
    for extension in &mut file.extensions {
        lower_field(extension, features, Place::Elsewhere);
    }
    file.edition = None;
    // Where a file has what only proto2 can say, its fields have a presence that they need not have: they are told
    // from unset ones, and sent at their defaults.
    let is_proto3 = needs.proto3 && !needs.proto2;
    file.syntax = Some(if is_proto3 { "proto3" } else { "proto2" }.to_owned());
    for message in &mut file.messages {
        match is_proto3 {
            true => wrap_optional(message),
            false => unmark_optional(message),
        }
    }
}

/// What a file has that only one of the two syntaxes can say.
#[derive(Default)]
struct Needs {
    /// Enums that do not start with zero, keys that JSON could confuse.
    proto2: bool,
    /// Fields without presence.
    proto3: bool,
}

fn lower_message(message: &mut MessageType, inherited: Features, needs: &mut Needs) {
    let own: MessageOptions = options(message.options.as_ref());
    let features = inherited.with(own.features);
    needs.proto2 |= features.json_format() == JsonFormat::LegacyBestEffort;
    let is_entry = |message: &&MessageType| options::<MessageOptions>(message.options.as_ref()).map_entry();
    let maps: BTreeSet<_> = message
        .messages
        .iter()
        .filter(is_entry)
        .map(|entry| entry.name().to_owned())
        .collect();
    for field in &mut message.fields {
        let name = field.type_name().rsplit('.').next().unwrap_or_default();
        let place = match own.map_entry() || (field.label() == Label::Repeated && maps.contains(name)) {
            true => Place::Map,
            false => Place::Message,
        };
        needs.proto3 |= lower_field(field, features, place) == Presence::Implicit;
    }
    for extension in &mut message.extensions {
        lower_field(extension, features, Place::Elsewhere);
    }
    for nested in &mut message.messages {
        lower_message(nested, features, needs);
    }
    for nested in &mut message.enums {
        lower_enum(nested, features, needs);
    }
}

/// Where a field stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Message,
    /// A map, or the key or value of its entries, which are always encoded in one way.
    Map,
    /// An extension.
    Elsewhere,
}

/// Gives a field its label, type and packing, and marks it as optional if it has presence where proto3 gives none.
fn lower_field(field: &mut Field, inherited: Features, place: Place) -> Presence {
    let own: FieldOptions = options(field.options.as_ref());
    let features = inherited.with(own.features);
    let is_message = matches!(field.kind(), Type::Message | Type::Group);
    if is_message {
        let is_group = features.message_encoding() == Encoding::Delimited && place != Place::Map;
        field.kind = Some(if is_group { Type::Group } else { Type::Message } as i32);
    }
    if field.label() == Label::Repeated {
        if !is_message && !matches!(field.kind(), Type::String | Type::Bytes) {
            let packed = Some(features.repeated_field_encoding() != Repeated::Expanded);
            let features = None;
            add(&mut field.options, &FieldOptions { packed, features });
        }
        return Presence::Unknown;
    }
    if place != Place::Message || field.oneof_index.is_some() {
        return Presence::Unknown;
    }
    match features.field_presence() {
        Presence::LegacyRequired => field.label = Some(Label::Required as i32),
        Presence::Implicit if !is_message => return Presence::Implicit,
        _ => {}
    }
    field.proto3_optional = (!is_message).then_some(true);
    Presence::Explicit
}

fn lower_enum(described: &mut EnumType, inherited: Features, needs: &mut Needs) {
    let own: EnumOptions = options(described.options.as_ref());
    let features = inherited.with(own.features);
    needs.proto2 |= described.values.first().is_some_and(|value| value.number() != 0);
    let resolved = EnumOptions {
        features: Some(Features {
            enum_type: features.enum_type,
            ..Features::default()
        }),
    };
    add(&mut described.options, &resolved);
}

/// In proto3 an optional field is alone in a oneof that nobody declared.
fn wrap_optional(message: &mut MessageType) {
    let fields = message.fields.iter().map(Field::name);
    let nested = message.messages.iter().map(MessageType::name);
    let enums = message.enums.iter().map(EnumType::name);
    let values = message.enums.iter().flat_map(|described| &described.values);
    let oneofs = message.oneofs.iter().map(Oneof::name);
    let extensions = message.extensions.iter().map(Field::name);
    let names = fields.chain(nested).chain(enums).chain(oneofs).chain(extensions);
    let names = names.chain(values.map(|value| value.name()));
    let mut taken: BTreeSet<_> = names.map(str::to_owned).collect();
    for field in message.fields.iter_mut().filter(|field| field.proto3_optional()) {
        let mut name = format!("_{}", field.name());
        while !taken.insert(name.clone()) {
            name.insert(0, 'X');
        }
        field.oneof_index = i32::try_from(message.oneofs.len()).ok();
        message.oneofs.push(Oneof {
            name: Some(name),
            options: None,
        });
    }
    message.messages.iter_mut().for_each(wrap_optional);
}

fn unmark_optional(message: &mut MessageType) {
    for field in &mut message.fields {
        field.proto3_optional = None;
    }
    message.messages.iter_mut().for_each(unmark_optional);
}

#[cfg(test)]
mod tests;
