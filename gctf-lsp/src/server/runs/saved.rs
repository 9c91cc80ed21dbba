//! Running what has run again once its file is saved, without ever asking. What runs as it is saved goes on.

use super::Runs;
use crate::ide::{self, FileId, TestKey};
use crate::server::ext::Item;
use crate::server::session::Session;
use ls_types::Uri;

impl Session {
    /// Runs the documents of a saved file again that have an outcome, if the user has set that.
    pub(in crate::server) fn run_saved(&mut self, uri: &Uri) {
        let uri = uri.clone();
        self.when_configured(move |session| session.run_again(&uri));
    }

    fn run_again(&mut self, uri: &Uri) {
        let id = self.id(uri);
        let Some(state) = self.analysis.file(id) else { return };
        let path = state.path.clone();
        if !self.analysis.config(state).settings.runs_on_save || self.network_off(path.as_deref()).is_some() {
            return;
        }
        let Some(state) = self.analysis.file(id) else { return };
        let keys = TestKey::all(&state.source).enumerate();
        let have_run: Vec<_> = keys
            .filter_map(|(index, key)| key.map(|key| (index, key)))
            .filter(|(_, key)| state.runs.get(key).is_some_and(|runs| !runs.past.is_empty()))
            .filter(|(index, key)| {
                let hash = state.source.run_hash(*index, state.source.in_force(*index));
                !self.runs.are_under_way(id, key, hash)
            })
            .collect();
        let network = self.network(path.as_deref());
        let items: Vec<_> = have_run
            .into_iter()
            .filter(|(index, _)| {
                let places = ide::places::places(&self.analysis, id, Some(*index));
                let mut targets = places.iter().map(|place| &place.target);
                // One that only a variable names is known when it is too late to ask.
                !places.is_empty()
                    && targets.all(|target| {
                        self.trust
                            .automatic(network, &self.peer(path.as_deref(), target), target)
                    })
            })
            .map(|(_, key)| Item {
                uri: uri.clone(),
                test: Some(key.id()),
                position: None,
                row: None,
            })
            .collect();
        if items.is_empty() {
            return;
        }
        match self.start_run(&items, None) {
            Ok(run) => self.ask_nothing(run),
            Err(problem) => tracing::warn!("nothing is run on save: {problem}"),
        }
    }
}

impl Runs {
    /// Whether a document with this text runs.
    fn are_under_way(&self, file: FileId, key: &TestKey, text_hash: u64) -> bool {
        let tests = self.active.values().flat_map(|run| &run.tests);
        let mut open = tests.filter(|(_, test)| test.left > 0);
        open.any(|((of, _), test)| *of == file && test.key.as_ref() == Some(key) && test.text_hash == text_hash)
    }
}
