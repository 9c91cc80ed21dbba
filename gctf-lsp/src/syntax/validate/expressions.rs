//! Lines of ASSERTS and EXTRACT: their shape, and what their expressions show by themselves.

use super::super::document::{Body, Expression, Extraction, Section, Text};
use super::super::tokens::leaves_of_kind;
use super::Scope;
use crate::diagnostic::{Diagnostic, Severity, Tag};
use crate::expr::{is_type, type_names};
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
        Body::Asserts(expressions) => repeated(expressions, found),
        Body::Extract(extractions) => extract(extractions, found),
        _ => {}
    }
    let own = scope.document.expressions_in(&section.body_range).iter();
    found.extend(own.flat_map(|expression| expression.findings()));
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

/// Lines that stand in their section already.
fn repeated(expressions: &[Expression], found: &mut Vec<Diagnostic>) {
    let mut first: BTreeMap<&str, &Range<usize>> = BTreeMap::new();
    for expression in expressions {
        match first.get(expression.code.as_str()) {
            Some(range) => {
                let message = "the same line stands above: delete one";
                found.push(
                    Diagnostic::warning("G417", expression.range.clone(), message)
                        .with_related((*range).clone(), "first here"),
                );
            }
            None => drop(first.insert(&expression.code, &expression.range)),
        }
    }
}

fn extract(extractions: &[Extraction], found: &mut Vec<Diagnostic>) {
    let mut first: BTreeMap<&str, &Range<usize>> = BTreeMap::new();
    for extraction in extractions {
        let Some(name) = &extraction.name else {
            let message = "a line without `=` is ignored: write `name = expression`";
            found.push(Diagnostic::warning("G116", extraction.range.clone(), message));
            continue;
        };
        let annotation = extraction.annotation.as_ref();
        found.extend(
            annotation
                .filter(|annotation| !is_type(&annotation.text))
                .map(unknown_type),
        );
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

fn unknown_type(annotation: &Text) -> Diagnostic {
    let nearest = crate::text::nearest(&annotation.text, type_names());
    let advice = nearest.map_or(String::new(), |nearest| format!("; did you mean `:{nearest}`?"));
    let message = format!("no type `:{}`{advice}", annotation.text);
    Diagnostic::error("G406", annotation.range.clone(), message)
}
