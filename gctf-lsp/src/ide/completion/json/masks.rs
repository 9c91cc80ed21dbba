//! Paths of a FieldMask, as far as they can be told: those of the messages that stand beside it.

use super::super::super::context::Context;
use super::super::{Item, ItemKind};
use super::keys::filter_text;
use super::values::template;
use crate::schema::shape::Shape;
use crate::syntax::cursor::JsonPlace;
use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};
use std::collections::BTreeSet;

/// The paths that can follow what is written of the mask in the field `key` of `object`.
pub(super) fn items(context: &Context<'_>, object: Option<&Shape>, key: &str, place: &JsonPlace) -> Vec<Item> {
    let Some(Shape::Message(message)) = object else {
        return Vec::new();
    };
    let typed = context.typed(&place.token);
    let typed = typed.trim_start_matches(['"', '\'']);
    let (before, last) = match typed.rsplit_once(',') {
        Some((before, last)) => (format!("{before},"), last),
        None => (String::new(), typed),
    };
    let parents = last.rsplit_once('.').map_or("", |(parents, _)| parents);
    let given: BTreeSet<_> = before.split(',').map(str::trim).collect();
    let quote = place.quote.unwrap_or('"');
    let mut seen = BTreeSet::new();
    let mut items = Vec::new();
    for field in masked(message, key).iter().flat_map(|masked| below(masked, parents)) {
        let path = match parents.is_empty() {
            true => field.json_name().to_owned(),
            false => format!("{parents}.{}", field.json_name()),
        };
        if given.contains(path.as_str()) || !seen.insert(path.clone()) {
            continue;
        }
        let text = format!("{quote}{before}{path}{quote}");
        items.push(Item {
            kind: ItemKind::Field,
            label: path.clone(),
            detail: Some(crate::schema::shape::type_name(&field)),
            filter: filter_text(&format!("{before}{path}"), place),
            ..template(&text, &text, place)
        });
    }
    items
}

/// The messages beside the mask.
fn masked(message: &MessageDescriptor, key: &str) -> Vec<MessageDescriptor> {
    let others = message.fields().filter(|field| field.name() != key && !field.is_map());
    others.filter_map(|field| inner(&field)).collect()
}

fn inner(field: &FieldDescriptor) -> Option<MessageDescriptor> {
    match (Shape::of_kind(&field.kind()), field.kind()) {
        (Shape::Message(_), Kind::Message(message)) => Some(message),
        _ => None,
    }
}

/// The fields at the end of a path of field names.
fn below(message: &MessageDescriptor, path: &str) -> Vec<FieldDescriptor> {
    let mut message = message.clone();
    for step in path.split('.').filter(|step| !step.is_empty()) {
        let found = crate::schema::shape::field(&message, step);
        match found.and_then(|field| inner(&field)) {
            Some(inner) => message = inner,
            None => return Vec::new(),
        }
    }
    let mut fields: Vec<_> = message.fields().collect();
    fields.sort_by_key(|field| field.path().last().copied());
    fields
}
