//! Requests that lead from one place to others: convert, ask `ide`, convert.

use super::actions;
use super::fixtures;
use super::from_proto::{self, file, position};
use super::protos;
use super::session::Snapshot;
use super::texts::Shelf;
use super::to_proto::{self, Lines};
use crate::ide::fixtures::Named;
use crate::ide::highlight::Mark;
use crate::ide::index::IndexedKind;
use crate::ide::links::LinkTarget;
use crate::ide::references::Declaration;
use crate::ide::rename::FileEdits;
use crate::ide::workspace_symbols::{FoundSymbol, SymbolFile};
use crate::ide::{self, FileId, Place};
use ls_types::*;
use std::path::{Path, PathBuf};
use tower_lsp::jsonrpc::{Error, ErrorCode, Result};

/// What a client is told of a place; `None` for one that it cannot be shown.
fn location(snapshot: &Snapshot, place: Place, shelf: Option<&Shelf>) -> Option<Location> {
    match place {
        Place::Open { file, range } => {
            let state = snapshot.analysis.file(file)?;
            let lines = Lines::new(&state.source, snapshot.client.encoding);
            Some(Location::new(uri(snapshot, file)?, lines.range(&range)))
        }
        Place::Closed { path, range } => {
            let lines = Lines::new(snapshot.analysis.beside.get(&path)?, snapshot.client.encoding);
            Some(Location::new(Uri::from_file_path(path)?, lines.range(&range)))
        }
        Place::Indexed { path, range } => Some(Location::new(Uri::from_file_path(path)?, protos::range(&range))),
        Place::File(path) => {
            let path = path.canonicalize().ok().filter(|path| path.is_file())?;
            Some(Location::new(Uri::from_file_path(path)?, Range::default()))
        }
        Place::Proto(place) => protos::location(&place, shelf, snapshot.client.encoding),
    }
}

/// The URI of an open file.
fn uri(snapshot: &Snapshot, id: FileId) -> Option<Uri> {
    if let Some(path) = &snapshot.analysis.file(id)?.path {
        return Uri::from_file_path(path);
    }
    // A file without a path is known by its URI.
    let (key, _) = snapshot.ids.iter().find(|(_, known)| **known == id)?;
    key.parse().ok()
}

pub(super) fn definition(
    snapshot: &Snapshot,
    params: &GotoDefinitionParams,
    shelf: &Shelf,
) -> Result<Option<GotoDefinitionResponse>> {
    let position = position(snapshot, &params.text_document_position_params)?;
    let snapshot = fixtures::with_setup(snapshot, position.file);
    let place = ide::definition::definition(&snapshot.analysis, position);
    let location = place.and_then(|place| location(&snapshot, place, Some(shelf)));
    Ok(location.map(GotoDefinitionResponse::Scalar))
}

pub(super) fn type_definition(
    snapshot: &Snapshot,
    params: &GotoDefinitionParams,
    shelf: &Shelf,
) -> Result<Option<GotoDefinitionResponse>> {
    let position = position(snapshot, &params.text_document_position_params)?;
    let place = ide::definition::type_definition(&snapshot.analysis, position);
    let location = place.and_then(|place| location(snapshot, place, Some(shelf)));
    Ok(location.map(GotoDefinitionResponse::Scalar))
}

pub(super) fn references(snapshot: &Snapshot, params: &ReferenceParams) -> Result<Option<Vec<Location>>> {
    let position = position(snapshot, &params.text_document_position)?;
    let declaration = match params.context.include_declaration {
        true => Declaration::Included,
        false => Declaration::Left,
    };
    let snapshot = fixtures::with_folder(snapshot, position, None);
    let places = ide::references::references(&snapshot.analysis, position, declaration);
    let found = places.into_iter().filter_map(|place| location(&snapshot, place, None));
    Ok(Some(found.collect()))
}

pub(super) fn document_highlight(
    snapshot: &Snapshot,
    params: DocumentHighlightParams,
) -> Result<Option<Vec<DocumentHighlight>>> {
    let (_, state) = file(snapshot, &params.text_document_position_params.text_document)?;
    let position = position(snapshot, &params.text_document_position_params)?;
    let lines = Lines::new(&state.source, snapshot.client.encoding);
    let marks = ide::highlight::highlights(&snapshot.analysis, position).into_iter();
    let convert = |(range, mark)| DocumentHighlight {
        range: lines.range(&range),
        kind: Some(match mark {
            Mark::Write => DocumentHighlightKind::WRITE,
            Mark::Read => DocumentHighlightKind::READ,
            Mark::Text => DocumentHighlightKind::TEXT,
        }),
    };
    Ok(Some(marks.map(convert).collect()))
}

/// A request that makes no sense there, with the reason for the user.
fn refused(reason: String) -> Error {
    Error {
        code: ErrorCode::ServerError(-32803),
        message: reason.into(),
        data: None,
    }
}

pub(super) fn prepare_rename(
    snapshot: &Snapshot,
    params: TextDocumentPositionParams,
) -> Result<Option<PrepareRenameResponse>> {
    let (_, state) = file(snapshot, &params.text_document)?;
    let position = position(snapshot, &params)?;
    let lines = Lines::new(&state.source, snapshot.client.encoding);
    let snapshot = fixtures::with_setup(snapshot, position.file);
    let (range, placeholder) = ide::rename::prepare(&snapshot.analysis, position).map_err(refused)?;
    Ok(Some(PrepareRenameResponse::RangeWithPlaceholder {
        range: lines.range(&range),
        placeholder,
    }))
}

pub(super) fn rename(snapshot: &Snapshot, params: RenameParams) -> Result<Option<WorkspaceEdit>> {
    let position = position(snapshot, &params.text_document_position)?;
    let snapshot = fixtures::with_folder(snapshot, position, Some(&params.new_name));
    let files = ide::rename::rename(&snapshot.analysis, position, &params.new_name).map_err(refused)?;
    let asked = &params.text_document_position.text_document.uri;
    let files = files.into_iter().map(|FileEdits { file, edits }| match file {
        Named::Open(id) => {
            let state = snapshot.analysis.file(id)?;
            let uri = match id == position.file {
                true => asked.clone(),
                false => uri(&snapshot, id)?,
            };
            Some((uri, Some(state.version), &state.source, edits))
        }
        Named::Closed(path) => {
            let source = snapshot.analysis.beside.get(&path)?;
            Some((Uri::from_file_path(&path)?, None, source.as_ref(), edits))
        }
    });
    let unnamed = || refused("a file that the variable stands in has no name for the editor".to_owned());
    let files: Option<Vec<_>> = files.collect();
    let files = files
        .ok_or_else(unnamed)?
        .into_iter()
        .map(|(uri, version, source, edits)| {
            let lines = Lines::new(source, snapshot.client.encoding);
            (uri, version, to_proto::text_edits(edits, lines))
        });
    Ok(Some(actions::edit_of_files(files, &snapshot.client)))
}

/// The links of a file; those to files only where there is one, inside the workspace or the file's own folder.
pub(super) fn document_link(
    snapshot: &Snapshot,
    params: &DocumentLinkParams,
    folders: &[PathBuf],
) -> Result<Option<Vec<DocumentLink>>> {
    let (id, state) = file(snapshot, &params.text_document)?;
    let lines = Lines::new(&state.source, snapshot.client.encoding);
    let own = state.path.as_deref().and_then(Path::parent);
    let roots = folders.iter().map(PathBuf::as_path).chain(own);
    let roots: Vec<_> = roots.filter_map(|root| root.canonicalize().ok()).collect();
    let links = ide::links::links(&snapshot.analysis, id).into_iter();
    let convert = |link: ide::links::Link| {
        let target = match link.target {
            LinkTarget::Page(page) => page.parse().ok()?,
            LinkTarget::Path(path) => {
                let path = path.canonicalize().ok().filter(|path| path.is_file())?;
                let inside = roots.iter().any(|root| path.starts_with(root));
                Uri::from_file_path(path).filter(|_| inside)?
            }
        };
        Some(DocumentLink {
            range: lines.range(&link.range),
            target: Some(target),
            tooltip: None,
            data: None,
        })
    };
    Ok(Some(links.filter_map(convert).collect()))
}

pub(super) fn selection_range(
    snapshot: &Snapshot,
    params: SelectionRangeParams,
) -> Result<Option<Vec<SelectionRange>>> {
    let (id, state) = file(snapshot, &params.text_document)?;
    let encoding = snapshot.client.encoding;
    let lines = Lines::new(&state.source, encoding);
    let positions = params.positions.into_iter().map(|position| {
        let offset = from_proto::offset(&state.source, position, encoding);
        let ranges = ide::selection::selection(&snapshot.analysis, ide::FilePosition { file: id, offset });
        let outermost_first = ranges.iter().rev().map(|range| lines.range(range));
        let nested = outermost_first.fold(None, |parent, range| Some(Box::new(SelectionRange { range, parent })));
        nested.map_or_else(
            || SelectionRange {
                range: Range::new(position, position),
                parent: None,
            },
            |nested| *nested,
        )
    });
    Ok(Some(positions.collect()))
}

pub(super) fn workspace_symbol(
    snapshot: &Snapshot,
    params: &WorkspaceSymbolParams,
) -> Result<Option<WorkspaceSymbolResponse>> {
    let encoding = snapshot.client.encoding;
    let found = ide::workspace_symbols::workspace_symbols(&snapshot.analysis, &params.query, encoding);
    let symbols = found
        .into_iter()
        .filter_map(|symbol| workspace_symbol_of(snapshot, symbol));
    Ok(Some(WorkspaceSymbolResponse::Flat(symbols.collect())))
}

#[expect(deprecated, reason = "the protocol's struct still has the member")]
fn workspace_symbol_of(snapshot: &Snapshot, symbol: FoundSymbol) -> Option<SymbolInformation> {
    let uri = match symbol.file {
        SymbolFile::Open(id) => uri(snapshot, id)?,
        SymbolFile::Closed(path) => Uri::from_file_path(path)?,
    };
    Some(SymbolInformation {
        name: to_proto::symbol_name(symbol.name),
        kind: match symbol.kind {
            IndexedKind::Document => SymbolKind::METHOD,
            IndexedKind::Variable => SymbolKind::VARIABLE,
        },
        tags: None,
        deprecated: None,
        location: Location::new(uri, protos::range(&symbol.range)),
        container_name: symbol.container,
    })
}
