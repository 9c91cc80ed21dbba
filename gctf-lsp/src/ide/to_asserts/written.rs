//! The lines of ASSERTS that a message passes.

use crate::eval::compare::CompareOptions;
use crate::expr::time::instant;
use crate::ide::lines::Variables;
use crate::ide::parts::touches;
use crate::ide::skeleton::named_shape;
use crate::schema::shape::{Shape, enum_name, enum_values, field};
use crate::secrets::Mask;
use crate::syntax::json::{Data, Member, Value};
use crate::syntax::number::Number;
use crate::types::form::Kind;
use serde_json::Value as Json;
use std::ops::Range;

/// Most lines of one message.
pub(super) const MOST: usize = 50;
/// Members below these are left alone.
const DEPTH: usize = 3;
/// How much a float may differ.
const TOLERANCE: f64 = 1e-6;

/// Where a message comes from, which decides what its values mean.
pub(super) enum Origin<'a> {
    /// From a RESPONSE, where `"*"` is any value, templates are replaced, and forms are free.
    Expected {
        /// The part that is meant; all where `None`.
        part: Option<Range<usize>>,
        /// The variables that templates can name.
        variables: &'a Variables,
        options: CompareOptions,
    },
    /// From a server; what these names hold is not shown.
    Actual { mask: &'a Mask },
}

/// The lines for `message`, at most [`MOST`].
pub(super) fn lines(message: &Value, shape: Shape, origin: &Origin<'_>) -> Vec<String> {
    let mut writer = Writer {
        origin,
        lines: Vec::new(),
    };
    let root = Place {
        path: String::new(),
        depth: 0,
        may_be_left_out: false,
    };
    writer.value(&root, message, &shape);
    writer.lines.truncate(MOST);
    writer.lines
}

/// What a server sent, as a value that is written.
pub(super) fn of_json(json: &Json) -> Value {
    let data = match json {
        Json::Null => Data::Null,
        Json::Bool(value) => Data::Bool(*value),
        Json::Number(number) => Data::Number(number.to_string()),
        Json::String(text) => Data::String(text.clone()),
        Json::Array(items) => Data::Array(items.iter().map(of_json).collect()),
        Json::Object(members) => {
            let members = members.iter().map(|(key, value)| Member {
                key: key.clone(),
                key_range: 0..0,
                colon: true,
                value: Some(of_json(value)),
            });
            Data::Object(members.collect())
        }
    };
    Value { range: 0..0, data }
}

/// Where a value stands in its message.
struct Place {
    /// Empty for the message itself.
    path: String,
    /// How many members lead to it.
    depth: usize,
    /// Whether it is left out where it is at its default.
    may_be_left_out: bool,
}

impl Place {
    fn path(&self) -> &str {
        match self.path.as_str() {
            "" => ".",
            path => path,
        }
    }

    fn member(&self, key: &str, in_part: bool) -> Self {
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let is_name = key.chars().all(is_word) && !key.starts_with(|c: char| c.is_ascii_digit()) && !key.is_empty();
        Self {
            path: match is_name {
                true => format!("{}.{key}", self.path),
                false => format!("{}[{}]", self.path(), quoted(key)),
            },
            depth: self.depth + usize::from(in_part),
            may_be_left_out: false,
        }
    }

    fn element(&self, index: usize) -> Self {
        Self {
            path: format!("{}[{index}]", self.path()),
            depth: self.depth,
            may_be_left_out: false,
        }
    }
}

struct Writer<'a> {
    origin: &'a Origin<'a>,
    lines: Vec<String>,
}

impl Writer<'_> {
    fn value(&mut self, place: &Place, value: &Value, shape: &Shape) {
        if self.lines.len() >= MOST || !self.is_meant(&value.range) {
            return;
        }
        match &value.data {
            Data::Object(members) => self.members(place, value, members, shape),
            Data::Array(items) => self.items(place, value, items, shape),
            data => {
                let line = self.scalar(place, data, shape);
                self.lines.extend(line);
            }
        }
    }

    fn members(&mut self, place: &Place, value: &Value, members: &[Member], shape: &Shape) {
        let in_part = !self.leads_to_part(&value.range);
        if place.depth >= DEPTH {
            return;
        }
        let shape = named_shape(shape, members).unwrap_or(Shape::Value);
        for member in members {
            let inner = place.member(&member.key, in_part);
            let is_left_out = match self.origin {
                Origin::Actual { mask } => mask.covers(&member.key),
                Origin::Expected { options, .. } => {
                    let path = |redacted: &String| redacted.trim_start_matches('$') == inner.path;
                    let proto = shape.proto_name(&member.key);
                    let named = |redacted: &String| *redacted == member.key || proto.as_ref() == Some(redacted);
                    options.redact.iter().any(|redacted| named(redacted) || path(redacted))
                }
            };
            let Some(value) = member.value.as_ref().filter(|_| !is_left_out) else {
                continue;
            };
            // What the schema does not know never comes.
            let Some(own) = (match member.key.as_str() {
                "@type" => Some(Shape::Value),
                key => shape.member(key),
            }) else {
                continue;
            };
            let found = match &shape {
                Shape::Message(message) => field(message, &member.key),
                _ => None,
            };
            let may_be_left_out = found.is_some_and(|field| !field.supports_presence());
            let meant = member.key_range.start..value.range.end.max(member.key_range.end);
            if self.is_meant(&meant) {
                let inner = Place {
                    may_be_left_out,
                    ..inner
                };
                self.value(&inner, value, &own);
            }
        }
    }

    fn items(&mut self, place: &Place, value: &Value, items: &[Value], shape: &Shape) {
        let Some(element) = shape.element() else { return };
        if self.leads_to_part(&value.range) {
            for (index, item) in items.iter().enumerate() {
                self.value(&place.element(index), item, &element);
            }
            return;
        }
        let path = place.path();
        let options = match self.origin {
            Origin::Expected { options, .. } => options.clone(),
            Origin::Actual { .. } => CompareOptions::default(),
        };
        match (options.partial, items.len()) {
            (true, 0) => {}
            (true, count) => self.lines.push(format!("({path} | length) >= {count}")),
            (false, count) => self.lines.push(format!("({path} | length) == {count}")),
        }
        if let Some(first) = items.first().filter(|_| !options.unordered_arrays) {
            self.value(&place.element(0), first, &element);
        }
    }

    /// Whether a value is in the part that is meant, or that part is in it.
    fn is_meant(&self, range: &Range<usize>) -> bool {
        match self.origin {
            Origin::Expected { part: Some(part), .. } => touches(range, part.start) || part.contains(&range.start),
            _ => true,
        }
    }

    /// Whether the part that is meant lies inside.
    fn leads_to_part(&self, range: &Range<usize>) -> bool {
        match self.origin {
            Origin::Expected { part: Some(part), .. } => range.start < part.start && part.end < range.end,
            _ => false,
        }
    }

    fn scalar(&self, place: &Place, data: &Data, shape: &Shape) -> Option<String> {
        let path = place.path();
        let Some(text) = self.free_text(data) else {
            return self.of_shape(place, data, shape);
        };
        let name = text.strip_prefix("{{")?.strip_suffix("}}")?.trim();
        let Origin::Expected { variables, .. } = self.origin else {
            return None;
        };
        let is_text = variables.get(name).is_some_and(|ty| ty.kinds() == [Kind::Text]);
        is_text.then(|| format!("{path} == ${name}"))
    }

    /// A text that stands for something else.
    fn free_text<'d>(&self, data: &'d Data) -> Option<&'d str> {
        match (data, self.origin) {
            (Data::String(text), Origin::Expected { .. }) if text == "*" || text.contains("{{") => Some(text),
            _ => None,
        }
    }

    fn of_shape(&self, place: &Place, data: &Data, shape: &Shape) -> Option<String> {
        let path = place.path();
        let tolerance = match self.origin {
            Origin::Expected { options, .. } => options.tolerance,
            Origin::Actual { .. } => None,
        };
        let float = |number| float(place, number, tolerance.unwrap_or(TOLERANCE));
        match (shape, data) {
            (_, Data::Null) => (!place.may_be_left_out).then(|| format!("{path} == null")),
            (Shape::Float | Shape::Double, Data::Number(text)) => float(Number::parse(text)?.as_f64()),
            (Shape::Float | Shape::Double, Data::String(text)) => match text.parse::<f64>().ok()? {
                number if number.is_finite() => float(number),
                _ => Some(format!("{path} == {}", quoted(text))),
            },
            (Shape::Timestamp, Data::String(_)) => Some(format!("@is_timestamp({path})")),
            (Shape::Duration, Data::String(text)) => match self.origin {
                Origin::Actual { .. } => Some(format!("{path} == {}", quoted(text))),
                Origin::Expected { .. } => Some(format!("{path}:duration == {}", quoted(text))),
            },
            (Shape::Bytes, Data::String(text)) => {
                let is_shown_so = text.len() % 4 == 0 && !text.contains(['-', '_']);
                is_shown_so.then(|| equal(place, quoted(text), text.is_empty()))
            }
            (Shape::Enum(descriptor), _) => {
                let number = match data {
                    Data::String(name) => enum_values(descriptor).find(|(own, _)| own == name)?.1,
                    Data::Number(text) => i32::try_from(integer(text)?).ok()?,
                    _ => return None,
                };
                let shown = enum_name(descriptor, number).map_or_else(|| number.to_string(), quoted);
                Some(equal(place, shown, descriptor.default_value().number() == number))
            }
            (shape, Data::Number(text) | Data::String(text)) if shape.is_integer() => {
                let number = integer(text)?;
                if let (Some(_), false) = (tolerance, shape.is_long()) {
                    return float(number as f64);
                }
                let shown = match shape.is_long() {
                    true => quoted(&number.to_string()),
                    false => number.to_string(),
                };
                Some(equal(place, shown, number == 0))
            }
            (_, Data::Bool(value)) => Some(equal(place, value.to_string(), !value)),
            (_, Data::Number(text)) => match Number::parse(text)? {
                Number::Integer(number) if tolerance.is_none() => Some(format!("{path} == {number}")),
                Number::Integer(number) => float(number as f64),
                Number::Float(number) => float(number),
            },
            (_, Data::String(text)) if is_uuid(text) => Some(format!("@is_uuid({path})")),
            (_, Data::String(text)) if instant(text).is_some() => Some(format!("@is_timestamp({path})")),
            (_, Data::String(text)) => Some(equal(place, quoted(text), text.is_empty())),
            _ => None,
        }
    }
}

/// A comparison that holds too where the default is left out.
fn equal(place: &Place, shown: String, is_default: bool) -> String {
    let path = place.path();
    match place.may_be_left_out && is_default {
        true => format!("({path} // {shown}) == {shown}"),
        false => format!("{path} == {shown}"),
    }
}

fn float(place: &Place, number: f64, tolerance: f64) -> Option<String> {
    let (sign, size) = match number < 0.0 {
        true => ("+", -number),
        false => ("-", number),
    };
    let shown = match size.fract() == 0.0 && size < 1e15 {
        true => format!("{size:.0}"),
        false => serde_json::Number::from_f64(size)?.to_string(),
    };
    let path = place.path();
    let tolerance = match tolerance < 1e-3 {
        true => format!("{tolerance:e}"),
        false => tolerance.to_string(),
    };
    Some(match place.may_be_left_out && number == 0.0 {
        true => format!("({path} // 0 | fabs) <= {tolerance}"),
        false => format!("({path} {sign} {shown} | fabs) <= {tolerance}"),
    })
}

/// An integer, also as a text or as a float.
fn integer(text: &str) -> Option<i128> {
    match Number::parse(text)? {
        Number::Integer(integer) => Some(integer),
        Number::Float(_) => None,
    }
}

fn is_uuid(text: &str) -> bool {
    let fits = |(at, byte): (usize, u8)| match at {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    };
    text.len() == 36 && text.bytes().enumerate().all(fits)
}

pub(super) fn quoted(text: &str) -> String {
    Json::from(text).to_string()
}
