//! The text of a run for people: tests as their files finish, and the totals.

use super::progress::Progress;
use super::update::{Updated, update};
use crate::ide::FileId;
use crate::outcome::{DocumentOutcome, Verdict};
use crate::report::human::{Colours, FileReport, Totals};
use crate::run::{Depth, Fixtures, RunEvent, RunItem, RunRequest};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Who reads standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Audience {
    People,
    /// They have a report of their own: tests are counted only.
    Programs,
}

/// Prints tests as their files finish.
pub(super) struct Printer {
    tests: BTreeMap<FileId, RunItem>,
    /// The document that ends each row of a test.
    last: BTreeMap<FileId, usize>,
    fixtures: BTreeMap<FileId, RunItem>,
    outcomes: BTreeMap<FileId, Rows>,
    totals: Totals,
    colours: Colours,
    audience: Audience,
    depth: Depth,
    /// Files are made to expect what came.
    updates: bool,
    progress: Progress,
}

/// The outcomes of a file's documents, by row.
type Rows = BTreeMap<Option<usize>, Vec<(usize, Arc<DocumentOutcome>)>>;

impl Printer {
    pub(super) fn new(request: &RunRequest, audience: Audience, updates: bool) -> Self {
        let by_file = |item: &RunItem| (item.file, item.clone());
        let last = |item: &RunItem| Some((item.file, item.planned().pop()?));
        let tests = request.items.iter().map(|item| item.rows().len().max(1)).sum();
        Self {
            tests: request.items.iter().map(by_file).collect(),
            last: request.items.iter().filter_map(last).collect(),
            fixtures: request.fixtures.iter().flat_map(Fixtures::items).map(by_file).collect(),
            outcomes: BTreeMap::new(),
            totals: Totals::default(),
            colours: Colours::of_stdout(),
            audience,
            depth: request.options.depth,
            updates,
            progress: match (audience, request.options.depth) {
                (Audience::People, Depth::Calls) => Progress::on_terminal(tests),
                _ => Progress::none(),
            },
        }
    }

    pub(super) fn event(&mut self, event: RunEvent) {
        match event {
            RunEvent::DocumentFinished {
                file,
                document,
                row,
                outcome,
            } => {
                if self.last.get(&file) == Some(&document) {
                    self.progress.advance();
                }
                let rows = self.outcomes.entry(file).or_default();
                rows.entry(row).or_default().push((document, outcome));
            }
            RunEvent::FileFinished { file } => self.print_file(file),
            RunEvent::DocumentStarted { file, .. } => {
                let started = self.tests.get(&file).or(self.fixtures.get(&file));
                self.progress
                    .start(&started.map_or(String::new(), |item| item.name(None)));
            }
            RunEvent::Message { .. } | RunEvent::Finished => {}
        }
    }

    /// Prints the totals; how many tests have failed.
    pub(super) fn finish(&self) -> usize {
        self.progress.clear();
        let line = match self.depth {
            Depth::Calls | Depth::Record => self.totals.line(),
            Depth::Plan => self.totals.plan_line(),
        };
        self.print(&format!("{line}\n"));
        self.totals.failed
    }

    fn print_file(&mut self, file: FileId) {
        let mut rows = self.outcomes.remove(&file).unwrap_or_default();
        if let Some(item) = self.fixtures.get(&file) {
            // A fixture is no test: only what keeps tests from running is worth a word.
            let is_quiet = |(_, outcome): &(usize, Arc<DocumentOutcome>)| match self.depth {
                Depth::Calls | Depth::Record => outcome.verdict == Verdict::Passed,
                Depth::Plan => outcome.verdict != Verdict::Failed,
            };
            for (row, outcomes) in rows.into_iter().filter(|(_, outcomes)| !outcomes.iter().all(is_quiet)) {
                self.report(item, row, &outcomes);
            }
            return;
        }
        let Some(item) = self.tests.get(&file) else { return };
        if rows.is_empty() {
            rows.insert(None, Vec::new());
        }
        for (row, outcomes) in rows {
            let verdict = match self.update(item, row, &outcomes) {
                Updated::Whole => Some(Verdict::Passed),
                Updated::Partly | Updated::Not => self.report(item, row, &outcomes),
            };
            match verdict {
                Some(verdict) => self.totals.count(verdict),
                None => self.totals.planned += 1,
            }
        }
    }

    /// Rows share one text, so only a file without them can take what came.
    fn update(&self, item: &RunItem, row: Option<usize>, outcomes: &[(usize, Arc<DocumentOutcome>)]) -> Updated {
        if !self.updates || row.is_some() {
            return Updated::Not;
        }
        let updated = update(item, outcomes).unwrap_or_else(|message| {
            self.progress.around(|| super::warn(&message));
            Updated::Not
        });
        if updated != Updated::Not {
            self.print(&format!("↻ {} (updated)\n", item.name(row)));
        }
        updated
    }

    /// Prints what came of a test, and gives its verdict; a dry run has none for tests that would be called.
    fn report(
        &self,
        item: &RunItem,
        row: Option<usize>,
        outcomes: &[(usize, Arc<DocumentOutcome>)],
    ) -> Option<Verdict> {
        let name = item.name(row);
        let report = FileReport {
            path: &name,
            source: &item.source,
            outcomes,
        };
        let verdict = match outcomes.is_empty() {
            true => Verdict::Skipped,
            false => report.verdict(),
        };
        if verdict != Verdict::Failed && report.has_plan() {
            self.print(&report.render_plan());
            return None;
        }
        self.print(&report.render(self.colours));
        Some(verdict)
    }

    fn print(&self, text: &str) {
        if self.audience == Audience::People {
            self.progress.around(|| super::print(text));
        }
    }
}
