//! JSON bodies against the type of their message: what the decoder refuses, and what a reply is never shown as.
//!
//! An error is certain. What templates, wildcards and types that nobody knows could make right is left alone.

mod any;
mod fixes;
mod members;
mod scalars;
#[cfg(test)]
mod tests;
mod written;

use crate::diagnostic::Diagnostic;
use crate::schema::Schema;
use crate::schema::shape::Shape;
use crate::syntax::json::{Data, Value};
use prost_reflect::{DynamicMessage, MessageDescriptor};
use std::ops::Range;

/// What a body is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// It is sent.
    Request,
    /// A reply, or a detail of a status, is compared with it.
    Reply,
}

/// How a body is looked at.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    pub side: Side,
    /// Whether `required` fields have to be there.
    pub requires: bool,
    /// Names of fields that no comparison looks at.
    pub redacted: &'a [String],
    /// Whether numbers are compared with a tolerance.
    pub tolerant: bool,
    /// Nothing is said of the fields on which this schema and the sources beside it disagree.
    pub schema: Option<&'a Schema>,
}

impl Rules<'_> {
    /// For a message that is sent, whatever comes of it.
    pub const SENT: Self = Self {
        side: Side::Request,
        requires: true,
        redacted: &[],
        tolerant: false,
        schema: None,
    };
}

/// What is wrong with `value` as a message, or a part of one, of the form `shape`; ranges are those of the value.
pub fn check(value: &Value, shape: &Shape, rules: Rules<'_>) -> Vec<Diagnostic> {
    let mut checker = Checker {
        rules,
        found: Vec::new(),
    };
    checker.value(value, shape);
    checker.found
}

/// The message that `value` stands for.
///
/// # Errors
/// The first value or key that does not fit, with a sentence that names the field.
pub fn decode(value: &Value, message: &MessageDescriptor) -> Result<DynamicMessage, (Range<usize>, String)> {
    let changed = fixes::as_decoder_reads(value, &Shape::of_message(message));
    let value = changed.as_ref().unwrap_or(value);
    written::decode(value, message).map_err(|fault| {
        let path = fault.path();
        let message = match path.is_empty() {
            true => fault.message,
            false => format!("{path}: {}", fault.message),
        };
        (fault.range.unwrap_or_else(|| value.range.clone()), message)
    })
}

struct Checker<'a> {
    rules: Rules<'a>,
    found: Vec<Diagnostic>,
}

impl Checker<'_> {
    fn value(&mut self, value: &Value, shape: &Shape) {
        if self.is_open(value, shape) {
            return;
        }
        match (shape, &value.data) {
            (Shape::Value, _) | (Shape::Struct, Data::Object(_)) | (Shape::ListValue, Data::Array(_)) => {}
            (Shape::Message(message), Data::Object(members)) => self.message(value, members, message),
            (Shape::Any(pool), Data::Object(members)) => self.any(value, members, pool),
            (Shape::List(element), Data::Array(items)) => {
                items.iter().for_each(|item| self.element(item, element));
            }
            (Shape::Map { key, value: form }, Data::Object(members)) => self.map(members, key, form),
            (Shape::Enum(descriptor), _) => self.enumeration(value, descriptor),
            (
                Shape::Message(_)
                | Shape::Any(_)
                | Shape::List(_)
                | Shape::Map { .. }
                | Shape::Struct
                | Shape::ListValue,
                _,
            ) => {
                self.wrong_kind(value, shape);
            }
            _ => self.scalar(value, shape),
        }
    }

    /// An item of a list or a value of a map, which is never absent.
    fn element(&mut self, item: &Value, shape: &Shape) {
        let may_be_null = match shape {
            Shape::Value => true,
            Shape::Enum(descriptor) => descriptor.full_name() == scalars::NULL_VALUE,
            _ => false,
        };
        if item.data == Data::Null && !may_be_null {
            let message = "null is no value of a list or a map: delete it, or write a value";
            self.found.push(Diagnostic::error("G320", item.range.clone(), message));
            return;
        }
        self.value(item, shape);
    }

    /// Whether a value can be anything as far as anybody knows.
    fn is_open(&self, value: &Value, shape: &Shape) -> bool {
        match &value.data {
            // The structure of the file says what is wrong with these.
            Data::Template(_) | Data::Word(_) => true,
            Data::String(text) if text == "*" => self.rules.side == Side::Reply,
            Data::String(text) if text.contains("{{") => {
                let alone = text.starts_with("{{") && text.ends_with("}}") && text.matches("{{").count() == 1;
                alone || !shape.is_never_text()
            }
            _ => false,
        }
    }

    fn wrong_kind(&mut self, value: &Value, shape: &Shape) {
        let message = format!("expected {}, got {}", scalars::form(shape), scalars::kind(value));
        let finding = Diagnostic::error("G308", value.range.clone(), message);
        self.found.push(match fixes::rewritten(value, shape) {
            Some((title, text)) => finding.with_fix(title, value.range.clone(), text),
            None => finding,
        });
    }
}
