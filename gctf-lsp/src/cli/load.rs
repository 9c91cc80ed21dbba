//! Files and schemas for the commands that look at tests without running them.

use super::files::{self, Unreadable};
use super::settings::Folders;
use crate::connection::named_files;
use crate::ide::{Analysis, FileId, FileState, SchemaState};
use crate::snapshot;
use crate::syntax::SourceFile;
use crate::target::{SchemaSource, Target};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where schemas may come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Schemas {
    /// Nowhere: files are checked by themselves
    None,
    /// From PROTO sections, and from what `gctf schema save` saved
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
    /// The first that cannot be read, or what is wrong with a `gctf.toml` at or above one.
    pub(super) fn read(paths: &[PathBuf]) -> Result<Self, String> {
        let mut folders = Folders::default();
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
                config: Some(folders.of(path)?),
            };
            states.insert(id, Arc::new(state));
            known.push(WorkspaceFile {
                id,
                path: path.clone(),
                not_utf8,
            });
        }
        Ok(Self {
            analysis: Analysis {
                files: Arc::new(states),
                ..Analysis::default()
            },
            files: known,
        })
    }

    /// Finds out whether the files that TLS and PROTO sections name can be read.
    pub(super) fn look_at_named_files(&mut self) {
        let named = self.analysis.files.values().flat_map(|state| {
            let folder = state.path.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
            named_files::named(&state.source, folder)
        });
        let looked = named.map(|(path, _)| {
            let reason = crate::grpc::files::unreadable(&path);
            (path, reason)
        });
        self.analysis.named_files = Arc::new(looked.collect());
    }

    /// Loads the schemas that the files want, all at the same time: those of PROTO sections, and where `schemas`
    /// allows it those of servers.
    pub(super) async fn load_schemas(&mut self, schemas: Schemas) {
        let may_load =
            |source: &SchemaSource| schemas != Schemas::None || !matches!(source, SchemaSource::Reflection { .. });
        let mut wanted = BTreeMap::new();
        for file in &self.files {
            let Some(state) = self.analysis.file(file.id) else {
                continue;
            };
            let folder = &self.analysis.config(state).settings.snapshot_folder;
            let sources = crate::ide::diagnostics::findings(&self.analysis, file.id).wanted;
            for source in sources.into_iter().filter(may_load) {
                // Of several folders with schemas of one server the first one counts.
                wanted.entry(source).or_insert(folder.clone());
            }
        }
        let loads = wanted.into_iter().map(|(source, folder)| async move {
            let state = match (schemas, &source) {
                (Schemas::Snapshot, SchemaSource::Reflection { target, .. }) => saved(&folder, target),
                _ => state(source.clone()).await,
            };
            (source, state)
        });
        let loaded = futures::future::join_all(loads).await;
        self.analysis.schemas = Arc::new(loaded.into_iter().collect());
    }
}

/// The schema that was saved for a server.
fn saved(folder: &Path, target: &Target) -> SchemaState {
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
    match crate::run::Targets::default().reload(&source).await {
        Ok(loaded) => SchemaState::Ready(Arc::new(loaded.schema)),
        Err(failure) => SchemaState::Failed {
            code: failure.code,
            reason: failure.message,
            remedy: None,
        },
    }
}
