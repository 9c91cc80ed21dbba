//! Which documents run, and which cannot.

use super::RunItem;
use super::failures::Failures;
use crate::diagnostic::Diagnostic;
use crate::outcome::{DocumentOutcome, Verdict};
use crate::spec::SectionKind;
use crate::syntax::settings::boolean;
use crate::syntax::{Section, SourceFile};
use std::collections::BTreeSet;
use std::time::Duration;

/// The wanted documents with those that they take variables from, in order. Texts without a call are left out.
pub(super) fn documents(item: &RunItem) -> Vec<usize> {
    let count = item.source.documents().len();
    let mut all = BTreeSet::new();
    match &item.documents {
        // Nothing is missing that one of them could depend on.
        None => all.extend(0..count),
        Some(wanted) => wanted.iter().for_each(|index| {
            all.extend(item.source.dependencies(*index));
            all.insert(*index);
        }),
    }
    let has_sections = |index: &usize| {
        let document = item.source.document(*index);
        document.is_some_and(|(_, document)| !document.sections().is_empty() || *index == 0)
    };
    all.into_iter().filter(has_sections).collect()
}

/// The outcome of a document that its own errors keep from running.
pub(super) fn broken(source: &SourceFile, index: usize, errors: &[&Diagnostic]) -> DocumentOutcome {
    let mut failures = Failures::new(source, index);
    for error in errors {
        failures.fail(error.code, &error.range, error.message.clone());
    }
    failures.finish(Duration::ZERO)
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
    endpoint.is_some_and(Section::is_skipped)
}

/// How often a failed file is tried again, and after what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Retries {
    pub(super) count: u32,
    pub(super) delay: Duration,
}

/// The retries in force at a document: its attributes, else OPTIONS, else `default`.
pub(super) fn retries(source: &SourceFile, index: usize, default: u32) -> Retries {
    let options = source.in_force(index).options.and_then(|at| {
        let (_, document) = source.document(at.document)?;
        document.sections().get(at.section)
    });
    let sections = source.document(index).map(|(_, document)| document.sections());
    let setting = |names: &[&str]| {
        let mut own = sections.into_iter().flatten();
        let attribute = own.find_map(|section| names.iter().find_map(|name| section.attribute(name)));
        let option = || options?.setting(names).map(|value| value.text);
        attribute.map(str::to_owned).or_else(option)
    };
    let never = setting(&["no_retry", "no-retry"]).and_then(|value| boolean(value.trim()));
    let count = setting(&["retry"]).and_then(|value| value.trim().parse().ok());
    let delay = setting(&["retry_delay", "retry-delay"]).and_then(|value| value.trim().parse().ok());
    Retries {
        count: match never {
            Some(true) => 0,
            _ => count.unwrap_or(default),
        },
        delay: delay
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
            .unwrap_or(Duration::from_secs(1)),
    }
}
