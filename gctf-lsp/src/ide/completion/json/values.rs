//! Values by their type.

use super::super::super::context::Context;
use super::super::{Item, ItemKind, escape_snippet};
use super::enums;
use super::shells::{map_key, shell};
use crate::schema::shape::Shape;
use crate::spec::SectionKind;
use crate::syntax::cursor::JsonPlace;
use prost_reflect::{Cardinality, MessageDescriptor};

/// The values that a type begins with.
pub(super) fn items(context: &Context<'_>, shape: &Shape, place: &JsonPlace) -> Vec<Item> {
    let words = |words: &[&str]| words.iter().map(|word| template(word, word, place)).collect();
    let mut items: Vec<_> = match shape {
        Shape::Bool => words(&["true", "false"]),
        Shape::Int32 | Shape::Uint32 => words(&["0"]),
        Shape::Float | Shape::Double => words(&["0", "\"NaN\"", "\"Infinity\"", "\"-Infinity\""]),
        Shape::String | Shape::Bytes | Shape::FieldMask => vec![template("\"\"", "\"$1\"", place)],
        Shape::Int64 | Shape::Uint64 => vec![template("\"0\"", "\"${1:0}\"", place)],
        Shape::Enum(descriptor) => return enums::items(descriptor, place),
        Shape::Duration => words(&["\"1s\"", "\"30s\"", "\"1.5s\""]),
        Shape::Timestamp => vec![now(context, place)],
        Shape::List(element) => vec![
            template("[ ]", "[$1]", place),
            whole("[ element ]", &format!("[{}]", shell(element, 1)), "[]", place),
        ],
        Shape::ListValue => vec![template("[ ]", "[$1]", place)],
        Shape::Message(message) => message_items(message, place),
        Shape::Map { key, value } => {
            let entry = format!("{{{}: {}}}", map_key(key, 1), shell(value, 2));
            vec![
                template("{ }", "{$1}", place),
                whole("{ \"key\": value }", &entry, "{}", place),
            ]
        }
        Shape::Struct => vec![template("{ }", "{$1}", place)],
        Shape::Any(_) => vec![whole("{ \"@type\": … }", &shell(shape, 1), "{\"@type\": \"\"}", place)],
        Shape::Value => {
            let mut items: Vec<_> = words(&["null", "true", "false", "0"]);
            items.push(template("\"\"", "\"$1\"", place));
            items.push(template("{ }", "{$1}", place));
            items.push(template("[ ]", "[$1]", place));
            items
        }
    };
    for item in &mut items {
        item.documentation.get_or_insert_with(|| shape.describe().into());
    }
    items
}

/// What can stand for any value: the wildcard of a reply, and the variables that are set.
pub(super) fn anywhere(context: &Context<'_>, section: SectionKind, place: &JsonPlace) -> Vec<Item> {
    let mut items = Vec::new();
    if place.path.is_empty() {
        return items;
    }
    if section == SectionKind::Response || section == SectionKind::Error {
        items.push(Item {
            documentation: Some("Any value, as long as there is one.".into()),
            ..template("\"*\"", "\"*\"", place)
        });
    }
    let quote = place.quote.unwrap_or('"');
    let variables = context.source().visible_variables(context.index, place.token.start);
    items.extend(variables.iter().map(|variable| {
        let text = format!("{quote}{{{{{}}}}}{quote}", variable.name);
        Item {
            kind: ItemKind::Variable,
            description: Some(variable.origin().to_owned()),
            ..template(&text, &escape_snippet(&text), place)
        }
    }));
    items
}

fn now(context: &Context<'_>, place: &JsonPlace) -> Item {
    let quote = place.quote.unwrap_or('"');
    let text = format!("{quote}{}{quote}", context.now());
    Item {
        label: "now".to_owned(),
        detail: Some(context.now()),
        filter: match place.quote {
            Some(_) => text.clone(),
            None => "now".to_owned(),
        },
        ..template(&text, &format!("{quote}${{1:{}}}{quote}", context.now()), place)
    }
}

fn message_items(message: &MessageDescriptor, place: &JsonPlace) -> Vec<Item> {
    if message.fields().len() == 0 {
        return vec![template("{ }", "{}", place)];
    }
    let required = message
        .fields()
        .filter(|field| field.cardinality() == Cardinality::Required);
    let members: Vec<_> = required
        .enumerate()
        .map(|(at, field)| format!("  \"{}\": {}", field.name(), shell(&Shape::of_field(&field), at + 1)))
        .collect();
    let inside = match members.is_empty() {
        true => "  $1".to_owned(),
        false => members.join(",\n"),
    };
    vec![
        whole("{ fields … }", &format!("{{\n{inside}\n}}"), "{}", place),
        template("{ }", "{$1}", place),
    ]
}

/// A value item whose text without snippets is its label, blanks aside; a comma is added where one is missing.
pub(in super::super) fn template(label: &str, snippet: &str, place: &JsonPlace) -> Item {
    let is_bracket = label.starts_with(['{', '[']);
    let plain = match is_bracket {
        true => label.replace(' ', ""),
        false => label.to_owned(),
    };
    whole(label, snippet, &plain, place)
}

fn whole(label: &str, snippet: &str, plain: &str, place: &JsonPlace) -> Item {
    let comma = match place.comma_after {
        true => ",",
        false => "",
    };
    Item {
        snippet: format!("{snippet}{comma}"),
        plain: format!("{plain}{comma}"),
        extra: place.comma_before.map(|at| (at..at, ",".to_owned())),
        ..Item::word(ItemKind::Value, label, &place.token)
    }
}
