//! `gctf run --watch`: runs, and runs again what has changed.
//!
//! The system's notices only wake it: what has changed is told by the contents of the files, so that it makes no
//! difference how an editor saves, and a notice about nothing is no run.

use super::inputs::{Changes, Inputs, Sources};
use super::interrupt::Interrupts;
use super::reports::ReportKind;
use super::run::{self, Args, Ended};
use super::{INTERRUPTED, USAGE, environment, fail};
use crate::mock::RunningMock;
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// Files are looked at when nothing has been heard for so long.
const QUIET: Duration = Duration::from_millis(50);
/// Files are looked at after so long, however loud it is.
const LOUD: Duration = Duration::from_millis(500);

/// Runs until it is interrupted.
pub(super) async fn run(args: &Args, paths: &[PathBuf]) -> ExitCode {
    if args.reports.iter().any(|kind| matches!(kind, ReportKind::Junit(_))) {
        let advice = "--watch excludes a JUnit report, which tells of one whole run: leave one of them out";
        return fail(USAGE, advice);
    }
    let listening = Interrupts::listen().map_err(|error| format!("cannot listen for Ctrl-C: {error}"));
    let watching = Watcher::new().map_err(|error| format!("cannot watch files: {error}"));
    let (interrupts, watcher) = match (listening, watching) {
        (Ok(interrupts), Ok(watcher)) => (interrupts, watcher),
        (Err(message), _) | (_, Err(message)) => return fail(1, &message),
    };
    let mut watch = Watch {
        args,
        sources: sources(args, paths),
        interrupts,
        watcher,
        mock: None,
    };
    let code = watch.run().await;
    if let Some(mock) = watch.mock {
        mock.stop().await;
    }
    code
}

fn sources<'a>(args: &'a Args, paths: &'a [PathBuf]) -> Sources<'a> {
    let defaults = environment::defaults();
    let shared = [
        &args.env_file,
        &args.data,
        &defaults.ca,
        &defaults.certificate,
        &defaults.key,
    ];
    Sources {
        paths,
        shared: shared.into_iter().flatten().cloned().collect(),
        mock: args.mock.as_deref().filter(|_| !args.dry_run),
        environment: args.environment.as_deref(),
    }
}

/// A command that goes on.
struct Watch<'a> {
    args: &'a Args,
    sources: Sources<'a>,
    interrupts: Interrupts,
    watcher: Watcher,
    mock: Option<RunningMock>,
}

impl Watch<'_> {
    async fn run(&mut self) -> ExitCode {
        let mut seen = match self.look() {
            Ok(inputs) => inputs,
            Err(message) => return fail(USAGE, &message),
        };
        // What is wrong from the start is wrong usage; later it is one more thing that may yet change.
        if let Err(message) = run::plan(self.args, self.sources.paths, None) {
            return fail(USAGE, &message);
        }
        self.mock = match run::start_mock(self.args).await {
            Ok(mock) => mock,
            Err(code) => return code,
        };
        let mut wanted = None;
        loop {
            match self.once(wanted.as_ref()).await {
                Ok(Ended::Interrupted) => return ExitCode::from(INTERRUPTED),
                Ok(Ended::Passed | Ended::Failed) => {}
                Err(message) => super::warn(&message),
            }
            self.say("watching for changes, Ctrl-C ends");
            let changes = tokio::select! {
                changes = changed(&mut self.watcher, &self.sources, &mut seen) => changes,
                () = self.interrupts.wait() => return ExitCode::SUCCESS,
            };
            if changes.mock {
                self.restart_mock().await;
            }
            wanted = (!changes.concern_all).then_some(changes.tests);
        }
    }

    /// One run: of the `wanted` files, or of all.
    async fn once(&mut self, wanted: Option<&BTreeSet<PathBuf>>) -> Result<Ended, String> {
        let request = run::plan(self.args, self.sources.paths, wanted)?;
        run::execute(request, self.args, &mut self.interrupts).await
    }

    fn look(&mut self) -> Result<Inputs, String> {
        look(&mut self.watcher, &self.sources)
    }

    async fn restart_mock(&mut self) {
        if let Some(mock) = self.mock.take() {
            mock.stop().await;
        }
        // Why it does not start has been printed; the tests will not reach it.
        self.mock = run::start_mock(self.args).await.ok().flatten();
    }

    /// For people; programs read reports.
    fn say(&self, text: &str) {
        if !self.args.reports.contains(&ReportKind::Json) {
            super::print(&format!("{text}\n"));
        }
    }
}

/// Waits until files are different from `seen`, which then is how they are.
async fn changed(watcher: &mut Watcher, sources: &Sources<'_>, seen: &mut Inputs) -> Changes {
    loop {
        watcher.wait().await;
        // A test that is gone may be about to come back, as some editors save: that will be heard too.
        let Ok(now) = look(watcher, sources) else { continue };
        let changes = now.since(seen);
        if changes != Changes::default() {
            *seen = now;
            return changes;
        }
    }
}

/// The files as they are, with all of their folders watched since before they were read.
fn look(watcher: &mut Watcher, sources: &Sources<'_>) -> Result<Inputs, String> {
    let mut inputs = Inputs::read(sources)?;
    while watcher.follow(inputs.folders()) {
        inputs = Inputs::read(sources)?;
    }
    Ok(inputs)
}

/// Hears of everything that happens in some folders.
struct Watcher {
    watcher: RecommendedWatcher,
    woken: UnboundedReceiver<()>,
    folders: BTreeSet<PathBuf>,
}

impl Watcher {
    fn new() -> notify::Result<Self> {
        let (sender, woken) = unbounded_channel();
        let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            // Runs read files, and that is no change. Whether an error was one is seen by looking.
            let is_reading = event.is_ok_and(|event| matches!(event.kind, EventKind::Access(_)));
            if !is_reading {
                // Nobody waits any more: the command is at its end.
                let _ = sender.send(());
            }
        })?;
        Ok(Self {
            watcher,
            woken,
            folders: BTreeSet::new(),
        })
    }

    /// Watches `folders` and no others; whether one is new. A folder that was deleted and made anew has lost its watch
    /// without a word, so all are asked for each time.
    fn follow(&mut self, folders: BTreeSet<PathBuf>) -> bool {
        for folder in self.folders.difference(&folders) {
            // One that is gone is not watched any more.
            let _ = self.watcher.unwatch(folder);
        }
        for folder in &folders {
            if let Err(error) = self.watcher.watch(folder, RecursiveMode::NonRecursive)
                && !self.folders.contains(folder)
            {
                super::warn(&format!("{} is not watched: {error}", folder.display()));
            }
        }
        let is_new = !folders.is_subset(&self.folders);
        self.folders = folders;
        is_new
    }

    /// Waits until something has happened and it is quiet again.
    async fn wait(&mut self) {
        // The sender lives as long as the watcher.
        let _ = self.woken.recv().await;
        let quiet = async { while let Ok(Some(())) = tokio::time::timeout(QUIET, self.woken.recv()).await {} };
        let _ = tokio::time::timeout(LOUD, quiet).await;
    }
}
