//! What is missing or wrong in a file, from its tree alone.

use super::document::Document;
use super::file::SourceFile;
use crate::diagnostic::Diagnostic;

/// What is wrong with a document by itself; ranges are bytes of the document.
pub fn structure(_document: &Document) -> Vec<Diagnostic> {
    Vec::new()
}

/// What only the whole file shows; ranges are bytes of the file.
pub fn file_structure(_file: &SourceFile) -> Vec<Diagnostic> {
    Vec::new()
}
