//! `gctf schema`: what servers understand, saved for when they are away, and compared with what was saved.

use super::load::Workspace;
use super::{USAGE, fail, files};
use crate::connection::{Connection, Defaults};
use crate::ide::SchemaState;
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
    /// The folder of saved schemas
    #[arg(long, value_name = "FOLDER", default_value = snapshot::FOLDER)]
    dir: PathBuf,
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
        Action::Save(kept) => save(&loaded, &kept.dir),
        Action::Diff(diff) => compare(&loaded, diff),
    }
}

/// The servers that are meant, each with the source of its schema.
fn wanted(places: &[PathBuf]) -> Result<BTreeMap<Target, SchemaSource>, String> {
    let mut wanted = BTreeMap::new();
    let mut paths = Vec::new();
    for place in places {
        match (place.exists(), place.to_str().and_then(address)) {
            (false, Some(source)) => add(&mut wanted, source),
            _ => paths.push(place.clone()),
        }
    }
    if paths.is_empty() && !places.is_empty() {
        return Ok(wanted);
    }
    let found = files::find(&paths)?;
    let workspace = Workspace::read(&found)?;
    for file in &workspace.files {
        let sources = crate::ide::diagnostics::findings(&workspace.analysis, file.id).wanted;
        sources.into_iter().for_each(|source| add(&mut wanted, source));
    }
    Ok(wanted)
}

/// Of several ways to ask one server the first one counts.
fn add(wanted: &mut BTreeMap<Target, SchemaSource>, source: SchemaSource) {
    if let SchemaSource::Reflection { target, .. } = &source {
        wanted.entry(target.clone()).or_insert(source);
    }
}

/// The source that an address alone names, as a document with nothing but this ADDRESS would.
fn address(text: &str) -> Option<SchemaSource> {
    let file = SourceFile::new(&format!("--- ADDRESS ---\n{text}\n"));
    let defaults: Defaults = super::run::environment_defaults();
    let connection = Connection::new(&file, 0, file.in_force(0), Path::new("."), &defaults);
    let target = connection.target(text).ok()?;
    Some(connection.schema_source(&target, Vec::new()))
}

/// Each server with its schema, or why there is none.
type Loaded = Vec<(Target, Result<Arc<Schema>, String>)>;

async fn load(wanted: BTreeMap<Target, SchemaSource>) -> Loaded {
    let loads = wanted.into_iter().map(|(target, source)| async {
        let state = super::load::state(source).await;
        let schema = match state {
            SchemaState::Ready(schema) | SchemaState::Outdated { schema, .. } => Ok(schema),
            SchemaState::Failed { reason, .. } => Err(reason),
            SchemaState::Loading => Err("still loading".to_owned()),
        };
        (target, schema)
    });
    futures::future::join_all(loads).await
}

fn list(loaded: &Loaded) -> ExitCode {
    each(loaded, |target, schema| {
        super::print(&report::services(target, schema));
        Ok(())
    })
}

fn show(loaded: &Loaded) -> ExitCode {
    each(loaded, |target, schema| {
        super::print(&report::protos(target, schema));
        Ok(())
    })
}

fn save(loaded: &Loaded, folder: &Path) -> ExitCode {
    each(loaded, |target, schema| {
        let path = snapshot::save(folder, target, schema)?;
        super::print(&format!("{target}: saved to {}\n", path.display()));
        Ok(())
    })
}

fn compare(loaded: &Loaded, diff: &Diff) -> ExitCode {
    let mut breaks = false;
    let code = each(loaded, |target, schema| {
        let saved = snapshot::read(&diff.kept.dir, target)?;
        let Some(saved) = saved else {
            let path = snapshot::path(&diff.kept.dir, target);
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
fn each(loaded: &Loaded, mut work: impl FnMut(&Target, &Schema) -> Result<(), String>) -> ExitCode {
    let mut code = ExitCode::SUCCESS;
    for (target, schema) in loaded {
        let done = match schema {
            Ok(schema) => work(target, schema),
            Err(reason) => Err(reason.clone()),
        };
        if let Err(message) = done {
            code = fail(1, &message);
        }
    }
    code
}
