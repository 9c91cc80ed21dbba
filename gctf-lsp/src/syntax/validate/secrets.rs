//! Credentials that are written into the file.

use super::super::document::{Document, Section};
use crate::diagnostic::Diagnostic;
use crate::spec::SectionKind;
use std::ops::Range;

/// A warning on each secret in what the document sends.
pub(super) fn check(document: &Document, found: &mut Vec<Diagnostic>) {
    for section in document.sections() {
        match section.kind {
            SectionKind::RequestHeaders => {
                let entries = section.entries().iter();
                found.extend(entries.filter_map(|entry| secret(document, &entry.value.range)));
            }
            SectionKind::Request => found.extend(in_body(document, section)),
            _ => {}
        }
    }
}

/// One finding per body: what a second one would say is the same.
fn in_body(document: &Document, section: &Section) -> Option<Diagnostic> {
    secret(document, &section.body_range)
}

fn secret(document: &Document, part: &Range<usize>) -> Option<Diagnostic> {
    let (range, kind) = crate::secrets::find(&document.text()[part.clone()])?;
    let range = part.start + range.start..part.start + range.end;
    let message = format!("{kind} is written into the file: read it from the environment as `{{{{ env.NAME }}}}`");
    Some(Diagnostic::warning("G618", range, message))
}
