//! Runs from the editor: starting, following, cancelling. The calls themselves are `run/`'s.

use super::ext::Item;
use super::outbox::{Progress, TokenOrigin};
use super::session::{Event, Session};
use super::trust::Peer;
use super::{ext, from_proto};
use crate::ide::runnables::summary;
use crate::ide::{FileId, RunState, TestKey};
use crate::outcome::{DocumentOutcome, Verdict};
use crate::run::{Fixtures, Gate, RunEvent, RunItem, RunOptions, RunRequest, known_targets};
use crate::syntax::SourceFile;
use ls_types::{MessageType, NumberOrString, ProgressToken, Uri};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio_util::task::AbortOnDropHandle;

/// Most bytes of a file that is read for a run.
const MAX_FILE: u64 = 64 << 20;

/// A run of this session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RunId(pub(super) u64);

/// The runs that are under way.
#[derive(Debug, Default)]
pub(super) struct Runs {
    last: u64,
    active: BTreeMap<RunId, ActiveRun>,
}

#[derive(Debug)]
struct ActiveRun {
    /// Dropping it cancels the calls.
    _task: AbortOnDropHandle<()>,
    /// What runs, for people.
    name: String,
    token: Option<ProgressToken>,
    progress: Option<Progress>,
    /// The documents by file and index in the text that runs.
    tests: BTreeMap<(FileId, usize), Test>,
    total: usize,
    outcomes: Vec<Arc<DocumentOutcome>>,
    /// The servers that the user has allowed to this run alone.
    permitted: BTreeSet<Peer>,
}

/// A document of a run.
#[derive(Debug)]
struct Test {
    key: Option<TestKey>,
    text_hash: u64,
    /// How often it still runs: once for each row of the file's DATASET.
    left: usize,
    /// The first outcome that failed, else the newest.
    shown: Option<Arc<DocumentOutcome>>,
}

impl Test {
    fn take(&mut self, outcome: Arc<DocumentOutcome>) {
        self.left = self.left.saturating_sub(1);
        let failed = |shown: &Arc<DocumentOutcome>| shown.verdict == Verdict::Failed;
        if !self.shown.as_ref().is_some_and(failed) {
            self.shown = Some(outcome);
        }
    }

    /// The state at its end, if anything came of it.
    fn ended(&self) -> Option<RunState> {
        Some(RunState::Finished {
            text_hash: self.text_hash,
            outcome: self.shown.clone()?,
        })
    }
}

impl Session {
    /// Starts a run of `items`.
    ///
    /// # Errors
    /// A sentence: a file that cannot be read, a test that is gone.
    pub(super) fn start_run(&mut self, items: &[Item], token: Option<ProgressToken>) -> Result<RunId, String> {
        let items = self.run_items(items)?;
        if let Some(reason) = items.iter().find_map(|item| self.network_off(item.path.as_deref())) {
            return Err(format!("nothing is run: {reason}"));
        }
        let tests: BTreeMap<_, _> = items.iter().flat_map(tests).collect();
        if tests.is_empty() {
            return Err("nothing to run: the file has no document".to_owned());
        }
        for (file, index) in tests.keys() {
            self.cancel_overlapping(*file, *index, &tests);
        }
        self.runs.last += 1;
        let id = RunId(self.runs.last);
        let name = name(&items, tests.len());
        let (origin, token) = match (token, self.client.progress) {
            (Some(token), _) => (TokenOrigin::Client, Some(token)),
            (None, true) => (
                TokenOrigin::Server,
                Some(NumberOrString::String(format!("gctf/run/{}", id.0))),
            ),
            (None, false) => (TokenOrigin::Server, None),
        };
        let progress = token
            .clone()
            .map(|token| self.outbox.progress(token, origin, format!("gctf: {name}")));
        for ((file, _), test) in &tests {
            self.set_state(*file, test.key.clone(), RunState::Queued);
        }
        let fixtures = self.fixtures(&items)?;
        let settings = self
            .config_of(items.first().and_then(|item| item.path.as_deref()))
            .settings;
        let request = RunRequest {
            items,
            fixtures,
            options: RunOptions {
                timeout: settings.timeout,
                jobs: settings.jobs,
                ..self.options.run.clone()
            },
        };
        let task = AbortOnDropHandle::new(tokio::spawn(follow(id, request, self.events.clone())));
        let run = ActiveRun {
            _task: task,
            name,
            token,
            progress,
            total: tests.values().map(|test| test.left).sum(),
            tests,
            outcomes: Vec::new(),
            permitted: BTreeSet::new(),
        };
        self.runs.active.insert(id, run);
        Ok(id)
    }

    /// One item per file, from the buffer where it is open, else from the disk.
    fn run_items(&mut self, items: &[Item]) -> Result<Vec<RunItem>, String> {
        let mut found: BTreeMap<FileId, RunItem> = BTreeMap::new();
        for item in items {
            let file = self.id(&item.uri);
            let source = self.source(file, &item.uri)?;
            let document = ext::find_document(&source, item, self.client.encoding)?;
            let path = from_proto::path(&item.uri);
            let defaults = Some(Arc::new(self.config_of(path.as_deref()).defaults));
            let entry = found.entry(file).or_insert_with(|| RunItem {
                file,
                source,
                path,
                documents: Some(Vec::new()),
                data: None,
                defaults,
            });
            match (document, &mut entry.documents) {
                (Some(index), Some(documents)) => documents.push(index),
                _ => entry.documents = None,
            }
        }
        Ok(found.into_values().collect())
    }

    /// `_setup.gctf` and `_teardown.gctf` of the items' folders, from the buffer where they are open.
    fn fixtures(&mut self, items: &[RunItem]) -> Result<Vec<Fixtures>, String> {
        Fixtures::find(items, |path| {
            let uri = Uri::from_file_path(path).ok_or_else(|| format!("{} has no URI", path.display()))?;
            let file = self.id(&uri);
            Ok(RunItem {
                file,
                source: self.source(file, &uri)?,
                path: Some(path.to_owned()),
                documents: None,
                data: None,
                defaults: Some(Arc::new(self.config_of(Some(path)).defaults)),
            })
        })
    }

    fn source(&self, file: FileId, uri: &Uri) -> Result<SourceFile, String> {
        if let Some(state) = self.analysis.file(file) {
            return Ok(state.source.clone());
        }
        let path = from_proto::path(uri).ok_or_else(|| format!("{} is not open", uri.as_str()))?;
        let fail = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
        let size = std::fs::metadata(&path).map_err(|error| fail(&error))?.len();
        if size > MAX_FILE {
            return Err(fail(&"larger than 64 MiB"));
        }
        let bytes = std::fs::read(&path).map_err(|error| fail(&error))?;
        let text = String::from_utf8(bytes)
            .map_err(|error| fail(&format!("not UTF-8 at byte {}", error.utf8_error().valid_up_to())))?;
        Ok(SourceFile::new(&text))
    }

    fn set_state(&mut self, file: FileId, key: Option<TestKey>, state: RunState) {
        if let Some(key) = key {
            self.outcomes_mut(file).insert(key, state);
            self.outcomes_changed(file);
        }
    }

    pub(super) fn run_event(&mut self, id: RunId, event: RunEvent) {
        let Some(run) = self.runs.active.get_mut(&id) else {
            return;
        };
        match event {
            RunEvent::DocumentStarted { file, document } => {
                let test = run.tests.get_mut(&(file, document));
                let key = test.and_then(|test| {
                    test.left = test.left.max(1);
                    test.key.clone()
                });
                self.set_state(file, key, RunState::Running);
            }
            RunEvent::DocumentFinished {
                file,
                document,
                row: _,
                outcome,
            } => {
                // A fixture is no test.
                let Some(test) = run.tests.get_mut(&(file, document)) else {
                    return;
                };
                let is_stranger = meets_another_schema(&outcome);
                run.outcomes.push(Arc::clone(&outcome));
                test.take(outcome);
                let ended = test.ended().filter(|_| test.left == 0);
                let key = test.key.clone();
                if let Some(progress) = &run.progress {
                    let done = run.outcomes.len();
                    let percentage = u32::try_from(done * 100 / run.total).unwrap_or(100).min(100);
                    progress.report(format!("{done} of {}", run.total), percentage);
                }
                if let Some(state) = ended {
                    self.set_state(file, key, state);
                }
                if is_stranger {
                    self.reload_schemas(file);
                }
            }
            RunEvent::FileFinished { file } => self.file_finished(id, file),
            RunEvent::Finished => self.finish(id),
        }
    }

    /// Rows may end early; what came of the others is what came of the test.
    fn file_finished(&mut self, id: RunId, file: FileId) {
        let Some(run) = self.runs.active.get_mut(&id) else {
            return;
        };
        let mut ended = Vec::new();
        for ((_, _), test) in run.tests.iter_mut().filter(|((other, _), _)| *other == file) {
            let stopped_early = std::mem::take(&mut test.left) > 0;
            let state = test.ended().filter(|_| stopped_early);
            ended.extend(state.map(|state| (test.key.clone(), state)));
        }
        for (key, state) in ended {
            self.set_state(file, key, state);
        }
        self.retry_schemas(file);
    }

    fn finish(&mut self, id: RunId) {
        let Some(run) = self.runs.active.remove(&id) else {
            return;
        };
        let message = run.message();
        if !self.client.lenses {
            self.outbox.show(MessageType::INFO, format!("{}: {message}", run.name));
        }
        if let Some(progress) = run.progress {
            progress.end(message);
        }
    }

    /// Cancels a run; whether there was one.
    pub(super) fn cancel_run(&mut self, id: RunId) -> bool {
        let Some(run) = self.runs.active.remove(&id) else {
            return false;
        };
        for ((file, _), test) in run.tests.iter().filter(|(_, test)| test.left > 0) {
            let state = RunState::Finished {
                text_hash: test.text_hash,
                outcome: Arc::new(DocumentOutcome::cancelled()),
            };
            self.set_state(*file, test.key.clone(), state);
        }
        if let Some(progress) = run.progress {
            progress.end("cancelled".to_owned());
        }
        true
    }

    fn cancel_where(&mut self, wanted: impl Fn(&ActiveRun) -> bool) -> usize {
        let ids: Vec<_> = self
            .runs
            .active
            .iter()
            .filter(|(_, run)| wanted(run))
            .map(|(id, _)| *id)
            .collect();
        ids.into_iter().filter(|id| self.cancel_run(*id)).count()
    }

    /// Whether the user has allowed a server to this run.
    pub(super) fn has_permission(&self, id: RunId, peer: &Peer) -> bool {
        let run = self.runs.active.get(&id);
        run.is_some_and(|run| run.permitted.contains(peer))
    }

    pub(super) fn give_permission(&mut self, id: RunId, peer: Peer) {
        if let Some(run) = self.runs.active.get_mut(&id) {
            run.permitted.insert(peer);
        }
    }

    pub(super) fn cancel_all(&mut self) -> usize {
        self.cancel_where(|_| true)
    }

    pub(super) fn cancel_file(&mut self, file: FileId) -> usize {
        self.cancel_where(|run| run.tests.keys().any(|(other, _)| *other == file))
    }

    /// Cancels the runs of one document.
    pub(super) fn cancel_test(&mut self, file: FileId, key: &TestKey) -> usize {
        self.cancel_where(|run| run.is_running(file, key))
    }

    /// A new run of a document replaces the old one.
    fn cancel_overlapping(&mut self, file: FileId, index: usize, tests: &BTreeMap<(FileId, usize), Test>) {
        let key = tests.get(&(file, index)).and_then(|test| test.key.as_ref());
        if let Some(key) = key {
            self.cancel_test(file, key);
        }
    }

    pub(super) fn cancel_progress(&mut self, token: &ProgressToken) {
        self.cancel_where(|run| run.token.as_ref() == Some(token));
    }
}

impl ActiveRun {
    fn is_running(&self, file: FileId, key: &TestKey) -> bool {
        let same = |((other, _), test): (&(FileId, usize), &Test)| {
            *other == file && test.left > 0 && test.key.as_ref() == Some(key)
        };
        self.tests.iter().any(same)
    }

    /// The end of the run in a few words: `✓ 12 ms`, `✗ 2 of 5`, `3 passed, 1 failed`.
    fn message(&self) -> String {
        if let [outcome] = self.outcomes.as_slice() {
            return summary(outcome);
        }
        let count = |verdict| {
            self.outcomes
                .iter()
                .filter(|outcome| outcome.verdict == verdict)
                .count()
        };
        let took: Duration = self.outcomes.iter().map(|outcome| outcome.duration).sum();
        let (passed, failed) = (count(Verdict::Passed), count(Verdict::Failed));
        format!("{passed} passed, {failed} failed, {} ms", took.as_millis())
    }
}

/// Whether an outcome tells of services, methods or fields that the server or the schema does not know.
fn meets_another_schema(outcome: &DocumentOutcome) -> bool {
    let unimplemented = outcome
        .reply
        .as_ref()
        .is_some_and(|reply| reply.code == crate::status::UNIMPLEMENTED);
    let unknown = outcome
        .failures
        .iter()
        .any(|failure| matches!(failure.code, "G305" | "G306" | "G307" | "G516"));
    unimplemented || unknown
}

fn tests(item: &RunItem) -> Vec<((FileId, usize), Test)> {
    let keys: Vec<_> = TestKey::all(&item.source).collect();
    let rows = item.rows().len().max(1);
    item.planned()
        .into_iter()
        .map(|index| {
            let test = Test {
                key: keys.get(index).cloned().flatten(),
                text_hash: item.source.run_hash(index, item.source.in_force(index)),
                left: rows,
                shown: None,
            };
            ((item.file, index), test)
        })
        .collect()
}

/// The one document's name or endpoint, or how many documents there are.
fn name(items: &[RunItem], count: usize) -> String {
    let endpoint = || {
        let item = items.first()?;
        let (_, document) = item.source.document(*item.planned().first()?)?;
        Some(document.test_name().unwrap_or(&document.endpoint()?.text).to_owned())
    };
    match (count, endpoint()) {
        (1, Some(endpoint)) => endpoint,
        (1, None) => "1 document".to_owned(),
        (count, _) => format!("{count} documents"),
    }
}

/// Runs `request` once it may, and has the loop hear of it.
async fn follow(id: RunId, mut request: RunRequest, events: UnboundedSender<Event>) {
    let (sender, mut receiver) = unbounded_channel();
    let (questions, mut asked) = unbounded_channel();
    let gate = Gate::new(questions);
    request.options.gate = Some(gate.clone());
    let work = async {
        for (path, target) in known_targets(&request) {
            if !gate.pass(path.as_deref(), &target).await {
                return;
            }
        }
        drop(gate);
        crate::run::run(request, sender).await;
    };
    let ask = async {
        while let Some(question) = asked.recv().await {
            // The loop ends last.
            let _ = events.send(Event::Permit { id, question });
        }
    };
    let forward = async {
        while let Some(event) = receiver.recv().await {
            // The loop ends last.
            let _ = events.send(Event::Run { id, event });
        }
    };
    tokio::join!(work, ask, forward);
}
