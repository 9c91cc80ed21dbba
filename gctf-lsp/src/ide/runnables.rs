//! Lenses: what can be run, and what came of it.

use super::{Analysis, FileId};

/// A line above the text that can be clicked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lens {
    /// Byte offset in the file where it sits.
    pub offset: usize,
    pub title: String,
    pub action: LensAction,
}

/// What a click does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LensAction {
    /// Runs the document that holds the offset.
    RunDocument(usize),
    RunFile,
    /// Cancels the run of the document that holds the offset.
    CancelDocument(usize),
    CancelFile,
}

/// All lenses of a file, in order.
pub fn lenses(_analysis: &Analysis, _file: FileId) -> Vec<Lens> {
    Vec::new()
}
