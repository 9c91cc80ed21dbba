//! One file: its rows, its attempts, its documents in order.

use super::document::Done;
use super::failures::Failures;
use super::{Depth, RunEvent, RunItem, Runner, SHORT, document, plan};
use crate::diagnostic::Diagnostic;
use crate::eval::template::Variables;
use crate::outcome::{DocumentOutcome, Verdict};
use crate::syntax::meta::Row;
use serde_json::Value as Json;
use std::sync::Arc;
use std::time::Duration;

/// The documents of a file, for one row.
struct Chain<'a> {
    runner: &'a Runner,
    item: &'a RunItem,
    row: Option<usize>,
    planned: Vec<usize>,
    /// Errors that keep all documents from running.
    errors: Vec<(usize, Diagnostic)>,
    /// Whether trying again is out of the question, so that outcomes can be told as they come.
    is_final: bool,
}

/// What came of one attempt.
#[derive(Default)]
struct Attempted {
    outcomes: Vec<(usize, DocumentOutcome)>,
    has_failed: bool,
    /// The document that failed by a status that trying again may cure.
    transient: Option<usize>,
}

/// What is left of a file that has run.
pub(super) struct Ran {
    /// The variables after the last row.
    pub(super) variables: Variables,
    pub(super) has_failed: bool,
}

/// Runs a file with each of its rows, one after the other, from `starting` variables.
pub(super) async fn run(runner: &Runner, item: &RunItem, starting: &Variables) -> Ran {
    let planned = plan::documents(item);
    let source = item.source.clone();
    let mut errors = match source.text().len_bytes() > SHORT {
        false => source.static_errors(),
        // A long file takes processor time, and the calls of other files should not wait for it.
        true => tokio::task::spawn_blocking(move || source.static_errors())
            .await
            .unwrap_or_else(|_| item.source.static_errors()),
    };
    // What is recorded takes the place of an empty ERROR.
    let records = runner.options.depth == Depth::Record;
    errors.retain(|(index, error)| planned.contains(index) && !(records && error.code == "G211"));
    let retries = |index: &usize| plan::retries(&item.source, *index, runner.options.retry).count > 0;
    let mut chain = Chain {
        runner,
        item,
        row: None,
        errors,
        is_final: !planned.iter().any(retries),
        planned,
    };
    let mut ran = Ran {
        variables: starting.clone(),
        has_failed: false,
    };
    let rows = item.rows();
    let rows: Vec<_> = match rows.is_empty() {
        true => vec![None],
        false => rows.iter().map(Some).collect(),
    };
    for row in rows {
        chain.row = row.map(|row| row.index);
        let mut variables = starting.clone();
        row.into_iter()
            .for_each(|row| set_columns(item.rows_name(), row, &mut variables));
        ran.has_failed |= chain.run(&mut variables).await;
        ran.variables = variables;
    }
    runner.tell(RunEvent::FileFinished { file: item.file });
    ran
}

/// Refuses a file whose `_setup.gctf` failed.
pub(super) fn refuse(runner: &Runner, item: &RunItem) {
    for index in plan::documents(item) {
        let mut failures = Failures::new(&item.source, index);
        let range = failures.endpoint_range();
        failures.fail("G520", &range, "not run: `_setup.gctf` of this folder failed");
        runner.tell(RunEvent::DocumentFinished {
            file: item.file,
            document: index,
            row: None,
            outcome: Arc::new(failures.outcome(Verdict::Failed, Duration::ZERO)),
        });
    }
    runner.tell(RunEvent::FileFinished { file: item.file });
}

/// `{{dataset.col}}` and `$dataset.col`, or with another name.
fn set_columns(name: &str, row: &Row, variables: &mut Variables) {
    for (column, value) in &row.columns {
        variables.values.insert(format!("{name}.{column}"), value.clone());
    }
    let columns = row.columns.clone().into_iter().collect();
    variables.values.insert(name.to_owned(), Json::Object(columns));
}

impl Chain<'_> {
    /// Runs the chain, as often as its documents want it to be tried; whether it failed. `variables` are those at
    /// the start, and become those at the end.
    async fn run(&self, variables: &mut Variables) -> bool {
        let starting = variables.clone();
        let mut tries = 0;
        let mut blamed = None;
        let mut attempted = loop {
            let attempted = self.attempt(tries, variables).await;
            let Some(index) = attempted.transient else {
                break attempted;
            };
            let retries = plan::retries(&self.item.source, index, self.runner.options.retry);
            if tries >= retries.count {
                break attempted;
            }
            tries += 1;
            blamed = Some(index);
            *variables = starting.clone();
            self.runner.targets.forget_failures();
            tokio::time::sleep(retries.delay).await;
        };
        if let Some(index) = blamed {
            let noted = attempted.outcomes.iter_mut().find(|(document, _)| *document == index);
            noted
                .into_iter()
                .for_each(|(_, outcome)| self.note_retries(index, tries, outcome));
        }
        if !self.is_final {
            for (index, outcome) in attempted.outcomes {
                self.finished(index, outcome);
            }
        }
        attempted.has_failed
    }

    fn note_retries(&self, index: usize, tries: u32, outcome: &mut DocumentOutcome) {
        let mut notes = Failures::new(&self.item.source, index);
        let range = notes.endpoint_range();
        let text = match tries {
            1 => "retried once".to_owned(),
            more => format!("retried {more} times"),
        };
        notes.note("G522", &range, text);
        let notes = notes.outcome(outcome.verdict, Duration::ZERO);
        outcome.failures.extend(notes.failures);
    }

    /// The documents in order; the first that fails ends the chain.
    async fn attempt(&self, tries: u32, variables: &mut Variables) -> Attempted {
        let mut attempted = Attempted::default();
        for index in self.planned.iter().copied() {
            if tries == 0 {
                self.runner.tell(RunEvent::DocumentStarted {
                    file: self.item.file,
                    document: index,
                    row: self.row,
                });
            }
            let done = self.document(index, attempted.has_failed, variables).await;
            attempted.has_failed |= done.outcome.verdict == Verdict::Failed;
            if done.is_transient && attempted.transient.is_none() {
                attempted.transient = Some(index);
            }
            match self.is_final {
                true => self.finished(index, done.outcome),
                false => attempted.outcomes.push((index, done.outcome)),
            }
        }
        attempted
    }

    async fn document(&self, index: usize, has_failed: bool, variables: &mut Variables) -> Done {
        let source = &self.item.source;
        let own: Vec<_> = self.errors.iter().filter(|(at, _)| *at == index).collect();
        match (own.as_slice(), self.errors.first()) {
            (_, None) if has_failed => plan::not_run(source, index).into(),
            (_, None) => document::run(self.runner, self.item, index, variables).await,
            ([], Some((broken, _))) => plan::refused(source, index, *broken).into(),
            (own, Some(_)) => {
                let errors: Vec<_> = own.iter().map(|(_, error)| error).collect();
                plan::broken(source, index, &errors).into()
            }
        }
    }

    fn finished(&self, index: usize, outcome: DocumentOutcome) {
        self.runner.tell(RunEvent::DocumentFinished {
            file: self.item.file,
            document: index,
            row: self.row,
            outcome: Arc::new(outcome),
        });
    }
}
