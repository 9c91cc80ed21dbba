//! Where the documents of a file call, and where their schemas come from.

use super::context::Context;
use super::{Analysis, FileId};
use crate::target::{SchemaSource, Target};

/// The server of a document, and the source of its schema.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub target: Target,
    pub source: SchemaSource,
}

/// The places of the document at an index, or of every document of the file, without repeats. A document whose
/// ADDRESS a template leaves open has none.
pub fn places(analysis: &Analysis, file: FileId, document: Option<usize>) -> Vec<Place> {
    let Some(state) = analysis.file(file) else {
        return Vec::new();
    };
    let contexts =
        Context::all(analysis, state).filter(|context| document.is_none_or(|wanted| wanted == context.index));
    let mut found = Vec::new();
    for place in contexts.filter_map(|context| context.place()) {
        if !found.contains(&place) {
            found.push(place);
        }
    }
    found
}
