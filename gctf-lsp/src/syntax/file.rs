//! A `.gctf` file: its rope, and one tree per document. An edit costs the documents it touches.

use super::document::Document;
use super::position::{self, Encoding, LineColumn};
use super::segment::document_starts;
use crate::spec::SectionKind;
use ropey::Rope;
use std::ops::Range;
use std::sync::Arc;

/// The text of a file with its parsed documents. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct SourceFile {
    text: Rope,
    documents: Vec<Arc<Document>>,
    /// Where each document starts; always as long as `documents`, and never empty.
    starts: Vec<usize>,
}

impl SourceFile {
    /// Parses `text` from cold.
    pub fn new(text: &str) -> Self {
        let documents = pieces(text).map(|piece| Arc::new(Document::parse(piece))).collect();
        let mut file = Self {
            text: Rope::from_str(text),
            documents,
            starts: Vec::new(),
        };
        file.count_starts();
        file
    }

    /// The whole text.
    pub fn text(&self) -> &Rope {
        &self.text
    }

    /// The documents with their start offsets, in order. There is at least one.
    pub fn documents(&self) -> impl ExactSizeIterator<Item = (usize, &Arc<Document>)> {
        self.starts.iter().copied().zip(&self.documents)
    }

    /// The document at `index` with its start offset.
    pub fn document(&self, index: usize) -> Option<(usize, &Arc<Document>)> {
        Some((*self.starts.get(index)?, self.documents.get(index)?))
    }

    /// The index of the document that holds `offset`; the last one for an offset past the end.
    pub fn document_at(&self, offset: usize) -> usize {
        self.starts.partition_point(|&start| start <= offset).max(1) - 1
    }

    /// The byte offset of an editor's position.
    pub fn offset(&self, position: LineColumn, encoding: Encoding) -> usize {
        position::to_offset(&self.text, position, encoding)
    }

    /// The editor's position of a byte offset.
    pub fn position(&self, offset: usize, encoding: Encoding) -> LineColumn {
        position::to_position(&self.text, offset, encoding)
    }

    /// Replaces the bytes of `range` (on character boundaries) by `replacement`.
    pub fn edit(&mut self, range: Range<usize>, replacement: &str) {
        let first = self.document_at(range.start).saturating_sub(1);
        let last = (self.document_at(range.end) + 1).min(self.documents.len() - 1);
        let base = self.starts[first];

        let mut window = String::new();
        for document in &self.documents[first..=last] {
            window.push_str(document.text());
        }
        window.replace_range(range.start - base..range.end - base, replacement);

        let old = &self.documents[first..=last];
        let edit = Edit {
            start: range.start,
            removed: range.len(),
            inserted: replacement.len(),
        };
        let parsed = reparse(&window, old, &self.starts[first..=last], &edit);
        self.documents.splice(first..=last, parsed);
        self.count_starts();

        let chars = self.text.byte_to_char(range.start)..self.text.byte_to_char(range.end);
        self.text.remove(chars.clone());
        self.text.insert(chars.start, replacement);
    }

    /// The connection sections that hold for the document at `index`, its own or carried over.
    pub fn in_force(&self, index: usize) -> InForce {
        let mut force = InForce::default();
        for at in 0..=index.min(self.documents.len() - 1) {
            force.enter(at, &self.documents[at]);
        }
        force
    }

    fn count_starts(&mut self) {
        let mut at = 0;
        self.starts.clear();
        for document in &self.documents {
            self.starts.push(at);
            at += document.text().len();
        }
    }
}

/// A section by the document and the place in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SectionIndex {
    pub document: usize,
    pub section: usize,
}

/// Which ADDRESS, TLS, PROTO and OPTIONS hold for a document (format: "Bodies, repeats, documents").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InForce {
    pub address: Option<SectionIndex>,
    pub tls: Option<SectionIndex>,
    pub proto: Option<SectionIndex>,
    pub options: Option<SectionIndex>,
}

impl InForce {
    /// Takes over what `document`, the one at `index`, gives.
    pub fn enter(&mut self, index: usize, document: &Document) {
        let own = |kind| {
            let section = document.sections().iter().position(|section| section.kind == kind)?;
            Some(SectionIndex {
                document: index,
                section,
            })
        };
        let address = own(SectionKind::Address);
        self.tls = match (own(SectionKind::Tls), address) {
            (None, None) => self.tls,
            (tls, _) => tls,
        };
        self.address = address.or(self.address);
        self.proto = own(SectionKind::Proto).or(self.proto);
        self.options = own(SectionKind::Options).or(self.options);
    }
}

/// One replacement, in bytes of the file.
struct Edit {
    start: usize,
    removed: usize,
    inserted: usize,
}

fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let starts = document_starts(text);
    let ends: Vec<_> = starts[1..].iter().copied().chain([text.len()]).collect();
    starts.into_iter().zip(ends).map(|(start, end)| &text[start..end])
}

/// The documents of `window`: unchanged ones as they were, a single changed one from its old tree.
fn reparse(window: &str, old: &[Arc<Document>], starts: &[usize], edit: &Edit) -> Vec<Arc<Document>> {
    let pieces: Vec<_> = pieces(window).collect();
    let same_count = pieces.len() == old.len();
    pieces
        .iter()
        .enumerate()
        .map(|(at, piece)| {
            let from_end = (old.len() + at).checked_sub(pieces.len());
            let candidates = [Some(at), from_end].into_iter().flatten();
            let unchanged = candidates
                .filter_map(|index| old.get(index))
                .find(|document| document.text() == *piece);
            if let Some(document) = unchanged {
                return Arc::clone(document);
            }
            let before = same_count.then(|| &old[at]).filter(|before| {
                let start = starts[at];
                let inside = edit.start >= start && edit.start + edit.removed <= start + before.text().len();
                inside && before.text().len() - edit.removed + edit.inserted == piece.len()
            });
            Arc::new(match before {
                Some(before) => {
                    let start = edit.start - starts[at];
                    before.reparse(piece, start..start + edit.removed, edit.inserted)
                }
                None => Document::parse(piece),
            })
        })
        .collect()
}
