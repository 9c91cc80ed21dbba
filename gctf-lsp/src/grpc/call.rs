//! Calls by descriptor. Everything goes through a stream of events; a unary call collects them.

use super::codec::DynamicCodec;
use super::connection::Connection;
use super::metadata::{from_wire, to_wire};
use super::watch::StatusSeen;
use crate::status::Origin;
use prost_reflect::{DynamicMessage, MethodDescriptor};
use std::error::Error as _;
use std::time::{Duration, Instant};
use tonic::codec::CompressionEncoding;
use tonic::{Code, Request, Streaming};

/// Longest message that is received, in bytes.
const MAX_MESSAGE: usize = 64 << 20;

/// What goes with the requests.
#[derive(Clone, Debug)]
pub struct CallOptions {
    /// In order; `-bin` values as base64.
    pub metadata: Vec<(String, String)>,
    /// From the start of the call to its end.
    pub deadline: Duration,
    pub gzip: bool,
}

/// How a call ended.
#[derive(Clone, Debug)]
pub struct Status {
    pub code: Code,
    pub message: String,
    /// An encoded `google.rpc.Status`.
    pub details: Vec<u8>,
    pub origin: Origin,
}

/// Everything that came of a call.
#[derive(Clone, Debug)]
pub struct Reply {
    pub headers: Vec<(String, String)>,
    pub messages: Vec<DynamicMessage>,
    pub trailers: Vec<(String, String)>,
    pub status: Status,
    pub elapsed: Duration,
}

/// Makes a call with one request and waits for its end. Dropping the future resets the stream.
pub async fn unary(
    connection: &Connection,
    method: &MethodDescriptor,
    request: DynamicMessage,
    options: &CallOptions,
) -> Reply {
    let start = Instant::now();
    let mut reply = Reply {
        headers: Vec::new(),
        messages: Vec::new(),
        trailers: Vec::new(),
        status: Status {
            code: Code::Ok,
            message: String::new(),
            details: Vec::new(),
            origin: Origin::Server,
        },
        elapsed: Duration::ZERO,
    };
    let seen = StatusSeen::default();
    let collected = collect(connection, method, request, options, seen.clone(), &mut reply);
    let ended = tokio::time::timeout(options.deadline, collected).await;
    reply.elapsed = start.elapsed();
    match ended {
        Ok(Ok(())) => {
            if let Some(status) = incomplete(&reply, &seen) {
                reply.status = status;
            }
        }
        Ok(Err(status)) => {
            reply.trailers = from_wire(status.metadata());
            let timing = Timing {
                elapsed: reply.elapsed,
                limit: options.deadline,
            };
            reply.status = classify(connection, &status, &seen, timing).await;
        }
        Err(_) => reply.status = deadline(options.deadline),
    }
    reply
}

async fn collect(
    connection: &Connection,
    method: &MethodDescriptor,
    message: DynamicMessage,
    options: &CallOptions,
    seen: StatusSeen,
    reply: &mut Reply,
) -> Result<(), tonic::Status> {
    let mut metadata = to_wire(&options.metadata).map_err(local)?;
    let timeout = format!("{}m", options.deadline.as_millis().clamp(1, 99_999_999));
    metadata.insert(
        "grpc-timeout",
        timeout.parse().map_err(|_| local("the deadline is no header value"))?,
    );
    let mut request = Request::new(tokio_stream::once(message));
    *request.metadata_mut() = metadata;
    request.extensions_mut().insert(seen);
    let mut body = start(connection, method, request, options, reply).await?;
    while let Some(message) = body.message().await? {
        reply.messages.push(message);
    }
    if let Some(trailers) = body.trailers().await? {
        reply.trailers = from_wire(&trailers);
    }
    Ok(())
}

async fn start(
    connection: &Connection,
    method: &MethodDescriptor,
    request: Request<tokio_stream::Once<DynamicMessage>>,
    options: &CallOptions,
    reply: &mut Reply,
) -> Result<Streaming<DynamicMessage>, tonic::Status> {
    let mut client = tonic::client::Grpc::with_origin(connection.clone(), connection.origin())
        .max_decoding_message_size(MAX_MESSAGE)
        .accept_compressed(CompressionEncoding::Gzip);
    if options.gzip {
        client = client.send_compressed(CompressionEncoding::Gzip);
    }
    let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
    let path = path.parse().map_err(|_| local(format!("{path} is no path")))?;
    client
        .ready()
        .await
        .map_err(|error| tonic::Status::from_error(error.into()))?;
    let response = client
        .streaming(request, path, DynamicCodec::new(method.output()))
        .await?;
    let (headers, body, _) = response.into_parts();
    reply.headers = from_wire(&headers);
    Ok(body)
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

fn deadline(after: Duration) -> Status {
    Status {
        code: Code::DeadlineExceeded,
        message: format!("no answer within {} s", after.as_secs_f32()),
        details: Vec::new(),
        origin: Origin::Deadline,
    }
}

const NO_STATUS: &str = "the server ended the call without a gRPC status";

/// What is missing in a call that ended without an error.
fn incomplete(reply: &Reply, seen: &StatusSeen) -> Option<Status> {
    let status = |origin, code, message: String| Status {
        code,
        message,
        details: Vec::new(),
        origin,
    };
    match (seen.get(), reply.messages.len()) {
        (false, _) => Some(status(Origin::Http, Code::Unknown, NO_STATUS.to_owned())),
        (true, 1) => None,
        (true, count) => Some(status(
            Origin::Local,
            Code::Internal,
            format!("a unary call is answered by one message, and {count} came"),
        )),
    }
}

/// When a call ended, and when it had to.
#[derive(Clone, Copy)]
struct Timing {
    elapsed: Duration,
    limit: Duration,
}

impl Timing {
    /// Whether the deadline ended the call. The server counts it too, and may be a little ahead.
    fn is_over(self) -> bool {
        self.elapsed + self.limit / 20 >= self.limit
    }
}

/// Who made a status, by what stands behind it.
async fn classify(connection: &Connection, status: &tonic::Status, seen: &StatusSeen, timing: Timing) -> Status {
    let own = |origin, code, message: String| Status {
        code,
        message,
        details: Vec::new(),
        origin,
    };
    let (code, text) = (status.code(), status.message());
    if status.source().is_some_and(|source| source.is::<LocalFault>()) {
        return own(Origin::Local, code, text.to_owned());
    }
    if seen.get() {
        return match code == Code::DeadlineExceeded && timing.is_over() {
            true => deadline(timing.limit),
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
        (true, _) if timing.is_over() => deadline(timing.limit),
        (true, _) if is_reset => own(
            Origin::Http,
            code,
            "the server broke off the call without a gRPC status".to_owned(),
        ),
        (true, _) => {
            let failure = connection.explain_loss().await;
            match failure.is_tls() {
                true => own(Origin::Local, Code::Unavailable, failure.message),
                false => own(Origin::Unreachable, Code::Unavailable, failure.message),
            }
        }
        (false, true) if code == Code::Unknown => own(Origin::Http, code, NO_STATUS.to_owned()),
        (false, true) => own(Origin::Http, code, text.to_owned()),
        // The library gave up on the reply: too large, not compressed as it says, not framed.
        (false, false) => own(Origin::Local, code, text.to_owned()),
    }
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
