//! When schemas are loaded: at once for a file that was opened or saved, after a while for what is being typed,
//! again when they may be outdated, and later and later while they cannot be loaded. Never from a host that
//! the policy does not allow.

use super::local_protos;
use super::session::{Event, Session};
use crate::ide::{FileId, SchemaState};
use crate::run::SchemaFailure;
use crate::schema::Schema;
use crate::target::SchemaSource;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::task::AbortOnDropHandle;

/// How long a source that an edit brought has to stay as it is before it is dialled.
pub(super) const SETTLE: Duration = Duration::from_secs(1);

/// A schema that is used when it is older than this is loaded again.
const FRESH: Duration = Duration::from_secs(60);

/// Waits after the first failure, the second, and every later one.
const RETRIES: [Duration; 3] = [Duration::from_secs(5), Duration::from_secs(30), Duration::from_secs(60)];

/// The result of a load.
pub(super) type Loaded = Result<Schema, SchemaFailure>;

/// When each source that an open file needs is loaded next.
#[derive(Debug, Default)]
pub(super) struct Schemas {
    entries: BTreeMap<SchemaSource, Entry>,
}

#[derive(Debug, Default)]
struct Entry {
    due: Option<Instant>,
    loading: Option<AbortOnDropHandle<()>>,
    loaded: Option<Instant>,
    failures: usize,
}

impl Schemas {
    /// Takes note that a file needs `source`, first loaded at `when`.
    pub(super) fn want(&mut self, source: &SchemaSource, when: Instant) {
        let entry = self.entries.entry(source.clone()).or_insert_with(|| Entry {
            due: Some(when),
            ..Entry::default()
        });
        match (entry.loaded, entry.failures) {
            (Some(loaded), _) if entry.loading.is_none() && when.duration_since(loaded) > FRESH => {
                entry.due = Some(when);
            }
            // Not tried yet; after a failure the next try has its own time.
            (None, 0) => entry.due = entry.due.map(|due| due.min(when)),
            _ => {}
        }
    }

    /// Loads `source` as soon as possible, whatever came of it before; only one that is wanted.
    pub(super) fn hurry(&mut self, source: &SchemaSource, now: Instant) {
        if let Some(entry) = self.entries.get_mut(source).filter(|entry| entry.loading.is_none()) {
            entry.due = Some(now);
        }
    }

    /// Forgets the sources that no file needs; those that were not loaded are returned.
    pub(super) fn retain(&mut self, needed: &BTreeSet<&SchemaSource>) -> Vec<SchemaSource> {
        let dropped: Vec<_> = self
            .entries
            .iter()
            .filter(|(source, entry)| !needed.contains(source) && entry.loaded.is_none())
            .map(|(source, _)| source.clone())
            .collect();
        for source in &dropped {
            self.entries.remove(source);
        }
        dropped
    }

    /// The sources to load now.
    pub(super) fn due(&self, now: Instant) -> Vec<SchemaSource> {
        let due = |entry: &Entry| entry.loading.is_none() && entry.due.is_some_and(|due| due <= now);
        self.entries
            .iter()
            .filter(|(_, entry)| due(entry))
            .map(|(source, _)| source.clone())
            .collect()
    }

    pub(super) fn next_deadline(&self) -> Option<Instant> {
        let waiting = self.entries.values().filter(|entry| entry.loading.is_none());
        waiting.filter_map(|entry| entry.due).min()
    }

    /// `load` is loading `source`.
    pub(super) fn started(&mut self, source: &SchemaSource, load: AbortOnDropHandle<()>) {
        let entry = self.entries.entry(source.clone()).or_default();
        entry.due = None;
        entry.loading = Some(load);
    }

    /// `source` is loaded, or could not be.
    pub(super) fn finished(&mut self, source: &SchemaSource, success: bool, now: Instant) {
        let Some(entry) = self.entries.get_mut(source) else {
            return;
        };
        entry.loading = None;
        if success {
            entry.loaded = Some(now);
            entry.failures = 0;
            return;
        }
        let wait = RETRIES[entry.failures.min(RETRIES.len() - 1)];
        entry.failures += 1;
        entry.due = Some(now + wait);
    }
}

impl Session {
    pub(super) fn want(&mut self, source: &SchemaSource, when: Instant) {
        match refusal(source) {
            None => self.schemas.want(source, when),
            Some(_) if self.analysis.schemas.contains_key(source) => {}
            Some(reason) => {
                let refused = SchemaState::Failed { code: "G323", reason };
                Arc::make_mut(&mut self.analysis.schemas).insert(source.clone(), refused);
                self.schema_changed(source);
            }
        }
    }

    /// Sources that no open file needs any more, as those of half-typed addresses, are dropped.
    pub(super) fn forget_schemas(&mut self) {
        let needed: BTreeSet<_> = self.open.values().flat_map(|file| &file.wanted).collect();
        let dropped = self.schemas.retain(&needed);
        let refused = |state: &SchemaState| matches!(state, SchemaState::Failed { code: "G323", .. });
        let stale: Vec<_> = self
            .analysis
            .schemas
            .iter()
            .filter(|(source, state)| dropped.contains(source) || refused(state) && !needed.contains(source))
            .map(|(source, _)| source.clone())
            .collect();
        if !stale.is_empty() {
            let states = Arc::make_mut(&mut self.analysis.schemas);
            stale.iter().for_each(|source| drop(states.remove(source)));
            self.schema_revision += 1;
        }
    }

    pub(super) fn load(&mut self, source: SchemaSource) {
        Arc::make_mut(&mut self.analysis.schemas)
            .entry(source.clone())
            .or_insert(SchemaState::Loading);
        let wanting = self.open.iter().filter(|(_, file)| file.wanted.contains(&source));
        let own_folders = wanting.filter_map(|(id, _)| {
            let path = self.analysis.file(*id)?.path.as_deref()?;
            path.parent().map(Path::to_owned)
        });
        let roots: Vec<_> = self.folders.iter().cloned().chain(own_folders).collect();
        let (events, wanted) = (self.events.clone(), source.clone());
        let task = tokio::spawn(async move {
            let loaded = load(wanted.clone(), roots).await;
            // The loop ends last.
            let _ = events.send(Event::Schema { source: wanted, loaded });
        });
        self.schemas.started(&source, AbortOnDropHandle::new(task));
    }

    pub(super) fn schema_loaded(&mut self, source: SchemaSource, loaded: Loaded) {
        self.schemas.finished(&source, loaded.is_ok(), Instant::now());
        let states = Arc::make_mut(&mut self.analysis.schemas);
        match (loaded, states.get(&source)) {
            (Ok(schema), _) => drop(states.insert(source.clone(), SchemaState::Ready(Arc::new(schema)))),
            // An old schema is better than none.
            (Err(failure), Some(SchemaState::Ready(_))) => tracing::info!("{source}: {}", failure.message),
            (Err(failure), _) => {
                let failed = SchemaState::Failed {
                    code: failure.code,
                    reason: failure.message,
                };
                states.insert(source.clone(), failed);
            }
        }
        self.schema_changed(&source);
    }

    /// The findings of the files that use `source` are outdated, and who waits for it has waited long enough.
    fn schema_changed(&mut self, source: &SchemaSource) {
        self.schema_revision += 1;
        for file in self.open.values_mut().filter(|file| file.wanted.contains(source)) {
            file.generation += 1;
        }
        for request in self.parked.take(source) {
            self.complete(request.params, request.reply);
        }
    }

    /// Loads the schemas of a file again that could not be loaded: a run tells that the target may be up now.
    pub(super) fn retry_schemas(&mut self, id: FileId) {
        let Some(file) = self.open.get(&id) else { return };
        let failed = |source: &&SchemaSource| {
            let state = self.analysis.schemas.get(*source);
            matches!(state, Some(SchemaState::Failed { code, .. }) if *code != "G323")
        };
        let now = Instant::now();
        for source in file.wanted.iter().filter(failed) {
            self.schemas.hurry(source, now);
        }
    }
}

/// Loads a schema that the policy allows.
async fn load(source: SchemaSource, roots: Vec<PathBuf>) -> Loaded {
    let paths: Vec<PathBuf> = source.paths().map(Path::to_owned).collect();
    // Links are resolved on the disk, which may be slow.
    let own = roots.clone();
    let checked = tokio::task::spawn_blocking(move || outside(paths, &own)).await;
    match checked {
        Ok(None) => {
            let is_served = matches!(source, SchemaSource::Reflection { .. });
            let schema = crate::run::load_schema(source).await?;
            match is_served {
                true => Ok(local_protos::with_docs(schema, roots).await),
                false => Ok(schema),
            }
        }
        Ok(Some(path)) => Err(SchemaFailure {
            code: "G620",
            message: format!("{} is outside the workspace and was not read", path.display()),
            connection: None,
        }),
        Err(error) => Err(SchemaFailure {
            code: "G301",
            message: error.to_string(),
            connection: None,
        }),
    }
}

/// Why `source` is not loaded without being asked for: until the user can approve hosts, only this machine is allowed.
fn refusal(source: &SchemaSource) -> Option<String> {
    match source {
        SchemaSource::Reflection { target, .. } if !target.is_loopback() => Some(format!(
            "schema not loaded: {target} is not trusted; only servers on this machine are asked without a run"
        )),
        _ => None,
    }
}

/// The first of `paths` that is in none of the folders `roots`, links followed. What does not exist is not read.
fn outside(paths: Vec<PathBuf>, roots: &[PathBuf]) -> Option<PathBuf> {
    let roots: Vec<_> = roots.iter().filter_map(|root| root.canonicalize().ok()).collect();
    let is_outside = |path: &PathBuf| match path.canonicalize() {
        Ok(path) => !roots.iter().any(|root| path.starts_with(root)),
        Err(_) => false,
    };
    paths.into_iter().find(is_outside)
}
