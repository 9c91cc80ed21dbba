//! `gctf run`: runs tests and prints what came of them.

use super::interrupt::Interrupts;
use super::printer::{Audience, Printer};
use super::reports::{self, ReportKind, Reports};
use super::select::{self, Filters, Shard};
use super::settings::RunSettings;
use super::{INTERRUPTED, USAGE, data, environment, fail, watch};
use crate::mock::RunningMock;
use crate::run::{Depth, Detail, Fixtures, RunEvent, RunOptions, RunRequest};
use std::collections::BTreeSet;
use std::path::PathBuf;
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
    pub(super) mock: Option<PathBuf>,
    /// Target of documents without ADDRESS [default: address in gctf.toml, the variable GCTF_ADDRESS, localhost:4770]
    #[arg(long, value_name = "HOST:PORT")]
    pub(super) address: Option<String>,
    /// Files that run at the same time [default: run.jobs in gctf.toml (of several the least), 8]
    #[arg(short, long, value_parser = clap::value_parser!(u16).range(1..))]
    pub(super) jobs: Option<u16>,
    /// Seconds that a call may take, where the file does not say [default: run.timeoutSeconds in gctf.toml, 30]
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) timeout: Option<u64>,
    /// How often a file is tried again that failed by UNAVAILABLE or DEADLINE_EXCEEDED, where it does not say
    #[arg(long, default_value_t = 0, value_name = "N")]
    retry: u32,
    /// Write the messages that came into the files where others were expected
    #[arg(long)]
    update: bool,
    /// Run part K of N of the files, told apart by their paths, such as 2/8
    #[arg(long, value_name = "K/N", value_parser = Shard::parse)]
    shard: Option<Shard>,
    /// Take what `{{ env.NAME }}` reads from the file of NAME=value lines that gctf.toml has for it under [environments]
    #[arg(long, value_name = "NAME")]
    pub(super) environment: Option<String>,
    /// Take what `{{ env.NAME }}` reads from this file of NAME=value lines first
    #[arg(long, value_name = "FILE")]
    pub(super) env_file: Option<PathBuf>,
    /// Run every file once for each row of FILE, with its columns as `{{ NAME.column }}` and `$NAME.column`, where NAME
    /// is the file's name without its ending. By that ending: .csv and .tsv with a line of names first (every cell is a
    /// string), .json and .yaml with a list of mappings, .jsonl with a mapping on each line (values keep their types)
    #[arg(long, value_name = "FILE", conflicts_with = "update")]
    pub(super) data: Option<PathBuf>,
    /// Do everything but the calls: list what would run and where it would call. Errors that need no server fail as in a
    /// run; nothing is dialled, and no mock is started
    #[arg(long, conflicts_with = "update")]
    pub(super) dry_run: bool,
    /// Run again when files change, until Ctrl-C: the test that has changed, or all tests where a fixture, a .proto file,
    /// a certificate, the env file, the data file or what the mock is served from has. A JUnit report does not go with it
    #[arg(long, conflicts_with = "update")]
    watch: bool,
    /// Start no more files once one has failed
    #[arg(long)]
    fail_fast: bool,
    /// `json`: print events as JSON lines instead of text; `junit=FILE`: write a JUnit report too
    #[arg(long = "report", value_name = "REPORT", value_parser = reports::parse)]
    pub(super) reports: Vec<ReportKind>,
}

/// Runs the command.
pub async fn run(args: Args) -> ExitCode {
    let paths = match (args.paths.is_empty(), &args.mock) {
        (false, _) => args.paths.clone(),
        (true, Some(folder)) => vec![folder.clone()],
        (true, None) => return fail(USAGE, "name the test files or folders to run, such as `gctf run tests`"),
    };
    if args.watch {
        return watch::run(&args, &paths).await;
    }
    let request = match plan(&args, &paths, None) {
        Ok(request) => request,
        Err(message) => return fail(USAGE, &message),
    };
    let mock = match start_mock(&args).await {
        Ok(mock) => mock,
        Err(failure) => return failure,
    };
    // Nobody has to take the files apart before the process ends.
    std::mem::forget(request.items.clone());
    let ended = match Interrupts::listen() {
        Ok(mut interrupts) => execute(request, &args, &mut interrupts).await,
        Err(error) => Err(format!("cannot listen for Ctrl-C: {error}")),
    };
    if let Some(mock) = mock {
        mock.stop().await;
    }
    match ended {
        Ok(Ended::Passed) => ExitCode::SUCCESS,
        Ok(Ended::Failed) => ExitCode::FAILURE,
        Ok(Ended::Interrupted) => ExitCode::from(INTERRUPTED),
        Err(message) => fail(1, &message),
    }
}

/// The mock that is asked for; a dry run calls none.
///
/// # Errors
/// The exit code, the reason already printed.
pub(super) async fn start_mock(args: &Args) -> Result<Option<RunningMock>, ExitCode> {
    match args.mock.as_ref().filter(|_| !args.dry_run) {
        None => Ok(None),
        Some(folder) => super::mock::start_for(folder).await.map(Some),
    }
}

/// What a command line asks for, read from the disk; of its files only those that are `wanted`.
///
/// # Errors
/// A sentence about what cannot be used.
pub(super) fn plan(args: &Args, paths: &[PathBuf], wanted: Option<&BTreeSet<PathBuf>>) -> Result<RunRequest, String> {
    let mut items = select::items(paths, &args.filters)?;
    if items.is_empty() {
        return Err("no test found: tests are files named *.gctf".to_owned());
    }
    if let Some(path) = &args.data {
        let data = Arc::new(data::read(path)?);
        data::refuse_own_rows(&items)?;
        items.iter_mut().for_each(|item| item.data = Some(Arc::clone(&data)));
    }
    let mut items = select::shard(items, args.shard);
    if let Some(wanted) = wanted {
        items = select::those(items, |path| wanted.contains(path));
    }
    let mut fixtures = select::fixtures(&items)?;
    let mut settings = RunSettings::new(args)?;
    for item in items
        .iter_mut()
        .chain(fixtures.iter_mut().flat_map(Fixtures::items_mut))
    {
        settings.give(item)?;
    }
    let options = RunOptions {
        defaults: environment::defaults(),
        timeout: Duration::from_secs(30),
        retry: args.retry,
        jobs: settings.jobs()?,
        fail_fast: args.fail_fast,
        gate: None,
        targets: Arc::default(),
        environment: environment::variables(),
        detail: Detail::Outcomes,
        depth: match args.dry_run {
            true => Depth::Plan,
            false => Depth::Calls,
        },
    };
    Ok(RunRequest {
        items,
        fixtures,
        options,
    })
}

/// How a run came to its end.
pub(super) enum Ended {
    Passed,
    Failed,
    Interrupted,
}

/// Runs and reports.
///
/// # Errors
/// A report that cannot be written.
pub(super) async fn execute(request: RunRequest, args: &Args, interrupts: &mut Interrupts) -> Result<Ended, String> {
    let (sender, mut receiver) = unbounded_channel();
    let items = request.items.clone();
    let mut reports = Reports::new(&args.reports, &items);
    let audience = match reports.take_stdout() {
        true => Audience::Programs,
        false => Audience::People,
    };
    let mut printer = Printer::new(&request, audience, args.update);
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
    let failed = printer.finish();
    reports.finish()?;
    Ok(match (interrupted, failed) {
        (true, _) => Ended::Interrupted,
        (false, 0) => Ended::Passed,
        (false, _) => Ended::Failed,
    })
}

async fn print_events(receiver: &mut UnboundedReceiver<RunEvent>, printer: &mut Printer, reports: &mut Reports<'_>) {
    while let Some(event) = receiver.recv().await {
        reports.event(&event);
        if let RunEvent::Finished = event {
            return;
        }
        printer.event(event);
    }
}
