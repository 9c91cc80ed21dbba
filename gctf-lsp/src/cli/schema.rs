//! `gctf schema`: what servers understand, saved for when they are away, and compared with what was saved.

use super::load::Workspace;
use super::settings::Folders;
use super::{USAGE, fail, files};
use crate::connection::{Connection, Defaults};
use crate::ide::{Config, SchemaState};
use crate::report::schema as report;
use crate::schema::Schema;
use crate::schema::diff::{Weight, changes};
use crate::snapshot;
use crate::syntax::SourceFile;
use crate::target::{SchemaSource, Target};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

/// Flags of `gctf schema`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// List services and methods
    List(Places),
    /// Print the protos that servers understand
    Show(Places),
    /// Save what servers understand, to be used while they are away
    Save(Kept),
    /// Say what has changed since schemas were saved
    Diff(Diff),
}

/// Whose schema is meant.
#[derive(Debug, clap::Args)]
struct Places {
    /// Addresses such as localhost:4770, or tests and folders for the servers that they call; the tests of the
    /// working folder without one
    places: Vec<PathBuf>,
}

#[derive(Debug, clap::Args)]
struct Kept {
    #[command(flatten)]
    places: Places,
    /// The folder of saved schemas [default: schema.snapshotDir in gctf.toml, gctf-schema]
    #[arg(long, value_name = "FOLDER")]
    dir: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
struct Diff {
    #[command(flatten)]
    kept: Kept,
    /// Exit with 1 where a change breaks tests that worked
    #[arg(long)]
    fail_on_breaking: bool,
}

/// Runs the command.
pub async fn run(args: Args) -> ExitCode {
    let places = match &args.action {
        Action::List(places) | Action::Show(places) => places,
        Action::Save(kept) => &kept.places,
        Action::Diff(diff) => &diff.kept.places,
    };
    let wanted = match wanted(&places.places) {
        Ok(wanted) => wanted,
        Err(message) => return fail(USAGE, &message),
    };
    if wanted.is_empty() {
        return fail(
            USAGE,
            "no server is named: give an address such as localhost:4770, or tests",
        );
    }
    let loaded = load(wanted).await;
    match &args.action {
        Action::List(_) => list(&loaded),
        Action::Show(_) => show(&loaded),
        Action::Save(kept) => save(&loaded, kept.dir.as_deref()),
        Action::Diff(diff) => compare(&loaded, diff),
    }
}

/// Where the schema of a server comes from, and where it is saved.
struct Wanted {
    source: SchemaSource,
    snapshots: PathBuf,
}

/// The servers that are meant.
fn wanted(places: &[PathBuf]) -> Result<BTreeMap<Target, Wanted>, String> {
    let mut wanted = BTreeMap::new();
    let here = Folders::default().here()?;
    let mut paths = Vec::new();
    for place in places {
        match (place.exists(), place.to_str().and_then(address)) {
            (false, Some(source)) => add(&mut wanted, source, &here),
            _ => paths.push(place.clone()),
        }
    }
    if paths.is_empty() && !places.is_empty() {
        return Ok(wanted);
    }
    let found = files::find(&paths)?;
    let workspace = Workspace::read(&found)?;
    for file in &workspace.files {
        let Some(state) = workspace.analysis.file(file.id) else {
            continue;
        };
        let config = workspace.analysis.config(state);
        let sources = crate::ide::diagnostics::findings(&workspace.analysis, file.id).wanted;
        sources.into_iter().for_each(|source| add(&mut wanted, source, config));
    }
    Ok(wanted)
}

/// Of several ways to ask one server the first one counts.
fn add(wanted: &mut BTreeMap<Target, Wanted>, source: SchemaSource, config: &Config) {
    if let SchemaSource::Reflection { target, .. } = &source {
        wanted.entry(target.clone()).or_insert(Wanted {
            source,
            snapshots: config.settings.snapshot_folder.clone(),
        });
    }
}

/// The source that an address alone names, as a document with nothing but this ADDRESS would.
fn address(text: &str) -> Option<SchemaSource> {
    let file = SourceFile::new(&format!("--- ADDRESS ---\n{text}\n"));
    let defaults: Defaults = super::environment::defaults();
    let connection = Connection::new(&file, 0, file.in_force(0), Path::new("."), &defaults);
    let target = connection.target(text).ok()?;
    Some(connection.schema_source(&target, Vec::new()))
}

/// A server that was asked.
struct Loaded {
    target: Target,
    /// Or why there is none.
    schema: Result<Arc<Schema>, String>,
    snapshots: PathBuf,
}

async fn load(wanted: BTreeMap<Target, Wanted>) -> Vec<Loaded> {
    let loads = wanted.into_iter().map(|(target, wanted)| async {
        let state = super::load::state(wanted.source).await;
        let schema = match state {
            SchemaState::Ready(schema) | SchemaState::Outdated { schema, .. } => Ok(schema),
            SchemaState::Failed { reason, .. } => Err(reason),
            SchemaState::Loading => Err("still loading".to_owned()),
        };
        Loaded {
            target,
            schema,
            snapshots: wanted.snapshots,
        }
    });
    futures::future::join_all(loads).await
}

fn list(loaded: &[Loaded]) -> ExitCode {
    each(loaded, |server, schema| {
        super::print(&report::services(&server.target, schema));
        Ok(())
    })
}

fn show(loaded: &[Loaded]) -> ExitCode {
    each(loaded, |server, schema| {
        super::print(&report::protos(&server.target, schema));
        Ok(())
    })
}

fn save(loaded: &[Loaded], folder: Option<&Path>) -> ExitCode {
    each(loaded, |server, schema| {
        let target = &server.target;
        let path = snapshot::save(folder.unwrap_or(&server.snapshots), target, schema)?;
        super::print(&format!("{target}: saved to {}\n", path.display()));
        Ok(())
    })
}

fn compare(loaded: &[Loaded], diff: &Diff) -> ExitCode {
    let mut breaks = false;
    let code = each(loaded, |server, schema| {
        let target = &server.target;
        let folder = diff.kept.dir.as_ref().unwrap_or(&server.snapshots);
        let saved = snapshot::read(folder, target)?;
        let Some(saved) = saved else {
            let path = snapshot::path(folder, target);
            return Err(format!(
                "no schema was saved as {}: use `gctf schema save`",
                path.display()
            ));
        };
        let found = changes(&saved.schema, schema);
        breaks |= found.iter().any(|change| change.weight == Weight::Breaking);
        super::print(&report::changes(target, &found));
        Ok(())
    });
    match diff.fail_on_breaking && breaks {
        true => ExitCode::FAILURE,
        false => code,
    }
}

/// Does `work` for each server; those without a schema, or for which it fails, are told and make the command fail.
fn each(loaded: &[Loaded], mut work: impl FnMut(&Loaded, &Schema) -> Result<(), String>) -> ExitCode {
    let mut code = ExitCode::SUCCESS;
    for server in loaded {
        let done = match &server.schema {
            Ok(schema) => work(server, schema),
            Err(reason) => Err(reason.clone()),
        };
        if let Err(message) = done {
            code = fail(1, &message);
        }
    }
    code
}
