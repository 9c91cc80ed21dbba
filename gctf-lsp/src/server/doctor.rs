//! `gctf.doctor`: a connection looked at step by step, shown as a text.

use super::session::{Event, Session};
use crate::grpc::doctor::examine;
use crate::ide::places::Place;
use crate::target::SchemaSource;
use ls_types::{MessageType, Uri};
use std::path::{Path, PathBuf};

impl Session {
    /// Looks at the connection of `place`, which the policy allows, and shows what was found.
    pub(super) fn examine(&self, place: Place) {
        let (events, cache) = (self.events.clone(), self.options.cache.clone());
        tokio::spawn(async move {
            let metadata = match place.source {
                SchemaSource::Reflection { headers, .. } => headers,
                SchemaSource::Protos { .. } | SchemaSource::DescriptorSet(_) => Vec::new(),
            };
            let way = match place.target.tls {
                Some(_) => "TLS",
                None => "plaintext",
            };
            let report = examine(&place.target, &metadata).await.text();
            let text = format!("Connection to {} ({way})\n\n{report}", place.target);
            let name = format!("{}.txt", place.target.to_string().replace([':', '[', ']'], "_"));
            let written = tokio::task::spawn_blocking(move || write(cache.as_deref(), &name, &text));
            let written = written.await.unwrap_or_else(|error| Err(error.to_string()));
            // The loop ends last.
            let _ = events.send(Event::Examined(written));
        });
    }

    /// The text stands in a file.
    pub(super) fn examined(&self, written: Result<PathBuf, String>) {
        match written {
            Ok(path) => match Uri::from_file_path(&path).filter(|_| self.client.shows_documents) {
                Some(uri) => self.outbox.show_document(uri),
                None => self.outbox.show(MessageType::INFO, format!("See {}", path.display())),
            },
            Err(problem) => self.outbox.show(MessageType::ERROR, problem),
        }
    }
}

/// Writes a text that nobody is to edit into the user's cache.
fn write(cache: Option<&Path>, name: &str, text: &str) -> Result<PathBuf, String> {
    let folder = cache
        .ok_or("the user has no cache folder to show the text from")?
        .join("doctor");
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
