//! Schemas that somebody saved, for servers that are away or that nobody has approved of.

use super::local_protos::{self, Roots};
use super::schemas::Failed;
use super::session::{Event, Session};
use super::texts::Kind;
use crate::ide::SchemaState;
use crate::ide::places::Place;
use crate::run::SchemaFailure;
use crate::schema::Schema;
use crate::schema::diff::changes;
use crate::snapshot::{self, Snapshot};
use crate::target::SchemaSource;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

/// A saved schema in place of the one that could not be loaded.
pub(super) struct Saved {
    pub(super) schema: Schema,
    /// Its age and why it is used.
    pub(super) reason: String,
}

impl Session {
    /// The folders that may hold a saved schema of `source`, for the files that need it.
    pub(super) fn snapshot_folders(&self, source: &SchemaSource) -> Vec<PathBuf> {
        let wanting = self.open.iter().filter(|(_, file)| file.wanted.contains(source));
        let mut folders: Vec<_> = wanting
            .filter_map(|(id, _)| {
                let state = self.analysis.file(*id)?;
                let own = state.path.as_deref()?.parent()?;
                let holder = self.folders.iter().filter(|folder| own.starts_with(folder));
                let base = holder
                    .max_by_key(|folder| folder.as_os_str().len())
                    .map_or(own, PathBuf::as_path);
                Some(base.join(&self.analysis.config(state).settings.snapshot_folder))
            })
            .collect();
        folders.dedup();
        folders
    }

    /// Writes the schema of a server to the folder of saved schemas; the path, or what cannot be written.
    ///
    /// # Errors
    /// Why there is nothing to write.
    pub(super) fn save_schema(
        &self,
        place: &Place,
    ) -> Result<impl Future<Output = Result<PathBuf, String>> + Send + use<>, String> {
        let schema = match (self.analysis.schemas.get(&place.source), &place.source) {
            (Some(SchemaState::Ready(schema)), SchemaSource::Reflection { .. }) => Arc::clone(schema),
            (Some(SchemaState::Ready(_)), _) => {
                return Err("the schema comes from files: there is nothing to save".to_owned());
            }
            _ => return Err("the schema is not loaded: use `Load schema` first".to_owned()),
        };
        let folder = self.snapshot_folders(&place.source).into_iter().next();
        let folder = folder.ok_or("the file has no folder yet: save it first")?;
        let target = place.target.clone();
        Ok(async move {
            let written = tokio::task::spawn_blocking(move || snapshot::save(&folder, &target, &schema)).await;
            written.map_err(|error| error.to_string())?
        })
    }

    /// Shows what has changed at a server since its schema was saved.
    ///
    /// # Errors
    /// Why nothing can be compared.
    pub(super) fn show_schema_diff(&self, place: &Place) -> Result<(), String> {
        let schema = self.analysis.schemas.get(&place.source).and_then(SchemaState::schema);
        let drift = schema.and_then(|schema| Some((schema, schema.drift()?)));
        let (schema, drift) = drift.ok_or("no schema was saved, or none is loaded: there is nothing to compare")?;
        let text = crate::report::schema::changes(&place.target, &changes(&drift.saved, schema));
        let name = format!("schema/{}.txt", place.target.to_string().replace([':', '[', ']'], "_"));
        self.shelf().show(Kind::Text, name, text);
        Ok(())
    }

    /// Looks for a saved schema of a server that is not dialled; `failure` says why it is not.
    pub(super) fn look_for_saved(&self, source: &SchemaSource, failure: SchemaFailure) {
        let (folders, roots) = (self.snapshot_folders(source), self.proto_roots(source));
        let (events, source) = (self.events.clone(), source.clone());
        tokio::spawn(async move {
            if let Some(saved) = with_saved(&source, failure, folders, roots).await.saved {
                // The loop ends last.
                let _ = events.send(Event::Saved { source, saved });
            }
        });
    }

    /// A saved schema was found for a server that is not dialled. Where it has been approved of meanwhile, what
    /// comes from the server counts.
    pub(super) fn saved_found(&mut self, source: &SchemaSource, saved: Saved) {
        let states = Arc::make_mut(&mut self.analysis.schemas);
        let Some(state @ SchemaState::Failed { code: "G323", .. }) = states.get_mut(source) else {
            return;
        };
        *state = SchemaState::Outdated {
            schema: Arc::new(saved.schema),
            code: "G323",
            reason: saved.reason,
            remedy: None,
        };
        self.schema_changed(source);
    }
}

/// `failure` with what was saved of the server, in the first of `folders` that has anything.
pub(super) async fn with_saved(
    source: &SchemaSource,
    failure: SchemaFailure,
    folders: Vec<PathBuf>,
    roots: Roots,
) -> Failed {
    let SchemaSource::Reflection { target, .. } = source else {
        return Failed { failure, saved: None };
    };
    let target = target.clone();
    let read = move || folders.iter().find_map(|folder| read(folder, &target));
    let found = tokio::task::spawn_blocking(read).await.ok().flatten();
    let Some(found) = found else {
        return Failed { failure, saved: None };
    };
    let saved = Some(Saved {
        reason: format!(
            "using the saved schema: {} (saved {})",
            failure.message,
            age(found.saved)
        ),
        schema: local_protos::with_docs(found.schema, roots).await,
    });
    Failed { failure, saved }
}

/// `schema` with how it differs from what was saved of it, in the first of `folders` that has anything.
pub(super) async fn compared(source: &SchemaSource, schema: Schema, folders: Vec<PathBuf>) -> Schema {
    let SchemaSource::Reflection { target, .. } = source else {
        return schema;
    };
    let (target, now) = (target.clone(), schema.clone());
    let compare = move || match folders.iter().find_map(|folder| read(folder, &target)) {
        Some(saved) => now.since(Arc::new(saved.schema)),
        None => now,
    };
    tokio::task::spawn_blocking(compare).await.unwrap_or(schema)
}

fn read(folder: &Path, target: &crate::target::Target) -> Option<Snapshot> {
    snapshot::read(folder, target).unwrap_or_else(|error| {
        tracing::warn!("{error}");
        None
    })
}

fn age(saved: SystemTime) -> String {
    let days = saved.elapsed().map_or(0, |age| age.as_secs() / 86_400);
    match days {
        0 => "today".to_owned(),
        1 => "yesterday".to_owned(),
        days => format!("{days} days ago"),
    }
}
