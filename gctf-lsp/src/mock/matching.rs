//! Which stub answers a request, and which came nearest.

use super::stubs::{Inputs, Matcher, Stub};
use serde_json::{Map, Value as Json};
use std::cmp::Reverse;

/// A request as stubs see it: messages with proto names and all defaults, metadata in lower case.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub messages: Vec<Json>,
    /// Several values of a name joined with `;`.
    pub headers: Map<String, Json>,
}

/// Whether `stub` answers `seen`; `prefix` allows messages that are still to come.
pub(super) fn fits(stub: &Stub, seen: &Seen, prefix: bool) -> bool {
    let inputs = match &stub.inputs {
        Inputs::Each(matcher) => seen
            .messages
            .iter()
            .all(|message| differences(matcher, message).is_empty()),
        Inputs::Sequence(matchers) => {
            let count = match prefix {
                true => seen.messages.len() <= matchers.len(),
                false => seen.messages.len() == matchers.len(),
            };
            let pairs = matchers.iter().zip(&seen.messages);
            count
                && pairs
                    .into_iter()
                    .all(|(matcher, message)| differences(matcher, message).is_empty())
        }
    };
    inputs && differences(&stub.headers, &Json::Object(seen.headers.clone())).is_empty()
}

/// Sorts better stubs first: more listed fields, higher priority, sharper matchers, more headers.
pub(super) fn rank(stub: &Stub) -> impl Ord + use<> {
    let matchers = matchers(stub);
    let fields: usize = matchers.iter().map(|matcher| listed(matcher)).sum();
    let sharpness = matchers.iter().map(|matcher| sharpness(matcher)).max().unwrap_or(0);
    Reverse((fields, stub.priority, sharpness, listed(&stub.headers)))
}

fn matchers(stub: &Stub) -> Vec<&Matcher> {
    match &stub.inputs {
        Inputs::Each(matcher) => vec![&**matcher],
        Inputs::Sequence(matchers) => matchers.iter().collect(),
    }
}

fn listed(matcher: &Matcher) -> usize {
    let own = matcher.equals.len() + matcher.contains.len() + matcher.matches.len() + matcher.glob.len();
    own + matcher.any_of.iter().map(listed).max().unwrap_or(0)
}

fn sharpness(matcher: &Matcher) -> u8 {
    match matcher {
        matcher if !matcher.equals.is_empty() => 3,
        matcher if !matcher.matches.is_empty() || !matcher.glob.is_empty() => 2,
        matcher if !matcher.contains.is_empty() => 1,
        _ => 0,
    }
}

/// Why a matcher does not hold, a sentence per field; empty if it holds.
pub(super) fn differences(matcher: &Matcher, message: &Json) -> Vec<String> {
    let order = matcher.ignore_array_order;
    let empty = Map::new();
    let fields = message.as_object().unwrap_or(&empty);
    let actual = |name: &str| fields.get(name).unwrap_or(&Json::Null);
    let mut found = Vec::new();
    for (name, expected) in &matcher.equals {
        if !equal(expected, actual(name), order) {
            found.push(format!("{name}: expected {expected}, got {}", actual(name)));
        }
    }
    for (name, expected) in &matcher.contains {
        if !contains(expected, actual(name)) {
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
    let holds = |inner: &Matcher| differences(inner, message).is_empty();
    if !matcher.any_of.is_empty() && !matcher.any_of.iter().any(holds) {
        found.push("anyOf: none of its matchers holds".to_owned());
    }
    found
}

/// The stub of the method that is nearest to the request, with its differences.
pub(super) fn nearest<'a>(stubs: impl Iterator<Item = &'a Stub>, seen: &Seen) -> Option<(&'a Stub, Vec<String>)> {
    let described = stubs.map(|stub| {
        let matchers = matchers(stub);
        let mut found = differences(&stub.headers, &Json::Object(seen.headers.clone()));
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
            found.extend(matcher.into_iter().flat_map(|matcher| differences(matcher, message)));
        }
        (stub, found)
    });
    described.min_by_key(|(_, found)| found.len())
}

/// Equal values: numbers and strings of digits are the same, members left out are defaults.
fn equal(expected: &Json, actual: &Json, ignore_order: bool) -> bool {
    match (expected, actual) {
        (Json::Object(expected), Json::Object(actual)) => {
            let keys = expected.keys().chain(actual.keys());
            keys.into_iter().all(|key| match (expected.get(key), actual.get(key)) {
                (Some(expected), Some(actual)) => equal(expected, actual, ignore_order),
                (Some(only), None) | (None, Some(only)) => is_default(only),
                (None, None) => true,
            })
        }
        (Json::Array(expected), Json::Array(actual)) => {
            let same_length = expected.len() == actual.len();
            match ignore_order {
                false => {
                    same_length
                        && expected
                            .iter()
                            .zip(actual)
                            .all(|(left, right)| equal(left, right, false))
                }
                true => same_length && covers(expected, actual, &|left, right| equal(left, right, true)),
            }
        }
        (expected, Json::Null) => is_default(expected),
        _ => scalars_equal(expected, actual),
    }
}

fn scalars_equal(expected: &Json, actual: &Json) -> bool {
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

fn is_default(value: &Json) -> bool {
    match value {
        Json::Null | Json::Bool(false) => true,
        Json::Number(number) => number.as_f64() == Some(0.0),
        Json::String(text) => text.is_empty() || text == "0",
        Json::Array(items) => items.is_empty(),
        Json::Object(members) => members.values().all(is_default),
        Json::Bool(true) => false,
    }
}

/// Structural subset at every depth; array items in any order.
fn contains(expected: &Json, actual: &Json) -> bool {
    match (expected, actual) {
        (Json::Object(expected), Json::Object(actual)) => expected
            .iter()
            .all(|(key, value)| contains(value, actual.get(key).unwrap_or(&Json::Null))),
        (Json::Array(expected), Json::Array(actual)) => covers(expected, actual, &contains),
        (expected, Json::Null) => is_default(expected),
        _ => scalars_equal(expected, actual),
    }
}

/// Whether every expected item has a fitting actual item of its own.
fn covers(expected: &[Json], actual: &[Json], fits: &dyn Fn(&Json, &Json) -> bool) -> bool {
    let Some((first, rest)) = expected.split_first() else {
        return true;
    };
    (0..actual.len()).any(|at| {
        fits(first, &actual[at]) && {
            let mut left = actual.to_vec();
            left.remove(at);
            covers(rest, &left, fits)
        }
    })
}

/// Patterns on texts, item by item and member by member.
fn each(pattern: &Json, actual: &Json, fits: &dyn Fn(&str, &str) -> bool) -> bool {
    match (pattern, actual) {
        (Json::String(pattern), Json::String(text)) => fits(pattern, text),
        (Json::String(pattern), Json::Null) => fits(pattern, ""),
        (Json::String(pattern), other) => fits(pattern, &other.to_string()),
        (Json::Array(patterns), Json::Array(items)) => {
            patterns.len() == items.len() && patterns.iter().zip(items).all(|(left, right)| each(left, right, fits))
        }
        (Json::Object(patterns), Json::Object(members)) => patterns
            .iter()
            .all(|(key, pattern)| each(pattern, members.get(key).unwrap_or(&Json::Null), fits)),
        _ => scalars_equal(pattern, actual),
    }
}

fn regex(pattern: &str, text: &str) -> bool {
    regex::Regex::new(pattern).is_ok_and(|regex| regex.is_match(text))
}

fn glob(pattern: &str, text: &str) -> bool {
    compile_glob(pattern).is_ok_and(|glob| glob.compile_matcher().is_match(text))
}

/// A shell pattern: braces stand for themselves.
fn compile_glob(pattern: &str) -> Result<globset::Glob, globset::Error> {
    let literal = pattern.replace('{', "[{]").replace('}', "[}]");
    globset::GlobBuilder::new(&literal).literal_separator(true).build()
}

/// The patterns of a matcher that make no sense, each with the reason.
pub(super) fn bad_patterns(matcher: &Matcher) -> Vec<String> {
    let regexes = texts(matcher.matches.values()).filter_map(|text| {
        let error = regex::Regex::new(text).err()?;
        Some(format!(
            "`{text}` is no regular expression: {}",
            last_line(&error.to_string())
        ))
    });
    let globs = texts(matcher.glob.values()).filter_map(|text| {
        let error = compile_glob(text).err()?;
        Some(format!("`{text}` is no pattern: {}", last_line(&error.to_string())))
    });
    let inner = matcher.any_of.iter().flat_map(bad_patterns);
    regexes.chain(globs).chain(inner).collect()
}

fn last_line(text: &str) -> String {
    text.lines()
        .last()
        .unwrap_or_default()
        .trim_start_matches("error: ")
        .to_owned()
}

/// All strings in `values`, at every depth.
fn texts<'a>(values: impl Iterator<Item = &'a Json> + 'a) -> Box<dyn Iterator<Item = &'a str> + 'a> {
    Box::new(values.flat_map(|value| match value {
        Json::String(text) => Box::new(std::iter::once(text.as_str())),
        Json::Array(items) => texts(items.iter()),
        Json::Object(members) => texts(members.values()),
        _ => Box::new(std::iter::empty()),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(matcher: Json, message: Json, fits: bool) {
        let parsed: Matcher = serde_json::from_value(matcher.clone()).unwrap();
        assert_eq!(differences(&parsed, &message).is_empty(), fits, "{matcher} {message}");
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
            (json!({"anyOf": [{"equals": {"a": "y"}}, {"equals": {"i": 3}}]}), true),
            (json!({"anyOf": [{"equals": {"a": "y"}}]}), false),
        ] {
            check(matcher, message.clone(), fits);
        }
    }
}
