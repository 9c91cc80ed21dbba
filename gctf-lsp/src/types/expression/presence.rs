//! Comparisons that cannot tell a field at its default from one that is not there.

use super::super::form::{Form, Kind, Omitted, Type};
use super::compare::verdict;
use super::{Checker, is_literal};
use crate::diagnostic::{Change, Diagnostic, Severity};
use crate::expr::Place;
use crate::expr::ast::{Expr, Op};
use crate::text::Edit;

impl Checker<'_> {
    /// Whether `path op literal` comes to something else for the null that stands for a default than it would for
    /// the default itself; then it is said. `flipped` where the literal stands on the left.
    pub(super) fn omitted_default(
        &mut self,
        whole: &Expr<'_>,
        (path, ty): (&Expr<'_>, &Type),
        op: Op,
        (literal, value): (&Expr<'_>, &Type),
        flipped: bool,
    ) -> bool {
        let mut omitted = ty.cases().into_iter().flatten().filter_map(|form| match form {
            Form::Omitted(default) => Some(default),
            _ => None,
        });
        let (Some(default), None, true) = (omitted.next(), omitted.next(), is_literal(literal)) else {
            return false;
        };
        let compared = |side: &Type| match flipped {
            true => verdict(op, value, side, |_| true),
            false => verdict(op, side, value, |_| true),
        };
        let of_null = compared(&Type::null()).always();
        let of_default = compare_default(default, value, op, flipped);
        if of_null.is_none() || of_default.is_none() || of_null == of_default {
            return false;
        }
        self.say(self.omitted_finding(whole, path, default, of_null == Some(true)));
        true
    }

    fn omitted_finding(&self, whole: &Expr<'_>, path: &Expr<'_>, default: &Omitted, holds: bool) -> Diagnostic {
        let written = &self.text[path.range.clone()];
        let shown = shown(default);
        let outcome = match holds {
            true => "so that this holds then",
            false => "so that this fails then",
        };
        let message = format!("`{written}` is left out when it is {shown}, {outcome}: write `({written} // {shown})`");
        let severity = match self.place {
            Place::Asserts => Severity::Warning,
            Place::Extract => Severity::Information,
        };
        let finding = Diagnostic::new("G412", severity, whole.range.clone(), message);
        let insert = |at: usize, text: String| Edit { range: at..at, text };
        let edits = vec![
            insert(path.range.start, "(".to_owned()),
            insert(path.range.end, format!(" // {shown})")),
        ];
        finding.with_change(format!("Use ({written} // {shown})"), Change::Edits(edits))
    }
}

fn compare_default(default: &Omitted, value: &Type, op: Op, flipped: bool) -> Option<bool> {
    // Two empty collections are the same.
    let empty = |kind: Kind| value.kinds() == [kind] && value.truth() == (true, false);
    let same = match default {
        Omitted::Scalar(_) => false,
        Omitted::List => empty(Kind::Array),
        Omitted::Map => empty(Kind::Object),
    };
    if same {
        return Some(matches!(op, Op::Equal | Op::LessEqual | Op::GreaterEqual));
    }
    let default = default.value();
    match flipped {
        true => verdict(op, value, &default, |_| true).always(),
        false => verdict(op, &default, value, |_| true).always(),
    }
}

/// A default as an expression.
fn shown(default: &Omitted) -> String {
    use super::super::form::Constant;
    match default {
        Omitted::Scalar(Constant::Null) => "null".to_owned(),
        Omitted::Scalar(Constant::Bool(value)) => value.to_string(),
        Omitted::Scalar(Constant::Number(number)) => number.to_string(),
        Omitted::Scalar(Constant::Text(text)) => format!("\"{text}\""),
        Omitted::List => "[]".to_owned(),
        Omitted::Map => "{}".to_owned(),
    }
}
