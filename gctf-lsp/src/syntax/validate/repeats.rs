//! Assertions that say what the RESPONSE they are attached to says already.

use super::super::document::{Body, Document, Section};
use super::super::json::{Data, Value};
use super::super::settings::boolean;
use crate::diagnostic::{Diagnostic, Severity};
use crate::expr::{Literal, Pin, PinStep};
use crate::spec::SectionKind;

/// A hint on each line of an attached ASSERTS that its RESPONSE makes needless.
pub(super) fn check(document: &Document, found: &mut Vec<Diagnostic>) {
    let sections = document.sections();
    for (at, response) in sections.iter().enumerate() {
        let Some(expected) = pinned_message(response) else {
            continue;
        };
        let behind = sections[at + 1..].iter();
        let attached = behind
            .skip_while(|section| section.kind == SectionKind::Extract)
            .take(1)
            .filter(|section| section.kind == SectionKind::Asserts);
        for section in attached {
            for expression in document.expressions_in(&section.body_range) {
                let pin = expression.checked.pin.as_ref();
                if pin.is_some_and(|pin| repeats(expected, pin)) {
                    let message = "the RESPONSE that this is attached to says it already: delete the line";
                    let range = expression.range.clone();
                    found.push(Diagnostic::new("G616", Severity::Hint, range, message));
                }
            }
        }
    }
}

/// The one message of a RESPONSE with ASSERTS attached that is compared member by member.
fn pinned_message(section: &Section) -> Option<&Value> {
    let attached = section.option("with_asserts").and_then(boolean) == Some(true);
    let loose = ["redact", "tolerance", "unordered_arrays"]
        .iter()
        .any(|option| section.option(option).is_some());
    match &section.body {
        Body::Json(values) if attached && !loose && section.kind == SectionKind::Response => match values.as_slice() {
            [only] => Some(only),
            _ => None,
        },
        _ => None,
    }
}

fn repeats(expected: &Value, pin: &Pin) -> bool {
    let place = pin
        .path
        .iter()
        .try_fold(expected, |value, step| match (&value.data, step) {
            (Data::Object(members), PinStep::Member(name)) => {
                let member = members.iter().rev().find(|member| member.key == *name)?;
                member.value.as_ref()
            }
            (Data::Array(items), PinStep::Element(at)) => items.get(*at),
            _ => None,
        });
    match (place.map(|place| &place.data), &pin.literal) {
        (Some(Data::String(expected)), Literal::Text(text)) => {
            expected == text && expected != "*" && !expected.contains("{{")
        }
        (Some(Data::Number(expected)), Literal::Number(digits)) => expected == digits,
        (Some(Data::Bool(expected)), Literal::Bool(value)) => expected == value,
        _ => false,
    }
}
