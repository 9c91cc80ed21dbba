//! A gRPC server that answers from stubs: any proto, by descriptor, with reflection and health, plaintext and
//! TLS on one port.

mod answer;
mod documents;
mod listen;
mod matching;
mod part;
mod patterns;
mod resolve;
mod serve;
mod sources;
pub mod stubs;
#[cfg(test)]
mod tests;
mod wanted;

use crate::schema::Schema;
use serve::StubService;
use sources::Sources;
use std::net::SocketAddr;
use std::path::PathBuf;
use stubs::Stub;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_stream::wrappers::ReceiverStream;

pub use documents::is_document;
pub use listen::Identity;
pub use part::Part;

/// What to serve, and where.
#[derive(Clone, Debug)]
pub struct MockOptions {
    /// `host:port`; port 0 takes a free one.
    pub listen: String,
    /// `.proto` files and files that hold a FileDescriptorSet. `.gctf` files may bring their own.
    pub protos: Vec<PathBuf>,
    pub import_paths: Vec<PathBuf>,
    /// Stub files, `.gctf` files, or folders of stub files.
    pub stubs: Vec<PathBuf>,
    /// For TLS beside plaintext.
    pub identity: Option<Identity>,
}

/// A server that runs until it is stopped or dropped.
#[derive(Debug)]
pub struct RunningMock {
    addresses: Vec<SocketAddr>,
    /// Such as `1 service, 3 stubs on localhost:4770 (plaintext, TLS)`.
    pub description: String,
    /// Parts of stubs that have no effect, and documents that give no stub.
    pub ignored: Vec<String>,
    stop: Option<oneshot::Sender<()>>,
    server: JoinHandle<()>,
    /// The owners of the listening sockets; they end with the server.
    accepting: Vec<JoinHandle<()>>,
}

impl RunningMock {
    /// Starts a server.
    ///
    /// # Errors
    /// A sentence: a file that cannot be used, a stub that does not fit, a port that is taken.
    pub async fn start(options: MockOptions) -> Result<Self, String> {
        let (schema, stubs, ignored) = load(&options)?;
        let acceptor = options.identity.as_ref().map(listen::acceptor).transpose()?;
        let (host, port) = listen::split(&options.listen)?;
        let listeners = listen::bind(&host, port).await?;
        let addresses: Vec<_> = listeners
            .iter()
            .filter_map(|listener| listener.local_addr().ok())
            .collect();
        let transports = match acceptor {
            Some(_) => "plaintext, TLS",
            None => "plaintext",
        };
        let description = format!(
            "{}, {} on {} ({transports})",
            count(schema.services().count(), "service"),
            count(stubs.len(), "stub"),
            listen::describe(&addresses)
        );
        let (accepted, incoming) = mpsc::channel(16);
        let accept = |listener| tokio::spawn(listen::accept(listener, acceptor.clone(), accepted.clone()));
        let accepting = listeners.into_iter().map(accept).collect();
        let routes = routes(schema, stubs).await?;
        let (stop, stopped) = oneshot::channel::<()>();
        let server = tokio::spawn(async move {
            let serving = tonic::transport::Server::builder()
                .add_routes(routes)
                .serve_with_incoming(ReceiverStream::new(incoming));
            tokio::select! {
                // Ends only with its listeners; a broken connection concerns nobody else.
                _ = serving => {}
                _ = stopped => {}
            }
        });
        Ok(Self {
            addresses,
            description,
            ignored,
            stop: Some(stop),
            server,
            accepting,
        })
    }

    /// Where it listens.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Stops the server and waits until its port is free.
    pub async fn stop(mut self) {
        drop(self.stop.take());
        // The tasks end right away, or have ended.
        let _ = (&mut self.server).await;
        for accepting in self.accepting {
            let _ = accepting.await;
        }
    }
}

fn count(number: usize, what: &str) -> String {
    match number {
        1 => format!("1 {what}"),
        number => format!("{number} {what}s"),
    }
}

/// The schema with the stubs in the order of their files, and what has no effect in them.
fn load(options: &MockOptions) -> Result<(Schema, Vec<Stub>, Vec<String>), String> {
    let has_documents = options.stubs.iter().any(|path| is_document(path));
    if options.protos.is_empty() && !has_documents {
        return Err("nothing to serve: name the .proto files".to_owned());
    }
    let mut sources = Sources::new(&options.protos, &options.import_paths);
    sources.load_given()?;
    let mut files = Vec::new();
    let mut ignored = Vec::new();
    for path in &options.stubs {
        let (read, notes) = match is_document(path) {
            true => documents::read(path, &mut sources)?,
            false => stubs::read(path)?,
        };
        files.push((path, read));
        ignored.extend(notes);
    }
    if has_documents && files.iter().all(|(_, read)| read.is_empty()) {
        let reasons: Vec<_> = ignored.iter().map(|note| format!("\n  {note}")).collect();
        return Err(format!("no document gives a stub{}", reasons.concat()));
    }
    let schema = sources.merged()?;
    let mut stubs = Vec::new();
    for (path, read) in files {
        match is_document(path) {
            true => stubs.extend(read),
            false => stubs.extend(resolve::resolve(read, &schema)?),
        }
    }
    ignored.extend(shadowed(&stubs));
    Ok((schema, stubs, ignored))
}

/// Stubs that can never answer because an earlier one answers the same requests with something else.
fn shadowed(stubs: &[Stub]) -> impl Iterator<Item = String> {
    stubs.iter().enumerate().filter_map(|(at, stub)| {
        let twin = stubs[..at].iter().find(|earlier| {
            let same_method = earlier.service == stub.service && earlier.method == stub.method;
            let same_requests = earlier.inputs == stub.inputs && earlier.headers == stub.headers;
            let always = earlier.times == 0 && earlier.priority >= stub.priority;
            same_method && same_requests && always && earlier.output != stub.output
        })?;
        Some(format!(
            "{}: never answers: {} answers the same requests",
            stub.origin, twin.origin
        ))
    })
}

async fn routes(schema: Schema, stubs: Vec<Stub>) -> Result<tonic::service::Routes, String> {
    let encoded = schema.pool().encode_to_vec();
    let reflection = || tonic_reflection::server::Builder::configure().register_encoded_file_descriptor_set(&encoded);
    let v1 = reflection().build_v1().map_err(|error| error.to_string())?;
    let v1alpha = reflection().build_v1alpha().map_err(|error| error.to_string())?;
    let (reporter, health) = tonic_health::server::health_reporter();
    for service in schema.services() {
        reporter
            .set_service_status(service.full_name(), tonic_health::ServingStatus::Serving)
            .await;
    }
    let router = tonic::service::AxumRouter::new().fallback_service(StubService::new(schema, stubs));
    Ok(tonic::service::Routes::from(router)
        .add_service(v1)
        .add_service(v1alpha)
        .add_service(health))
}
