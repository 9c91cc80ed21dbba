//! A gRPC server that answers from stubs: any proto, by descriptor, with reflection and health, plaintext and
//! TLS on one port.

mod listen;
mod matching;
mod serve;
pub mod stubs;

use crate::grpc::protos;
use crate::schema::Schema;
use serve::StubService;
use std::net::SocketAddr;
use std::path::PathBuf;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_stream::wrappers::ReceiverStream;

pub use listen::Identity;

/// What to serve, and where.
#[derive(Clone, Debug)]
pub struct MockOptions {
    /// `host:port`; port 0 takes a free one.
    pub listen: String,
    /// `.proto` files, or files that hold a FileDescriptorSet.
    pub protos: Vec<PathBuf>,
    pub import_paths: Vec<PathBuf>,
    /// Stub files or folders.
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
    /// Parts of stubs that have no effect.
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
        let schema = schema(&options)?;
        let mut stubs = Vec::new();
        let mut ignored = Vec::new();
        for path in &options.stubs {
            let (read, notes) = stubs::read(path)?;
            stubs.extend(read);
            ignored.extend(notes);
        }
        let stubs = stubs::resolve(stubs, &schema)?;
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

fn schema(options: &MockOptions) -> Result<Schema, String> {
    let is_proto = |path: &&PathBuf| path.extension().is_some_and(|extension| extension == "proto");
    let (sources, sets): (Vec<_>, Vec<_>) = options.protos.iter().partition(is_proto);
    let sources: Vec<_> = sources.into_iter().cloned().collect();
    let loaded = match (sources.is_empty(), sets.as_slice()) {
        (false, []) => protos::compile(&sources, &options.import_paths),
        (true, [set]) => protos::read_descriptor_set(set),
        (true, []) => return Err("nothing to serve: name the .proto files".to_owned()),
        _ => return Err("name either .proto files or one descriptor set".to_owned()),
    };
    let loaded = loaded.map_err(|error| error.message)?;
    Ok(Schema::new(loaded.pool, loaded.services))
}

async fn routes(schema: Schema, stubs: Vec<stubs::Stub>) -> Result<tonic::service::Routes, String> {
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
