//! What an editor's user sees, as pure functions of an [`Analysis`]: no IO, no async, no LSP types.
//!
//! All positions are byte offsets of the file. What is missing is data, not an error.

pub mod code_actions;
pub mod completion;
mod context;
pub mod diagnostics;
pub mod folding;
pub mod format;
pub mod hover;
pub mod quick_fixes;
pub mod runnables;
pub mod semantic_tokens;
pub mod skeleton;
pub mod spelling;
pub mod symbols;
#[cfg(test)]
pub(crate) mod testing;

pub use context::TestKey;

use crate::connection::Defaults;
use crate::outcome::DocumentOutcome;
use crate::schema::Schema;
use crate::syntax::SourceFile;
use crate::target::SchemaSource;
use std::collections::{BTreeMap, BTreeSet};
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
