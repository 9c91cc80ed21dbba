//! What is missing or wrong in a file, from its tree alone: no schema, no disk, no environment.
//!
//! An error keeps the file from running, so it must be certain; where a text can be right, this is silent.

mod attributes;
mod document;
mod error;
mod expressions;
mod file;
mod fixes;
mod headers;
mod json;
mod json_words;
mod key_value;
mod loose_ends;
mod repeats;
mod secrets;
#[cfg(test)]
mod tests;
mod values;
mod yaml;

pub(super) use file::Ties;
pub use file::{Outside, file_structure, file_structure_with};
pub use loose_ends::{unset_environment, unused_variables};
pub(super) use yaml::{column_places, link_places, readable as readable_yaml, row_places};

use super::build::named_children;
use super::document::{Document, Section};
use super::file::SourceFile;
use crate::diagnostic::{Diagnostic, Severity};
use crate::spec::{Family, SectionKind};
use headers::NearMiss;
use tree_sitter::Node;

/// A document with what its findings share.
struct Scope<'a> {
    document: &'a Document,
    text: &'a str,
    /// Lines that were meant as headers: what they do to a body is no fault of the body.
    near_misses: Vec<NearMiss>,
}

/// What is wrong with a document by itself; ranges are bytes of the document.
pub fn structure(document: &Document) -> Vec<Diagnostic> {
    let scope = Scope {
        document,
        text: document.text(),
        near_misses: headers::near_misses(document),
    };
    let mut found = Vec::new();
    headers::check(&scope, &mut found);
    attributes::check(&scope, &mut found);
    for (section, body) in bodies(document) {
        check_body(&scope, section, body, &mut found);
    }
    document::check(&scope, &mut found);
    repeats::check(document, &mut found);
    secrets::check(document, &mut found);
    found.retain(|diagnostic| !scope.is_explained(diagnostic));
    found.sort_by_key(|diagnostic| (diagnostic.range.start, diagnostic.range.end));
    found
        .into_iter()
        .map(|finding| fixes::cured(scope.text, finding))
        .collect()
}

impl SourceFile {
    /// The errors in the file's form, each with its document: one of them forbids every call of the file.
    /// Ranges are bytes of the document.
    pub fn static_errors(&self) -> Vec<(usize, Diagnostic)> {
        let own = self.documents().enumerate().flat_map(|(index, (_, document))| {
            let found = document.structure().iter().cloned();
            found.map(move |found| (index, found))
        });
        let of_file = file_structure(self).into_iter().filter_map(|mut found| {
            let index = self.document_at(found.range.start);
            let (start, document) = self.document(index)?;
            found.range = found.range.start.checked_sub(start)?..found.range.end.checked_sub(start)?;
            (found.range.end <= document.text().len()).then_some((index, found))
        });
        own.chain(of_file)
            .filter(|(_, found)| {
                let structural = found.code.starts_with("G1") || found.code.starts_with("G2");
                found.severity == Severity::Error && structural && found.code != "G202"
            })
            .collect()
    }
}

/// The sections with the nodes of their bodies.
fn bodies(document: &Document) -> impl Iterator<Item = (&Section, Option<Node<'_>>)> {
    let nodes = named_children(document.root()).filter(|node| node.kind() == "section");
    document
        .sections()
        .iter()
        .zip(nodes)
        .map(|(section, node)| (section, node.child_by_field_name("body")))
}

fn check_body(scope: &Scope<'_>, section: &Section, body: Option<Node<'_>>, found: &mut Vec<Diagnostic>) {
    let Some(spec) = section.kind.spec() else {
        return;
    };
    let json = body.filter(|body| body.kind() == "json_body");
    match (spec.family, json) {
        (Family::Json | Family::KeyValueOrJson, Some(body)) => {
            let bare_text = section.kind == SectionKind::Error && error::is_bare_text(section);
            if !bare_text {
                json::check(scope, section, body, found);
            }
        }
        (Family::Yaml, _) => yaml::check(scope, section, found),
        (Family::Value, _) => values::check(section, found),
        (Family::Asserts | Family::Extract, _) => expressions::check(scope, section, body, found),
        (Family::KeyValue | Family::KeyValueOrJson | Family::Json, _) => {}
    }
    match section.kind {
        SectionKind::Error => error::check(scope, section, found),
        SectionKind::Request | SectionKind::Response => json::check_messages(section, found),
        _ => key_value::check(section, found),
    }
}

impl Scope<'_> {
    /// Whether a finding only repeats that its line was meant as a header.
    fn is_explained(&self, diagnostic: &Diagnostic) -> bool {
        let header = matches!(diagnostic.code, "G104" | "G105" | "G106");
        let touches = |miss: &NearMiss| {
            let (line, range) = (&miss.line, &diagnostic.range);
            range.start >= line.start && range.start <= line.end
        };
        !header && self.near_misses.iter().any(touches)
    }

    /// Whether a section of this kind is there, or a line that was meant to be its header.
    fn has(&self, kind: SectionKind) -> bool {
        self.document.sections_of(kind).next().is_some() || self.meant(kind)
    }

    /// Whether a line was meant to be the header of a section of this kind.
    fn meant(&self, kind: SectionKind) -> bool {
        self.near_misses.iter().any(|miss| miss.kind == kind)
    }
}
