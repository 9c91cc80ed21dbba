//! Running documents: plan, calls, checks, events. One runner for the editor and the command line.

use crate::ide::FileId;
use crate::outcome::DocumentOutcome;
use crate::schema::Schema;
use crate::syntax::SourceFile;
use crate::target::SchemaSource;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;

/// What to run.
#[derive(Clone, Debug)]
pub struct RunRequest {
    pub items: Vec<RunItem>,
    pub options: RunOptions,
}

/// One file of a run.
#[derive(Clone, Debug)]
pub struct RunItem {
    pub file: FileId,
    /// The text to run, saved or not.
    pub source: SourceFile,
    pub path: Option<PathBuf>,
    /// The documents wanted, by index; `None` is all. Documents that they take variables from run too.
    pub documents: Option<Vec<usize>>,
}

/// Settings of a run.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// Target of documents without ADDRESS.
    pub default_address: String,
    /// For each wait of a document that says nothing of its own.
    pub timeout: Duration,
    /// Files that run at the same time.
    pub jobs: usize,
}

/// What happens in a run, in order per file.
#[derive(Clone, Debug)]
pub enum RunEvent {
    DocumentStarted {
        file: FileId,
        document: usize,
    },
    DocumentFinished {
        file: FileId,
        document: usize,
        outcome: Arc<DocumentOutcome>,
    },
    /// All items are done.
    Finished,
}

/// Runs `request`, reporting through `events`. Dropping the future cancels the calls on the wire.
pub async fn run(_request: RunRequest, _events: UnboundedSender<RunEvent>) {}

/// Why a schema could not be loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaFailure {
    /// `G301` … `G304`.
    pub code: &'static str,
    pub message: String,
}

/// Loads a schema, within the limits of time and size.
///
/// # Errors
/// A sentence that names the root cause, with its code.
pub async fn load_schema(_source: SchemaSource) -> Result<Schema, SchemaFailure> {
    Err(SchemaFailure {
        code: "G301",
        message: String::new(),
    })
}
