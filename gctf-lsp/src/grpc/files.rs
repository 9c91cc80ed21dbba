//! Whether the files that connections and schemas are made from can be read.

use std::io::ErrorKind;
use std::path::Path;

/// Why a file cannot be read, in a few words; `None` if it can.
pub fn unreadable(path: &Path) -> Option<String> {
    match std::fs::File::open(path).and_then(|file| file.metadata()) {
        Ok(metadata) if metadata.is_file() => None,
        Ok(_) => Some("is no file".to_owned()),
        Err(error) if error.kind() == ErrorKind::NotFound => Some("no such file".to_owned()),
        Err(error) => Some(error.to_string()),
    }
}
