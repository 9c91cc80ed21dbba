//! What stands in the workspace's files on the disk. The index is refreshed when somebody asks for it: files that are
//! as they were when they were read are not read again.

use super::session::{Event, Reply, Session, Snapshot};
use crate::ide::index::{Index, IndexedFile};
use crate::syntax::SourceFile;
use crate::syntax::position::Encoding;
use std::collections::BTreeMap;
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;
use tower_lsp::jsonrpc;

/// Most files of an index.
const MOST_FILES: usize = 20_000;
/// Files that are larger have no features that need an index.
const LARGEST: u64 = 4 << 20;

/// The index with what tells that a file is as it was.
#[derive(Clone, Debug, Default)]
pub(super) struct Disk {
    index: Arc<Index>,
    stamps: BTreeMap<PathBuf, Stamp>,
}

type Stamp = (Option<SystemTime>, u64);

/// A folder whose files are indexed.
#[derive(Clone, Debug)]
enum Root {
    /// With the folders in it.
    Tree(PathBuf),
    /// The folder of a file that is in no workspace: nobody said how much stands below it.
    Folder(PathBuf),
}

impl Disk {
    /// The disk as it is now.
    fn refreshed(&self, roots: &[Root], encoding: Encoding) -> Self {
        let mut index = Index::default();
        let mut stamps = BTreeMap::new();
        for (path, metadata) in roots.iter().flat_map(files).take(MOST_FILES) {
            let stamp = (metadata.modified().ok(), metadata.len());
            let same = self.stamps.get(&path) == Some(&stamp);
            let known = self.index.files.get(&path).filter(|_| same).cloned();
            if let Some(file) = known.or_else(|| read(&path, encoding)) {
                index.files.insert(path.clone(), file);
                stamps.insert(path, stamp);
            }
        }
        Self {
            index: Arc::new(index),
            stamps,
        }
    }
}

/// The test files of a root, in the order of their paths; hidden and ignored ones are left out.
fn files(root: &Root) -> impl Iterator<Item = (PathBuf, Metadata)> + use<> {
    let (folder, depth) = match root {
        Root::Tree(folder) => (folder, None),
        Root::Folder(folder) => (folder, Some(1)),
    };
    let mut walk = ignore::WalkBuilder::new(folder);
    let entries = walk.max_depth(depth).sort_by_file_path(Path::cmp).build().flatten();
    entries.filter_map(|entry| {
        let is_test = entry
            .path()
            .extension()
            .is_some_and(|end| end == "gctf" || end == "apif");
        let metadata = entry.metadata().ok().filter(|_| is_test)?;
        (metadata.is_file() && metadata.len() <= LARGEST).then(|| (entry.into_path(), metadata))
    })
}

/// The test files right in `folder`, but for hidden and ignored ones.
pub(super) fn files_in(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    files(&Root::Folder(folder.to_owned())).map(|(path, _)| path)
}

fn read(path: &Path, encoding: Encoding) -> Option<Arc<IndexedFile>> {
    let text = std::fs::read_to_string(path).ok()?;
    Some(Arc::new(IndexedFile::new(&SourceFile::new(&text), encoding)))
}

impl Session {
    /// Has a worker bring the index up to date.
    pub(super) fn refresh_index(&self) {
        let refresh = self.index_refresh();
        let snapshot = self.snapshot();
        tokio::task::spawn_blocking(move || drop(refresh(&snapshot)));
    }

    /// Has a worker answer from a snapshot with an index of the disk as it is now.
    pub(super) fn read_indexed<R: Send + 'static>(
        &self,
        reply: Reply<R>,
        work: impl FnOnce(&Snapshot) -> jsonrpc::Result<R> + Send + 'static,
    ) {
        let refresh = self.index_refresh();
        self.read(reply, move |snapshot| work(&refresh(snapshot)));
    }

    /// Looks at the disk, tells the loop what is there, and gives the snapshot with it.
    pub(super) fn index_refresh(&self) -> impl FnOnce(&Snapshot) -> Snapshot + Send + 'static + use<> {
        let roots = self.roots();
        let disk = Arc::clone(&self.disk);
        let events = self.events.clone();
        move |snapshot| {
            let disk = Arc::new(disk.refreshed(&roots, snapshot.client.encoding));
            let mut snapshot = snapshot.clone();
            snapshot.analysis.index = Arc::clone(&disk.index);
            // The loop ends last.
            let _ = events.send(Event::Indexed(disk));
            snapshot
        }
    }

    /// Takes over what a worker has found on the disk.
    pub(super) fn indexed(&mut self, disk: Arc<Disk>) {
        self.analysis.index = Arc::clone(&disk.index);
        self.disk = disk;
    }

    fn roots(&self) -> Vec<Root> {
        let own = self.analysis.files.values().filter_map(|file| {
            let folder = file.path.as_deref()?.parent()?;
            let inside = self.folders.iter().any(|root| folder.starts_with(root));
            (!inside).then(|| folder.to_owned())
        });
        let mut own: Vec<_> = own.collect();
        own.sort();
        own.dedup();
        let trees = self.folders.iter().cloned().map(Root::Tree);
        trees.chain(own.into_iter().map(Root::Folder)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_has_changed_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        std::fs::create_dir(folder.path().join("sub")).unwrap();
        write("a.gctf", "--- ENDPOINT ---\na/B\n");
        write("sub/b.apif", "--- ENDPOINT ---\na/C\n");
        write(".hidden.gctf", "--- ENDPOINT ---\na/D\n");
        write("ignored.gctf", "--- ENDPOINT ---\na/E\n");
        write(".ignore", "ignored.gctf\n");
        write("c.txt", "--- ENDPOINT ---\na/F\n");
        let roots = [Root::Tree(folder.path().to_owned())];
        let first = Disk::default().refreshed(&roots, Encoding::Utf8);
        let names = |disk: &Disk| -> Vec<_> {
            let paths = disk.index.files.keys();
            let names = paths.map(|path| path.file_name().unwrap().to_string_lossy().into_owned());
            names.collect()
        };
        assert_eq!(names(&first), ["a.gctf", "b.apif"]);

        write("a.gctf", "--- ENDPOINT ---\na/Changed\n");
        write("new.gctf", "--- ENDPOINT ---\na/G\n");
        let second = first.refreshed(&roots, Encoding::Utf8);
        assert_eq!(names(&second), ["a.gctf", "new.gctf", "b.apif"]);
        let same = |path: &str| {
            let path = folder.path().join(path);
            Arc::ptr_eq(&first.index.files[&path], &second.index.files[&path])
        };
        assert!(same("sub/b.apif"));
        assert!(!same("a.gctf"));

        let alone = [Root::Folder(folder.path().to_owned())];
        assert_eq!(
            names(&Disk::default().refreshed(&alone, Encoding::Utf8)),
            ["a.gctf", "new.gctf"]
        );
    }
}
