//! Running documents: plan, calls, checks, events. One runner for the editor and the command line.

mod checks;
mod document;
mod failures;
mod plan;
mod targets;

use crate::connection::Defaults;
use crate::eval::template::Variables;
use crate::expr::Engine;
use crate::ide::FileId;
use crate::outcome::{DocumentOutcome, Verdict};
use crate::syntax::SourceFile;
use futures::stream::{FuturesUnordered, StreamExt as _};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;

pub use targets::{SchemaFailure, load_schema};

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

impl RunItem {
    /// The documents that a run of this item goes through, by index, in order.
    pub fn planned(&self) -> Vec<usize> {
        plan::documents(self)
    }
}

/// Settings of a run.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// What stands in for ADDRESS and TLS settings that a file leaves out.
    pub defaults: Defaults,
    /// For each wait of a document that says nothing of its own.
    pub timeout: Duration,
    /// Files that run at the same time, at least 1.
    pub jobs: usize,
    /// What `{{ env.NAME }}` and `env` read.
    pub environment: BTreeMap<String, String>,
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
    /// All documents of a file are done.
    FileFinished {
        file: FileId,
    },
    /// All items are done.
    Finished,
}

/// Runs `request`, reporting through `events`. Dropping the future cancels the calls on the wire.
pub async fn run(request: RunRequest, events: UnboundedSender<RunEvent>) {
    let runner = Runner {
        options: request.options,
        targets: targets::Targets::default(),
        engine: Arc::new(Engine::new()),
        events,
    };
    let mut waiting = request.items.iter();
    let mut running: FuturesUnordered<_> = waiting
        .by_ref()
        .take(runner.options.jobs.max(1))
        .map(|item| runner.file(item))
        .collect();
    while running.next().await.is_some() {
        running.extend(waiting.next().map(|item| runner.file(item)));
    }
    runner.tell(RunEvent::Finished);
}

/// What the documents of a run share.
struct Runner {
    options: RunOptions,
    targets: targets::Targets,
    engine: Arc<Engine>,
    events: UnboundedSender<RunEvent>,
}

impl Runner {
    /// The documents of a file, in order; the first that fails ends the chain.
    async fn file(&self, item: &RunItem) {
        let mut variables = Variables {
            environment: self.options.environment.clone(),
            ..Variables::default()
        };
        let mut failed = false;
        let planned = plan::documents(item);
        let has_errors = |index: &usize| !plan::static_errors(&item.source, *index).is_empty();
        let broken = planned.iter().copied().find(has_errors);
        for index in planned {
            self.tell(RunEvent::DocumentStarted {
                file: item.file,
                document: index,
            });
            let outcome = match broken {
                // Errors in the form of one document keep all of them from running.
                Some(broken) if !has_errors(&index) => plan::refused(&item.source, index, broken),
                None if failed => plan::not_run(&item.source, index),
                _ => document::run(self, item, index, &mut variables).await,
            };
            failed |= outcome.verdict == Verdict::Failed;
            self.tell(RunEvent::DocumentFinished {
                file: item.file,
                document: index,
                outcome: Arc::new(outcome),
            });
        }
        self.tell(RunEvent::FileFinished { file: item.file });
    }

    fn tell(&self, event: RunEvent) {
        // Nobody listens any more: the run is about to be dropped.
        let _ = self.events.send(event);
    }
}
