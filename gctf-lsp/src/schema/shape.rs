//! Protobuf types as the JSON that stands for them: what an object's keys and values may be at any depth.

use prost::Message as _;
use prost_reflect::{DescriptorPool, EnumDescriptor, ExtensionDescriptor, FieldDescriptor, Kind, MessageDescriptor};

/// The JSON form of a type.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// An object with the fields of a message.
    Message(MessageDescriptor),
    List(Box<Shape>),
    /// An object with free keys of a scalar kind.
    Map {
        key: Kind,
        value: Box<Shape>,
    },
    String,
    Bool,
    /// 32-bit integers, with or without a sign: a number.
    Int32,
    Uint32,
    /// 64-bit integers: a string of digits.
    Int64,
    Uint64,
    Float,
    Double,
    Bytes,
    Enum(EnumDescriptor),
    Timestamp,
    Duration,
    FieldMask,
    /// Struct: any object.
    Struct,
    /// Value: anything.
    Value,
    /// ListValue: any array.
    ListValue,
    /// Any: an object with `@type` and that type's fields, as far as the pool has it.
    Any(DescriptorPool),
}

impl Shape {
    /// The form of a whole message.
    pub fn of_message(message: &MessageDescriptor) -> Self {
        match message.full_name() {
            "google.protobuf.Timestamp" => Self::Timestamp,
            "google.protobuf.Duration" => Self::Duration,
            "google.protobuf.FieldMask" => Self::FieldMask,
            "google.protobuf.Struct" => Self::Struct,
            "google.protobuf.Value" => Self::Value,
            "google.protobuf.ListValue" => Self::ListValue,
            "google.protobuf.Any" => Self::Any(message.parent_pool().clone()),
            "google.protobuf.StringValue" => Self::String,
            "google.protobuf.BoolValue" => Self::Bool,
            "google.protobuf.Int32Value" => Self::Int32,
            "google.protobuf.UInt32Value" => Self::Uint32,
            "google.protobuf.Int64Value" => Self::Int64,
            "google.protobuf.UInt64Value" => Self::Uint64,
            "google.protobuf.FloatValue" => Self::Float,
            "google.protobuf.DoubleValue" => Self::Double,
            "google.protobuf.BytesValue" => Self::Bytes,
            _ => Self::Message(message.clone()),
        }
    }

    /// The form of a field's value, lists and maps included.
    pub fn of_field(field: &FieldDescriptor) -> Self {
        if let (true, Kind::Message(entry)) = (field.is_map(), field.kind()) {
            return Self::Map {
                key: entry.map_entry_key_field().kind(),
                value: Box::new(Self::of_kind(&entry.map_entry_value_field().kind())),
            };
        }
        let element = Self::of_kind(&field.kind());
        match field.is_list() {
            true => Self::List(Box::new(element)),
            false => element,
        }
    }

    /// The form of an extension's value, lists included.
    pub fn of_extension(extension: &ExtensionDescriptor) -> Self {
        let element = Self::of_kind(&extension.kind());
        match extension.is_list() {
            true => Self::List(Box::new(element)),
            false => element,
        }
    }

    /// The form of a single value of a field.
    pub fn of_kind(kind: &Kind) -> Self {
        match kind {
            Kind::String => Self::String,
            Kind::Bool => Self::Bool,
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => Self::Int32,
            Kind::Uint32 | Kind::Fixed32 => Self::Uint32,
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Self::Int64,
            Kind::Uint64 | Kind::Fixed64 => Self::Uint64,
            Kind::Float => Self::Float,
            Kind::Double => Self::Double,
            Kind::Bytes => Self::Bytes,
            Kind::Enum(descriptor) => Self::Enum(descriptor.clone()),
            Kind::Message(message) => Self::of_message(message),
        }
    }

    /// Whether no string of JSON is a value of it.
    pub fn is_never_text(&self) -> bool {
        matches!(
            self,
            Self::Message(_)
                | Self::List(_)
                | Self::Map { .. }
                | Self::Struct
                | Self::ListValue
                | Self::Any(_)
                | Self::Bool
        )
    }

    /// Whether it is a 64-bit integer.
    pub fn is_long(&self) -> bool {
        matches!(self, Self::Int64 | Self::Uint64)
    }

    /// Whether it is an integer of any width.
    pub fn is_integer(&self) -> bool {
        self.is_long() || matches!(self, Self::Int32 | Self::Uint32)
    }

    /// How values of this form are written in JSON, in a sentence.
    pub fn describe(&self) -> String {
        let text = match self {
            Self::Message(_) => "Written as an object.",
            Self::List(_) => "Written as an array.",
            Self::Map { .. } => "Written as an object with free keys.",
            Self::String => "Written as a string.",
            Self::Bool => "Written as `true` or `false`.",
            Self::Int32 | Self::Uint32 => "Written as a whole number.",
            Self::Int64 | Self::Uint64 => "A 64-bit integer: shown as a string of digits.",
            Self::Float | Self::Double => "Written as a number, or as `\"NaN\"`, `\"Infinity\"`, `\"-Infinity\"`.",
            Self::Bytes => "Written as base64.",
            Self::Enum(descriptor) => {
                let names: Vec<_> = descriptor
                    .values()
                    .map(|value| format!("`\"{}\"`", value.name()))
                    .collect();
                return format!("Written as one of {}.", names.join(", "));
            }
            Self::Timestamp => "Written as a time such as `\"2024-01-01T12:00:00Z\"`.",
            Self::Duration => "Written as seconds such as `\"1.5s\"`.",
            Self::FieldMask => "Written as field paths with commas between them.",
            Self::Struct => "Any JSON object.",
            Self::Value => "Any JSON value.",
            Self::ListValue => "Any JSON array.",
            Self::Any(_) => "An object with `@type` and the fields of that type.",
        };
        text.to_owned()
    }

    /// The form of the value under `key`; `None` where the schema says nothing.
    pub fn member(&self, key: &str) -> Option<Self> {
        match self {
            Self::Message(message) => match field(message, key) {
                Some(field) => Some(Self::of_field(&field)),
                None => message
                    .get_extension_by_json_name(key)
                    .map(|extension| Self::of_extension(&extension)),
            },
            Self::Map { value, .. } => Some((**value).clone()),
            Self::Struct | Self::Value => Some(Self::Value),
            _ => None,
        }
    }

    /// The proto name of the field that `key` means in a message.
    pub fn proto_name(&self, key: &str) -> Option<String> {
        match self {
            Self::Message(message) => Some(field(message, key)?.name().to_owned()),
            _ => None,
        }
    }

    /// The form of a list's elements.
    pub fn element(&self) -> Option<Self> {
        match self {
            Self::List(element) => Some((**element).clone()),
            Self::ListValue | Self::Value => Some(Self::Value),
            _ => None,
        }
    }
}

/// The field of `message` that `name` means, by its proto name or else its JSON name.
pub fn field(message: &MessageDescriptor, name: &str) -> Option<FieldDescriptor> {
    message
        .get_field_by_name(name)
        .or_else(|| message.get_field_by_json_name(name))
}

/// How the decoder has to see `key` to set the field that it means, if it would set another one, whose JSON name is
/// that field's proto name.
pub fn decoder_key(message: &MessageDescriptor, key: &str) -> Option<String> {
    let meant = message.get_field_by_name(key)?;
    let set = message.get_field_by_json_name(key)?;
    (meant != set).then(|| meant.json_name().to_owned())
}

/// The names of an enum as they are declared, each with its number.
pub fn enum_values(descriptor: &EnumDescriptor) -> impl Iterator<Item = (&str, i32)> {
    let values = descriptor.enum_descriptor_proto().value.iter();
    values.map(|value| (value.name(), value.number()))
}

/// Whether numbers that an enum does not name are no values of it.
pub fn is_closed(descriptor: &EnumDescriptor) -> bool {
    /// What files of an edition say of an enum, in its options whatever else they hold.
    #[derive(Clone, PartialEq, prost::Message)]
    struct Options {
        #[prost(message, optional, tag = "7")]
        features: Option<Features>,
    }
    #[derive(Clone, PartialEq, prost::Message)]
    struct Features {
        #[prost(int32, optional, tag = "2")]
        enum_type: Option<i32>,
    }
    const CLOSED: i32 = 2;
    let options = Options::decode(descriptor.options().encode_to_vec().as_slice());
    match options.ok().and_then(|options| options.features?.enum_type) {
        Some(kind) => kind == CLOSED,
        None => descriptor.parent_file().file_descriptor_proto().syntax() != "proto3",
    }
}

/// The name that a number is shown with: of several the first one that is declared.
pub fn enum_name(descriptor: &EnumDescriptor, number: i32) -> Option<&str> {
    enum_values(descriptor)
        .find(|(_, own)| *own == number)
        .map(|(name, _)| name)
}

/// An extension's type as proto source writes it.
pub fn extension_type_name(extension: &ExtensionDescriptor) -> String {
    let kind = kind_name(&extension.kind());
    match extension.is_list() {
        true => format!("repeated {kind}"),
        false => kind,
    }
}

/// A field's type as proto source writes it, without its name.
pub fn type_name(field: &FieldDescriptor) -> String {
    if let (true, Kind::Message(entry)) = (field.is_map(), field.kind()) {
        let key = kind_name(&entry.map_entry_key_field().kind());
        let value = kind_name(&entry.map_entry_value_field().kind());
        return format!("map<{key}, {value}>");
    }
    let kind = kind_name(&field.kind());
    match field.is_list() {
        true => format!("repeated {kind}"),
        false => kind,
    }
}

/// A type as proto source writes it.
pub(super) fn kind_name(kind: &Kind) -> String {
    match kind {
        Kind::Message(message) => message.full_name().to_owned(),
        Kind::Enum(descriptor) => descriptor.full_name().to_owned(),
        Kind::Double => "double".to_owned(),
        Kind::Float => "float".to_owned(),
        Kind::Int32 => "int32".to_owned(),
        Kind::Int64 => "int64".to_owned(),
        Kind::Uint32 => "uint32".to_owned(),
        Kind::Uint64 => "uint64".to_owned(),
        Kind::Sint32 => "sint32".to_owned(),
        Kind::Sint64 => "sint64".to_owned(),
        Kind::Fixed32 => "fixed32".to_owned(),
        Kind::Fixed64 => "fixed64".to_owned(),
        Kind::Sfixed32 => "sfixed32".to_owned(),
        Kind::Sfixed64 => "sfixed64".to_owned(),
        Kind::Bool => "bool".to_owned(),
        Kind::String => "string".to_owned(),
        Kind::Bytes => "bytes".to_owned(),
    }
}
