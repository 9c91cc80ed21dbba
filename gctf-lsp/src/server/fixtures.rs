//! The files of a folder that share what its `_setup.gctf` sets, read where a feature needs their texts: those that
//! are not open, as they are on the disk now.

use super::index;
use super::session::Snapshot;
use crate::ide::{self, FileId, FilePosition};
use crate::spec::SETUP;
use crate::syntax::SourceFile;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// `snapshot` with the `_setup.gctf` beside the file.
pub(super) fn with_setup(snapshot: &Snapshot, file: FileId) -> Snapshot {
    let path = snapshot.analysis.file(file).and_then(|file| file.path.as_deref());
    let setup = path.map(|path| path.with_file_name(SETUP));
    reading(snapshot, setup.into_iter().filter(|path| path.is_file()), |_| true)
}

/// `snapshot` with the files of the folder that the variable at `position` reaches; those that neither have its name
/// nor the one that it is to get, `new`, have no part in it.
pub(super) fn with_folder(snapshot: &Snapshot, position: FilePosition, new: Option<&str>) -> Snapshot {
    let snapshot = with_setup(snapshot, position.file);
    let analysis = &snapshot.analysis;
    let folder = analysis
        .file(position.file)
        .and_then(|file| file.path.as_deref()?.parent());
    let name = ide::fixtures::name_at(analysis, position);
    let (Some(folder), Some(name), true) = (folder, name, ide::fixtures::is_shared(analysis, position)) else {
        return snapshot;
    };
    let has_part = |text: &str| text.contains(&name) || new.is_some_and(|new| text.contains(new));
    reading(&snapshot, index::files_in(folder), has_part)
}

fn reading(snapshot: &Snapshot, paths: impl Iterator<Item = PathBuf>, is_wanted: impl Fn(&str) -> bool) -> Snapshot {
    let mut snapshot = snapshot.clone();
    let is_open = |path: &Path| {
        let mut open = snapshot.analysis.files.values();
        open.any(|file| file.path.as_deref() == Some(path))
    };
    let closed: Vec<_> = paths.filter(|path| !is_open(path)).collect();
    let beside = Arc::make_mut(&mut snapshot.analysis.beside);
    for path in closed {
        // One that cannot be read as text is no test.
        let text = std::fs::read_to_string(&path).ok();
        if let Some(text) = text.filter(|text| is_wanted(text)) {
            beside.insert(path, Arc::new(SourceFile::new(&text)));
        }
    }
    snapshot
}
