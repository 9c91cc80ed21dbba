//! The expressions of a document, looked at once: what is found in them and which variables they read.

use super::document::{Body, Document, Expression};
use super::position::shift;
use crate::diagnostic::Diagnostic;
use crate::expr::{Checked, Place, check};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// An expression with what is found in it.
#[derive(Debug)]
pub(super) struct CheckedExpression {
    /// Bytes of the document.
    pub(super) range: Range<usize>,
    place: Place,
    code: String,
    /// Ranges are bytes of the code, so that a line that moves is not looked at again.
    pub(super) checked: Arc<Checked>,
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
    let known: HashMap<(Place, &str), &Arc<Checked>> = before
        .iter()
        .map(|expression| ((expression.place, expression.code.as_str()), &expression.checked))
        .collect();
    let sections = document.sections().iter();
    let found = sections.flat_map(|section| {
        let (place, expressions): (_, Vec<&Expression>) = match &section.body {
            Body::Asserts(lines) => (Place::Asserts, lines.iter().collect()),
            Body::Extract(lines) => {
                let values = lines.iter().filter(|line| line.name.is_some());
                (Place::Extract, values.filter_map(|line| line.value.as_ref()).collect())
            }
            _ => (Place::Asserts, Vec::new()),
        };
        expressions.into_iter().map(move |expression| (place, expression))
    });
    found
        .map(|(place, expression)| {
            let same = known.get(&(place, expression.code.as_str()));
            CheckedExpression {
                range: expression.range.clone(),
                place,
                code: expression.code.clone(),
                checked: same.map_or_else(|| Arc::new(check(&expression.code, place)), |same| Arc::clone(same)),
            }
        })
        .collect()
}
