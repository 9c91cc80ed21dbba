//! The text of a message: values by the table of types, one member of each oneof, what recurs cut to `{}`.

use crate::schema::shape::{Shape, enum_values};
use prost_reflect::{Cardinality, DescriptorPool, EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor};
use std::collections::BTreeSet;

/// Most levels of objects in each other.
const MAX_DEPTH: usize = 5;

/// Most fields of one skeleton.
const MAX_FIELDS: usize = 200;

/// What spelling field names are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Names {
    Proto,
    Json,
}

/// Which fields are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    All,
    /// Those without which the message is refused.
    Required,
}

/// A line of an object: a member, or a comment that stands for one.
pub(super) enum Line {
    Member(String),
    Comment(String),
}

/// Writes the messages of one body.
pub(super) struct Builder {
    /// What a Timestamp is, as RFC 3339 writes it.
    now: String,
    names: Names,
    /// Full names of the messages around the one that is written.
    path: Vec<String>,
    /// Those of them of which only required fields are written.
    least: Vec<String>,
    fields_left: usize,
}

impl Builder {
    pub(super) fn new(now: String, names: Names) -> Self {
        Self {
            now,
            names,
            path: Vec::new(),
            least: Vec::new(),
            fields_left: MAX_FIELDS,
        }
    }

    /// A whole value of the form `shape`.
    pub(super) fn value(&mut self, shape: &Shape) -> String {
        let value = self.wanted_value(shape, Wanted::All);
        value.unwrap_or_else(|| "{}".to_owned())
    }

    /// The fields that an object lacks which has the fields `present`, of which `set` are not null, each with its
    /// lines; in order.
    pub(super) fn missing(
        &mut self,
        message: &MessageDescriptor,
        present: &[FieldDescriptor],
        set: &[FieldDescriptor],
    ) -> Vec<(FieldDescriptor, Vec<Line>)> {
        self.path.push(message.full_name().to_owned());
        let lines = self.lines(message, present, set, Wanted::All);
        self.path.pop();
        lines.unwrap_or_default()
    }

    /// `None` where a required field cannot be written: the message holds itself without end.
    fn lines(
        &mut self,
        message: &MessageDescriptor,
        present: &[FieldDescriptor],
        set: &[FieldDescriptor],
        wanted: Wanted,
    ) -> Option<Vec<(FieldDescriptor, Vec<Line>)>> {
        let mut chosen: BTreeSet<String> = set.iter().filter_map(oneof_name).collect();
        let mut lines = Vec::new();
        for field in ordered(message).iter().filter(|field| !present.contains(field)) {
            let required = field.cardinality() == Cardinality::Required;
            let unwanted = is_deprecated(field) || wanted == Wanted::Required;
            if (unwanted || self.fields_left == 0) && !required {
                continue;
            }
            let oneof = oneof_name(field);
            if oneof.as_ref().is_some_and(|oneof| chosen.contains(oneof)) {
                continue;
            }
            self.fields_left = self.fields_left.saturating_sub(1);
            let value = match self.field_value(field, wanted, required) {
                Some(value) => value,
                None if required => return None,
                None => continue,
            };
            let mut own = vec![Line::Member(format!("\"{}\": {value}", self.name(field)))];
            if let Some(oneof) = oneof {
                own.extend(self.alternatives(field, present));
                chosen.insert(oneof);
            }
            lines.push((field.clone(), own));
        }
        Some(lines)
    }

    /// The other members of the oneof of `chosen`, as comments.
    fn alternatives(&self, chosen: &FieldDescriptor, present: &[FieldDescriptor]) -> Vec<Line> {
        let Some(oneof) = chosen.containing_oneof() else {
            return Vec::new();
        };
        let mut others: Vec<_> = oneof.fields().collect();
        others.sort_by_key(declared_at);
        let others = others
            .iter()
            .filter(|other| *other != chosen && !is_deprecated(other) && !present.contains(other));
        others
            .map(|other| {
                let value = self.in_short(&Shape::of_field(other));
                Line::Comment(format!("// or \"{}\": {value}", self.name(other)))
            })
            .collect()
    }

    /// A value on one line, with `…` for what is inside brackets.
    fn in_short(&self, shape: &Shape) -> String {
        match shape {
            Shape::Message(message) if message.fields().len() == 0 => "{}".to_owned(),
            Shape::Message(_) | Shape::Any(_) | Shape::Map { .. } => "{…}".to_owned(),
            Shape::List(_) => "[…]".to_owned(),
            other => self.scalar(other),
        }
    }

    fn name<'f>(&self, field: &'f FieldDescriptor) -> &'f str {
        match self.names {
            Names::Proto => field.name(),
            Names::Json => field.json_name(),
        }
    }

    fn field_value(&mut self, field: &FieldDescriptor, wanted: Wanted, required: bool) -> Option<String> {
        let shape = Shape::of_field(field);
        match self.wanted_value(&shape, wanted) {
            // It is cut and cannot be empty.
            None if required && wanted == Wanted::All => self.wanted_value(&shape, Wanted::Required),
            // With null a field counts as left out.
            Some(null) if required && null == "null" => Some(match shape {
                Shape::Value => "{}".to_owned(),
                _ => "\"NULL_VALUE\"".to_owned(),
            }),
            value => value,
        }
    }

    /// `None` where it is cut and an empty object is refused.
    fn wanted_value(&mut self, shape: &Shape, wanted: Wanted) -> Option<String> {
        Some(match shape {
            Shape::Message(message) => return self.message(message, wanted),
            Shape::List(element) => match self.wanted_value(element, wanted) {
                Some(element) => format!("[\n{}\n]", indented(&element)),
                None => "[]".to_owned(),
            },
            Shape::Map { key, value } => match self.wanted_value(value, wanted) {
                Some(value) => format!("{{\n{}\n}}", indented(&format!("{}: {value}", map_key(key)))),
                None => "{}".to_owned(),
            },
            Shape::Any(pool) => any(pool),
            other => self.scalar(other),
        })
    }

    fn message(&mut self, message: &MessageDescriptor, wanted: Wanted) -> Option<String> {
        let name = message.full_name();
        let recurs = |path: &[String]| path.iter().any(|outer| outer == name);
        let is_cut = match wanted {
            Wanted::All => recurs(&self.path) || self.path.len() >= MAX_DEPTH || self.fields_left == 0,
            Wanted::Required => recurs(&self.least),
        };
        if is_cut {
            return match requires(message) {
                true => None,
                false => Some("{}".to_owned()),
            };
        }
        self.path.push(name.to_owned());
        if wanted == Wanted::Required {
            self.least.push(name.to_owned());
        }
        let lines = self.lines(message, &[], &[], wanted);
        self.path.pop();
        if wanted == Wanted::Required {
            self.least.pop();
        }
        let lines: Vec<_> = lines?.into_iter().flat_map(|(_, lines)| lines).collect();
        Some(match lines.is_empty() {
            true => "{}".to_owned(),
            false => format!("{{\n{}\n}}", indented(&joined(lines))),
        })
    }

    fn scalar(&self, shape: &Shape) -> String {
        match shape {
            Shape::Bool => "false".to_owned(),
            Shape::Int32 | Shape::Uint32 | Shape::Float | Shape::Double => "0".to_owned(),
            Shape::Int64 | Shape::Uint64 => "\"0\"".to_owned(),
            Shape::Enum(descriptor) => first_value(descriptor),
            Shape::Timestamp => format!("\"{}\"", self.now),
            Shape::Duration => "\"30s\"".to_owned(),
            Shape::Struct => "{}".to_owned(),
            Shape::Value => "null".to_owned(),
            Shape::ListValue => "[]".to_owned(),
            _ => "\"\"".to_owned(),
        }
    }
}

/// The fields in the order in which they are written.
pub(super) fn ordered(message: &MessageDescriptor) -> Vec<FieldDescriptor> {
    let mut fields: Vec<_> = message.fields().collect();
    fields.sort_by_key(|field| (field.cardinality() != Cardinality::Required, declared_at(field)));
    fields
}

fn declared_at(field: &FieldDescriptor) -> i32 {
    field.path().last().copied().unwrap_or(0)
}

fn is_deprecated(field: &FieldDescriptor) -> bool {
    let options = field.field_descriptor_proto().options.as_ref();
    options.is_some_and(|options| options.deprecated())
}

fn oneof_name(field: &FieldDescriptor) -> Option<String> {
    let oneof = field.containing_oneof().filter(|oneof| !oneof.is_synthetic());
    oneof.map(|oneof| oneof.full_name().to_owned())
}

/// Whether an empty object is refused.
fn requires(message: &MessageDescriptor) -> bool {
    let mut fields = message.fields();
    fields.any(|field| field.cardinality() == Cardinality::Required)
}

/// The first name of a number that is not zero, deprecated ones aside; of the others the first.
fn first_value(descriptor: &EnumDescriptor) -> String {
    if descriptor.full_name() == "google.protobuf.NullValue" {
        return "null".to_owned();
    }
    let deprecated = |name: &str| {
        let value = descriptor
            .enum_descriptor_proto()
            .value
            .iter()
            .find(|value| value.name() == name);
        let options = value.and_then(|value| value.options.as_ref());
        options.is_some_and(|options| options.deprecated())
    };
    let other = enum_values(descriptor).find(|(name, number)| *number != 0 && !deprecated(name));
    let first = other.or_else(|| enum_values(descriptor).next());
    first.map_or("0".to_owned(), |(name, _)| format!("\"{name}\""))
}

fn map_key(kind: &Kind) -> &'static str {
    match kind {
        Kind::String => "\"key\"",
        Kind::Bool => "\"true\"",
        _ => "\"1\"",
    }
}

/// An Any that can be sent: of a type that every schema has.
fn any(pool: &DescriptorPool) -> String {
    let name = "google.protobuf.Duration";
    match pool.get_message_by_name(name) {
        Some(_) => {
            let lines = format!("\"@type\": \"type.googleapis.com/{name}\",\n\"value\": \"30s\"");
            format!("{{\n{}\n}}", indented(&lines))
        }
        None => "{}".to_owned(),
    }
}

/// Lines with commas behind all members but the last.
pub(super) fn joined(lines: Vec<Line>) -> String {
    let last = lines.iter().rposition(|line| matches!(line, Line::Member(_)));
    with_commas(lines, last)
}

/// Lines with commas behind all members, as others follow.
pub(super) fn leading(lines: Vec<Line>) -> String {
    with_commas(lines, None)
}

/// Lines with commas behind all members but the one at `last`.
fn with_commas(lines: Vec<Line>, last: Option<usize>) -> String {
    let texts = lines.into_iter().enumerate().map(|(at, line)| match line {
        Line::Member(text) if Some(at) == last => text,
        Line::Member(text) => format!("{text},"),
        Line::Comment(text) => text,
    });
    texts.collect::<Vec<_>>().join("\n")
}

fn indented(text: &str) -> String {
    let lines = text.lines().map(|line| format!("  {line}"));
    lines.collect::<Vec<_>>().join("\n")
}
