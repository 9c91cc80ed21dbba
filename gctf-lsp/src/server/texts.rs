//! Texts that the user is shown and nobody edits: read by the client by their URIs where it can do that, else files in
//! the user's cache.

use super::contents::Content;
use super::session::{Event, Session};
use crate::target::SourcePlace;
use ls_types::{MessageType, Uri};
use std::collections::VecDeque;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::{Component, Path, PathBuf};
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;
use tower_lsp::jsonrpc::{Error, ErrorCode, Result};

/// How long responses stay.
const MAX_AGE: Duration = Duration::from_secs(7 * 86_400);

/// Bytes of all responses.
const MAX_BYTES: u64 = 256 << 20;

/// What a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// What a server answered.
    Response,
    /// A schema in proto syntax.
    Proto,
    /// What the server has found out.
    Text,
}

impl Kind {
    pub(super) const ALL: [Self; 3] = [Self::Response, Self::Proto, Self::Text];

    /// Of its URIs.
    pub(super) fn scheme(self) -> &'static str {
        match self {
            Self::Response => "gctf-response",
            Self::Proto => "gctf-proto",
            Self::Text => "gctf-text",
        }
    }

    /// Of its files, below the cache.
    fn folder(self) -> &'static str {
        match self {
            Self::Response => "responses",
            Self::Proto => "protos",
            Self::Text => "texts",
        }
    }
}

/// Where texts go; workers have one too.
#[derive(Clone, Debug)]
pub(super) struct Shelf {
    events: UnboundedSender<Event>,
    cache: Option<PathBuf>,
    /// Whether the client reads texts by their URIs.
    is_read: bool,
}

impl Shelf {
    /// Keeps a text under a name, which is a path whose last part ends as its language's files do; where it is to be
    /// read. A text of the same kind and name makes way. Blocks.
    ///
    /// # Errors
    /// Why it cannot be written.
    pub(super) fn keep(&self, kind: Kind, name: &str, text: String) -> std::result::Result<Uri, String> {
        if self.is_read {
            let uri: Uri = uri(kind, name).parse().map_err(|error| format!("{name}: {error}"))?;
            // The client asks for it later, by the same queue. The loop ends last.
            let _ = self.events.send(Event::Kept(uri.clone(), text));
            return Ok(uri);
        }
        let path = self.file(kind, name, &text)?;
        Uri::from_file_path(&path).ok_or_else(|| format!("{}: no path for an editor", path.display()))
    }

    /// Puts a text into a file; its path. Blocks.
    ///
    /// # Errors
    /// Why it cannot be written.
    pub(super) fn file(&self, kind: Kind, name: &str, text: &str) -> std::result::Result<PathBuf, String> {
        let folder = self.folder(kind)?;
        let path = folder.join(relative(name));
        write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
        if kind == Kind::Response {
            prune(&folder);
        }
        Ok(path.canonicalize().unwrap_or(path))
    }

    /// Where the texts of a kind stand that are files.
    pub(super) fn folder(&self, kind: Kind) -> std::result::Result<PathBuf, String> {
        let cache = self.cache.as_ref();
        let cache = cache.ok_or("the user has no cache folder to show the text from")?;
        Ok(cache.join(kind.folder()))
    }

    /// Keeps a text as [`Self::keep`] does and has the client show it, without taking the focus.
    pub(super) fn show(self, kind: Kind, name: String, text: String) {
        tokio::task::spawn_blocking(move || {
            let kept = self.keep(kind, &name, text);
            // The loop ends last.
            let _ = self.events.send(Event::Text(kept));
        });
    }
}

/// The texts that the client reads by their URIs, the newest last.
#[derive(Debug, Default)]
pub(super) struct Texts {
    kept: VecDeque<(Uri, String)>,
}

impl Texts {
    /// Most bytes of all of them.
    const MOST: usize = 32 << 20;

    /// Keeps a text, in place of older ones; whether another one was there under its URI.
    fn keep(&mut self, uri: Uri, text: String) -> bool {
        let before = self.kept.iter().position(|(other, _)| *other == uri);
        let old = before.and_then(|at| self.kept.remove(at));
        let has_changed = old.is_some_and(|(_, old)| old != text);
        self.kept.push_back((uri, text));
        let mut size: usize = self.kept.iter().map(|(_, text)| text.len()).sum();
        while size > Self::MOST && self.kept.len() > 1 {
            size -= self.kept.pop_front().map_or(0, |(_, text)| text.len());
        }
        has_changed
    }
}

impl Session {
    /// Where texts of this conversation go.
    pub(super) fn shelf(&self) -> Shelf {
        Shelf {
            events: self.events.clone(),
            cache: self.options.cache.clone(),
            is_read: self.client.reads_texts,
        }
    }

    /// A worker has made a text that the client is going to ask for.
    pub(super) fn text_kept(&mut self, uri: Uri, text: String) {
        if self.texts.keep(uri.clone(), text) {
            self.outbox.refresh_text(uri);
        }
    }

    /// The text that the client asks for.
    ///
    /// # Errors
    /// `RequestFailed` for one that is no longer kept.
    pub(super) fn text(&self, uri: &Uri) -> Result<Content> {
        let found = self.texts.kept.iter().find(|(kept, _)| kept == uri);
        let text = found.map(|(_, text)| text.clone());
        text.map(|text| Content { text }).ok_or_else(|| Error {
            code: ErrorCode::ServerError(super::ext::REQUEST_FAILED),
            message: "the text is no longer kept: ask for it again".into(),
            data: None,
        })
    }

    /// Has the client show a place in a source, with the cursor there.
    pub(super) fn show_source(&self, place: SourcePlace) {
        let (outbox, encoding) = (self.outbox.clone(), self.client.encoding);
        tokio::task::spawn_blocking(move || {
            if let Some(location) = super::protos::source(&place, encoding) {
                outbox.show_document(location.uri, Some(location.range));
            }
        });
    }

    /// A text is there to be shown.
    pub(super) fn text_ready(&self, kept: std::result::Result<Uri, String>) {
        match kept {
            Ok(uri) if self.client.shows_documents => self.outbox.show_document(uri, None),
            Ok(uri) => {
                let path = uri
                    .to_file_path()
                    .map_or_else(|| uri.as_str().to_owned(), |path| path.display().to_string());
                self.outbox.show(MessageType::INFO, format!("See {path}"));
            }
            Err(problem) => self.outbox.show(MessageType::ERROR, problem),
        }
    }
}

/// `text` as the name of one file.
pub(super) fn file_name(text: &str) -> String {
    let safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let name: String = text.chars().map(|c| if safe(c) { c } else { '_' }).take(100).collect();
    name.trim_start_matches('.').to_owned()
}

fn uri(kind: Kind, name: &str) -> String {
    let parts: Vec<_> = name.split('/').map(file_name).filter(|part| !part.is_empty()).collect();
    format!("{}:/{}", kind.scheme(), parts.join("/"))
}

/// The name of a text, which a server may have made up, as a path below some folder.
fn relative(name: &str) -> PathBuf {
    let parts = Path::new(name).components().filter_map(|part| match part {
        Component::Normal(part) => Some(part),
        _ => None,
    });
    let path: PathBuf = parts.collect();
    match path.as_os_str().is_empty() {
        true => PathBuf::from("unnamed"),
        false => path,
    }
}

/// Puts `text` into a read-only file that only the user can read, unless it is there.
fn write(path: &Path, text: &str) -> io::Result<()> {
    if std::fs::read_to_string(path).is_ok_and(|kept| kept == text) {
        return Ok(());
    }
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    private_folder(folder)?;
    // Renamed into its place, so that nobody reads a half of it, and because the old one cannot be written.
    let thread = std::thread::current().id();
    let draft = folder.join(format!(".{}.{thread:?}.draft", std::process::id()));
    // One that was left behind cannot be written.
    let _ = std::fs::remove_file(&draft);
    private().open(&draft)?.write_all(text.as_bytes())?;
    let mut permissions = std::fs::metadata(&draft)?.permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&draft, permissions)?;
    std::fs::rename(&draft, path)
}

/// Removes the texts of a folder that are older than a week, and the oldest beyond a quarter of a gigabyte.
fn prune(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let stamped = entries.flatten().filter_map(|entry| {
        let metadata = entry.metadata().ok()?;
        let age = metadata.modified().ok()?.elapsed().unwrap_or_default();
        Some((age, metadata.len(), entry.path()))
    });
    let mut files: Vec<_> = stamped.collect();
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

#[cfg(unix)]
fn private_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn private_folder(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_below_the_cache() {
        assert_eq!(relative("a/b.proto"), Path::new("a/b.proto"));
        assert_eq!(relative("/etc/../../x.proto"), Path::new("etc/x.proto"));
        assert_eq!(relative(".."), Path::new("unnamed"));
        assert_eq!(file_name("reflection of [::1]:5"), "reflection_of____1__5");
        assert_eq!(file_name("../x"), "_x");
        assert_eq!(
            uri(Kind::Proto, "[::1]:5/../a b/c.proto"),
            "gctf-proto:/___1__5/a_b/c.proto"
        );
    }

    #[test]
    fn a_kept_text_is_read_only_and_can_be_replaced() {
        let cache = tempfile::tempdir().unwrap();
        let path = cache.path().join("a/b/c.proto");
        for text in ["one", "one", "two"] {
            write(&path, text).unwrap();
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
            assert!(std::fs::metadata(&path).unwrap().permissions().readonly());
        }
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn old_texts_make_way() {
        let mut texts = Texts::default();
        let uri = |at: usize| -> Uri { format!("gctf-text:/{at}").parse().unwrap() };
        let large = "x".repeat(Texts::MOST / 2);
        let changed: Vec<_> = [
            (1, "a"),
            (1, "a"),
            (1, "b"),
            (2, &large),
            (1, "b"),
            (3, &large),
            (4, "c"),
        ]
        .map(|(at, text)| texts.keep(uri(at), text.to_owned()))
        .to_vec();
        assert_eq!(changed, [false, false, true, false, false, false, false]);
        let kept: Vec<_> = texts.kept.iter().map(|(uri, _)| uri.as_str().to_owned()).collect();
        assert_eq!(kept, ["gctf-text:/1", "gctf-text:/3", "gctf-text:/4"]);
    }
}
