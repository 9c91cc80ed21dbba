//! `gctf run --update`: the messages that came become the expected ones, in the files.

use crate::outcome::DocumentOutcome;
use crate::run::RunItem;
use crate::text::{Edit, apply};
use std::sync::Arc;

/// What became of a test that was to be updated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Updated {
    /// Everything that failed was accepted.
    Whole,
    /// Some failures are no differences of messages.
    Partly,
    /// Nothing was there to accept.
    Not,
}

/// Writes what the outcomes of a file's documents would accept.
///
/// # Errors
/// A sentence: the file cannot be written, or is no longer the one that ran.
pub(super) fn update(item: &RunItem, outcomes: &[(usize, Arc<DocumentOutcome>)]) -> Result<Updated, String> {
    let mut edits: Vec<Edit> = Vec::new();
    for (index, outcome) in outcomes {
        let Some((start, _)) = item.source.document(*index) else {
            continue;
        };
        edits.extend(outcome.accept.iter().map(|edit| Edit {
            range: edit.range.start + start..edit.range.end + start,
            text: edit.text.clone(),
        }));
    }
    let (Some(path), false) = (&item.path, edits.is_empty()) else {
        return Ok(Updated::Not);
    };
    let fail = |reason: &str| format!("{}: {reason}", path.display());
    let text = item.source.text().to_string();
    let now = std::fs::read_to_string(path).map_err(|error| fail(&error.to_string()))?;
    if now != text {
        return Err(fail("was changed during the run and is not updated"));
    }
    edits.sort_by_key(|edit| edit.range.start);
    std::fs::write(path, apply(&text, &edits)).map_err(|error| fail(&error.to_string()))?;
    let failures = outcomes.iter().flat_map(|(_, outcome)| &outcome.failures);
    let accepted = failures
        .filter(|failure| failure.fatal)
        .all(|failure| failure.code == "G501");
    Ok(match accepted {
        true => Updated::Whole,
        false => Updated::Partly,
    })
}
