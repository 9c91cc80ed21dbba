//! Messages as they are shown: proto names, omitted defaults, 64-bit integers as strings.

use super::shape::{Shape, decoder_key, enum_name};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use prost_reflect::{
    DynamicMessage, Kind, MapKey, MessageDescriptor, ReflectMessage as _, SerializeOptions, Value as Field,
};
use serde_json::{Map, Value};

/// Which fields at their default are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Defaults {
    /// None, as on the wire.
    #[default]
    Omitted,
    /// Those without presence, and empty lists and maps.
    Shown,
}

/// The JSON of a message (format: "JSON mapping").
pub fn shown(message: &DynamicMessage, defaults: Defaults) -> Value {
    match message.descriptor().full_name() {
        "google.protobuf.Any" => any(message, defaults),
        name if has_own_form(name) => own_form(message),
        _ => Value::Object(fields(message, defaults)),
    }
}

/// The message that `value` stands for: of two fields that a key could mean, the one of that proto name.
///
/// # Errors
/// The first value or key that does not fit.
pub fn read(value: &Value, message: &MessageDescriptor) -> Result<DynamicMessage, serde_json::Error> {
    let mut value = value.clone();
    rename(&mut value, &Shape::of_message(message));
    DynamicMessage::deserialize(message.clone(), value)
}

/// Writes keys as the decoder has to see them.
fn rename(value: &mut Value, shape: &Shape) {
    match (shape, value) {
        (Shape::List(element), Value::Array(items)) => items.iter_mut().for_each(|item| rename(item, element)),
        (_, Value::Object(members)) => {
            for (key, member) in members.iter_mut() {
                if let Some(form) = shape.member(key) {
                    rename(member, &form);
                }
            }
            let Shape::Message(message) = shape else { return };
            if members.keys().any(|key| decoder_key(message, key).is_some()) {
                let named = std::mem::take(members).into_iter();
                members.extend(named.map(|(key, member)| (decoder_key(message, &key).unwrap_or(key), member)));
            }
        }
        _ => {}
    }
}

/// About how much memory a value takes, in bytes.
pub fn footprint(value: &Value) -> usize {
    /// A member besides its key's text and its value: its place, its hash, its slot.
    const MEMBER: usize = size_of::<String>() + 3 * size_of::<usize>();
    let inside = match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(footprint).sum(),
        Value::Object(members) => {
            let member = |(key, value): (&String, &Value)| MEMBER + key.len() + footprint(value);
            members.iter().map(member).sum()
        }
    };
    size_of::<Value>() + inside
}

/// Types that JSON writes as something else than an object of their fields.
fn has_own_form(name: &str) -> bool {
    let Some(name) = name.strip_prefix("google.protobuf.") else {
        return false;
    };
    name.ends_with("Value") || matches!(name, "Timestamp" | "Duration" | "FieldMask" | "Struct")
}

fn own_form(message: &DynamicMessage) -> Value {
    let name = message.descriptor().full_name().to_owned();
    // Wrappers stand for their one field; Value and ListValue are something else.
    let wrapped = message.descriptor().get_field_by_name("value");
    if let Some(wrapped) = wrapped.filter(|_| name.ends_with("Value")) {
        return scalar(&message.get_field(&wrapped), &wrapped.kind(), Defaults::Omitted);
    }
    let options = SerializeOptions::new().stringify_64_bit_integers(true);
    let mut text = Vec::new();
    // By way of text: it prints a float32 with the fewest digits that give it back.
    let written = message.serialize_with_options(&mut serde_json::Serializer::new(&mut text), &options);
    let value = written.ok().and_then(|()| serde_json::from_slice(&text).ok());
    // A time or a number that JSON has no form for.
    value.unwrap_or_else(|| Value::Object(fields(message, Defaults::Omitted)))
}

fn fields(message: &DynamicMessage, defaults: Defaults) -> Map<String, Value> {
    let mut object = Map::new();
    for descriptor in message.descriptor().fields() {
        let present = message.has_field(&descriptor);
        let implied = defaults == Defaults::Shown && !descriptor.supports_presence();
        if present || implied {
            let value = field(&message.get_field(&descriptor), descriptor.kind(), defaults);
            object.insert(descriptor.name().to_owned(), value);
        }
    }
    for (extension, value) in message.extensions() {
        let value = field(value, extension.kind(), defaults);
        object.insert(format!("[{}]", extension.full_name()), value);
    }
    object
}

fn field(value: &Field, kind: Kind, defaults: Defaults) -> Value {
    match value {
        Field::List(items) => items.iter().map(|item| scalar(item, &kind, defaults)).collect(),
        Field::Map(entries) => {
            let kind = match kind {
                Kind::Message(entry) => entry.map_entry_value_field().kind(),
                other => other,
            };
            let mut members: Vec<_> = entries
                .iter()
                .map(|(key, value)| (key_text(key), scalar(value, &kind, defaults)))
                .collect();
            // Maps have no order of their own.
            members.sort_by(|left, right| left.0.cmp(&right.0));
            Value::Object(members.into_iter().collect())
        }
        single => scalar(single, &kind, defaults),
    }
}

fn scalar(value: &Field, kind: &Kind, defaults: Defaults) -> Value {
    match value {
        Field::Bool(value) => Value::Bool(*value),
        Field::I32(value) => (*value).into(),
        Field::U32(value) => (*value).into(),
        Field::I64(value) => value.to_string().into(),
        Field::U64(value) => value.to_string().into(),
        // The shortest digits that give the same float32.
        Field::F32(value) => float(f64::from(*value), value.to_string().parse().ok()),
        Field::F64(value) => float(*value, Some(*value)),
        Field::String(text) => text.as_str().into(),
        Field::Bytes(bytes) => BASE64_STANDARD.encode(bytes).into(),
        Field::EnumNumber(number) => match kind {
            Kind::Enum(descriptor) if descriptor.full_name() == "google.protobuf.NullValue" => Value::Null,
            Kind::Enum(descriptor) => enum_name(descriptor, *number).map_or_else(|| (*number).into(), Value::from),
            _ => (*number).into(),
        },
        Field::Message(message) => shown(message, defaults),
        // Neither stands inside another value.
        Field::List(_) | Field::Map(_) => Value::Null,
    }
}

fn float(value: f64, written: Option<f64>) -> Value {
    match written.and_then(serde_json::Number::from_f64) {
        Some(number) => Value::Number(number),
        None if value.is_nan() => "NaN".into(),
        None if value > 0.0 => "Infinity".into(),
        None => "-Infinity".into(),
    }
}

fn key_text(key: &MapKey) -> String {
    match key {
        MapKey::Bool(key) => key.to_string(),
        MapKey::I32(key) => key.to_string(),
        MapKey::I64(key) => key.to_string(),
        MapKey::U32(key) => key.to_string(),
        MapKey::U64(key) => key.to_string(),
        MapKey::String(key) => key.clone(),
    }
}

/// `@type` with the fields, or with base64 `value` where the schema does not have the type.
fn any(message: &DynamicMessage, defaults: Defaults) -> Value {
    let text = |name: &str| message.get_field_by_name(name).map(|value| value.into_owned());
    let url = match text("type_url") {
        Some(Field::String(url)) => url,
        _ => String::new(),
    };
    let bytes = match text("value") {
        Some(Field::Bytes(bytes)) => bytes,
        _ => Default::default(),
    };
    if url.is_empty() && bytes.is_empty() {
        return Value::Object(Map::new());
    }
    let mut object = Map::from_iter([("@type".to_owned(), Value::String(url.clone()))]);
    let name = super::any::type_name(&url);
    let pool = message.descriptor().parent_pool().clone();
    let inner = pool
        .get_message_by_name(name)
        .and_then(|descriptor| DynamicMessage::decode(descriptor, bytes.clone()).ok());
    match inner {
        Some(inner) if has_own_form(name) || name == "google.protobuf.Any" => {
            object.insert("value".to_owned(), shown(&inner, defaults));
        }
        Some(inner) => object.extend(fields(&inner, defaults)),
        None => {
            object.insert("value".to_owned(), BASE64_STANDARD.encode(&bytes).into());
        }
    }
    Value::Object(object)
}
