//! Running documents: plan, calls, checks, events. One runner for the editor and the command line.

mod budget;
mod chain;
mod checks;
mod document;
mod failures;
mod feed;
mod fixtures;
mod gate;
mod held;
mod inbox;
mod plan;
mod prepare;
mod rehearsal;
mod secrets;
mod single;
mod stream;
mod targets;
mod types;

use crate::connection::Defaults;
use crate::eval::template::Variables;
use crate::expr::Engine;
use crate::ide::FileId;
use crate::outcome::{DocumentOutcome, Verdict};
use crate::secrets::Mask;
use crate::syntax::SourceFile;
use crate::syntax::meta::Row;
use crate::target::Target;
use fixtures::Folder;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinSet;

pub use fixtures::{Fixtures, is_fixture};
pub use gate::{Gate, Question, known_targets};
pub use secrets::secrets_of;
pub use targets::{LoadedSchema, SchemaFailure, Targets};

/// What to run.
#[derive(Clone, Debug)]
pub struct RunRequest {
    pub items: Vec<RunItem>,
    /// What runs before and after the items of a folder.
    pub fixtures: Vec<Fixtures>,
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
    /// Rows from elsewhere, instead of those of the file's DATASET.
    pub data: Option<Arc<Data>>,
    /// What is set for this file; `None` for what the [`RunOptions`] say.
    pub settings: Option<Arc<ItemSettings>>,
}

/// What is set for one file of a run.
#[derive(Clone, Debug)]
pub struct ItemSettings {
    /// What stands in for ADDRESS and TLS settings that the file leaves out.
    pub defaults: Defaults,
    /// For each wait of a document that says nothing of its own.
    pub timeout: Duration,
    /// What `{{ env.NAME }}` and `env` read.
    pub environment: Arc<BTreeMap<String, String>>,
    /// Which names are those of secrets.
    pub mask: Mask,
}

/// Rows that come from no DATASET.
#[derive(Clone, Debug, PartialEq)]
pub struct Data {
    /// What stands before the column, as `users` in `{{ users.id }}`.
    pub name: String,
    pub rows: Vec<Row>,
}

impl RunItem {
    /// The documents that a run of this item goes through, by index, in order.
    pub fn planned(&self) -> Vec<usize> {
        plan::documents(self)
    }

    /// The rows that the file runs with; none for one run without columns.
    pub fn rows(&self) -> Vec<Row> {
        match &self.data {
            Some(data) => data.rows.clone(),
            None => self.source.rows(),
        }
    }

    /// The row at `index` of [`Self::rows`].
    pub fn row(&self, index: usize) -> Option<Row> {
        match &self.data {
            Some(data) => data.rows.get(index).cloned(),
            None => self.source.rows().into_iter().nth(index),
        }
    }

    /// What the columns of its rows are fields of.
    fn rows_name(&self) -> &str {
        self.data.as_ref().map_or("dataset", |data| &data.name)
    }

    /// How a test is named: the file, with its row.
    pub fn name(&self, row: Option<usize>) -> String {
        let path = self.path.as_deref().unwrap_or(Path::new("-")).display();
        let row = row.and_then(|row| self.row(row));
        match row {
            Some(row) => format!("{path}#{}", self.label(&row)),
            None => path.to_string(),
        }
    }

    /// How one of its rows is named, secrets aside.
    pub fn label(&self, row: &Row) -> String {
        let own = self.settings.as_ref().map(|settings| settings.mask.clone());
        row.label(&own.unwrap_or_default())
    }
}

/// Settings of a run.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// What stands in for ADDRESS and TLS settings that a file leaves out.
    pub defaults: Defaults,
    /// For each wait of a document that says nothing of its own.
    pub timeout: Duration,
    /// How often a file is tried again that says nothing of its own.
    pub retry: u32,
    /// Files that run at the same time, at least 1.
    pub jobs: usize,
    /// Whether no more files are started once one has failed.
    pub fail_fast: bool,
    /// What `{{ env.NAME }}` and `env` read.
    pub environment: BTreeMap<String, String>,
    pub depth: Depth,
    pub detail: Detail,
    /// Asks before a server is dialled; everything may be dialled without one.
    pub gate: Option<Gate>,
    /// What runs before this one have opened and loaded.
    pub targets: Arc<Targets>,
}

impl RunOptions {
    /// What is set for files that have no settings of their own.
    pub fn item_settings(&self) -> ItemSettings {
        ItemSettings {
            defaults: self.defaults.clone(),
            timeout: self.timeout,
            environment: Arc::new(self.environment.clone()),
            mask: Mask::default(),
        }
    }
}

/// How far a run goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// To the end.
    Calls,
    /// The same; a document that expects nothing takes all that comes.
    Record,
    /// Up to the calls: nothing is dialled, and a document that would be called is skipped with the note G525.
    Plan,
}

/// Texts and messages up to this size are looked at faster than a thread wakes, in bytes.
const SHORT: usize = 8 << 10;

/// What a run tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// What comes of documents.
    Outcomes,
    /// Each message too as it comes, and what documents knew at their ends.
    Everything,
}

/// What happens in a run, in order per file. Documents that may be tried again finish with their file.
#[derive(Clone, Debug)]
pub enum RunEvent {
    DocumentStarted {
        file: FileId,
        document: usize,
        /// The row that it runs with, from 0.
        row: Option<usize>,
    },
    /// A message has come; only with [`Detail::Everything`].
    Message {
        file: FileId,
        document: usize,
        /// From 1, in the call.
        number: usize,
        /// Since the start of the call.
        elapsed: Duration,
        message: Arc<serde_json::Value>,
    },
    DocumentFinished {
        file: FileId,
        document: usize,
        /// The row that it ran with, from 0.
        row: Option<usize>,
        outcome: Arc<DocumentOutcome>,
    },
    /// All documents of a file are done.
    FileFinished { file: FileId },
    /// All items are done.
    Finished,
}

/// Runs `request`, reporting through `events`. Dropping the future cancels the calls on the wire.
pub async fn run(request: RunRequest, events: UnboundedSender<RunEvent>) {
    let runner = Arc::new(Runner {
        common: request.options.item_settings(),
        targets: Arc::clone(&request.options.targets),
        options: request.options,
        engine: Arc::new(Engine::new()),
        budget: Arc::default(),
        events,
        has_stopped: AtomicBool::new(false),
        setups: fixtures::setups(&request.fixtures),
    });
    let folders: BTreeMap<_, _> = request
        .fixtures
        .into_iter()
        .map(|fixtures| {
            let folder = Folder::new(fixtures, &request.items);
            (folder.path().to_owned(), Arc::new(folder))
        })
        .collect();
    // A task for each file: checks take processor time. They end with this future.
    let mut running = JoinSet::new();
    let start = |running: &mut JoinSet<()>, item: RunItem| {
        let folder = fixtures::folder(&item).and_then(|folder| folders.get(&folder).cloned());
        let runner = Arc::clone(&runner);
        // Such a future is large, and moves on its way to a thread.
        running.spawn(Box::pin(async move { runner.file(&item, folder.as_deref()).await }));
    };
    let mut waiting = request.items.into_iter();
    for item in waiting.by_ref().take(runner.options.jobs.max(1)) {
        start(&mut running, item);
    }
    while let Some(ended) = running.join_next().await {
        if let Err(error) = ended
            && error.is_panic()
        {
            std::panic::resume_unwind(error.into_panic());
        }
        if let Some(item) = waiting.next() {
            start(&mut running, item);
        }
    }
    runner.tell(RunEvent::Finished);
}

/// What the documents of a run share.
struct Runner {
    options: RunOptions,
    /// For files that have no settings of their own.
    common: ItemSettings,
    targets: Arc<Targets>,
    engine: Arc<Engine>,
    /// What is left of the memory for what came.
    budget: Arc<budget::Budget>,
    events: UnboundedSender<RunEvent>,
    /// Whether files that have not started yet stay away.
    has_stopped: AtomicBool,
    /// What each `_setup.gctf` tells, by its folder.
    setups: BTreeMap<PathBuf, fixtures::Setup>,
}

impl Runner {
    /// A file, with the fixtures of its folder.
    async fn file(&self, item: &RunItem, folder: Option<&Folder>) {
        let starting = Variables {
            environment: Arc::clone(&self.settings(item).environment),
            ..Variables::default()
        };
        match (self.has_stopped.load(Ordering::Acquire), folder) {
            (true, Some(folder)) => folder.leave(self).await,
            (true, None) => {}
            (false, Some(folder)) => folder.run(self, item, &starting).await,
            (false, None) => {
                chain::run(self, item, &starting).await;
            }
        }
    }

    /// What is set for a file.
    fn settings<'a>(&'a self, item: &'a RunItem) -> &'a ItemSettings {
        item.settings.as_deref().unwrap_or(&self.common)
    }

    /// Whether a file may dial a server.
    async fn may_dial(&self, item: &RunItem, target: &Target) -> bool {
        match &self.options.gate {
            None => true,
            Some(gate) => gate.pass(item.path.as_deref(), target).await,
        }
    }

    fn tell(&self, event: RunEvent) {
        if let RunEvent::DocumentFinished { outcome, .. } = &event {
            let stops = self.options.fail_fast && outcome.verdict == Verdict::Failed;
            self.has_stopped.fetch_or(stops, Ordering::AcqRel);
        }
        // Nobody listens any more: the run is about to be dropped.
        let _ = self.events.send(event);
    }
}
