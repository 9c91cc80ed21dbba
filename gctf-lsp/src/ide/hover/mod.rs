//! What the thing under the cursor means.

mod decoded;
mod expression;
#[cfg(test)]
mod expression_tests;
mod json;
mod outcome;
#[cfg(test)]
mod tests;

use super::context::Context;
use super::{Analysis, FilePosition, variables};
use crate::connection::split_endpoint;
use crate::schema::docs;
use crate::spec::SectionKind;
use crate::syntax::cursor::Place;
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
    let place = context.document.place(offset);
    let after_run = match &place {
        Place::HeaderName { section } => outcome::on_header(&context, section),
        _ => None,
    };
    let found = match place {
        _ if after_run.is_some() => after_run,
        Place::Line { section, token } => on_line(&context, section, &token, offset),
        Place::Json { section, place } if section.kind == SectionKind::Error => {
            super::completion::status_hover(context.document.text(), &place)
                .or_else(|| json::on_json(&context, section, offset))
        }
        Place::Json { section, .. } => json::on_json(&context, section, offset),
        Place::Expression { section } => {
            expression::on_expression(&context, section, offset, || on_variable(&context, position))
        }
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
    // Behind the line may still be its CR.
    if !(line.range.start..=line.range.end).contains(&offset) {
        return None;
    }
    let slash = line.range.start + service.len();
    let range = match offset <= slash {
        true => line.range.start..slash,
        false => slash + 1..line.range.end,
    };
    let source = context.schema_source().map(|source| source.to_string());
    let options = method.method_descriptor_proto().options.as_ref();
    let deprecated = options.is_some_and(|options| options.deprecated());
    let parts = [
        format!("```proto\n{}\n```", docs::method_line(&method)),
        format!("{} · {}", docs::method_shape(&method), source.unwrap_or_default()),
        if deprecated { "**Deprecated.**" } else { "" }.to_owned(),
        docs::of_method(schema.source_info(), &method),
    ];
    let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    Some(Hover {
        range,
        markdown: parts.join("\n\n"),
    })
}

/// A variable in an expression; the range is of the document.
fn on_variable(context: &Context<'_>, position: FilePosition) -> Option<Hover> {
    let found = variables::at(context.file(), position)?;
    let range = found.occurrence().range.clone();
    let token = range.start.checked_sub(context.start)?..range.end.checked_sub(context.start)?;
    // Where it is set says enough already.
    match found.occurrence().sets {
        true => None,
        false => super::completion::vocabulary_hover(context, &Place::Template { token, closed: true }),
    }
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
        Some(super::SchemaState::Ready(schema)) => services(schema),
        Some(super::SchemaState::Outdated { schema, reason, .. }) => {
            format!("{}, loaded before; now {reason}", services(schema))
        }
        Some(super::SchemaState::Failed { reason, .. }) => reason.clone(),
    };
    Some(Hover {
        range: token.clone(),
        markdown: format!("`{target}`, {transport}\n\nSchema: {schema}"),
    })
}

fn services(schema: &crate::schema::Schema) -> String {
    let names = schema.services().map(|service| format!("`{}`", service.full_name()));
    names.collect::<Vec<_>>().join(", ")
}
