//! Keys of maps that the last reply had.

use super::super::super::context::Context;
use crate::schema::shape::Shape;
use crate::spec::SectionKind;
use crate::syntax::cursor::{JsonPlace, Step};
use serde_json::Value;
use std::collections::BTreeSet;

/// The keys that the maps at `place` of a RESPONSE had when the document ran last, in their order.
pub(super) fn keys(context: &Context<'_>, section: SectionKind, place: &JsonPlace) -> Vec<String> {
    let (Some(reply), Some(shape), SectionKind::Response) =
        (context.last_reply(), context.body_shape(section), section)
    else {
        return Vec::new();
    };
    let mut seen = BTreeSet::new();
    let mut keys = Vec::new();
    for message in &reply.messages {
        collect(message, &shape, &place.path, &mut |key| {
            if seen.insert(key.to_owned()) {
                keys.push(key.to_owned());
            }
        });
    }
    keys
}

fn collect(value: &Value, shape: &Shape, path: &[Step], found: &mut impl FnMut(&str)) {
    match (path.split_first(), value) {
        (None, Value::Object(members)) => members.keys().for_each(|key| found(key)),
        (Some((Step::Key(key), rest)), Value::Object(members)) => {
            // Replies are kept in proto names.
            let name = shape.proto_name(key).unwrap_or_else(|| key.clone());
            if let (Some(member), Some(inner)) = (members.get(&name), shape.member(key)) {
                collect(member, &inner, rest, found);
            }
        }
        (Some((Step::Element, rest)), Value::Array(items)) => {
            if let Some(inner) = shape.element() {
                items.iter().for_each(|item| collect(item, &inner, rest, found));
            }
        }
        _ => {}
    }
}
