//! Layout of a file: edits that change blanks and line ends only, section by section (format: "Formatter").

mod bodies;
mod json;
mod layout;
mod on_type;
#[cfg(test)]
mod tests;

pub use on_type::on_type;

pub use crate::text::{Edit, apply};

use crate::diagnostic::{Diagnostic, Severity};
use crate::syntax::SourceFile;
use std::ops::Range;

/// The edits that bring a whole file into its layout, in the order of the text.
pub fn format(source: &SourceFile) -> Vec<Edit> {
    format_range(source, 0..source.text().len_bytes())
}

/// The edits for every section that `range` (bytes of the file) touches.
pub fn format_range(source: &SourceFile, range: Range<usize>) -> Vec<Edit> {
    let text = source.text().to_string();
    let line_end = match text.split_once('\n') {
        Some((first, _)) if first.ends_with('\r') => "\r\n",
        _ => "\n",
    };
    let mut edits = Vec::new();
    // A carriage return that ends no line is text to some sections and a blank to others.
    if text.replace("\r\n", "\n").contains('\r') {
        return edits;
    }
    for chunk in layout::chunks(source, &text) {
        if range.start <= chunk.range.end && range.end >= chunk.start {
            let wanted = chunk.text.replace('\n', line_end);
            differences(&text, chunk.range, &wanted, &mut edits);
        }
    }
    edits
}

/// The layout of JSON values that stand alone, without a line end behind the last; `None` where they are broken.
pub(super) fn body(values: &str) -> Option<String> {
    const HEADER: &str = "--- REQUEST ---\n";
    let source = SourceFile::new(&format!("{HEADER}{values}\n"));
    let (_, document) = source.document(0)?;
    let is_fault = |found: &Diagnostic| matches!(found.code, "G119" | "G122") && found.severity == Severity::Error;
    if document.structure().iter().any(is_fault) {
        return None;
    }
    let laid_out = apply(&source.text().to_string(), &format(&source));
    Some(laid_out.strip_prefix(HEADER)?.trim_end().to_owned())
}

/// Whether layout may change a character.
fn is_layout(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\n' | '\u{b}' | '\u{c}')
}

/// The runs of blanks that differ; one edit where something else does, as a comma that changes places.
fn differences(text: &str, range: Range<usize>, wanted: &str, edits: &mut Vec<Edit>) {
    let old = &text[range.clone()];
    let first = edits.len();
    let (mut left, mut right) = (old, wanted);
    loop {
        let (old_run, new_run) = (run(left, is_layout), run(right, is_layout));
        if old_run != new_run {
            let at = range.end - left.len();
            edits.push(Edit {
                range: at..at + old_run.len(),
                text: new_run.to_owned(),
            });
        }
        let (old_rest, new_rest) = (&left[old_run.len()..], &right[new_run.len()..]);
        let (old_next, new_next) = (old_rest.chars().next(), new_rest.chars().next());
        match old_next {
            _ if old_next != new_next => {
                edits.truncate(first);
                edits.extend(middle(old, wanted, range.start));
                return;
            }
            None => return,
            Some(next) => (left, right) = (&old_rest[next.len_utf8()..], &new_rest[next.len_utf8()..]),
        }
    }
}

/// The start of `text` whose characters all are `wanted`.
fn run(text: &str, wanted: impl Fn(char) -> bool) -> &str {
    &text[..text.find(|character| !wanted(character)).unwrap_or(text.len())]
}

/// One edit without what both texts begin and end with.
pub(super) fn middle(old: &str, new: &str, start: usize) -> Option<Edit> {
    let same = |(left, right): &(char, char)| left == right;
    let head: usize = old
        .chars()
        .zip(new.chars())
        .take_while(same)
        .map(|(left, _)| left.len_utf8())
        .sum();
    let (old_rest, new_rest) = (&old[head..], &new[head..]);
    let backwards = old_rest.chars().rev().zip(new_rest.chars().rev());
    let tail: usize = backwards.take_while(same).map(|(left, _)| left.len_utf8()).sum();
    let (old_rest, new_rest) = (&old_rest[..old_rest.len() - tail], &new_rest[..new_rest.len() - tail]);
    (old_rest != new_rest).then(|| Edit {
        range: start + head..start + head + old_rest.len(),
        text: new_rest.to_owned(),
    })
}
