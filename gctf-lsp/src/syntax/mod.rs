//! `.gctf` text: rope, trees, typed views, values with ranges, and what is wrong with them.
//! Knows nothing of schemas, networks or editors.

mod build;
mod document;
mod file;
pub mod json;
pub mod lines;
pub mod position;
mod segment;
mod tokens;

pub use document::{Attribute, Body, Document, Entry, Expression, Extraction, HeaderOption, Section, Text};
pub use file::{InForce, SectionIndex, SourceFile};
pub use tokens::TokenSpan;
