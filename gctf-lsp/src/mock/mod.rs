//! A gRPC server that answers from stubs: any proto, by descriptor, with reflection and health, plaintext and
//! TLS on one port.

mod answer;
mod documents;
mod listen;
mod matching;
mod options;
mod part;
mod patterns;
mod resolve;
mod serve;
mod sources;
pub mod stubs;
#[cfg(test)]
mod tests;
mod wanted;

use crate::grpc::descriptor::{self, FileSet};
use crate::schema::Schema;
use prost::Message as _;
use serve::StubService;
use sources::Sources;
use std::collections::HashMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use stubs::Stub;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::body::Body;
use tonic::service::Routes;
use tower::ServiceExt as _;

pub use documents::is_document;
pub use listen::Identity;
pub use options::MockOptions;
pub use part::Part;

/// A server that runs until it is stopped or dropped.
#[derive(Debug)]
pub struct RunningMock {
    addresses: Vec<SocketAddr>,
    /// Such as `1 service, 3 stubs on localhost:4770 (plaintext, TLS)`.
    pub description: String,
    /// Parts of stubs that have no effect, and documents that give no stub.
    pub ignored: Vec<String>,
    /// The files that it was read from.
    pub files: Vec<PathBuf>,
    transports: &'static str,
    /// What answers, to be replaced.
    served: Arc<RwLock<Routes>>,
    stop: Option<oneshot::Sender<()>>,
    server: JoinHandle<()>,
    /// The owners of the listening sockets; they end with the server.
    accepting: Vec<JoinHandle<()>>,
    /// Ends the connections.
    closing: CancellationToken,
}

impl RunningMock {
    /// Starts a server.
    ///
    /// # Errors
    /// A sentence: a file that cannot be used, a stub that does not fit, a port that is taken.
    pub async fn start(options: MockOptions) -> Result<Self, String> {
        let acceptor = options.identity.as_ref().map(listen::acceptor).transpose()?;
        let (host, port) = listen::split(&options.listen)?;
        let transports = match acceptor {
            Some(_) => "plaintext, TLS",
            None => "plaintext",
        };
        let read = read(options).await?;
        let listeners = listen::bind(&host, port).await?;
        let addresses: Vec<_> = listeners
            .iter()
            .filter_map(|listener| listener.local_addr().ok())
            .collect();
        let closing = CancellationToken::new();
        let (accepted, incoming) = mpsc::channel(16);
        let accept = |listener| {
            let accepting = listen::accept(listener, acceptor.clone(), accepted.clone(), closing.clone());
            tokio::spawn(accepting)
        };
        let accepting = listeners.into_iter().map(accept).collect();
        let description = read.describe(&addresses, transports);
        let served = Arc::new(RwLock::new(read.routes));
        let current = Arc::clone(&served);
        let hand_on = tower::service_fn(move |request| hand_on(Arc::clone(&current), request));
        let routes = Routes::from(tonic::service::AxumRouter::new().fallback_service(hand_on));
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
            ignored: read.ignored,
            files: read.files,
            transports,
            served,
            stop: Some(stop),
            server,
            accepting,
            closing,
        })
    }

    /// Serves what the files say now, on the same port; calls that are under way end as they began.
    ///
    /// # Errors
    /// What is wrong with the files. What was served before still is.
    pub async fn reload(&mut self, options: MockOptions) -> Result<(), String> {
        let read = read(options).await?;
        self.description = read.describe(&self.addresses, self.transports);
        self.ignored = read.ignored;
        self.files = read.files;
        *self.served.write().unwrap_or_else(PoisonError::into_inner) = read.routes;
        Ok(())
    }

    /// Where it listens.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Where it listens, as people write it: `localhost:4770`.
    pub fn address(&self) -> String {
        listen::describe(&self.addresses)
    }

    /// Stops the server and waits until its port is free.
    pub async fn stop(mut self) {
        self.closing.cancel();
        drop(self.stop.take());
        // The tasks end right away, or have ended.
        let _ = (&mut self.server).await;
        for accepting in std::mem::take(&mut self.accepting) {
            let _ = accepting.await;
        }
    }
}

impl Drop for RunningMock {
    fn drop(&mut self) {
        self.closing.cancel();
    }
}

/// What has been read from files.
struct Read {
    routes: Routes,
    services: usize,
    stubs: usize,
    ignored: Vec<String>,
    files: Vec<PathBuf>,
}

impl Read {
    fn describe(&self, addresses: &[SocketAddr], transports: &str) -> String {
        format!(
            "{}, {} on {} ({transports})",
            count(self.services, "service"),
            count(self.stubs, "stub"),
            listen::describe(addresses)
        )
    }
}

async fn read(options: MockOptions) -> Result<Read, String> {
    let loaded = tokio::task::spawn_blocking(move || load(&options)).await;
    let Loaded {
        schema,
        stubs,
        ignored,
        files,
    } = loaded.map_err(|error| error.to_string())??;
    Ok(Read {
        services: schema.services().count(),
        stubs: stubs.len(),
        routes: routes(schema, stubs).await?,
        ignored,
        files,
    })
}

/// Hands a request to what is served at that moment.
async fn hand_on<B>(served: Arc<RwLock<Routes>>, request: http::Request<B>) -> Result<http::Response<Body>, Infallible>
where
    B: tonic::codegen::Body<Data = bytes::Bytes> + Send + 'static,
    B::Error: Into<tonic::codegen::StdError>,
{
    let routes = served.read().unwrap_or_else(PoisonError::into_inner).clone();
    routes.oneshot(request).await
}

fn count(number: usize, what: &str) -> String {
    match number {
        1 => format!("1 {what}"),
        number => format!("{number} {what}s"),
    }
}

/// What the files of a mock hold.
struct Loaded {
    schema: Schema,
    /// In the order of their files.
    stubs: Vec<Stub>,
    /// What has no effect in them.
    ignored: Vec<String>,
    files: Vec<PathBuf>,
}

fn load(options: &MockOptions) -> Result<Loaded, String> {
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
    let mut read_files = sources.files;
    for path in &options.stubs {
        read_files.extend(stubs::files(path)?);
    }
    let mut stubs = Vec::new();
    for (path, read) in files {
        match is_document(path) {
            true => stubs.extend(read),
            false => stubs.extend(resolve::resolve(read, &schema)?),
        }
    }
    ignored.extend(shadowed(&stubs));
    Ok(Loaded {
        schema,
        stubs,
        ignored,
        files: read_files,
    })
}

/// Stubs that can never answer because an earlier one answers the same requests with something else.
fn shadowed(stubs: &[Stub]) -> Vec<String> {
    // Of those that answer the same requests, each one that answers what no earlier one would.
    let mut answering: HashMap<Vec<u8>, Vec<&Stub>> = HashMap::new();
    let mut notes = Vec::new();
    for stub in stubs {
        let earlier = answering.entry(letters(stub)).or_default();
        let twins = earlier.iter().filter(|earlier| {
            let same_method = earlier.service == stub.service && earlier.method == stub.method;
            let same_requests = earlier.inputs == stub.inputs && earlier.headers == stub.headers;
            same_method && same_requests && earlier.priority >= stub.priority
        });
        let mut twins = twins.peekable();
        let is_first = twins.peek().is_none();
        if let Some(twin) = twins.find(|earlier| earlier.output != stub.output) {
            notes.push(format!(
                "{}: never answers: {} answers the same requests",
                stub.origin, twin.origin
            ));
        } else if is_first && stub.times == 0 {
            earlier.push(stub);
        }
    }
    notes
}

/// What stubs have in common that answer the same requests, in whatever order their members are written.
fn letters(stub: &Stub) -> Vec<u8> {
    let requests = format!("{}/{} {:?} {:?}", stub.service, stub.method, stub.inputs, stub.headers);
    let mut letters = requests.into_bytes();
    letters.sort_unstable();
    letters
}

async fn routes(schema: Schema, stubs: Vec<Stub>) -> Result<tonic::service::Routes, String> {
    let file = descriptor::files(schema.descriptors());
    let encoded = FileSet { file }.encode_to_vec();
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
