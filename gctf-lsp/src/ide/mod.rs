//! What an editor's user sees, as pure functions of an [`Analysis`]: no IO, no async, no LSP types.
//!
//! All positions are byte offsets of the file. What is missing is data, not an error.

pub mod accept;
pub mod code_actions;
pub mod completion;
mod context;
pub mod definition;
pub mod diagnostics;
pub mod differences;
mod element;
pub mod evaluate;
pub mod fixtures;
pub mod folding;
pub mod format;
pub mod grpcurl;
pub mod highlight;
pub mod hover;
pub mod index;
pub mod inlay_hints;
mod last;
mod lines;
pub mod links;
pub mod mocks;
pub mod outcomes;
mod parts;
pub mod places;
pub mod quick_fixes;
pub mod references;
pub mod rename;
pub mod response;
pub mod runnables;
pub mod selection;
pub mod semantic_tokens;
pub mod signature;
pub mod skeleton;
pub mod spelling;
mod spot;
pub mod symbols;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
pub mod to_asserts;
mod type_hints;
mod variables;
mod words;
pub mod workspace_symbols;

pub use context::TestKey;
pub use element::ProtoPlace;
pub use outcomes::{RunState, ShownReply, TestRuns};

use crate::config::settings::Settings;
use crate::connection::Defaults;
use crate::schema::Schema;
use crate::syntax::SourceFile;
use crate::syntax::position::LineColumn;
use crate::target::{SchemaSource, SourcePlace};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

/// A file that the editor has open; handed out by the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u32);

/// A byte offset in a file.
#[derive(Clone, Copy, Debug)]
pub struct FilePosition {
    pub file: FileId,
    pub offset: usize,
}

/// Everything the features look at. Cloning it is a snapshot.
#[derive(Clone, Debug, Default)]
pub struct Analysis {
    pub files: Arc<BTreeMap<FileId, Arc<FileState>>>,
    pub schemas: Arc<BTreeMap<SchemaSource, SchemaState>>,
    pub config: Arc<Config>,
    /// When the snapshot was taken, in seconds since 1970: what "now" means in texts that are offered.
    pub now: i64,
    /// The files that tests name, as far as somebody has looked for them, with why they cannot be read.
    pub named_files: Arc<BTreeMap<PathBuf, Option<String>>>,
    /// The files of the workspace as they are on the disk.
    pub index: Arc<index::Index>,
    /// Files that are not open, as they are on the disk, where a feature needs the texts of a folder.
    pub beside: Arc<BTreeMap<PathBuf, Arc<SourceFile>>>,
}

/// Where something stands that a feature leads to.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    /// Bytes of an open file.
    Open { file: FileId, range: Range<usize> },
    /// Bytes of a file of [`Analysis::beside`].
    Closed { path: PathBuf, range: Range<usize> },
    /// A part of a file of the index.
    Indexed { path: PathBuf, range: Range<LineColumn> },
    /// A file as a whole, which need not exist.
    File(PathBuf),
    /// An element of a schema.
    Proto(Box<element::ProtoPlace>),
}

/// An open file.
#[derive(Clone, Debug)]
pub struct FileState {
    pub source: SourceFile,
    /// Where it is on disk; `None` for a buffer that was never saved. Relative paths in it start at its folder.
    pub path: Option<PathBuf>,
    /// Which of the texts of the file this is, as the editor counts.
    pub version: i32,
    /// The runs of its documents.
    pub runs: BTreeMap<TestKey, TestRuns>,
    /// What its folder and the user set; `None` for [`Analysis::config`].
    pub config: Option<Arc<Config>>,
}

/// What is known of a schema.
#[derive(Clone, Debug)]
pub enum SchemaState {
    Loading,
    Ready(Arc<Schema>),
    /// Loaded once, and not again: why.
    Outdated {
        schema: Arc<Schema>,
        code: &'static str,
        reason: String,
        remedy: Option<Remedy>,
    },
    /// Why it could not be loaded; `code` is the `G3…` number of the information shown on ADDRESS.
    Failed {
        code: &'static str,
        reason: String,
        remedy: Option<Remedy>,
    },
}

/// What may help where a schema cannot be loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// The server speaks TLS.
    Tls,
    /// The server speaks no TLS.
    Plaintext,
    /// The server's certificate is for this name.
    ServerName(String),
    /// Something else is wrong with a certificate.
    Certificate,
    /// The server does not tell its schema.
    Protos,
    /// The server wants to know who asks.
    Credentials,
    /// A source is to be corrected here.
    Source(SourcePlace),
}

/// Settings that features look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// What stands in for ADDRESS and TLS settings that a file leaves out.
    pub defaults: Defaults,
    /// The names that the environment of a run has; `None` while nobody knows them.
    pub environment: Option<BTreeSet<String>>,
    /// The mock that the nearest `gctf.toml` declares.
    pub mock: Option<mocks::Mock>,
    pub settings: Settings,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            defaults: Defaults {
                address: "localhost:4770".to_owned(),
                ..Defaults::default()
            },
            environment: None,
            mock: None,
            settings: Settings::default(),
        }
    }
}

impl Config {
    /// The same with `settings`, and with the folders that buf imports `.proto` files from.
    pub fn set(mut self, settings: Settings, buf_roots: Vec<PathBuf>) -> Self {
        if let Some(address) = &settings.address {
            self.defaults.address.clone_from(address);
        }
        self.defaults.import_roots = buf_roots;
        self.defaults.import_roots.extend(settings.proto_roots.iter().cloned());
        self.settings = settings;
        self
    }
}

impl SchemaState {
    /// Whether its server is not dialled, because nobody has approved of it.
    pub fn is_refused(&self) -> bool {
        matches!(
            self,
            Self::Failed { code: "G323", .. } | Self::Outdated { code: "G323", .. }
        )
    }

    /// Where a source does not compile, if that is why it could not be loaded.
    pub fn fault(&self) -> Option<&SourcePlace> {
        match self {
            Self::Failed {
                remedy: Some(Remedy::Source(place)),
                ..
            }
            | Self::Outdated {
                remedy: Some(Remedy::Source(place)),
                ..
            } => Some(place),
            _ => None,
        }
    }

    /// The schema to go by, if there is one.
    pub fn schema(&self) -> Option<&Arc<Schema>> {
        match self {
            Self::Ready(schema) | Self::Outdated { schema, .. } => Some(schema),
            Self::Loading | Self::Failed { .. } => None,
        }
    }
}

impl Analysis {
    /// The open file `id`.
    pub fn file(&self, id: FileId) -> Option<&FileState> {
        self.files.get(&id).map(Arc::as_ref)
    }

    /// The settings in force for a file.
    pub fn config<'a>(&'a self, file: &'a FileState) -> &'a Config {
        file.config.as_ref().unwrap_or(&self.config)
    }
}
