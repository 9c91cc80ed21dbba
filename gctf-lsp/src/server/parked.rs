//! Completion requests that wait for a schema: in a list, on no thread, and not for long.

use super::session::Reply;
use crate::target::SchemaSource;
use ls_types::{CompletionParams, CompletionResponse};
use std::time::Duration;
use tokio::time::Instant;

/// How long a completion waits for its schema.
pub(super) const PATIENCE: Duration = Duration::from_millis(100);

/// One waiting request.
#[derive(Debug)]
pub(super) struct Parked {
    pub(super) source: SchemaSource,
    pub(super) params: CompletionParams,
    pub(super) reply: Reply<Option<CompletionResponse>>,
    /// What is known without the schema.
    pub(super) fallback: Option<CompletionResponse>,
    pub(super) deadline: Instant,
}

/// The waiting requests.
#[derive(Debug, Default)]
pub(super) struct ParkingLot {
    waiting: Vec<Parked>,
}

impl ParkingLot {
    pub(super) fn park(&mut self, request: Parked) {
        self.waiting.push(request);
    }

    /// The requests that waited for `source`.
    pub(super) fn take(&mut self, source: &SchemaSource) -> Vec<Parked> {
        let (ready, waiting) = std::mem::take(&mut self.waiting)
            .into_iter()
            .partition(|request| request.source == *source);
        self.waiting = waiting;
        ready
    }

    /// Answers those whose time is over, and forgets those that nobody waits for.
    pub(super) fn expire(&mut self, now: Instant) {
        let (expired, waiting) = std::mem::take(&mut self.waiting)
            .into_iter()
            .filter(|request| !request.reply.is_closed())
            .partition(|request| request.deadline <= now);
        self.waiting = waiting;
        let expired: Vec<Parked> = expired;
        for request in expired {
            // A request that is cancelled meanwhile has been answered.
            let _ = request.reply.send(Ok(request.fallback));
        }
    }

    pub(super) fn next_deadline(&self) -> Option<Instant> {
        self.waiting.iter().map(|request| request.deadline).min()
    }
}
