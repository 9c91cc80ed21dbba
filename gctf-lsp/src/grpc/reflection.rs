//! The schema of a server by reflection: v1, then v1alpha, over one stream.

use super::census::{self, Part};
use super::connection::Connection;
use super::descriptor::{self, File, Head};
use super::failure::{Failure, FailureKind};
use super::metadata::to_wire;
use super::pool;
use super::watch::StatusSeen;
use crate::schema::source_info::Descriptors;
use prost::Message as _;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tokio::time::error::Elapsed;
use tokio::time::timeout;
use tonic::{Code, Status};

/// What a server may send as its schema.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// All descriptors together, in bytes.
    pub bytes: usize,
    /// Messages, fields and all else that descriptors declare.
    pub elements: usize,
    pub files: usize,
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 16 << 20,
            elements: census::MOST,
            files: 2000,
            time: Duration::from_secs(5),
        }
    }
}

/// A schema as the server gives it.
#[derive(Clone, Debug)]
pub struct Served {
    pub descriptors: Descriptors,
    /// Full names in the server's order.
    pub services: Vec<String>,
    /// SHA-256 of what came.
    digest: [u8; 32],
}

/// Loads the closure of all services that `connection`'s server lists; `known`, if that is what comes, is not built
/// again.
///
/// # Errors
/// No reflection, refused, lost, too large, or descriptors that make no sense.
pub async fn load(
    connection: &Connection,
    metadata: &[(String, String)],
    limits: Limits,
    known: Option<Served>,
) -> Result<Served, Failure> {
    let collector = collect(connection, metadata, limits, Wanted::Services).await?;
    let digest = collector.digest();
    if let Some(known) = known.filter(|known| known.digest == digest) {
        return Ok(known);
    }
    let services = collector.services.clone();
    let descriptors = build(connection, collector, None).await?;
    Ok(Served {
        descriptors,
        services,
        digest,
    })
}

/// Builds a pool of what has come and of what was `known`, where it keeps nobody waiting: many descriptors take a while.
/// They are decoded on the same thread, whose part of the heap then has room for the pool.
async fn build(
    connection: &Connection,
    collector: Collector,
    known: Option<Descriptors>,
) -> Result<Descriptors, Failure> {
    let encoded = collector.files;
    let building = move || {
        let mut files = known.as_ref().map(descriptor::files).unwrap_or_default();
        for bytes in encoded.into_values() {
            files.push(File::decode(bytes.as_slice()).map_err(|error| error.to_string())?);
        }
        pool::build(files)
    };
    let built = tokio::task::spawn_blocking(building).await;
    let built = built.unwrap_or_else(|_| Err("malformed descriptors".to_owned()));
    built.map_err(|reason| {
        Failure::new(
            FailureKind::BrokenSchema,
            format!("the schema of {} is broken: {reason}", connection.target()),
        )
    })
}

/// `known` with the messages `names`, full names, and what they need, as far as `connection`'s server knows them.
///
/// # Errors
/// No reflection, refused, lost, too large, or descriptors that make no sense.
pub async fn load_types(
    connection: &Connection,
    metadata: &[(String, String)],
    limits: Limits,
    names: Vec<String>,
    known: &Descriptors,
) -> Result<Descriptors, Failure> {
    let present = known.pool.files().map(|file| file.name().to_owned()).collect();
    let collector = collect(connection, metadata, limits, Wanted::Types { names, present }).await?;
    build(connection, collector, Some(known.clone())).await
}

/// The services that each version of reflection lists, or why it lists none.
pub async fn by_version(
    connection: &Connection,
    metadata: &[(String, String)],
    limits: Limits,
) -> [(&'static str, Result<Vec<String>, Failure>); 2] {
    let mut first = Collector::new(limits, Wanted::Services);
    let mut second = Collector::new(limits, Wanted::Services);
    let asked = timeout(limits.time, v1(connection, metadata, &mut first)).await;
    let current = listed(connection, asked, first).await;
    let asked = timeout(limits.time, v1alpha(connection, metadata, &mut second)).await;
    let old = listed(connection, asked, second).await;
    [("v1", current), ("v1alpha", old)]
}

async fn listed(
    connection: &Connection,
    asked: Result<Result<(), Trouble>, Elapsed>,
    collector: Collector,
) -> Result<Vec<String>, Failure> {
    match asked {
        Ok(Ok(())) => Ok(collector.services),
        Ok(Err(Trouble::Status(status) | Trouble::Refused(status))) => {
            let text = format!(
                "{} {}",
                crate::status::code_name(status.code() as i32),
                status.message()
            );
            Err(Failure::new(FailureKind::ReflectionFailed, text.trim_end()))
        }
        Ok(Err(trouble)) => Err(explain(connection, trouble).await),
        Err(_) => Err(Failure::new(FailureKind::TimedOut, "no answer")),
    }
}

/// What a server is asked for.
#[derive(Clone)]
enum Wanted {
    /// All services that it lists.
    Services,
    /// Messages by their full names; the files `present` are known.
    Types {
        names: Vec<String>,
        present: BTreeSet<String>,
    },
}

async fn collect(
    connection: &Connection,
    metadata: &[(String, String)],
    limits: Limits,
    wanted: Wanted,
) -> Result<Collector, Failure> {
    let loading = async {
        let mut collector = Collector::new(limits, wanted.clone());
        let loaded = match v1(connection, metadata, &mut collector).await {
            Err(Trouble::Status(status)) if status.code() == Code::Unimplemented => {
                collector = Collector::new(limits, wanted);
                v1alpha(connection, metadata, &mut collector).await
            }
            other => other,
        };
        match loaded {
            Ok(()) => Ok(collector),
            Err(Trouble::Status(status)) if !collector.seen.get() && is_oversized(&status) => {
                Err(Trouble::TooLarge(format!("{} MiB", limits.bytes >> 20)))
            }
            Err(Trouble::Status(status)) if !collector.seen.get() && !is_http(&status) => Err(Trouble::Lost),
            Err(trouble) => Err(trouble),
        }
    };
    match tokio::time::timeout(limits.time, loading).await {
        Ok(Ok(collector)) => Ok(collector),
        Ok(Err(trouble)) => Err(explain(connection, trouble).await),
        Err(_) => {
            let (target, seconds) = (connection.target(), limits.time.as_secs_f32());
            Err(match connection.has_answered() {
                true => Failure::new(
                    FailureKind::ReflectionFailed,
                    format!("{target} did not send its schema within {seconds} s"),
                ),
                false => Failure::new(
                    FailureKind::TimedOut,
                    format!("{target} accepts connections but does not answer: nothing came within {seconds} s"),
                ),
            })
        }
    }
}

/// Why the conversation ended early.
enum Trouble {
    /// A status of the server or, until it is known who made it, of the library.
    Status(Box<Status>),
    /// What the server answered instead of a list.
    Refused(Box<Status>),
    /// The call broke off without a status of the server.
    Lost,
    TooLarge(String),
    Broken(String),
}

impl Trouble {
    fn refused(code: i32, message: String) -> Self {
        Self::Refused(Box::new(Status::new(Code::from(code), message)))
    }
}

fn closed() -> Status {
    Status::unavailable("the stream is closed")
}

impl From<Status> for Trouble {
    fn from(status: Status) -> Self {
        Self::Status(Box::new(status))
    }
}

/// An HTTP answer without a gRPC status, which the library translates.
fn is_http(status: &Status) -> bool {
    status.message().starts_with("grpc-status header missing")
}

/// The library's refusal of a message by the length that it announces.
fn is_oversized(status: &Status) -> bool {
    status.code() == Code::OutOfRange && status.message().contains("message length too large")
}

async fn explain(connection: &Connection, trouble: Trouble) -> Failure {
    let target = connection.target();
    let status = match trouble {
        Trouble::TooLarge(limit) => {
            return Failure::new(
                FailureKind::TooLarge,
                format!("schema of {target} exceeds {limit}: use proto files"),
            );
        }
        Trouble::Broken(reason) => {
            return Failure::new(
                FailureKind::BrokenSchema,
                format!("the schema of {target} is broken: {reason}"),
            );
        }
        Trouble::Lost => return connection.explain_loss().await,
        Trouble::Status(status) | Trouble::Refused(status) => status,
    };
    match status.code() {
        Code::Unimplemented => Failure::new(
            FailureKind::NoReflection,
            format!(
                "{target} has no reflection (v1 and v1alpha unimplemented): name the .proto files in a PROTO section"
            ),
        ),
        Code::Unauthenticated | Code::PermissionDenied => Failure::new(
            FailureKind::Unauthenticated,
            format!(
                "reflection at {target} needs credentials ({}): add them to REQUEST_HEADERS",
                crate::status::code_name(status.code() as i32)
            ),
        ),
        code => Failure::new(
            FailureKind::ReflectionFailed,
            format!(
                "reflection at {target} failed: {} {}",
                crate::status::code_name(code as i32),
                status.message()
            ),
        ),
    }
}

/// What has been received, and what is still asked for.
struct Collector {
    seen: StatusSeen,
    limits: Limits,
    wanted: Wanted,
    bytes: usize,
    elements: usize,
    services: Vec<String>,
    /// Descriptors by the names of their files, as they came.
    files: BTreeMap<String, Vec<u8>>,
    /// Of each file as it came.
    digests: BTreeMap<String, [u8; 32]>,
    /// Files that others import and that were not sent.
    missing: Vec<String>,
}

impl Collector {
    fn new(limits: Limits, wanted: Wanted) -> Self {
        Self {
            seen: StatusSeen::default(),
            limits,
            wanted,
            bytes: 0,
            elements: 0,
            services: Vec::new(),
            files: BTreeMap::new(),
            digests: BTreeMap::new(),
            missing: Vec::new(),
        }
    }

    fn add(&mut self, encoded: Vec<Vec<u8>>) -> Result<(), Trouble> {
        for bytes in encoded {
            self.bytes += bytes.len();
            if self.bytes > self.limits.bytes {
                return Err(Trouble::TooLarge(format!("{} MiB", self.limits.bytes >> 20)));
            }
            self.elements += census::count(&bytes, Part::File, self.limits.elements);
            if self.elements > self.limits.elements {
                return Err(Trouble::TooLarge(format!("{} elements", self.limits.elements)));
            }
            let head = Head::decode(bytes.as_slice()).map_err(|error| Trouble::Broken(error.to_string()))?;
            if self.has(head.name()) {
                continue;
            }
            self.digests
                .insert(head.name().to_owned(), Sha256::digest(&bytes).into());
            self.files.insert(head.name().to_owned(), bytes);
            self.missing.extend(head.dependency);
            if self.files.len() > self.limits.files {
                return Err(Trouble::TooLarge(format!("{} files", self.limits.files)));
            }
        }
        Ok(())
    }

    /// SHA-256 of all that came, in whatever order it did.
    fn digest(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        for service in &self.services {
            hash.update(service);
            hash.update([0]);
        }
        self.digests.values().for_each(|file| hash.update(file));
        hash.finalize().into()
    }

    fn symbols(&self) -> Vec<String> {
        match &self.wanted {
            Wanted::Types { names, .. } => names.clone(),
            Wanted::Services => self.services.clone(),
        }
    }

    /// The next file to ask for.
    fn next_missing(&mut self) -> Option<String> {
        while let Some(name) = self.missing.pop() {
            if !self.has(&name) && !pool::is_bundled(&name) {
                return Some(name);
            }
        }
        None
    }

    /// Whether a file is known, from this conversation or from before.
    fn has(&self, name: &str) -> bool {
        let before = match &self.wanted {
            Wanted::Types { present, .. } => present.contains(name),
            Wanted::Services => false,
        };
        before || self.files.contains_key(name)
    }
}

/// The two versions differ in the paths of their types only.
macro_rules! conversation {
    ($name:ident, $version:ident) => {
        async fn $name(
            connection: &Connection,
            metadata: &[(String, String)],
            collector: &mut Collector,
        ) -> Result<(), Trouble> {
            use tonic_reflection::pb::$version::server_reflection_client::ServerReflectionClient;
            use tonic_reflection::pb::$version::server_reflection_request::MessageRequest as Question;
            use tonic_reflection::pb::$version::server_reflection_response::MessageResponse as Answer;
            use tonic_reflection::pb::$version::{ServerReflectionRequest, ServerReflectionResponse};

            let (questions, receiver) = tokio::sync::mpsc::channel(1);
            let mut client = ServerReflectionClient::with_origin(connection.clone(), connection.origin())
                .max_decoding_message_size(collector.limits.bytes + (1 << 20));
            let mut request = tonic::Request::new(tokio_stream::wrappers::ReceiverStream::new(receiver));
            *request.metadata_mut() = to_wire(metadata).map_err(Status::invalid_argument)?;
            request.extensions_mut().insert(collector.seen.clone());
            // The first question goes out before the call is answered: some servers wait for it.
            let ask = async |question: Question| {
                let message = ServerReflectionRequest {
                    host: String::new(),
                    message_request: Some(question),
                };
                questions.send(message).await.map_err(|_| closed())
            };
            ask(Question::ListServices(String::new())).await?;
            let mut answers = client.server_reflection_info(request).await?.into_inner();
            let mut next = async || -> Result<Option<Answer>, Status> {
                let answer: Option<ServerReflectionResponse> = answers.message().await?;
                Ok(answer.ok_or_else(closed)?.message_response)
            };

            match next().await? {
                Some(Answer::ListServicesResponse(list)) => {
                    collector.services = list.service.into_iter().map(|service| service.name).collect();
                }
                Some(Answer::ErrorResponse(error)) => {
                    return Err(Trouble::refused(error.error_code, error.error_message));
                }
                _ => return Err(Trouble::Broken("no list of services".to_owned())),
            }
            for symbol in collector.symbols() {
                ask(Question::FileContainingSymbol(symbol)).await?;
                // What is listed or named without a descriptor costs only itself.
                if let Some(Answer::FileDescriptorResponse(files)) = next().await? {
                    collector.add(files.file_descriptor_proto)?;
                }
            }
            while let Some(name) = collector.next_missing() {
                ask(Question::FileByFilename(name.clone())).await?;
                if let Some(Answer::FileDescriptorResponse(files)) = next().await? {
                    collector.add(files.file_descriptor_proto)?;
                }
                if !collector.files.contains_key(&name) {
                    return Err(Trouble::Broken(format!("{name} is imported but not served")));
                }
            }
            Ok(())
        }
    };
}

conversation!(v1, v1);
conversation!(v1alpha, v1alpha);
