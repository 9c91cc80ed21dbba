//! What has come so far of a call that goes on: the first messages and the newest.

use super::{ActiveRun, Batch, RunId};
use crate::ide::response::KEPT;
use crate::ide::{FileId, TestKey};
use crate::outcome::Reply;
use crate::server::session::Session;
use serde_json::Value as Json;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The text of a call that goes on is written anew this often at most.
const REWRITE: Duration = Duration::from_secs(1);

/// Messages that are kept of those that come one by one.
#[derive(Debug, Default)]
pub(super) struct Ends {
    first: Vec<Arc<Json>>,
    last: VecDeque<Arc<Json>>,
}

impl Ends {
    pub(super) fn push(&mut self, message: Arc<Json>) {
        match self.first.len() < KEPT {
            true => self.first.push(message),
            false => {
                self.last.push_back(message);
                if self.last.len() > KEPT {
                    self.last.pop_front();
                }
            }
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Arc<Json>> {
        self.first.iter().chain(&self.last)
    }
}

/// A call that goes on.
#[derive(Debug)]
pub(super) struct Live {
    ends: Ends,
    count: usize,
    started: Instant,
    /// When its text was written last; `None` while nobody looks at it.
    written: Option<Instant>,
}

impl Live {
    fn new() -> Self {
        Self {
            ends: Ends::default(),
            count: 0,
            started: Instant::now(),
            written: None,
        }
    }

    fn reply(&self) -> Reply {
        let messages: Vec<_> = self.ends.iter().cloned().collect();
        Reply {
            dropped: self.count - messages.len().min(self.count),
            messages,
            elapsed: self.started.elapsed(),
            is_cut: true,
            ..Reply::of_status("", 0)
        }
    }
}

impl Session {
    /// Takes messages that have come, and writes the texts that the user looks at.
    pub(super) fn keep_live(&mut self, id: RunId, batch: &Batch) {
        let Some(run) = self.runs.active.get_mut(&id) else {
            return;
        };
        let mut due = Vec::new();
        for (at, count) in &batch.counts {
            let Some(key) = run.tests.get(at).and_then(|test| test.key.clone()) else {
                continue;
            };
            let live = run.live.entry(*at).or_insert_with(Live::new);
            if *count < live.count {
                // It is tried again.
                *live = Live {
                    written: live.written,
                    ..Live::new()
                };
            }
            live.count = *count;
            batch
                .messages(*at)
                .for_each(|message| live.ends.push(Arc::clone(message)));
            if live.written.is_some_and(|written| written.elapsed() >= REWRITE) {
                live.written = Some(Instant::now());
                due.push((at.0, key, Arc::new(live.reply()), run.secrets(*at)));
            }
        }
        for (file, key, reply, secrets) in due {
            self.write_response(file, &key, reply, secrets);
        }
    }

    /// What has come so far of a document that runs, with what no text of it shows. From now on its text follows.
    pub(in crate::server) fn live_reply(&mut self, file: FileId, key: &TestKey) -> Option<(Arc<Reply>, Vec<String>)> {
        self.runs.active.values_mut().find_map(|run| {
            let mut tests = run.tests.iter();
            let (at, _) =
                tests.find(|((other, _), test)| *other == file && test.left > 0 && test.key.as_ref() == Some(key))?;
            let at = *at;
            let live = run.live.get_mut(&at)?;
            live.written = Some(Instant::now());
            let reply = Arc::new(live.reply());
            Some((reply, run.secrets(at)))
        })
    }
}

impl ActiveRun {
    /// Values of the environment that a document reads.
    pub(super) fn secrets(&self, at: (FileId, usize)) -> Vec<String> {
        self.tests.get(&at).map_or_else(Vec::new, |test| test.secrets.clone())
    }

    /// Whether the user looks at what comes of a document; it is over.
    pub(super) fn was_watched(&mut self, at: (FileId, usize)) -> bool {
        self.live.remove(&at).is_some_and(|live| live.written.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn long_streams_keep_their_ends() {
        let mut live = Live::new();
        for number in 0..1000 {
            live.ends.push(Arc::new(json!(number)));
        }
        live.count = 1000;
        let reply = live.reply();
        assert_eq!((reply.messages.len(), reply.dropped), (2 * KEPT, 900));
        assert_eq!((&*reply.messages[49], &*reply.messages[50]), (&json!(49), &json!(950)));
    }
}
