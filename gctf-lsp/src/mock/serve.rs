//! Answers calls by descriptor from stubs, in all four shapes.

use super::matching::{Seen, fits, listed, nearest, rank};
use super::stubs::{Fault, Item, Stub};
use crate::grpc::codec::DynamicCodec;
use crate::grpc::{details, metadata};
use crate::schema::Schema;
use crate::schema::json::{Defaults, shown};
use crate::schema::shape::Shape;
use prost_reflect::{DynamicMessage, MessageDescriptor, MethodDescriptor};
use serde_json::{Map, Value as Json};
use std::cmp::Reverse;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use tokio::sync::mpsc;
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::body::Body;
use tonic::codec::CompressionEncoding;
use tonic::metadata::MetadataMap;
use tonic::{Code, Request, Response, Status, Streaming};

type Answers = UnboundedReceiverStream<Result<DynamicMessage, Status>>;

/// The methods of a schema, answered from stubs.
#[derive(Clone)]
pub(super) struct StubService {
    shared: Arc<Shared>,
}

struct Shared {
    schema: Schema,
    /// Better ones first.
    stubs: Vec<Stub>,
    /// How often each has matched.
    used: Mutex<Vec<u64>>,
}

impl StubService {
    pub(super) fn new(schema: Schema, mut stubs: Vec<Stub>) -> Self {
        stubs.sort_by_key(rank);
        let used = Mutex::new(vec![0; stubs.len()]);
        Self {
            shared: Arc::new(Shared { schema, stubs, used }),
        }
    }
}

impl<B> tower::Service<http::Request<B>> for StubService
where
    B: tonic::codegen::Body + Send + 'static,
    B::Error: Into<tonic::codegen::StdError> + Send + 'static,
{
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        let shared = Arc::clone(&self.shared);
        Box::pin(async move {
            let path = request.uri().path().to_owned();
            let named = path.trim_start_matches('/').split_once('/');
            let Some(method) = named.and_then(|(service, method)| shared.schema.method(service, method).ok()) else {
                return Ok(Status::unimplemented(format!("no method {path}")).into_http());
            };
            let mut server = tonic::server::Grpc::new(DynamicCodec::new(method.input()))
                .accept_compressed(CompressionEncoding::Gzip)
                .send_compressed(CompressionEncoding::Gzip);
            let answer = tower::service_fn(move |request: Request<Streaming<DynamicMessage>>| {
                answer(Arc::clone(&shared), method.clone(), request)
            });
            Ok(server.streaming(answer, request).await)
        })
    }
}

/// One call: its messages so far, and where its answers go.
struct Exchange {
    shared: Arc<Shared>,
    method: MethodDescriptor,
    seen: Seen,
    /// The stub that this call counts as a match of, by index.
    held: Option<usize>,
    answers: mpsc::UnboundedSender<Result<DynamicMessage, Status>>,
}

async fn answer(
    shared: Arc<Shared>,
    method: MethodDescriptor,
    request: Request<Streaming<DynamicMessage>>,
) -> Result<Response<Answers>, Status> {
    let headers = joined(request.metadata());
    let mut messages = request.into_inner();
    let (answers, receiver) = mpsc::unbounded_channel();
    let both_ways = method.is_client_streaming() && method.is_server_streaming();
    let mut exchange = Exchange {
        shared,
        seen: Seen {
            messages: Vec::new(),
            shape: Shape::of_message(&method.input()),
            headers,
        },
        method,
        held: None,
        answers,
    };
    if both_ways {
        let initial = exchange.expected().map(|stub| stub.output.headers.clone());
        tokio::spawn(async move { exchange.converse(messages).await });
        return Ok(with_headers(
            Response::new(UnboundedReceiverStream::new(receiver)),
            &initial.unwrap_or_default(),
        ));
    }
    while let Some(message) = messages.next().await {
        exchange.seen.messages.push(all_fields(&message?));
    }
    let stub = exchange.choose(false)?;
    let headers = stub.output.headers.clone();
    tokio::spawn(async move {
        // A client that has gone away needs no answer.
        let _ = exchange.send_all(&stub, 0).await;
    });
    Ok(with_headers(
        Response::new(UnboundedReceiverStream::new(receiver)),
        &headers,
    ))
}

/// Nothing more can be told: the status is sent, or the client has gone away.
struct Over;

impl Exchange {
    /// The best stub that fits and is not used up. A call counts as one match: of the last stub that it chose.
    fn choose(&mut self, prefix: bool) -> Result<Stub, Status> {
        let mut used = match self.shared.used.lock() {
            Ok(used) => used,
            Err(poisoned) => poisoned.into_inner(),
        };
        let service = self.method.parent_service();
        let ours = |stub: &Stub| stub.service == service.full_name() && stub.method == self.method.name();
        let found = self.shared.stubs.iter().enumerate().find(|(at, stub)| {
            let left = stub.times == 0 || used[*at] < stub.times || self.held == Some(*at);
            left && ours(stub) && fits(stub, &self.seen, prefix)
        });
        match found {
            Some((at, stub)) => {
                if let Some(before) = self.held.replace(at) {
                    used[before] -= 1;
                }
                used[at] += 1;
                Ok(stub.clone())
            }
            None => Err(self.no_stub(self.shared.stubs.iter().filter(|stub| ours(stub)))),
        }
    }

    fn no_stub<'a>(&self, candidates: impl Iterator<Item = &'a Stub>) -> Status {
        let messages: Vec<_> = self.seen.messages.iter().map(Json::to_string).collect();
        let method = format!("{}/{}", self.method.parent_service().full_name(), self.method.name());
        let near = match nearest(candidates, &self.seen) {
            None => "there is none for this method".to_owned(),
            Some((stub, found)) if found.is_empty() => format!("nearest: {}, which is used up", stub.origin),
            Some((stub, found)) => format!("nearest: {}: {}", stub.origin, found.join("; ")),
        };
        Status::not_found(format!("no stub matches {method} {}; {near}", messages.join(" ")))
    }

    /// The best stub before any message, when headers alone tell stubs apart.
    fn expected(&self) -> Option<&Stub> {
        let service = self.method.parent_service();
        let ours = |stub: &&Stub| stub.service == service.full_name() && stub.method == self.method.name();
        let stubs = self.shared.stubs.iter().filter(ours);
        let fitting = stubs.filter(|stub| fits(stub, &self.seen, true));
        fitting.min_by_key(|stub| Reverse(listed(&stub.headers)))
    }

    /// Bidirectional: each message narrows the candidates and is answered; what is left follows when the client
    /// has closed.
    async fn converse(&mut self, messages: Streaming<DynamicMessage>) {
        if let Err(status) = self.take_turns(messages).await {
            // A client that has gone away needs no answer.
            let _ = self.answers.send(Err(status));
        }
    }

    async fn take_turns(&mut self, mut messages: Streaming<DynamicMessage>) -> Result<(), Status> {
        let mut sent = 0;
        if let Some(stub) = self.expected().cloned() {
            let greeting = stub.output.turns.first().copied().unwrap_or(0);
            if self.send_until(&stub, &mut sent, greeting).await.is_err() {
                return Ok(());
            }
        }
        while let Some(message) = messages.next().await {
            let Ok(message) = message else { return Ok(()) };
            self.seen.messages.push(all_fields(&message));
            let stub = self.choose(true)?;
            let until = match stub.output.turns.as_slice() {
                [] => sent + 1,
                turns => turns.get(self.seen.messages.len()).copied().unwrap_or(sent),
            };
            if self.send_until(&stub, &mut sent, until).await.is_err() {
                return Ok(());
            }
        }
        // Now that all messages are there, one that waits for more does not fit.
        let stub = self.choose(false)?;
        // A client that has gone away needs no rest.
        let _ = self.send_all(&stub, sent).await;
        Ok(())
    }

    /// The items from `sent` to before `until`.
    async fn send_until(&self, stub: &Stub, sent: &mut usize, until: usize) -> Result<(), Over> {
        while let Some(item) = stub.output.messages.get(*sent).filter(|_| *sent < until) {
            *sent += 1;
            self.send(stub, item).await?;
        }
        Ok(())
    }

    /// The items from `first` on, then the status.
    async fn send_all(&self, stub: &Stub, first: usize) -> Result<(), Over> {
        for item in stub.output.messages.iter().skip(first) {
            self.send(stub, item).await?;
        }
        let no_message = stub.output.messages.is_empty() && !stub.output.is_stream;
        match &stub.output.error {
            Some(fault) => {
                if no_message {
                    tokio::time::sleep(stub.output.delay).await;
                }
                self.tell(Err(self.status(fault, stub)))
            }
            None if no_message && !self.method.is_server_streaming() => {
                self.tell(Ok(DynamicMessage::new(self.method.output())))?;
                self.trailers(stub)
            }
            None => self.trailers(stub),
        }
    }

    async fn send(&self, stub: &Stub, item: &Item) -> Result<(), Over> {
        tokio::time::sleep(stub.output.delay + item.delay).await;
        if let Some(fault) = &item.error {
            self.tell(Err(self.status(fault, stub)))?;
            return Err(Over);
        }
        let message = message(&item.message, &self.method.output());
        self.tell(message.map_err(Status::internal))
    }

    /// Trailers of an OK answer ride on a status, which is how the library sends them.
    fn trailers(&self, stub: &Stub) -> Result<(), Over> {
        if stub.output.trailers.is_empty() {
            return Ok(());
        }
        let map = metadata::to_wire(&stub.output.trailers).unwrap_or_default();
        self.tell(Err(Status::with_metadata(Code::Ok, "", map)))
    }

    fn status(&self, fault: &Fault, stub: &Stub) -> Status {
        let map = metadata::to_wire(&stub.output.trailers).unwrap_or_default();
        // That they can be encoded was seen when the stubs were read.
        let encoded = details::encode(fault.code, &fault.message, &fault.details, self.shared.schema.pool());
        let encoded = encoded.unwrap_or_default();
        Status::with_details_and_metadata(Code::from(fault.code), fault.message.clone(), encoded.into(), map)
    }

    fn tell(&self, answer: Result<DynamicMessage, Status>) -> Result<(), Over> {
        self.answers.send(answer).map_err(|_| Over)
    }
}

fn with_headers(mut response: Response<Answers>, headers: &[(String, String)]) -> Response<Answers> {
    *response.metadata_mut() = metadata::to_wire(headers).unwrap_or_default();
    response
}

/// Metadata by name, several values joined with `;`.
fn joined(map: &MetadataMap) -> Map<String, Json> {
    let mut headers = Map::new();
    for (name, value) in metadata::from_wire(map) {
        match headers.get_mut(&name) {
            Some(Json::String(known)) => {
                known.push(';');
                known.push_str(&value);
            }
            _ => drop(headers.insert(name, Json::String(value))),
        }
    }
    headers
}

/// A message with its defaults, as matchers see it: one that JSON writes as no object is the member `value`.
pub(super) fn all_fields(message: &DynamicMessage) -> Json {
    match shown(message, Defaults::Shown) {
        Json::Object(fields) => Json::Object(fields),
        other => Json::Object(Map::from_iter([("value".to_owned(), other)])),
    }
}

/// The message that a stub's JSON stands for.
pub(super) fn message(value: &Json, descriptor: &MessageDescriptor) -> Result<DynamicMessage, String> {
    crate::schema::json::read(value, descriptor)
        .map_err(|error| format!("the output is no {}: {error}", descriptor.full_name()))
}
