//! What can stand at the cursor.

mod endpoint;
mod json;
#[cfg(test)]
mod tests;
mod vocabulary;

pub(super) use vocabulary::{hover as vocabulary_hover, status_hover};

use super::context::Context;
use super::{Analysis, FilePosition, SchemaState};
use crate::spec::SectionKind;
use crate::syntax::cursor::Place;
use crate::target::SchemaSource;
use std::ops::Range;

/// The answer to a completion request.
#[derive(Clone, Debug, Default)]
pub struct Completions {
    pub items: Vec<Item>,
    /// More would be known with more text or with the schema.
    pub incomplete: bool,
    /// A schema that the context needs and that is not there yet.
    pub wants: Option<SchemaSource>,
}

/// The kinds of items, for the editor's icons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemKind {
    Section,
    Option,
    Attribute,
    Key,
    Value,
    Method,
    Field,
    EnumMember,
    Keyword,
    Function,
    Variable,
}

/// One thing that can be inserted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    pub label: String,
    pub kind: ItemKind,
    /// The type, shown behind the label.
    pub detail: Option<String>,
    /// Oneof or origin, shown at the end of the line.
    pub description: Option<String>,
    /// Markdown.
    pub documentation: Option<String>,
    /// The whole token that the item replaces, on one line.
    pub replace: Range<usize>,
    /// What is inserted, in LSP snippet syntax.
    pub snippet: String,
    /// What is inserted where the client knows no snippets.
    pub plain: String,
    /// What the replaced text is matched against, in its form (with the opening quote if it has one).
    pub filter: String,
    /// Another edit that comes with it, such as the comma behind the previous member.
    pub extra: Option<(Range<usize>, String)>,
    pub deprecated: bool,
}

impl Item {
    /// An item that inserts its label as it is.
    fn word(kind: ItemKind, label: &str, replace: &Range<usize>) -> Self {
        Self {
            label: label.to_owned(),
            kind,
            detail: None,
            description: None,
            documentation: None,
            replace: replace.clone(),
            snippet: escape_snippet(label),
            plain: label.to_owned(),
            filter: label.to_owned(),
            extra: None,
            deprecated: false,
        }
    }
}

/// What can stand at `position`, best first.
pub fn completions(analysis: &Analysis, position: FilePosition) -> Completions {
    let found = analysis
        .file(position.file)
        .and_then(|file| Context::at(analysis, file, position.offset));
    let Some(context) = found else {
        return Completions::default();
    };
    let offset = position.offset.min(context.start + context.document.text().len()) - context.start;
    let mut completions = match context.document.place(offset) {
        Place::Line { section, token } if section.kind == SectionKind::Endpoint => {
            with_schema(&context, |context| endpoint::methods(context, &token))
        }
        Place::Json { section, place } if section.kind == SectionKind::Error => Completions {
            items: vocabulary::status_items(&place),
            ..Completions::default()
        },
        Place::Json { section, place } => with_schema(&context, |context| json::items(context, section, &place)),
        place => Completions {
            items: vocabulary::items(&context, &place, offset),
            ..Completions::default()
        },
    };
    for item in &mut completions.items {
        shift(&mut item.replace, context.start);
        if let Some((range, _)) = &mut item.extra {
            shift(range, context.start);
        }
    }
    completions
}

/// The items of `complete`, with the wish for the schema where it is not there.
fn with_schema(context: &Context<'_>, complete: impl FnOnce(&Context<'_>) -> Vec<Item>) -> Completions {
    let items = complete(context);
    let missing = match context.schema_state() {
        Some(SchemaState::Ready(_) | SchemaState::Outdated { .. } | SchemaState::Failed { .. }) => false,
        Some(SchemaState::Loading) | None => true,
    };
    let wants = context.schema_source().filter(|_| missing);
    Completions {
        items,
        incomplete: wants.is_some(),
        wants,
    }
}

fn shift(range: &mut Range<usize>, by: usize) {
    *range = range.start + by..range.end + by;
}

/// `text` with what means something in a snippet escaped.
fn escape_snippet(text: &str) -> String {
    text.replace('\\', "\\\\").replace('$', "\\$").replace('}', "\\}")
}
