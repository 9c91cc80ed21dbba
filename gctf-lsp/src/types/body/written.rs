//! A value as it is written, for the decoder, which says what does not fit and where.

use crate::syntax::json::{Data, Member, Value};
use crate::syntax::number::Number;
use prost_reflect::{DeserializeOptions, DynamicMessage, MessageDescriptor};
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use std::fmt;
use std::ops::Range;

/// The message that `value` stands for.
///
/// # Errors
/// The first value or key that the decoder refuses.
pub(super) fn decode(value: &Value, message: &MessageDescriptor) -> Result<DynamicMessage, Fault> {
    let options = DeserializeOptions::new();
    DynamicMessage::deserialize_with_options(message.clone(), Written(value), &options)
}

/// What the decoder says, with the place and the path that are filled in on the way out.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) range: Option<Range<usize>>,
    /// From the innermost step out.
    path: Vec<String>,
    pub(super) message: String,
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
    /// Such as `items[0].n`; empty for the message itself.
    pub(super) fn path(&self) -> String {
        let mut text = String::new();
        for step in self.path.iter().rev() {
            if !step.starts_with('[') && !text.is_empty() {
                text.push('.');
            }
            text.push_str(step);
        }
        text
    }

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
