//! From path arguments to test files.

use std::path::{Path, PathBuf};

/// The test files that `paths` name: files as they are, folders walked for `*.gctf` and `*.apif` in path
/// order, without hidden files, ignored files and fixtures.
///
/// # Errors
/// A sentence about a path that does not exist or cannot be read.
pub(super) fn find(paths: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    find_where(paths, |path| {
        let stem = path.file_stem();
        stem.is_none_or(|stem| stem != "_setup" && stem != "_teardown")
    })
}

/// The same with the fixtures, for commands that look at texts.
///
/// # Errors
/// A sentence about a path that does not exist or cannot be read.
pub(super) fn find_with_fixtures(paths: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    find_where(paths, |_| true)
}

/// Why a file has no text.
pub(super) enum Unreadable {
    /// The text ends here, where the first byte is that is not UTF-8.
    NotUtf8 { before: String },
    /// A sentence that names the file.
    Failed(String),
}

/// The text of a file.
///
/// # Errors
/// Why there is none.
pub(super) fn read(path: &Path) -> Result<String, Unreadable> {
    let bytes = std::fs::read(path).map_err(|error| Unreadable::Failed(format!("{}: {error}", path.display())))?;
    String::from_utf8(bytes).map_err(|error| {
        let end = error.utf8_error().valid_up_to();
        let before = String::from_utf8_lossy(&error.as_bytes()[..end]).into_owned();
        Unreadable::NotUtf8 { before }
    })
}

fn find_where(paths: &[PathBuf], wanted: fn(&Path) -> bool) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            found.extend(walk(path)?.into_iter().filter(|path| wanted(path)));
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
        if is_test && entry.file_type().is_some_and(|kind| kind.is_file()) {
            files.push(path.to_owned());
        }
    }
    Ok(files)
}
