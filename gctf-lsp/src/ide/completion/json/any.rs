//! Any: `@type` with the types that the schema knows, then the fields of the type.

use super::super::super::context::Context;
use super::super::{Documentation, Item, ItemKind, MAX_ITEMS, best_form, is_subsequence};
use super::keys::{filter_text, key_item};
use super::{keys, walk};
use crate::schema::any::type_name;
use crate::schema::shape::Shape;
use crate::spec::SectionKind;
use crate::syntax::cursor::{JsonPlace, JsonSlot, Step};
use prost_reflect::{DescriptorPool, Kind, MessageDescriptor};

/// The prefix of type URLs that needs no server of types.
const HOST: &str = "type.googleapis.com/";

/// An Any whose members stand at the cursor.
pub(super) struct Object {
    pool: DescriptorPool,
    /// The type that it names, where the schema has it.
    message: Option<MessageDescriptor>,
}

/// The Any whose key, or whose `@type`, stands at the end of `path`.
pub(super) fn object(root: Shape, path: &[Step]) -> Option<Object> {
    let parents = match path {
        [parents @ .., Step::Key(key)] if key == "@type" => parents,
        [.., Step::Key(_)] => return plain_object(root, path),
        path => path,
    };
    let (parents, url) = match parents {
        [parents @ .., Step::Type(url)] => (parents, Some(url)),
        parents => (parents, None),
    };
    let mut object = plain_object(root, parents)?;
    object.message = url.and_then(|url| object.pool.get_message_by_name(type_name(url)));
    Some(object)
}

fn plain_object(root: Shape, path: &[Step]) -> Option<Object> {
    match walk(root, path)? {
        Shape::Any(pool) => Some(Object { pool, message: None }),
        _ => None,
    }
}

/// The form of an object that names `message`: what JSON does not write as an object stands in `value`.
pub(super) fn payload(message: &MessageDescriptor) -> Shape {
    match Shape::of_message(message) {
        shape @ Shape::Message(_) if message.full_name() != "google.protobuf.Empty" => shape,
        shape => Shape::Map {
            key: Kind::String,
            value: Box::new(shape),
        },
    }
}

/// What can stand in `object`.
pub(super) fn items(context: &Context<'_>, section: SectionKind, object: &Object, place: &JsonPlace) -> Vec<Item> {
    let is_type = matches!(place.path.last(), Some(Step::Key(key)) if key == "@type");
    match place.slot {
        JsonSlot::Value if is_type => types(context, section, &object.pool, place),
        JsonSlot::Value => {
            let shape = Shape::Any(object.pool.clone());
            let mut items = super::values::items(context, &shape, place);
            items.extend(super::values::anywhere(context, section, place));
            items
        }
        JsonSlot::Key => {
            let is_there = place.siblings.iter().any(|key| key == "@type");
            let own = (!is_there).then(|| Item {
                documentation: Some("The type of the message: the other members are its fields.".into()),
                ..key_item("@type", "\"$1\"", place)
            });
            let fields = match object.message.as_ref().map(|message| (message, payload(message))) {
                None => Vec::new(),
                Some((_, shape @ Shape::Message(_))) => keys::items(context, section, &shape, place),
                Some((message, _)) => value_key(message, place),
            };
            own.into_iter().chain(fields).collect()
        }
    }
}

/// The key of a value that JSON does not write as an object.
fn value_key(message: &MessageDescriptor, place: &JsonPlace) -> Vec<Item> {
    let is_there = place.siblings.iter().any(|key| key == "value");
    let shell = super::shells::shell(&Shape::of_message(message), 1);
    let item = Item {
        detail: Some(message.full_name().to_owned()),
        ..key_item("value", &shell, place)
    };
    (!is_there).then_some(item).into_iter().collect()
}

/// The types that an Any can name: those of the schema first, in an ERROR those of `google.rpc`.
fn types(context: &Context<'_>, section: SectionKind, pool: &DescriptorPool, place: &JsonPlace) -> Vec<Item> {
    let typed = context.typed(&place.token);
    let typed = typed.trim_start_matches(['"', '\'']);
    let rank = |message: &MessageDescriptor| match message.full_name() {
        name if name.starts_with("google.rpc.") => match section {
            SectionKind::Error => 0,
            _ => 2,
        },
        name if name.starts_with("google.protobuf.") => 3,
        _ => 1,
    };
    let mut messages: Vec<_> = pool
        .all_messages()
        .filter(|message| !message.is_map_entry())
        .map(|message| (rank(&message), message))
        .collect();
    if messages.len() > MAX_ITEMS {
        messages.retain(|(_, message)| fits(message, typed));
    }
    messages.sort_by_key(|(rank, _)| *rank);
    // One more than is shown tells that there are more.
    let shown = messages.iter().take(MAX_ITEMS + 1);
    shown.map(|(_, message)| type_item(message, typed, place)).collect()
}

fn fits(message: &MessageDescriptor, typed: &str) -> bool {
    let name = typed.rsplit('/').next().unwrap_or(typed);
    HOST.starts_with(typed) || is_subsequence(name, message.full_name())
}

fn type_item(message: &MessageDescriptor, typed: &str, place: &JsonPlace) -> Item {
    let name = message.full_name();
    let url = format!("{HOST}{name}");
    let quote = place.quote.unwrap_or('"');
    let text = format!("{quote}{url}{quote}");
    let form = best_form(&[&url, name, message.name()], typed);
    Item {
        kind: ItemKind::Type,
        label: name.to_owned(),
        documentation: Some(Documentation::Message(message.clone())),
        filter: filter_text(form, place),
        ..super::template(&text, &text, place)
    }
}
