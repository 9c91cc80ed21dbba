//! Calls by descriptor. One object serves all four shapes: on the wire every call is a stream both ways.

use super::codec::DynamicCodec;
use super::connection::Connection;
use super::ending::{Status, Timing, classify, local};
use super::metadata::{from_wire, to_wire};
use super::watch::StatusSeen;
use crate::status::Origin;
use prost_reflect::{DynamicMessage, MethodDescriptor};
use std::time::{Duration, Instant};
use tokio::sync::mpsc::{self, Receiver, Sender, UnboundedReceiver, UnboundedSender};
use tokio_stream::wrappers::UnboundedReceiverStream;
use tokio_util::task::AbortOnDropHandle;
use tonic::codec::CompressionEncoding;
use tonic::{Code, Request, Streaming};

/// Longest message that is received, in bytes.
pub(super) const MAX_MESSAGE: usize = 64 << 20;

/// Messages that wait to be looked at before the server is made to wait.
const WAITING_MESSAGES: usize = 16;

/// What goes with the requests.
#[derive(Clone, Debug)]
pub struct CallOptions {
    /// In order; `-bin` values as base64.
    pub metadata: Vec<(String, String)>,
    /// From the start of the call to its end.
    pub deadline: Duration,
    pub gzip: bool,
}

/// What a call yields next.
#[derive(Clone, Debug)]
pub enum Event {
    Message(DynamicMessage),
    /// The last event.
    Ended {
        status: Status,
        trailers: Vec<(String, String)>,
    },
}

/// An event with the time of its arrival.
#[derive(Clone, Debug)]
pub struct Arrival {
    pub event: Event,
    pub at: Instant,
}

/// What the driver of a call tells.
enum Signal {
    Headers(Vec<(String, String)>),
    Arrival(Arrival),
}

/// A call under way. Dropping it resets the stream.
#[derive(Debug)]
pub struct Call {
    /// `None` once the sending side is closed.
    requests: Option<UnboundedSender<DynamicMessage>>,
    signals: Receiver<Signal>,
    headers: Vec<(String, String)>,
    start: Instant,
    _driver: AbortOnDropHandle<()>,
}

impl Call {
    /// Opens a call; nothing is awaited.
    pub fn open(connection: &Connection, method: &MethodDescriptor, options: &CallOptions) -> Self {
        let (requests, outgoing) = mpsc::unbounded_channel();
        let (sender, signals) = mpsc::channel(WAITING_MESSAGES);
        let start = Instant::now();
        let driver = Driver {
            connection: connection.clone(),
            method: method.clone(),
            options: options.clone(),
            signals: sender,
            start,
            messages: 0,
        };
        Self {
            requests: Some(requests),
            signals,
            headers: Vec::new(),
            start,
            _driver: AbortOnDropHandle::new(tokio::spawn(Box::pin(driver.run(outgoing)))),
        }
    }

    /// When the call was opened.
    pub fn start(&self) -> Instant {
        self.start
    }

    /// Initial metadata in order; empty until something has arrived.
    pub fn headers(&self) -> &[(String, String)] {
        &self.headers
    }

    /// Sends a message. One that comes too late is lost, and the next event says that the call is over.
    pub fn send(&self, message: DynamicMessage) {
        if let Some(requests) = &self.requests {
            let _ = requests.send(message);
        }
    }

    /// Closes the sending side.
    pub fn half_close(&mut self) {
        self.requests = None;
    }

    /// Waits for the next event, at the longest until the call's deadline. Nothing comes behind the end.
    pub async fn next(&mut self) -> Arrival {
        loop {
            match self.signals.recv().await {
                Some(Signal::Headers(headers)) => self.headers = headers,
                Some(Signal::Arrival(arrival)) => return arrival,
                None => {
                    return Arrival {
                        event: Event::Ended {
                            status: Status::new(Origin::Local, Code::Internal, "the call is over"),
                            trailers: Vec::new(),
                        },
                        at: Instant::now(),
                    };
                }
            }
        }
    }

    /// Waits for the end of a call that answers once.
    pub async fn finish(mut self) -> Reply {
        let mut first = None;
        let mut count = 0;
        loop {
            let arrival = self.next().await;
            match arrival.event {
                Event::Message(message) => {
                    count += 1;
                    first.get_or_insert(message);
                }
                Event::Ended { status, trailers } => {
                    return Reply {
                        status: complete(status, count),
                        headers: self.headers,
                        message: first,
                        trailers,
                        elapsed: arrival.at.duration_since(self.start),
                    };
                }
            }
        }
    }
}

/// Everything that came of a call that answers once.
#[derive(Clone, Debug)]
pub struct Reply {
    pub headers: Vec<(String, String)>,
    /// The first one, if more came than the one that may.
    pub message: Option<DynamicMessage>,
    pub trailers: Vec<(String, String)>,
    pub status: Status,
    pub elapsed: Duration,
}

/// The status of a call that has to be answered by one message when `count` came.
fn complete(status: Status, count: usize) -> Status {
    match (status.code, count) {
        (Code::Ok, 1) => status,
        (Code::Ok, count) => Status::new(
            Origin::Local,
            Code::Internal,
            format!("a unary call is answered by one message, and {count} came"),
        ),
        _ => status,
    }
}

/// The task behind a call.
struct Driver {
    connection: Connection,
    method: MethodDescriptor,
    options: CallOptions,
    signals: Sender<Signal>,
    start: Instant,
    messages: usize,
}

impl Driver {
    async fn run(mut self, requests: UnboundedReceiver<DynamicMessage>) {
        let seen = StatusSeen::default();
        let limit = self.options.deadline;
        let ended = tokio::time::timeout(limit, self.relay(requests, seen.clone())).await;
        let at = Instant::now();
        let timing = Timing {
            elapsed: at.duration_since(self.start),
            limit,
            messages: self.messages,
        };
        let (status, trailers) = match ended {
            Ok(Ok(trailers)) if seen.get() => (Status::ok(), trailers),
            Ok(Ok(trailers)) => (Status::missing(), trailers),
            Ok(Err(status)) => {
                let trailers = from_wire(status.metadata());
                (classify(&self.connection, &status, &seen, timing).await, trailers)
            }
            Err(_) => (timing.deadline(), Vec::new()),
        };
        let event = Event::Ended { status, trailers };
        self.tell(Signal::Arrival(Arrival { event, at })).await;
    }

    /// Gives on what arrives; the trailers of a call that ends well.
    async fn relay(
        &mut self,
        requests: UnboundedReceiver<DynamicMessage>,
        seen: StatusSeen,
    ) -> Result<Vec<(String, String)>, tonic::Status> {
        let mut body = self.connect(requests, seen).await?;
        while let Some(message) = body.message().await? {
            self.messages += 1;
            let arrival = Arrival {
                event: Event::Message(message),
                at: Instant::now(),
            };
            self.tell(Signal::Arrival(arrival)).await;
        }
        let trailers = body.trailers().await?;
        Ok(trailers.map_or_else(Vec::new, |trailers| from_wire(&trailers)))
    }

    async fn connect(
        &self,
        requests: UnboundedReceiver<DynamicMessage>,
        seen: StatusSeen,
    ) -> Result<Streaming<DynamicMessage>, tonic::Status> {
        let mut metadata = to_wire(&self.options.metadata).map_err(local)?;
        let timeout = format!("{}m", self.options.deadline.as_millis().clamp(1, 99_999_999));
        metadata.insert(
            "grpc-timeout",
            timeout.parse().map_err(|_| local("the deadline is no header value"))?,
        );
        let mut request = Request::new(UnboundedReceiverStream::new(requests));
        *request.metadata_mut() = metadata;
        request.extensions_mut().insert(seen);
        let mut client = tonic::client::Grpc::with_origin(self.connection.clone(), self.connection.origin())
            .max_decoding_message_size(MAX_MESSAGE)
            .accept_compressed(CompressionEncoding::Gzip);
        if self.options.gzip {
            client = client.send_compressed(CompressionEncoding::Gzip);
        }
        let method = &self.method;
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
        self.tell(Signal::Headers(from_wire(&headers))).await;
        Ok(body)
    }

    /// Waits where nobody has looked at what came before.
    async fn tell(&self, signal: Signal) {
        // Nobody listens any more: this task is about to be aborted.
        let _ = self.signals.send(signal).await;
    }
}
