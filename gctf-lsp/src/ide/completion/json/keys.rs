//! Keys of messages and maps.

use super::super::super::context::Context;
use super::super::{Documentation, Item, ItemKind, escape_snippet};
use super::shells::shell;
use crate::config::settings::Names;
use crate::schema::shape::{Shape, extension_type_name, field, type_name};
use crate::spec::SectionKind;
use crate::syntax::cursor::JsonPlace;
use prost_reflect::{Cardinality, ExtensionDescriptor, FieldDescriptor, Kind, MessageDescriptor};

/// The keys that an object of the form `shape` can still take.
pub(super) fn items(context: &Context<'_>, section: SectionKind, shape: &Shape, place: &JsonPlace) -> Vec<Item> {
    let is_new = |name: &String| !place.siblings.contains(name);
    match shape {
        Shape::Message(message) => fields(message, place, context.config().settings.names),
        Shape::Map {
            key: Kind::Bool, value, ..
        } => {
            let names = ["true", "false"].map(str::to_owned).into_iter().filter(is_new);
            names.map(|name| key_item(&name, &shell(value, 1), place)).collect()
        }
        Shape::Map { value, .. } => {
            let seen = super::seen::keys(context, section, place);
            let seen = seen.into_iter().filter(is_new);
            seen.map(|name| Item {
                description: Some("last run".to_owned()),
                ..key_item(&name, &shell(value, 1), place)
            })
            .collect()
        }
        _ => Vec::new(),
    }
}

fn fields(message: &MessageDescriptor, place: &JsonPlace, names: Names) -> Vec<Item> {
    let present: Vec<_> = place
        .siblings
        .iter()
        .filter_map(|name| Some((field(message, name)?, place.unset.contains(name))))
        .collect();
    let json_names = match names {
        Names::Auto => uses_json_names(message, &place.siblings),
        Names::Proto => false,
        Names::Json => true,
    };
    let chosen = |candidate: &FieldDescriptor| {
        let oneof = candidate.containing_oneof();
        let mut present = present.iter();
        present.any(|(other, is_null)| {
            other == candidate || !is_null && oneof.is_some() && other.containing_oneof() == oneof
        })
    };
    let mut fields: Vec<_> = message.fields().filter(|candidate| !chosen(candidate)).collect();
    // `fields()` goes by number; people read declarations.
    fields.sort_by_key(|field| {
        let required = field.cardinality() == Cardinality::Required;
        (is_deprecated(field), !required, declared_at(field))
    });
    let extensions = message.extensions();
    let extensions = extensions.filter(|extension| !place.siblings.iter().any(|key| key == extension.json_name()));
    let own = fields.iter().map(|field| field_item(field, json_names, place));
    own.chain(extensions.map(|extension| extension_item(&extension, place)))
        .collect()
}

/// Where among the fields of its message a field is declared.
fn declared_at(field: &FieldDescriptor) -> i32 {
    field.path().last().copied().unwrap_or(0)
}

/// Whether the object has a key in a JSON name that differs from its proto name, and none in a proto name.
pub(in crate::ide) fn uses_json_names(message: &MessageDescriptor, keys: &[String]) -> bool {
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
    described(field, key_item(name, &shell(&Shape::of_field(field), 1), place))
}

/// `item` with what is known of the field that it names.
pub(in super::super) fn described(field: &FieldDescriptor, item: Item) -> Item {
    let oneof = field.containing_oneof().filter(|oneof| !oneof.is_synthetic());
    Item {
        detail: Some(type_name(field)),
        description: oneof.map(|oneof| format!("oneof {}", oneof.name())),
        documentation: Some(Documentation::Field(field.clone())),
        deprecated: is_deprecated(field),
        ..item
    }
}

/// The fields of a message as they are declared, deprecated ones last.
pub(in super::super) fn declared(message: &MessageDescriptor) -> Vec<FieldDescriptor> {
    let mut fields: Vec<_> = message.fields().collect();
    fields.sort_by_key(|field| (is_deprecated(field), declared_at(field)));
    fields
}

fn extension_item(extension: &ExtensionDescriptor, place: &JsonPlace) -> Item {
    let kind = extension_type_name(extension);
    let shape = Shape::of_extension(extension);
    let line = format!(
        "extend {} {{ {kind} {} = {}; }}",
        extension.containing_message().full_name(),
        extension.name(),
        extension.number()
    );
    Item {
        detail: Some(kind),
        description: Some("extension".to_owned()),
        documentation: Some(format!("```proto\n{line}\n```\n\n{}", shape.describe()).into()),
        ..key_item(extension.json_name(), &shell(&shape, 1), place)
    }
}

/// A key with what a value of its type starts with.
pub(in super::super) fn key_item(name: &str, shell: &str, place: &JsonPlace) -> Item {
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

/// `name` in the form of the token that it is matched against.
pub(super) fn filter_text(name: &str, place: &JsonPlace) -> String {
    match place.quote {
        Some(quote) => format!("{quote}{name}{quote}"),
        None => name.to_owned(),
    }
}

fn is_deprecated(field: &FieldDescriptor) -> bool {
    let options = field.field_descriptor_proto().options.as_ref();
    options.is_some_and(|options| options.deprecated())
}
