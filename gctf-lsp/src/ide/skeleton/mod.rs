//! Bodies that can be sent as they are: every field of a message with a value of its type (editor: "Fill request
//! skeleton", "Insert missing fields").

mod build;
mod edits;
#[cfg(test)]
mod tests;

pub(super) use edits::can_fill;
pub use edits::{Refactoring, fill_request, insert_missing, refactorings};
