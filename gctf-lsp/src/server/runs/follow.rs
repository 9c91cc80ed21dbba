//! The tasks of a run: they run, and have the loop hear of it. Messages come in batches, so that a fast stream costs
//! the loop no more than a slow one.

use super::RunId;
use super::live::Ends;
use crate::ide::FileId;
use crate::run::{Gate, RunEvent, RunRequest, known_targets};
use crate::server::session::Event;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::Instant;

/// Messages are told this often at most.
const BATCH: Duration = Duration::from_millis(100);

/// Messages of a batch that are told in full; the others are counted.
const SHOWN: usize = 50;

/// Bytes of a message that are told.
const SHOWN_BYTES: usize = 64 << 10;

/// The messages that came within a moment.
#[derive(Debug, Default)]
pub(in crate::server) struct Batch {
    /// How many have come in all, by file and document.
    pub(super) counts: BTreeMap<(FileId, usize), usize>,
    /// The first of them; none where nobody wants to see them.
    pub(super) shown: Vec<ShownMessage>,
    kept: BTreeMap<(FileId, usize), Ends>,
}

/// A message that a client is shown.
#[derive(Debug)]
pub(super) struct ShownMessage {
    pub(super) file: FileId,
    pub(super) document: usize,
    /// From 1, in the call.
    pub(super) number: usize,
    /// Since the start of the call.
    pub(super) elapsed: Duration,
    pub(super) json: String,
    pub(super) truncated: bool,
}

/// Who hears of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Audience {
    /// Lenses count them.
    Counting,
    /// The client shows them too.
    Showing,
}

/// Runs `request` once it may, and has the loop hear of it.
pub(super) async fn follow(id: RunId, mut request: RunRequest, audience: Audience, events: UnboundedSender<Event>) {
    let (sender, receiver) = unbounded_channel();
    let (questions, mut asked) = unbounded_channel();
    let gate = Gate::new(questions);
    request.options.gate = Some(gate.clone());
    let work = async {
        for (path, target) in known_targets(&request) {
            if !gate.pass(path.as_deref(), &target).await {
                return;
            }
        }
        drop(gate);
        crate::run::run(request, sender).await;
    };
    let ask = async {
        while let Some(question) = asked.recv().await {
            // The loop ends last.
            let _ = events.send(Event::Permit { id, question });
        }
    };
    tokio::join!(work, ask, forward(id, receiver, audience, &events));
}

/// Hands events on in order, messages in batches.
async fn forward(
    id: RunId,
    mut receiver: UnboundedReceiver<RunEvent>,
    audience: Audience,
    events: &UnboundedSender<Event>,
) {
    let mut batch = Batch::default();
    let mut due = Instant::now();
    // The loop ends last.
    let tell = |batch: &mut Batch| {
        let batch = std::mem::take(batch);
        drop(events.send(Event::Messages { id, batch }));
        Instant::now() + BATCH
    };
    loop {
        let event = match batch.counts.is_empty() {
            true => receiver.recv().await,
            false => match tokio::time::timeout_at(due, receiver.recv()).await {
                Ok(event) => event,
                Err(_) => {
                    due = tell(&mut batch);
                    continue;
                }
            },
        };
        match event {
            Some(message @ RunEvent::Message { .. }) => {
                batch.take(message, audience);
                if Instant::now() >= due {
                    due = tell(&mut batch);
                }
            }
            Some(other) => {
                if !batch.counts.is_empty() {
                    due = tell(&mut batch);
                }
                let _ = events.send(Event::Run { id, event: other });
            }
            None => return,
        }
    }
}

impl Batch {
    /// The first and the last messages of a document in here.
    pub(super) fn messages(&self, at: (FileId, usize)) -> impl Iterator<Item = &Arc<serde_json::Value>> {
        self.kept.get(&at).into_iter().flat_map(Ends::iter)
    }

    fn take(&mut self, event: RunEvent, audience: Audience) {
        let RunEvent::Message {
            file,
            document,
            number,
            elapsed,
            message,
        } = event
        else {
            return;
        };
        self.counts.insert((file, document), number);
        let kept = self.kept.entry((file, document)).or_default();
        kept.push(Arc::clone(&message));
        if audience == Audience::Showing && self.shown.len() < SHOWN {
            let (json, truncated) = cut(&message);
            self.shown.push(ShownMessage {
                file,
                document,
                number,
                elapsed,
                json,
                truncated,
            });
        }
    }
}

/// The JSON text of a value up to [`SHOWN_BYTES`], and whether there is more.
fn cut(value: &serde_json::Value) -> (String, bool) {
    let mut text = Bounded(Vec::new());
    let truncated = serde_json::to_writer(&mut text, value).is_err();
    let whole = text.0.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    (whole.to_owned(), truncated)
}

/// Takes so many bytes and no more.
struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = (SHOWN_BYTES - self.0.len()).min(bytes.len());
        self.0.extend_from_slice(&bytes[..room]);
        match room == bytes.len() {
            true => Ok(room),
            false => Err(io::ErrorKind::WriteZero.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn texts_are_cut_between_characters() {
        assert_eq!(cut(&json!({ "a": "é" })), ("{\"a\":\"é\"}".to_owned(), false));
        let (text, truncated) = cut(&json!("é".repeat(SHOWN_BYTES)));
        assert!(truncated && text.len() == SHOWN_BYTES - 1, "{}", text.len());
        let (text, truncated) = cut(&json!("x".repeat(SHOWN_BYTES - 2)));
        assert!(!truncated && text.len() == SHOWN_BYTES);
    }

    #[tokio::test]
    async fn messages_come_in_batches_and_before_what_follows_them() {
        let (sender, receiver) = unbounded_channel();
        let (events, mut heard) = unbounded_channel();
        let (file, document) = (FileId(0), 0);
        for number in 1..=1000 {
            let event = RunEvent::Message {
                file,
                document,
                number,
                elapsed: Duration::ZERO,
                message: Arc::new(json!(number)),
            };
            sender.send(event).unwrap();
        }
        sender.send(RunEvent::FileFinished { file }).unwrap();
        drop(sender);
        forward(RunId(1), receiver, Audience::Showing, &events).await;
        drop(events);
        let mut counted = 0;
        let mut shown: Vec<usize> = Vec::new();
        while let Some(event) = heard.recv().await {
            match event {
                Event::Messages { batch, .. } => {
                    counted = batch.counts[&(file, document)];
                    assert!(batch.shown.len() <= SHOWN);
                    shown.extend(batch.shown.iter().map(|message| message.number));
                }
                Event::Run { .. } => assert_eq!(counted, 1000),
                _ => panic!("something else"),
            }
        }
        assert!(shown.is_sorted(), "{shown:?}");
        assert_eq!(shown.first(), Some(&1));
    }
}
