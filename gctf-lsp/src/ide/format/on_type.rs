//! Layout while somebody types in a JSON body: the closer goes under its opener, a new line is indented.

use super::{Edit, json};
use crate::syntax::{Body, Lexeme, LexemeKind, SourceFile};
use std::ops::Range;

/// The edit behind a typed `}`, `]` or line break, `offset` being the byte of the file behind it.
pub fn on_type(source: &SourceFile, offset: usize, typed: char) -> Vec<Edit> {
    let index = source.document_at(offset);
    let Some((start, document)) = source.document(index) else {
        return Vec::new();
    };
    let (text, offset) = (document.text(), (offset - start).min(document.text().len()));
    let Some(section) = document.section_at(offset) else {
        return Vec::new();
    };
    let in_body = section.body_range.start <= offset && matches!(section.body, Body::Json(_));
    let line_start = text[..offset].rfind('\n').map_or(0, |at| at + 1);
    let lexemes = document.lexemes(section);
    let within = |lexeme: &Lexeme| lexeme.range.start < line_start && line_start < lexeme.range.end;
    if !in_body || line_start < section.body_range.start || lexemes.iter().any(within) {
        return Vec::new();
    }
    let line = text[line_start..].lines().next().unwrap_or_default();
    let blanks = line.len() - line.trim_start_matches([' ', '\t']).len();
    let first = line_start + blanks;
    let open: Vec<&Lexeme> = open_at(&lexemes, first);
    let closes = lexemes
        .iter()
        .any(|lexeme| lexeme.range.start == first && lexeme.kind == LexemeKind::Close);
    let column = match (typed, closes, open.last()) {
        ('}' | ']', true, Some(opener)) if first + 1 == offset => line_indent(text, opener.range.start),
        ('\n', true, Some(_)) => json::indent(open.len() - 1),
        ('\n', ..) => json::indent(open.len()),
        _ => return Vec::new(),
    };
    let range = start + line_start..start + first;
    edit(&text[line_start..first], range, column).into_iter().collect()
}

/// The brackets that are open at `offset`, the innermost last.
fn open_at(lexemes: &[Lexeme], offset: usize) -> Vec<&Lexeme> {
    let mut open = Vec::new();
    for lexeme in lexemes.iter().take_while(|lexeme| lexeme.range.start < offset) {
        match lexeme.kind {
            LexemeKind::Open => open.push(lexeme),
            LexemeKind::Close => drop(open.pop()),
            _ => {}
        }
    }
    open
}

/// The blanks at the start of the line of `offset`.
fn line_indent(text: &str, offset: usize) -> usize {
    let line = text[..offset].rfind('\n').map_or(0, |at| at + 1);
    text[line..].len() - text[line..].trim_start_matches([' ', '\t']).len()
}

fn edit(old: &str, range: Range<usize>, column: usize) -> Option<Edit> {
    let text = " ".repeat(column);
    (old != text).then_some(Edit { range, text })
}
