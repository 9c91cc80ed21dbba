//! What an editor's user sees, as pure functions of an [`Analysis`]: no IO, no async, no LSP types.
//!
//! All positions are byte offsets of the file. What is missing is data, not an error.

pub mod code_actions;
pub mod completion;
mod context;
pub mod definition;
pub mod diagnostics;
mod element;
pub mod folding;
pub mod format;
pub mod highlight;
pub mod hover;
pub mod index;
pub mod links;
pub mod quick_fixes;
pub mod references;
pub mod rename;
pub mod runnables;
pub mod selection;
pub mod semantic_tokens;
mod spot;
pub mod symbols;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod variables;
pub mod workspace_symbols;

pub use context::TestKey;
pub use element::ProtoPlace;

use crate::connection::Defaults;
use crate::outcome::DocumentOutcome;
use crate::schema::Schema;
use crate::syntax::SourceFile;
use crate::syntax::position::LineColumn;
use crate::target::SchemaSource;
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
    /// The files of the workspace as they are on the disk.
    pub index: Arc<index::Index>,
}

/// Where something stands that a feature leads to.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    /// Bytes of an open file.
    Open { file: FileId, range: Range<usize> },
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
    /// What its documents' last runs came to.
    pub runs: BTreeMap<TestKey, RunState>,
}

/// How far a run is.
#[derive(Clone, Debug)]
pub enum RunState {
    Queued,
    Running,
    Finished(Arc<DocumentOutcome>),
}

/// What is known of a schema.
#[derive(Clone, Debug)]
pub enum SchemaState {
    Loading,
    Ready(Arc<Schema>),
    /// Why it could not be loaded; `code` is the `G3…` number of the information shown on ADDRESS.
    Failed {
        code: &'static str,
        reason: String,
    },
}

/// Settings that features look at.
#[derive(Clone, Debug)]
pub struct Config {
    /// What stands in for ADDRESS and TLS settings that a file leaves out.
    pub defaults: Defaults,
    /// The names that the environment of a run has; `None` while nobody knows them.
    pub environment: Option<BTreeSet<String>>,
    pub lens_enabled: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            defaults: Defaults {
                address: "localhost:4770".to_owned(),
                ..Defaults::default()
            },
            environment: None,
            lens_enabled: true,
        }
    }
}

impl Analysis {
    /// The open file `id`.
    pub fn file(&self, id: FileId) -> Option<&FileState> {
        self.files.get(&id).map(Arc::as_ref)
    }
}
