//! Files of `NAME=value` lines that stand for the environment.

use std::collections::BTreeMap;
use std::path::Path;

/// Most bytes of such a file.
const MAX_FILE: u64 = 1 << 20;

/// The variables in a file.
///
/// # Errors
/// The file, and where its fault is; what it says is nobody's business.
pub fn read(path: &Path) -> Result<BTreeMap<String, String>, String> {
    let fail = |reason: &dyn std::fmt::Display| format!("{}: {reason}", path.display());
    let metadata = std::fs::metadata(path).map_err(|error| fail(&error))?;
    if !metadata.is_file() || metadata.len() > MAX_FILE {
        return Err(fail(&"no file of at most 1 MiB"));
    }
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
