//! Messages as they are shown: proto names, omitted defaults, 64-bit integers as strings.

use prost_reflect::{DynamicMessage, SerializeOptions};
use serde_json::Value;

/// The JSON of a message (format: "JSON mapping").
pub fn shown(message: &DynamicMessage) -> Value {
    let options = SerializeOptions::new()
        .use_proto_field_name(true)
        .stringify_64_bit_integers(true);
    let mut text = Vec::new();
    let mut serializer = serde_json::Serializer::new(&mut text);
    // By way of text: it prints a float32 with the fewest digits that give it back.
    match message.serialize_with_options(&mut serializer, &options) {
        Ok(()) => serde_json::from_slice(&text).unwrap_or_default(),
        // An Any of a type that the schema does not have.
        Err(_) => Value::Null,
    }
}
