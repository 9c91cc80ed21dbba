//! Order between values that are never of one kind: a 64-bit integer is shown as a string, and jq orders every
//! string behind every number.

use super::names::Known;
use crate::expr::ast::{Expr, Kind, Op};
use crate::expr::{ExprError, Place};
use crate::schema::shape::Shape;
use std::ops::Range;

/// The side of a comparison that is a 64-bit integer where the other one is a number, each with its form.
pub(super) fn misordered(op: Op, sides: &[(&Expr<'_>, Known); 2]) -> Option<Range<usize>> {
    if !matches!(op, Op::Less | Op::LessEqual | Op::Greater | Op::GreaterEqual) {
        return None;
    }
    let [left, right] = sides;
    let long = |(_, known): &(&Expr<'_>, Known)| matches!(known, Some(Shape::Int64 | Shape::Uint64));
    let number = |(expression, known): &(&Expr<'_>, Known)| {
        let is_typed = matches!(known, Some(Shape::Int32 | Shape::Uint32 | Shape::Float | Shape::Double));
        is_typed || is_literal(expression)
    };
    match () {
        () if long(left) && number(right) => Some(left.0.range.clone()),
        () if number(left) && long(right) => Some(right.0.range.clone()),
        () => None,
    }
}

/// What is wrong with the side of `text` that [`misordered`] found.
pub(super) fn error(text: &str, place: Place, side: &Range<usize>) -> ExprError {
    let written = &text[side.clone()];
    let number = match place {
        Place::Asserts => format!("{written}:number"),
        Place::Extract => format!("({written} | tonumber)"),
    };
    ExprError {
        code: "G411",
        range: side.clone(),
        message: format!(
            "64-bit integers are shown as strings, which are never ordered as numbers are: write `{number}`"
        ),
    }
}

fn is_literal(expression: &Expr<'_>) -> bool {
    match &expression.bare().kind {
        Kind::Number(_) => true,
        Kind::Negative(inner) => is_literal(inner),
        _ => false,
    }
}
