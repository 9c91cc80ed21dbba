//! What is remembered of a document's runs.

use crate::outcome::{DocumentOutcome, Reply, Verdict};
use crate::syntax::position::LineColumn;
use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

/// Most outcomes that are remembered.
const PAST: usize = 20;

/// Most replies that are kept.
const REPLIES: usize = 2;

/// How far a run is.
#[derive(Clone, Debug)]
pub enum RunState {
    Queued,
    Running {
        /// Messages of the call so far.
        received: usize,
    },
    Finished(Arc<DocumentOutcome>),
}

/// The runs of a document.
#[derive(Clone, Debug)]
pub struct TestRuns {
    pub state: RunState,
    /// How the rows of the file's DATASET ended, by their number.
    pub rows: BTreeMap<usize, Verdict>,
    /// The hash of the text that the rows ran with.
    rows_of: u64,
    /// What came, the newest first.
    pub replies: VecDeque<Arc<Reply>>,
    /// The text of the newest outcome's reply, once it stands somewhere.
    pub shown: Option<Arc<ShownReply>>,
    /// What no text shows of the replies.
    secrets: Vec<String>,
    /// How runs ended, the newest first; those that were cancelled are left out.
    pub past: VecDeque<Past>,
}

/// The text of a reply where the editor can read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownReply {
    pub uri: String,
    /// For each failure of the outcome where the actual value stands.
    pub places: Vec<Option<Range<LineColumn>>>,
}

/// One of the last runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Past {
    pub verdict: Verdict,
    pub duration: Duration,
    pub checks: usize,
    pub failed_checks: usize,
    /// When it ended, in seconds since 1970.
    pub ended: i64,
}

impl TestRuns {
    /// The runs of a document that has not run before.
    pub fn queued() -> Self {
        Self {
            state: RunState::Queued,
            rows: BTreeMap::new(),
            rows_of: 0,
            replies: VecDeque::new(),
            shown: None,
            secrets: Vec::new(),
            past: VecDeque::new(),
        }
    }

    /// Takes the outcome of a run that ended at `now`, in seconds since 1970, with those of its `rows`.
    pub fn finish(&mut self, outcome: Arc<DocumentOutcome>, rows: BTreeMap<usize, Verdict>, now: i64) {
        if self.rows_of != outcome.text_hash {
            self.rows.clear();
            self.rows_of = outcome.text_hash;
        }
        self.rows.extend(rows);
        if outcome.verdict != Verdict::Cancelled {
            self.past.push_front(Past {
                verdict: outcome.verdict,
                duration: outcome.duration,
                checks: outcome.checks,
                failed_checks: outcome.failed_checks,
                ended: now,
            });
            self.past.truncate(PAST);
        }
        self.shown = None;
        if let Some(reply) = &outcome.reply {
            let new = outcome.secrets.iter().filter(|secret| !self.secrets.contains(secret));
            let new: Vec<_> = new.cloned().collect();
            self.secrets.extend(new);
            self.replies.push_front(Arc::clone(reply));
            self.replies.truncate(REPLIES);
        }
        self.state = RunState::Finished(outcome);
    }

    /// What no text shows of the replies, the longest first.
    pub fn secrets(&self) -> Vec<String> {
        let mut secrets = self.secrets.clone();
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        secrets
    }

    /// Whether `outcome` is the newest one.
    pub fn is_of(&self, outcome: &Arc<DocumentOutcome>) -> bool {
        matches!(&self.state, RunState::Finished(newest) if Arc::ptr_eq(newest, outcome))
    }

    /// What the last outcome has brought, if anything.
    pub fn reply(&self) -> Option<&Arc<Reply>> {
        match &self.state {
            RunState::Finished(outcome) => outcome.reply.as_ref(),
            RunState::Queued | RunState::Running { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(text_hash: u64, verdict: Verdict, message: Option<&str>) -> Arc<DocumentOutcome> {
        Arc::new(DocumentOutcome {
            verdict,
            reply: message.map(|message| Arc::new(Reply::of_status(message, 0))),
            ..DocumentOutcome::cancelled(text_hash)
        })
    }

    #[test]
    fn what_is_remembered() {
        let mut runs = TestRuns::queued();
        for at in 0..30 {
            let row = BTreeMap::from([(at as usize % 3, Verdict::Passed)]);
            runs.finish(outcome(1, Verdict::Passed, Some(&at.to_string())), row, at);
        }
        assert_eq!(runs.past.len(), PAST);
        assert_eq!(runs.past.front().map(|past| past.ended), Some(29));
        assert_eq!(runs.rows.len(), 3);
        let kept: Vec<_> = runs.replies.iter().map(|reply| reply.status_message.as_str()).collect();
        assert_eq!(kept, ["29", "28"]);

        // A cancelled run leaves no trace but its state.
        runs.finish(outcome(1, Verdict::Cancelled, None), BTreeMap::new(), 30);
        assert_eq!(runs.past.front().map(|past| past.ended), Some(29));
        assert!(runs.reply().is_none() && runs.replies.len() == 2);

        // Rows of another text are other rows.
        runs.finish(
            outcome(2, Verdict::Failed, None),
            BTreeMap::from([(1, Verdict::Failed)]),
            31,
        );
        assert_eq!(runs.rows, BTreeMap::from([(1, Verdict::Failed)]));
    }
}
