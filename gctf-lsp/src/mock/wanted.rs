//! What a request has to be, from a REQUEST and REQUEST_HEADERS as they are written.

use super::part::Part;
use super::serve::all_fields;
use super::stubs::Matcher;
use crate::eval::encode::{EncodeError, to_message};
use crate::eval::template;
use crate::grpc::metadata;
use crate::schema::shape::{Shape, field};
use crate::syntax::json::{Data, Member, Value};
use crate::syntax::number::Number;
use prost_reflect::MessageDescriptor;
use serde_json::{Map, Value as Json};
use std::ops::Range;

/// The value that a written one has in a message as matchers see it.
type Exact<'a> = &'a dyn Fn(&Value) -> Result<Json, EncodeError>;

/// The matcher of one request message: its fields equal what is listed, but for the templates, which match anything.
///
/// # Errors
/// The first value or key that does not fit the type.
pub(super) fn matcher(written: &Value, input: &MessageDescriptor) -> Result<Matcher, EncodeError> {
    let mut matcher = Matcher::default();
    match (&written.data, Shape::of_message(input)) {
        (Data::Object(members), Shape::Message(_)) => {
            // Together, for what only several members show: a field under both of its names, a oneof twice.
            if !holds_templates(written) {
                to_message(written, input)?;
            }
            for member in counting(members) {
                let Some((name, part)) = member_part(member, input)? else {
                    continue;
                };
                matcher.add(name, part);
            }
        }
        (_, shape) => {
            let exact = |value: &Value| to_message(value, input).map(|message| all_fields(&message));
            match part(written, &shape, &exact)? {
                Part::Exact(Json::Object(fields)) => matcher.equals = fields,
                Part::Object(members) => members.into_iter().for_each(|(name, part)| matcher.add(name, part)),
                part => matcher.add("value".to_owned(), part),
            }
        }
    }
    Ok(matcher)
}

impl Matcher {
    fn add(&mut self, name: String, part: Part) {
        match part {
            Part::Any => {}
            Part::Exact(value) => drop(self.equals.insert(name, value)),
            part => self.parts.push((name, part)),
        }
    }
}

/// The members that count: of a repeated key the last.
fn counting(members: &[Member]) -> impl Iterator<Item = &Member> {
    members.iter().enumerate().filter_map(|(at, member)| {
        let later = &members[at + 1..];
        let repeated = later.iter().any(|later| later.key == member.key);
        (!repeated && member.value.is_some()).then_some(member)
    })
}

/// What a member of an object wants, by the field's name.
fn member_part(member: &Member, message: &MessageDescriptor) -> Result<Option<(String, Part)>, EncodeError> {
    let Some(value) = &member.value else {
        return Ok(None);
    };
    let exact = |value: &Value| {
        let encoded = to_message(&object(member, value.clone()), message)?;
        let name = field(message, &member.key).map_or(member.key.clone(), |field| field.name().to_owned());
        let shown = all_fields(&encoded);
        Ok(shown.get(&name).cloned().unwrap_or(Json::Null))
    };
    let Some(found) = field(message, &member.key) else {
        // Extensions are written in brackets; what is no field at all fails here.
        return exact(value).map(|value| Some((member.key.clone(), Part::Exact(value))));
    };
    let part = part(value, &Shape::of_field(&found), &exact)?;
    Ok(Some((found.name().to_owned(), part)))
}

/// What a value wants. Whatever has no template in it is compared as it would be sent.
fn part(written: &Value, shape: &Shape, exact: Exact<'_>) -> Result<Part, EncodeError> {
    if !holds_templates(written) {
        return exact(written).map(Part::Exact);
    }
    match (&written.data, shape) {
        (Data::String(text), _) => Ok(pieces(text)),
        (Data::Object(members), Shape::Message(message)) => {
            let parts: Result<Vec<_>, _> = counting(members).map(|member| member_part(member, message)).collect();
            Ok(Part::Object(parts?.into_iter().flatten().collect()))
        }
        (Data::Object(members), shape) => {
            let inner = match shape {
                Shape::Map { value, .. } => (**value).clone(),
                _ => Shape::Value,
            };
            let parts = counting(members).filter_map(|member| Some((member, member.value.as_ref()?)));
            let parts = parts.map(|(member, value)| {
                let in_map = |value: &Value| exact(&object(member, value.clone())).map(|map| first(&map));
                let free = |value: &Value| Ok(plain(value));
                let exact: Exact<'_> = if matches!(shape, Shape::Map { .. }) {
                    &in_map
                } else {
                    &free
                };
                Ok((member.key.clone(), part(value, &inner, exact)?))
            });
            parts.collect::<Result<_, _>>().map(Part::Object)
        }
        (Data::Array(items), shape) => {
            let inner = shape.element().unwrap_or(Shape::Value);
            let in_list = |item: &Value| exact(&array(item)).map(|list| first(&list));
            let free = |value: &Value| Ok(plain(value));
            let exact: Exact<'_> = if matches!(shape, Shape::List(_)) {
                &in_list
            } else {
                &free
            };
            let parts = items.iter().map(|item| part(item, &inner, exact));
            parts.collect::<Result<_, _>>().map(Part::Array)
        }
        // No other value holds a template.
        _ => exact(written).map(Part::Exact),
    }
}

/// An object with nothing but `member`, which has `value`.
fn object(member: &Member, value: Value) -> Value {
    Value {
        range: value.range.clone(),
        data: Data::Object(vec![Member {
            value: Some(value),
            ..member.clone()
        }]),
    }
}

fn array(item: &Value) -> Value {
    Value {
        range: item.range.clone(),
        data: Data::Array(vec![item.clone()]),
    }
}

/// The first item or member of a list or map.
fn first(value: &Json) -> Json {
    let found = match value {
        Json::Array(items) => items.first(),
        Json::Object(members) => members.values().next(),
        _ => None,
    };
    found.cloned().unwrap_or_default()
}

/// What stands around the templates of a string.
fn pieces(text: &str) -> Part {
    let mut pieces = Vec::new();
    let mut from = 0;
    for (place, _) in template::names(text) {
        pieces.push(text[from..place.start].to_owned());
        from = place.end;
    }
    pieces.push(text[from..].to_owned());
    match pieces.as_slice() {
        [before, behind] if before.is_empty() && behind.is_empty() => Part::Any,
        _ => Part::Text(pieces),
    }
}

/// Whether a string in `value` holds a template.
fn holds_templates(value: &Value) -> bool {
    first_template(value).is_some()
}

/// The first template in a value: where its string stands, and the name.
pub(super) fn first_template(value: &Value) -> Option<(Range<usize>, String)> {
    match &value.data {
        Data::String(text) => {
            let (_, name) = template::names(text).into_iter().next()?;
            Some((value.range.clone(), name.to_owned()))
        }
        Data::Array(items) => items.iter().find_map(first_template),
        Data::Object(members) => members
            .iter()
            .filter_map(|member| member.value.as_ref())
            .find_map(first_template),
        _ => None,
    }
}

/// A value where no type says more, such as inside a Struct.
pub(super) fn plain(value: &Value) -> Json {
    match &value.data {
        Data::Null => Json::Null,
        Data::Bool(value) => Json::Bool(*value),
        Data::Number(text) => {
            let number = Number::parse(text).and_then(Number::to_json);
            number.map_or_else(|| Json::String(text.clone()), Json::Number)
        }
        Data::String(text) | Data::Template(text) | Data::Word(text) => Json::String(text.clone()),
        Data::Array(items) => items.iter().map(plain).collect(),
        Data::Object(members) => {
            let pairs =
                counting(members).filter_map(|member| Some((member.key.clone(), plain(member.value.as_ref()?))));
            Json::Object(pairs.collect())
        }
    }
}

/// The matcher of a call's metadata, from names in lower case and values as written; several values of a name are
/// joined with `;`.
///
/// # Errors
/// The header that cannot be sent.
pub(super) fn header_matcher(headers: &[(String, String)]) -> Result<Matcher, String> {
    let mut joined: Map<String, Json> = Map::new();
    for (name, value) in headers {
        let has_template = !template::names(value).is_empty();
        let sent = match has_template {
            true => value.clone(),
            false => {
                let wire = metadata::to_wire(&[(name.clone(), value.clone())])?;
                let shown = metadata::from_wire(&wire).into_iter().map(|(_, value)| value);
                shown.collect::<Vec<_>>().join(";")
            }
        };
        match joined.get_mut(name) {
            Some(Json::String(known)) => {
                known.push(';');
                known.push_str(&sent);
            }
            _ => drop(joined.insert(name.clone(), Json::String(sent))),
        }
    }
    let mut matcher = Matcher::default();
    for (name, value) in joined {
        match value.as_str().map(pieces) {
            Some(Part::Text(pieces)) if pieces.len() > 1 => matcher.add(name, Part::Text(pieces)),
            Some(Part::Any) => {}
            _ => matcher.add(name, Part::Exact(value)),
        }
    }
    Ok(matcher)
}
