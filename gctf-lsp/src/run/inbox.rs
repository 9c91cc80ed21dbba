//! What a stream call has given so far: its events one by one, what is kept of them, how long they took.

use super::budget::Budget;
use super::document::received;
use super::feed::Feed;
use super::prepare::Prepared;
use super::types::Types;
use crate::eval::error::Received;
use crate::eval::jq::CallContext;
use crate::grpc::call::{Call, Event};
use crate::outcome::Reply;
use crate::schema::json::{Defaults, footprint, shown};
use crate::status::{DEADLINE_EXCEEDED, Origin};
use prost_reflect::DynamicMessage;
use serde_json::Value as Json;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What comes next of a call.
#[derive(Clone)]
pub(super) enum Next {
    Message(Arc<Json>),
    /// The end, with status OK.
    End,
    /// The end, with an error status.
    Status(Arc<Received>),
}

/// The receiving side of a stream call.
pub(super) struct Inbox {
    /// `None` when there is nothing more to come, or nobody wants it.
    call: Option<Call>,
    defaults: Defaults,
    headers: Vec<(String, String)>,
    trailers: Vec<(String, String)>,
    kept: Vec<Arc<Json>>,
    budget: Arc<Budget>,
    feed: Feed,
    /// Messages so far.
    pub(super) count: usize,
    last: Option<Arc<Json>>,
    /// The end, once it is there: it stays the next event.
    ended: Option<Next>,
    start: Instant,
    /// When the newest event came.
    arrived: Instant,
    /// The newest event of the section before.
    mark: Instant,
    /// What plugins read at the section that looked at messages last.
    section: CallContext,
}

impl Inbox {
    /// Opens the call of a document. What is kept of it takes its room from `budget`.
    pub(super) fn new(prepared: &Prepared, defaults: Defaults, budget: Arc<Budget>) -> Self {
        let call = Call::open(&prepared.connection, &prepared.method, &prepared.options);
        let start = call.start();
        Self {
            call: Some(call),
            defaults,
            headers: Vec::new(),
            trailers: Vec::new(),
            kept: Vec::new(),
            budget,
            feed: prepared.feed.clone(),
            count: 0,
            last: None,
            ended: None,
            start,
            arrived: start,
            mark: start,
            section: CallContext::default(),
        }
    }

    pub(super) fn send(&self, message: DynamicMessage) {
        if let Some(call) = &self.call {
            call.send(message);
        }
    }

    pub(super) fn half_close(&mut self) {
        if let Some(call) = &mut self.call {
            call.half_close();
        }
    }

    /// Ends a call of which nothing more is wanted.
    pub(super) fn cancel(&mut self) {
        self.call = None;
    }

    /// The next event. Nothing within `limit` ends the call.
    pub(super) async fn next(&mut self, limit: Duration, types: &mut Types) -> Next {
        if let Some(ended) = &self.ended {
            return ended.clone();
        }
        let Some(call) = &mut self.call else {
            return Next::End;
        };
        let arrival = tokio::time::timeout(limit, call.next()).await;
        if self.headers.is_empty() {
            self.headers = call.headers().to_vec();
        }
        let Ok(arrival) = arrival else {
            self.arrived = Instant::now();
            return self.end(Next::Status(Arc::new(too_late(limit))));
        };
        self.arrived = arrival.at;
        match arrival.event {
            Event::Message(message) => self.keep(&types.complete(message).await),
            Event::Ended { status, trailers } => {
                self.trailers = trailers;
                let received = received(status, types).await;
                self.end(match received.code {
                    0 => Next::End,
                    _ => Next::Status(Arc::new(received)),
                })
            }
        }
    }

    fn end(&mut self, next: Next) -> Next {
        self.ended = Some(next.clone());
        self.cancel();
        next
    }

    fn keep(&mut self, message: &DynamicMessage) -> Next {
        let message = Arc::new(shown(message, self.defaults));
        self.count += 1;
        self.feed
            .message(self.count, self.arrived.duration_since(self.start), &message);
        // Once one is left out the rest is too: what is kept is the beginning, without holes.
        if self.kept.len() + 1 == self.count && self.budget.take(footprint(&message)) {
            self.kept.push(Arc::clone(&message));
        }
        self.last = Some(Arc::clone(&message));
        Next::Message(message)
    }

    /// The newest message, null if there is none.
    pub(super) fn last(&self) -> Arc<Json> {
        self.last.clone().unwrap_or_default()
    }

    /// What plugins read at a section that has looked at `messages`. Its time ends with the newest event.
    pub(super) fn close_section(&mut self, messages: usize) -> CallContext {
        self.section = CallContext {
            elapsed_ms: milliseconds(self.arrived.duration_since(self.mark)),
            total_elapsed_ms: milliseconds(self.arrived.duration_since(self.start)),
            message_count: messages as u64,
            index: self.section.index + 1,
            ..CallContext::default()
        };
        self.mark = self.arrived;
        self.context()
    }

    /// What plugins read behind that section.
    pub(super) fn context(&self) -> CallContext {
        CallContext {
            headers: self.headers.clone(),
            trailers: self.trailers.clone(),
            ..self.section.clone()
        }
    }

    pub(super) fn trailers(&self) -> &[(String, String)] {
        &self.trailers
    }

    /// What the outcome keeps of the call.
    pub(super) fn into_reply(self) -> Reply {
        let status = match &self.ended {
            Some(Next::Status(received)) => Reply {
                details: received.details.clone(),
                ..Reply::of_status(&received.message, received.code)
            },
            _ => Reply::of_status("", 0),
        };
        let is_late = |ended: &Next| matches!(ended, Next::Status(received) if received.origin == Origin::Deadline);
        let is_cut = self.ended.as_ref().is_none_or(is_late);
        Reply {
            is_cut,
            headers: self.headers,
            dropped: self.count - self.kept.len(),
            messages: self.kept,
            trailers: self.trailers,
            elapsed: self.arrived.duration_since(self.start),
            ..status
        }
    }
}

fn too_late(limit: Duration) -> Received {
    Received {
        code: DEADLINE_EXCEEDED,
        message: format!("nothing within {} s", limit.as_secs_f32()),
        details: Vec::new(),
        types: Vec::new(),
        origin: Origin::Deadline,
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
