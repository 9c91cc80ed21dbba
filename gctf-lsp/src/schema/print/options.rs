//! Options with their values as proto source writes them. Those that the pool does not declare are left out.

use super::names::Names;
use prost_reflect::{DynamicMessage, Kind, Value};
use std::fmt::Write as _;

/// The options that are set, each with its value; one that is repeated stands there as often.
pub(super) fn set(options: &DynamicMessage, names: &Names, scope: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (field, value) in options.fields() {
        if !matches!(field.name(), "uninterpreted_option" | "map_entry") {
            push(&mut found, field.name(), value, &field.kind());
        }
    }
    for (extension, value) in options.extensions() {
        let name = format!("({})", names.shortest(extension.full_name(), scope));
        push(&mut found, &name, value, &extension.kind());
    }
    found
}

fn push(found: &mut Vec<(String, String)>, name: &str, value: &Value, kind: &Kind) {
    match value {
        Value::List(items) => items.iter().for_each(|item| push(found, name, item, kind)),
        single => found.extend(text(single, kind).map(|text| (name.to_owned(), text))),
    }
}

/// ` [a = 1, b = 2]`, or nothing.
pub(super) fn in_brackets(options: &[(String, String)]) -> String {
    let options: Vec<_> = options
        .iter()
        .map(|(name, value)| format!("{name} = {value}"))
        .collect();
    match options.is_empty() {
        true => String::new(),
        false => format!(" [{}]", options.join(", ")),
    }
}

fn text(value: &Value, kind: &Kind) -> Option<String> {
    Some(match value {
        Value::Bool(value) => value.to_string(),
        Value::I32(value) => value.to_string(),
        Value::I64(value) => value.to_string(),
        Value::U32(value) => value.to_string(),
        Value::U64(value) => value.to_string(),
        Value::F32(value) => float(value.to_string()),
        Value::F64(value) => float(value.to_string()),
        Value::String(text) => quoted(text.as_bytes()),
        Value::Bytes(bytes) => quoted(bytes),
        Value::EnumNumber(number) => kind.as_enum()?.get_value(*number)?.name().to_owned(),
        Value::Message(message) => format!("{{ {} }}", message.to_text_format()),
        Value::List(_) | Value::Map(_) => return None,
    })
}

/// Rust's words for what is no number are proto's, but for their case.
fn float(text: String) -> String {
    text.to_ascii_lowercase()
}

/// A string in quotes; what is no plain ASCII is escaped, byte by byte where it is no UTF-8.
pub(super) fn quoted(bytes: &[u8]) -> String {
    let mut out = String::from("\"");
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                '"' => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                c if c.is_control() => {
                    let mut buffer = [0; 4];
                    escape(c.encode_utf8(&mut buffer).as_bytes(), &mut out);
                }
                c => out.push(c),
            }
        }
        escape(chunk.invalid(), &mut out);
    }
    out.push('"');
    out
}

fn escape(bytes: &[u8], out: &mut String) {
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(out, "\\{byte:03o}");
    }
}
