//! From JSON as written to a message, with the exact place of what does not fit.

use crate::diagnostic::Severity;
use crate::schema::shape::Shape;
use crate::syntax::json::{Data, Value};
use crate::types::body::{Rules, check, decode};
use prost_reflect::{DynamicMessage, MessageDescriptor};
use std::ops::Range;

/// Why a value is no message of its type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodeError {
    /// The smallest value or key that does not fit.
    pub range: Range<usize>,
    /// A sentence that names the field.
    pub message: String,
}

/// The message that `value` stands for, complete or not. Both spellings of field names are accepted.
///
/// # Errors
/// The first value or key that does not fit.
pub fn to_message(value: &Value, message: &MessageDescriptor) -> Result<DynamicMessage, EncodeError> {
    let incomplete = Rules {
        requires: false,
        ..Rules::SENT
    };
    to_message_by(value, message, incomplete)
}

/// The message that `value` stands for by `rules`.
///
/// # Errors
/// The first value or key that does not fit.
pub fn to_message_by(
    value: &Value,
    message: &MessageDescriptor,
    rules: Rules<'_>,
) -> Result<DynamicMessage, EncodeError> {
    // The checker has the better words.
    let found = check(value, &Shape::of_message(message), rules).into_iter();
    let first = found
        .filter(|finding| finding.severity == Severity::Error)
        .min_by_key(|finding| finding.range.start);
    match first {
        Some(finding) => Err(EncodeError {
            message: match path_to(value, &finding.range) {
                path if path.is_empty() => finding.message,
                path => format!("{path}: {}", finding.message),
            },
            range: finding.range,
        }),
        None => decode(value, message).map_err(|(range, message)| EncodeError { range, message }),
    }
}

/// Such as `items[0].n` for the value that holds `range`, or whose key it is; empty for the value itself.
fn path_to(value: &Value, range: &Range<usize>) -> String {
    let holds = |outer: &Range<usize>| outer.start <= range.start && range.end <= outer.end;
    match &value.data {
        Data::Object(members) => {
            let inside = |value: &Value| holds(&value.range);
            let member = members.iter().find_map(|member| {
                let value = member.value.as_ref().filter(|value| inside(value))?;
                Some((member, value))
            });
            match member.map(|(member, value)| (&member.key, path_to(value, range))) {
                None => String::new(),
                Some((key, rest)) if rest.is_empty() || rest.starts_with('[') => format!("{key}{rest}"),
                Some((key, rest)) => format!("{key}.{rest}"),
            }
        }
        Data::Array(items) => {
            let item = items.iter().enumerate().find(|(_, item)| holds(&item.range));
            match item.map(|(at, item)| (at, path_to(item, range))) {
                None => String::new(),
                Some((at, rest)) if rest.is_empty() || rest.starts_with('[') => format!("[{at}]{rest}"),
                Some((at, rest)) => format!("[{at}].{rest}"),
            }
        }
        _ => String::new(),
    }
}
