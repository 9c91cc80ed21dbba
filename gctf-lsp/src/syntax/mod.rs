//! `.gctf` text: rope, trees, typed views, values with ranges, and what is wrong with them.
//! Knows nothing of schemas, networks or editors.

mod build;
pub mod cursor;
mod document;
mod file;
pub mod json;
mod json_tree;
pub mod lines;
pub mod position;
mod segment;
pub mod settings;
mod tokens;
mod variables;
#[cfg(test)]
mod tests;

pub use document::{Attribute, Body, Document, Entry, Expression, Extraction, HeaderOption, Section, Text};
pub use json_tree::MAX_DEPTH;
pub use file::{InForce, SectionIndex, SourceFile};
pub use tokens::TokenSpan;
