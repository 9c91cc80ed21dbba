//! Files of `NAME=value` lines that stand for the environment.

use std::collections::BTreeMap;
use std::path::Path;

/// Most bytes of such a file.
const MAX_FILE: u64 = 1 << 20;

/// The same where nobody is to wait for it: a pipe is no such file, nor is one that never ends.
///
/// # Errors
/// As [`read`].
pub fn read_at_once(path: &Path) -> Result<BTreeMap<String, String>, String> {
    let metadata = std::fs::metadata(path).map_err(|error| format!("{}: {error}", path.display()))?;
    match metadata.is_file() && metadata.len() <= MAX_FILE {
        true => read(path),
        false => Err(format!("{}: no file of at most 1 MiB", path.display())),
    }
}

/// The variables in a file.
///
/// # Errors
/// The file, and where its fault is; what it says is nobody's business.
pub fn read(path: &Path) -> Result<BTreeMap<String, String>, String> {
    let fail = |reason: &dyn std::fmt::Display| format!("{}: {reason}", path.display());
    let unreadable = |error: &dotenvy::Error| match error {
        dotenvy::Error::LineParse(_, at) => fail(&format!("write NAME=value (column {at} of a line)")),
        dotenvy::Error::Io(error) => fail(error),
        _ => fail(&"cannot be read"),
    };
    let variables = dotenvy::from_path_iter(path).map_err(|error| unreadable(&error))?;
    variables
        .map(|variable| variable.map_err(|error| unreadable(&error)))
        .collect()
}
