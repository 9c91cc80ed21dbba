//! The names of enums.

use super::super::{Documentation, Item, ItemKind, escape_snippet};
use super::keys::filter_text;
use super::values::template;
use crate::schema::shape::enum_values;
use crate::syntax::cursor::JsonPlace;
use prost_reflect::EnumDescriptor;

/// Whether JSON writes the only value as `null`.
pub(super) fn is_null(descriptor: &EnumDescriptor) -> bool {
    descriptor.full_name() == "google.protobuf.NullValue"
}

/// Every name as declared: a zero value that says it is unspecified behind the others, deprecated ones last.
pub(in super::super) fn names(descriptor: &EnumDescriptor) -> Vec<&str> {
    let mut values: Vec<_> = enum_values(descriptor).collect();
    values.sort_by_key(|(name, number)| {
        let unspecified = *number == 0 && name.ends_with("_UNSPECIFIED");
        (is_deprecated(descriptor, name), unspecified)
    });
    values.into_iter().map(|(name, _)| name).collect()
}

fn is_deprecated(descriptor: &EnumDescriptor, name: &str) -> bool {
    let mut values = descriptor.enum_descriptor_proto().value.iter();
    let value = values.find(|value| value.name() == name);
    let options = value.and_then(|value| value.options.as_ref());
    options.is_some_and(|options| options.deprecated())
}

pub(super) fn items(descriptor: &EnumDescriptor, place: &JsonPlace) -> Vec<Item> {
    if is_null(descriptor) {
        return vec![template("null", "null", place)];
    }
    let quote = place.quote.unwrap_or('"');
    let item = |name: &str| {
        let value = descriptor.get_value_by_name(name);
        let text = format!("{quote}{name}{quote}");
        Item {
            kind: ItemKind::EnumMember,
            label: name.to_owned(),
            detail: value.as_ref().map(|value| value.number().to_string()),
            documentation: value.map(Documentation::EnumValue),
            filter: filter_text(name, place),
            deprecated: is_deprecated(descriptor, name),
            ..template(&text, &escape_snippet(&text), place)
        }
    };
    names(descriptor).into_iter().map(item).collect()
}
