//! When schemas are loaded: at once for a file that was opened or saved, after a while for what is being typed,
//! again when they may be outdated, and later and later while they cannot be loaded. Never from a host that
//! the policy does not allow.

mod loading;
mod progress;

use super::disk::{Stamps, normal};
use super::saved::{self, Saved};
use super::session::{Event, Session};
use crate::grpc::failure::FailureKind;
use crate::ide::{FileId, Remedy, SchemaState};
use crate::run::{SchemaFailure, Targets};
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
pub(super) type Loaded = Result<Fetched, Failed>;

/// Why a schema could not be loaded, with what was saved of it.
pub(super) struct Failed {
    pub(super) failure: SchemaFailure,
    pub(super) saved: Option<Saved>,
}

/// A schema, with the state of the files that it was read from.
pub(super) struct Fetched {
    schema: Schema,
    stamps: Stamps,
}

/// When each source that an open file needs is loaded next.
#[derive(Debug, Default)]
pub(super) struct Schemas {
    entries: BTreeMap<SchemaSource, Entry>,
    /// Counts the loads.
    loads: u64,
}

#[derive(Debug, Default)]
struct Entry {
    due: Option<Instant>,
    loading: Option<Loading>,
    loaded: Option<Instant>,
    failures: usize,
    /// Whether the user has asked for the next load.
    is_requested: bool,
    /// The files that it was read from, as they were then.
    stamps: Stamps,
}

/// A load that is under way.
#[derive(Debug)]
struct Loading {
    number: u64,
    _task: AbortOnDropHandle<()>,
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

    /// Loads a known `source` at once: what is under way may have met another server.
    pub(super) fn start_over(&mut self, source: &SchemaSource, now: Instant) {
        if let Some(entry) = self.entries.get_mut(source) {
            entry.loading = None;
            entry.failures = 0;
            entry.due = Some(now);
        }
    }

    /// Loads `source` at once because the user wants it, whatever is under way.
    pub(super) fn request(&mut self, source: &SchemaSource, now: Instant) {
        let entry = self.entries.entry(source.clone()).or_default();
        entry.loading = None;
        entry.failures = 0;
        entry.due = Some(now);
        entry.is_requested = true;
    }

    /// A file has changed: what may have been read from it is loaded again.
    pub(super) fn changed(&mut self, path: &Path, when: Instant) {
        let is_proto = path.extension().is_some_and(|extension| extension == "proto");
        for (source, entry) in &mut self.entries {
            let read = entry.stamps.keys().any(|file| normal(file) == path);
            let named = || {
                source
                    .paths()
                    .map(normal)
                    .any(|named| named == path || is_proto && path.starts_with(&named))
            };
            if read || entry.stamps.is_empty() && named() {
                entry.due = Some(when);
            }
        }
    }

    /// The files that `source` was read from, or is to be read from.
    pub(super) fn files(&self, source: &SchemaSource) -> Vec<PathBuf> {
        let read = self
            .entries
            .get(source)
            .map(|entry| entry.stamps.keys().cloned().collect());
        let read: Vec<_> = read.unwrap_or_default();
        match read.is_empty() {
            true => source.paths().map(Path::to_owned).collect(),
            false => read,
        }
    }

    /// Loads `source` again if its files are not as they were when it was loaded.
    pub(super) fn compare(&mut self, source: &SchemaSource, stamps: &Stamps, when: Instant) {
        let tried = |entry: &&mut Entry| entry.loading.is_none() && (entry.loaded.is_some() || entry.failures > 0);
        let Some(entry) = self.entries.get_mut(source).filter(tried) else {
            return;
        };
        if entry.stamps != *stamps && !stamps.is_empty() {
            entry.stamps.clone_from(stamps);
            entry.due = Some(entry.due.map_or(when, |due| due.min(when)));
        }
    }

    /// Whether the load that is due was asked for; the next one is not.
    fn take_request(&mut self, source: &SchemaSource) -> bool {
        let entry = self.entries.get_mut(source);
        entry.is_some_and(|entry| std::mem::take(&mut entry.is_requested))
    }

    /// Plans no load of `source`.
    fn suspend(&mut self, source: &SchemaSource) {
        if let Some(entry) = self.entries.get_mut(source) {
            entry.due = None;
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

    pub(super) fn is_loading(&self, source: &SchemaSource) -> bool {
        self.entries.get(source).is_some_and(|entry| entry.loading.is_some())
    }

    /// When `source` was loaded last.
    pub(super) fn loaded(&self, source: &SchemaSource) -> Option<Instant> {
        self.entries.get(source)?.loaded
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
        entry.loading = Some(Loading {
            number: self.loads,
            _task: load,
        });
    }

    /// Whether the newest load of `source` has this number, and is under way: what an older one brings is outdated.
    fn is_newest(&self, source: &SchemaSource, number: u64) -> bool {
        let loading = self.entries.get(source).and_then(|entry| entry.loading.as_ref());
        loading.is_some_and(|loading| loading.number == number)
    }

    /// Nothing is loaded any more.
    pub(super) fn stop(&mut self) {
        self.entries.clear();
    }

    /// `source` is loaded, or could not be.
    pub(super) fn finished(&mut self, source: &SchemaSource, stamps: Option<Stamps>, now: Instant) {
        let Some(entry) = self.entries.get_mut(source) else {
            return;
        };
        entry.loading = None;
        if let Some(stamps) = stamps {
            entry.stamps = stamps;
            entry.loaded = Some(now);
            entry.failures = 0;
            return;
        }
        let wait = RETRIES[entry.failures.min(RETRIES.len() - 1)];
        entry.failures += 1;
        // A change on the disk may have made it due before.
        entry.due = Some(entry.due.map_or(now + wait, |due| due.min(now + wait)));
    }
}

impl Session {
    pub(super) fn want(&mut self, id: FileId, source: &SchemaSource, when: Instant) {
        match self.refusal(id, source) {
            None => self.schemas.want(source, when),
            Some(_) if self.analysis.schemas.contains_key(source) => {}
            Some(reason) => {
                let refused = SchemaState::Failed {
                    code: "G323",
                    reason: reason.clone(),
                    remedy: None,
                };
                Arc::make_mut(&mut self.analysis.schemas).insert(source.clone(), refused);
                self.schema_changed(source);
                let failure = SchemaFailure {
                    code: "G323",
                    message: reason,
                    connection: None,
                    place: None,
                };
                self.look_for_saved(source, failure);
            }
        }
    }

    /// Sources that no open file needs any more, as those of half-typed addresses, are dropped.
    pub(super) fn forget_schemas(&mut self) {
        let needed: BTreeSet<_> = self.open.values().flat_map(|file| &file.wanted).collect();
        let dropped = self.schemas.retain(&needed);
        let stale: Vec<_> = self
            .analysis
            .schemas
            .iter()
            .filter(|(source, state)| dropped.contains(source) || state.is_refused() && !needed.contains(source))
            .map(|(source, _)| source.clone())
            .collect();
        if !stale.is_empty() {
            let states = Arc::make_mut(&mut self.analysis.schemas);
            stale.iter().for_each(|source| drop(states.remove(source)));
            self.schema_revision += 1;
        }
    }

    /// What runs and loads have opened and may use again.
    pub(super) fn warm(&mut self) -> Arc<Targets> {
        self.targets = Arc::new(self.targets.kept());
        Arc::clone(&self.targets)
    }

    /// Loads `source` because the user wants it and the policy allows it.
    pub(super) fn load_now(&mut self, source: SchemaSource) {
        self.schemas.request(&source, Instant::now());
        let states = Arc::make_mut(&mut self.analysis.schemas);
        match states.get(&source) {
            Some(SchemaState::Ready(_) | SchemaState::Outdated { .. }) => {}
            Some(SchemaState::Loading | SchemaState::Failed { .. }) | None => {
                states.insert(source.clone(), SchemaState::Loading);
                self.schema_changed(&source);
            }
        }
    }

    /// Forgets what was loaded from `source`.
    pub(super) fn drop_schema(&mut self, source: &SchemaSource) {
        self.schemas.entries.remove(source);
        if Arc::make_mut(&mut self.analysis.schemas).remove(source).is_some() {
            self.schema_changed(source);
        }
    }

    /// Starts a load that is due, if it is still allowed.
    pub(super) fn load(&mut self, source: SchemaSource) {
        if !self.schemas.take_request(&source) && !self.loads_by_itself(&source) {
            return self.schemas.suspend(&source);
        }
        Arc::make_mut(&mut self.analysis.schemas)
            .entry(source.clone())
            .or_insert(SchemaState::Loading);
        let roots = self.proto_roots(&source);
        let (events, wanted) = (self.events.clone(), source.clone());
        let saved = self.snapshot_folders(&source);
        let targets = self.warm();
        self.schemas.loads += 1;
        let number = self.schemas.loads;
        let progress = self.load_progress(&source, number);
        let task = tokio::spawn(async move {
            let work = async {
                let bare = |schema| {
                    let source = wanted.clone();
                    let _ = events.send(Event::Bare { source, number, schema });
                };
                match loading::load(&targets, wanted.clone(), roots.clone(), bare).await {
                    Ok(Fetched { schema, stamps }) => Ok(Fetched {
                        schema: saved::compared(&wanted, schema, saved).await,
                        stamps,
                    }),
                    Err(failure) => Err(saved::with_saved(&wanted, failure, saved, roots).await),
                }
            };
            let loaded = progress::shown_when_long(work, progress).await;
            // The loop ends last.
            let _ = events.send(Event::Schema {
                source: wanted,
                number,
                loaded,
            });
        });
        self.schemas.started(&source, AbortOnDropHandle::new(task));
    }

    /// The sources beside a schema are still being read. Before it there was none, or it is not needed so soon.
    pub(super) fn bare_schema(&mut self, source: &SchemaSource, number: u64, schema: Schema) {
        let states = Arc::make_mut(&mut self.analysis.schemas);
        let has_one = states.get(source).is_some_and(|state| state.schema().is_some());
        if self.schemas.is_newest(source, number) && !has_one {
            states.insert(source.clone(), SchemaState::Ready(Arc::new(schema)));
            self.schema_changed(source);
        }
    }

    pub(super) fn schema_loaded(&mut self, source: SchemaSource, number: u64, loaded: Loaded) {
        if !self.schemas.is_newest(&source, number) {
            return;
        }
        let stamps = loaded.as_ref().ok().map(|fetched| fetched.stamps.clone());
        self.schemas.finished(&source, stamps, Instant::now());
        let states = Arc::make_mut(&mut self.analysis.schemas);
        // Before the first load an old schema is what was saved, and the saved one says so itself.
        let was_loaded = self.schemas.loaded(&source).is_some();
        let old = states.get(&source).and_then(SchemaState::schema).cloned();
        let old = old.filter(|_| was_loaded);
        let state = match loaded {
            Ok(fetched) => SchemaState::Ready(Arc::new(fetched.schema)),
            Err(Failed { failure, saved }) => {
                let (code, remedy) = (failure.code, remedy(&failure));
                // An old schema is better than none, and one that was loaded better than one that was saved.
                let instead = match (old, saved) {
                    (Some(schema), _) => Some((schema, format!("{}; the schema from before is used", failure.message))),
                    (None, Some(saved)) => Some((Arc::new(saved.schema), saved.reason)),
                    (None, None) => None,
                };
                match instead {
                    Some((schema, reason)) => SchemaState::Outdated {
                        schema,
                        code,
                        reason,
                        remedy,
                    },
                    None => SchemaState::Failed {
                        code,
                        reason: failure.message,
                        remedy,
                    },
                }
            }
        };
        states.insert(source.clone(), state);
        self.schema_changed(&source);
    }

    /// The findings of the files that use `source` are outdated, and who waits for it has waited long enough.
    pub(super) fn schema_changed(&mut self, source: &SchemaSource) {
        self.schema_revision += 1;
        for file in self.open.values_mut().filter(|file| file.wanted.contains(source)) {
            file.generation += 1;
        }
        if matches!(self.analysis.schemas.get(source), Some(SchemaState::Loading)) {
            return;
        }
        // What can be filled in is known only now.
        self.refresh_lenses();
        for request in self.parked.take(source) {
            self.complete(request.params, request.reply);
        }
    }

    /// Loads the schemas of a file again: a run has met what they do not know, or other sources lie beside them.
    pub(super) fn reload_schemas(&mut self, id: FileId) {
        let now = Instant::now();
        for source in self.open.get(&id).map(|file| file.wanted.clone()).unwrap_or_default() {
            self.schemas.hurry(&source, now);
        }
    }

    /// Loads the schemas of a file again that could not be loaded: a run tells that the target may be up now.
    pub(super) fn retry_schemas(&mut self, id: FileId) {
        let Some(file) = self.open.get(&id) else { return };
        let failed = |source: &&SchemaSource| {
            let state = self.analysis.schemas.get(*source);
            matches!(state, Some(SchemaState::Failed { code, .. } | SchemaState::Outdated { code, .. }) if *code != "G323")
        };
        let now = Instant::now();
        for source in file.wanted.iter().filter(failed) {
            self.schemas.hurry(source, now);
        }
    }
}

/// What may help against a failure.
fn remedy(failure: &SchemaFailure) -> Option<Remedy> {
    if let Some(place) = &failure.place {
        return Some(Remedy::Source(place.clone()));
    }
    let cause = failure.connection.as_ref()?;
    match cause.kind {
        FailureKind::ServerSpeaksTls => Some(Remedy::Tls),
        FailureKind::ServerSpeaksPlaintext => Some(Remedy::Plaintext),
        FailureKind::CertificateName => match cause.names.iter().find(|name| !name.contains('*')) {
            Some(name) => Some(Remedy::ServerName(name.clone())),
            None => Some(Remedy::Certificate),
        },
        FailureKind::CertificateUnknownIssuer
        | FailureKind::CertificateExpired
        | FailureKind::Handshake
        | FailureKind::ClientCertificateRefused
        | FailureKind::BadFile => Some(Remedy::Certificate),
        FailureKind::NoReflection | FailureKind::TooLarge => Some(Remedy::Protos),
        FailureKind::Unauthenticated => Some(Remedy::Credentials),
        FailureKind::NameNotFound
        | FailureKind::Refused
        | FailureKind::TimedOut
        | FailureKind::Lost
        | FailureKind::ReflectionFailed
        | FailureKind::BrokenSchema => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_older_load_says_nothing_any_more() {
        let source = SchemaSource::DescriptorSet("a.binpb".into());
        let load = || AbortOnDropHandle::new(tokio::spawn(std::future::pending()));
        let mut schemas = Schemas::default();
        schemas.want(&source, Instant::now());
        schemas.loads = 1;
        schemas.started(&source, load());
        assert!(schemas.is_newest(&source, 1));
        schemas.start_over(&source, Instant::now());
        assert!(!schemas.is_newest(&source, 1));
        schemas.loads = 2;
        schemas.started(&source, load());
        assert!(!schemas.is_newest(&source, 1) && schemas.is_newest(&source, 2));
        schemas.finished(&source, None, Instant::now());
        assert!(!schemas.is_newest(&source, 2));
    }
}
