//! What the files of a workspace declare, open or not: their documents and variables. An index is a value; who reads
//! the files is the server.

use super::Analysis;
use crate::syntax::SourceFile;
use crate::syntax::position::{Encoding, LineColumn};
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Files by their paths.
#[derive(Clone, Debug, Default)]
pub struct Index {
    pub files: BTreeMap<PathBuf, Arc<IndexedFile>>,
}

/// What a file declares, in the order of its text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndexedFile {
    pub symbols: Vec<IndexedSymbol>,
}

/// A document or a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexedSymbol {
    pub kind: IndexedKind,
    /// The name of a variable, or what a document is called where it is called something.
    pub name: Option<String>,
    /// What the document calls.
    pub endpoint: Option<String>,
    /// The name of a variable, or the ENDPOINT's value, in the encoding that the index was made with.
    pub range: Range<LineColumn>,
}

/// The kinds of [`IndexedSymbol`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexedKind {
    Document,
    Variable,
}

impl IndexedFile {
    /// What `source` declares, with columns as `encoding` counts them.
    pub fn new(source: &SourceFile, encoding: Encoding) -> Self {
        let place = |range: Range<usize>| source.position(range.start, encoding)..source.position(range.end, encoding);
        let mut found = Vec::new();
        for (start, document) in source.documents() {
            if let Some(line) = document.endpoint() {
                let symbol = IndexedSymbol {
                    kind: IndexedKind::Document,
                    name: document.test_name().map(str::to_owned),
                    endpoint: Some(line.text.clone()),
                    range: place(line.range.start + start..line.range.end + start),
                };
                found.push((line.range.start + start, symbol));
            }
        }
        for variable in source.occurrences().into_iter().filter(|found| found.sets) {
            let endpoint = source
                .document(variable.document)
                .and_then(|(_, document)| document.endpoint());
            let symbol = IndexedSymbol {
                kind: IndexedKind::Variable,
                endpoint: endpoint.map(|line| line.text.clone()),
                range: place(variable.range.clone()),
                name: Some(variable.path),
            };
            found.push((variable.range.start, symbol));
        }
        found.sort_by_key(|(at, _)| *at);
        Self {
            symbols: found.into_iter().map(|(_, symbol)| symbol).collect(),
        }
    }
}

impl Analysis {
    /// The files of the index that are not open.
    pub(super) fn closed_files(&self) -> impl Iterator<Item = (&Path, &IndexedFile)> {
        let open: Vec<_> = self.files.values().filter_map(|file| file.path.as_deref()).collect();
        let files = self.index.files.iter();
        files
            .map(|(path, file)| (path.as_path(), file.as_ref()))
            .filter(move |(path, _)| !open.contains(path))
    }
}
