//! Lenses: what can be run, and what came of it.

use super::context::Context;
use super::{Analysis, FileId, FileState, RunState, TestKey};
use crate::outcome::{DocumentOutcome, Failure, Reply, Verdict};
use crate::spec::SectionKind;
use std::collections::BTreeMap;
use std::sync::Arc;

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
    /// Runs the file with one row of its DATASET, from 0.
    RunRow(usize),
    /// Cancels the run of the document that holds the offset.
    CancelDocument(usize),
    CancelFile,
    /// Shows what came of the document that holds the offset.
    ShowResponse(usize),
    /// Shows what was expected beside what came.
    ShowDiff(usize),
    /// Makes what came the expectation of the document that holds the offset.
    AcceptActual(usize),
    /// Runs the document that holds the offset and makes what comes its expectation.
    Record(usize),
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
    /// Starts the mock of the file's folder.
    StartMock,
    StopMock,
    /// Asks which environment the tests of the folder take.
    SelectEnvironment,
    /// Copies the call of the document that holds the offset as a command line.
    CopyAsGrpcurl(usize),
}

/// Most rows that have a lens each.
const MAX_ROWS: usize = 50;

/// All lenses of a file, in order: those of each document on its ENDPOINT header, those of rows on the rows, one for a
/// file of several documents on its first line.
pub fn lenses(analysis: &Analysis, file: FileId) -> Vec<Lens> {
    let state = analysis.file(file);
    let Some(state) = state.filter(|state| analysis.config(state).settings.lenses) else {
        return Vec::new();
    };
    let mut running = false;
    let mut documents = 0;
    let mut lenses = Vec::new();
    for (context, key) in Context::all(analysis, state).zip(TestKey::all(&state.source)) {
        let of_document = key.map_or_else(Vec::new, |key| document_lenses(&context, &key));
        documents += usize::from(!of_document.is_empty());
        running |= of_document.iter().any(|lens| is_cancel(lens.action));
        lenses.extend(of_document);
    }
    if documents > 0 {
        let rows = row_lenses(analysis, state);
        // A DATASET may stand behind what it is for.
        lenses.extend(rows);
        lenses.sort_by_key(|lens| lens.offset);
    }
    let has_rows = state.source.document(0).is_some_and(|(_, first)| {
        let mut datasets = first.sections_of(SectionKind::Dataset);
        datasets.next().is_some()
    });
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

fn is_cancel(action: LensAction) -> bool {
    matches!(action, LensAction::CancelDocument(_))
}

/// The lenses of a document, the first of which runs or cancels it; none for one without a usable ENDPOINT.
pub(super) fn document_lenses(context: &Context<'_>, key: &TestKey) -> Vec<Lens> {
    let Some(first) = document_lens(context, key) else {
        return Vec::new();
    };
    let header = first.offset;
    let mut lenses = vec![first];
    for (title, action) in further(context, header) {
        lenses.push(Lens {
            // Some clients sort by column, and not stably.
            offset: header + lenses.len(),
            title: title.to_owned(),
            action,
            test: Some(key.id()),
        });
    }
    lenses
}

/// What stands beside the lens that runs or cancels.
fn further(context: &Context<'_>, header: usize) -> Vec<(&'static str, LensAction)> {
    let response = ("Response", LensAction::ShowResponse(header));
    let mut found = match context.run() {
        None => Vec::new(),
        Some(RunState::Queued | RunState::Running { received: 0 }) => Vec::new(),
        Some(RunState::Running { .. }) => vec![response],
        Some(RunState::Finished(_)) => match context.fresh_outcome() {
            Some(outcome) => of_outcome(context, outcome, header),
            None => context.last_reply().map(|_| response).into_iter().collect(),
        },
    };
    let is_idle = !matches!(context.run(), Some(RunState::Queued | RunState::Running { .. }));
    if is_idle && super::accept::can_record(context) {
        found.push(("● Record", LensAction::Record(header)));
    }
    if context.run().is_none() && super::skeleton::can_fill(context) {
        found.push(("Fill request", LensAction::FillRequest(header)));
    }
    if super::diagnostics::has_drifted(context) {
        found.push(("Schema changed", LensAction::ShowSchemaDiff(context.start)));
    }
    found
}

fn of_outcome(context: &Context<'_>, outcome: &DocumentOutcome, header: usize) -> Vec<(&'static str, LensAction)> {
    let failure = outcome.call_failure().filter(|_| outcome.verdict == Verdict::Failed);
    let unreached = failure.is_some_and(is_of_connection);
    // A stream may have brought messages before its connection broke.
    let has_messages = |reply: &&Arc<Reply>| !reply.messages.is_empty() || reply.dropped > 0;
    let reply = outcome.reply.as_ref();
    let has_reply = reply.filter(|reply| !unreached || has_messages(reply)).is_some();
    let diff = has_reply && outcome.failed_checks > 0;
    let accept = super::accept::has_offer(context, outcome);
    let all = [
        (diff, ("Diff", LensAction::ShowDiff(header))),
        (unreached, ("Diagnose", LensAction::Diagnose(header))),
        (
            failure.is_some_and(is_down) && has_idle_mock(context),
            ("Start mock", LensAction::StartMock),
        ),
        (has_reply, ("Response", LensAction::ShowResponse(header))),
        (accept, ("Accept actual", LensAction::AcceptActual(header))),
    ];
    all.into_iter()
        .filter(|(applies, _)| *applies)
        .map(|(_, lens)| lens)
        .collect()
}

/// Whether a failure is one of the connection or the schema.
fn is_of_connection(failure: &Failure) -> bool {
    matches!(failure.code, "G510" | "G511" | "G512" | "G513")
}

/// Whether nobody was there to answer.
fn is_down(failure: &Failure) -> bool {
    failure.code == "G511"
}

/// Whether the folder's mock would answer the document's call, and does not run.
pub(super) fn has_idle_mock(context: &Context<'_>) -> bool {
    let mock = context.config().mock.as_ref().filter(|mock| mock.running.is_none());
    mock.is_some_and(|mock| context.place().is_some_and(|place| mock.serves(&place.target)))
}

/// The lenses on the rows of a DATASET.
fn row_lenses(analysis: &Analysis, state: &FileState) -> Vec<Lens> {
    let places = state.source.row_places();
    if places.is_empty() {
        return Vec::new();
    }
    let mut verdicts = BTreeMap::new();
    for context in Context::all(analysis, state).filter(|context| context.fresh_outcome().is_some()) {
        for (row, verdict) in context.runs().into_iter().flat_map(|runs| &runs.rows) {
            let known = verdicts.entry(*row).or_insert(*verdict);
            if *verdict == Verdict::Failed {
                *known = Verdict::Failed;
            }
        }
    }
    let rows = places.into_iter().take(MAX_ROWS).enumerate();
    rows.map(|(row, offset)| Lens {
        offset,
        title: match verdicts.get(&row) {
            Some(Verdict::Passed) => "▶ Run row · ✓".to_owned(),
            Some(Verdict::Failed) => "▶ Run row · ✗".to_owned(),
            _ => "▶ Run row".to_owned(),
        },
        action: LensAction::RunRow(row),
        test: None,
    })
    .collect()
}

/// The lens that runs a document or cancels its run; none for one without a usable ENDPOINT.
pub(super) fn document_lens(context: &Context<'_>, key: &TestKey) -> Option<Lens> {
    let endpoint = context.document.endpoint()?;
    crate::connection::split_endpoint(&endpoint.text)?;
    let header = context.document.sections_of(SectionKind::Endpoint).next()?.header.start;
    let offset = context.start + header;
    let (run, cancel) = (LensAction::RunDocument(offset), LensAction::CancelDocument(offset));
    let (title, action) = match context.run() {
        None => ("▶ Run".to_owned(), run),
        Some(RunState::Queued) => ("■ Cancel · queued".to_owned(), cancel),
        Some(RunState::Running { received: 0 }) => ("■ Cancel".to_owned(), cancel),
        Some(RunState::Running { received }) => {
            let title = match context.document.expected_messages() {
                count if count > 1 => format!("■ Cancel · {received} of {count}"),
                _ => format!("■ Cancel · {received} received"),
            };
            (title, cancel)
        }
        Some(RunState::Finished(_)) => match context.fresh_outcome() {
            Some(outcome) => (format!("▶ Run · {}", of_rows(context, outcome)), run),
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

/// The outcome in a few words, by rows where the file has several.
fn of_rows(context: &Context<'_>, outcome: &DocumentOutcome) -> String {
    let rows = context.runs().map(|runs| &runs.rows).filter(|rows| rows.len() > 1);
    let Some(rows) = rows.filter(|_| matches!(outcome.verdict, Verdict::Passed | Verdict::Failed)) else {
        return summary(outcome);
    };
    let failed = rows.values().filter(|verdict| **verdict == Verdict::Failed).count();
    match failed {
        0 => format!("✓ {} rows", rows.len()),
        failed => format!("✗ {failed} of {} rows", rows.len()),
    }
}

/// An outcome in a few words: `✓ 12 ms`, `✗ 2 of 5`, `✗ UNAVAILABLE`, `✗ 2 errors`.
pub fn summary(outcome: &DocumentOutcome) -> String {
    let errors = || outcome.failures.iter().filter(|failure| failure.fatal).count();
    match outcome.verdict {
        Verdict::Passed => format!("✓ {} ms", outcome.duration.as_millis()),
        Verdict::Skipped => "skipped".to_owned(),
        Verdict::Cancelled => "cancelled".to_owned(),
        Verdict::Failed if outcome.failed_checks > 0 => format!("✗ {} of {}", outcome.failed_checks, outcome.checks),
        Verdict::Failed => match (outcome.call_failure().and_then(Failure::title), errors()) {
            (Some(title), _) => format!("✗ {title}"),
            (None, 1) => "✗ 1 error".to_owned(),
            (None, count) => format!("✗ {count} errors"),
        },
    }
}
