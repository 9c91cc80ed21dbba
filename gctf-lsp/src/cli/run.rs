//! `gctf run`: runs tests and prints what came of them.

use super::interrupt::Interrupts;
use super::reports::{self, ReportKind, Reports};
use super::select::{self, Filters, Shard};
use super::update::{Updated, update};
use super::{INTERRUPTED, USAGE, fail};
use crate::connection::Defaults;
use crate::ide::FileId;
use crate::outcome::{DocumentOutcome, Verdict};
use crate::report::human::{Colours, FileReport, Totals};
use crate::run::{Fixtures, RunEvent, RunItem, RunOptions, RunRequest};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// Flags of `gctf run`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Test files, FILE:LINE for one document, patterns, or folders that are searched for *.gctf
    paths: Vec<PathBuf>,
    #[command(flatten)]
    filters: Filters,
    /// Start the mock server of this folder's gctf.toml for the run; without PATHS run the folder's tests
    #[arg(long, value_name = "FOLDER")]
    mock: Option<PathBuf>,
    /// Files that run at the same time
    #[arg(short, long, default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..))]
    jobs: u16,
    /// Seconds that a call may take, where the file does not say
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..))]
    timeout: u64,
    /// How often a file is tried again that failed by UNAVAILABLE or DEADLINE_EXCEEDED, where it does not say
    #[arg(long, default_value_t = 0, value_name = "N")]
    retry: u32,
    /// Write the messages that came into the files where others were expected
    #[arg(long)]
    update: bool,
    /// Run part K of N of the files, told apart by their paths, such as 2/8
    #[arg(long, value_name = "K/N", value_parser = Shard::parse)]
    shard: Option<Shard>,
    /// Take what `{{ env.NAME }}` reads from this file of NAME=value lines first
    #[arg(long, value_name = "FILE")]
    env_file: Option<PathBuf>,
    /// Start no more files once one has failed
    #[arg(long)]
    fail_fast: bool,
    /// `json`: print events as JSON lines instead of text; `junit=FILE`: write a JUnit report too
    #[arg(long = "report", value_name = "REPORT", value_parser = reports::parse)]
    reports: Vec<ReportKind>,
}

/// Runs the command.
pub async fn run(args: Args) -> ExitCode {
    let paths = match (args.paths.is_empty(), &args.mock) {
        (false, _) => args.paths.clone(),
        (true, Some(folder)) => vec![folder.clone()],
        (true, None) => return fail(USAGE, "name the test files or folders to run, such as `gctf run tests`"),
    };
    let items = match select::items(&paths, &args.filters) {
        Ok(items) if items.is_empty() => return fail(USAGE, "no test found: tests are files named *.gctf"),
        Ok(items) => select::shard(items, args.shard),
        Err(message) => return fail(USAGE, &message),
    };
    let environment = match environment(args.env_file.as_deref()) {
        Ok(environment) => environment,
        Err(message) => return fail(USAGE, &message),
    };
    let fixtures = match select::fixtures(&items) {
        Ok(fixtures) => fixtures,
        Err(message) => return fail(USAGE, &message),
    };
    let mock = match &args.mock {
        None => None,
        Some(folder) => match super::mock::start_for(folder).await {
            Ok(mock) => Some(mock),
            Err(failure) => return failure,
        },
    };
    let options = RunOptions {
        defaults: environment_defaults(),
        timeout: Duration::from_secs(args.timeout),
        retry: args.retry,
        jobs: usize::from(args.jobs),
        fail_fast: args.fail_fast,
        environment,
    };
    let request = RunRequest {
        items,
        fixtures,
        options,
    };
    let code = run_and_report(request, &args).await;
    if let Some(mock) = mock {
        mock.stop().await;
    }
    code
}

async fn run_and_report(request: RunRequest, args: &Args) -> ExitCode {
    let mut interrupts = match Interrupts::listen() {
        Ok(interrupts) => interrupts,
        Err(error) => return fail(1, &format!("cannot listen for Ctrl-C: {error}")),
    };
    let (sender, mut receiver) = unbounded_channel();
    let items = request.items.clone();
    let mut reports = Reports::new(&args.reports, &items);
    let mut printer = Printer {
        silent: reports.take_stdout(),
        updates: args.update,
        ..Printer::new(&request)
    };
    let running = crate::run::run(request, sender);
    let printing = print_events(&mut receiver, &mut printer, &mut reports);
    let finished = async { tokio::join!(running, printing) };
    let interrupted = tokio::select! {
        _ = finished => false,
        () = interrupts.wait() => true,
    };
    // What had happened before the interruption is part of the reports.
    while let Ok(event) = receiver.try_recv() {
        reports.event(&event);
    }
    printer.print_totals();
    if let Err(message) = reports.finish() {
        return fail(1, &message);
    }
    match (interrupted, printer.totals.failed) {
        (true, _) => ExitCode::from(INTERRUPTED),
        (false, 0) => ExitCode::SUCCESS,
        (false, _) => ExitCode::FAILURE,
    }
}

async fn print_events(receiver: &mut UnboundedReceiver<RunEvent>, printer: &mut Printer, reports: &mut Reports<'_>) {
    while let Some(event) = receiver.recv().await {
        reports.event(&event);
        match event {
            RunEvent::DocumentStarted { .. } => {}
            RunEvent::DocumentFinished {
                file,
                document,
                row,
                outcome,
            } => {
                let rows = printer.outcomes.entry(file).or_default();
                rows.entry(row).or_default().push((document, outcome));
            }
            RunEvent::FileFinished { file } => printer.print_file(file),
            RunEvent::Finished => return,
        }
    }
}

/// The process's environment, and over it what `file` says.
fn environment(file: Option<&Path>) -> Result<BTreeMap<String, String>, String> {
    let mut environment = super::environment::variables();
    let Some(path) = file else {
        return Ok(environment);
    };
    // The file's content is nobody's business, so only the place of a fault is told.
    let unreadable = |error: &dotenvy::Error| match error {
        dotenvy::Error::LineParse(_, at) => format!("{}: write NAME=value (column {at} of a line)", path.display()),
        dotenvy::Error::Io(error) => format!("{}: {error}", path.display()),
        _ => format!("{}: cannot be read", path.display()),
    };
    for variable in dotenvy::from_path_iter(path).map_err(|error| unreadable(&error))? {
        let (name, value) = variable.map_err(|error| unreadable(&error))?;
        environment.insert(name, value);
    }
    Ok(environment)
}

/// What the environment says of targets.
pub(super) fn environment_defaults() -> Defaults {
    let variable = |name: &str| {
        let value = std::env::var(format!("GCTF_{name}")).or_else(|_| std::env::var(format!("GRPCTESTIFY_{name}")));
        value.ok().filter(|value| !value.is_empty())
    };
    let path = |name: &str| variable(name).map(PathBuf::from);
    Defaults {
        address: variable("ADDRESS").unwrap_or_else(|| "localhost:4770".to_owned()),
        ca: path("TLS_CA_FILE"),
        certificate: path("TLS_CERT_FILE"),
        key: path("TLS_KEY_FILE"),
        server_name: variable("TLS_SERVER_NAME"),
    }
}

/// Prints tests as their files finish.
struct Printer {
    tests: BTreeMap<FileId, RunItem>,
    fixtures: BTreeMap<FileId, RunItem>,
    outcomes: BTreeMap<FileId, Rows>,
    totals: Totals,
    colours: Colours,
    /// Counts only: standard output is for programs.
    silent: bool,
    /// Files are made to expect what came.
    updates: bool,
}

/// The outcomes of a file's documents, by row.
type Rows = BTreeMap<Option<usize>, Vec<(usize, Arc<DocumentOutcome>)>>;

impl Printer {
    fn new(request: &RunRequest) -> Self {
        let by_file = |item: &RunItem| (item.file, item.clone());
        Self {
            tests: request.items.iter().map(by_file).collect(),
            fixtures: request.fixtures.iter().flat_map(Fixtures::items).map(by_file).collect(),
            outcomes: BTreeMap::new(),
            totals: Totals::default(),
            colours: Colours::of_stdout(),
            silent: false,
            updates: false,
        }
    }

    fn print_file(&mut self, file: FileId) {
        let mut rows = self.outcomes.remove(&file).unwrap_or_default();
        if let Some(item) = self.fixtures.get(&file) {
            // A fixture is no test: only what keeps tests from running is worth a word.
            let passed = |(_, outcome): &(usize, Arc<DocumentOutcome>)| outcome.verdict == Verdict::Passed;
            for (row, outcomes) in rows.into_iter().filter(|(_, outcomes)| !outcomes.iter().all(passed)) {
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
                Updated::Whole => Verdict::Passed,
                Updated::Partly | Updated::Not => self.report(item, row, &outcomes),
            };
            self.totals.count(verdict);
        }
    }

    /// Rows share one text, so only a file without them can take what came.
    fn update(&self, item: &RunItem, row: Option<usize>, outcomes: &[(usize, Arc<DocumentOutcome>)]) -> Updated {
        if !self.updates || row.is_some() {
            return Updated::Not;
        }
        let updated = update(item, outcomes).unwrap_or_else(|message| {
            super::warn(&message);
            Updated::Not
        });
        if !self.silent && updated != Updated::Not {
            super::print(&format!("↻ {} (updated)\n", item.name(row)));
        }
        updated
    }

    /// Prints what came of a test, and gives its verdict.
    fn report(&self, item: &RunItem, row: Option<usize>, outcomes: &[(usize, Arc<DocumentOutcome>)]) -> Verdict {
        let name = item.name(row);
        let report = FileReport {
            path: &name,
            source: &item.source,
            outcomes,
        };
        if !self.silent {
            super::print(&report.render(self.colours));
        }
        match outcomes.is_empty() {
            true => Verdict::Skipped,
            false => report.verdict(),
        }
    }

    fn print_totals(&self) {
        if !self.silent {
            super::print(&format!("{}\n", self.totals.line()));
        }
    }
}
