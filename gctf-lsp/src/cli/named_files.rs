//! The files that TLS and PROTO sections name: those that cannot be read are findings.

use crate::diagnostic::Diagnostic;
use crate::spec::{SectionKind, Word, keys};
use crate::syntax::settings::list_items;
use crate::syntax::{Document, Section, SourceFile, Text};
use std::ops::Range;
use std::path::Path;

/// A finding per path that leads to no readable file, with bytes of the file. Paths start at `folder`.
pub(super) fn unreadable(source: &SourceFile, folder: &Path) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (start, document) in source.documents() {
        let sections = document.sections().iter();
        let own = sections.flat_map(|section| match section.kind {
            SectionKind::Tls if !section.says_plaintext() => of_tls(section, folder),
            SectionKind::Proto => of_proto(document, section, folder),
            _ => Vec::new(),
        });
        found.extend(own.map(|diagnostic| diagnostic.shifted(start)));
    }
    found
}

fn of_tls(section: &Section, folder: &Path) -> Vec<Diagnostic> {
    let settings = [keys::CA, keys::CERTIFICATE, keys::KEY]
        .into_iter()
        .filter_map(|key| section.setting(key.spellings));
    settings
        .filter(|setting| !setting.text.is_empty())
        .filter_map(|setting| missing(&folder.join(&setting.text), setting.range))
        .collect()
}

fn of_proto(document: &Document, section: &Section, folder: &Path) -> Vec<Diagnostic> {
    let setting = |key: Word| section.setting(key.spellings);
    if setting(keys::PROTO_MODE).is_some_and(|mode| mode.text == "reflection") {
        return Vec::new();
    }
    match (setting(keys::DESCRIPTOR), setting(keys::FILES)) {
        (Some(path), _) => missing(&folder.join(&path.text), path.range).into_iter().collect(),
        (None, Some(list)) => {
            let items = items(document, &list);
            items
                .into_iter()
                .filter_map(|(item, range)| missing(&folder.join(item), range))
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

fn missing(path: &Path, range: Range<usize>) -> Option<Diagnostic> {
    let reason = match std::fs::File::open(path).and_then(|file| file.metadata()) {
        Ok(metadata) if metadata.is_file() => return None,
        Ok(_) => "is no file".to_owned(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => "no such file".to_owned(),
        Err(error) => error.to_string(),
    };
    Some(Diagnostic::error(
        "G220",
        range,
        format!("{}: {reason}", path.display()),
    ))
}
