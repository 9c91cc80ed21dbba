//! What the thing under the cursor means.

use super::completion::walk;
use super::context::Context;
use super::{Analysis, FilePosition};
use crate::connection::split_endpoint;
use crate::schema::docs;
use crate::schema::shape::{Shape, field};
use crate::spec::SectionKind;
use crate::syntax::cursor::{JsonPlace, JsonSlot, Place, Step};
use crate::syntax::{Section, Text};
use std::ops::Range;

/// A text about a range of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hover {
    pub range: Range<usize>,
    pub markdown: String,
}

/// The hover at `position`.
pub fn hover(analysis: &Analysis, position: FilePosition) -> Option<Hover> {
    let file = analysis.file(position.file)?;
    let context = Context::at(analysis, file, position.offset)?;
    let offset = position
        .offset
        .checked_sub(context.start)?
        .min(context.document.text().len());
    let found = match context.document.place(offset) {
        Place::Line { section, token } => on_line(&context, section, &token, offset),
        Place::Json { section, place } if section.kind == SectionKind::Error => {
            super::completion::status_hover(context.document.text(), &place)
        }
        Place::Json { section, place } => on_json(&context, section, &place),
        place => super::completion::vocabulary_hover(&context, &place),
    }?;
    Some(Hover {
        range: found.range.start + context.start..found.range.end + context.start,
        ..found
    })
}

fn on_line(context: &Context<'_>, section: &Section, token: &Range<usize>, offset: usize) -> Option<Hover> {
    let line = section.single_line()?;
    match section.kind {
        SectionKind::Endpoint => on_endpoint(context, line, offset),
        _ => on_address(context, token),
    }
}

fn on_endpoint(context: &Context<'_>, line: &Text, offset: usize) -> Option<Hover> {
    let (service, name) = split_endpoint(&line.text)?;
    let schema = context.schema()?;
    let method = schema.method(service, name).ok()?;
    let slash = line.range.start + service.len();
    let range = match offset <= slash {
        true => line.range.start..slash,
        false => slash + 1..line.range.end,
    };
    let comment = docs::of_method(&method);
    let source = context
        .schema_source()
        .map(|source| source.to_string())
        .unwrap_or_default();
    let markdown = format!(
        "```proto\n{}\n```\n\n{} · {source}\n\n{comment}",
        docs::method_line(&method),
        docs::method_shape(&method)
    );
    Some(Hover {
        range,
        markdown: markdown.trim_end().to_owned(),
    })
}

fn on_address(context: &Context<'_>, token: &Range<usize>) -> Option<Hover> {
    let connection = context.connection();
    let target = connection.target(connection.address_text()).ok()?;
    let transport = match &target.tls {
        None => "plaintext",
        Some(tls) if tls.identity.is_some() => "TLS with a client certificate",
        Some(_) => "TLS",
    };
    let schema = match context.schema_state() {
        None => "not loaded".to_owned(),
        Some(super::SchemaState::Loading) => "loading".to_owned(),
        Some(super::SchemaState::Ready(schema)) => {
            let names: Vec<_> = schema
                .services()
                .map(|service| format!("`{}`", service.full_name()))
                .collect();
            names.join(", ")
        }
        Some(super::SchemaState::Failed { reason, .. }) => reason.clone(),
    };
    Some(Hover {
        range: token.clone(),
        markdown: format!("`{target}`, {transport}\n\nSchema: {schema}"),
    })
}

fn on_json(context: &Context<'_>, section: &Section, place: &JsonPlace) -> Option<Hover> {
    if place.token.is_empty() {
        return None;
    }
    let shape = context.body_shape(section.kind)?;
    let text = &context.document.text()[place.token.clone()];
    let name = text.trim_matches(['"', '\'']);
    let markdown = match (place.slot, walk(shape.clone(), &place.path)?) {
        (JsonSlot::Key, Shape::Message(message)) => of_field(&field(&message, name)?),
        (JsonSlot::Value, Shape::Enum(descriptor)) => {
            let value = descriptor.get_value_by_name(name)?;
            format!(
                "```proto\n{} = {};\n```\n\nof `{}`",
                value.name(),
                value.number(),
                descriptor.full_name()
            )
        }
        (JsonSlot::Value, _) => match place.path.split_last()? {
            (Step::Key(key), parents) => match walk(shape, parents)? {
                Shape::Message(message) => of_field(&field(&message, key)?),
                _ => return None,
            },
            (Step::Element | Step::Type(_), _) => return None,
        },
        _ => return None,
    };
    Some(Hover {
        range: place.token.clone(),
        markdown,
    })
}

fn of_field(field: &prost_reflect::FieldDescriptor) -> String {
    let mut lines = vec![format!("```proto\n{}\n```", docs::field_line(field))];
    if field.json_name() != field.name() {
        lines.push(format!("JSON name: `{}`", field.json_name()));
    }
    let oneof = field.containing_oneof().filter(|oneof| oneof.fields().len() > 1);
    lines.extend(oneof.map(|oneof| format!("One of `{}`: only one of its members may be set.", oneof.name())));
    lines.push(Shape::of_field(field).describe());
    lines.push(docs::of_field(field));
    lines.retain(|line| !line.is_empty());
    lines.join("\n\n")
}
