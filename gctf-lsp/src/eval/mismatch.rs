//! One difference between an expected and an actual value, and the words for it.

use crate::syntax::json::{Data, Member, Value};
use serde_json::Value as Json;
use std::ops::Range;

/// The kinds of [`Mismatch`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Differs,
    Missing,
    Unexpected,
    Length,
}

/// One difference.
#[derive(Clone, Debug, PartialEq)]
pub struct Mismatch {
    pub kind: Kind,
    /// Such as `$.messages[1].user_id`.
    pub path: String,
    /// Bytes of the expected value; of the opening bracket for what is not expected at all and for lengths.
    pub range: Range<usize>,
    /// JSON text.
    pub expected: Option<String>,
    pub actual: Option<Json>,
    /// Why values that look alike differ.
    pub hint: Option<String>,
}

/// Longest value that a message quotes, in characters.
const MAX_QUOTED: usize = 200;

impl Mismatch {
    pub(super) fn new(kind: Kind, path: &str, expected: &Value, actual: Option<Json>) -> Self {
        Self {
            kind,
            path: path.to_owned(),
            range: expected.range.clone(),
            expected: Some(text_of(expected)),
            actual,
            hint: None,
        }
    }

    pub(super) fn length(path: &str, array: &Value, expected: usize, actual: usize) -> Self {
        let elements = |count: usize| match count {
            1 => "1 element".to_owned(),
            count => format!("{count} elements"),
        };
        Self {
            range: array.range.start..array.range.start + 1,
            expected: Some(expected.to_string()),
            hint: Some(elements(actual)),
            ..Self::new(Kind::Length, path, array, Some(actual.into()))
        }
    }

    pub(super) fn under(mut self, path: &str) -> Self {
        self.path = format!("{path}{}", &self.path[1..]);
        self
    }

    /// For the place itself: leads with the actual value.
    pub fn editor_message(&self) -> String {
        let actual = self
            .actual
            .as_ref()
            .map_or("nothing".to_owned(), |value| cut(&value.to_string()));
        let expected = self.expected.as_deref().map_or("nothing".to_owned(), cut);
        let hint = self.hint.as_ref().map_or(String::new(), |hint| format!(" ({hint})"));
        match self.kind {
            Kind::Differs => format!("got {actual}, expected {expected}{hint}"),
            Kind::Missing => format!("missing, expected {expected}"),
            Kind::Unexpected => {
                let name = self
                    .path
                    .rsplit_once(['.', ']'])
                    .map_or(self.path.as_str(), |(_, name)| name);
                format!("unexpected \"{name}\": {actual}")
            }
            Kind::Length => format!("got {}, expected {expected}", self.hint.as_deref().unwrap_or_default()),
        }
    }

    /// For a report: names the path first.
    pub fn report_message(&self) -> String {
        let actual = self
            .actual
            .as_ref()
            .map_or("nothing".to_owned(), |value| cut(&value.to_string()));
        let expected = self.expected.as_deref().map_or("nothing".to_owned(), cut);
        let path = &self.path;
        match self.kind {
            Kind::Differs => {
                let hint = self.hint.as_ref().map_or(String::new(), |hint| format!(" ({hint})"));
                format!("{path}: expected {expected}, got {actual}{hint}")
            }
            Kind::Missing => format!("{path}: expected {expected}, got nothing"),
            Kind::Unexpected => format!("{path}: unexpected, got {actual}"),
            Kind::Length => format!(
                "{path}: expected {expected} elements, got {}",
                self.hint.as_deref().unwrap_or_default()
            ),
        }
    }
}

/// `text` cut at 200 characters.
pub fn cut(text: &str) -> String {
    match text.char_indices().nth(MAX_QUOTED) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// Why an expected and an actual value that look alike differ.
pub(super) fn hint(expected: &Value, actual: &Json) -> Option<String> {
    match (&expected.data, actual) {
        (Data::Number(text), Json::String(digits)) if text == digits => {
            Some(format!("int64 is written as a string: \"{digits}\""))
        }
        (Data::String(text), Json::Number(number)) if *text == number.to_string() => {
            Some(format!("this number is written without quotes: {number}"))
        }
        _ => None,
    }
}

/// A written value as compact JSON text.
pub(super) fn text_of(value: &Value) -> String {
    match &value.data {
        Data::Null => "null".to_owned(),
        Data::Bool(value) => value.to_string(),
        Data::Number(text) | Data::Word(text) => text.clone(),
        Data::String(text) => Json::String(text.clone()).to_string(),
        Data::Template(name) => format!("{{{{ {name} }}}}"),
        Data::Array(items) => {
            let items: Vec<_> = items.iter().map(text_of).collect();
            format!("[{}]", items.join(","))
        }
        Data::Object(members) => {
            let member = |member: &Member| {
                let value = member.value.as_ref().map_or(String::new(), text_of);
                format!("{}:{value}", Json::String(member.key.clone()))
            };
            let members: Vec<_> = members.iter().map(member).collect();
            format!("{{{}}}", members.join(","))
        }
    }
}
