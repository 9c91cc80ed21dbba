//! Recording: a run whose document takes what comes for its expectation.

use super::RunId;
use crate::ide::accept;
use crate::ide::{FileId, FilePosition, TestKey};
use crate::outcome::Verdict;
use crate::run::Depth;
use crate::server::actions::previewed_edit;
use crate::server::ext::{self, Item};
use crate::server::session::Session;
use crate::server::to_proto::Lines;
use ls_types::{MessageType, ProgressToken, Uri};

/// The document that is recorded.
#[derive(Clone, Debug)]
pub(super) struct Recording {
    uri: Uri,
    file: FileId,
    key: TestKey,
}

impl Session {
    /// Runs the document of `item` and fills its empty expectation with what comes.
    ///
    /// # Errors
    /// Why nothing is recorded.
    pub(in crate::server) fn start_recording(
        &mut self,
        item: &Item,
        token: Option<ProgressToken>,
    ) -> Result<RunId, String> {
        if !self.client.applies_edits {
            return Err("this editor does not carry out edits: nothing can be recorded".to_owned());
        }
        let file = self.id(&item.uri);
        let state = self
            .analysis
            .file(file)
            .ok_or("the file is not open: open it to record")?;
        let document = ext::find_document(&state.source, item, self.client.encoding)?.unwrap_or(0);
        let key = self.key(file, document)?;
        let position = self.position(file, document)?;
        if !accept::can_be_recorded(&self.analysis, position) {
            return Err("the document expects something already: accept the actual response instead".to_owned());
        }
        let item = Item {
            test: Some(key.id()),
            ..item.clone()
        };
        let mut plan = self.plan_items(std::slice::from_ref(&item))?;
        self.refuse_network(&plan)?;
        plan.request.options.depth = Depth::Record;
        let id = self.enlist(plan.name.clone(), token);
        if let Some(run) = self.runs.active.get_mut(&id) {
            let uri = item.uri;
            run.recording = Some(Recording { uri, file, key });
        }
        self.begin(id, plan);
        Ok(id)
    }

    /// Writes what came into the document, if it is still the one that ran.
    pub(super) fn record(&self, recording: Recording) {
        let snapshot = self.snapshot();
        let outbox = self.outbox.clone();
        tokio::task::spawn_blocking(move || {
            let Recording { uri, file, key } = recording;
            let found = || {
                let state = snapshot.analysis.file(file).ok_or("the file was closed")?;
                let index = TestKey::all(&state.source).position(|other| other.as_ref() == Some(&key));
                let start = index
                    .and_then(|index| state.source.document(index))
                    .ok_or("the test is gone")?
                    .0;
                let position = FilePosition { file, offset: start };
                let recorded = accept::record(&snapshot.analysis, position)?;
                let lines = Lines::new(&state.source, snapshot.client.encoding);
                let edit = previewed_edit(&recorded.edits, "Record response", state, lines, &uri, &snapshot.client);
                Ok::<_, String>(edit)
            };
            match found() {
                Ok(edit) => outbox.apply_edit(edit, |_| {}),
                Err(reason) => outbox.show(MessageType::WARNING, format!("nothing is recorded: {reason}")),
            }
        });
    }

    /// Whether something came that can be recorded: a recording whose run was stopped records nothing.
    pub(super) fn is_recordable(&self, recording: &Recording) -> bool {
        let runs = self.runs_of(recording.file, &recording.key);
        let past = runs.and_then(|runs| runs.past.front());
        runs.is_some_and(|runs| runs.reply().is_some()) && past.is_some_and(|past| past.verdict != Verdict::Cancelled)
    }

    pub(in crate::server) fn position(&self, file: FileId, document: usize) -> Result<FilePosition, String> {
        let start = self
            .analysis
            .file(file)
            .and_then(|state| state.source.document(document));
        let (offset, _) = start.ok_or("the file has no such document")?;
        Ok(FilePosition { file, offset })
    }
}
