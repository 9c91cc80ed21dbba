//! Checking files: by a worker, once per change, and told to the client only if something is new.

use super::handlers;
use super::session::{Event, Session};
use crate::ide::FileId;
use crate::target::SchemaSource;
use ls_types::{Diagnostic, LSPAny, PublishDiagnosticsParams};
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

/// A check of a file that has ended.
pub(super) struct Checked {
    file: FileId,
    generation: u64,
    /// The [`Session::schema_revision`] that the worker saw.
    schema_revision: u64,
    /// `None` when it panicked.
    findings: Option<Findings>,
}

/// What a check of a file yields.
pub(super) struct Findings {
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) wanted: Vec<SchemaSource>,
    pub(super) named: BTreeSet<PathBuf>,
    /// For a client that lists tests.
    pub(super) tests: Option<LSPAny>,
}

impl Session {
    pub(super) fn check(&mut self, id: FileId) {
        let Some(file) = self.open.get_mut(&id) else { return };
        let generation = file.generation;
        file.checking = Some(generation);
        let uri = file.uri.clone();
        let schema_revision = self.schema_revision;
        let (snapshot, events) = (self.snapshot(), self.events.clone());
        tokio::task::spawn_blocking(move || {
            let findings = catch_unwind(AssertUnwindSafe(|| handlers::findings(&snapshot, id, &uri))).ok();
            drop(snapshot);
            // The loop ends last.
            let _ = events.send(Event::Checked(Checked {
                file: id,
                generation,
                schema_revision,
                findings,
            }));
        });
    }

    pub(super) fn checked(&mut self, checked: Checked) {
        let Some(file) = self.open.get_mut(&checked.file) else {
            return;
        };
        file.checking = None;
        if checked.generation != file.generation {
            return;
        }
        file.checked = Some(checked.generation);
        let Some(findings) = checked.findings else { return };
        if checked.schema_revision != self.schema_revision && file.wanted != findings.wanted {
            // Nobody knew that the file needs a schema whose state has changed meanwhile.
            file.generation += 1;
        }
        let news = file.published.as_ref() != Some(&findings.diagnostics);
        let asks_anyway = file.edited == checked.generation;
        match (news, self.client.pulls_diagnostics) {
            (true, true) => file.published = Some(findings.diagnostics),
            (true, false) => {
                file.published = Some(findings.diagnostics.clone());
                self.outbox.publish(PublishDiagnosticsParams {
                    uri: file.uri.clone(),
                    diagnostics: findings.diagnostics,
                    version: Some(file.version),
                });
            }
            (false, _) => {}
        }
        if let Some(tests) = findings.tests.filter(|tests| file.listed.as_ref() != Some(tests)) {
            file.listed = Some(tests.clone());
            self.outbox.tests(tests);
        }
        file.wanted = findings.wanted;
        file.named = findings.named;
        let (settled, wanted) = (file.settled, file.wanted.clone());
        for source in &wanted {
            self.want(checked.file, source, settled);
        }
        self.used(checked.file);
        self.forget_schemas();
        if news && self.client.pulls_diagnostics && !asks_anyway {
            self.refresh_diagnostics();
        }
    }
}
