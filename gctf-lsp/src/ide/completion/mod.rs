//! What can stand at the cursor.

mod documentation;
mod endpoint;
mod expressions;
mod files;
mod json;
#[cfg(test)]
mod tests;
mod vocabulary;

pub use documentation::Documentation;
pub use files::{FileKind, FilesWanted};
pub(super) use json::uses_json_names;
pub(super) use vocabulary::{hover as vocabulary_hover, status_hover};

use super::context::Context;
use super::{Analysis, FilePosition, SchemaState};
use crate::schema::shape::{Shape, type_name};
use crate::schema::source_info::SourceInfo;
use crate::spec::{SectionKind, options};
use crate::syntax::Section;
use crate::syntax::cursor::{Place, Step};
use crate::syntax::settings::list_items;
use crate::target::SchemaSource;
use prost_reflect::FieldDescriptor;
use std::ops::Range;
use std::sync::Arc;

/// The answer to a completion request.
#[derive(Clone, Debug, Default)]
pub struct Completions {
    pub items: Vec<Item>,
    /// More would be known with more text or with the schema.
    pub incomplete: bool,
    /// A schema that the context needs and that is not there yet.
    pub wants: Option<SchemaSource>,
    /// Files that would be items too, for [`Completions::add_files`].
    pub files: Option<FilesWanted>,
    /// What the items' documentation quotes.
    pub source_info: Arc<SourceInfo>,
}

/// Most items of one answer.
pub const MAX_ITEMS: usize = 200;

/// The kinds of items, for the editor's icons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemKind {
    Section,
    Option,
    Attribute,
    Key,
    Value,
    File,
    Method,
    Field,
    EnumMember,
    Type,
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
    pub documentation: Option<Documentation>,
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
    let mut completions = by_place(&context);
    narrow(&context, &mut completions);
    for item in &mut completions.items {
        shift(&mut item.replace, context.start);
        if let Some((range, _)) = &mut item.extra {
            shift(range, context.start);
        }
    }
    if let Some(wanted) = &mut completions.files {
        shift(&mut wanted.replace, context.start);
    }
    completions.source_info = context.source_info();
    completions
}

fn by_place(context: &Context<'_>) -> Completions {
    match context.document.place(context.offset) {
        Place::Line { section, token } if section.kind == SectionKind::Endpoint => {
            with_schema(context, |context| endpoint::methods(context, &token))
        }
        Place::Json { section, place } if section.kind == SectionKind::Error => match place.path.split_first() {
            Some((Step::Key(key), rest)) if key == "details" && !rest.is_empty() => {
                with_schema(context, |context| json::in_details(context, rest, &place))
            }
            _ => Completions {
                items: vocabulary::status_items(&place),
                ..Completions::default()
            },
        },
        Place::Json { section, place } if matches!(section.kind, SectionKind::Tls | SectionKind::Proto) => {
            Completions {
                items: vocabulary::object_items(section, &place),
                files: files::wanted(context, &Place::Json { section, place }),
                ..Completions::default()
            }
        }
        Place::Json { section, place } => with_schema(context, |context| json::items(context, section, &place)),
        Place::HeaderOptionValue { section, option, token } if option == options::REDACT.name() => {
            with_schema(context, |context| redactions(context, section, &token))
        }
        Place::Expression { section } => {
            let sections = vocabulary::items(context, &Place::Expression { section });
            match sections.is_empty() {
                true => with_schema(context, |context| expressions::items(context, section)),
                false => Completions {
                    items: sections,
                    ..Completions::default()
                },
            }
        }
        place => Completions {
            items: vocabulary::items(context, &place),
            files: files::wanted(context, &place),
            ..Completions::default()
        },
    }
}

/// The fields of a reply that a comparison can leave out.
fn redactions(context: &Context<'_>, section: &Section, token: &Range<usize>) -> Vec<Item> {
    let Some(Shape::Message(message)) = context.body_shape(section.kind) else {
        return Vec::new();
    };
    let given = list_items(&context.document.text()[token.clone()]);
    let element = files::element(context, token);
    let written = &context.document.text()[element.clone()];
    let mut fields: Vec<_> = message
        .fields()
        .filter(|field| field.name() == written || !given.iter().any(|name| name == field.name()))
        .collect();
    fields.sort_by_key(|field| field.path().last().copied());
    let item = |field: &FieldDescriptor| Item {
        detail: Some(type_name(field)),
        ..Item::word(ItemKind::Field, field.name(), &element)
    };
    fields.iter().map(item).collect()
}

/// At most [`MAX_ITEMS`]: of more, those that what is typed can still become.
fn narrow(context: &Context<'_>, completions: &mut Completions) {
    if completions.items.len() <= MAX_ITEMS {
        return;
    }
    completions.incomplete = true;
    completions
        .items
        .retain(|item| is_subsequence(context.typed(&item.replace), &item.filter));
    completions.items.truncate(MAX_ITEMS);
}

/// Whether the characters of `typed` stand in `text` in their order, in any case.
fn is_subsequence(typed: &str, text: &str) -> bool {
    let mut rest = text.chars();
    typed
        .chars()
        .all(|wanted| rest.any(|character| character.eq_ignore_ascii_case(&wanted)))
}

/// The first of `forms` that what is typed is the start of; the first of all where it is of none. Editors
/// compare an item with what stands in the text, which may be a short form of it.
fn best_form<'a>(forms: &[&'a str], typed: &str) -> &'a str {
    let starts = |form: &&&str| {
        let head = form.get(..typed.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(typed))
    };
    forms.iter().find(starts).or(forms.first()).copied().unwrap_or_default()
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
        ..Completions::default()
    }
}

fn shift(range: &mut Range<usize>, by: usize) {
    *range = range.start + by..range.end + by;
}

/// `text` with what means something in a snippet escaped.
fn escape_snippet(text: &str) -> String {
    text.replace('\\', "\\\\").replace('$', "\\$").replace('}', "\\}")
}
