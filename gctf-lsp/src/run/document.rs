//! One document: from its call to its outcome.

use super::checks::{Checker, Ledger};
use super::failures::Failures;
use super::prepare::{Attempt, Prepared, Refusal};
use super::single::Single;
use super::stream::Stream;
use super::types::Types;
use super::{Depth, Detail, RunItem, Runner, SHORT, plan, rehearsal};
use crate::eval::error::Received;
use crate::eval::jq::Programs;
use crate::eval::template::Variables;
use crate::grpc::call::Call;
use crate::grpc::details;
use crate::grpc::ending::Status;
use crate::outcome::{DocumentOutcome, Reply, Verdict};
use crate::schema::json::{Defaults, footprint, shown};
use crate::syntax::{Document, SourceFile};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What came of a document.
pub(super) struct Done {
    pub(super) outcome: DocumentOutcome,
    /// Whether it failed by a status that trying again may cure.
    pub(super) is_transient: bool,
}

impl From<DocumentOutcome> for Done {
    fn from(outcome: DocumentOutcome) -> Self {
        Self {
            outcome,
            is_transient: false,
        }
    }
}

/// Runs the document at `index` of `item`, whose EXTRACT sections set `variables`.
pub(super) async fn run(runner: &Runner, item: &RunItem, index: usize, variables: &mut Variables) -> Done {
    let start = Instant::now();
    let mut failures = Failures::new(&item.source, index).within(&runner.budget);
    let Some((_, document)) = item.source.document(index) else {
        return failures.finish(Duration::ZERO).into();
    };
    if plan::is_skipped(&item.source, index) {
        let range = failures.endpoint_range();
        failures.note("G523", &range, "skipped by #[skip]");
        return failures.outcome(Verdict::Skipped, Duration::ZERO).into();
    }
    failures.hide(&runner.options.environment);
    let mut checker = checker(runner, &item.source, index, document);
    if runner.options.depth == Depth::Plan {
        return rehearsal::run(runner, item, index, &checker, variables, failures)
            .await
            .into();
    }
    let attempt = Attempt {
        runner,
        item,
        index,
        document,
        checker: &checker,
        failures: &mut failures,
    }
    .prepare(variables)
    .await;
    let ledger = Ledger {
        failures,
        variables: std::mem::take(variables),
    };
    let checked = match attempt {
        // The failures tell why.
        Err(Refusal::Told) => Ok(ledger),
        Err(Refusal::Unreachable(message)) => check(Single::unreachable(message), checker, ledger).await,
        Ok(prepared) => {
            checker.method = Some(prepared.method.clone());
            match prepared.method.is_server_streaming() {
                true => Stream::new(prepared, checker, ledger).run().await,
                false => check(single(prepared, checker.defaults).await, checker, ledger).await,
            }
        }
    };
    let is_transient = checked.as_ref().is_ok_and(|ledger| ledger.failures.is_transient);
    match checked {
        Ok(ledger) => {
            *variables = ledger.variables;
            let mut outcome = ledger.failures.finish(start.elapsed());
            outcome.variables = (runner.options.detail == Detail::Everything).then(|| Arc::new(variables.clone()));
            Done { is_transient, outcome }
        }
        Err(error) => {
            let mut failures = Failures::new(&item.source, index);
            let range = failures.endpoint_range();
            failures.fail("G503", &range, format!("the checks broke down: {error}"));
            failures.finish(start.elapsed()).into()
        }
    }
}

fn checker(runner: &Runner, source: &SourceFile, index: usize, document: &Arc<Document>) -> Checker {
    let options = source.in_force(index).options.and_then(|at| {
        let (_, document) = source.document(at.document)?;
        Some((Arc::clone(document), at.section))
    });
    let mut checker = Checker {
        engine: Arc::clone(&runner.engine),
        programs: Programs::new(Arc::clone(&runner.engine)),
        document: Arc::clone(document),
        options,
        method: None,
        defaults: Defaults::Omitted,
        records: runner.options.depth == Depth::Record,
    };
    checker.defaults = checker.rules().defaults();
    checker
}

/// Makes a call that answers once.
async fn single(prepared: Prepared, defaults: Defaults) -> Single {
    let mut call = Call::open(&prepared.connection, &prepared.method, &prepared.options);
    let mut types = prepared.types;
    for request in prepared.requests {
        call.send(request);
    }
    call.half_close();
    let reply = call.finish().await;
    let message = match reply.message {
        Some(message) => Some(shown(&types.complete(message).await, defaults)),
        None => None,
    };
    let received = received(reply.status, &mut types).await;
    let single = Single {
        reply: Arc::new(Reply {
            headers: reply.headers,
            messages: message.map(Arc::new).into_iter().collect(),
            trailers: reply.trailers,
            details: received.details.clone(),
            elapsed: reply.elapsed,
            ..Reply::of_status(&received.message, received.code)
        }),
        received,
    };
    prepared.feed.reply(&single.reply);
    single
}

async fn check(single: Single, checker: Checker, mut ledger: Ledger) -> Result<Ledger, Broken> {
    ledger.failures.keep(&single.reply);
    let messages = single.reply.messages.iter();
    let size = messages.map(|message| footprint(message)).sum::<usize>() + checker.document.text().len();
    let is_quick = size <= SHORT && checker.document.only_looks();
    let work = move |checker: &Checker, ledger: &mut Ledger| single.check(checker, ledger);
    match is_quick {
        true => here(&checker, ledger, work),
        false => on_thread(Arc::new(checker), ledger, work).await,
    }
}

/// That checks panicked, and how.
pub(super) type Broken = String;

/// Does `work` at once.
fn here(checker: &Checker, mut ledger: Ledger, work: impl FnOnce(&Checker, &mut Ledger)) -> Result<Ledger, Broken> {
    let worked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(move || {
        work(checker, &mut ledger);
        ledger
    }));
    worked.map_err(|_| "a panic".to_owned())
}

/// Does `work` on a thread of its own: expressions take processor time, and nobody should wait to be cancelled.
///
/// # Errors
/// That it panicked.
pub(super) async fn on_thread(
    checker: Arc<Checker>,
    mut ledger: Ledger,
    work: impl FnOnce(&Checker, &mut Ledger) + Send + 'static,
) -> Result<Ledger, Broken> {
    let worked = tokio::task::spawn_blocking(move || {
        work(&checker, &mut ledger);
        ledger
    });
    worked.await.map_err(|error| error.to_string())
}

/// A status as checks see it.
pub(super) async fn received(status: Status, types: &mut Types) -> Received {
    types.learn_details(&status.details).await;
    let pool = types.pool();
    let details = details::decode(&status.details, pool);
    Received {
        code: status.code as i32,
        message: status.message,
        types: details::types(&details, pool),
        details,
        origin: status.origin,
    }
}
