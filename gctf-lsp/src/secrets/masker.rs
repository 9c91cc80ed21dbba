//! Hiding secrets in texts that are about to be shown, by their values.

use super::Mask;
use aho_corasick::{AhoCorasick, MatchKind};
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::ops::{Bound, Range};

/// What stands for a secret.
pub const HIDDEN: &str = "***";

/// A shorter value is hidden only where it is a whole word, and not at all if its name alone makes it a secret.
const TELLING: usize = 4;
/// A number with fewer digits is met everywhere.
const TELLING_DIGITS: usize = 6;
/// More values than this are not looked for.
const MAX_VALUES: usize = 10_000;
/// How far before a cut the start of a secret is looked for, in bytes.
const MAX_TAIL: usize = 1024;

/// The secrets that have been met, by their values.
#[derive(Clone, Debug, Default)]
pub struct Secrets {
    mask: Mask,
    values: BTreeSet<String>,
}

impl Secrets {
    /// None yet; names that `mask` covers make values secrets.
    pub fn new(mask: Mask) -> Self {
        Self {
            mask,
            values: BTreeSet::new(),
        }
    }

    pub fn mask(&self) -> &Mask {
        &self.mask
    }

    /// Takes a value that is a secret whatever it is called.
    pub fn add(&mut self, value: &str) {
        if !value.is_empty() && self.values.len() < MAX_VALUES {
            // Texts that show values quote them as JSON.
            let quoted = Json::from(value).to_string();
            self.values.insert(quoted[1..quoted.len() - 1].to_owned());
            self.values.insert(value.to_owned());
        }
    }

    /// Takes the text that is called `name`, if that makes it a secret; of `Bearer abcd` also the last word.
    pub fn meet_text(&mut self, name: &str, text: &str) {
        if self.mask.covers(name) {
            self.take(text);
            self.take(text.rsplit(' ').next().unwrap_or_default());
        }
    }

    /// Takes what is a secret in the value that is called `name`.
    pub fn meet(&mut self, name: &str, value: &Json) {
        match self.mask.covers(name) {
            true => self.take_all(value),
            false => self.meet_members(value),
        }
    }

    /// Takes the members of a value whose names make them secrets.
    pub fn meet_members(&mut self, value: &Json) {
        match value {
            Json::Object(members) => members.iter().for_each(|(name, value)| self.meet(name, value)),
            Json::Array(items) => items.iter().for_each(|item| self.meet_members(item)),
            _ => {}
        }
    }

    fn take_all(&mut self, value: &Json) {
        match value {
            Json::Object(members) => members.values().for_each(|value| self.take_all(value)),
            Json::Array(items) => items.iter().for_each(|item| self.take_all(item)),
            Json::String(text) => self.take(text),
            Json::Number(number) if number.to_string().len() >= TELLING_DIGITS => self.add(&number.to_string()),
            Json::Number(_) | Json::Bool(_) | Json::Null => {}
        }
    }

    /// Takes a text that its place makes a secret, if it is long enough to be known again. A template is none.
    pub fn take(&mut self, text: &str) {
        if text.chars().count() >= TELLING && !text.contains("{{") {
            self.add(text);
        }
    }

    /// Takes what another has met.
    pub fn join(&mut self, other: &Self) {
        let room = MAX_VALUES.saturating_sub(self.values.len());
        self.values.extend(other.values.iter().take(room).cloned());
    }

    /// What hides all of these.
    pub fn masker(&self) -> Masker {
        let finder = match self.values.is_empty() {
            true => None,
            // Too many to look for: that is bounded above.
            false => AhoCorasick::builder()
                .match_kind(MatchKind::LeftmostLongest)
                .build(&self.values)
                .ok(),
        };
        Masker {
            finder,
            values: self.values.clone(),
        }
    }
}

/// Hides secrets in texts.
#[derive(Clone, Debug, Default)]
pub struct Masker {
    finder: Option<AhoCorasick>,
    values: BTreeSet<String>,
}

impl Masker {
    /// The text with `***` for every secret.
    pub fn text(&self, text: &str) -> String {
        self.text_with(text, &[]).0
    }

    /// Whether nothing in the text is a secret.
    pub fn is_open(&self, text: &str) -> bool {
        self.found(text).is_empty()
    }

    /// The same as [`Self::text`], and where `ranges` of the text are in it.
    pub fn text_with(&self, text: &str, ranges: &[Range<usize>]) -> (String, Vec<Range<usize>>) {
        let found = self.found(text);
        let mut shown = String::with_capacity(text.len());
        let mut from = 0;
        for secret in &found {
            shown.push_str(&text[from..secret.start]);
            shown.push_str(HIDDEN);
            from = secret.end;
        }
        shown.push_str(&text[from..]);
        let place = |offset: usize, inside: usize| {
            let before = found.iter().take_while(|secret| secret.start < offset);
            before.fold(offset, |place, secret| match secret.end <= offset {
                true => place + HIDDEN.len() - secret.len(),
                false => place - (offset - secret.start) + inside,
            })
        };
        let ranges = ranges.iter();
        let places = ranges.map(|range| place(range.start, 0)..place(range.end, HIDDEN.len()));
        (shown, places.collect())
    }

    /// JSON text that expects anything where a string is a secret; `None` if a secret is only a part of one.
    pub fn starred(&self, json: &str) -> Option<String> {
        let mut starred = String::with_capacity(json.len());
        let mut from = 0;
        for secret in self.found(json) {
            let is_whole = json[..secret.start].ends_with('"') && json[secret.end..].starts_with('"');
            starred.push_str(&json[from..secret.start]);
            starred.push_str(is_whole.then_some("*")?);
            from = secret.end;
        }
        starred.push_str(&json[from..]);
        Some(starred)
    }

    /// The value with `***` in its texts.
    pub fn json(&self, value: &Json) -> Json {
        match value {
            Json::String(text) => Json::String(self.text(text)),
            Json::Array(items) => items.iter().map(|item| self.json(item)).collect(),
            Json::Object(members) => {
                let members = members.iter();
                members.map(|(name, value)| (name.clone(), self.json(value))).collect()
            }
            Json::Number(number) if !self.is_open(&number.to_string()) => Json::from(HIDDEN),
            other => other.clone(),
        }
    }

    /// Where secrets are, in order and apart.
    fn found(&self, text: &str) -> Vec<Range<usize>> {
        let Some(finder) = &self.finder else {
            return Vec::new();
        };
        let whole = finder.find_iter(text).map(|found| found.range());
        let mut found: Vec<_> = whole.filter(|range| is_told(text, range)).collect();
        for (at, _) in text.match_indices('…') {
            if let Some(cut) = self.cut_off(text, at) {
                found.retain(|secret| secret.start < cut.start || secret.start >= at);
                let free = found.iter().map(|secret| secret.end).filter(|end| *end <= at).max();
                let start = cut.start.max(free.unwrap_or(0));
                found.extend((start < at).then_some(start..at));
            }
        }
        found.sort_by_key(|range| range.start);
        found
    }

    /// The start of a secret that a cut has left before `end`.
    fn cut_off(&self, text: &str, end: usize) -> Option<Range<usize>> {
        let first = end.saturating_sub(MAX_TAIL);
        let mut starts = (first..end).filter(|at| text.is_char_boundary(*at));
        let start = starts.find(|start| {
            let tail = &text[*start..end];
            let next = self
                .values
                .range::<str, _>((Bound::Included(tail), Bound::Unbounded))
                .next();
            tail.len() >= TELLING && next.is_some_and(|value| value.starts_with(tail))
        })?;
        Some(start..end)
    }
}

/// Whether what was found is a secret, and no short word inside of another one.
fn is_told(text: &str, range: &Range<usize>) -> bool {
    let word = |character: Option<char>| character.is_some_and(|character| character.is_alphanumeric());
    let is_inside = word(text[..range.start].chars().next_back()) || word(text[range.end..].chars().next());
    range.len() >= TELLING || !is_inside
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn secrets() -> Secrets {
        let mut secrets = Secrets::new(Mask::default());
        for value in ["hunter2", "hunter2-and-more", "7", "say \"hi\"", "hunter"] {
            secrets.add(value);
        }
        secrets.meet_text("Authorization", "Bearer abcdefgh");
        secrets.meet_text("x-request-id", "visible-id");
        secrets.meet_members(&json!({
            "token": "tok-4711",
            "user": { "password": "äöüß", "name": "Ann" },
            "secrets": [{ "a": "deep-one", "n": 123_456 }, 12, true, "ab"],
            "refresh_token": "{{ token }}",
        }));
        secrets
    }

    #[test]
    fn values_are_hidden_wherever_they_stand() {
        let masker = secrets().masker();
        for (text, shown) in [
            (
                "got \"hunter2\", expected \"hunter3\"",
                "got \"***\", expected \"***3\"",
            ),
            ("hunter2-and-more", "***"),
            ("7 of 17 at 1.7, 7th", "*** of 17 at 1.***, 7th"),
            (r#""say \"hi\"" say "hi""#, r#""***" ***"#),
            ("Bearer abcdefgh; Basic abcdefgh", "***; Basic ***"),
            ("tok-4711 äöüß deep-one 123456", "*** *** *** ***"),
            (
                "visible-id Ann 12 true ab {{ token }}",
                "visible-id Ann 12 true ab {{ token }}",
            ),
            // Cut in the middle of a secret, or of what only looks like one.
            ("a hunter2-and-… tok-4… visible…", "a ***… ***… visible…"),
            ("tok…", "tok…"),
        ] {
            assert_eq!(masker.text(text), shown);
            assert_eq!(masker.is_open(text), text == shown, "{text}");
        }
        assert_eq!(Masker::default().text("hunter2"), "hunter2");
        assert_eq!(
            masker.json(&json!({ "hunter2": ["x hunter2", 123_456, 5, null] })),
            json!({ "hunter2": ["x ***", "***", 5, null] })
        );
    }

    #[test]
    fn what_is_written_into_files_holds_none() {
        let masker = secrets().masker();
        let starred = |json| masker.starred(json);
        assert_eq!(
            starred(r#"{ "token": "tok-4711", "n": 5 }"#).as_deref(),
            Some(r#"{ "token": "*", "n": 5 }"#)
        );
        assert_eq!(starred(r#""x tok-4711""#), None);
        assert_eq!(starred("123456"), None);
    }

    #[test]
    fn ranges_move_along() {
        let masker = secrets().masker();
        let text = "a tok-4711 b 123456 c";
        let (shown, ranges) = masker.text_with(text, &[0..1, 2..10, 4..12, 11..16, 13..21, 20..21]);
        assert_eq!(shown, "a *** b *** c");
        let texts: Vec<_> = ranges.into_iter().map(|range| &shown[range]).collect();
        assert_eq!(texts, ["a", "***", "*** b", "b ***", "*** c", "c"]);
    }
}
