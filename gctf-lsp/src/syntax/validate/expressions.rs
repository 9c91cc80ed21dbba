//! Lines of ASSERTS and EXTRACT by their shape; the expressions themselves are read elsewhere.

use super::super::document::{Body, Extraction, Section};
use super::super::tokens::leaves_of_kind;
use super::Scope;
use crate::diagnostic::{Diagnostic, Severity, Tag};
use crate::spec::plugins::RENAMED;
use std::collections::BTreeMap;
use std::ops::Range;
use tree_sitter::Node;

/// Findings on the lines of an ASSERTS or EXTRACT section.
pub(super) fn check(scope: &Scope<'_>, section: &Section, body: Option<Node<'_>>, found: &mut Vec<Diagnostic>) {
    match &section.body {
        Body::Asserts(expressions) if expressions.is_empty() => {
            let message = "ASSERTS has no lines: nothing is checked";
            found.push(Diagnostic::new(
                "G609",
                Severity::Hint,
                section.name_range.clone(),
                message,
            ));
        }
        Body::Extract(extractions) => extract(extractions, found),
        _ => {}
    }
    let Some(body) = body else { return };
    leaves_of_kind(body, "plugin", |plugin| {
        let range = plugin.byte_range();
        let renamed = RENAMED.iter().find(|(old, _)| *old == &scope.text[range.clone()]);
        found.extend(renamed.map(|(old, new)| {
            let message = format!("`{old}` is the old spelling: write `{new}`");
            let mut finding = Diagnostic::new("G603", Severity::Hint, range, message);
            finding.tag = Some(Tag::Deprecated);
            finding
        }));
    });
}

fn extract(extractions: &[Extraction], found: &mut Vec<Diagnostic>) {
    let mut first: BTreeMap<&str, &Range<usize>> = BTreeMap::new();
    for extraction in extractions {
        let Some(name) = &extraction.name else {
            let message = "a line without `=` is ignored: write `name = expression`";
            found.push(Diagnostic::warning("G116", extraction.range.clone(), message));
            continue;
        };
        match first.get(name.text.as_str()) {
            Some(range) => {
                let message = format!("`{}` is set twice in this section: rename or delete one", name.text);
                found.push(
                    Diagnostic::error("G117", name.range.clone(), message)
                        .with_related((*range).clone(), "first set here"),
                );
            }
            None => drop(first.insert(&name.text, &name.range)),
        }
    }
}
