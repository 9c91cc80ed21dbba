//! Whether a status is the ERROR that a document expects.

use super::compare::{CompareOptions, Kind, Mismatch, compare, unassigned};
use crate::status::{Origin, code_name, parse_code};
use crate::syntax::json::{Data, Value};
use crate::syntax::number::Number;
use prost_reflect::MessageDescriptor;
use serde_json::{Value as Json, json};

/// A status as an ERROR section sees it.
#[derive(Clone, Debug)]
pub struct Received {
    pub code: i32,
    pub message: String,
    pub details: Vec<Json>,
    /// The types of `details`, where they are known.
    pub types: Vec<Option<MessageDescriptor>>,
    pub origin: Origin,
}

impl Received {
    /// What assertions on a failed call see; `details` is absent when there are none.
    pub fn to_json(&self) -> Json {
        let mut shown = json!({"code": self.code, "message": self.message});
        if let (Json::Object(members), false) = (&mut shown, self.details.is_empty()) {
            members.insert("details".to_owned(), Json::Array(self.details.clone()));
        }
        shown
    }
}

/// How an ERROR is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strictness {
    /// What the server produced has to be listed.
    Exact,
    /// Only what is listed counts.
    Partial,
}

/// The differences between the expected ERROR and a status (format: "ERROR").
pub fn match_error(expected: &Value, received: &Received, strictness: Strictness) -> Vec<Mismatch> {
    let members = match &expected.data {
        Data::Object(members) => members,
        Data::String(message) => return only_message(expected, message, received),
        Data::Word(text) => return bare_text(expected, text, received),
        _ => return vec![differs("$", expected, &received.to_json())],
    };
    let value = |name: &str| members.iter().rev().find(|member| member.key == name)?.value.as_ref();
    let mut found = Vec::new();
    let code = value("code");
    let named = code.and_then(code_of);
    let allowed = match received.origin {
        Origin::Server => true,
        Origin::Deadline | Origin::Unreachable | Origin::Http => named == Some(received.code),
        Origin::Local => false,
    };
    match code {
        Some(code) if named != Some(received.code) => found.push(differs("$.code", code, &shown_code(received.code))),
        None if !allowed => found.push(unexpected("code", expected, &shown_code(received.code))),
        None if strictness == Strictness::Exact => {
            found.push(unexpected("code", expected, &shown_code(received.code)));
        }
        _ => {}
    }
    let from_server = received.origin == Origin::Server;
    match value("message") {
        Some(message) => {
            let equal = matches!(&message.data, Data::String(text) if *text == received.message || text == "*");
            if !equal {
                found.push(differs("$.message", message, &json!(received.message)));
            }
        }
        None if strictness == Strictness::Exact && from_server && !received.message.is_empty() => {
            found.push(unexpected("message", expected, &json!(received.message)));
        }
        None => {}
    }
    match value("details") {
        Some(details) => found.extend(compare_details(details, received, strictness)),
        None if strictness == Strictness::Exact && from_server && !received.details.is_empty() => {
            found.push(unexpected("details", expected, &Json::Array(received.details.clone())));
        }
        None => {}
    }
    found
}

fn only_message(expected: &Value, message: &str, received: &Received) -> Vec<Mismatch> {
    let equal = received.origin == Origin::Server && (message == "*" || message == received.message);
    match equal {
        true => Vec::new(),
        false => vec![differs("$.message", expected, &json!(received.message))],
    }
}

/// Old files write a part of the message or of the code's name without quotes.
fn bare_text(expected: &Value, text: &str, received: &Received) -> Vec<Mismatch> {
    let contained = received.message.contains(text) || code_name(received.code).contains(text);
    match contained && received.origin == Origin::Server {
        true => Vec::new(),
        false => vec![differs("$.message", expected, &json!(received.message))],
    }
}

/// The code that a written value names, as a number or by name.
pub fn code_of(value: &Value) -> Option<i32> {
    match &value.data {
        Data::Number(text) => match Number::parse(text)? {
            Number::Integer(code) => i32::try_from(code).ok(),
            Number::Float(_) => None,
        },
        Data::String(text) => parse_code(text),
        _ => None,
    }
}

fn shown_code(code: i32) -> Json {
    json!(format!("{} ({code})", code_name(code)))
}

fn compare_details(details: &Value, received: &Received, strictness: Strictness) -> Vec<Mismatch> {
    let Data::Array(items) = &details.data else {
        return vec![differs("$.details", details, &Json::Array(received.details.clone()))];
    };
    let partial = strictness == Strictness::Partial;
    let options = CompareOptions {
        partial,
        ..CompareOptions::default()
    };
    let one = |item: &Value, at: usize| {
        let actual = without_type(item, &received.details[at]);
        compare(item, &actual, received.types.get(at).and_then(Option::as_ref), &options).listed
    };
    if !partial {
        if items.len() != received.details.len() {
            return vec![Mismatch::length(
                "$.details",
                details,
                items.len(),
                received.details.len(),
            )];
        }
        return items
            .iter()
            .enumerate()
            .flat_map(|(at, item)| {
                let mismatches = one(item, at);
                mismatches
                    .into_iter()
                    .map(move |mismatch| mismatch.under(&format!("$.details[{at}]")))
            })
            .collect();
    }
    let fits = items.iter().map(|item| {
        let all = 0..received.details.len();
        all.filter(|at| one(item, *at).is_empty()).collect()
    });
    unassigned(&fits.collect::<Vec<_>>(), received.details.len())
        .into_iter()
        .map(|at| Mismatch {
            kind: Kind::Missing,
            ..differs(&format!("$.details[{at}]"), &items[at], &Json::Null)
        })
        .collect()
}

/// The actual detail, without its `@type` if the expected one leaves it out.
fn without_type(expected: &Value, actual: &Json) -> Json {
    let lists_type =
        matches!(&expected.data, Data::Object(members) if members.iter().any(|member| member.key == "@type"));
    let mut actual = actual.clone();
    if let (Json::Object(members), false) = (&mut actual, lists_type) {
        members.shift_remove("@type");
    }
    actual
}

fn differs(path: &str, expected: &Value, actual: &Json) -> Mismatch {
    Mismatch::new(Kind::Differs, path, expected, Some(actual))
}

fn unexpected(name: &str, object: &Value, actual: &Json) -> Mismatch {
    Mismatch::unexpected(&format!("$.{name}"), object, actual)
}
