//! The expressions of a document, looked at once: what is found in them and which variables they read.

use super::document::{Body, Document, Expression};
use super::position::shift;
use crate::expr::{Checked, Place, check};
use std::ops::Range;

/// An expression with what is found in it; ranges are bytes of the document.
#[derive(Debug)]
pub(super) struct CheckedExpression {
    pub(super) range: Range<usize>,
    pub(super) checked: Checked,
}

impl CheckedExpression {
    fn of(place: Place, expression: &Expression) -> Self {
        let start = expression.range.start;
        let mut checked = check(&expression.code, place);
        let findings = checked.findings.into_iter();
        checked.findings = findings.map(|finding| finding.shifted(start)).collect();
        for (_, range) in &mut checked.variables {
            *range = shift(range, start);
        }
        Self {
            range: expression.range.clone(),
            checked,
        }
    }
}

/// Looks at every expression of `document`, in the order of the text.
pub(super) fn expressions(document: &Document) -> Vec<CheckedExpression> {
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
        let checked = expressions.into_iter();
        checked.map(move |expression| CheckedExpression::of(place, expression))
    });
    found.collect()
}
