//! Texts that the user is shown: read-only files in the user's cache.

use super::session::{Event, Session};
use crate::target::SourcePlace;
use ls_types::{MessageType, Uri};
use std::path::{Path, PathBuf};
use tokio::sync::mpsc::UnboundedSender;

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
    /// Has the client show a place in a source, with the cursor there.
    pub(super) fn show_source(&self, place: SourcePlace) {
        let (outbox, encoding) = (self.outbox.clone(), self.client.encoding);
        tokio::task::spawn_blocking(move || {
            if let Some(location) = super::protos::source(&place, encoding) {
                outbox.show_document(location.uri, Some(location.range));
            }
        });
    }

    /// The text stands in a file.
    pub(super) fn text_written(&self, written: Result<PathBuf, String>) {
        match written {
            Ok(path) => match Uri::from_file_path(&path).filter(|_| self.client.shows_documents) {
                Some(uri) => self.outbox.show_document(uri, None),
                None => self.outbox.show(MessageType::INFO, format!("See {}", path.display())),
            },
            Err(problem) => self.outbox.show(MessageType::ERROR, problem),
        }
    }
}

/// Writes a text that nobody is to edit into the user's cache.
fn write(cache: Option<&Path>, folder: &str, name: &str, text: &str) -> Result<PathBuf, String> {
    let folder = cache
        .ok_or("the user has no cache folder to show the text from")?
        .join(folder);
    let path = folder.join(name);
    let written = std::fs::create_dir_all(&folder).and_then(|()| {
        // The one from before cannot be written to; it need not be there.
        let _ = std::fs::remove_file(&path);
        std::fs::write(&path, text)?;
        let mut permissions = std::fs::metadata(&path)?.permissions();
        permissions.set_readonly(true);
        std::fs::set_permissions(&path, permissions)
    });
    written.map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(path)
}
