//! The body of ERROR: a status.

use super::super::document::Section;
use super::super::json::{Data, Member, Value};
use super::Scope;
use crate::diagnostic::Diagnostic;
use crate::spec::{find, keys, spellings};
use crate::status::{CODES, code_name, parse_code};
use crate::syntax::settings::boolean;
use crate::text::did_you_mean;

/// Whether the body is a text without quotes, as in old files.
pub(super) fn is_bare_text(section: &Section) -> bool {
    matches!(
        section.values(),
        [Value {
            data: Data::Word(_),
            ..
        }]
    )
}

/// Findings on an ERROR section.
pub(super) fn check(scope: &Scope<'_>, section: &Section, found: &mut Vec<Diagnostic>) {
    let values = section.values();
    let Some(first) = values.first() else {
        let body = scope.text[section.body_range.clone()].lines();
        let empty = body
            .map(str::trim)
            .all(|line| line.is_empty() || line.starts_with(['#', '/']));
        if empty {
            let message =
                "ERROR is empty: say what is expected, or write `--- ERROR partial ---` and `{}` for any status";
            found.push(Diagnostic::error("G211", section.name_range.clone(), message));
        }
        return;
    };
    if let Some(second) = values.get(1) {
        let message = "ERROR has one value: delete this";
        found.push(Diagnostic::error("G210", start_of(second), message));
    }
    match &first.data {
        Data::Object(members) => status(section, first, members, found),
        Data::Word(_) if is_bare_text(section) => {
            let message =
                "text without quotes matches any status whose message contains it: write an object with `code`";
            found.push(Diagnostic::warning("G126", first.range.clone(), message));
        }
        Data::String(_) | Data::Template(_) | Data::Word(_) => {}
        Data::Null | Data::Bool(_) | Data::Number(_) | Data::Array(_) => {
            let message = "ERROR is an object with `code`, `message`, `details`, or the message as a string";
            found.push(Diagnostic::error("G210", start_of(first), message));
        }
    }
}

/// The first character of a container, the whole of anything else.
fn start_of(value: &Value) -> std::ops::Range<usize> {
    match &value.data {
        Data::Object(_) | Data::Array(_) => value.range.start..value.range.start + 1,
        _ => value.range.clone(),
    }
}

fn status(section: &Section, object: &Value, members: &[Member], found: &mut Vec<Diagnostic>) {
    for member in members.iter().filter(|member| member.colon) {
        if find(keys::ERROR, &member.key).is_none() {
            let dym = did_you_mean(&member.key, spellings(keys::ERROR));
            let message = format!("a status has `code`, `message` and `details`, no `{}`{dym}", member.key);
            found.push(Diagnostic::error("G210", member.key_range.clone(), message));
        }
    }
    let given = |name: &str| members.iter().rev().find(|member| member.key == name);
    let value = |name: &str| given(name)?.value.as_ref();
    if let Some(code) = value("code") {
        found.extend(bad_code(code));
    }
    if let Some(details) = value("details") {
        found.extend(bad_details(details));
    }
    let partial = section.option("type") == Some("partial")
        || section
            .option("partial")
            .is_some_and(|value| boolean(value) == Some(true));
    let code = value("code").and_then(code_of);
    // These two can be made on this side, without a message.
    let local = code.is_none_or(|code| matches!(code_name(code), "DEADLINE_EXCEEDED" | "UNAVAILABLE"));
    let misspelled = members.iter().any(|member| find(keys::ERROR, &member.key).is_none());
    if given("message").is_none() && !partial && !local && !misspelled {
        let opener = object.range.start..object.range.start + 1;
        let message = "without `message` this passes only on an empty one: add `\"message\": \"*\"`, or write `--- ERROR partial ---`";
        found.push(Diagnostic::warning("G617", opener, message));
    }
}

fn code_of(value: &Value) -> Option<i32> {
    match &value.data {
        Data::Number(text) | Data::String(text) => parse_code(&text.replace('_', "")).or_else(|| parse_code(text)),
        _ => None,
    }
}

fn bad_code(value: &Value) -> Option<Diagnostic> {
    let error = |message: String| Some(Diagnostic::error("G226", value.range.clone(), message));
    let names = || CODES.iter().skip(1).copied();
    match &value.data {
        Data::String(text) if text.contains("{{") => None,
        Data::String(text) => match parse_code(text) {
            Some(0) => error("OK is no error: write the code of an error, or expect a RESPONSE".to_owned()),
            Some(_) => None,
            None => error(format!(
                "there is no status code \"{text}\"{}",
                did_you_mean(text, names())
            )),
        },
        Data::Number(text) => match text.parse::<i64>() {
            Ok(0) => error("0 is OK, no error: write the code of an error, or expect a RESPONSE".to_owned()),
            Ok(1..=16) => None,
            Ok(_) => error("status codes go from 1 to 16".to_owned()),
            // Other spellings of numbers are left to the run.
            Err(_) => None,
        },
        Data::Null | Data::Bool(_) | Data::Array(_) | Data::Object(_) => {
            error("a code is a name such as \"NOT_FOUND\", or a number from 1 to 16".to_owned())
        }
        Data::Template(_) | Data::Word(_) => None,
    }
}

fn bad_details(value: &Value) -> Option<Diagnostic> {
    let error = |value: &Value, message: &str| Some(Diagnostic::error("G210", start_of(value), message));
    match &value.data {
        Data::Array(items) => items.iter().find_map(|item| match item.data {
            Data::Null | Data::Bool(_) | Data::Number(_) | Data::Array(_) => error(item, "a detail is an object"),
            _ => None,
        }),
        Data::Bool(_) | Data::Number(_) | Data::Object(_) => {
            error(value, "`details` is a list of objects: write `[{…}]`")
        }
        _ => None,
    }
}
