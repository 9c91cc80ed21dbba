//! Assertions that pin one place of the message to one literal: `.a.b[0] == "x"`.

use super::ast::{Expr, Kind, Op, StepKind};

/// What an assertion of the form `path == literal` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    pub path: Vec<PinStep>,
    pub literal: Literal,
}

/// A step of a [`Pin`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PinStep {
    Member(String),
    Element(usize),
}

/// The literal of a [`Pin`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Literal {
    Text(String),
    /// As written.
    Number(String),
    Bool(bool),
}

/// The place and literal of an assertion that says no more than that.
pub(super) fn of(expression: &Expr<'_>) -> Option<Pin> {
    let Kind::Binary(left, Op::Equal, _, right) = &expression.bare().kind else {
        return None;
    };
    let Kind::Path(base, steps) = &left.bare().kind else {
        return None;
    };
    let from_root = matches!(base.kind, Kind::Identity);
    let steps = steps.iter().map(|step| match &step.kind {
        StepKind::Field(name) => Some(PinStep::Member((*name).to_owned())),
        StepKind::Index(index) => match (&index.bare().kind, index.constant_text()) {
            (Kind::Number(digits), _) => digits.parse().ok().map(PinStep::Element),
            (_, name) => name.map(PinStep::Member),
        },
        StepKind::Slice(..) | StepKind::Each => None,
    });
    Some(Pin {
        path: steps.collect::<Option<_>>().filter(|_| from_root)?,
        literal: literal(right)?,
    })
}

fn literal(expression: &Expr<'_>) -> Option<Literal> {
    match &expression.bare().kind {
        Kind::Number(digits) => Some(Literal::Number((*digits).to_owned())),
        Kind::Call("true", none) if none.is_empty() => Some(Literal::Bool(true)),
        Kind::Call("false", none) if none.is_empty() => Some(Literal::Bool(false)),
        _ => expression.constant_text().map(Literal::Text),
    }
}
