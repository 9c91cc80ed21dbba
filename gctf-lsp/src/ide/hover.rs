//! What the thing under the cursor means.

use super::{Analysis, FilePosition};
use std::ops::Range;

/// A text about a range of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hover {
    pub range: Range<usize>,
    pub markdown: String,
}

/// The hover at `position`.
pub fn hover(_analysis: &Analysis, _position: FilePosition) -> Option<Hover> {
    None
}
