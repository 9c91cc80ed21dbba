//! Files and schemas for the commands that look at tests without running them.

use super::files::{self, Unreadable};
use super::run::environment_defaults;
use crate::ide::{Analysis, Config, FileId, FileState, SchemaState};
use crate::snapshot;
use crate::syntax::SourceFile;
use crate::target::{SchemaSource, Target};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where schemas may come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Schemas {
    /// Nowhere: files are checked by themselves
    None,
    /// From PROTO sections, and from what `gctf schema save` saved in the folder gctf-schema
    Snapshot,
    /// From where each test says: its PROTO section, or reflection at its target
    Live,
}

/// The files of a command, with what features know of them.
pub(super) struct Workspace {
    pub(super) analysis: Analysis,
    pub(super) files: Vec<WorkspaceFile>,
}

/// A file of a [`Workspace`].
pub(super) struct WorkspaceFile {
    pub(super) id: FileId,
    pub(super) path: PathBuf,
    /// Where it stops to be UTF-8; its text ends there.
    pub(super) not_utf8: Option<usize>,
}

impl Workspace {
    /// Reads files.
    ///
    /// # Errors
    /// The first that cannot be read.
    pub(super) fn read(paths: &[PathBuf]) -> Result<Self, String> {
        let mut states = BTreeMap::new();
        let mut known = Vec::new();
        for (number, path) in paths.iter().enumerate() {
            let (text, not_utf8) = match files::read(path) {
                Ok(text) => (text, None),
                Err(Unreadable::NotUtf8 { before }) => {
                    let at = before.len();
                    (before, Some(at))
                }
                Err(Unreadable::Failed(message)) => return Err(message),
            };
            let id = FileId(number as u32);
            let state = FileState {
                source: SourceFile::new(&text),
                path: Some(path.clone()),
                version: 0,
                runs: BTreeMap::new(),
                config: None,
            };
            states.insert(id, Arc::new(state));
            known.push(WorkspaceFile {
                id,
                path: path.clone(),
                not_utf8,
            });
        }
        let config = Config {
            defaults: environment_defaults(),
            environment: Some(super::environment::variables().into_keys().collect()),
            ..Config::default()
        };
        Ok(Self {
            analysis: Analysis {
                files: Arc::new(states),
                config: Arc::new(config),
                ..Analysis::default()
            },
            files: known,
        })
    }

    /// Loads the schemas that the files want, all at the same time: those of PROTO sections, and where `schemas`
    /// allows it those of servers.
    pub(super) async fn load_schemas(&mut self, schemas: Schemas) {
        let may_load =
            |source: &SchemaSource| schemas != Schemas::None || !matches!(source, SchemaSource::Reflection { .. });
        let wanted = self
            .files
            .iter()
            .flat_map(|file| crate::ide::diagnostics::findings(&self.analysis, file.id).wanted);
        let wanted: BTreeSet<_> = wanted.filter(|source| may_load(source)).collect();
        let loads = wanted.into_iter().map(|source| async move {
            let state = match (schemas, &source) {
                (Schemas::Snapshot, SchemaSource::Reflection { target, .. }) => saved(target),
                _ => state(source.clone()).await,
            };
            (source, state)
        });
        let loaded = futures::future::join_all(loads).await;
        self.analysis.schemas = Arc::new(loaded.into_iter().collect());
    }
}

/// The schema that was saved for a server.
fn saved(target: &Target) -> SchemaState {
    let folder = Path::new(snapshot::FOLDER);
    let reason = match snapshot::read(folder, target) {
        Ok(Some(saved)) => return SchemaState::Ready(Arc::new(saved.schema)),
        Ok(None) => format!(
            "no schema of {target} was saved in {}: use `gctf schema save`",
            folder.display()
        ),
        Err(reason) => reason,
    };
    SchemaState::Failed {
        code: "G301",
        reason,
        remedy: None,
    }
}

/// Loads a schema.
pub(super) async fn state(source: SchemaSource) -> SchemaState {
    match crate::run::load_schema(source).await {
        Ok(loaded) => SchemaState::Ready(Arc::new(loaded.schema)),
        Err(failure) => SchemaState::Failed {
            code: failure.code,
            reason: failure.message,
            remedy: None,
        },
    }
}
