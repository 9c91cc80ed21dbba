//! Runs of many files: of a folder, of all folders, of what failed. The disk is looked at by a worker.

use super::{RunId, read};
use crate::ide::{RunState, TestKey, TestRuns};
use crate::outcome::Verdict;
use crate::run::is_fixture;
use crate::server::ext::Item;
use crate::server::from_proto;
use crate::server::session::{Event, Session};
use crate::syntax::SourceFile;
use ls_types::{MessageType, ProgressToken, Uri};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use tokio_util::task::AbortOnDropHandle;

/// The files that a run of a folder goes through, as they are on the disk.
pub(in crate::server) struct Gathered {
    folder: Option<PathBuf>,
    files: Vec<(PathBuf, SourceFile)>,
}

impl Session {
    /// Starts a run of every file in the folder at `uri`, or in all folders.
    ///
    /// # Errors
    /// Why nothing is run.
    pub(in crate::server) fn start_all(
        &mut self,
        uri: Option<&Uri>,
        token: Option<ProgressToken>,
    ) -> Result<RunId, String> {
        let folder = self.named_folder(uri)?;
        let some_file = folder.as_ref().or(self.folders.first()).map(|folder| folder.join("_"));
        if let Some(reason) = self.network_off(some_file.as_deref()) {
            return Err(format!("nothing is run: {reason}"));
        }
        let name = match &folder {
            None => "all tests".to_owned(),
            Some(folder) => folder.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        };
        let id = self.enlist(name, token);
        let (refresh, snapshot, events) = (self.index_refresh(), self.snapshot(), self.events.clone());
        let work = move || {
            let index = refresh(&snapshot).analysis.index;
            let inside = |path: &Path| folder.as_ref().is_none_or(|folder| path.starts_with(folder));
            let wanted = index.files.keys().filter(|path| inside(path) && !is_fixture(path));
            let files = wanted.filter_map(|path| match read(path) {
                Ok(source) => Some((path.clone(), source)),
                Err(problem) => {
                    tracing::warn!("{problem}");
                    None
                }
            });
            Gathered {
                files: files.collect(),
                folder,
            }
        };
        let task = tokio::spawn(async move {
            if let Ok(gathered) = tokio::task::spawn_blocking(work).await {
                // The loop ends last.
                let _ = events.send(Event::Gathered { id, gathered });
            }
        });
        if let Some(run) = self.runs.active.get_mut(&id) {
            run.task = AbortOnDropHandle::new(task);
        }
        Ok(id)
    }

    /// The files of a run are known.
    pub(in crate::server) fn gathered(&mut self, id: RunId, gathered: Gathered) {
        if !self.runs.active.contains_key(&id) {
            return;
        }
        match self.plan_files(gathered.folder.as_deref(), gathered.files) {
            Ok(plan) => self.begin(id, plan),
            Err(problem) => {
                self.tell_started(id);
                self.outbox.show(MessageType::WARNING, problem);
                self.finish(id);
            }
        }
    }

    /// Starts a run of every document whose last outcome failed, in the folder at `uri` or in all folders.
    ///
    /// # Errors
    /// Why nothing is run.
    pub(in crate::server) fn start_failed(
        &mut self,
        uri: Option<&Uri>,
        token: Option<ProgressToken>,
    ) -> Result<RunId, String> {
        let folder = self.named_folder(uri)?;
        let failed = self.failed_tests().into_iter().filter(|item| {
            let path = from_proto::path(&item.uri);
            let inside = |folder: &PathBuf| path.as_ref().is_some_and(|path| path.starts_with(folder));
            folder.as_ref().is_none_or(inside)
        });
        // A test that is gone does not keep the others from running.
        let there: Vec<_> = failed
            .filter(|item| self.plan_items(std::slice::from_ref(item)).is_ok())
            .collect();
        if there.is_empty() {
            return Err("nothing to run: no test has failed".to_owned());
        }
        self.start_run(&there, token)
    }

    /// The outcomes of every file that has some.
    fn all_outcomes(&self) -> impl Iterator<Item = (Uri, &BTreeMap<TestKey, TestRuns>)> {
        let open = self.analysis.files.iter().map(|(id, state)| (id, &state.runs));
        let all = open.chain(&self.closed).filter(|(_, outcomes)| !outcomes.is_empty());
        let keys: HashMap<_, _> = self.ids.iter().map(|(key, id)| (id, key)).collect();
        all.filter_map(move |(id, outcomes)| Some((from_proto::uri_of(keys.get(id)?)?, outcomes)))
    }

    fn failed_tests(&self) -> Vec<Item> {
        let mut found = Vec::new();
        for (uri, outcomes) in self.all_outcomes() {
            let failed = |runs: &TestRuns| match &runs.state {
                RunState::Finished(outcome) => outcome.verdict == Verdict::Failed,
                RunState::Queued | RunState::Running { .. } => false,
            };
            let failed = outcomes.iter().filter(|(_, runs)| failed(runs));
            found.extend(failed.map(|(key, _)| Item {
                uri: uri.clone(),
                test: Some(key.id()),
                position: None,
                row: None,
            }));
        }
        found
    }

    fn named_folder(&self, uri: Option<&Uri>) -> Result<Option<PathBuf>, String> {
        let named = uri.map(|uri| from_proto::path(uri).ok_or_else(|| format!("{} is no folder", uri.as_str())));
        named.transpose()
    }
}
