//! Whether a message is the one that a RESPONSE expects (format: "Comparison of a message").

mod accept;

use super::mismatch::hint;
use crate::schema::json::Defaults;
use crate::schema::shape::{Shape, field};
use crate::syntax::json::{Data, Member, Value};
use crate::syntax::number::Number;
use prost_reflect::{DescriptorPool, FieldDescriptor, Kind as FieldKind, MessageDescriptor};
use serde_json::Value as Json;
use std::borrow::Cow;
use std::collections::HashMap;

pub use super::mismatch::{Kind, Mismatch, cut, quoted};
pub use accept::{Wild, accept, as_it_came, written};

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
    /// Whether defaults are shown; a RESPONSE does not have to list them even so.
    pub defaults: Defaults,
}

/// Most differences of one comparison that are told one by one.
pub const MAX_DIFFERENCES: usize = 20;

/// What a comparison finds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Differences {
    /// The first ones, in order.
    pub listed: Vec<Mismatch>,
    /// How many there are.
    pub count: usize,
}

/// All differences between an expected value and a message as it is shown.
///
/// `message` is the type of both; without it only proto names are known and no defaults but the JSON kinds'.
pub fn compare(
    expected: &Value,
    actual: &Json,
    message: Option<&MessageDescriptor>,
    options: &CompareOptions,
) -> Differences {
    let mut comparison = Comparison::new(message, options);
    comparison.values(expected, Some(actual), &Typed::of_message(message));
    comparison.found
}

/// What is known of a value's type.
#[derive(Clone, Debug)]
struct Typed {
    shape: Option<Shape>,
    /// `float`, or a list or map of it, which is compared after rounding.
    float32: bool,
}

impl Typed {
    fn of_message(message: Option<&MessageDescriptor>) -> Self {
        Self {
            shape: message.map(Shape::of_message),
            float32: message.is_some_and(|message| message.full_name() == "google.protobuf.FloatValue"),
        }
    }

    fn of_field(field: &FieldDescriptor) -> Self {
        let kind = match field.kind() {
            FieldKind::Message(entry) if field.is_map() => entry.map_entry_value_field().kind(),
            kind => kind,
        };
        let float32 = match &kind {
            FieldKind::Float => true,
            FieldKind::Message(message) => message.full_name() == "google.protobuf.FloatValue",
            _ => false,
        };
        Self {
            shape: Some(Shape::of_field(field)),
            float32,
        }
    }

    fn field(&self, key: &str) -> Option<FieldDescriptor> {
        match &self.shape {
            Some(Shape::Message(message)) => field(message, key),
            _ => None,
        }
    }

    fn member(&self, key: &str) -> Self {
        if let Some(field) = self.field(key) {
            return Self::of_field(&field);
        }
        Self {
            shape: self.shape.as_ref().and_then(|shape| shape.member(key)),
            float32: self.float32 && matches!(self.shape, Some(Shape::Map { .. })),
        }
    }

    fn element(&self) -> Self {
        Self {
            shape: self.shape.as_ref().and_then(Shape::element),
            float32: self.float32,
        }
    }

    /// The type of an Any by the `@type` of the value that came.
    fn resolved(&self, fields: &serde_json::Map<String, Json>, pool: Option<&DescriptorPool>) -> Self {
        let url = fields.get("@type").and_then(Json::as_str);
        let name = url.and_then(|url| url.rsplit('/').next());
        match (&self.shape, name, pool) {
            (Some(Shape::Any(_)), Some(name), Some(pool)) => Self::of_message(pool.get_message_by_name(name).as_ref()),
            _ => self.clone(),
        }
    }

    /// The name under which a message shows a member.
    fn shown_name(&self, key: &str) -> String {
        self.field(key)
            .map_or_else(|| key.to_owned(), |field| field.name().to_owned())
    }
}

/// One step of a path.
enum Step {
    Index(usize),
    Member {
        /// As it is written, such as `.name`.
        text: String,
        /// The same with a field's JSON name.
        alias: Option<String>,
    },
}

impl Step {
    /// As it is written, and how else an entry of `redact` may write it.
    fn texts(&self) -> (Cow<'_, str>, Option<&str>) {
        match self {
            Self::Index(at) => (Cow::Owned(format!("[{at}]")), Some("[]")),
            Self::Member { text, alias } => (Cow::Borrowed(text), alias.as_deref()),
        }
    }
}

struct Comparison<'a> {
    options: &'a CompareOptions,
    /// For the types of Any.
    pool: Option<DescriptorPool>,
    path: Vec<Step>,
    found: Differences,
    /// Whether one difference is as good as many.
    asks_only_whether: bool,
}

impl<'a> Comparison<'a> {
    fn new(message: Option<&MessageDescriptor>, options: &'a CompareOptions) -> Self {
        Self {
            options,
            pool: message.map(|message| message.parent_pool().clone()),
            path: Vec::new(),
            found: Differences::default(),
            asks_only_whether: false,
        }
    }

    /// Whether a value at the current path has no difference.
    fn agrees(&mut self, expected: &Value, actual: Option<&Json>, typed: &Typed) -> bool {
        let before = std::mem::take(&mut self.found);
        let asked = std::mem::replace(&mut self.asks_only_whether, true);
        self.values(expected, actual, typed);
        self.asks_only_whether = asked;
        std::mem::replace(&mut self.found, before).count == 0
    }

    /// Whether the answer is known, whatever comes behind.
    fn is_decided(&self) -> bool {
        self.asks_only_whether && self.found.count > 0
    }

    fn values(&mut self, expected: &Value, actual: Option<&Json>, typed: &Typed) {
        let Some(actual) = actual else {
            if !is_default(expected, typed) {
                self.report(|| Mismatch::new(Kind::Missing, "$", expected, None));
            }
            return;
        };
        match (&expected.data, actual) {
            (Data::String(text), _) if text == "*" => {}
            (Data::Object(members), Json::Object(fields)) => self.objects(expected, members, fields, typed),
            (Data::Array(items), Json::Array(elements)) => self.arrays(expected, items, elements, &typed.element()),
            _ if self.scalars_equal(expected, actual, typed) => {}
            _ => {
                self.report(|| Mismatch {
                    hint: hint(expected, actual),
                    ..Mismatch::new(Kind::Differs, "$", expected, Some(actual))
                });
            }
        }
    }

    fn objects(&mut self, object: &Value, members: &[Member], fields: &serde_json::Map<String, Json>, typed: &Typed) {
        let typed = &typed.resolved(fields, self.pool.as_ref());
        let listed = Listed::new(members, typed);
        for (at, member) in members.iter().enumerate() {
            let name = listed.name(at);
            self.enter(name, typed);
            if let (Some(value), true, false) = (&member.value, listed.counts(at), self.is_redacted(name, typed)) {
                self.values(value, fields.get(name), &typed.member(name));
            }
            self.path.pop();
            if self.is_decided() {
                return;
            }
        }
        if self.options.partial {
            return;
        }
        for (name, value) in fields {
            let implied = self.options.defaults == Defaults::Shown && is_implied(value, typed.field(name).as_ref());
            self.enter(name, typed);
            if !listed.has(name) && !implied && !self.is_redacted(name, typed) {
                self.report(|| Mismatch::unexpected("$", object, value));
            }
            self.path.pop();
        }
    }

    fn enter(&mut self, name: &str, typed: &Typed) {
        let json_name = typed.field(name).map(|field| field.json_name().to_owned());
        self.path.push(Step::Member {
            text: step(name),
            alias: json_name.map(|name| step(&name)),
        });
    }

    fn enter_index(&mut self, at: usize) {
        self.path.push(Step::Index(at));
    }

    fn arrays(&mut self, array: &Value, items: &[Value], elements: &[Json], typed: &Typed) {
        let wrong_length = items.len() > elements.len() || !self.options.partial && items.len() != elements.len();
        if self.options.unordered_arrays {
            if wrong_length {
                self.report(|| Mismatch::length("$", array, items.len(), elements.len()));
                return;
            }
            self.unordered(items, elements, typed);
            return;
        }
        for (at, (item, element)) in items.iter().zip(elements).enumerate() {
            self.enter_index(at);
            self.values(item, Some(element), typed);
            self.path.pop();
            if self.is_decided() {
                return;
            }
        }
        if wrong_length {
            self.report(|| Mismatch::length("$", array, items.len(), elements.len()));
        }
    }

    fn unordered(&mut self, items: &[Value], elements: &[Json], typed: &Typed) {
        let fits: Vec<Vec<usize>> = items
            .iter()
            .map(|item| {
                let all = 0..elements.len();
                all.filter(|at| self.equal(item, *at, &elements[*at], typed)).collect()
            })
            .collect();
        for at in unassigned(&fits, elements.len()) {
            self.enter_index(at);
            self.report(|| Mismatch::new(Kind::Missing, "$", &items[at], None));
            self.path.pop();
        }
    }

    fn equal(&mut self, item: &Value, at: usize, element: &Json, typed: &Typed) -> bool {
        self.enter_index(at);
        let equal = self.agrees(item, Some(element), typed);
        self.path.pop();
        equal
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
        let is_long = typed.shape.as_ref().is_none_or(Shape::is_long);
        let (Some(tolerance), true) = (self.options.tolerance, is_long) else {
            return false;
        };
        match (expected.parse::<i128>(), actual.parse::<i128>()) {
            (Ok(expected), Ok(actual)) => expected.abs_diff(actual) as f64 <= tolerance,
            _ => false,
        }
    }

    fn numbers_equal(&self, expected: Number, actual: Number, typed: &Typed) -> bool {
        /// What counts as nothing beside the numbers themselves.
        const RELATIVE: f64 = 1e-9;
        let (left, right) = (expected.as_f64(), actual.as_f64());
        let noise = RELATIVE * left.abs().max(right.abs());
        if let Some(tolerance) = self.options.tolerance {
            return (left - right).abs() <= tolerance + noise;
        }
        match (expected, actual) {
            _ if typed.float32 => left as f32 == right as f32,
            (Number::Integer(expected), Number::Integer(actual)) => expected == actual,
            _ => left == right || (left - right).abs() <= noise,
        }
    }

    /// Whether the member `name` at the path's end is dropped from both sides.
    fn is_redacted(&self, name: &str, typed: &Typed) -> bool {
        let json_name = typed.field(name).map(|field| field.json_name().to_owned());
        self.options
            .redact
            .iter()
            .any(|entry| match entry.strip_prefix('$').unwrap_or(entry) {
                path if path.starts_with(['.', '[']) => self.path_matches(path),
                plain => plain == name || json_name.as_deref() == Some(plain),
            })
    }

    /// Whether `.items[].token` is the current path; `[]` stands for any index.
    fn path_matches(&self, path: &str) -> bool {
        let rest = self.path.iter().try_fold(path, |rest, step| {
            let (text, alias) = step.texts();
            whole_step(rest, &text).or_else(|| whole_step(rest, alias?))
        });
        rest == Some("")
    }

    /// Counts a difference, and makes it up if it is one of those that are told.
    fn report(&mut self, mismatch: impl FnOnce() -> Mismatch) {
        self.found.count += 1;
        if self.asks_only_whether || self.found.listed.len() >= MAX_DIFFERENCES {
            return;
        }
        let path = self.path_text();
        self.found.listed.push(Mismatch { path, ..mismatch() });
    }

    /// Such as `$.messages[1].user_id`.
    fn path_text(&self) -> String {
        let steps = self.path.iter().map(|step| step.texts().0);
        std::iter::once(Cow::Borrowed("$")).chain(steps).collect()
    }
}

/// The members of an expected object by the names that messages show.
struct Listed {
    names: Vec<String>,
    /// The last place of each: of a repeated key the last counts.
    last: HashMap<String, usize>,
}

impl Listed {
    fn new(members: &[Member], typed: &Typed) -> Self {
        let names: Vec<_> = members.iter().map(|member| typed.shown_name(&member.key)).collect();
        let places = names.iter().cloned().enumerate();
        Self {
            last: places.map(|(at, name)| (name, at)).collect(),
            names,
        }
    }

    fn name(&self, at: usize) -> &str {
        &self.names[at]
    }

    fn counts(&self, at: usize) -> bool {
        self.last.get(&self.names[at]) == Some(&at)
    }

    fn has(&self, name: &str) -> bool {
        self.last.contains_key(name)
    }
}

/// What stands behind `step` in a path that starts with it.
fn whole_step<'a>(path: &'a str, step: &str) -> Option<&'a str> {
    let rest = path.strip_prefix(step)?;
    (rest.is_empty() || rest.starts_with(['.', '['])).then_some(rest)
}

/// The items that get no element of their own, if item `i` can have the elements `fits[i]`.
pub fn unassigned(fits: &[Vec<usize>], elements: usize) -> Vec<usize> {
    let mut owner: Vec<Option<usize>> = vec![None; elements];
    (0..fits.len())
        .filter(|at| !assign(*at, fits, &mut owner, &mut vec![false; elements]))
        .collect()
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

pub(super) fn step(name: &str) -> String {
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
        Data::String(text) => match &typed.shape {
            Some(shape) if shape.is_long() => text == "0",
            Some(Shape::Enum(descriptor)) => descriptor.default_value().name() == text,
            _ => false,
        },
        Data::Array(items) => items.is_empty(),
        Data::Object(members) => members.is_empty(),
        _ => false,
    }
}

/// Whether a value that came is no more than the default of a field without presence.
fn is_implied(value: &Json, field: Option<&FieldDescriptor>) -> bool {
    let Some(field) = field.filter(|field| !field.supports_presence()) else {
        return false;
    };
    match (value, field.kind()) {
        (Json::String(name), FieldKind::Enum(descriptor)) => descriptor.default_value().name() == name,
        (Json::String(text), FieldKind::String | FieldKind::Bytes) => text.is_empty(),
        (Json::String(text), _) => text == "0",
        (Json::Bool(value), _) => !value,
        (Json::Number(number), _) => number.as_f64() == Some(0.0),
        (Json::Array(items), _) => items.is_empty(),
        (Json::Object(members), _) => members.is_empty(),
        (Json::Null, _) => true,
    }
}
