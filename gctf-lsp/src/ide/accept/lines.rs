//! Lines of ASSERTS: a literal beside `==` becomes the value that came.

use crate::eval::compare::Wild;
use crate::expr::{Compared, Place, compared_literal};
use crate::ide::context::Context;
use crate::outcome::{DocumentOutcome, Failure};
use crate::syntax::{Body, Expression};
use crate::text::Edit;
use serde_json::Value as Json;

/// The edit of the line that a failure speaks of; `None` where it is no comparison with one literal, or where several
/// values came.
pub(super) fn edit(
    context: &Context<'_>,
    outcome: &DocumentOutcome,
    failure: &Failure,
    wild: Wild<'_>,
) -> Option<Edit> {
    let same = outcome.failures.iter().filter(|other| other.span == failure.span);
    if same.count() > 1 {
        return None;
    }
    let range = context.document.span_range(failure.span)?;
    let line = lines(context).find(|line| line.range.start <= range.start && range.end <= line.range.end)?;
    let Compared { range, is_left } = compared_literal(&line.code, Place::Asserts)?;
    let came = match is_left {
        true => failure.expected.as_ref()?,
        false => failure.actual.as_ref()?,
    };
    let value: Json = serde_json::from_str(came).ok()?;
    if came.contains("***") || wild("$", &value) {
        return None;
    }
    Some(Edit {
        range: line.range.start + range.start..line.range.start + range.end,
        text: value.to_string(),
    })
}

fn lines<'a>(context: &Context<'a>) -> impl Iterator<Item = &'a Expression> + use<'a> {
    let sections = context.document.sections().iter();
    sections.flat_map(|section| match &section.body {
        Body::Asserts(lines) => lines.as_slice(),
        _ => &[],
    })
}
