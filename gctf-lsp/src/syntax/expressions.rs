//! The expressions of a document, looked at once: what is found in them and which variables they read.

use super::document::{Body, Document, Expression, Section, Text};
use super::position::shift;
use crate::diagnostic::Diagnostic;
use crate::expr::{Checked, Place, check};
use crate::memo::Memo;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// An expression with what is found in it.
#[derive(Debug)]
pub(super) struct CheckedExpression {
    /// Bytes of the document.
    pub(super) range: Range<usize>,
    pub(super) place: Place,
    pub(super) code: String,
    /// Ranges are bytes of the code, so that a line that moves is not looked at again.
    pub(super) checked: Arc<Checked>,
    /// The same for what others find in it.
    pub(super) kept: Arc<Memo>,
}

impl CheckedExpression {
    /// What is found in it; ranges are bytes of the document.
    pub(super) fn findings(&self) -> impl Iterator<Item = Diagnostic> + '_ {
        let findings = self.checked.findings.iter();
        findings.map(|finding| finding.clone().shifted(self.range.start))
    }

    /// The variables that it reads without setting them; ranges are bytes of the document.
    pub(super) fn variables(&self) -> impl Iterator<Item = (&str, Range<usize>)> {
        let variables = self.checked.variables.iter();
        variables.map(|(name, range)| (name.as_str(), shift(range, self.range.start)))
    }
}

/// Looks at every expression of `document`, in the order of the text; those that stand in `before`, with the
/// expressions of an earlier text, are taken from there.
pub(super) fn expressions(document: &Document, before: &[CheckedExpression]) -> Vec<CheckedExpression> {
    let known: HashMap<(Place, &str), &CheckedExpression> = before
        .iter()
        .map(|expression| ((expression.place, expression.code.as_str()), expression))
        .collect();
    in_sections(document)
        .map(|(_, place, expression, _)| {
            let same = known.get(&(place, expression.code.as_str()));
            let (checked, kept) = match same {
                Some(same) => (Arc::clone(&same.checked), Arc::clone(&same.kept)),
                None => (Arc::new(check(&expression.code, place)), Arc::default()),
            };
            CheckedExpression {
                range: expression.range.clone(),
                place,
                code: expression.code.clone(),
                checked,
                kept,
            }
        })
        .collect()
}

/// The variable that a line of EXTRACT sets, and its `:type`.
type Sets<'a> = Option<(&'a Text, Option<&'a Text>)>;

/// The section of every expression, with the variable that it sets.
pub(super) fn written(document: &Document) -> impl Iterator<Item = (&Section, Sets<'_>)> {
    in_sections(document).map(|(section, _, _, sets)| (section, sets))
}

fn in_sections(document: &Document) -> impl Iterator<Item = (&Section, Place, &Expression, Sets<'_>)> {
    document.sections().iter().flat_map(|section| {
        let lines: Vec<(Place, &Expression, Sets<'_>)> = match &section.body {
            Body::Asserts(lines) => lines.iter().map(|line| (Place::Asserts, line, None)).collect(),
            Body::Extract(lines) => {
                let values = lines.iter().filter_map(|line| {
                    let sets = Some((line.name.as_ref()?, line.annotation.as_ref()));
                    Some((Place::Extract, line.value.as_ref()?, sets))
                });
                values.collect()
            }
            _ => Vec::new(),
        };
        let lines = lines.into_iter();
        lines.map(move |(place, expression, sets)| (section, place, expression, sets))
    })
}
