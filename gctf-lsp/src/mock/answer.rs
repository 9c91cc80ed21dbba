//! What is sent, from RESPONSE and ERROR as they are written.

use super::stubs::{Fault, UNKNOWN};
use super::wanted::plain;
use crate::eval::encode::{EncodeError, to_message};
use crate::eval::error::code_of;
use crate::grpc::details;
use crate::schema::json::{Defaults, shown};
use crate::schema::shape::{Shape, field};
use crate::status::parse_code;
use crate::syntax::json::{Data, Member, Value};
use prost_reflect::{DescriptorPool, MessageDescriptor};
use serde_json::{Map, Value as Json};

/// The message that a value of a RESPONSE stands for. A `"*"` is sent in a string and left out elsewhere.
///
/// # Errors
/// The first value or key that does not fit the type.
pub(super) fn message(written: &Value, output: &MessageDescriptor) -> Result<Json, EncodeError> {
    let sent = sendable(written, &Shape::of_message(output), output.parent_pool());
    let sent = sent.unwrap_or_else(|| Value {
        range: written.range.clone(),
        data: Data::Object(Vec::new()),
    });
    to_message(&sent, output).map(|message| shown(&message, Defaults::Omitted))
}

/// A value without its `"*"` where the type has no such value; `None` where that is all of it.
fn sendable(written: &Value, shape: &Shape, pool: &DescriptorPool) -> Option<Value> {
    let keep = |members: &[Member], of: &dyn Fn(&str) -> Option<Shape>| {
        let kept = members.iter().filter_map(|member| {
            let value = member.value.as_ref()?;
            let value = match of(&member.key) {
                Some(shape) => sendable(value, &shape, pool)?,
                None => value.clone(),
            };
            Some(Member {
                value: Some(value),
                ..member.clone()
            })
        });
        Data::Object(kept.collect())
    };
    let of_message = |message: &MessageDescriptor, key: &str| field(message, key).map(|field| Shape::of_field(&field));
    let data = match (&written.data, shape) {
        (Data::String(text), shape) if text == "*" && !matches!(shape, Shape::String | Shape::Value) => return None,
        (Data::Object(members), Shape::Message(message)) => keep(members, &|key| of_message(message, key)),
        (Data::Object(members), Shape::Map { value, .. }) => keep(members, &|_| Some((**value).clone())),
        (Data::Object(members), Shape::Any(_)) => match type_of(members, pool) {
            Some(message) => keep(members, &|key| match Shape::of_message(&message) {
                Shape::Message(message) => of_message(&message, key),
                own_form => (key == "value").then_some(own_form),
            }),
            None => written.data.clone(),
        },
        (Data::Array(items), Shape::List(item_shape)) => {
            let kept = items.iter().filter_map(|item| sendable(item, item_shape, pool));
            Data::Array(kept.collect())
        }
        (data, _) => data.clone(),
    };
    Some(Value {
        range: written.range.clone(),
        data,
    })
}

/// The type that `@type` names.
fn type_of(members: &[Member], pool: &DescriptorPool) -> Option<MessageDescriptor> {
    let url = url(members)?;
    pool.get_message_by_name(url.rsplit('/').next()?)
}

fn url(members: &[Member]) -> Option<&str> {
    let member = members.iter().rev().find(|member| member.key == "@type")?;
    match &member.value.as_ref()?.data {
        Data::String(text) => Some(text),
        _ => None,
    }
}

/// The status that an ERROR expects: a text is its message, and what is not said is as for a stub.
///
/// # Errors
/// The detail that cannot be sent.
pub(super) fn fault(written: &Value, pool: &DescriptorPool) -> Result<Fault, EncodeError> {
    let members = match &written.data {
        Data::Object(members) => members,
        Data::String(text) | Data::Word(text) => {
            return Ok(Fault {
                // Bare text may be the code's name.
                code: parse_code(text).filter(|code| *code != 0).unwrap_or(UNKNOWN),
                message: text.clone(),
                details: Vec::new(),
            });
        }
        _ => &Vec::new(),
    };
    let value = |name: &str| members.iter().rev().find(|member| member.key == name)?.value.as_ref();
    let message = match value("message").map(|value| &value.data) {
        Some(Data::String(text)) => text.clone(),
        _ => String::new(),
    };
    let details = match value("details").map(|value| &value.data) {
        Some(Data::Array(items)) => items.iter().map(|item| detail(item, pool)).collect::<Result<_, _>>()?,
        _ => Vec::new(),
    };
    Ok(Fault {
        code: value("code").and_then(code_of).unwrap_or(UNKNOWN),
        message,
        details,
    })
}

fn detail(written: &Value, pool: &DescriptorPool) -> Result<Json, EncodeError> {
    let fail = |message: String| EncodeError {
        range: written.range.clone(),
        message,
    };
    let Data::Object(members) = &written.data else {
        return Err(fail("a detail is an object".to_owned()));
    };
    let Some(url) = url(members) else {
        return Err(fail("a detail is sent with its \"@type\": add it".to_owned()));
    };
    let Some(descriptor) = details::descriptor(url, pool) else {
        // Bytes of a type that nobody here knows, as they are shown.
        return Ok(plain(written));
    };
    let fields: Vec<_> = members.iter().filter(|member| member.key != "@type").cloned().collect();
    let fields = Value {
        range: written.range.clone(),
        data: Data::Object(fields),
    };
    let mut sent = Map::from_iter([("@type".to_owned(), Json::String(url.to_owned()))]);
    if let Json::Object(fields) = message(&fields, &descriptor)? {
        sent.extend(fields);
    }
    Ok(Json::Object(sent))
}
