//! Colours from the server, for editors without the grammar.

use super::context::Context;
use super::parts::enum_values;
use super::{Analysis, FileId, parts};
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
    for context in Context::all(analysis, state) {
        let (start, document) = (context.start, context.document);
        let end = start + document.text().len();
        if end < range.start || start > range.end {
            continue;
        }
        let members = enum_members(&context);
        for (token, kind) in document.highlights() {
            let kind = match members.binary_search_by_key(&token.start, |member| member.start) {
                Ok(_) if kind == TokenKind::String => TokenKind::EnumMember,
                _ => kind,
            };
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

/// The literals of expressions that name values of enums, in order, in bytes of the document.
fn enum_members(context: &Context<'_>) -> Vec<Range<usize>> {
    let compares_text = |code: &str| code.contains('"') && (code.contains("==") || code.contains("!="));
    if context.schema().is_none() || !context.document.lines().any(|line| compares_text(line.code)) {
        return Vec::new();
    }
    let typed = parts::lines(context);
    let written = context.document.lines().filter(|line| !line.section.is_skipped());
    let members = written.zip(&typed.lines).flat_map(|(line, typed)| {
        let values = enum_values(typed, line.code).into_iter();
        values.map(|(range, _)| typed.of_document(&range)).collect::<Vec<_>>()
    });
    let mut members: Vec<_> = members.collect();
    members.sort_by_key(|member| member.start);
    members
}

/// `range` cut at line ends.
fn single_lines(text: &str, range: Range<usize>) -> impl Iterator<Item = Range<usize>> + '_ {
    let base = range.start;
    crate::syntax::lines::lines(&text[range])
        .map(move |(at, line)| base + at..base + at + line.len())
        .filter(|line| !line.is_empty())
}
