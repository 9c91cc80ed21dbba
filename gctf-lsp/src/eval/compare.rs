//! Whether a message is the one that a RESPONSE expects (format: "Comparison of a message").

use super::number::Number;
use crate::schema::shape::{Shape, field};
use crate::syntax::json::{Data, Member, Value};
use prost_reflect::{Kind as FieldKind, MessageDescriptor};
use serde_json::Value as Json;
use std::ops::Range;

/// How values are compared.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CompareOptions {
    /// Objects by subset, arrays by prefix.
    pub partial: bool,
    pub unordered_arrays: bool,
    /// Largest difference of numbers that counts as none.
    pub tolerance: Option<f64>,
    /// Names, or paths that start with `.` or `$.`, that are dropped from both sides.
    pub redact: Vec<String>,
}

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

/// All differences between an expected value and a message as it is shown.
///
/// `message` is the type of both; without it only proto names are known and no defaults but the JSON kinds'.
pub fn compare(
    expected: &Value,
    actual: &Json,
    message: Option<&MessageDescriptor>,
    options: &CompareOptions,
) -> Vec<Mismatch> {
    let mut comparison = Comparison {
        options,
        path: vec!["$".to_owned()],
        found: Vec::new(),
    };
    comparison.values(expected, Some(actual), &Typed::of_message(message));
    comparison.found
}

/// What is known of a value's type.
#[derive(Clone, Debug)]
enum Typed {
    Shape(Shape),
    /// `float`, which is compared after rounding.
    Float32,
    Unknown,
}

impl Typed {
    fn of_message(message: Option<&MessageDescriptor>) -> Self {
        message.map_or(Self::Unknown, |message| Self::Shape(Shape::of_message(message)))
    }

    fn member(&self, key: &str) -> Self {
        let Self::Shape(shape) = self else {
            return Self::Unknown;
        };
        if let Shape::Message(message) = shape {
            let field = field(message, key);
            if field
                .as_ref()
                .is_some_and(|field| field.kind() == FieldKind::Float && !field.is_list())
            {
                return Self::Float32;
            }
        }
        shape.member(key).map_or(Self::Unknown, Self::Shape)
    }

    fn element(&self) -> Self {
        match self {
            Self::Shape(shape) => shape.element().map_or(Self::Unknown, Self::Shape),
            _ => Self::Unknown,
        }
    }

    /// The name under which a message shows a member.
    fn shown_name(&self, key: &str) -> String {
        match self {
            Self::Shape(Shape::Message(message)) => {
                field(message, key).map_or_else(|| key.to_owned(), |field| field.name().to_owned())
            }
            _ => key.to_owned(),
        }
    }
}

struct Comparison<'a> {
    options: &'a CompareOptions,
    /// Steps as they are written: `$`, `.name`, `[0]`.
    path: Vec<String>,
    found: Vec<Mismatch>,
}

impl Comparison<'_> {
    fn values(&mut self, expected: &Value, actual: Option<&Json>, typed: &Typed) {
        let Some(actual) = actual else {
            if !is_default(expected, typed) {
                self.report(Mismatch::new(Kind::Missing, "$", expected, None));
            }
            return;
        };
        match (&expected.data, actual) {
            (Data::String(text), _) if text == "*" => {}
            (Data::Object(members), Json::Object(fields)) => self.objects(expected, members, fields, typed),
            (Data::Array(items), Json::Array(elements)) => self.arrays(expected, items, elements, &typed.element()),
            _ if self.scalars_equal(expected, actual, typed) => {}
            _ => {
                let hint = hint(expected, actual);
                self.report(Mismatch {
                    hint,
                    ..Mismatch::new(Kind::Differs, "$", expected, Some(actual.clone()))
                });
            }
        }
    }

    fn objects(&mut self, object: &Value, members: &[Member], fields: &serde_json::Map<String, Json>, typed: &Typed) {
        let mut listed = Vec::new();
        for (at, member) in members.iter().enumerate() {
            let name = typed.shown_name(&member.key);
            let repeated = members[at + 1..]
                .iter()
                .any(|later| typed.shown_name(&later.key) == name);
            self.path.push(step(&name));
            if let (Some(value), false, false) = (&member.value, repeated, self.is_redacted(&name, &member.key)) {
                self.values(value, fields.get(&name), &typed.member(&name));
            }
            self.path.pop();
            listed.push(name);
        }
        if self.options.partial {
            return;
        }
        for (name, value) in fields {
            self.path.push(step(name));
            if !listed.contains(name) && !self.is_redacted(name, name) {
                self.report(Mismatch {
                    range: object.range.start..object.range.start + 1,
                    expected: None,
                    ..Mismatch::new(Kind::Unexpected, "$", object, Some(value.clone()))
                });
            }
            self.path.pop();
        }
    }

    fn arrays(&mut self, array: &Value, items: &[Value], elements: &[Json], typed: &Typed) {
        let wrong_length = items.len() > elements.len() || !self.options.partial && items.len() != elements.len();
        if self.options.unordered_arrays {
            if wrong_length {
                self.report(Mismatch::length("$", array, items.len(), elements.len()));
                return;
            }
            self.unordered(items, elements, typed);
            return;
        }
        for (at, (item, element)) in items.iter().zip(elements).enumerate() {
            self.path.push(format!("[{at}]"));
            self.values(item, Some(element), typed);
            self.path.pop();
        }
        if wrong_length {
            self.report(Mismatch::length("$", array, items.len(), elements.len()));
        }
    }

    /// Gives every item an equal element of its own, by augmenting paths.
    fn unordered(&mut self, items: &[Value], elements: &[Json], typed: &Typed) {
        let fits: Vec<Vec<usize>> = items
            .iter()
            .map(|item| {
                (0..elements.len())
                    .filter(|at| self.equal(item, &elements[*at], typed))
                    .collect()
            })
            .collect();
        let mut owner: Vec<Option<usize>> = vec![None; elements.len()];
        for (at, item) in items.iter().enumerate() {
            let mut seen = vec![false; elements.len()];
            if !assign(at, &fits, &mut owner, &mut seen) {
                self.path.push(format!("[{at}]"));
                self.report(Mismatch::new(Kind::Missing, "$", item, None));
                self.path.pop();
            }
        }
    }

    fn equal(&self, item: &Value, element: &Json, typed: &Typed) -> bool {
        let mut inner = Comparison {
            options: self.options,
            path: self.path.clone(),
            found: Vec::new(),
        };
        inner.path.push("[]".to_owned());
        inner.values(item, Some(element), typed);
        inner.found.is_empty()
    }

    fn scalars_equal(&self, expected: &Value, actual: &Json, typed: &Typed) -> bool {
        match (&expected.data, actual) {
            (Data::Null, Json::Null) => true,
            (Data::Bool(expected), Json::Bool(actual)) => expected == actual,
            (Data::String(expected), Json::String(actual)) => {
                expected == actual || self.tolerated(expected, actual, typed)
            }
            (Data::Number(text), Json::String(actual)) => {
                matches!(text.as_str(), "NaN" | "Infinity" | "-Infinity") && text == actual
            }
            (Data::Number(text), Json::Number(actual)) => {
                Number::parse(text).is_some_and(|expected| self.numbers_equal(expected, Number::of(actual), typed))
            }
            _ => false,
        }
    }

    /// 64-bit integers are strings of digits, and a tolerance holds for them too.
    fn tolerated(&self, expected: &str, actual: &str, typed: &Typed) -> bool {
        let is_long = matches!(typed, Typed::Shape(Shape::Long) | Typed::Unknown);
        let (Some(tolerance), true) = (self.options.tolerance, is_long) else {
            return false;
        };
        match (expected.parse::<i128>(), actual.parse::<i128>()) {
            (Ok(expected), Ok(actual)) => (expected - actual).unsigned_abs() as f64 <= tolerance,
            _ => false,
        }
    }

    fn numbers_equal(&self, expected: Number, actual: Number, typed: &Typed) -> bool {
        if let Some(tolerance) = self.options.tolerance {
            return (expected.as_f64() - actual.as_f64()).abs() <= tolerance;
        }
        match (expected, actual) {
            (Number::Integer(expected), Number::Integer(actual)) => expected == actual,
            _ if matches!(typed, Typed::Float32) => expected.as_f64() as f32 == actual.as_f64() as f32,
            _ => {
                let (expected, actual) = (expected.as_f64(), actual.as_f64());
                expected == actual || (expected - actual).abs() <= 1e-9 * expected.abs().max(actual.abs())
            }
        }
    }

    /// Whether the member at the path's end is dropped from both sides.
    fn is_redacted(&self, name: &str, written: &str) -> bool {
        self.options
            .redact
            .iter()
            .any(|entry| match entry.strip_prefix('$').unwrap_or(entry) {
                path if path.starts_with('.') => self.path_matches(path),
                plain => plain == name || plain == written || json_name(name) == plain,
            })
    }

    /// Whether `.items[].token` is the current path; `[]` stands for any index.
    fn path_matches(&self, path: &str) -> bool {
        let mut current = String::new();
        for step in &self.path[1..] {
            match step.starts_with('[') && step[1..].starts_with(|first: char| first.is_ascii_digit() || first == ']') {
                true => current.push_str("[]"),
                false => current.push_str(step),
            }
        }
        current == path
    }

    fn report(&mut self, mismatch: Mismatch) {
        let path = self.path.concat();
        self.found.push(Mismatch { path, ..mismatch });
    }
}

/// The JSON name that protobuf derives from a proto name.
fn json_name(name: &str) -> String {
    let mut upper = false;
    let mut derived = String::new();
    for character in name.chars() {
        match (character, upper) {
            ('_', _) => upper = true,
            (character, true) => {
                derived.push(character.to_ascii_uppercase());
                upper = false;
            }
            (character, false) => derived.push(character),
        }
    }
    derived
}

fn assign(item: usize, fits: &[Vec<usize>], owner: &mut [Option<usize>], seen: &mut [bool]) -> bool {
    for &element in &fits[item] {
        if std::mem::replace(&mut seen[element], true) {
            continue;
        }
        let free = match owner[element] {
            None => true,
            Some(other) => assign(other, fits, owner, seen),
        };
        if free {
            owner[element] = Some(item);
            return true;
        }
    }
    false
}

fn step(name: &str) -> String {
    let starts = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    let plain = starts && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    match plain {
        true => format!(".{name}"),
        false => format!("[{}]", Json::String(name.to_owned())),
    }
}

/// Whether an expected value says no more than that its field is left out.
fn is_default(expected: &Value, typed: &Typed) -> bool {
    match &expected.data {
        Data::Null | Data::Bool(false) => true,
        Data::Number(text) => Number::parse(text).is_some_and(|number| number.as_f64() == 0.0),
        Data::String(text) if text.is_empty() => true,
        Data::String(text) => match typed {
            Typed::Shape(Shape::Long) => text == "0",
            Typed::Shape(Shape::Enum(descriptor)) => descriptor.default_value().name() == text,
            _ => false,
        },
        Data::Array(items) => items.is_empty(),
        Data::Object(members) => members.is_empty(),
        _ => false,
    }
}

/// Why an expected and an actual value that look alike differ.
fn hint(expected: &Value, actual: &Json) -> Option<String> {
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
fn text_of(value: &Value) -> String {
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
