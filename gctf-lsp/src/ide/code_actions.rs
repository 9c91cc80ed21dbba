//! What can be done at a place, mirrored from the lenses for clients that show none.

use super::runnables::LensAction;
use super::{Analysis, FileId};
use std::ops::Range;

/// An entry of the editor's action menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    pub title: String,
    pub action: LensAction,
}

/// The actions for `range`.
pub fn code_actions(_analysis: &Analysis, _file: FileId, _range: Range<usize>) -> Vec<Action> {
    Vec::new()
}
