//! From JSON as written to a message, with the exact place of what does not fit.

use crate::schema::shape::{Shape, field};
use crate::syntax::json::{Data, Member, Value};
use crate::syntax::number::Number;
use prost_reflect::{DeserializeOptions, DynamicMessage, MessageDescriptor};
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use std::fmt;
use std::ops::Range;

/// Why a value is no message of its type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodeError {
    /// The smallest value or key that does not fit.
    pub range: Range<usize>,
    /// A sentence that names the field.
    pub message: String,
}

/// The message that `value` stands for. Both spellings of field names are accepted.
///
/// # Errors
/// The first value or key that does not fit.
pub fn to_message(value: &Value, message: &MessageDescriptor) -> Result<DynamicMessage, EncodeError> {
    check_names(value, &Shape::of_message(message), &mut Vec::new())?;
    let options = DeserializeOptions::new();
    DynamicMessage::deserialize_with_options(message.clone(), Written(value), &options).map_err(|fault| EncodeError {
        range: fault.range.unwrap_or_else(|| value.range.clone()),
        message: match path_text(&fault.path) {
            path if path.is_empty() => fault.message,
            path => format!("{path}: {}", fault.message),
        },
    })
}

/// Unknown fields and fields under both spellings, with better words than the decoder has.
fn check_names(value: &Value, shape: &Shape, path: &mut Vec<String>) -> Result<(), EncodeError> {
    match (&value.data, shape) {
        (Data::Object(members), Shape::Message(message)) => {
            for (at, member) in members.iter().enumerate() {
                check_member(&members[..at], member, message, path)?;
            }
        }
        (Data::Object(members), Shape::Map { value: shape, .. }) => {
            for member in members {
                descend(member.key.clone(), member.value.as_ref(), shape, path)?;
            }
        }
        (Data::Array(items), Shape::List(shape)) => {
            for (at, item) in items.iter().enumerate() {
                descend(format!("[{at}]"), Some(item), shape, path)?;
            }
        }
        _ => check_kind(value, shape, path)?,
    }
    Ok(())
}

/// A value of a kind that its type is never written as, with better words than the decoder has.
fn check_kind(value: &Value, shape: &Shape, path: &[String]) -> Result<(), EncodeError> {
    let expected = match (shape, &value.data) {
        (_, Data::Null | Data::Template(_) | Data::Word(_)) => return Ok(()),
        (Shape::Message(_) | Shape::Map { .. }, Data::Object(_)) | (Shape::List(_), Data::Array(_)) => return Ok(()),
        (Shape::Message(message), _) => format!("an object ({})", message.full_name()),
        (Shape::Map { .. }, _) => "an object".to_owned(),
        (Shape::List(_), _) => "an array".to_owned(),
        (Shape::String | Shape::Bytes, Data::String(_)) | (Shape::Bool, Data::Bool(_)) => return Ok(()),
        (Shape::String, _) => "a string".to_owned(),
        (Shape::Bytes, _) => "a string of base64".to_owned(),
        (Shape::Bool, _) => "true or false".to_owned(),
        (Shape::Int32 | Shape::Uint32 | Shape::Int64 | Shape::Uint64, Data::Number(text) | Data::String(text))
            if is_integer(text) =>
        {
            return Ok(());
        }
        (Shape::Int32 | Shape::Uint32 | Shape::Int64 | Shape::Uint64, _) => "a whole number".to_owned(),
        (Shape::Float | Shape::Double, Data::Number(text) | Data::String(text)) if Number::parse(text).is_some() => {
            return Ok(());
        }
        (Shape::Float | Shape::Double, _) => "a number".to_owned(),
        (Shape::Enum(descriptor), Data::String(name)) if descriptor.get_value_by_name(name).is_none() => {
            let names: Vec<_> = descriptor.values().map(|value| value.name().to_owned()).collect();
            let nearest = crate::text::nearest(name, names.iter().map(String::as_str));
            let advice = nearest.map_or(String::new(), |name| format!("; did you mean \"{name}\"?"));
            let place = place(path);
            return Err(EncodeError {
                range: value.range.clone(),
                message: format!("{place}{} has no value \"{name}\"{advice}", descriptor.full_name()),
            });
        }
        _ => return Ok(()),
    };
    Err(EncodeError {
        range: value.range.clone(),
        message: format!(
            "{}expected {expected}, got {}",
            place(path),
            super::mismatch::text_of(value)
        ),
    })
}

fn is_integer(text: &str) -> bool {
    matches!(Number::parse(text), Some(Number::Integer(_)))
}

/// `items[0].n: `, or nothing for the message itself.
fn place(path: &[String]) -> String {
    let inside_out: Vec<_> = path.iter().rev().cloned().collect();
    match path_text(&inside_out) {
        path if path.is_empty() => path,
        path => format!("{path}: "),
    }
}

fn check_member(
    before: &[Member],
    member: &Member,
    message: &MessageDescriptor,
    path: &mut Vec<String>,
) -> Result<(), EncodeError> {
    let Some(found) = field(message, &member.key) else {
        let names: Vec<_> = message.fields().map(|field| field.name().to_owned()).collect();
        let nearest = crate::text::nearest(&member.key, names.iter().map(String::as_str));
        let advice = nearest.map_or(String::new(), |name| format!("; did you mean \"{name}\"?"));
        return Err(EncodeError {
            range: member.key_range.clone(),
            message: format!("unknown field \"{}\" of {}{advice}", member.key, message.full_name()),
        });
    };
    let twin = before
        .iter()
        .find(|other| other.key != member.key && field(message, &other.key).as_ref() == Some(&found));
    if let Some(twin) = twin {
        return Err(EncodeError {
            range: member.key_range.clone(),
            message: format!("\"{}\" and \"{}\" are the same field: delete one", twin.key, member.key),
        });
    }
    descend(
        member.key.clone(),
        member.value.as_ref(),
        &Shape::of_field(&found),
        path,
    )
}

fn descend(step: String, value: Option<&Value>, shape: &Shape, path: &mut Vec<String>) -> Result<(), EncodeError> {
    let Some(value) = value else { return Ok(()) };
    path.push(step);
    let result = check_names(value, shape, path);
    path.pop();
    result
}

fn path_text(path: &[String]) -> String {
    let mut text = String::new();
    for step in path.iter().rev() {
        if !step.starts_with('[') && !text.is_empty() {
            text.push('.');
        }
        text.push_str(step);
    }
    text
}

/// What the decoder says, with the place and the path that are filled in on the way out.
#[derive(Debug)]
struct Fault {
    range: Option<Range<usize>>,
    /// From the innermost step out.
    path: Vec<String>,
    message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Fault {}

impl serde::de::Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self {
            range: None,
            path: Vec::new(),
            message: message.to_string(),
        }
    }
}

impl Fault {
    fn at(mut self, range: &Range<usize>) -> Self {
        self.range.get_or_insert_with(|| range.clone());
        self
    }

    fn under(mut self, step: String) -> Self {
        self.path.push(step);
        self
    }
}

/// Reads a value as it is written.
struct Written<'a>(&'a Value);

impl<'de> Deserializer<'de> for Written<'_> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let visited = match &self.0.data {
            Data::Null => visitor.visit_unit(),
            Data::Bool(value) => visitor.visit_bool(*value),
            Data::Number(text) => visit_number(text, visitor),
            Data::String(text) => visitor.visit_string(text.clone()),
            Data::Array(items) => visitor.visit_seq(Items { items, at: 0 }),
            Data::Object(members) => visitor.visit_map(Members {
                members,
                at: 0,
                last: None,
            }),
            Data::Template(name) => Err(Fault::custom(format!("write \"{{{{ {name} }}}}\" with quotes"))),
            Data::Word(text) => Err(Fault::custom(format!("`{text}` is no value: strings stand in quotes"))),
        };
        visited.map_err(|fault| fault.at(&self.0.range))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match &self.0.data {
            Data::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

fn visit_number<'de, V: Visitor<'de>>(text: &str, visitor: V) -> Result<V::Value, Fault> {
    match Number::parse(text) {
        Some(Number::Integer(value)) => match (i64::try_from(value), u64::try_from(value)) {
            (Ok(value), _) => visitor.visit_i64(value),
            (_, Ok(value)) => visitor.visit_u64(value),
            _ => visitor.visit_f64(value as f64),
        },
        Some(Number::Float(value)) if value.is_finite() => visitor.visit_f64(value),
        Some(Number::Float(value)) => visitor.visit_string(match (value.is_nan(), value > 0.0) {
            (true, _) => "NaN".to_owned(),
            (_, true) => "Infinity".to_owned(),
            _ => "-Infinity".to_owned(),
        }),
        None => Err(Fault::custom(format!("`{text}` is no number"))),
    }
}

struct Items<'a> {
    items: &'a [Value],
    at: usize,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Fault> {
        let Some(item) = self.items.get(self.at) else {
            return Ok(None);
        };
        let step = format!("[{}]", self.at);
        self.at += 1;
        let value = seed
            .deserialize(Written(item))
            .map_err(|fault| fault.at(&item.range).under(step))?;
        Ok(Some(value))
    }
}

struct Members<'a> {
    members: &'a [Member],
    at: usize,
    last: Option<&'a Member>,
}

impl<'de> MapAccess<'de> for Members<'_> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Fault> {
        // Of a repeated key the last counts.
        while let Some(member) = self.members.get(self.at) {
            let repeated = self.members[self.at + 1..].iter().any(|later| later.key == member.key);
            match repeated || member.value.is_none() {
                true => self.at += 1,
                false => break,
            }
        }
        let Some(member) = self.members.get(self.at) else {
            return Ok(None);
        };
        self.at += 1;
        self.last = Some(member);
        let key = serde::de::value::StrDeserializer::<Fault>::new(&member.key);
        seed.deserialize(key)
            .map(Some)
            .map_err(|fault| fault.at(&member.key_range))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        let value = self.last.and_then(|member| Some((member, member.value.as_ref()?)));
        let Some((member, value)) = value else {
            return Err(Fault::custom("a value is missing"));
        };
        seed.deserialize(Written(value))
            .map_err(|fault| fault.at(&value.range).under(member.key.clone()))
    }
}
