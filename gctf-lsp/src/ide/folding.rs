//! What can be folded.

use super::{Analysis, FileId};
use std::ops::Range;

/// What a [`Fold`] hides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FoldKind {
    Document,
    Section,
    Value,
    Comment,
}

/// A range over more than one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fold {
    pub range: Range<usize>,
    pub kind: FoldKind,
}

/// Documents, sections, JSON objects and arrays, comment runs, multi-line expressions.
pub fn folds(_analysis: &Analysis, _file: FileId) -> Vec<Fold> {
    Vec::new()
}
