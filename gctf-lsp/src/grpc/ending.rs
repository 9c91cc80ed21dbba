//! How a call ended, and who made its status.

use super::call::MAX_MESSAGE;
use super::connection::Connection;
use super::watch::StatusSeen;
use crate::status::Origin;
use std::error::Error as _;
use std::time::Duration;
use tonic::Code;

/// How a call ended.
#[derive(Clone, Debug)]
pub struct Status {
    pub code: Code,
    pub message: String,
    /// An encoded `google.rpc.Status`.
    pub details: Vec<u8>,
    pub origin: Origin,
}

impl Status {
    /// A status without details.
    pub(super) fn new(origin: Origin, code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            details: Vec::new(),
            origin,
        }
    }

    pub(super) fn ok() -> Self {
        Self::new(Origin::Server, Code::Ok, "")
    }

    /// The status of an answer without one.
    pub(super) fn missing() -> Self {
        Self::new(Origin::Http, Code::Unknown, NO_STATUS)
    }
}

/// A fault of this side, told apart from the server's statuses by its source.
#[derive(Debug)]
pub(super) struct LocalFault(String);

impl std::fmt::Display for LocalFault {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for LocalFault {}

/// A status that this side makes.
pub(super) fn local(message: impl Into<String>) -> tonic::Status {
    let message = message.into();
    let mut status = tonic::Status::internal(message.clone());
    status.set_source(std::sync::Arc::new(LocalFault(message)));
    status
}

const NO_STATUS: &str = "the server ended the call without a gRPC status";

/// When a call ended, when it had to, and how far it had come.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timing {
    pub(super) elapsed: Duration,
    pub(super) limit: Duration,
    /// Messages received until then.
    pub(super) messages: usize,
}

impl Timing {
    /// Whether the deadline ended the call. The server counts it too, and may be a little ahead.
    fn is_over(self) -> bool {
        self.elapsed + self.limit / 20 >= self.limit
    }

    /// The status of a call that the deadline ended.
    pub(super) fn deadline(self) -> Status {
        let seconds = self.limit.as_secs_f32();
        let message = match self.messages {
            0 => format!("no answer within {seconds} s"),
            _ => format!("the call was not over within {seconds} s"),
        };
        Status::new(Origin::Deadline, Code::DeadlineExceeded, message)
    }
}

/// Who made a status, by what stands behind it.
pub(super) async fn classify(
    connection: &Connection,
    status: &tonic::Status,
    seen: &StatusSeen,
    timing: Timing,
) -> Status {
    let (code, text) = (status.code(), status.message());
    if status.source().is_some_and(|source| source.is::<LocalFault>()) {
        return Status::new(Origin::Local, code, text);
    }
    if seen.get() {
        return match code == Code::DeadlineExceeded && timing.is_over() {
            true => timing.deadline(),
            false => Status {
                code,
                message: text.to_owned(),
                details: status.details().to_vec(),
                origin: Origin::Server,
            },
        };
    }
    // Looked at before anything is awaited: what stands behind a status cannot go to another thread.
    let (is_transport, is_reset) = (status.source().is_some(), status.source().is_some_and(is_reset));
    let is_http = text.starts_with("grpc-status header missing") || text.contains("missing grpc-status trailer");
    match (is_transport, is_http) {
        (true, _) if timing.is_over() => timing.deadline(),
        (true, _) if is_reset => Status::new(
            Origin::Http,
            code,
            "the server broke off the call without a gRPC status",
        ),
        (true, _) => {
            let failure = connection.explain_loss().await;
            match failure.is_tls() {
                true => Status::new(Origin::Local, Code::Unavailable, failure.message),
                false => Status::new(Origin::Unreachable, Code::Unavailable, failure.message),
            }
        }
        (false, true) if code == Code::Unknown => Status::missing(),
        (false, true) => Status::new(Origin::Http, code, text),
        // The library gave up on the reply: too large, not compressed as it says, not framed.
        (false, false) => match oversized(text) {
            Some(bytes) => {
                let limit = MAX_MESSAGE >> 20;
                let message = format!("a message of {bytes} bytes came, and no more than {limit} MiB are received");
                Status::new(Origin::Local, code, message)
            }
            None => Status::new(Origin::Local, code, text),
        },
    }
}

/// The bytes of a message that is too large, by the library's words.
fn oversized(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("Error, decoded message length too large: found ")?;
    Some(rest.split_once(' ')?.0)
}

/// Whether the other side reset one call, and not the connection.
fn is_reset(cause: &(dyn std::error::Error + 'static)) -> bool {
    let mut next = Some(cause);
    while let Some(cause) = next {
        if cause.to_string().contains("stream error received") {
            return true;
        }
        next = cause.source();
    }
    false
}
