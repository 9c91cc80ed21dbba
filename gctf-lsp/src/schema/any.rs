//! Which types the Any values of a message name that its schema does not have.

use prost_reflect::{DescriptorPool, DynamicMessage, Kind, MessageDescriptor, ReflectMessage as _, Value};
use std::collections::BTreeSet;

const ANY: &str = "google.protobuf.Any";

/// The full name in a type URL.
pub fn type_name(url: &str) -> &str {
    url.rsplit('/').next().unwrap_or_default()
}

/// Whether a message of this type can hold an Any, at any depth.
pub fn can_hold(message: &MessageDescriptor) -> bool {
    let mut seen = BTreeSet::new();
    let mut next = vec![message.clone()];
    while let Some(message) = next.pop() {
        if message.full_name() == ANY {
            return true;
        }
        if seen.insert(message.full_name().to_owned()) {
            next.extend(message.fields().filter_map(|field| match field.kind() {
                Kind::Message(inner) => Some(inner),
                _ => None,
            }));
        }
    }
    false
}

/// Full names of the types in the Any values of `message`, at any depth, that its pool does not have.
pub fn unknown(message: &DynamicMessage) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let pool = message.descriptor().parent_pool().clone();
    of_message(message, &pool, &mut found);
    found
}

fn of_message(message: &DynamicMessage, pool: &DescriptorPool, found: &mut BTreeSet<String>) {
    if message.descriptor().full_name() != ANY {
        return message.fields().for_each(|(_, value)| of_value(value, pool, found));
    }
    let url = message.get_field_by_name("type_url");
    let url = url.as_deref().and_then(Value::as_str).unwrap_or_default();
    let name = type_name(url);
    let bytes = message.get_field_by_name("value");
    let bytes = bytes.as_deref().and_then(Value::as_bytes).cloned().unwrap_or_default();
    match pool.get_message_by_name(name) {
        Some(inner) => {
            if let Ok(inner) = DynamicMessage::decode(inner, bytes) {
                of_message(&inner, pool, found);
            }
        }
        None if name.is_empty() => {}
        None => drop(found.insert(name.to_owned())),
    }
}

fn of_value(value: &Value, pool: &DescriptorPool, found: &mut BTreeSet<String>) {
    match value {
        Value::Message(message) => of_message(message, pool, found),
        Value::List(items) => items.iter().for_each(|item| of_value(item, pool, found)),
        Value::Map(entries) => entries.values().for_each(|entry| of_value(entry, pool, found)),
        _ => {}
    }
}
