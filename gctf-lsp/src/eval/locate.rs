//! Where a value stands in the text of the message that it is part of.

use serde_json::Value as Json;
use std::ops::Range;

/// The text of a message as views show it: indented by two spaces.
pub fn text(message: &Json) -> String {
    serde_json::to_string_pretty(message).unwrap_or_default()
}

/// The bytes in [`text`] of the value at `path`, such as `$.items[1]["a b"]`; of a value that is not there, those of
/// the nearest container that is.
pub fn range(message: &Json, path: &str) -> Range<usize> {
    let mut value = message;
    let (mut start, mut depth) = (0, 0);
    for step in steps(path) {
        // Brackets and the line behind them, then what stands before the item.
        let before = match (value, &step) {
            (Json::Object(members), Step::Member(name)) if members.contains_key(name) => {
                let others = members.iter().take_while(|(key, _)| *key != name);
                let widths = others.map(|(key, value)| key_width(key) + width(value, depth + 1));
                let lines: usize = widths.map(|width| width + separator(depth)).sum();
                value = &members[name];
                lines + key_width(name)
            }
            (Json::Array(items), Step::Element(at)) => {
                let Some((at, item)) = element(items, *at) else { break };
                let widths = items[..at].iter().map(|item| width(item, depth + 1));
                let lines: usize = widths.map(|width| width + separator(depth)).sum();
                value = item;
                lines
            }
            _ => break,
        };
        start += opening(depth) + before;
        depth += 1;
    }
    start..start + width(value, depth)
}

/// The value at `path`, if there is one.
pub fn value<'a>(message: &'a Json, path: &str) -> Option<&'a Json> {
    steps(path).into_iter().try_fold(message, |value, step| match step {
        Step::Member(name) => value.get(&name),
        Step::Element(at) => Some(element(value.as_array()?, at)?.1),
    })
}

enum Step {
    Member(String),
    /// From 0, or from the end by -1, -2 …
    Element(i64),
}

/// The item that is meant, with its number from 0.
fn element(items: &[Json], at: i64) -> Option<(usize, &Json)> {
    let from_start = usize::try_from(at.unsigned_abs()).ok()?;
    let at = match at {
        0.. => from_start,
        _ => items.len().checked_sub(from_start)?,
    };
    Some((at, items.get(at)?))
}

fn steps(path: &str) -> Vec<Step> {
    let mut rest = path.strip_prefix('$').unwrap_or(path);
    let mut steps = Vec::new();
    loop {
        if let Some(name) = rest.strip_prefix('.') {
            let end = name.find(['.', '[']).unwrap_or(name.len());
            steps.push(Step::Member(name[..end].to_owned()));
            rest = &name[end..];
            continue;
        }
        let Some(inner) = rest.strip_prefix('[') else {
            return steps;
        };
        // A quoted key may hold brackets of its own.
        let mut values = serde_json::Deserializer::from_str(inner).into_iter::<Json>();
        match values.next() {
            Some(Ok(Json::String(name))) => steps.push(Step::Member(name)),
            Some(Ok(Json::Number(number))) => {
                steps.push(Step::Element(number.as_i64().unwrap_or(i64::MAX)));
            }
            _ => return steps,
        }
        let end = values.byte_offset();
        match inner[end..].strip_prefix(']') {
            Some(behind) => rest = behind,
            None => return steps,
        }
    }
}

/// `{`, the line end and the blanks of the first item.
fn opening(depth: usize) -> usize {
    1 + 1 + 2 * (depth + 1)
}

/// The comma, the line end and the blanks between two items.
fn separator(depth: usize) -> usize {
    opening(depth)
}

/// `"key": `
fn key_width(key: &str) -> usize {
    string_width(key) + 2
}

fn string_width(text: &str) -> usize {
    serde_json::to_string(text).map_or(0, |text| text.len())
}

/// The bytes of a value whose closing bracket is indented by `depth` levels.
fn width(value: &Json, depth: usize) -> usize {
    let around = |count: usize, inner: usize| match count {
        0 => 2,
        count => opening(depth) + inner + (count - 1) * separator(depth) + 1 + 2 * depth + 1,
    };
    match value {
        Json::String(text) => string_width(text),
        Json::Array(items) => around(items.len(), items.iter().map(|item| width(item, depth + 1)).sum()),
        Json::Object(members) => {
            let inner = members
                .iter()
                .map(|(key, value)| key_width(key) + width(value, depth + 1));
            around(members.len(), inner.sum())
        }
        scalar => scalar.to_string().len(),
    }
}

#[cfg(test)]
mod tests {
    use super::{range, text};
    use serde_json::json;

    #[test]
    fn values_in_their_text() {
        let message = json!({
            "é": [1, { "a b": "x\n\"", "empty": [], "none": {} }, [[true]]],
            "number": 1.5,
            "a]b": { "deep": [null, { "last": "ü" }] },
        });
        let text = text(&message);
        for (path, pointer) in [
            ("$", ""),
            ("$.é", "/é"),
            ("$[\"é\"][0]", "/é/0"),
            ("$.é[1][\"a b\"]", "/é/1/a b"),
            ("$.é[1].empty", "/é/1/empty"),
            ("$.é[1].none", "/é/1/none"),
            ("$.é[2][0][0]", "/é/2/0/0"),
            ("$.é[-1][0][-1]", "/é/2/0/0"),
            ("$.é[-2].empty", "/é/1/empty"),
            ("$.é[-4]", "/é"),
            ("$.number", "/number"),
            ("$[\"a]b\"].deep[1].last", "/a]b/deep/1/last"),
            // What is not there is looked for where it would be.
            ("$[\"a]b\"].deep[7].x", "/a]b/deep"),
            ("$.number.x", "/number"),
        ] {
            let marked = &text[range(&message, path)];
            let value: serde_json::Value = serde_json::from_str(marked).unwrap_or_else(|_| panic!("{path}: {marked}"));
            assert_eq!(Some(&value), message.pointer(pointer), "{path}");
        }
    }
}
