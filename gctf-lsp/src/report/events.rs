//! A run as JSON lines, one per event, while it goes on.

use super::Place;
use super::listing::{self, Test};
use crate::outcome::{DocumentOutcome, Verdict};
use crate::run::{RunEvent, RunItem};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Instant;

/// Turns events into lines. What was started and never finished was cancelled.
#[derive(Debug)]
pub struct EventLines<'a> {
    items: &'a [RunItem],
    tests: Vec<Vec<Test>>,
    /// Item and document.
    running: BTreeSet<(usize, usize)>,
    counts: [usize; 4],
    started: Instant,
    sequence: u64,
}

impl<'a> EventLines<'a> {
    /// The report of a run of `items`, whose files are numbered by their place.
    pub fn new(items: &'a [RunItem]) -> Self {
        Self {
            items,
            tests: items.iter().map(|item| listing::of_file(&item.source)).collect(),
            running: BTreeSet::new(),
            counts: [0; 4],
            started: Instant::now(),
            sequence: 0,
        }
    }

    /// The first line: every test that is to run.
    pub fn start(&mut self) -> String {
        let all = self.items.iter().zip(&self.tests).flat_map(|(item, tests)| {
            let planned = item.planned();
            let of_item = tests.iter().filter(move |test| planned.contains(&test.document));
            of_item.map(|test| {
                let mut value = json!(test);
                value["uri"] = json!(listing::uri(path(item)));
                value["path"] = json!(path(item).display().to_string());
                value
            })
        });
        let items: Vec<_> = all.collect();
        self.line("started", json!({ "items": items }))
    }

    /// The lines of an event.
    pub fn event(&mut self, event: &RunEvent) -> String {
        match event {
            // Fixtures are no tests.
            RunEvent::DocumentStarted { file, .. } | RunEvent::DocumentFinished { file, .. }
                if file.0 as usize >= self.items.len() =>
            {
                String::new()
            }
            RunEvent::DocumentStarted { file, document, .. } => {
                let at = (file.0 as usize, *document);
                self.running.insert(at);
                let value = self.test(at);
                self.line("documentStarted", value)
            }
            RunEvent::DocumentFinished {
                file,
                document,
                row,
                outcome,
            } => self.finished((file.0 as usize, *document), *row, outcome),
            _ => String::new(),
        }
    }

    /// The last lines.
    pub fn finish(&mut self) -> String {
        let mut lines = String::new();
        for at in std::mem::take(&mut self.running) {
            lines.push_str(&self.finished(at, None, &DocumentOutcome::cancelled(0)));
        }
        let [passed, failed, skipped, cancelled] = self.counts;
        let duration = self.started.elapsed().as_millis() as u64;
        lines + &self.line(
            "finished",
            json!({ "passed": passed, "failed": failed, "skipped": skipped, "cancelled": cancelled, "durationMs": duration }),
        )
    }

    fn finished(&mut self, at: (usize, usize), row: Option<usize>, outcome: &DocumentOutcome) -> String {
        self.running.remove(&at);
        let (count, name) = match outcome.verdict {
            Verdict::Passed => (0, "passed"),
            Verdict::Failed if outcome.call_failure().is_some() => (1, "error"),
            Verdict::Failed => (1, "failed"),
            Verdict::Skipped => (2, "skipped"),
            Verdict::Cancelled => (3, "cancelled"),
        };
        self.counts[count] += 1;
        let mut value = self.test(at);
        if let Some(row) = row {
            value["row"] = json!(row);
        }
        value["outcome"] = json!(name);
        value["durationMs"] = json!(outcome.duration.as_millis() as u64);
        value["failures"] = self.failures(at, outcome);
        self.line("documentFinished", value)
    }

    fn failures(&self, (item, document): (usize, usize), outcome: &DocumentOutcome) -> Value {
        let source = self.items.get(item).map(|item| &item.source);
        let failures = outcome.failures.iter().map(|failure| {
            let mut value = json!({ "code": failure.code, "fatal": failure.fatal, "message": failure.report });
            let place = source.and_then(|source| {
                let (start, document) = source.document(document)?;
                let range = document.span_range(failure.span)?;
                Some(Place::of(source, &(range.start + start..range.end + start)))
            });
            for (name, known) in [
                ("range", place.map(|place| json!(place))),
                ("expected", failure.expected.as_ref().map(|text| json!(text))),
                ("actual", failure.actual.as_ref().map(|text| json!(text))),
            ] {
                if let Some(known) = known {
                    value[name] = known;
                }
            }
            value
        });
        failures.collect()
    }

    /// Which test an event speaks of.
    fn test(&self, (item, document): (usize, usize)) -> Value {
        let tests = self.tests.get(item).into_iter().flatten();
        let test = tests.into_iter().find(|test| test.document == document);
        let path = self.items.get(item).map_or(Path::new("-"), path);
        json!({
            "uri": listing::uri(path),
            "path": path.display().to_string(),
            "test": test.map(|test| test.test.as_str()),
            "label": test.map(|test| test.label.as_str()),
        })
    }

    fn line(&mut self, kind: &str, members: Value) -> String {
        let mut line = json!({ "kind": kind, "seq": self.sequence });
        self.sequence += 1;
        if let (Some(line), Value::Object(members)) = (line.as_object_mut(), members) {
            line.extend(members);
        }
        format!("{line}\n")
    }
}

fn path(item: &RunItem) -> &Path {
    item.path.as_deref().unwrap_or(Path::new("-"))
}
