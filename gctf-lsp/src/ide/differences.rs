//! What was expected beside what came, line by line, as a text.

use super::accept::{acceptable, as_if_accepted};
use super::context::Context;
use super::outcomes::TestRuns;
use super::response::{self, Extent};
use super::{Analysis, FileId};
use similar::TextDiff;

/// Lines around a difference.
const CONTEXT: usize = 3;

/// # Errors
/// Why there is nothing to compare at a document, in a sentence.
pub fn check(analysis: &Analysis, file: FileId, document: usize) -> Result<(), String> {
    let context = context(analysis, file, document).ok_or("the file has no such document")?;
    acceptable(&context).map(drop)
}

/// How the document as it is differs from one that expects what came, and what else failed.
pub fn of_expected(analysis: &Analysis, file: FileId, document: usize) -> Option<String> {
    let context = context(analysis, file, document)?;
    let outcome = context.fresh_outcome()?;
    let mut text = String::new();
    if let Some(accepted) = as_if_accepted(&context) {
        let before = context.document.text();
        let diff = TextDiff::from_lines(before, accepted.as_str());
        let mut unified = diff.unified_diff();
        let unified = unified.context_radius(CONTEXT).header("expected", "actual");
        text.push_str(&unified.to_string());
    }
    for failure in outcome
        .failures
        .iter()
        .filter(|failure| failure.fatal && failure.code != "G501")
    {
        let range = context.document.span_range(failure.span);
        let line = range.map_or(0, |range| {
            context.source().text().byte_to_line(context.start + range.start) + 1
        });
        text.push_str(&format!("line {line}: {}\n", failure.report));
    }
    (!text.is_empty()).then(|| response::masked(text, &outcome.secrets))
}

/// How the newest response differs from the one before.
pub fn of_runs(runs: &TestRuns) -> Option<String> {
    let (now, before) = (runs.replies.front()?, runs.replies.get(1)?);
    let secrets = runs.secrets();
    let text = |reply| response::text(reply, &secrets, Extent::Page(None)).text;
    let (before, now) = (text(before), text(now));
    let diff = TextDiff::from_lines(before.as_str(), now.as_str());
    let mut unified = diff.unified_diff();
    let unified = unified.context_radius(CONTEXT).header("previous run", "last run");
    Some(unified.to_string()).filter(|text| !text.is_empty())
}

fn context(analysis: &Analysis, file: FileId, document: usize) -> Option<Context<'_>> {
    let state = analysis.file(file)?;
    Context::at(analysis, state, state.source.document(document)?.0)
}
