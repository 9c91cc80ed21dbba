//! Which documents run, and which cannot.

use super::RunItem;
use super::failures::Failures;
use crate::diagnostic::{Diagnostic, Severity};
use crate::outcome::{DocumentOutcome, Verdict};
use crate::spec::SectionKind;
use crate::syntax::{Document, SourceFile};
use std::collections::BTreeSet;
use std::time::Duration;

/// The wanted documents with those that they take variables from, in order. Texts without a call are left out.
pub(super) fn documents(item: &RunItem) -> Vec<usize> {
    let count = item.source.documents().len();
    let wanted: Vec<usize> = item.documents.clone().unwrap_or_else(|| (0..count).collect());
    let mut all = BTreeSet::new();
    for index in wanted {
        all.extend(item.source.dependencies(index));
        all.insert(index);
    }
    let has_sections = |index: &usize| {
        let document = item.source.document(*index);
        document.is_some_and(|(_, document)| !document.sections().is_empty() || *index == 0)
    };
    all.into_iter().filter(has_sections).collect()
}

/// The errors of a file that forbid every call of it.
pub(super) fn static_errors(source: &SourceFile, index: usize) -> Vec<Diagnostic> {
    let Some((start, document)) = source.document(index) else {
        return Vec::new();
    };
    let end = start + document.text().len();
    let of_file = crate::syntax::file_structure(source)
        .into_iter()
        .filter_map(|mut found| {
            let inside = found.range.start >= start && found.range.end <= end;
            found.range = found.range.start.checked_sub(start)?..found.range.end.checked_sub(start)?;
            inside.then_some(found)
        });
    let all = document.structure().iter().cloned().chain(of_file);
    all.filter(|found| {
        let structural = found.code.starts_with("G1") || found.code.starts_with("G2");
        found.severity == Severity::Error && structural && found.code != "G202"
    })
    .collect()
}

/// The outcome of a document that a failure before it kept from running.
pub(super) fn not_run(source: &SourceFile, index: usize) -> DocumentOutcome {
    let mut failures = Failures::new(source, index);
    let range = failures.endpoint_range();
    failures.note("G517", &range, "not run: an earlier document failed");
    failures.outcome(Verdict::Skipped, Duration::ZERO)
}

/// The outcome of a document that errors in another one keep from running.
pub(super) fn refused(source: &SourceFile, index: usize, broken: usize) -> DocumentOutcome {
    let mut failures = Failures::new(source, index);
    let range = failures.endpoint_range();
    let message = format!("not run: document {} of the file has errors", broken + 1);
    failures.fail("G521", &range, message);
    failures.outcome(Verdict::Failed, Duration::ZERO)
}

/// Whether `#[skip]` on ENDPOINT takes the document out of the run.
pub(super) fn is_skipped(source: &SourceFile, index: usize) -> bool {
    let endpoint = source
        .document(index)
        .and_then(|(_, document)| document.sections_of(SectionKind::Endpoint).next());
    endpoint.is_some_and(skips)
}

/// Whether `#[skip]` takes a section out.
pub(super) fn skips(section: &crate::syntax::Section) -> bool {
    section
        .attribute("skip")
        .is_some_and(|value| crate::syntax::settings::boolean(value) != Some(false))
}

/// How often `#[repeat]` wants a section.
pub(super) fn repeats(section: &crate::syntax::Section) -> usize {
    let count = section.attribute("repeat").and_then(|value| value.trim().parse().ok());
    count.filter(|count| *count > 0).unwrap_or(1)
}

/// The first expectation that stands before the last REQUEST.
pub(super) fn early_expectation(document: &Document) -> Option<&crate::syntax::Section> {
    let sections: Vec<_> = document.sections().iter().filter(|section| !skips(section)).collect();
    let last = sections
        .iter()
        .rposition(|section| section.kind == SectionKind::Request)?;
    let expects = |section: &&&crate::syntax::Section| {
        matches!(
            section.kind,
            SectionKind::Response | SectionKind::Error | SectionKind::Asserts
        )
    };
    sections[..last].iter().find(expects).copied()
}
