//! Keys and values in JSON bodies, by the schema.

mod any;
mod enums;
mod keys;
mod masks;
mod seen;
mod shells;
#[cfg(test)]
mod tests;
mod values;

pub(super) use enums::names as enum_names;
pub(in crate::ide) use keys::uses_json_names;
pub(super) use keys::{declared, described, key_item};
pub(super) use values::template;

use super::super::context::Context;
use super::Item;
use crate::schema::any::type_name;
use crate::schema::shape::Shape;
use crate::spec::SectionKind;
use crate::syntax::Section;
use crate::syntax::cursor::{JsonPlace, JsonSlot, Step};

/// What can stand at `place` of a REQUEST or RESPONSE.
pub(super) fn items(context: &Context<'_>, section: &Section, place: &JsonPlace) -> Vec<Item> {
    match context.body_shape(section.kind) {
        Some(shape) => at(context, section.kind, shape, &place.path, place),
        None => Vec::new(),
    }
}

/// What can stand at `place`, which `path` leads to from the details of an ERROR.
pub(super) fn in_details(context: &Context<'_>, path: &[Step], place: &JsonPlace) -> Vec<Item> {
    match context.schema() {
        Some(schema) => {
            let details = Shape::List(Box::new(Shape::Any(schema.pool().clone())));
            at(context, SectionKind::Error, details, path, place)
        }
        None => Vec::new(),
    }
}

/// What can stand at the end of `path` from a value of the form `root`.
fn at(context: &Context<'_>, section: SectionKind, root: Shape, path: &[Step], place: &JsonPlace) -> Vec<Item> {
    if let Some(object) = any::object(root.clone(), path) {
        return any::items(context, section, &object, place);
    }
    let Some(shape) = walk(root.clone(), path) else {
        return Vec::new();
    };
    match place.slot {
        JsonSlot::Key => keys::items(context, section, &shape, place),
        JsonSlot::Value => {
            let mut items = values::items(context, &shape, place);
            if let (Shape::FieldMask, Some((Step::Key(key), parents))) = (&shape, path.split_last()) {
                let object = walk(root, parents);
                items.extend(masks::items(context, object.as_ref(), key, place));
            }
            items.extend(values::anywhere(context, section, place));
            items
        }
    }
}

/// The form at the end of a path.
fn walk(mut shape: Shape, path: &[Step]) -> Option<Shape> {
    for step in path {
        shape = match (step, shape) {
            (Step::Key(key), shape) => shape.member(key)?,
            (Step::Element, shape) => shape.element()?,
            (Step::Type(url), Shape::Any(pool)) => any::payload(&pool.get_message_by_name(type_name(url))?),
            (Step::Type(_), shape) => shape,
        };
    }
    Some(shape)
}
