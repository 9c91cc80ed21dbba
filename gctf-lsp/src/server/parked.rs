//! Completion: answered by a worker. A request that wants a schema waits for it in a list, on no thread, and
//! not for long.

use super::handlers;
use super::session::{Event, Reply, Session};
use crate::ide::SchemaState;
use crate::target::SchemaSource;
use ls_types::{CompletionParams, CompletionResponse};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;
use tokio::time::Instant;
use tower_lsp::jsonrpc::Error;

/// How long a completion waits for its schema, so that it is answered within 100 ms also while the load keeps the
/// machine busy.
const PATIENCE: Duration = Duration::from_millis(60);

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

impl Session {
    pub(super) fn complete(&mut self, params: CompletionParams, reply: Reply<Option<CompletionResponse>>) {
        let (snapshot, events) = (self.snapshot(), self.events.clone());
        let deadline = Instant::now() + PATIENCE;
        tokio::task::spawn_blocking(move || {
            if reply.is_closed() {
                return;
            }
            let answer = catch_unwind(AssertUnwindSafe(|| handlers::completion(&snapshot, &params)));
            drop(snapshot);
            let result = match answer {
                Ok(Ok((response, None))) => Ok(response),
                Ok(Ok((fallback, Some(source)))) => {
                    // The loop ends last.
                    let _ = events.send(Event::Wanting(Parked {
                        source,
                        params,
                        reply,
                        fallback,
                        deadline,
                    }));
                    return;
                }
                Ok(Err(error)) => Err(error),
                Err(_) => Err(Error::internal_error()),
            };
            // A request that is cancelled meanwhile has been answered.
            let _ = reply.send(result);
        });
    }

    pub(super) fn park(&mut self, request: Parked) {
        match self.analysis.schemas.get(&request.source) {
            // It came between the snapshot and now.
            Some(SchemaState::Ready(_) | SchemaState::Outdated { .. } | SchemaState::Failed { .. }) => {
                self.complete(request.params, request.reply);
            }
            Some(SchemaState::Loading) | None => self.parked.park(request),
        }
    }
}
