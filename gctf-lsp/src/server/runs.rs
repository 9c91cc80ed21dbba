//! Runs from the editor: starting, following, cancelling. The calls themselves are `run/`'s.

mod follow;
mod gather;
mod live;
mod plan;
mod record;
mod saved;
mod told;

use super::ext::Item;
use super::outbox::{Progress, TokenOrigin};
use super::session::{self, Session};
use super::trust::Peer;
use crate::ide::runnables::summary;
use crate::ide::{FileId, RunState, TestKey, TestRuns};
use crate::outcome::{DocumentOutcome, Verdict};
use crate::report::listing;
use crate::run::RunEvent;
use crate::secrets::Secrets;
use crate::syntax::SourceFile;
use follow::Audience;
pub(super) use follow::Batch;
pub(super) use gather::Gathered;
use live::Live;
use ls_types::{MessageType, NumberOrString, ProgressToken, Uri, WorkDoneProgressBegin};
use plan::Plan;
pub(super) use plan::read;
use record::Recording;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::task::AbortOnDropHandle;
use told::Counts;
pub(super) use told::RunStep;

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
    task: AbortOnDropHandle<()>,
    /// What runs, for people.
    name: String,
    started: Instant,
    token: Option<ProgressToken>,
    progress: Option<Progress>,
    files: BTreeMap<FileId, RunFile>,
    /// The documents by file and index in the text that runs.
    tests: BTreeMap<(FileId, usize), Test>,
    total: usize,
    outcomes: Vec<Arc<DocumentOutcome>>,
    counts: Counts,
    /// Steps that the client was told.
    steps: u64,
    /// What has come of calls that go on.
    live: BTreeMap<(FileId, usize), Live>,
    /// The document that takes what comes for its expectation.
    recording: Option<Recording>,
    /// Whether the user is asked for servers that nobody has approved of.
    asks: bool,
    /// The servers that the user has allowed to this run alone.
    permitted: BTreeSet<Peer>,
}

/// A file as it runs.
#[derive(Debug)]
struct RunFile {
    uri: Uri,
    source: SourceFile,
    tests: Vec<listing::Test>,
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
    /// How the rows ended so far.
    rows: BTreeMap<usize, Verdict>,
    /// Values of the environment that it reads.
    secrets: Arc<Secrets>,
}

impl Test {
    fn take(&mut self, row: Option<usize>, outcome: Arc<DocumentOutcome>) {
        self.left = self.left.saturating_sub(1);
        self.rows.extend(row.map(|row| (row, outcome.verdict)));
        let failed = |shown: &Arc<DocumentOutcome>| shown.verdict == Verdict::Failed;
        if !self.shown.as_ref().is_some_and(failed) {
            self.shown = Some(outcome);
        }
    }

    /// What came of it, as far as something did.
    fn ended(&self) -> Option<Ended> {
        Some(Ended {
            key: self.key.clone(),
            outcome: self.shown.clone()?,
            rows: self.rows.clone(),
        })
    }
}

/// What came of a document.
struct Ended {
    key: Option<TestKey>,
    outcome: Arc<DocumentOutcome>,
    rows: BTreeMap<usize, Verdict>,
}

impl Session {
    /// Starts a run of `items`.
    ///
    /// # Errors
    /// A sentence: a file that cannot be read, a test that is gone.
    pub(super) fn start_run(&mut self, items: &[Item], token: Option<ProgressToken>) -> Result<RunId, String> {
        let plan = self.plan_items(items)?;
        self.refuse_network(&plan)?;
        let id = self.enlist(plan.name.clone(), token);
        self.begin(id, plan);
        Ok(id)
    }

    /// # Errors
    /// That nothing may be dialled.
    fn refuse_network(&mut self, plan: &Plan) -> Result<(), String> {
        let mut paths = plan.request.items.iter().map(|item| item.path.as_deref());
        match paths.find_map(|path| self.network_off(path)) {
            Some(reason) => Err(format!("nothing is run: {reason}")),
            None => Ok(()),
        }
    }

    /// A run that does nothing yet.
    fn enlist(&mut self, name: String, token: Option<ProgressToken>) -> RunId {
        self.runs.last += 1;
        let id = RunId(self.runs.last);
        let (origin, token) = match (token, self.client.progress) {
            (Some(token), _) => (TokenOrigin::Client, Some(token)),
            (None, true) => (
                TokenOrigin::Server,
                Some(NumberOrString::String(format!("gctf/run/{}", id.0))),
            ),
            (None, false) => (TokenOrigin::Server, None),
        };
        let begin = WorkDoneProgressBegin {
            title: format!("gctf: {name}"),
            cancellable: Some(true),
            message: None,
            percentage: Some(0),
        };
        let progress = token.clone().map(|token| self.outbox.progress(token, origin, begin));
        let run = ActiveRun {
            task: AbortOnDropHandle::new(tokio::spawn(async {})),
            name,
            started: Instant::now(),
            token,
            progress,
            files: BTreeMap::new(),
            tests: BTreeMap::new(),
            total: 0,
            outcomes: Vec::new(),
            counts: Counts::default(),
            steps: 0,
            live: BTreeMap::new(),
            recording: None,
            asks: true,
            permitted: BTreeSet::new(),
        };
        self.runs.active.insert(id, run);
        id
    }

    /// Sets an enlisted run going.
    fn begin(&mut self, id: RunId, plan: Plan) {
        self.cancel_overlapping(id, &plan.tests);
        let audience = match self.client.run_events {
            true => Audience::Showing,
            false => Audience::Counting,
        };
        let events = self.events.clone();
        let queued: Vec<_> = plan
            .tests
            .iter()
            .map(|((file, _), test)| (*file, test.key.clone()))
            .collect();
        let Some(run) = self.runs.active.get_mut(&id) else {
            return;
        };
        run.name = plan.name;
        run.files = plan.files;
        run.total = plan.tests.values().map(|test| test.left).sum();
        run.tests = plan.tests;
        run.task = AbortOnDropHandle::new(tokio::spawn(follow::follow(id, plan.request, audience, events)));
        for (file, key) in queued {
            self.set_state(file, key, RunState::Queued);
        }
        self.tell_started(id);
    }

    fn set_state(&mut self, file: FileId, key: Option<TestKey>, state: RunState) {
        if let Some(key) = key {
            let runs = self.outcomes_mut(file).entry(key).or_insert_with(TestRuns::queued);
            runs.state = state;
            self.outcomes_changed(file);
        }
    }

    fn set_outcome(&mut self, file: FileId, ended: Ended) {
        if let Some(key) = ended.key {
            let runs = self.outcomes_mut(file).entry(key).or_insert_with(TestRuns::queued);
            runs.finish(ended.outcome, ended.rows, session::now());
            self.outcomes_changed(file);
        }
    }

    pub(super) fn run_event(&mut self, id: RunId, event: RunEvent) {
        match event {
            RunEvent::DocumentStarted { file, document, row } => {
                self.tell_document_started(id, (file, document), row);
                self.document_started(id, (file, document));
            }
            RunEvent::DocumentFinished {
                file,
                document,
                row,
                outcome,
            } => {
                let outcome = self.of_text(id, (file, document), outcome);
                self.tell_document_finished(id, (file, document), row, &outcome);
                self.document_finished(id, (file, document), row, outcome);
            }
            RunEvent::FileFinished { file } => self.file_finished(id, file),
            RunEvent::Finished => self.finish(id),
            // They come in batches.
            RunEvent::Message { .. } => {}
        }
    }

    pub(super) fn messages(&mut self, id: RunId, batch: &Batch) {
        self.tell_messages(id, batch);
        self.keep_live(id, batch);
        for (at, received) in &batch.counts {
            self.count(id, *at, *received);
        }
    }

    /// Has lenses show how many messages have come.
    fn count(&mut self, id: RunId, at: (FileId, usize), received: usize) {
        let run = self.runs.active.get(&id);
        let Some(key) = run.and_then(|run| run.tests.get(&at)?.key.clone()) else {
            return;
        };
        if let Some(runs) = self.outcomes_mut(at.0).get_mut(&key)
            && let RunState::Running { received: known } = &mut runs.state
        {
            *known = received;
            self.refresh_counters();
        }
    }

    fn document_started(&mut self, id: RunId, at: (FileId, usize)) {
        let run = self.runs.active.get_mut(&id);
        // A fixture is no test.
        let Some(test) = run.and_then(|run| run.tests.get_mut(&at)) else {
            return;
        };
        test.left = test.left.max(1);
        let key = test.key.clone();
        self.set_state(at.0, key, RunState::Running { received: 0 });
    }

    fn document_finished(&mut self, id: RunId, at: (FileId, usize), row: Option<usize>, outcome: Arc<DocumentOutcome>) {
        let Some(run) = self.runs.active.get_mut(&id) else {
            return;
        };
        let Some(test) = run.tests.get_mut(&at) else {
            return;
        };
        let is_stranger = meets_another_schema(&outcome);
        run.counts.add(outcome.verdict);
        run.outcomes.push(Arc::clone(&outcome));
        test.take(row, outcome);
        let ended = test.ended().filter(|_| test.left == 0);
        let was_watched = run.was_watched(at);
        if let Some(progress) = &run.progress {
            let done = run.outcomes.len();
            let percentage = u32::try_from(done * 100 / run.total.max(1)).unwrap_or(100).min(100);
            progress.report(format!("{done} of {}", run.total), percentage);
        }
        if let Some(ended) = ended {
            self.show_end(at.0, &ended, was_watched);
            self.set_outcome(at.0, ended);
        }
        if is_stranger {
            self.reload_schemas(at.0);
        }
    }

    /// Brings the texts up to date that the user looks at, or that findings point into.
    fn show_end(&mut self, file: FileId, ended: &Ended, was_watched: bool) {
        let Some(key) = &ended.key else { return };
        match (&ended.outcome.reply, was_watched) {
            (Some(reply), true) => {
                self.write_response(file, key, Arc::clone(reply), Arc::clone(&ended.outcome.secrets));
            }
            _ => self.keep_response(file, key, &ended.outcome),
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
            ended.extend(test.ended().filter(|_| stopped_early));
        }
        for ended in ended {
            self.set_outcome(file, ended);
        }
        self.retry_schemas(file);
    }

    fn finish(&mut self, id: RunId) {
        let Some(mut run) = self.runs.active.remove(&id) else {
            return;
        };
        self.tell_finished(id, &mut run);
        if let Some(recording) = run.recording.take().filter(|recording| self.is_recordable(recording)) {
            self.record(recording);
        }
        let message = run.message();
        if !self.client.lenses && !self.client.run_events {
            self.outbox.show(MessageType::INFO, format!("{}: {message}", run.name));
        }
        if let Some(progress) = run.progress {
            progress.end(message);
        }
    }

    /// An outcome with the hash of the text that ran.
    fn of_text(&self, id: RunId, at: (FileId, usize), outcome: Arc<DocumentOutcome>) -> Arc<DocumentOutcome> {
        let run = self.runs.active.get(&id);
        let test = run.and_then(|run| run.tests.get(&at));
        match test {
            Some(test) => Arc::new(DocumentOutcome {
                text_hash: test.text_hash,
                ..Arc::unwrap_or_clone(outcome)
            }),
            None => outcome,
        }
    }

    /// Cancels a run; whether there was one.
    pub(super) fn cancel_run(&mut self, id: RunId) -> bool {
        let Some(run) = self.runs.active.get(&id) else {
            return false;
        };
        // From here on nothing more comes of it.
        run.task.abort();
        let open = run.tests.iter().filter(|(_, test)| test.left > 0);
        let open: Vec<_> = open.map(|(at, test)| (*at, test.key.clone(), test.text_hash)).collect();
        for (at, key, text_hash) in open {
            let outcome = Arc::new(DocumentOutcome::cancelled(text_hash));
            self.tell_document_finished(id, at, None, &outcome);
            if let Some(run) = self.runs.active.get_mut(&id) {
                run.counts.add(Verdict::Cancelled);
            }
            let rows = BTreeMap::new();
            self.set_outcome(at.0, Ended { key, outcome, rows });
        }
        if let Some(mut run) = self.runs.active.remove(&id) {
            self.tell_finished(id, &mut run);
            if let Some(progress) = run.progress {
                progress.end("cancelled".to_owned());
            }
        }
        true
    }

    fn cancel_where(&mut self, wanted: impl Fn(&RunId, &ActiveRun) -> bool) -> usize {
        let ids: Vec<_> = self
            .runs
            .active
            .iter()
            .filter(|(id, run)| wanted(id, run))
            .map(|(id, _)| *id)
            .collect();
        ids.into_iter().filter(|id| self.cancel_run(*id)).count()
    }

    /// Whether the user has allowed a server to this run.
    pub(super) fn has_permission(&self, id: RunId, peer: &Peer) -> bool {
        let run = self.runs.active.get(&id);
        run.is_some_and(|run| run.permitted.contains(peer))
    }

    /// Whether the user may be asked for a server that a run is about to dial.
    pub(super) fn may_ask(&self, id: RunId) -> bool {
        self.runs.active.get(&id).is_some_and(|run| run.asks)
    }

    /// Has a run that reaches a server that nobody has approved of end there.
    fn ask_nothing(&mut self, id: RunId) {
        if let Some(run) = self.runs.active.get_mut(&id) {
            run.asks = false;
        }
    }

    pub(super) fn give_permission(&mut self, id: RunId, peer: Peer) {
        if let Some(run) = self.runs.active.get_mut(&id) {
            run.permitted.insert(peer);
        }
    }

    pub(super) fn cancel_all(&mut self) -> usize {
        self.cancel_where(|_, _| true)
    }

    pub(super) fn cancel_file(&mut self, file: FileId) -> usize {
        self.cancel_where(|_, run| run.tests.keys().any(|(other, _)| *other == file))
    }

    /// Cancels the runs of a file that is closed; one of other files as well goes on.
    pub(super) fn cancel_closed(&mut self, file: FileId) {
        self.cancel_where(|_, run| run.files.keys().eq([&file]));
    }

    /// Cancels the runs of one document.
    pub(super) fn cancel_test(&mut self, file: FileId, key: &TestKey) -> usize {
        self.cancel_where(|_, run| run.open_tests().any(|open| open == (file, key)))
    }

    /// A new run of a document replaces the old one.
    fn cancel_overlapping(&mut self, id: RunId, tests: &BTreeMap<(FileId, usize), Test>) {
        let new = tests
            .iter()
            .filter_map(|((file, _), test)| Some((*file, test.key.as_ref()?)));
        let new: BTreeSet<_> = new.collect();
        self.cancel_where(|other, run| *other != id && run.open_tests().any(|open| new.contains(&open)));
    }

    pub(super) fn cancel_progress(&mut self, token: &ProgressToken) {
        self.cancel_where(|_, run| run.token.as_ref() == Some(token));
    }
}

impl ActiveRun {
    /// What it has not finished yet.
    fn open_tests(&self) -> impl Iterator<Item = (FileId, &TestKey)> {
        let open = self.tests.iter().filter(|(_, test)| test.left > 0);
        open.filter_map(|((file, _), test)| Some((*file, test.key.as_ref()?)))
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
