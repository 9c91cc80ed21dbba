//! Where the declarations of a schema stand in files that an editor can show: in the sources, where there are any, else
//! in texts printed from the descriptors.

use super::texts::{Kind, Shelf, file_name};
use crate::ide::ProtoPlace;
use crate::schema::print::print;
use crate::syntax::SourceFile;
use crate::syntax::position::{Encoding, LineColumn};
use crate::target::SourcePlace;
use ls_types::{Location, Position, Range, Uri};
use std::path::Path;

/// Where the element is declared; a text that is printed goes to `shelf`.
pub(super) fn location(place: &ProtoPlace, shelf: Option<&Shelf>, encoding: Encoding) -> Option<Location> {
    in_source(place, encoding).or_else(|| in_print(place, shelf?, encoding))
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

fn in_print(place: &ProtoPlace, shelf: &Shelf, encoding: Encoding) -> Option<Location> {
    let printed = print(
        &place.file,
        &place.source_info,
        &format!("Generated from {}.", place.origin),
    );
    let range = printed.place(&place.path).unwrap_or(0..0);
    let source = SourceFile::new(&printed.text);
    let range = source.position(range.start, encoding)..source.position(range.end, encoding);
    let name = match place.file.name() {
        "" => "unnamed.proto",
        name => name,
    };
    let name = format!("{}/{name}", file_name(&place.origin));
    match shelf.keep(Kind::Proto, &name, printed.text) {
        Ok(uri) => Some(Location::new(uri, self::range(&range))),
        Err(problem) => {
            tracing::warn!("{problem}");
            None
        }
    }
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
