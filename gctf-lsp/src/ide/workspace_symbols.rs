//! The documents and variables of all files, by a part of their names.

use super::index::{IndexedFile, IndexedKind, IndexedSymbol};
use super::{Analysis, FileId};
use crate::syntax::position::{Encoding, LineColumn};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Most symbols of one answer.
const MOST: usize = 256;

/// A symbol that fits a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundSymbol {
    pub name: String,
    pub kind: IndexedKind,
    /// What is called, or the name of the file.
    pub container: Option<String>,
    pub file: SymbolFile,
    pub range: Range<LineColumn>,
}

/// The file of a symbol.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SymbolFile {
    Open(FileId),
    Closed(PathBuf),
}

/// The symbols whose names have the letters of `query` in their order, best first; columns are counted by `encoding`,
/// which is that of the index.
pub fn workspace_symbols(analysis: &Analysis, query: &str, encoding: Encoding) -> Vec<FoundSymbol> {
    let query: Vec<char> = query
        .chars()
        .filter(|c| !c.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect();
    let mut found = Vec::new();
    for (id, file) in analysis.files.iter() {
        let symbols = IndexedFile::new(&file.source, encoding);
        collect(
            &symbols,
            file.path.as_deref(),
            &SymbolFile::Open(*id),
            &query,
            &mut found,
        );
    }
    for (path, file) in analysis.closed_files() {
        collect(
            file,
            Some(path),
            &SymbolFile::Closed(path.to_owned()),
            &query,
            &mut found,
        );
    }
    found.sort_by(|(left, a), (right, b)| (left, &a.name, &a.file).cmp(&(right, &b.name, &b.file)));
    found.into_iter().take(MOST).map(|(_, symbol)| symbol).collect()
}

fn collect(
    file: &IndexedFile,
    path: Option<&Path>,
    place: &SymbolFile,
    query: &[char],
    found: &mut Vec<(usize, FoundSymbol)>,
) {
    let file_name = path
        .and_then(Path::file_name)
        .map(|name| name.to_string_lossy().into_owned());
    for symbol in &file.symbols {
        let (name, container) = words(symbol, file_name.clone());
        let texts = [
            Some(&name),
            symbol
                .endpoint
                .as_ref()
                .filter(|_| symbol.kind == IndexedKind::Document),
        ];
        let width = texts.into_iter().flatten().filter_map(|text| width(text, query)).min();
        if let Some(width) = width {
            let symbol = FoundSymbol {
                name,
                kind: symbol.kind,
                container,
                file: place.clone(),
                range: symbol.range.clone(),
            };
            found.push((width, symbol));
        }
    }
}

/// What a symbol is called, and what it belongs to.
fn words(symbol: &IndexedSymbol, file: Option<String>) -> (String, Option<String>) {
    match (&symbol.name, &symbol.endpoint) {
        (Some(name), endpoint) => (name.clone(), endpoint.clone().or(file)),
        (None, endpoint) => (endpoint.clone().unwrap_or_default(), file),
    }
}

/// How many letters of `text` the letters of `query` spread over, at the best; `None` where they are not in it.
fn width(text: &str, query: &[char]) -> Option<usize> {
    let letters: Vec<char> = text.chars().flat_map(char::to_lowercase).collect();
    let Some(first) = query.first() else { return Some(0) };
    let starts = letters.iter().enumerate().filter(|(_, letter)| *letter == first);
    let widths = starts.filter_map(|(start, _)| {
        let mut at = start;
        for wanted in query {
            at += letters.get(at..)?.iter().position(|letter| letter == wanted)? + 1;
        }
        Some(at - start)
    });
    widths.min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ide::testing::fixture;
    use crate::syntax::SourceFile;
    use std::sync::Arc;

    #[test]
    fn letters_in_their_order_find_documents_and_variables() {
        let open = "#[name(\"Log in\")]\n--- ENDPOINT ---\nauth.Auth/Login\n--- EXTRACT ---\ntoken = .token\n--- ENDPOINT ---\nshop.Orders/List\n";
        let (mut analysis, _) = fixture(open);
        let closed = SourceFile::new("--- ENDPOINT ---\nshop.Orders/Create\n--- EXTRACT ---\norder_id = .id\n");
        let indexed = Arc::new(IndexedFile::new(&closed, Encoding::Utf8));
        Arc::make_mut(&mut analysis.index)
            .files
            .insert("/t/b.gctf".into(), indexed);
        let names = |query: &str| -> Vec<_> {
            let found = workspace_symbols(&analysis, query, Encoding::Utf8);
            found
                .into_iter()
                .map(|found| format!("{} ({})", found.name, found.container.unwrap_or_default()))
                .collect()
        };
        assert_eq!(
            names(""),
            [
                "Log in (auth.Auth/Login)",
                "order_id (shop.Orders/Create)",
                "shop.Orders/Create (b.gctf)",
                "shop.Orders/List ()",
                "token (auth.Auth/Login)"
            ]
        );
        assert_eq!(names("auth login"), ["Log in (auth.Auth/Login)"]);
        assert_eq!(names("ORDCRE"), ["shop.Orders/Create (b.gctf)"]);
        assert_eq!(
            names("order"),
            [
                "order_id (shop.Orders/Create)",
                "shop.Orders/Create (b.gctf)",
                "shop.Orders/List ()"
            ]
        );
        assert_eq!(names("tokens"), [] as [&str; 0]);
    }
}
