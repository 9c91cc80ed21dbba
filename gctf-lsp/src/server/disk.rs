//! Looking at the disk, never on the loop: whether files that tests name are there, what schemas came from, what
//! a folder says. Watched files tell when; a client that cannot watch makes the server look when a file is used.

use super::from_proto;
use super::session::{Event, Session};
use crate::config::folder::{self, FolderConfig};
use crate::ide::FileId;
use crate::target::SchemaSource;
use ls_types::{DidChangeWatchedFilesRegistrationOptions, FileSystemWatcher, GlobPattern, Registration, Uri};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::time::Instant;

/// A schema whose files have changed is loaded again after this: editors write files in several steps.
const CALM: Duration = Duration::from_millis(200);

/// Where files are not watched, they are looked at this often at most.
const LOOK: Duration = Duration::from_secs(1);

/// What is watched: what settings, schemas and connections are read from.
const WATCHED: [&str; 5] = [
    "**/*.{gctf,proto}",
    "**/{gctf.toml,buf.yaml,buf.work.yaml,buf.lock}",
    "**/*.{pb,bin,binpb,desc,protoset}",
    "**/*.{pem,crt,cer,key}",
    "**/{.env,.env.*,*.env}",
];

/// When files were changed last; `None` for one that is not there.
pub(super) type Stamps = BTreeMap<PathBuf, Option<SystemTime>>;

/// What a look at the disk has found for a file.
pub(super) struct Looked {
    file: FileId,
    /// The files that it names, with why they cannot be read.
    named: BTreeMap<PathBuf, Option<String>>,
    /// Only where nothing is watched; with how often folders had been read anew before.
    folder: Option<(PathBuf, u64, FolderConfig)>,
    stamps: Vec<(SchemaSource, Stamps)>,
}

pub(super) fn stamps<'a>(files: impl IntoIterator<Item = &'a PathBuf>) -> Stamps {
    let changed = |path: &PathBuf| std::fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
    files.into_iter().map(|path| (path.clone(), changed(path))).collect()
}

/// The registration of what is watched.
pub(super) fn registration() -> Registration {
    let watchers = WATCHED.map(|pattern| FileSystemWatcher {
        glob_pattern: GlobPattern::String(pattern.to_owned()),
        kind: None,
    });
    watch("gctf/watch", watchers.to_vec())
}

/// A registration of files to be watched.
pub(super) fn watch(id: &str, watchers: Vec<FileSystemWatcher>) -> Registration {
    let options = DidChangeWatchedFilesRegistrationOptions { watchers };
    Registration {
        id: id.to_owned(),
        method: "workspace/didChangeWatchedFiles".to_owned(),
        register_options: serde_json::to_value(options).ok(),
    }
}

impl Session {
    /// Has the client say when files change, if it can.
    pub(super) fn watch_files(&self) {
        if self.client.watches {
            self.outbox.register(registration());
        }
    }

    /// Files have changed on the disk, are new, or are gone.
    pub(super) fn files_changed(&mut self, uris: &[Uri]) {
        let paths: BTreeSet<_> = uris
            .iter()
            .filter_map(from_proto::path)
            .map(|path| normal(&path))
            .collect();
        let when = Instant::now() + CALM;
        for path in &paths {
            let is_config = path
                .file_name()
                .is_some_and(|name| folder::NAMES.iter().any(|known| name == *known));
            if let Some(folder) = path.parent().filter(|_| is_config) {
                self.reread_folder(folder);
            }
            self.schemas.changed(path, when);
        }
        self.mocks_changed(&paths);
        self.environments_changed(Some(&paths));
        for uri in uris {
            self.list_from_disk(uri);
        }
        let open: Vec<_> = self.open.keys().copied().collect();
        for id in open {
            let names_one =
                |file: &super::session::OpenFile| file.named.iter().any(|named| paths.contains(&normal(named)));
            if self.open.get(&id).is_some_and(names_one) {
                self.look(id);
            }
        }
    }

    /// A file is used whose surroundings nobody watches.
    pub(super) fn used(&mut self, id: FileId) {
        let Some(file) = self.open.get(&id) else { return };
        let has_unknown = file
            .named
            .iter()
            .any(|path| !self.analysis.named_files.contains_key(path));
        let is_due = match file.looked {
            None => true,
            Some(looked) => !self.client.watches && looked.elapsed() > LOOK,
        };
        if has_unknown || is_due {
            self.look(id);
        }
    }

    /// Has a worker look at what a file depends on.
    pub(super) fn look(&mut self, id: FileId) {
        if !self.client.watches {
            self.look_at_mocks();
            self.environments_changed(None);
        }
        let path = self.analysis.file(id).and_then(|state| state.path.clone());
        let Some((own, root)) = path.map(|path| (path.parent().unwrap_or(Path::new("/")).to_owned(), self.root(&path)))
        else {
            return;
        };
        let roots: Vec<_> = self.folders.iter().cloned().chain([own.clone()]).collect();
        let watches = self.client.watches;
        let rereads = self.configuration.rereads();
        let Some(file) = self.open.get_mut(&id) else { return };
        file.looked = Some(Instant::now());
        let named: Vec<_> = file.named.iter().cloned().collect();
        let sources = file.wanted.iter();
        let files: Vec<_> = match watches {
            true => Vec::new(),
            false => sources
                .map(|source| (source.clone(), self.schemas.files(source)))
                .collect(),
        };
        let events = self.events.clone();
        tokio::task::spawn_blocking(move || {
            let named = named.into_iter().map(|path| {
                let reason = match is_inside(&path, &roots) {
                    true => crate::grpc::files::unreadable(&path),
                    false => None,
                };
                (path, reason)
            });
            let looked = Looked {
                file: id,
                named: named.collect(),
                folder: (!watches).then(|| (own.clone(), rereads, folder_config(&own, &root))),
                stamps: files
                    .into_iter()
                    .map(|(source, files)| (source, stamps(&files)))
                    .collect(),
            };
            // The loop ends last.
            let _ = events.send(Event::Looked(looked));
        });
    }

    pub(super) fn looked(&mut self, looked: Looked) {
        let news = looked.named.iter().any(|(path, reason)| {
            let known = self.analysis.named_files.get(path).cloned().flatten();
            known != *reason
        });
        Arc::make_mut(&mut self.analysis.named_files).extend(looked.named);
        if let Some(file) = self.open.get_mut(&looked.file).filter(|_| news) {
            file.generation += 1;
        }
        if let Some((folder, rereads, config)) = looked.folder {
            self.folder_read(folder, rereads, config);
        }
        let when = Instant::now() + CALM;
        for (source, stamps) in looked.stamps {
            self.schemas.compare(&source, &stamps, when);
        }
    }
}

/// What stands around files in `folder`, up to the workspace folder `root`, but for environments that lie outside of it.
pub(super) fn folder_config(folder: &Path, root: &Path) -> FolderConfig {
    let mut config = FolderConfig::read(folder, root);
    let Some(layer) = &mut config.layer else { return config };
    for entry in layer.entries.iter_mut().filter(|entry| entry.name == "environments") {
        let Some(files) = entry.value.as_object_mut() else {
            continue;
        };
        files.retain(|name, file| {
            let file = layer.base.join(file.as_str().unwrap_or_default());
            let is_inside = is_inside(&file, &[root.to_owned()]);
            if !is_inside {
                let reason = "is outside the workspace and is not read: declare it in the user's settings";
                config
                    .problems
                    .push(format!("{}{name}: {} {reason}", entry.place, file.display()));
            }
            is_inside
        });
    }
    config
}

/// Whether a path leads into one of the folders `roots`, by its text and with links followed.
pub(super) fn is_inside(path: &Path, roots: &[PathBuf]) -> bool {
    let path = normal(path);
    if !roots.iter().any(|root| path.starts_with(root)) {
        return false;
    }
    match path.canonicalize() {
        Err(_) => true,
        Ok(real) => roots
            .iter()
            .filter_map(|root| root.canonicalize().ok())
            .any(|root| real.starts_with(root)),
    }
}

/// The path without `.` and `..`.
pub(super) fn normal(path: &Path) -> PathBuf {
    let mut result = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => drop(result.pop()),
            other => result.push(other),
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_lead_out() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap().join("root");
        std::fs::create_dir(&root).unwrap();
        std::fs::write(root.join("in"), "").unwrap();
        std::fs::write(root.join("../out"), "").unwrap();
        let roots = [root.clone()];
        for (path, expected) in [
            ("in", true),
            ("none", true),
            ("../out", false),
            ("../none", false),
            ("a/../in", true),
        ] {
            assert_eq!(is_inside(&root.join(path), &roots), expected, "{path}");
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(root.join("../out"), root.join("link")).unwrap();
            assert!(!is_inside(&root.join("link"), &roots));
        }
    }
}
