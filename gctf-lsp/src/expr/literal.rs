//! The literal that an expression compares something with.

use super::ast::{Expr, Kind, Op, Place};
use super::parser::parse;
use std::ops::Range;

/// One side of `==`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// Bytes of the expression's text.
    pub range: Range<usize>,
    /// Whether it stands on the left.
    pub is_left: bool,
}

/// The literal beside the `==` that decides on the whole expression; `None` where there is none, or two.
pub fn compared_literal(code: &str, place: Place) -> Option<Compared> {
    let parsed = parse(code, place).ok()?;
    beside(&parsed.expression)
}

fn beside(expression: &Expr<'_>) -> Option<Compared> {
    match &expression.bare().kind {
        // The last stage yields the value.
        Kind::Binary(_, Op::Pipe, _, rest) => beside(rest),
        Kind::Binary(left, Op::Equal, _, right) => {
            let (side, is_left) = match (is_literal(left), is_literal(right)) {
                (true, false) => (left, true),
                (false, true) => (right, false),
                _ => return None,
            };
            Some(Compared {
                range: side.range.clone(),
                is_left,
            })
        }
        _ => None,
    }
}

fn is_literal(expression: &Expr<'_>) -> bool {
    match &expression.kind {
        Kind::Number(_) => true,
        Kind::Text(..) => expression.constant_text().is_some(),
        Kind::Negative(inner) => matches!(inner.kind, Kind::Number(_)),
        Kind::Call(name, arguments) => arguments.is_empty() && matches!(*name, "true" | "false" | "null"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals() {
        let found = |code: &str| {
            let literal = compared_literal(code, Place::Asserts)?;
            Some(format!("{} {}", &code[literal.range], literal.is_left))
        };
        for (code, expected) in [
            (".a == 5", Some("5 false")),
            (".a == -5", Some("-5 false")),
            ("\"x\" == .a", Some("\"x\" true")),
            ("(.a == null)", Some("null false")),
            (".a | .b == true", Some("true false")),
            (".a == .b", None),
            ("1 == 1", None),
            (".a == \"x\\(.b)\"", None),
            (".a == 5 and .b == 6", None),
            (".a != 5", None),
            (".a ==", None),
        ] {
            assert_eq!(found(code).as_deref(), expected, "{code}");
        }
    }
}
