//! What an item means. Comments are decoded only where somebody reads them.

use crate::ide::words;
use crate::schema::docs;
use crate::schema::shape::Shape;
use crate::schema::source_info::SourceInfo;
use crate::spec::functions::Kind;
use prost_reflect::{EnumValueDescriptor, FieldDescriptor, MessageDescriptor, MethodDescriptor};

/// What an item means, as text or as the element of the schema that tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Documentation {
    Text(String),
    Field(FieldDescriptor),
    EnumValue(EnumValueDescriptor),
    Message(MessageDescriptor),
    Method(MethodDescriptor),
    /// A word of expressions.
    Word(Kind, String),
}

impl From<&str> for Documentation {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Documentation {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl Documentation {
    /// Markdown, with the comments of `info`; nothing where it has none.
    pub fn markdown(self, info: &SourceInfo) -> Option<String> {
        let text = match self {
            Self::Text(text) => text,
            Self::Word(kind, name) => words::docs(kind, &name).unwrap_or_default(),
            Self::Field(field) => of_field(info, &field),
            Self::EnumValue(value) => docs::of_enum_value(info, &value),
            Self::Message(message) => docs::of_message(info, &message),
            Self::Method(method) => joined(vec![proto(&docs::method_line(&method)), docs::of_method(info, &method)]),
        };
        Some(text).filter(|text| !text.is_empty())
    }
}

/// The field as it is declared, its JSON form, when it is there, and its comment.
fn of_field(info: &SourceInfo, field: &FieldDescriptor) -> String {
    let mut parts = vec![proto(&docs::field_line(field)), Shape::of_field(field).describe()];
    let oneof = field.containing_oneof().filter(|oneof| !oneof.is_synthetic());
    match oneof {
        Some(oneof) => parts.push(format!("Only one member of `{}` can be set.", oneof.name())),
        None if !field.supports_presence() => parts.push("At its default it is left out of replies.".to_owned()),
        None => {}
    }
    parts.push(docs::of_field(info, field));
    joined(parts)
}

fn proto(line: &str) -> String {
    format!("```proto\n{line}\n```")
}

fn joined(mut parts: Vec<String>) -> String {
    parts.retain(|part| !part.is_empty());
    parts.join("\n\n")
}
