//! The outline of a file.

use super::{Analysis, FileId};
use std::ops::Range;

/// What a [`Symbol`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SymbolKind {
    Document,
    Section,
    Field,
    Key,
    Variable,
    Assertion,
}

/// A named part of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symbol {
    pub name: String,
    pub detail: Option<String>,
    pub kind: SymbolKind,
    pub range: Range<usize>,
    /// Inside `range`.
    pub selection: Range<usize>,
    pub children: Vec<Symbol>,
}

/// Documents with their sections and what stands in them.
pub fn symbols(_analysis: &Analysis, _file: FileId) -> Vec<Symbol> {
    Vec::new()
}
