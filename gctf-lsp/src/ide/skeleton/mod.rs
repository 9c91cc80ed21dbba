//! Bodies that can be sent as they are: every field of a message with a value of its type (editor: "Fill request
//! skeleton", "Insert missing fields").

mod build;
mod edits;
#[cfg(test)]
mod tests;

pub use edits::{Refactoring, fill_request, insert_missing, refactorings};
pub(super) use edits::{body, can_fill, named_shape};
