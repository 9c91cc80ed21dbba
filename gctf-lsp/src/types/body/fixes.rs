//! What to write instead.

use crate::diagnostic::Diagnostic;
use crate::schema::shape::{Shape, decoder_key};
use crate::syntax::json::{Data, Member, Value};
use crate::syntax::number::Number;
use prost_reflect::{DescriptorPool, DynamicMessage};

/// `finding` with the fix that writes `text` for `value`.
pub(super) fn change(finding: Diagnostic, value: &Value, text: String) -> Diagnostic {
    finding.with_fix(format!("Change to {text}"), value.range.clone(), text)
}

/// A key in the style of `member`, bare or in quotes.
pub(super) fn key_text(member: &Member, name: &str) -> String {
    match member.key_range.len() == member.key.len() {
        true => name.to_owned(),
        false => format!("\"{name}\""),
    }
}

/// A value of the wrong kind in the form that `shape` has, where that is plain: the title and the text.
pub(super) fn rewritten(value: &Value, shape: &Shape) -> Option<(String, String)> {
    match (shape, &value.data) {
        (Shape::String, Data::Number(text)) => Some(("Write as a string".to_owned(), format!("\"{text}\""))),
        (Shape::String, Data::Bool(flag)) => Some(("Write as a string".to_owned(), format!("\"{flag}\""))),
        (Shape::Bool, Data::String(text)) if matches!(text.as_str(), "true" | "false") => {
            Some((format!("Change to {text}"), text.clone()))
        }
        (Shape::Timestamp | Shape::Duration, Data::Object(members)) => {
            let text = seconds_and_nanos(members, shape)?;
            Some((format!("Change to {text}"), text))
        }
        _ => None,
    }
}

/// The string form of `{"seconds": …, "nanos": …}`.
fn seconds_and_nanos(members: &[Member], shape: &Shape) -> Option<String> {
    let part = |name: &str| {
        let member = members.iter().rev().find(|member| member.key == name);
        match member.map(|member| member.value.as_ref().map(|value| &value.data)) {
            None => Some(0),
            Some(Some(Data::Number(text) | Data::String(text))) => match Number::parse(text)? {
                Number::Integer(number) => i64::try_from(number).ok(),
                Number::Float(_) => None,
            },
            Some(_) => None,
        }
    };
    let only_these = members
        .iter()
        .all(|member| matches!(member.key.as_str(), "seconds" | "nanos"));
    let (seconds, nanos) = (part("seconds")?, i32::try_from(part("nanos")?).ok()?);
    let name = match shape {
        Shape::Timestamp => "google.protobuf.Timestamp",
        _ => "google.protobuf.Duration",
    };
    let mut message = DynamicMessage::new(DescriptorPool::global().get_message_by_name(name)?);
    message.set_field_by_name("seconds", prost_reflect::Value::I64(seconds));
    message.set_field_by_name("nanos", prost_reflect::Value::I32(nanos));
    let shown = crate::schema::json::shown(&message, crate::schema::json::Defaults::Omitted);
    (only_these && shown.is_string()).then(|| shown.to_string())
}

/// Field paths in lowerCamelCase, which is what the decoder reads.
pub(super) fn camel_paths(paths: &str) -> String {
    let mut camel = String::with_capacity(paths.len());
    let mut characters = paths.chars().peekable();
    while let Some(character) = characters.next() {
        match (character, characters.peek()) {
            ('_', Some(next)) if next.is_ascii_lowercase() => {
                camel.push(next.to_ascii_uppercase());
                characters.next();
            }
            _ => camel.push(character),
        }
    }
    camel
}

/// `value` as the decoder reads it: the paths of every FieldMask in lowerCamelCase, and keys that mean the field of
/// that proto name although another field has it as its JSON name; `None` where it is so already.
pub(super) fn as_decoder_reads(value: &Value, shape: &Shape) -> Option<Value> {
    let data = match (shape, &value.data) {
        (Shape::FieldMask, Data::String(text)) if text.contains('_') => Some(Data::String(camel_paths(text))),
        (Shape::List(element), Data::Array(items)) => {
            let changed = each(items, |item| as_decoder_reads(item, element));
            changed.map(Data::Array)
        }
        (Shape::Message(_) | Shape::Map { .. }, Data::Object(members)) => members_of(members, shape).map(Data::Object),
        (Shape::Any(pool), Data::Object(members)) => match payload(members, pool)? {
            message @ Shape::Message(_) => members_of(members, &message).map(Data::Object),
            form => each(members, |member| {
                let value = member.value.as_ref().filter(|_| member.key == "value")?;
                Some(with_value(member, as_decoder_reads(value, &form)?))
            })
            .map(Data::Object),
        },
        _ => None,
    };
    Some(Value {
        data: data?,
        range: value.range.clone(),
    })
}

/// The form of what an Any holds beside its type.
fn payload(members: &[Member], pool: &DescriptorPool) -> Option<Shape> {
    let url = members.iter().rev().find(|member| member.key == "@type")?;
    let Data::String(url) = &url.value.as_ref()?.data else {
        return None;
    };
    let message = pool.get_message_by_name(crate::schema::any::type_name(url))?;
    Some(Shape::of_message(&message))
}

fn members_of(members: &[Member], shape: &Shape) -> Option<Vec<Member>> {
    each(members, |member| {
        let form = shape.member(&member.key);
        let value = member
            .value
            .as_ref()
            .zip(form)
            .and_then(|(value, form)| as_decoder_reads(value, &form));
        let key = match shape {
            Shape::Message(message) => decoder_key(message, &member.key),
            _ => None,
        };
        if value.is_none() && key.is_none() {
            return None;
        }
        Some(Member {
            key: key.unwrap_or_else(|| member.key.clone()),
            value: value.or_else(|| member.value.clone()),
            ..member.clone()
        })
    })
}

fn with_value(member: &Member, value: Value) -> Member {
    Member {
        value: Some(value),
        ..member.clone()
    }
}

/// The items with those in place that `change` gives another form; `None` if it does so for none.
fn each<T: Clone>(items: &[T], change: impl Fn(&T) -> Option<T>) -> Option<Vec<T>> {
    let changed: Vec<_> = items.iter().map(change).collect();
    changed.iter().any(Option::is_some).then(|| {
        let pairs = changed.into_iter().zip(items);
        pairs
            .map(|(changed, item)| changed.unwrap_or_else(|| item.clone()))
            .collect()
    })
}
