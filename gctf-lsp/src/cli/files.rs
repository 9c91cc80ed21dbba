//! From path arguments to test files.

use std::path::{Path, PathBuf};

/// The test files that `paths` name: files as they are, folders walked for `*.gctf` and `*.apif` in path
/// order, without hidden files, ignored files and fixtures.
///
/// # Errors
/// A sentence about a path that does not exist or cannot be read.
pub(super) fn find(paths: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            found.extend(walk(path)?);
        } else if path.is_file() {
            found.push(path.clone());
        } else {
            return Err(format!("{}: no such file or folder", path.display()));
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|path| seen.insert(path.clone()));
    Ok(found)
}

fn walk(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut files = Vec::new();
    for entry in ignore::WalkBuilder::new(folder).sort_by_file_path(Path::cmp).build() {
        let entry = entry.map_err(|error| error.to_string())?;
        let path = entry.path();
        let is_test = path
            .extension()
            .is_some_and(|extension| extension == "gctf" || extension == "apif");
        let is_fixture = path
            .file_stem()
            .is_some_and(|stem| stem == "_setup" || stem == "_teardown");
        if is_test && !is_fixture && entry.file_type().is_some_and(|kind| kind.is_file()) {
            files.push(path.to_owned());
        }
    }
    Ok(files)
}
