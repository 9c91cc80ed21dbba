//! One difference between an expected and an actual value, and the words for it.

use crate::syntax::json::{Data, Value};
use serde_json::Value as Json;
use std::io;
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
    /// JSON text, cut where it is very long.
    pub expected: Option<String>,
    /// The same of what came.
    pub actual: Option<String>,
    /// Why values that look alike differ.
    pub hint: Option<String>,
}

/// Longest value that a message quotes, in characters.
const MAX_QUOTED: usize = 200;

/// Longest text of a value that is kept, in bytes.
const MAX_TEXT: usize = 64 << 10;

impl Mismatch {
    pub(super) fn new(kind: Kind, path: &str, expected: &Value, actual: Option<&Json>) -> Self {
        Self {
            kind,
            path: path.to_owned(),
            range: expected.range.clone(),
            expected: Some(text_of(expected)),
            actual: actual.map(|actual| json_text(actual, MAX_TEXT)),
            hint: None,
        }
    }

    /// A member of `object` that is not expected.
    pub(super) fn unexpected(path: &str, object: &Value, actual: &Json) -> Self {
        Self {
            kind: Kind::Unexpected,
            path: path.to_owned(),
            range: object.range.start..object.range.start + 1,
            expected: None,
            actual: Some(json_text(actual, MAX_TEXT)),
            hint: None,
        }
    }

    pub(super) fn length(path: &str, array: &Value, expected: usize, actual: usize) -> Self {
        let elements = |count: usize| match count {
            1 => "1 element".to_owned(),
            count => format!("{count} elements"),
        };
        Self {
            kind: Kind::Length,
            path: path.to_owned(),
            range: array.range.start..array.range.start + 1,
            expected: Some(expected.to_string()),
            actual: Some(actual.to_string()),
            hint: Some(elements(actual)),
        }
    }

    /// The same without its values.
    pub fn hidden(&self) -> Self {
        let hidden = |value: &Option<String>| value.as_ref().map(|_| "\"***\"".to_owned());
        match self.kind {
            Kind::Length => self.clone(),
            Kind::Differs | Kind::Missing | Kind::Unexpected => Self {
                expected: hidden(&self.expected),
                actual: hidden(&self.actual),
                hint: None,
                ..self.clone()
            },
        }
    }

    pub(super) fn under(mut self, path: &str) -> Self {
        self.path = format!("{path}{}", &self.path[1..]);
        self
    }

    /// For the place itself: leads with the actual value.
    pub fn editor_message(&self) -> String {
        let actual = self.actual.as_deref().map_or("nothing".to_owned(), cut);
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
        let actual = self.actual.as_deref().map_or("nothing".to_owned(), cut);
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

/// The JSON text of a value cut at 200 characters, in time and memory of no more than that.
pub fn quoted(value: &Json) -> String {
    cut(&json_text(value, MAX_QUOTED * 4 + 4))
}

/// A text that takes no more than so many bytes, and then ends in `…`.
struct Bounded {
    text: Vec<u8>,
    left: usize,
}

impl Bounded {
    fn new(limit: usize) -> Self {
        Self {
            text: Vec::new(),
            left: limit,
        }
    }

    /// `None` once it is full.
    fn push(&mut self, piece: &[u8]) -> Option<()> {
        let fits = piece.len().min(self.left);
        self.text.extend_from_slice(&piece[..fits]);
        self.left -= fits;
        (fits == piece.len()).then_some(())
    }

    /// `whole` is what writing it came to.
    fn finish(self, whole: Option<()>) -> String {
        // A character that was cut through goes.
        let text = String::from_utf8_lossy(&self.text);
        match whole {
            Some(()) => text.into_owned(),
            None => format!("{}…", text.trim_end_matches(char::REPLACEMENT_CHARACTER)),
        }
    }
}

impl io::Write for Bounded {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.push(piece).ok_or(io::ErrorKind::WriteZero)?;
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn json_text(value: &Json, limit: usize) -> String {
    let mut text = Bounded::new(limit);
    let whole = serde_json::to_writer(&mut text, value).ok();
    text.finish(whole)
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

/// A written value as compact JSON text, cut where it is very long.
pub(super) fn text_of(value: &Value) -> String {
    let mut text = Bounded::new(MAX_TEXT);
    let whole = write(value, &mut text);
    text.finish(whole)
}

fn write(value: &Value, text: &mut Bounded) -> Option<()> {
    match &value.data {
        Data::Null => text.push(b"null"),
        Data::Bool(value) => text.push(value.to_string().as_bytes()),
        Data::Number(digits) | Data::Word(digits) => text.push(digits.as_bytes()),
        Data::String(string) => write_string(string, text),
        Data::Template(name) => text.push(format!("{{{{ {name} }}}}").as_bytes()),
        Data::Array(items) => {
            text.push(b"[")?;
            for (at, item) in items.iter().enumerate() {
                text.push(if at > 0 { b"," } else { b"" })?;
                write(item, text)?;
            }
            text.push(b"]")
        }
        Data::Object(members) => {
            text.push(b"{")?;
            for (at, member) in members.iter().enumerate() {
                text.push(if at > 0 { b"," } else { b"" })?;
                write_string(&member.key, text)?;
                text.push(b":")?;
                member.value.as_ref().map_or(Some(()), |value| write(value, text))?;
            }
            text.push(b"}")
        }
    }
}

fn write_string(string: &str, text: &mut Bounded) -> Option<()> {
    serde_json::to_writer(text, string).ok()
}
