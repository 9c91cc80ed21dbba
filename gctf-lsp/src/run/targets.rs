//! Connections and schemas, shared by the documents of a run; each is opened or loaded once. What cannot have become
//! wrong meanwhile serves the next run of a session.

use crate::grpc::connection::{CONNECT_TIMEOUT, Connection};
use crate::grpc::failure::{Failure, FailureKind};
use crate::grpc::protos::Loaded;
use crate::grpc::reflection::{Limits, Served};
use crate::grpc::{protos, reflection};
use crate::schema::Schema;
use crate::target::{SchemaSource, SourcePlace, Target};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::sync::OnceCell;

/// Why a schema could not be loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaFailure {
    /// `G301` … `G304`.
    pub code: &'static str,
    /// A sentence that names the root cause.
    pub message: String,
    /// The connection's failure, where that is the cause.
    pub connection: Option<Failure>,
    /// The place in a source that does not compile, where that is the cause.
    pub place: Option<SourcePlace>,
}

impl From<Failure> for SchemaFailure {
    fn from(failure: Failure) -> Self {
        let code = match failure.kind {
            FailureKind::ServerSpeaksTls | FailureKind::ServerSpeaksPlaintext => "G302",
            FailureKind::NoReflection => "G303",
            _ => "G301",
        };
        Self {
            code,
            message: failure.message.clone(),
            connection: Some(failure),
            place: None,
        }
    }
}

/// A schema with what it was read from.
#[derive(Clone, Debug)]
pub struct LoadedSchema {
    pub schema: Schema,
    /// Every file, imports among them; none for reflection.
    pub files: Vec<PathBuf>,
}

async fn from_files(source: SchemaSource) -> Result<Loaded, SchemaFailure> {
    let work = move || match source {
        SchemaSource::Protos { files, import_paths } => protos::compile(&files, &import_paths),
        SchemaSource::DescriptorSet(path) => protos::read_descriptor_set(&path),
        SchemaSource::Reflection { .. } => Err("reflection is no file".to_owned().into()),
    };
    let done = tokio::task::spawn_blocking(work).await;
    let done = done.unwrap_or_else(|error| Err(error.to_string().into()));
    done.map_err(|protos::ProtoError { message, place }| SchemaFailure {
        code: "G304",
        message,
        connection: None,
        place,
    })
}

/// What is opened or loaded once, with how that went.
type Shared<T> = Arc<OnceCell<T>>;
/// Where it is found.
type Cells<K, T, E> = Mutex<BTreeMap<K, Shared<Result<T, E>>>>;

/// Served schemas that are remembered from run to run.
const REMEMBERED: usize = 8;

/// What the documents of a run have opened.
#[derive(Debug, Default)]
pub struct Targets {
    connections: Cells<Target, Connection, Failure>,
    schemas: Cells<SchemaSource, Arc<Schema>, SchemaFailure>,
    /// What servers have sent before, so that the same is not built again.
    known: Mutex<BTreeMap<SchemaSource, Served>>,
    /// Schemas with the types that only an Any names, for those that were asked for.
    grown: Mutex<BTreeMap<SchemaSource, Arc<tokio::sync::Mutex<Grown>>>>,
}

/// A schema that grows.
#[derive(Debug, Default)]
struct Grown {
    schema: Option<Arc<Schema>>,
    /// Messages that the server was asked for, whether it knows them or not.
    asked: BTreeSet<String>,
}

impl Targets {
    /// What the next run may use of this: plaintext connections to this machine that are open (their end is seen at
    /// once, and no certificate can have changed), what is under way, and what servers have sent before.
    pub fn kept(&self) -> Self {
        let mut connections = locked(&self.connections).clone();
        connections.retain(|target, cell| match cell.get() {
            None => true,
            Some(Ok(connection)) => target.is_loopback() && target.tls.is_none() && connection.is_open(),
            Some(Err(_)) => false,
        });
        let mut schemas = locked(&self.schemas).clone();
        schemas.retain(|_, cell| cell.get().is_none());
        let mut known = locked(&self.known).clone();
        if known.len() > REMEMBERED {
            known.clear();
        }
        Self {
            connections: Mutex::new(connections),
            schemas: Mutex::new(schemas),
            known: Mutex::new(known),
            grown: Mutex::default(),
        }
    }

    /// Loads a schema over a new connection, whether there is one or not, within the limits of time and size; a run
    /// that needs it meanwhile waits for it.
    ///
    /// # Errors
    /// The root cause.
    pub async fn reload(&self, source: &SchemaSource) -> Result<LoadedSchema, SchemaFailure> {
        let SchemaSource::Reflection { target, .. } = source else {
            let loaded = from_files(source.clone()).await?;
            return Ok(LoadedSchema {
                schema: Schema::new(loaded.descriptors, loaded.services),
                files: loaded.files,
            });
        };
        locked(&self.connections).remove(target);
        locked(&self.schemas).remove(source);
        let schema = self.schema(source).await?;
        Ok(LoadedSchema {
            schema: (*schema).clone(),
            files: Vec::new(),
        })
    }

    /// The connection to `target`; a broken one is opened again.
    pub(super) async fn connection(&self, target: &Target) -> Result<Connection, Failure> {
        let cell = shared(&self.connections, target);
        let open = || Connection::open(target, CONNECT_TIMEOUT);
        match cell.get_or_init(open).await {
            Ok(connection) if !connection.is_open() => open().await,
            other => other.clone(),
        }
    }

    /// Tries anew what has failed, when it is asked for again.
    pub(super) fn forget_failures(&self) {
        forget(&self.connections);
        forget(&self.schemas);
    }

    /// `schema` with the messages `names`, which it lacks, as far as the server of `source` knows them.
    pub(super) async fn with_types(
        &self,
        source: &SchemaSource,
        schema: &Arc<Schema>,
        names: BTreeSet<String>,
    ) -> Arc<Schema> {
        let SchemaSource::Reflection { target, headers } = source else {
            return Arc::clone(schema);
        };
        let cell = shared(&self.grown, source);
        let mut grown = cell.lock().await;
        let known = grown.schema.get_or_insert_with(|| Arc::clone(schema)).clone();
        let wanted: Vec<_> = names
            .into_iter()
            .filter(|name| grown.asked.insert(name.clone()))
            .collect();
        if wanted.is_empty() {
            return known;
        }
        let load = async {
            let connection = self.connection(target).await?;
            reflection::load_types(&connection, headers, Limits::default(), wanted, known.descriptors()).await
        };
        match load.await {
            Ok(descriptors) => Arc::clone(grown.schema.insert(Arc::new(known.with_descriptors(descriptors)))),
            // Without them the bytes of the Any are shown.
            Err(failure) => {
                tracing::info!("types of an Any: {}", failure.message);
                known
            }
        }
    }

    pub(super) async fn schema(&self, source: &SchemaSource) -> Result<Arc<Schema>, SchemaFailure> {
        let cell = shared(&self.schemas, source);
        let load = || async {
            let (descriptors, services) = match source {
                SchemaSource::Reflection { target, headers } => {
                    let served = self.served(source, target, headers).await?;
                    (served.descriptors, served.services)
                }
                files => {
                    let loaded = from_files(files.clone()).await?;
                    (loaded.descriptors, loaded.services)
                }
            };
            Ok(Arc::new(Schema::new(descriptors, services)))
        };
        cell.get_or_init(load).await.clone()
    }

    async fn served(
        &self,
        source: &SchemaSource,
        target: &Target,
        headers: &[(String, String)],
    ) -> Result<Served, Failure> {
        let connection = self.connection(target).await?;
        let known = locked(&self.known).get(source).cloned();
        let served = reflection::load(&connection, headers, Limits::default(), known).await?;
        locked(&self.known).insert(source.clone(), served.clone());
        Ok(served)
    }
}

fn forget<K: Ord, T, E>(cells: &Cells<K, T, E>) {
    locked(cells).retain(|_, cell| !matches!(cell.get(), Some(Err(_))));
}

fn shared<K: Ord + Clone, T: Default>(cells: &Mutex<BTreeMap<K, Arc<T>>>, key: &K) -> Arc<T> {
    Arc::clone(locked(cells).entry(key.clone()).or_default())
}

/// Nothing that holds it can leave it half done.
fn locked<T>(cells: &Mutex<T>) -> MutexGuard<'_, T> {
    match cells.lock() {
        Ok(cells) => cells,
        Err(poisoned) => poisoned.into_inner(),
    }
}
