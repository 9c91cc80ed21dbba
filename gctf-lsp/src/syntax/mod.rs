//! `.gctf` text: rope, trees, typed views, values with ranges, and what is wrong with them.
//! Knows nothing of schemas, networks or editors.

pub mod address;
mod build;
pub mod cursor;
mod document;
mod expressions;
mod file;
mod highlight;
pub mod json;
mod json_tree;
mod lexemes;
pub mod lines;
pub mod meta;
pub mod number;
mod occurrences;
pub mod position;
mod segment;
mod selection;
pub mod settings;
#[cfg(test)]
mod tests;
mod tokens;
pub mod validate;
mod variables;

pub use document::{Attribute, Body, Document, Entry, Expression, Extraction, HeaderOption, Kept, Line, Section, Text};
pub use file::{InForce, SectionIndex, SourceFile};
pub use highlight::TokenKind;
pub use json_tree::MAX_DEPTH;
pub use lexemes::{Lexeme, LexemeKind};
pub use occurrences::Occurrence;
pub use tokens::TokenSpan;
pub use validate::{Outside, file_structure, file_structure_with, unset_environment, unused_variables};
pub use variables::VisibleVariable;
