//! Where the declarations of a schema stand in files that an editor can show: in the sources, where there are any, else
//! in texts printed from the descriptors, which are kept as read-only files in the user's cache.

use crate::ide::ProtoPlace;
use crate::schema::print::print;
use crate::syntax::SourceFile;
use crate::syntax::position::{Encoding, LineColumn};
use crate::target::SourcePlace;
use ls_types::{Location, Position, Range, Uri};
use std::io;
use std::path::{Component, Path, PathBuf};

/// Where the element is declared; `cache` is the user's cache folder, which is made if it is not there.
pub(super) fn location(place: &ProtoPlace, cache: Option<&Path>, encoding: Encoding) -> Option<Location> {
    in_source(place, encoding).or_else(|| in_print(place, cache?, encoding))
}

fn in_source(place: &ProtoPlace, encoding: Encoding) -> Option<Location> {
    let span = place.span.as_ref()?;
    let (path, text) = place
        .sources
        .iter()
        .find_map(|path| Some((path, std::fs::read_to_string(path).ok()?)))?;
    let source = SourceFile::new(&text);
    // Descriptors count bytes.
    let convert = |position: LineColumn| source.position(source.offset(position, Encoding::Utf8), encoding);
    located(path, convert(span.start)..convert(span.end))
}

/// The place in a source, as a range of nothing; `None` for a file that is gone.
pub(super) fn source(place: &SourcePlace, encoding: Encoding) -> Option<Location> {
    let source = SourceFile::new(&std::fs::read_to_string(&place.path).ok()?);
    let bytes = LineColumn {
        line: place.line,
        column: place.column,
    };
    let position = source.position(source.offset(bytes, Encoding::Utf8), encoding);
    located(&place.path, position..position)
}

fn in_print(place: &ProtoPlace, cache: &Path, encoding: Encoding) -> Option<Location> {
    let printed = print(&place.file, &format!("Generated from {}.", place.origin));
    let path = cache
        .join("protos")
        .join(file_name(&place.origin))
        .join(relative(place.file.name()));
    if let Err(error) = keep(&path, &printed.text) {
        tracing::warn!("{}: {error}", path.display());
        return None;
    }
    let range = printed.place(&place.path).unwrap_or(0..0);
    let source = SourceFile::new(&printed.text);
    located(
        &path,
        source.position(range.start, encoding)..source.position(range.end, encoding),
    )
}

fn located(path: &Path, range: std::ops::Range<LineColumn>) -> Option<Location> {
    let path = path.canonicalize().ok()?;
    Some(Location::new(Uri::from_file_path(path)?, self::range(&range)))
}

/// A range that is counted as the client counts.
pub(super) fn range(range: &std::ops::Range<LineColumn>) -> Range {
    let position = |position: LineColumn| Position::new(position.line, position.column);
    Range::new(position(range.start), position(range.end))
}

/// `text` as the name of one file.
fn file_name(text: &str) -> String {
    let safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    let name: String = text.chars().map(|c| if safe(c) { c } else { '_' }).take(100).collect();
    name.trim_start_matches('.').to_owned()
}

/// The name that a server gives a file as a path below some folder, whatever it is.
fn relative(name: &str) -> PathBuf {
    let parts = Path::new(name).components().filter_map(|part| match part {
        Component::Normal(part) => Some(part),
        _ => None,
    });
    let path: PathBuf = parts.collect();
    match path.as_os_str().is_empty() {
        true => PathBuf::from("unnamed.proto"),
        false => path,
    }
}

/// Puts `text` into a read-only file that only the user can read, unless it is there.
fn keep(path: &Path, text: &str) -> io::Result<()> {
    if std::fs::read_to_string(path).is_ok_and(|kept| kept == text) {
        return Ok(());
    }
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    private_folder(folder)?;
    // Renamed into its place, so that nobody reads a half of it, and because the old one cannot be written.
    let thread = std::thread::current().id();
    let draft = folder.join(format!(".{}.{thread:?}.draft", std::process::id()));
    std::fs::write(&draft, text)?;
    let mut permissions = std::fs::metadata(&draft)?.permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&draft, permissions)?;
    std::fs::rename(&draft, path)
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
        assert_eq!(relative(".."), Path::new("unnamed.proto"));
        assert_eq!(file_name("reflection of [::1]:5"), "reflection_of____1__5");
        assert_eq!(file_name("../x"), "_x");
    }

    #[test]
    fn a_kept_text_is_read_only_and_can_be_replaced() {
        let cache = tempfile::tempdir().unwrap();
        let path = cache.path().join("a/b/c.proto");
        for text in ["one", "one", "two"] {
            keep(&path, text).unwrap();
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
            assert!(std::fs::metadata(&path).unwrap().permissions().readonly());
        }
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }
}
