//! What a comparison can come to, by the types of its sides.

use super::super::body::{Rules, Side, check};
use super::super::form::{Constant, Form, Kind, NOT_FINITE, Type};
use crate::expr::ast::Op;
use crate::schema::shape::{Shape, enum_values};
use crate::syntax::json::{Data, Value};
use std::cmp::Ordering;

/// Whether a comparison can be true, and whether it can be false.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) can_hold: bool,
    pub(super) can_fail: bool,
}

impl Verdict {
    const OPEN: Self = Self {
        can_hold: true,
        can_fail: true,
    };

    fn known(holds: bool) -> Self {
        Self {
            can_hold: holds,
            can_fail: !holds,
        }
    }

    fn or(self, other: Self) -> Self {
        Self {
            can_hold: self.can_hold || other.can_hold,
            can_fail: self.can_fail || other.can_fail,
        }
    }

    /// The only thing that it can come to.
    pub(super) fn always(self) -> Option<bool> {
        (self.can_hold != self.can_fail).then_some(self.can_hold)
    }
}

/// What `left op right` can come to for the alternatives that `keep` wants; anything where a type is unknown.
pub(super) fn verdict(op: Op, left: &Type, right: &Type, keep: impl Fn(&Form) -> bool) -> Verdict {
    let (Type::Cases(lefts), Type::Cases(rights)) = (left, right) else {
        return Verdict::OPEN;
    };
    let mut all = Verdict::default();
    for left in lefts.iter().filter(|form| keep(form)) {
        for right in rights.iter().filter(|form| keep(form)) {
            all = all.or(pair(op, left, right));
        }
    }
    all
}

fn pair(op: Op, left: &Form, right: &Form) -> Verdict {
    match op {
        Op::Equal => equality(left, right),
        Op::NotEqual => {
            let Verdict { can_hold, can_fail } = equality(left, right);
            Verdict {
                can_hold: can_fail,
                can_fail: can_hold,
            }
        }
        _ => match order(left, right) {
            None => Verdict::OPEN,
            Some(order) => Verdict::known(match op {
                Op::Less => order.is_lt(),
                Op::LessEqual => order.is_le(),
                Op::Greater => order.is_gt(),
                _ => order.is_ge(),
            }),
        },
    }
}

fn equality(left: &Form, right: &Form) -> Verdict {
    match (scalar(left), scalar(right)) {
        (Some(left), Some(right)) => Verdict::known(left == right),
        (Some(constant), None) => against(constant, right),
        (None, Some(constant)) => against(constant, left),
        (None, None) => Verdict {
            can_hold: left.kind() == right.kind() && names_overlap(left, right),
            can_fail: true,
        },
    }
}

/// The value of a form that has only one.
fn scalar(form: &Form) -> Option<&Constant> {
    match form {
        Form::Constant(constant) => Some(constant),
        Form::Omitted(_) => Some(&Constant::Null),
        _ => None,
    }
}

/// Whether two enums have a name in common; true for all else.
fn names_overlap(left: &Form, right: &Form) -> bool {
    match (left, right) {
        (Form::Of(Shape::Enum(left)), Form::Of(Shape::Enum(right))) => {
            enum_values(left).any(|(name, _)| enum_values(right).any(|(other, _)| name == other))
        }
        _ => true,
    }
}

fn against(constant: &Constant, form: &Form) -> Verdict {
    let same_kind = Form::Constant(constant.clone()).kind() == form.kind();
    Verdict {
        can_hold: same_kind && is_shown(constant, form),
        can_fail: true,
    }
}

/// Whether a value of `form`, which is of the constant's kind, is ever shown as `constant`.
fn is_shown(constant: &Constant, form: &Form) -> bool {
    match (constant, form) {
        (Constant::Text(text), Form::Of(shape)) => text_is_shown(text, shape),
        (Constant::Number(number), Form::Of(shape)) => number_is_shown(*number, shape),
        (Constant::Text(text), Form::NotFinite) => NOT_FINITE.contains(&text.as_str()),
        (Constant::Number(number), Form::Unnamed(descriptor)) => {
            let is_named = enum_values(descriptor).any(|(_, own)| f64::from(own) == *number);
            !is_named && in_range(*number, i32::MIN.into(), i32::MAX.into())
        }
        _ => true,
    }
}

fn number_is_shown(number: f64, shape: &Shape) -> bool {
    match shape {
        Shape::Int32 => in_range(number, i32::MIN.into(), i32::MAX.into()),
        Shape::Uint32 => in_range(number, 0.0, u32::MAX.into()),
        // Shown with as many digits as make it the same float.
        Shape::Float => {
            #[expect(clippy::cast_possible_truncation, reason = "the nearest float is what is looked for")]
            let nearest = number as f32;
            nearest.to_string().parse() == Ok(number)
        }
        _ => true,
    }
}

fn in_range(number: f64, least: f64, most: f64) -> bool {
    number.fract() == 0.0 && (least..=most).contains(&number)
}

/// Whether a field of this form is ever shown as `text`: what the check of a RESPONSE says.
fn text_is_shown(text: &str, shape: &Shape) -> bool {
    match shape {
        Shape::Int64 => text.parse::<i64>().is_ok_and(|number| number.to_string() == text),
        Shape::Uint64 => text.parse::<u64>().is_ok_and(|number| number.to_string() == text),
        // Paths are names, whichever they are.
        Shape::String | Shape::FieldMask => true,
        _ => {
            let value = Value {
                range: 0..text.len(),
                data: Data::String(text.to_owned()),
            };
            let rules = Rules {
                side: Side::Reply,
                requires: false,
                redacted: &[],
                tolerant: false,
                schema: None,
            };
            text.contains("{{") || text == "*" || check(&value, shape, rules).is_empty()
        }
    }
}

/// The order of any two values of these forms, where it is always the same.
fn order(left: &Form, right: &Form) -> Option<Ordering> {
    let by_kind = left.kind().cmp(&right.kind());
    if by_kind.is_ne() {
        return Some(by_kind);
    }
    match (scalar(left)?, scalar(right)?) {
        (Constant::Number(left), Constant::Number(right)) => left.partial_cmp(right),
        (Constant::Bool(left), Constant::Bool(right)) => Some(left.cmp(right)),
        (Constant::Text(left), Constant::Text(right)) => Some(left.cmp(right)),
        _ => (left.kind() == Kind::Null).then_some(Ordering::Equal),
    }
}

/// Whether two values of these types are ordered by their kinds alone.
pub(super) fn by_kind_alone(left: &Type, right: &Type, keep: impl Fn(&Form) -> bool) -> bool {
    let (Type::Cases(lefts), Type::Cases(rights)) = (left, right) else {
        return false;
    };
    let mut pairs = lefts
        .iter()
        .filter(|form| keep(form))
        .flat_map(|left| rights.iter().filter(|form| keep(form)).map(move |right| (left, right)))
        .peekable();
    pairs.peek().is_some() && pairs.all(|(left, right)| left.kind() != right.kind())
}
