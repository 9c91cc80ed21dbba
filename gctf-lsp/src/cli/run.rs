//! `gctf run`: runs tests and prints what came of them.

use super::interrupt::Interrupts;
use super::reports::{self, ReportKind, Reports};
use super::{INTERRUPTED, USAGE, fail, files};
use crate::connection::Defaults;
use crate::ide::FileId;
use crate::outcome::{DocumentOutcome, Verdict};
use crate::report::human::{Colours, FileReport, Totals};
use crate::run::{RunEvent, RunItem, RunOptions, RunRequest};
use crate::syntax::SourceFile;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// Flags of `gctf run`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Test files, or folders that are searched for *.gctf
    paths: Vec<PathBuf>,
    /// Start the mock server of this folder's gctf.toml for the run; without PATHS run the folder's tests
    #[arg(long, value_name = "FOLDER")]
    mock: Option<PathBuf>,
    /// Files that run at the same time
    #[arg(short, long, default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..))]
    jobs: u16,
    /// Seconds that a call may take, where the file does not say
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..))]
    timeout: u64,
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
    let found = match files::find(&paths) {
        Ok(found) if found.is_empty() => return fail(USAGE, "no test found: tests are files named *.gctf"),
        Ok(found) => found,
        Err(message) => return fail(USAGE, &message),
    };
    let items = match found.iter().enumerate().map(read).collect::<Result<Vec<_>, _>>() {
        Ok(items) => items,
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
        jobs: usize::from(args.jobs),
        environment: std::env::vars().collect(),
    };
    let code = run_and_report(items, options, &args.reports).await;
    if let Some(mock) = mock {
        mock.stop().await;
    }
    code
}

async fn run_and_report(items: Vec<RunItem>, options: RunOptions, reports: &[ReportKind]) -> ExitCode {
    let mut interrupts = match Interrupts::listen() {
        Ok(interrupts) => interrupts,
        Err(error) => return fail(1, &format!("cannot listen for Ctrl-C: {error}")),
    };
    let (sender, mut receiver) = unbounded_channel();
    let mut reports = Reports::new(reports, &items);
    let mut printer = Printer::new(&items, reports.take_stdout());
    let request = RunRequest {
        items: items.clone(),
        options,
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

async fn print_events(
    receiver: &mut UnboundedReceiver<RunEvent>,
    printer: &mut Printer<'_>,
    reports: &mut Reports<'_>,
) {
    while let Some(event) = receiver.recv().await {
        reports.event(&event);
        match event {
            RunEvent::DocumentStarted { .. } => {}
            RunEvent::DocumentFinished {
                file,
                document,
                outcome,
            } => {
                printer.outcomes.entry(file).or_default().push((document, outcome));
            }
            RunEvent::FileFinished { file } => printer.print_file(file),
            RunEvent::Finished => return,
        }
    }
}

fn read((number, path): (usize, &PathBuf)) -> Result<RunItem, String> {
    let text = files::read(path).map_err(|error| match error {
        files::Unreadable::NotUtf8 { before } => {
            let at = before.len();
            format!(
                "{}: G101: not UTF-8 at byte {at}: save the file as UTF-8",
                path.display()
            )
        }
        files::Unreadable::Failed(message) => message,
    })?;
    Ok(RunItem {
        file: FileId(number as u32),
        source: SourceFile::new(&text),
        path: Some(path.clone()),
        documents: None,
    })
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

/// Prints files as they finish.
struct Printer<'a> {
    items: &'a [RunItem],
    outcomes: BTreeMap<FileId, Vec<(usize, Arc<DocumentOutcome>)>>,
    totals: Totals,
    colours: Colours,
    /// Counts only: standard output is for programs.
    silent: bool,
}

impl<'a> Printer<'a> {
    fn new(items: &'a [RunItem], silent: bool) -> Self {
        Self {
            items,
            outcomes: BTreeMap::new(),
            totals: Totals::default(),
            colours: Colours::of_stdout(),
            silent,
        }
    }

    #[expect(clippy::print_stdout, reason = "the report is what the command is for")]
    fn print_file(&mut self, file: FileId) {
        let Some(item) = self.items.get(file.0 as usize) else {
            return;
        };
        let outcomes = self.outcomes.remove(&file).unwrap_or_default();
        let path = item.path.as_deref().unwrap_or(Path::new("-")).display().to_string();
        let report = FileReport {
            path: &path,
            source: &item.source,
            outcomes: &outcomes,
        };
        let verdict = match outcomes.is_empty() {
            true => Verdict::Skipped,
            false => report.verdict(),
        };
        self.totals.count(verdict);
        if !self.silent {
            print!("{}", report.render(self.colours));
        }
    }

    #[expect(clippy::print_stdout, reason = "the report is what the command is for")]
    fn print_totals(&self) {
        if !self.silent {
            println!("{}", self.totals.line());
        }
    }
}
