//! From the client's words to ours: positions, ranges, files.

use super::session::Snapshot;
use crate::ide::{FileId, FilePosition, FileState};
use crate::syntax::SourceFile;
use crate::syntax::position::{Encoding, LineColumn};
use ls_types::{Position, Range, TextDocumentIdentifier, TextDocumentPositionParams, Uri};
use std::path::{Path, PathBuf};
use tower_lsp::jsonrpc::{Error, Result};

pub(super) fn offset(source: &SourceFile, position: Position, encoding: Encoding) -> usize {
    let position = LineColumn {
        line: position.line,
        column: position.character,
    };
    source.offset(position, encoding)
}

/// Bytes of a range; the ends of a reversed one are swapped.
pub(super) fn range(source: &SourceFile, range: Range, encoding: Encoding) -> std::ops::Range<usize> {
    let (start, end) = (
        offset(source, range.start, encoding),
        offset(source, range.end, encoding),
    );
    start.min(end)..start.max(end)
}

/// The path of a `file:` URI.
pub(super) fn path(uri: &Uri) -> Option<PathBuf> {
    match uri.scheme().as_str() {
        "file" => uri.to_file_path().map(|path| path.into_owned()),
        _ => None,
    }
}

/// What tells files apart: the path, so that other escapes of one URI are the same file.
pub(super) fn key(uri: &Uri) -> String {
    match path(uri) {
        Some(path) => path.to_string_lossy().into_owned(),
        None => uri.as_str().to_owned(),
    }
}

/// A URI of the file with this key.
pub(super) fn uri_of(key: &str) -> Option<Uri> {
    match Path::new(key).is_absolute() {
        true => Uri::from_file_path(key),
        false => key.parse().ok(),
    }
}

/// The open file that a request speaks of.
///
/// # Errors
/// `InvalidParams` for a file that is not open.
pub(super) fn file<'a>(snapshot: &'a Snapshot, document: &TextDocumentIdentifier) -> Result<(FileId, &'a FileState)> {
    let id = snapshot.ids.get(&key(&document.uri)).copied();
    let found = id.and_then(|id| Some((id, snapshot.analysis.file(id)?)));
    found.ok_or_else(|| Error::invalid_params(format!("{} is not open", document.uri.as_str())))
}

pub(super) fn position(snapshot: &Snapshot, params: &TextDocumentPositionParams) -> Result<FilePosition> {
    let (id, state) = file(snapshot, &params.text_document)?;
    Ok(FilePosition {
        file: id,
        offset: offset(&state.source, params.position, snapshot.client.encoding),
    })
}
