//! The files that TLS and PROTO sections name. Whether they can be read is for others to find out.

use crate::diagnostic::Diagnostic;
use crate::spec::{SectionKind, Word, keys};
use crate::syntax::settings::list_items;
use crate::syntax::{Document, Section, SourceFile, Text};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// The files that TLS and PROTO sections name, with the bytes of the file that do.
pub fn named(source: &SourceFile, folder: &Path) -> Vec<(PathBuf, Range<usize>)> {
    let mut found = Vec::new();
    for (start, document) in source.documents() {
        let sections = document.sections().iter();
        let own = sections.flat_map(|section| match section.kind {
            SectionKind::Tls if !section.says_plaintext() => of_tls(section, folder),
            SectionKind::Proto => of_proto(document, section, folder),
            _ => Vec::new(),
        });
        found.extend(own.map(|(path, range)| (path, range.start + start..range.end + start)));
    }
    found
}

/// The folders that PROTO sections have imports looked for in.
pub fn import_folders(source: &SourceFile, folder: &Path) -> Vec<PathBuf> {
    let documents = source.documents();
    let sections = documents.flat_map(|(_, document)| document.sections_of(SectionKind::Proto));
    let lists = sections.filter_map(|section| section.setting(keys::IMPORT_PATHS.spellings));
    let folders = lists.flat_map(|list| list_items(&list.text));
    folders.map(|path| folder.join(path)).collect()
}

fn of_tls(section: &Section, folder: &Path) -> Vec<(PathBuf, Range<usize>)> {
    let settings = [keys::CA, keys::CERTIFICATE, keys::KEY]
        .into_iter()
        .filter_map(|key| section.setting(key.spellings));
    settings
        .filter(|setting| !setting.text.is_empty())
        .map(|setting| (folder.join(&setting.text), setting.range))
        .collect()
}

/// The files that one PROTO section names, with the bytes of the document that do.
pub fn of_proto(document: &Document, section: &Section, folder: &Path) -> Vec<(PathBuf, Range<usize>)> {
    let setting = |key: Word| section.setting(key.spellings);
    if setting(keys::PROTO_MODE).is_some_and(|mode| mode.text == "reflection") {
        return Vec::new();
    }
    match (setting(keys::DESCRIPTOR), setting(keys::FILES)) {
        (Some(path), _) => vec![(folder.join(&path.text), path.range)],
        (None, Some(list)) => {
            let items = items(document, &list);
            items
                .into_iter()
                .map(|(item, range)| (folder.join(item), range))
                .collect()
        }
        (None, None) => Vec::new(),
    }
}

/// The items of a list with the bytes of the document that each stands in.
fn items(document: &Document, list: &Text) -> Vec<(String, Range<usize>)> {
    let written = &document.text()[list.range.clone()];
    let mut from = 0;
    let items = list_items(&list.text).into_iter().map(|item| {
        let range = match written[from..].find(item.as_str()) {
            Some(at) => {
                let start = list.range.start + from + at;
                from += at + item.len();
                start..start + item.len()
            }
            None => list.range.clone(),
        };
        (item, range)
    });
    items.collect()
}

/// The finding on a file that cannot be read, and why.
pub fn finding(path: &Path, range: Range<usize>, reason: &str) -> Diagnostic {
    Diagnostic::error("G220", range, format!("{}: {reason}", path.display()))
}
