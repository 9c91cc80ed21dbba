//! `gctf list`: the tests of files, and the methods that no test calls.

use super::load::{Schemas, Workspace};
use super::{USAGE, fail, files};
use crate::ide::{FileState, SchemaState};
use crate::report::listing::{self, Test};
use crate::secrets::Mask;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Flags of `gctf list`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Test files, or folders that are searched for *.gctf
    paths: Vec<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// List the methods of the schemas with the tests that call them
    #[arg(long)]
    coverage: bool,
    /// Where schemas come from besides PROTO sections; only live connects to the servers that tests name
    #[arg(long, value_enum, default_value_t = Schemas::None)]
    schema: Schemas,
}

/// The tests of one file.
struct Listed<'a> {
    path: &'a Path,
    tests: Vec<Test>,
    /// The labels of its rows, as reports of runs have them.
    rows: Vec<String>,
}

/// Runs the command.
pub async fn run(args: Args) -> ExitCode {
    let found = match files::find(&args.paths) {
        Ok(found) if found.is_empty() => return fail(USAGE, "no test found: tests are files named *.gctf"),
        Ok(found) => found,
        Err(message) => return fail(USAGE, &message),
    };
    let mut workspace = match Workspace::read(&found) {
        Ok(workspace) => workspace,
        Err(message) => return fail(USAGE, &message),
    };
    if args.coverage {
        workspace.load_schemas(args.schema).await;
    }
    let states = workspace
        .files
        .iter()
        .filter_map(|file| Some((file, workspace.analysis.file(file.id)?)));
    let mask = |state| &workspace.analysis.config(state).settings.mask;
    let listed: Vec<_> = states
        .map(|(file, state)| list(&file.path, state, mask(state)))
        .collect();
    if args.coverage {
        return coverage(&workspace, &listed, args.json);
    }
    match args.json {
        true => super::print(&format!("{:#}\n", listed.iter().map(json_file).collect::<Value>())),
        false => listed.iter().for_each(|file| super::print(&human(file))),
    }
    ExitCode::SUCCESS
}

fn list<'a>(path: &'a Path, state: &FileState, mask: &Mask) -> Listed<'a> {
    Listed {
        path,
        tests: listing::of_file(&state.source),
        rows: state.source.rows().iter().map(|row| row.label(mask)).collect(),
    }
}

/// As the server's command `gctf.listTests` answers, with the path as it was named.
fn json_file(file: &Listed<'_>) -> Value {
    let tests = file.tests.iter().map(|test| {
        let mut value = json!(test);
        if !file.rows.is_empty() {
            value["rows"] = json!(file.rows);
        }
        value
    });
    json!({
        "uri": listing::uri(file.path),
        "path": file.path.display().to_string(),
        "tests": tests.collect::<Vec<_>>(),
    })
}

fn human(file: &Listed<'_>) -> String {
    let mut text = String::new();
    for test in &file.tests {
        let name = match test.label == test.endpoint {
            true => test.endpoint.clone(),
            false => format!("{} ({})", test.label, test.endpoint),
        };
        let rows = match file.rows.len() {
            0 => String::new(),
            count => format!(", {count} rows"),
        };
        text.push_str(&format!("{}:{}: {name}{rows}\n", file.path.display(), test.range.line));
    }
    text
}

/// Methods by full name, with the tests that call each.
fn coverage(workspace: &Workspace, listed: &[Listed<'_>], as_json: bool) -> ExitCode {
    let mut methods: BTreeMap<String, Vec<(&Path, &Test)>> = BTreeMap::new();
    for state in workspace.analysis.schemas.values() {
        let SchemaState::Ready(schema) = state else { continue };
        for method in schema
            .own_services()
            .flat_map(|service| service.methods().collect::<Vec<_>>())
        {
            let service = method.parent_service().full_name().to_owned();
            methods.entry(format!("{service}/{}", method.name())).or_default();
        }
    }
    for (source, state) in workspace.analysis.schemas.iter() {
        if let SchemaState::Failed { reason, .. } = state {
            super::warn(&format!("{source}: {reason}"));
        }
    }
    if methods.is_empty() {
        return fail(
            1,
            "no schema: add PROTO sections, or load it from the servers with `--schema live`",
        );
    }
    for file in listed {
        for test in &file.tests {
            if let Some(calls) = methods.get_mut(&test.endpoint) {
                calls.push((file.path, test));
            }
        }
    }
    let called = methods.values().filter(|calls| !calls.is_empty()).count();
    match as_json {
        true => super::print(&format!("{:#}\n", json_coverage(&methods))),
        false => {
            for (method, calls) in &methods {
                let mark = match calls.is_empty() {
                    true => "✗",
                    false => "✓",
                };
                super::print(&format!("{mark} {method}{}\n", places(calls)));
            }
            super::print(&format!("{called} of {} methods have a test\n", methods.len()));
        }
    }
    ExitCode::SUCCESS
}

fn places(calls: &[(&Path, &Test)]) -> String {
    let places = calls
        .iter()
        .map(|(path, test)| format!("  {}:{}", path.display(), test.range.line));
    places.collect()
}

fn json_coverage(methods: &BTreeMap<String, Vec<(&Path, &Test)>>) -> Value {
    let entries = methods.iter().map(|(method, calls)| {
        let tests = calls.iter().map(|(path, test)| {
            let mut value = json!(test);
            value["path"] = json!(path.display().to_string());
            value
        });
        json!({ "method": method, "tests": tests.collect::<Vec<_>>() })
    });
    entries.collect()
}
