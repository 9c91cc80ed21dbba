//! Colours from the server, for editors without the grammar.

use super::{Analysis, FileId};
use std::ops::Range;

pub use crate::syntax::TokenKind;

/// One coloured range; it does not cross a line's end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SemanticToken {
    pub range: Range<usize>,
    pub kind: TokenKind,
    pub declaration: bool,
}

/// The tokens of the documents that touch `range`, in order, not overlapping.
pub fn semantic_tokens(analysis: &Analysis, file: FileId, range: Range<usize>) -> Vec<SemanticToken> {
    let Some(state) = analysis.file(file) else {
        return Vec::new();
    };
    let mut tokens = Vec::new();
    for (start, document) in state.source.documents() {
        let end = start + document.text().len();
        if end < range.start || start > range.end {
            continue;
        }
        for (token, kind) in document.highlights() {
            for line in single_lines(document.text(), token) {
                let placed = line.start + start..line.end + start;
                if placed.start < range.end && range.start < placed.end {
                    tokens.push(SemanticToken {
                        range: placed,
                        kind,
                        declaration: false,
                    });
                }
            }
        }
    }
    tokens
}

/// `range` cut at line ends.
fn single_lines(text: &str, range: Range<usize>) -> impl Iterator<Item = Range<usize>> + '_ {
    let base = range.start;
    crate::syntax::lines::lines(&text[range])
        .map(move |(at, line)| base + at..base + at + line.len())
        .filter(|line| !line.is_empty())
}
