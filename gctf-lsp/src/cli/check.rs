//! `gctf check`: says what is wrong with files, without running them.

use super::load::{Schemas, Workspace, WorkspaceFile};
use super::{USAGE, fail, files};
use crate::diagnostic::Diagnostic;
use crate::ide::diagnostics;
use crate::report::findings::{self, Checked, Counts};
use crate::report::human::Colours;
use std::path::PathBuf;
use std::process::ExitCode;

/// Flags of `gctf check`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Test files, or folders that are searched for *.gctf
    paths: Vec<PathBuf>,
    /// How findings are written
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Where schemas come from; only live connects to the servers that tests name
    #[arg(long, value_enum, default_value_t = Schemas::None)]
    schema: Schemas,
}

/// Who reads the findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Human,
    Json,
    Sarif,
    Github,
}

/// Runs the command.
pub async fn run(args: Args) -> ExitCode {
    let found = match files::find_with_fixtures(&args.paths) {
        Ok(found) if found.is_empty() => {
            return fail(
                USAGE,
                "nothing to check: name files or folders, such as `gctf check tests`",
            );
        }
        Ok(found) => found,
        Err(message) => return fail(USAGE, &message),
    };
    let mut workspace = match Workspace::read(&found) {
        Ok(workspace) => workspace,
        Err(message) => return fail(USAGE, &message),
    };
    if args.schema != Schemas::None {
        workspace.load_schemas(args.schema).await;
    }
    workspace.look_at_named_files();
    let checked: Vec<_> = workspace
        .files
        .iter()
        .filter_map(|file| check(&workspace, file))
        .collect();
    match args.format {
        Format::Human => {
            let colours = Colours::of_stdout();
            checked
                .iter()
                .for_each(|file| super::print(&findings::human(file, colours)));
            super::print(&format!("{}\n", Counts::of(&checked).line()));
        }
        Format::Json => super::print(&findings::json::render(&checked)),
        Format::Sarif => super::print(&findings::sarif::render(&checked)),
        Format::Github => super::print(&findings::github::render(&checked)),
    }
    match Counts::of(&checked).errors {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

fn check(workspace: &Workspace, file: &WorkspaceFile) -> Option<Checked> {
    let state = workspace.analysis.file(file.id)?;
    let source = state.source.clone();
    let diagnostics = match file.not_utf8 {
        // What follows from a text that is cut off would be wrong.
        Some(at) => {
            let message = format!("not UTF-8 at byte {at}: save the file as UTF-8");
            vec![Diagnostic::error("G101", at..at, message)]
        }
        None => diagnostics::findings(&workspace.analysis, file.id).diagnostics,
    };
    let path = file.path.display().to_string();
    let mask = &workspace.analysis.config(state).settings.mask;
    Some(Checked::new(path, source, diagnostics, mask))
}
