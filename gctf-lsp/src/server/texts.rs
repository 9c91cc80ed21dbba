//! Texts that the user is shown: read-only files in the user's cache.

use super::session::{Event, Session};
use ls_types::{MessageType, Uri};
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;

/// How long texts stay.
const MAX_AGE: Duration = Duration::from_secs(7 * 86_400);

/// Bytes of a folder of texts.
const MAX_BYTES: u64 = 256 << 20;

/// Writes `text` to `folder/name` of the cache and has the loop show it.
pub(super) async fn show(
    events: UnboundedSender<Event>,
    cache: Option<PathBuf>,
    folder: &'static str,
    name: String,
    text: String,
) {
    let written = tokio::task::spawn_blocking(move || write(cache.as_deref(), folder, &name, &text));
    let written = written.await.unwrap_or_else(|error| Err(error.to_string()));
    // The loop ends last.
    let _ = events.send(Event::Text(written));
}

impl Session {
    /// The text stands in a file.
    pub(super) fn text_written(&self, written: Result<PathBuf, String>) {
        match written {
            Ok(path) => match Uri::from_file_path(&path).filter(|_| self.client.shows_documents) {
                Some(uri) => self.outbox.show_document(uri),
                None => self.outbox.show(MessageType::INFO, format!("See {}", path.display())),
            },
            Err(problem) => self.outbox.show(MessageType::ERROR, problem),
        }
    }
}

/// Writes a text that nobody is to edit, and nobody else is to read, into the user's cache.
pub(super) fn write(cache: Option<&Path>, folder: &str, name: &str, text: &str) -> Result<PathBuf, String> {
    let folder = cache
        .ok_or("the user has no cache folder to show the text from")?
        .join(folder);
    let path = folder.join(name);
    let written = std::fs::create_dir_all(&folder).and_then(|()| {
        // The one from before cannot be written to; it need not be there.
        let _ = std::fs::remove_file(&path);
        private().open(&path)?.write_all(text.as_bytes())?;
        let mut permissions = std::fs::metadata(&path)?.permissions();
        permissions.set_readonly(true);
        std::fs::set_permissions(&path, permissions)
    });
    written.map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(path)
}

/// Removes the texts of a folder that are older than a week, and the oldest beyond a quarter of a gigabyte.
pub(super) fn prune(cache: Option<&Path>, folder: &str) {
    let Some(entries) = cache.and_then(|cache| std::fs::read_dir(cache.join(folder)).ok()) else {
        return;
    };
    let mut files: Vec<_> = entries
        .flatten()
        .filter_map(|entry| {
            let metadata = entry.metadata().ok()?;
            Some((
                metadata.modified().ok()?.elapsed().unwrap_or_default(),
                metadata.len(),
                entry.path(),
            ))
        })
        .collect();
    files.sort();
    let mut bytes = 0;
    for (age, length, path) in files {
        bytes += length;
        if age > MAX_AGE || bytes > MAX_BYTES {
            // Somebody else may have been faster.
            let _ = std::fs::remove_file(path);
        }
    }
}

/// A new file for the user's eyes only.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
