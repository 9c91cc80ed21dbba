//! `gctf/runEvent`: the steps of a run, for clients that show tests.

use super::follow::Batch;
use super::{ActiveRun, RunId};
use crate::ide::response::masked;
use crate::ide::{FileId, TestKey};
use crate::outcome::{DocumentOutcome, Verdict};
use crate::server::session::Session;
use crate::server::to_proto::Lines;
use ls_types::LSPAny;
use ls_types::notification::Notification;
use serde_json::{Value, json};

/// `gctf/runEvent`
#[derive(Debug)]
pub(in crate::server) enum RunStep {}

impl Notification for RunStep {
    type Params = LSPAny;
    const METHOD: &'static str = "gctf/runEvent";
}

/// How many documents ended in which way, rows counted each.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    passed: usize,
    failed: usize,
    skipped: usize,
    cancelled: usize,
}

impl Counts {
    pub(super) fn add(&mut self, verdict: Verdict) {
        let count = match verdict {
            Verdict::Passed => &mut self.passed,
            Verdict::Failed => &mut self.failed,
            Verdict::Skipped => &mut self.skipped,
            Verdict::Cancelled => &mut self.cancelled,
        };
        *count += 1;
    }
}

impl Session {
    /// Tells which tests a run goes through.
    pub(super) fn tell_started(&mut self, id: RunId) {
        let Some(run) = self.runs.active.get(&id).filter(|_| self.client.run_events) else {
            return;
        };
        let encoding = self.client.encoding;
        let items = run.tests.keys().filter_map(|(file, document)| {
            let file = run.files.get(file)?;
            let test = file.tests.iter().find(|test| test.document == *document)?;
            let range = Lines::new(&file.source, encoding).range(&(test.range.start..test.range.end));
            Some(json!({ "uri": file.uri, "test": test.test, "label": test.label, "range": range }))
        });
        let items: Vec<_> = items.collect();
        self.tell(id, "started", json!({ "items": items }));
    }

    pub(super) fn tell_document_started(&mut self, id: RunId, test: (FileId, usize), row: Option<usize>) {
        if let Some(members) = self.test_members(id, test, row) {
            self.tell(id, "documentStarted", members);
        }
    }

    pub(super) fn tell_messages(&mut self, id: RunId, batch: &Batch) {
        for message in &batch.shown {
            let Some(mut members) = self.test_members(id, (message.file, message.document), None) else {
                continue;
            };
            members["number"] = json!(message.number);
            members["elapsedMs"] = json!(message.elapsed.as_millis() as u64);
            members["json"] = json!(masked(
                message.json.clone(),
                &self.secrets_of_run(id, (message.file, message.document))
            ));
            if message.truncated {
                members["truncated"] = json!(true);
            }
            self.tell(id, "message", members);
        }
    }

    fn secrets_of_run(&self, id: RunId, at: (FileId, usize)) -> Vec<String> {
        let run = self.runs.active.get(&id);
        run.map_or_else(Vec::new, |run| run.secrets(at))
    }

    pub(super) fn tell_document_finished(
        &mut self,
        id: RunId,
        test: (FileId, usize),
        row: Option<usize>,
        outcome: &DocumentOutcome,
    ) {
        let Some(mut members) = self.test_members(id, test, row) else {
            return;
        };
        members["outcome"] = json!(match outcome.verdict {
            Verdict::Passed => "passed",
            Verdict::Failed if outcome.call_failure().is_some() => "error",
            Verdict::Failed => "failed",
            Verdict::Skipped => "skipped",
            Verdict::Cancelled => "cancelled",
        });
        members["durationMs"] = json!(outcome.duration.as_millis() as u64);
        members["failures"] = self.failures(id, test, outcome);
        self.tell(id, "documentFinished", members);
    }

    pub(super) fn tell_finished(&self, id: RunId, run: &mut ActiveRun) {
        let Counts {
            passed,
            failed,
            skipped,
            cancelled,
        } = run.counts;
        let duration = run.started.elapsed().as_millis() as u64;
        let members = json!({ "passed": passed, "failed": failed, "skipped": skipped, "cancelled": cancelled,
            "durationMs": duration });
        self.tell_of(id, run, "finished", members);
    }

    fn tell(&mut self, id: RunId, kind: &str, members: Value) {
        if let Some(mut run) = self.runs.active.remove(&id) {
            self.tell_of(id, &mut run, kind, members);
            self.runs.active.insert(id, run);
        }
    }

    fn tell_of(&self, id: RunId, run: &mut ActiveRun, kind: &str, mut members: Value) {
        if !self.client.run_events {
            return;
        }
        members["runId"] = json!(id.0);
        members["seq"] = json!(run.steps);
        members["kind"] = json!(kind);
        run.steps += 1;
        self.outbox.run_step(members);
    }

    /// Which test a step speaks of; `None` for a client that does not hear of it, and for what is no test.
    fn test_members(&self, id: RunId, (file, document): (FileId, usize), row: Option<usize>) -> Option<Value> {
        let run = self.runs.active.get(&id).filter(|_| self.client.run_events)?;
        let file = run.files.get(&file)?;
        let test = file.tests.iter().find(|test| test.document == document)?;
        let mut members = json!({ "uri": file.uri, "test": test.test });
        if let Some(row) = row {
            members["row"] = json!(row);
        }
        Some(members)
    }

    /// What failed, with ranges of the text as it is now, or as it was run where the document has changed since.
    fn failures(&self, id: RunId, (file, index): (FileId, usize), outcome: &DocumentOutcome) -> Value {
        let Some(run) = self.runs.active.get(&id) else {
            return json!([]);
        };
        let key = run.tests.get(&(file, index)).and_then(|test| test.key.as_ref());
        let ran = run.files.get(&file).map(|file| (&file.source, index));
        let now = self.analysis.file(file).and_then(|state| {
            let source = &state.source;
            let index = TestKey::all(source).position(|other| other.as_ref() == key)?;
            (source.run_hash(index, source.in_force(index)) == outcome.text_hash).then_some((source, index))
        });
        let Some((source, index)) = now.or(ran) else {
            return json!([]);
        };
        let Some((start, document)) = source.document(index) else {
            return json!([]);
        };
        let lines = Lines::new(source, self.client.encoding);
        let failures = outcome.failures.iter().filter(|failure| failure.fatal);
        let shown = failures.filter_map(|failure| {
            let range = document.span_range(failure.span)?;
            let range = lines.range(&(range.start + start..range.end + start));
            let mut shown = json!({ "message": failure.message, "range": range });
            for (name, text) in [("expected", &failure.expected), ("actual", &failure.actual)] {
                if let Some(text) = text {
                    shown[name] = json!(text);
                }
            }
            Some(shown)
        });
        shown.collect()
    }
}
