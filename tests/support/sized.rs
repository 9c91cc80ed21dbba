//! A server that answers with as much as it is asked for, and counts what reaches it. Knows nothing of the other
//! servers, so that benches can use it too.

use futures::stream::{self, BoxStream, StreamExt as _};
use gctf_lsp::grpc::codec::DynamicCodec;
use gctf_lsp::schema::Schema;
use prost_reflect::{DynamicMessage, MethodDescriptor, Value};
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tonic::{Request, Response, Status, Streaming};

const PROTO: &str = r#"
syntax = "proto3";
package sized;
service Sized {
  rpc Echo(Note) returns (Note);
  rpc Bytes(Ask) returns (Load);
  rpc Text(Ask) returns (Load);
  rpc Numbers(Ask) returns (Load);
  rpc Notes(Ask) returns (Load);
  rpc Take(Load) returns (Note);
  rpc Down(Ask) returns (stream Note);
  rpc Up(stream Note) returns (Note);
  rpc Both(stream Note) returns (stream Note);
}
// After every ten messages of a stream comes a pause, in milliseconds.
message Ask { int32 count = 1; int32 size = 2; int32 pause = 3; }
message Note { string text = 1; int32 number = 2; }
message Load { bytes data = 1; string text = 2; repeated int32 numbers = 3; repeated Note notes = 4; }
"#;

type Answers = BoxStream<'static, Result<DynamicMessage, Status>>;

/// What has reached a server.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    connections: AtomicUsize,
    reflections: AtomicUsize,
}

impl Counts {
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::Acquire)
    }

    /// Streams of the reflection service.
    pub(crate) fn reflections(&self) -> usize {
        self.reflections.load(Ordering::Acquire)
    }
}

/// Serves `sized.Sized` on a port of its own, as long as the runtime lives.
pub(crate) async fn serve() -> (u16, Arc<Counts>) {
    let schema = schema();
    let counts = Arc::new(Counts::default());
    let descriptors = schema.pool().encode_to_vec();
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(&descriptors)
        .build_v1()
        .expect("reflection");
    let reflections = Arc::clone(&counts);
    let counted = move |request: Request<()>| {
        reflections.reflections.fetch_add(1, Ordering::AcqRel);
        Ok(request)
    };
    let reflection = tonic::service::interceptor::InterceptedService::new(reflection, counted);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let connections = Arc::clone(&counts);
    let incoming = tonic::transport::server::TcpIncoming::from(listener)
        .with_nodelay(Some(true))
        .inspect(move |_| {
            connections.connections.fetch_add(1, Ordering::AcqRel);
        });
    let service = tower::service_fn(move |request| call(schema.clone(), request));
    let router = tonic::service::AxumRouter::new().fallback_service(service);
    let routes = tonic::service::Routes::from(router).add_service(reflection);
    tokio::spawn(
        tonic::transport::Server::builder()
            .add_routes(routes)
            .serve_with_incoming(incoming),
    );
    (port, counts)
}

/// What it serves.
pub(crate) fn schema() -> Schema {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("sized.proto");
    std::fs::write(&path, PROTO).expect("a file");
    let loaded = gctf_lsp::grpc::protos::compile(&[path], &[]).expect("a schema");
    Schema::new(loaded.descriptors, loaded.services)
}

async fn call<B>(schema: Schema, request: http::Request<B>) -> Result<http::Response<tonic::body::Body>, Infallible>
where
    B: tonic::codegen::Body + Send + 'static,
    B::Error: Into<tonic::codegen::StdError> + Send + 'static,
{
    let named = request.uri().path().trim_start_matches('/').split_once('/');
    let Some(method) = named.and_then(|(service, method)| schema.method(service, method).ok()) else {
        return Ok(Status::unimplemented("no such method").into_http());
    };
    let mut server = tonic::server::Grpc::new(DynamicCodec::new(method.input()))
        .max_decoding_message_size(usize::MAX)
        .max_encoding_message_size(usize::MAX);
    let answer = tower::service_fn(move |request| answer(method.clone(), request));
    Ok(server.streaming(answer, request).await)
}

async fn answer(
    method: MethodDescriptor,
    request: Request<Streaming<DynamicMessage>>,
) -> Result<Response<Answers>, Status> {
    let mut requests = request.into_inner();
    let answers: Answers = match method.name() {
        "Both" => requests.boxed(),
        "Up" => {
            let mut count = 0;
            while requests.message().await?.is_some() {
                count += 1;
            }
            one(note(&method, 0, count))
        }
        name => {
            let asked = requests
                .message()
                .await?
                .unwrap_or_else(|| DynamicMessage::new(method.input()));
            match name {
                "Echo" => one(asked),
                "Take" => one(note(&method, 0, 1)),
                "Down" => {
                    let (count, size) = (number(&asked, "count"), number(&asked, "size"));
                    let notes = (1..=count).map(move |at| Ok(note(&method, size, at)));
                    let pause = Duration::from_millis(number(&asked, "pause").unsigned_abs().into());
                    paced(notes, pause)
                }
                _ => one(load(&method, &asked)),
            }
        }
    };
    Ok(Response::new(answers))
}

fn one(message: DynamicMessage) -> Answers {
    stream::once(async { Ok(message) }).boxed()
}

/// The messages, with a pause after every ten of them.
fn paced(notes: impl Iterator<Item = Result<DynamicMessage, Status>> + Send + 'static, pause: Duration) -> Answers {
    if pause.is_zero() {
        return stream::iter(notes).boxed();
    }
    let mut due = tokio::time::interval(pause);
    due.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Burst);
    let state = (notes.enumerate(), due);
    let paced = stream::unfold(state, |(mut notes, mut due)| async {
        let (at, note) = notes.next()?;
        if at % 10 == 0 {
            due.tick().await;
        }
        Some((note, (notes, due)))
    });
    paced.boxed()
}

fn number(message: &DynamicMessage, field: &str) -> i32 {
    let value = message.get_field_by_name(field);
    value.and_then(|value| value.as_i32()).unwrap_or_default()
}

fn note(method: &MethodDescriptor, size: i32, number: i32) -> DynamicMessage {
    let note = method.parent_pool().get_message_by_name("sized.Note");
    let mut note = DynamicMessage::new(note.expect("the type"));
    note.set_field_by_name("text", Value::String("x".repeat(size as usize)));
    note.set_field_by_name("number", Value::I32(number));
    note
}

fn load(method: &MethodDescriptor, asked: &DynamicMessage) -> DynamicMessage {
    let (count, size) = (number(asked, "count"), number(asked, "size"));
    let mut load = DynamicMessage::new(method.output());
    match method.name() {
        "Bytes" => load.set_field_by_name("data", Value::Bytes(vec![7; size as usize].into())),
        "Text" => load.set_field_by_name("text", Value::String("x".repeat(size as usize))),
        "Numbers" => load.set_field_by_name("numbers", Value::List((1..=count).map(Value::I32).collect())),
        _ => {
            let notes = (1..=count).map(|at| Value::Message(note(method, size, at)));
            load.set_field_by_name("notes", Value::List(notes.collect()));
        }
    }
    load
}
