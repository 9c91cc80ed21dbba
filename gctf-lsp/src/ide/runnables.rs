//! Lenses: what can be run, and what came of it.

use super::context::Context;
use super::{Analysis, FileId, RunState, TestKey};
use crate::outcome::{DocumentOutcome, Verdict};
use crate::spec::SectionKind;

/// A line above the text that can be clicked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lens {
    /// Byte offset in the file where it sits.
    pub offset: usize,
    pub title: String,
    pub action: LensAction,
    /// [`TestKey::id`] of the document; `None` for the whole file.
    pub test: Option<String>,
}

/// What a click does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LensAction {
    /// Runs the document that holds the offset.
    RunDocument(usize),
    RunFile,
    /// Cancels the run of the document that holds the offset.
    CancelDocument(usize),
    CancelFile,
    /// Loads the schema of the document that holds the offset, or loads it again.
    LoadSchema(usize),
    /// Approves of the server of the document that holds the offset.
    Trust(usize),
    /// Looks at the connection of the document that holds the offset.
    Diagnose(usize),
}

/// All lenses of a file, in order: one per document on its ENDPOINT header, one for a file of several
/// documents on its first line.
pub fn lenses(analysis: &Analysis, file: FileId) -> Vec<Lens> {
    let state = analysis.file(file);
    let Some(state) = state.filter(|state| analysis.config(state).settings.lenses) else {
        return Vec::new();
    };
    let mut running = false;
    let mut lenses: Vec<_> = Context::all(analysis, state)
        .zip(TestKey::all(&state.source))
        .filter_map(|(context, key)| {
            let lens = document_lens(&context, &key?)?;
            running |= matches!(lens.action, LensAction::CancelDocument(_));
            Some(lens)
        })
        .collect();
    let several = lenses.len() > 1;
    let has_rows = Context::all(analysis, state)
        .next()
        .is_some_and(|first| first.document.sections_of(SectionKind::Dataset).next().is_some());
    if several || has_rows && !lenses.is_empty() {
        let (title, action) = match running {
            true => ("■ Cancel file".to_owned(), LensAction::CancelFile),
            false => (format!("▶ Run file ({})", lenses.len()), LensAction::RunFile),
        };
        // Behind the document's lens where both sit on the first line: some clients sort by column.
        let first_line = state.source.text().line(0).len_bytes();
        let offset = usize::from(lenses[0].offset == 0 && first_line > 1);
        let at = usize::from(lenses[0].offset < first_line);
        let lens = Lens {
            offset,
            title,
            action,
            test: None,
        };
        lenses.insert(at, lens);
    }
    lenses
}

/// The lens of a document; none for one without a usable ENDPOINT.
pub(super) fn document_lens(context: &Context<'_>, key: &TestKey) -> Option<Lens> {
    let endpoint = context.document.endpoint()?;
    crate::connection::split_endpoint(&endpoint.text)?;
    let header = context.document.sections_of(SectionKind::Endpoint).next()?.header.start;
    let offset = context.start + header;
    let run = LensAction::RunDocument(offset);
    let (title, action) = match context.run() {
        None => ("▶ Run".to_owned(), run),
        Some(RunState::Queued) => ("■ Cancel · queued".to_owned(), LensAction::CancelDocument(offset)),
        Some(RunState::Running) => ("■ Cancel".to_owned(), LensAction::CancelDocument(offset)),
        Some(RunState::Finished(_)) => match context.fresh_outcome() {
            Some(outcome) => (format!("▶ Run · {}", summary(outcome)), run),
            None => ("▶ Run · stale".to_owned(), run),
        },
    };
    Some(Lens {
        offset,
        title,
        action,
        test: Some(key.id()),
    })
}

/// An outcome in a few words: `✓ 12 ms`, `✗ 2 of 5`, `✗ UNAVAILABLE`.
pub fn summary(outcome: &DocumentOutcome) -> String {
    match outcome.verdict {
        Verdict::Passed => format!("✓ {} ms", outcome.duration.as_millis()),
        Verdict::Skipped => "skipped".to_owned(),
        Verdict::Cancelled => "cancelled".to_owned(),
        Verdict::Failed if outcome.failed_checks > 0 => format!("✗ {} of {}", outcome.failed_checks, outcome.checks),
        Verdict::Failed => match outcome.call_failure() {
            Some(failure) => format!("✗ {}", failure.title()),
            None => "✗".to_owned(),
        },
    }
}
