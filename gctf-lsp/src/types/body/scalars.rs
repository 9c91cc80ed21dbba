//! Single values: numbers, texts, enums, and messages that JSON writes as one of these.
//!
//! Whether a text is accepted is asked of the decoder itself, so that the two never disagree.

use super::written::decode;
use super::{Checker, Side, fixes};
use crate::diagnostic::{Diagnostic, Severity};
use crate::schema::json::{Defaults, shown};
use crate::schema::shape::{Shape, enum_name, enum_values, is_closed};
use crate::syntax::json::{Data, Value};
use crate::syntax::number::Number;
use prost_reflect::{DescriptorPool, DynamicMessage, EnumDescriptor};
use serde_json::Value as Json;

pub(super) const NULL_VALUE: &str = "google.protobuf.NullValue";

impl Checker<'_> {
    pub(super) fn scalar(&mut self, value: &Value, shape: &Shape) {
        if !takes(shape, &value.data) {
            return self.wrong_kind(value, shape);
        }
        let decoded = decoded(value, shape);
        match (self.rules.side, decoded) {
            (Side::Request, Some(_)) => {}
            (Side::Reply, Some(message)) => self.never_shown(value, shape, &message),
            // A tolerance lets any number be near enough.
            (Side::Reply, None) if self.rules.tolerant && matches!(value.data, Data::Number(_)) => {}
            (_, None) => {
                let message = refusal(value, shape);
                self.found.push(Diagnostic::error("G310", value.range.clone(), message));
            }
        }
    }

    /// A form that the decoder reads and no reply is ever written in.
    fn never_shown(&mut self, value: &Value, shape: &Shape, message: &DynamicMessage) {
        let (Some(written), shown) = (json_of(&value.data), shown(message, Defaults::Omitted)) else {
            return;
        };
        let other_kind = written.is_string() != shown.is_string();
        let differs = match (&written, &shown) {
            // Numbers and texts that are not their own canonical form.
            _ if other_kind => true,
            (Json::String(written), Json::String(shown)) => written != shown && !self.rules.tolerant,
            _ => false,
        };
        if !differs {
            return;
        }
        let text = shown.to_string();
        let (code, severity, title) = match (other_kind, shown.is_string()) {
            (true, true) => ("G308", Severity::Error, "Write as a string".to_owned()),
            (true, false) => ("G308", Severity::Error, "Write as a number".to_owned()),
            (false, _) => ("G321", Severity::Warning, format!("Change to {text}")),
        };
        let reason = match shape.is_long() && other_kind {
            true => "a 64-bit integer is shown as a string",
            false => "this form never comes in a reply",
        };
        let message = format!("{reason}: write {text}");
        let finding = Diagnostic::new(code, severity, value.range.clone(), message);
        self.found.push(finding.with_fix(title, value.range.clone(), text));
    }

    pub(super) fn enumeration(&mut self, value: &Value, descriptor: &EnumDescriptor) {
        if descriptor.full_name() == NULL_VALUE {
            let fits =
                matches!(&value.data, Data::Null) || matches!(&value.data, Data::String(text) if text == "NULL_VALUE");
            return match fits {
                true => {}
                false => self.wrong_kind(value, &Shape::Enum(descriptor.clone())),
            };
        }
        match &value.data {
            Data::String(name) => self.enum_name(value, name, descriptor),
            Data::Number(text) => self.enum_number(value, text, descriptor),
            _ => self.wrong_kind(value, &Shape::Enum(descriptor.clone())),
        }
    }

    fn enum_name(&mut self, value: &Value, name: &str, descriptor: &EnumDescriptor) {
        let Some(known) = descriptor.get_value_by_name(name) else {
            let names: Vec<_> = enum_values(descriptor).map(|(name, _)| name).collect();
            let nearest = crate::text::nearest(name, names.iter().copied());
            let advice = match &nearest {
                Some(nearest) => format!("; did you mean \"{nearest}\"?"),
                None if names.len() <= 6 => format!(": it has {}", names.join(", ")),
                None => String::new(),
            };
            let message = format!("{} has no value \"{name}\"{advice}", descriptor.full_name());
            let finding = Diagnostic::error("G309", value.range.clone(), message);
            self.found.push(match nearest {
                Some(nearest) => fixes::change(finding, value, format!("\"{nearest}\"")),
                None => finding,
            });
            return;
        };
        // Of several names of a number the first one is shown.
        let first = enum_name(descriptor, known.number());
        if let Some(first) = first.filter(|first| *first != name && self.rules.side == Side::Reply) {
            self.other_form(value, format!("\"{first}\""));
        }
    }

    fn enum_number(&mut self, value: &Value, text: &str, descriptor: &EnumDescriptor) {
        let number = match Number::parse(text) {
            Some(Number::Integer(number)) => i32::try_from(number).ok(),
            _ => None,
        };
        let Some(number) = number else {
            let message = format!("`{text}` is no number of {}", descriptor.full_name());
            self.found.push(Diagnostic::error("G310", value.range.clone(), message));
            return;
        };
        match (enum_name(descriptor, number), self.rules.side) {
            (Some(_), Side::Request) | (None, Side::Reply) => {}
            (Some(known), Side::Reply) => self.other_form(value, format!("\"{known}\"")),
            (None, Side::Request) => {
                let message = format!("{} has no value {number}", descriptor.full_name());
                let severity = match is_closed(descriptor) {
                    true => Severity::Error,
                    false => Severity::Warning,
                };
                self.found
                    .push(Diagnostic::new("G309", severity, value.range.clone(), message));
            }
        }
    }

    fn other_form(&mut self, value: &Value, shown: String) {
        let message = format!("this form never comes in a reply: write {shown}");
        let finding = Diagnostic::warning("G321", value.range.clone(), message);
        self.found.push(fixes::change(finding, value, shown));
    }
}

/// Whether the decoder looks at a value of this kind at all.
fn takes(shape: &Shape, data: &Data) -> bool {
    match (shape, data) {
        (Shape::Bool, Data::Bool(_)) => true,
        (Shape::Int32 | Shape::Uint32 | Shape::Int64 | Shape::Uint64, Data::Number(_) | Data::String(_)) => true,
        (Shape::Float | Shape::Double, Data::Number(_) | Data::String(_)) => true,
        (Shape::String | Shape::Bytes | Shape::Timestamp | Shape::Duration | Shape::FieldMask, data) => is_text(data),
        _ => false,
    }
}

/// Strings, and the words that stand for them.
fn is_text(data: &Data) -> bool {
    match data {
        Data::String(_) => true,
        Data::Number(text) => is_word(text),
        _ => false,
    }
}

/// `NaN` and its like are strings without quotes.
fn is_word(number: &str) -> bool {
    matches!(number.trim_start_matches(['+', '-']), "NaN" | "Infinity")
}

/// The message that JSON writes as one value of this form.
fn type_of(shape: &Shape) -> Option<&'static str> {
    Some(match shape {
        Shape::String => "StringValue",
        Shape::Bool => "BoolValue",
        Shape::Int32 => "Int32Value",
        Shape::Uint32 => "UInt32Value",
        Shape::Int64 => "Int64Value",
        Shape::Uint64 => "UInt64Value",
        Shape::Float => "FloatValue",
        Shape::Double => "DoubleValue",
        Shape::Bytes => "BytesValue",
        Shape::Timestamp => "Timestamp",
        Shape::Duration => "Duration",
        Shape::FieldMask => "FieldMask",
        _ => return None,
    })
}

fn decoded(value: &Value, shape: &Shape) -> Option<DynamicMessage> {
    // The decoder takes the one number behind the greatest for a double that is near enough.
    if let (Shape::Uint64, Data::Number(text)) = (shape, &value.data)
        && let Some(Number::Integer(number)) = Number::parse(text)
        && u64::try_from(number).is_err()
    {
        return None;
    }
    let name = format!("google.protobuf.{}", type_of(shape)?);
    let descriptor = DescriptorPool::global().get_message_by_name(&name)?;
    let camel = match (shape, &value.data) {
        (Shape::FieldMask, Data::String(text)) => Some(Value {
            data: Data::String(fixes::camel_paths(text)),
            range: value.range.clone(),
        }),
        _ => None,
    };
    decode(camel.as_ref().unwrap_or(value), &descriptor).ok()
}

fn json_of(data: &Data) -> Option<Json> {
    Some(match data {
        Data::Bool(value) => Json::Bool(*value),
        Data::String(text) => Json::String(text.clone()),
        Data::Number(text) if is_word(text) => Json::String(text.clone()),
        Data::Number(text) => Json::Number(Number::parse(text)?.to_json()?),
        _ => return None,
    })
}

fn refusal(value: &Value, shape: &Shape) -> String {
    let (Data::String(text) | Data::Number(text)) = &value.data else {
        return format!("expected {}", form(shape));
    };
    let range = match shape {
        Shape::Int32 => "-2147483648 to 2147483647",
        Shape::Uint32 => "0 to 4294967295",
        Shape::Int64 => "-9223372036854775808 to 9223372036854775807",
        Shape::Uint64 => "0 to 18446744073709551615",
        Shape::Float => "a float32",
        _ => "",
    };
    let number = Number::parse(text);
    match (shape, number) {
        (Shape::Int32 | Shape::Uint32 | Shape::Int64 | Shape::Uint64, Some(Number::Integer(_))) => {
            format!("{text} is out of range: {range}")
        }
        (Shape::Float, Some(_)) => format!("{text} is out of the range of {range}"),
        (Shape::Timestamp, _) => format!("\"{text}\" is no time: write one such as \"2024-01-31T12:00:00Z\""),
        (Shape::Duration, _) => format!("\"{text}\" is no duration: write seconds such as \"1.5s\""),
        (Shape::Bytes, _) => format!("\"{text}\" is no base64"),
        (Shape::FieldMask, _) => format!("\"{text}\" is no list of field paths such as \"userId,home.city\""),
        _ => format!("expected {}, got {}", form(shape), kind(value)),
    }
}

/// How a value of this form is written, in a word or two.
pub(super) fn form(shape: &Shape) -> String {
    let text = match shape {
        Shape::Message(message) => return format!("an object ({})", message.full_name()),
        Shape::Map { .. } | Shape::Struct => "an object",
        Shape::Any(_) => "an object with \"@type\"",
        Shape::List(_) | Shape::ListValue => "an array",
        Shape::String => "a string",
        Shape::Bool => "true or false",
        Shape::Int32 | Shape::Uint32 => "a whole number",
        Shape::Int64 | Shape::Uint64 => "a whole number, or one in quotes",
        Shape::Float | Shape::Double => "a number",
        Shape::Bytes => "a string of base64",
        Shape::Enum(descriptor) if descriptor.full_name() == NULL_VALUE => "null",
        Shape::Enum(descriptor) => return format!("a name of {}", descriptor.full_name()),
        Shape::Timestamp => "a time such as \"2024-01-31T12:00:00Z\"",
        Shape::Duration => "seconds such as \"1.5s\"",
        Shape::FieldMask => "a string of field paths",
        Shape::Value => "any value",
    };
    text.to_owned()
}

/// What a value is.
pub(super) fn kind(value: &Value) -> String {
    match &value.data {
        Data::Null => "null".to_owned(),
        Data::Bool(value) => value.to_string(),
        Data::Number(text) => text.clone(),
        Data::String(text) if text.chars().count() > 40 => "a string".to_owned(),
        Data::String(text) => format!("\"{text}\""),
        Data::Array(_) => "an array".to_owned(),
        Data::Object(_) => "an object".to_owned(),
        Data::Template(_) | Data::Word(_) => "something else".to_owned(),
    }
}
