//! Which stub answers a request, and which came nearest.

use super::part::Part;
use super::patterns::{each, glob, regex};
use super::stubs::{Inputs, Matcher, Stub};
use crate::eval::compare::unassigned;
use crate::schema::shape::Shape;
use serde_json::{Map, Value as Json};
use std::cmp::Reverse;

/// A request as stubs see it: messages with proto names and all defaults, metadata in lower case.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub messages: Vec<Json>,
    /// What the messages may be.
    pub shape: Shape,
    /// Several values of a name joined with `;`.
    pub headers: Map<String, Json>,
}

/// Whether `stub` answers `seen`; `prefix` allows messages that are still to come.
pub(super) fn fits(stub: &Stub, seen: &Seen, prefix: bool) -> bool {
    let inputs = match &stub.inputs {
        Inputs::Each(matcher) => seen
            .messages
            .iter()
            .all(|message| differences(matcher, message, Some(&seen.shape)).is_empty()),
        Inputs::Sequence(matchers) => {
            let count = match prefix {
                true => seen.messages.len() <= matchers.len(),
                false => seen.messages.len() == matchers.len(),
            };
            let pairs = matchers.iter().zip(&seen.messages);
            count
                && pairs
                    .into_iter()
                    .all(|(matcher, message)| differences(matcher, message, Some(&seen.shape)).is_empty())
        }
    };
    inputs && differences(&stub.headers, &Json::Object(seen.headers.clone()), Some(&Shape::Struct)).is_empty()
}

/// Sorts better stubs first: more listed fields, higher priority, sharper matchers, more headers.
pub(super) fn rank(stub: &Stub) -> impl Ord + use<> {
    let matchers = matchers(stub);
    let fields: usize = matchers.iter().map(|matcher| listed(matcher)).sum();
    let sharpness = matchers.iter().map(|matcher| sharpness(matcher)).min().unwrap_or(0);
    Reverse((fields, stub.priority, sharpness, listed(&stub.headers)))
}

fn matchers(stub: &Stub) -> Vec<&Matcher> {
    match &stub.inputs {
        Inputs::Each(matcher) => vec![&**matcher],
        Inputs::Sequence(matchers) => matchers.iter().collect(),
    }
}

/// How many fields a matcher lists.
pub(super) fn listed(matcher: &Matcher) -> usize {
    let own = matcher.equals.len() + matcher.contains.len() + matcher.matches.len() + matcher.glob.len();
    let own = own + matcher.parts.len();
    own + matcher.any_of.iter().map(listed).max().unwrap_or(0)
}

fn sharpness(matcher: &Matcher) -> u8 {
    match matcher {
        // What leaves something open is no sharper than a pattern.
        matcher if !matcher.parts.is_empty() => 2,
        matcher if !matcher.equals.is_empty() => 3,
        matcher if !matcher.matches.is_empty() || !matcher.glob.is_empty() => 2,
        matcher if !matcher.contains.is_empty() => 1,
        _ => 0,
    }
}

/// Why a matcher does not hold, a sentence per field; empty if it holds.
pub(super) fn differences(matcher: &Matcher, message: &Json, shape: Option<&Shape>) -> Vec<String> {
    let order = matcher.ignore_array_order;
    let empty = Map::new();
    let fields = message.as_object().unwrap_or(&empty);
    let actual = |name: &str| fields.get(name).unwrap_or(&Json::Null);
    let of_field = |name: &str| shape.and_then(|shape| shape.member(name));
    let mut found = Vec::new();
    for (name, expected) in &matcher.equals {
        if !equal(expected, actual(name), of_field(name).as_ref(), order) {
            found.push(format!("{name}: expected {expected}, got {}", actual(name)));
        }
    }
    for (name, expected) in &matcher.parts {
        if !fits_part(expected, actual(name), of_field(name).as_ref()) {
            found.push(format!("{name}: expected {expected}, got {}", actual(name)));
        }
    }
    for (name, expected) in &matcher.contains {
        if !contains(expected, actual(name), of_field(name).as_ref()) {
            found.push(format!("{name}: expected to contain {expected}, got {}", actual(name)));
        }
    }
    for (name, pattern) in &matcher.matches {
        if !each(pattern, actual(name), &|pattern, text| regex(pattern, text)) {
            found.push(format!("{name}: expected to match {pattern}, got {}", actual(name)));
        }
    }
    for (name, pattern) in &matcher.glob {
        if !each(pattern, actual(name), &|pattern, text| glob(pattern, text)) {
            found.push(format!("{name}: expected to match {pattern}, got {}", actual(name)));
        }
    }
    let holds = |inner: &Matcher| differences(inner, message, shape).is_empty();
    if !matcher.any_of.is_empty() && !matcher.any_of.iter().any(holds) {
        found.push("anyOf: none of its matchers holds".to_owned());
    }
    found
}

/// The stub of the method that is nearest to the request, with its differences.
pub(super) fn nearest<'a>(stubs: impl Iterator<Item = &'a Stub>, seen: &Seen) -> Option<(&'a Stub, Vec<String>)> {
    let described = stubs.map(|stub| {
        let matchers = matchers(stub);
        let mut found = differences(&stub.headers, &Json::Object(seen.headers.clone()), Some(&Shape::Struct));
        if matches!(stub.inputs, Inputs::Sequence(_)) && matchers.len() != seen.messages.len() {
            found.push(format!(
                "expected {} messages, got {}",
                matchers.len(),
                seen.messages.len()
            ));
        }
        for (at, message) in seen.messages.iter().enumerate() {
            let matcher = match &stub.inputs {
                Inputs::Each(matcher) => Some(&**matcher),
                Inputs::Sequence(matchers) => matchers.get(at),
            };
            found.extend(
                matcher
                    .into_iter()
                    .flat_map(|matcher| differences(matcher, message, Some(&seen.shape))),
            );
        }
        (stub, found)
    });
    described.min_by_key(|(_, found)| found.len())
}

/// Equal values: integers and strings of digits are the same, fields left out are at their default.
fn equal(expected: &Json, actual: &Json, shape: Option<&Shape>, ignore_order: bool) -> bool {
    match (expected, actual) {
        (Json::Object(expected), Json::Object(actual)) => {
            let keys_count = has_free_keys(shape);
            let mut keys = expected.keys().chain(actual.keys());
            keys.all(|key| {
                let shape = member(shape, key);
                match (expected.get(key), actual.get(key)) {
                    (Some(expected), Some(actual)) => equal(expected, actual, shape.as_ref(), ignore_order),
                    (Some(only), None) | (None, Some(only)) => !keys_count && is_default(only, shape.as_ref()),
                    (None, None) => true,
                }
            })
        }
        (Json::Array(expected), Json::Array(actual)) => {
            let shape = shape.and_then(Shape::element);
            let same = |left: &Json, right: &Json| equal(left, right, shape.as_ref(), ignore_order);
            let same_length = expected.len() == actual.len();
            match ignore_order {
                false => same_length && expected.iter().zip(actual).all(|(left, right)| same(left, right)),
                true => same_length && covers(expected, actual, &same),
            }
        }
        (expected, Json::Null) => is_default(expected, shape),
        _ => scalars_equal(expected, actual),
    }
}

/// Whether an object's keys are no fields, so that one that is left out is not one at its default.
fn has_free_keys(shape: Option<&Shape>) -> bool {
    matches!(shape, Some(Shape::Map { .. } | Shape::Struct | Shape::Value))
}

fn member(shape: Option<&Shape>, key: &str) -> Option<Shape> {
    shape.and_then(|shape| shape.member(key))
}

/// Whether a value is what a REQUEST with templates wants; fields left out are at their default.
fn fits_part(part: &Part, actual: &Json, shape: Option<&Shape>) -> bool {
    match (part, actual) {
        (Part::Any, _) => true,
        (Part::Exact(expected), actual) => equal(expected, actual, shape, false),
        (Part::Text(pieces), Json::String(text)) => fits_pieces(pieces, text),
        (Part::Text(pieces), Json::Null) => fits_pieces(pieces, ""),
        (Part::Text(pieces), other) => fits_pieces(pieces, &other.to_string()),
        (Part::Object(members), Json::Object(actual)) => {
            let unlisted = |(name, value): (&String, &Json)| {
                let is_listed = members.iter().any(|(listed, _)| listed == name);
                is_listed || !has_free_keys(shape) && is_default(value, member(shape, name).as_ref())
            };
            let fits = |(name, part): &(String, Part)| {
                let actual = actual.get(name).unwrap_or(&Json::Null);
                fits_part(part, actual, member(shape, name).as_ref())
            };
            members.iter().all(fits) && actual.iter().all(unlisted)
        }
        (Part::Object(members), Json::Null) => members
            .iter()
            .all(|(name, part)| fits_part(part, &Json::Null, member(shape, name).as_ref())),
        (Part::Array(parts), Json::Array(items)) => {
            let shape = shape.and_then(Shape::element);
            let mut pairs = parts.iter().zip(items);
            parts.len() == items.len() && pairs.all(|(part, item)| fits_part(part, item, shape.as_ref()))
        }
        (Part::Object(_) | Part::Array(_), _) => false,
    }
}

/// Whether `text` is `pieces` with anything between them.
fn fits_pieces(pieces: &[String], text: &str) -> bool {
    let [first, inner @ .., last] = pieces else {
        return false;
    };
    let Some(mut rest) = text.strip_prefix(first.as_str()) else {
        return false;
    };
    for piece in inner {
        match rest.split_once(piece.as_str()) {
            Some((_, behind)) => rest = behind,
            None => return false,
        }
    }
    rest.ends_with(last.as_str())
}

/// Equal values that hold no others; a number and its digits in a string are the same.
pub(super) fn scalars_equal(expected: &Json, actual: &Json) -> bool {
    let number = |value: &Json| match value {
        Json::Number(number) => Some(number.to_string()),
        Json::String(text) if text.parse::<i128>().is_ok() => Some(text.clone()),
        _ => None,
    };
    match (expected, actual) {
        (Json::String(left), Json::String(right)) => left == right,
        (Json::Number(left), Json::Number(right)) => left == right || left.as_f64() == right.as_f64(),
        _ if expected.is_number() || actual.is_number() => {
            number(expected).is_some_and(|left| Some(left) == number(actual))
        }
        _ => expected == actual,
    }
}

/// Whether a field with this value is the same as none.
fn is_default(value: &Json, shape: Option<&Shape>) -> bool {
    match (value, shape) {
        (Json::String(name), Some(Shape::Enum(descriptor))) => descriptor.default_value().name() == name,
        (Json::String(text), Some(shape)) if shape.is_integer() => text.is_empty() || text == "0",
        (Json::String(text), Some(_)) => text.is_empty(),
        (Json::Object(members), shape) if has_free_keys(shape) => members.is_empty(),
        (Json::Object(members), shape) => members
            .iter()
            .all(|(name, value)| is_default(value, member(shape, name).as_ref())),
        (Json::String(text), None) => text.is_empty() || text == "0",
        (Json::Number(number), _) => number.as_f64() == Some(0.0),
        (Json::Array(items), _) => items.is_empty(),
        (Json::Null | Json::Bool(false), _) => true,
        (Json::Bool(true), _) => false,
    }
}

/// Structural subset at every depth; array items in any order.
fn contains(expected: &Json, actual: &Json, shape: Option<&Shape>) -> bool {
    match (expected, actual) {
        (Json::Object(expected), Json::Object(actual)) => expected.iter().all(|(key, value)| {
            let actual = actual.get(key).unwrap_or(&Json::Null);
            contains(value, actual, member(shape, key).as_ref())
        }),
        (Json::Array(expected), Json::Array(actual)) => {
            let shape = shape.and_then(Shape::element);
            covers(expected, actual, &|left, right| contains(left, right, shape.as_ref()))
        }
        (expected, Json::Null) => is_default(expected, shape),
        _ => scalars_equal(expected, actual),
    }
}

/// Whether every expected item has a fitting actual item of its own.
fn covers(expected: &[Json], actual: &[Json], fits: &dyn Fn(&Json, &Json) -> bool) -> bool {
    let fitting = expected.iter().map(|wanted| {
        let all = 0..actual.len();
        all.filter(|at| fits(wanted, &actual[*at])).collect()
    });
    unassigned(&fitting.collect::<Vec<_>>(), actual.len()).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(matcher: Json, message: Json, fits: bool) {
        let parsed: Matcher = serde_json::from_value(matcher.clone()).unwrap();
        assert_eq!(
            differences(&parsed, &message, None).is_empty(),
            fits,
            "{matcher} {message}"
        );
    }

    #[test]
    fn anything_between_pieces() {
        let pieces = |text: &str| text.split('|').map(str::to_owned).collect::<Vec<_>>();
        for (written, text, fits) in [
            ("id-|", "id-5", true),
            ("id-|", "id", false),
            ("a|b|c", "axxbyyc", true),
            ("a|b|c", "axxc", false),
            ("ab|ba", "aba", false),
            ("|", "", true),
        ] {
            assert_eq!(fits_pieces(&pieces(written), text), fits, "{written} {text}");
        }
    }

    #[test]
    fn matchers() {
        let message = json!({"a": "x", "n": "256", "i": 3, "l": [1, 2], "o": {"k": "v", "d": ""}, "path": "docs/a.pdf", "none": ""});
        for (matcher, fits) in [
            (json!({}), true),
            (json!({"equals": {"a": "x"}}), true),
            (json!({"equals": {"a": "y"}}), false),
            (json!({"equals": {"n": 256, "i": "3"}}), true),
            (json!({"equals": {"none": ""}}), true),
            (json!({"equals": {"o": {"k": "v"}}}), true),
            (json!({"equals": {"o": {}}}), false),
            (json!({"equals": {"l": [2, 1]}}), false),
            (json!({"equals": {"l": [2, 1]}, "ignoreArrayOrder": true}), true),
            (json!({"contains": {"l": [2]}}), true),
            (json!({"contains": {"l": [2, 2]}}), false),
            (json!({"contains": {"a": "xy"}}), false),
            (json!({"matches": {"a": "^x$", "l": ["1", "[0-9]"]}}), true),
            (json!({"matches": {"a": "y"}}), false),
            (json!({"glob": {"path": "*.pdf"}}), false),
            (json!({"glob": {"path": "docs/[a-c].pdf"}}), true),
            (json!({"glob": {"path": "**.pdf"}}), false),
            (json!({"glob": {"path": "docs/[!b-c].?df"}}), true),
            (json!({"glob": {"path": "docs/[!a].pdf"}}), false),
            (json!({"glob": {"path": "docs?a.pdf"}}), false),
            (json!({"glob": {"path": "docs/a\\.{pdf}"}}), false),
            (json!({"anyOf": [{"equals": {"a": "y"}}, {"equals": {"i": 3}}]}), true),
            (json!({"anyOf": [{"equals": {"a": "y"}}]}), false),
        ] {
            check(matcher, message.clone(), fits);
        }
    }
}
