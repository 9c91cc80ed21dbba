//! Paths and pages that a file names.

use super::{Analysis, FileId, FileState};
use crate::spec::{SectionKind, Word, keys};
use crate::syntax::Section;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// A part of a file that leads elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Bytes of the file: one element of a list.
    pub range: Range<usize>,
    pub target: LinkTarget,
}

/// What a link leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkTarget {
    /// A file, which need not exist.
    Path(PathBuf),
    /// A page.
    Page(String),
}

/// The links of a file, in the order of the text.
pub fn links(analysis: &Analysis, file: FileId) -> Vec<Link> {
    let Some(state) = analysis.file(file) else {
        return Vec::new();
    };
    let pages = state.source.links().into_iter();
    let pages = pages
        .filter(|(_, text)| text.starts_with("https://") || text.starts_with("http://"))
        .map(|(range, text)| Link {
            range,
            target: LinkTarget::Page(text),
        });
    let paths = paths(state).into_iter().map(|(range, path)| Link {
        range,
        target: LinkTarget::Path(path),
    });
    let mut links: Vec<_> = pages.chain(paths).collect();
    links.sort_by_key(|link| link.range.start);
    links
}

/// The settings of a section that name files.
fn file_settings(kind: SectionKind) -> &'static [Word] {
    match kind {
        SectionKind::Proto => &[keys::FILES, keys::IMPORT_PATHS, keys::DESCRIPTOR],
        SectionKind::Tls => &[keys::CA, keys::CERTIFICATE, keys::KEY],
        _ => &[],
    }
}

/// The paths in PROTO and TLS, each with its bytes of the file. They start at the file's folder.
pub(super) fn paths(file: &FileState) -> Vec<(Range<usize>, PathBuf)> {
    let folder = file.path.as_deref().and_then(Path::parent).unwrap_or(Path::new("."));
    let mut found = Vec::new();
    for (start, document) in file.source.documents() {
        for section in document.sections() {
            for (range, path) in of_section(section, document.text()) {
                found.push((range.start + start..range.end + start, folder.join(path)));
            }
        }
    }
    found
}

fn of_section(section: &Section, text: &str) -> Vec<(Range<usize>, String)> {
    let words = file_settings(section.kind);
    if words.is_empty() {
        return Vec::new();
    }
    let is_path = |key: &str| words.iter().any(|word| word.spellings.contains(&key));
    let settings = section.settings().into_iter();
    settings
        .filter(|setting| is_path(&setting.key.text))
        .flat_map(|setting| items(text, setting.value.range))
        .collect()
}

/// The elements of a list as it is written, or the one value, without quotes.
fn items(text: &str, range: Range<usize>) -> Vec<(Range<usize>, String)> {
    let written = &text[range.clone()];
    let mut found = Vec::new();
    let mut start = range.start;
    for piece in written.split(',') {
        let item = piece.trim_matches(|c: char| c.is_whitespace() || matches!(c, '[' | ']' | '"' | '\''));
        if !item.is_empty() && !item.contains("{{") {
            let at = start + piece.find(item).unwrap_or(0);
            found.push((at..at + item.len(), item.to_owned()));
        }
        start += piece.len() + 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ide::testing::{FILE, fixture};

    #[test]
    fn each_element_of_a_list_is_a_link_of_its_own() {
        let text = "--- META ---\nlinks:\n  - https://a.example/x\n  - \"http://b\"\n  - ticket 5\n--- PROTO ---\nfiles: a.proto , \"b c.proto\"\nimport_paths: [../x, {{ y }}]\nmode: files\n\
            --- TLS ---\n{ \"ca_cert\": \"ca.pem\", \"server_name\": \"h\" }\n--- ENDPOINT ---\na/B\n";
        let (analysis, _) = fixture(text);
        let found: Vec<_> = links(&analysis, FILE)
            .into_iter()
            .map(|link| match link.target {
                LinkTarget::Path(path) => format!("{} -> {}", &text[link.range], path.display()),
                LinkTarget::Page(page) => format!("{} -> {page}", &text[link.range]),
            })
            .collect();
        assert_eq!(
            found,
            [
                "https://a.example/x -> https://a.example/x",
                "http://b -> http://b",
                "a.proto -> ./a.proto",
                "b c.proto -> ./b c.proto",
                "../x -> ./../x",
                "ca.pem -> ./ca.pem",
            ]
        );
    }
}
