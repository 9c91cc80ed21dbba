//! A run as JUnit XML, which build servers read: a suite per file, a case per document and row.

use super::listing::{self, Test};
use crate::outcome::{DocumentOutcome, Failure, Verdict};
use crate::run::{RunEvent, RunItem};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Collects the outcomes of a run.
#[derive(Debug)]
pub struct Junit<'a> {
    items: &'a [RunItem],
    /// By item and document, then by row.
    outcomes: BTreeMap<(usize, usize), BTreeMap<Option<usize>, Arc<DocumentOutcome>>>,
    started: Instant,
}

impl<'a> Junit<'a> {
    /// The report of a run of `items`, whose files are numbered by their place.
    pub fn new(items: &'a [RunItem]) -> Self {
        Self {
            items,
            outcomes: BTreeMap::new(),
            started: Instant::now(),
        }
    }

    pub fn event(&mut self, event: &RunEvent) {
        if let RunEvent::DocumentFinished {
            file,
            document,
            row,
            outcome,
        } = event
        {
            let rows = self.outcomes.entry((file.0 as usize, *document)).or_default();
            rows.insert(*row, Arc::clone(outcome));
        }
    }

    /// The whole report; tests without an outcome were cancelled.
    ///
    /// # Errors
    /// What the XML cannot hold.
    pub fn render(&self) -> Result<String, String> {
        let mut report = Report::new("gctf");
        report.set_time(self.started.elapsed());
        for (number, item) in self.items.iter().enumerate() {
            report.add_test_suite(self.suite(number, item));
        }
        report.to_string().map_err(|error| error.to_string())
    }

    fn suite(&self, number: usize, item: &RunItem) -> TestSuite {
        let path = item
            .path
            .as_deref()
            .map_or("-".to_owned(), |path| path.display().to_string());
        let tests = listing::of_file(&item.source);
        let mut suite = TestSuite::new(path.as_str());
        let mut time = Duration::ZERO;
        let cancelled = BTreeMap::new();
        for document in item.planned() {
            let test = tests.iter().find(|test| test.document == document);
            let rows = self.outcomes.get(&(number, document)).unwrap_or(&cancelled);
            let outcomes: Vec<_> = match rows.is_empty() {
                true => vec![(None, None)],
                false => rows
                    .iter()
                    .map(|(row, outcome)| (*row, Some(outcome.as_ref())))
                    .collect(),
            };
            for (row, outcome) in outcomes {
                time += outcome.map_or(Duration::ZERO, |outcome| outcome.duration);
                suite.add_test_case(case(item, test, document, row, outcome, &path));
            }
        }
        suite.set_time(time);
        suite
    }
}

fn case(
    item: &RunItem,
    test: Option<&Test>,
    document: usize,
    row: Option<usize>,
    outcome: Option<&DocumentOutcome>,
    path: &str,
) -> TestCase {
    let label = test.map_or_else(|| format!("document {}", document + 1), |test| test.label.clone());
    let row = row.and_then(|row| item.row(row));
    let name = match row {
        Some(row) => format!("{label} {}", item.label(&row)),
        None => label,
    };
    let mut case = TestCase::new(name, status(outcome));
    case.set_classname(path);
    if let Some(outcome) = outcome {
        case.set_time(outcome.duration);
        case.set_assertions(outcome.checks);
    }
    if let Some(test) = test {
        case.extra.insert("file".into(), path.into());
        case.extra.insert("line".into(), test.range.line.to_string().into());
    }
    case
}

fn status(outcome: Option<&DocumentOutcome>) -> TestCaseStatus {
    let Some(outcome) = outcome else {
        return skipped("cancelled");
    };
    let fatal: Vec<_> = outcome.failures.iter().filter(|failure| failure.fatal).collect();
    match outcome.verdict {
        Verdict::Passed => TestCaseStatus::success(),
        Verdict::Skipped => skipped(
            outcome
                .failures
                .first()
                .map_or("skipped", |failure| failure.message.as_str()),
        ),
        Verdict::Cancelled => skipped("cancelled"),
        Verdict::Failed => {
            let kind = match outcome.call_failure() {
                Some(_) => NonSuccessKind::Error,
                None => NonSuccessKind::Failure,
            };
            non_success(kind, &fatal)
        }
    }
}

fn non_success(kind: NonSuccessKind, failures: &[&Failure]) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    if let Some(first) = failures.first() {
        status.set_type(first.code).set_message(first.report.as_str());
    }
    let lines = failures
        .iter()
        .map(|failure| format!("{}: {}", failure.code, failure.report));
    status.set_description(lines.collect::<Vec<_>>().join("\n"));
    status
}

fn skipped(message: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::skipped();
    status.set_message(message);
    status
}
