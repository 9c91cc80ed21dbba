//! Fields and values in JSON bodies, by the schema.

use super::super::context::Context;
use super::{Item, ItemKind, escape_snippet};
use crate::config::settings::Names;
use crate::schema::docs;
use crate::schema::shape::{Shape, field, type_name};
use crate::spec::SectionKind;
use crate::syntax::Section;
use crate::syntax::cursor::{JsonPlace, JsonSlot, Step};
use prost_reflect::{Cardinality, EnumDescriptor, FieldDescriptor, MessageDescriptor};
use std::ops::Range;

/// What can stand at `place` of a REQUEST or RESPONSE.
pub(super) fn items(context: &Context<'_>, section: &Section, place: &JsonPlace) -> Vec<Item> {
    let Some(shape) = context.body_shape(section.kind) else {
        return Vec::new();
    };
    let Some(shape) = walk(shape, &place.path) else {
        return Vec::new();
    };
    match place.slot {
        JsonSlot::Key => keys(&shape, place, context.config().settings.names),
        JsonSlot::Value => values(&shape, section.kind, place),
    }
}

/// The form at the end of a path.
fn walk(mut shape: Shape, path: &[Step]) -> Option<Shape> {
    for step in path {
        shape = match step {
            Step::Key(key) => shape.member(key)?,
            Step::Element => shape.element()?,
        };
    }
    Some(shape)
}

fn keys(shape: &Shape, place: &JsonPlace, names: Names) -> Vec<Item> {
    match shape {
        Shape::Message(message) => fields(message, place, names),
        Shape::Map {
            key: prost_reflect::Kind::Bool,
            ..
        } => ["true", "false"]
            .into_iter()
            .filter(|name| !place.siblings.iter().any(|sibling| sibling == name))
            .map(|name| key_item(name, "", place))
            .collect(),
        _ => Vec::new(),
    }
}

fn fields(message: &MessageDescriptor, place: &JsonPlace, names: Names) -> Vec<Item> {
    let present: Vec<_> = place.siblings.iter().filter_map(|name| field(message, name)).collect();
    let json_names = match names {
        Names::Auto => uses_json_names(message, &place.siblings),
        Names::Proto => false,
        Names::Json => true,
    };
    let chosen = |candidate: &FieldDescriptor| {
        let oneof = candidate.containing_oneof().filter(|oneof| oneof.fields().len() > 1);
        present
            .iter()
            .any(|other| other == candidate || oneof.is_some() && other.containing_oneof() == oneof)
    };
    let mut fields: Vec<_> = message.fields().filter(|candidate| !chosen(candidate)).collect();
    // `fields()` goes by number; people read declarations.
    fields.sort_by_key(|field| {
        let required = field.cardinality() == Cardinality::Required;
        let position = field.path().last().copied().unwrap_or(0);
        (is_deprecated(field), !required, position)
    });
    fields
        .iter()
        .map(|field| field_item(field, json_names, place))
        .collect()
}

/// Whether the object has a key in a JSON name that differs from its proto name, and none in a proto name.
fn uses_json_names(message: &MessageDescriptor, keys: &[String]) -> bool {
    let differing = |key: &&String| {
        let field = field(message, key);
        field
            .filter(|field| field.name() != field.json_name())
            .map(|field| field.json_name() == key.as_str())
    };
    let spellings: Vec<_> = keys.iter().filter_map(|key| differing(&key)).collect();
    !spellings.is_empty() && spellings.iter().all(|is_json| *is_json)
}

fn field_item(field: &FieldDescriptor, json_names: bool, place: &JsonPlace) -> Item {
    let name = match json_names {
        true => field.json_name(),
        false => field.name(),
    };
    let oneof = field.containing_oneof().filter(|oneof| oneof.fields().len() > 1);
    let line = docs::field_line(field);
    let comment = docs::of_field(field);
    Item {
        detail: Some(type_name(field)),
        description: oneof.map(|oneof| format!("oneof {}", oneof.name())),
        documentation: Some(format!("```proto\n{line}\n```\n\n{comment}").trim_end().to_owned()),
        deprecated: is_deprecated(field),
        ..key_item(name, &shell(&Shape::of_field(field)), place)
    }
}

/// A key with what a value of its type starts with.
pub(super) fn key_item(name: &str, shell: &str, place: &JsonPlace) -> Item {
    let quote = place.quote.unwrap_or('"');
    let quoted = format!("{quote}{name}{quote}");
    let comma = match place.comma_after {
        true => ",",
        false => "",
    };
    let (snippet, plain) = match place.colon {
        true => (escape_snippet(&quoted), quoted.clone()),
        false => (
            format!("{}: {shell}{comma}", escape_snippet(&quoted)),
            format!("{quoted}: "),
        ),
    };
    Item {
        filter: filter_text(name, place),
        snippet,
        plain,
        extra: place.comma_before.map(|at| (at..at, ",".to_owned())),
        ..Item::word(ItemKind::Field, name, &place.token)
    }
}

fn filter_text(name: &str, place: &JsonPlace) -> String {
    match place.quote {
        Some(quote) => format!("{quote}{name}{quote}"),
        None => name.to_owned(),
    }
}

/// What stands behind the colon of a new member, in snippet syntax.
fn shell(shape: &Shape) -> String {
    match shape {
        Shape::Bool => "${1|true,false|}".to_owned(),
        Shape::Enum(descriptor) => {
            let names: Vec<_> = enum_names(descriptor);
            format!("\"${{1|{}|}}\"", names.join(","))
        }
        Shape::Int32 | Shape::Uint32 | Shape::Float | Shape::Double | Shape::Value => "$1".to_owned(),
        Shape::List(_) | Shape::ListValue => "[$1]".to_owned(),
        Shape::Message(_) | Shape::Map { .. } | Shape::Struct => "{$1}".to_owned(),
        Shape::Any(_) => "{\"@type\": \"$1\"}".to_owned(),
        Shape::String
        | Shape::Int64
        | Shape::Uint64
        | Shape::Bytes
        | Shape::Timestamp
        | Shape::Duration
        | Shape::FieldMask => "\"$1\"".to_owned(),
    }
}

/// Every name, a zero value that says it is unspecified last.
fn enum_names(descriptor: &EnumDescriptor) -> Vec<String> {
    let mut names: Vec<_> = descriptor
        .values()
        .map(|value| (value.number(), value.name().to_owned()))
        .collect();
    names.sort_by_key(|(number, name)| *number == 0 && name.ends_with("_UNSPECIFIED"));
    names.into_iter().map(|(_, name)| name).collect()
}

fn values(shape: &Shape, section: SectionKind, place: &JsonPlace) -> Vec<Item> {
    let mut items: Vec<_> = match shape {
        Shape::Bool => literals(&["true", "false"], place),
        Shape::Int32 | Shape::Uint32 | Shape::Float | Shape::Double => literals(&["0"], place),
        Shape::String | Shape::Bytes | Shape::FieldMask => vec![template("\"\"", "\"$1\"", place)],
        Shape::Int64 | Shape::Uint64 => vec![template("\"0\"", "\"${1:0}\"", place)],
        Shape::Enum(descriptor) => enum_items(descriptor, place),
        Shape::Duration => ["\"1s\"", "\"30s\"", "\"1.5s\""]
            .into_iter()
            .map(|text| template(text, &escape_snippet(text), place))
            .collect(),
        Shape::Timestamp => vec![template(
            "\"2024-01-01T00:00:00Z\"",
            "\"${1:2024-01-01T00:00:00Z}\"",
            place,
        )],
        Shape::List(_) | Shape::ListValue => vec![template("[ ]", "[$1]", place)],
        Shape::Message(message) => message_items(message, place),
        Shape::Map { .. } | Shape::Struct => vec![template("{ }", "{$1}", place)],
        Shape::Any(_) => vec![template("{ \"@type\": … }", "{\"@type\": \"$1\"}", place)],
        Shape::Value => literals(&["null", "true", "false"], place),
    };
    if section == SectionKind::Response && !place.path.is_empty() {
        let mut any = template("\"*\"", "\"*\"", place);
        any.documentation = Some("Any value, as long as there is one.".to_owned());
        items.push(any);
    }
    items
}

fn message_items(message: &MessageDescriptor, place: &JsonPlace) -> Vec<Item> {
    let mut items = Vec::new();
    let required: Vec<_> = message
        .fields()
        .filter(|field| field.cardinality() == Cardinality::Required)
        .collect();
    if !required.is_empty() {
        let members: Vec<_> = required
            .iter()
            .enumerate()
            .map(|(at, field)| {
                let shell = shell(&Shape::of_field(field)).replacen('1', &(at + 1).to_string(), 1);
                format!("\"{}\": {shell}", field.name())
            })
            .collect();
        items.push(template(
            "{ required fields }",
            &format!("{{{}}}", members.join(", ")),
            place,
        ));
    }
    items.push(template("{ }", "{$1}", place));
    items
}

fn literals(words: &[&str], place: &JsonPlace) -> Vec<Item> {
    words.iter().map(|word| template(word, word, place)).collect()
}

fn enum_items(descriptor: &EnumDescriptor, place: &JsonPlace) -> Vec<Item> {
    let numbers: Vec<_> = descriptor
        .values()
        .map(|value| (value.name().to_owned(), value.number()))
        .collect();
    enum_names(descriptor)
        .iter()
        .map(|name| {
            let number = numbers
                .iter()
                .find(|(other, _)| other == name)
                .map(|(_, number)| number.to_string());
            let quote = place.quote.unwrap_or('"');
            let text = format!("{quote}{name}{quote}");
            Item {
                kind: ItemKind::EnumMember,
                label: name.clone(),
                detail: number,
                filter: filter_text(name, place),
                ..template(&text, &escape_snippet(&text), place)
            }
        })
        .collect()
}

/// A value item; a comma is added where one is missing.
pub(super) fn template(label: &str, snippet: &str, place: &JsonPlace) -> Item {
    let comma = match place.comma_after {
        true => ",",
        false => "",
    };
    let replace: Range<usize> = place.token.clone();
    let plain = label.replace(' ', "").replace('…', "\"\"");
    Item {
        snippet: format!("{snippet}{comma}"),
        plain: format!("{plain}{comma}"),
        extra: place.comma_before.map(|at| (at..at, ",".to_owned())),
        ..Item::word(ItemKind::Value, label, &replace)
    }
}

fn is_deprecated(field: &FieldDescriptor) -> bool {
    let options = field.options();
    options
        .get_field_by_name("deprecated")
        .is_some_and(|value| value.as_bool() == Some(true))
}
