//! Tells of messages as they come, where somebody wants to hear of each.

use super::{Detail, RunEvent, Runner};
use crate::ide::FileId;
use crate::outcome::Reply;
use serde_json::Value as Json;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;

/// Where the messages of a document are told.
#[derive(Clone)]
pub(super) struct Feed {
    /// `None` where nobody listens.
    events: Option<UnboundedSender<RunEvent>>,
    file: FileId,
    document: usize,
}

impl Feed {
    pub(super) fn new(runner: &Runner, file: FileId, document: usize) -> Self {
        let events = match runner.options.detail {
            Detail::Everything => Some(runner.events.clone()),
            Detail::Outcomes => None,
        };
        Self { events, file, document }
    }

    /// Tells of the message with this number, from 1, that came `elapsed` after the start of the call.
    pub(super) fn message(&self, number: usize, elapsed: Duration, message: &Arc<Json>) {
        let Some(events) = &self.events else { return };
        let event = RunEvent::Message {
            file: self.file,
            document: self.document,
            number,
            elapsed,
            message: Arc::clone(message),
        };
        // Nobody listens any more: the run is about to be dropped.
        let _ = events.send(event);
    }

    /// Tells of the messages of a call that has ended.
    pub(super) fn reply(&self, reply: &Reply) {
        for (at, message) in reply.messages.iter().enumerate() {
            self.message(at + 1, reply.elapsed, message);
        }
    }
}
