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
    /// Fills the empty REQUEST of the document that holds the offset.
    FillRequest(usize),
    /// Loads the schema of the document that holds the offset, or loads it again.
    LoadSchema(usize),
    /// Approves of the server of the document that holds the offset.
    Trust(usize),
    /// Looks at the connection of the document that holds the offset.
    Diagnose(usize),
    /// Saves the schema of the document that holds the offset.
    SaveSchema(usize),
    /// Shows what has changed since the schema of the document that holds the offset was saved.
    ShowSchemaDiff(usize),
    /// Opens the source of the schema of the document that holds the offset, where it does not compile.
    OpenSource(usize),
}

/// All lenses of a file, in order: those of each document on its ENDPOINT header, one for a file of several
/// documents on its first line.
pub fn lenses(analysis: &Analysis, file: FileId) -> Vec<Lens> {
    let state = analysis.file(file);
    let Some(state) = state.filter(|state| analysis.config(state).settings.lenses) else {
        return Vec::new();
    };
    let mut running = false;
    let mut documents = 0;
    let mut lenses = Vec::new();
    for (context, key) in Context::all(analysis, state).zip(TestKey::all(&state.source)) {
        let Some((lens, key)) = key.and_then(|key| Some((document_lens(&context, &key)?, key))) else {
            continue;
        };
        documents += 1;
        running |= matches!(lens.action, LensAction::CancelDocument(_));
        let fill = fill_lens(&context, &key, lens.offset);
        let changed = drift_lens(&context, &key, lens.offset + 1 + usize::from(fill.is_some()));
        lenses.push(lens);
        lenses.extend(fill.into_iter().chain(changed));
    }
    let has_rows = Context::all(analysis, state)
        .next()
        .is_some_and(|first| first.document.sections_of(SectionKind::Dataset).next().is_some());
    if documents > 1 || has_rows && documents > 0 {
        let (title, action) = match running {
            true => ("■ Cancel file".to_owned(), LensAction::CancelFile),
            false => (format!("▶ Run file ({documents})"), LensAction::RunFile),
        };
        // Behind the document's lenses where all sit on the first line: some clients sort by column.
        let first_line = state.source.text().line(0).len_bytes();
        let at = lenses.iter().take_while(|lens| lens.offset < first_line).count();
        let offset = at.min(first_line.saturating_sub(1));
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

/// The lens that fills an empty REQUEST, behind the first lens of a document that has not run.
fn fill_lens(context: &Context<'_>, key: &TestKey, offset: usize) -> Option<Lens> {
    let is_wanted = context.run().is_none() && super::skeleton::can_fill(context);
    is_wanted.then(|| Lens {
        offset: offset + 1,
        title: "Fill request".to_owned(),
        action: LensAction::FillRequest(offset),
        test: Some(key.id()),
    })
}

/// The lens that shows what has changed since the schema was saved, on a document that uses some of it.
fn drift_lens(context: &Context<'_>, key: &TestKey, offset: usize) -> Option<Lens> {
    let touches = super::diagnostics::has_drifted(context);
    touches.then(|| Lens {
        offset,
        title: "Schema changed".to_owned(),
        action: LensAction::ShowSchemaDiff(context.start),
        test: Some(key.id()),
    })
}

/// The lens that runs a document; none for one without a usable ENDPOINT.
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
