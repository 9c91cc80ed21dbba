//! `gctf fmt`: brings files into their layout.

use super::files::{self, Unreadable};
use super::settings::Folders;
use super::{USAGE, fail, warn};
use crate::ide::format;
use crate::syntax::SourceFile;
use similar::TextDiff;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Flags of `gctf fmt`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Test files, folders that are searched for *.gctf, or - for standard input and output
    paths: Vec<PathBuf>,
    /// Write nothing; exit with 1 if a file would change
    #[arg(long)]
    check: bool,
    /// Write nothing; print what would change
    #[arg(long)]
    diff: bool,
}

/// Runs the command.
pub fn run(args: &Args) -> ExitCode {
    if args.paths == [Path::new("-")] {
        return standard_input(args);
    }
    let found = match files::find_with_fixtures(&args.paths) {
        Ok(found) if found.is_empty() => {
            return fail(
                USAGE,
                "nothing to format: name files or folders, such as `gctf fmt tests`",
            );
        }
        Ok(found) => found,
        Err(message) => return fail(USAGE, &message),
    };
    let mut changes = 0;
    let mut failed = false;
    let mut folders = Folders::default();
    for path in &found {
        match folders.of(path) {
            Ok(config) if !config.settings.formats => continue,
            Ok(_) => {}
            Err(message) => return fail(USAGE, &message),
        }
        match one(args, path) {
            Ok(changed) => changes += usize::from(changed),
            Err(message) => {
                warn(&message);
                failed = true;
            }
        }
    }
    match failed || args.check && changes > 0 {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    }
}

/// Whether the file changes.
fn one(args: &Args, path: &Path) -> Result<bool, String> {
    let name = path.display().to_string();
    let text = files::read(path).map_err(|error| match error {
        Unreadable::NotUtf8 { before } => format!("{name}: G101: not UTF-8 at byte {}: left as it is", before.len()),
        Unreadable::Failed(message) => message,
    })?;
    let wanted = formatted(&text);
    if wanted == text {
        return Ok(false);
    }
    match (args.diff, args.check) {
        (true, _) => super::print(&difference(&name, &text, &wanted)),
        (false, true) => super::print(&format!("would format {name}\n")),
        (false, false) => {
            std::fs::write(path, wanted).map_err(|error| format!("{name}: {error}"))?;
            super::print(&format!("formatted {name}\n"));
        }
    }
    Ok(true)
}

fn standard_input(args: &Args) -> ExitCode {
    let mut text = String::new();
    if let Err(error) = std::io::stdin().read_to_string(&mut text) {
        return fail(1, &format!("standard input: {error}"));
    }
    let wanted = formatted(&text);
    match (args.diff, args.check) {
        (true, _) => super::print(&difference("-", &text, &wanted)),
        (false, true) => {}
        (false, false) => super::print(&wanted),
    }
    match args.check && wanted != text {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    }
}

fn formatted(text: &str) -> String {
    format::apply(text, &format::format(&SourceFile::new(text)))
}

fn difference(name: &str, text: &str, wanted: &str) -> String {
    let diff = TextDiff::from_lines(text, wanted);
    diff.unified_diff().header(name, name).to_string()
}
