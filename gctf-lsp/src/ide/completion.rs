//! What can stand at the cursor.

use super::{Analysis, FilePosition};
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

/// What can stand at `position`, best first.
pub fn completions(_analysis: &Analysis, _position: FilePosition) -> Completions {
    Completions::default()
}
