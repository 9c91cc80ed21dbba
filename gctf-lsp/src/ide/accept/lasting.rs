//! Which values will be the same the next time.

use crate::eval::locate;
use crate::ide::context::Context;
use crate::outcome::{DocumentOutcome, Reply};
use crate::secrets::Mask;
use serde_json::Value as Json;

/// Seconds of a day: a time that is nearer to now than that is taken to be now.
const DAY: i64 = 86_400;

/// Tells values that last from those that do not, or that no file should have.
pub(super) struct Lasting<'a> {
    /// Seconds since 1970.
    now: i64,
    /// What came the time before.
    before: Option<&'a Reply>,
    mask: &'a Mask,
    secrets: &'a [String],
}

impl<'a> Lasting<'a> {
    pub(super) fn new(context: &Context<'a>, outcome: &'a DocumentOutcome) -> Self {
        let replies = context.runs().map(|runs| &runs.replies);
        Self {
            now: context.now_seconds(),
            before: replies.and_then(|replies| replies.get(1)).map(|reply| &**reply),
            mask: &context.config().settings.mask,
            secrets: &outcome.secrets,
        }
    }

    /// Whether any value is to be expected in place of the one at `path`, such as `$.items[1]`, of a message.
    pub(super) fn is_wild(&self, message: usize, path: &str, value: &Json) -> bool {
        if value.is_object() || value.is_array() {
            return false;
        }
        let before = self.before.and_then(|before| before.messages.get(message));
        let differed = before.and_then(|before| locate::value(before, path));
        differed.is_some_and(|before| before != value) || self.mask.covers(name(path)) || self.is_unlasting(value)
    }

    /// Whether a value by itself is one that no file should have.
    pub(super) fn is_unlasting(&self, value: &Json) -> bool {
        let holds_secret = |text: &str| self.secrets.iter().any(|secret| text.contains(secret.as_str()));
        self.is_passing(value) || value.as_str().is_some_and(holds_secret)
    }

    /// Whether a value is one that is made anew each time: the time of now, or a UUID.
    fn is_passing(&self, value: &Json) -> bool {
        match value {
            Json::String(text) => {
                let seconds = || text.parse::<prost_types::Timestamp>().ok().map(|time| time.seconds);
                is_uuid(text)
                    || seconds()
                        .or_else(|| self.counted(text))
                        .is_some_and(|time| self.is_near(time))
            }
            Json::Number(number) => self.counted(&number.to_string()).is_some_and(|time| self.is_near(time)),
            _ => false,
        }
    }

    fn is_near(&self, seconds: i64) -> bool {
        seconds.abs_diff(self.now) < DAY.unsigned_abs()
    }

    /// Digits as seconds, if they can count seconds, or thousandths and less, since 1970.
    fn counted(&self, text: &str) -> Option<i64> {
        let digits: i64 = text
            .parse()
            .ok()
            .filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()))?;
        match text.len() {
            10 => Some(digits),
            13 => Some(digits / 1_000),
            16 => Some(digits / 1_000_000),
            19 => Some(digits / 1_000_000_000),
            _ => None,
        }
    }
}

/// The last name of a path.
fn name(path: &str) -> &str {
    let end = path.trim_end_matches(|last: char| matches!(last, '[' | ']') || last.is_ascii_digit());
    let start = end
        .rfind(['.', '"'])
        .filter(|_| !end.ends_with('"'))
        .map_or(0, |at| at + 1);
    match end.strip_suffix('"') {
        // A name in quotes: `$["a b"]`.
        Some(quoted) => quoted.rsplit("[\"").next().unwrap_or(quoted),
        None => &end[start..],
    }
}

/// Whether a text is `8-4-4-4-12` hexadecimal digits.
fn is_uuid(text: &str) -> bool {
    let parts: Vec<_> = text.split('-').collect();
    let lengths: Vec<_> = parts.iter().map(|part| part.len()).collect();
    lengths == [8, 4, 4, 4, 12]
        && parts
            .iter()
            .all(|part| part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::sync::Arc;

    #[test]
    fn what_does_not_last() {
        let before = Reply {
            messages: vec![Arc::new(json!({ "id": 1, "l": [{ "a b": "x" }], "same": 2 }))],
            ..Reply::of_status("", 0)
        };
        let mask = Mask::default();
        let secrets = ["s3cret".to_owned()];
        let lasting = Lasting {
            now: 1_700_000_000,
            before: Some(&before),
            mask: &mask,
            secrets: &secrets,
        };
        for (path, value, expected) in [
            ("$.t", json!("2023-11-14T12:00:00Z"), true),
            ("$.t", json!("2023-11-16T12:00:00Z"), false),
            ("$.t", json!("1700000001"), true),
            ("$.t", json!(1_700_000_001_000_u64), true),
            ("$.t", json!("1600000000"), false),
            ("$.t", json!(17), false),
            ("$.u", json!("123e4567-e89b-12d3-a456-426614174000"), true),
            ("$.u", json!("123e4567-e89b-12d3-a456-42661417400"), false),
            ("$.id", json!(2), true),
            ("$.same", json!(2), false),
            ("$.l[0][\"a b\"]", json!("y"), true),
            ("$.access_token", json!("abc"), true),
            ("$.page_token", json!("abc"), false),
            ("$.list[3].password[0]", json!("abc"), true),
            ("$[\"x-api-key\"]", json!("abc"), true),
            ("$.text", json!("has s3cret in it"), true),
            ("$.id", json!({ "x": 1 }), false),
        ] {
            assert_eq!(lasting.is_wild(0, path, &value), expected, "{path} {value}");
        }
    }
}
