//! The language as data: sections, options, keys, attributes, with what they take and what they mean.
//! Completion, hover, validation and documentation all read this one table.

pub mod attributes;
mod bench;
pub mod codes;
pub mod functions;
pub mod headers;
pub mod keys;
pub mod options;
pub mod plugins;
pub mod sections;
mod value;

pub use sections::{Family, SectionKind, SectionSpec};
pub use value::{FALSE, Form, TRUE};

/// The name of the file that runs before the tests of its folder.
pub const SETUP: &str = "_setup.gctf";
/// The name of the file that runs after the tests of its folder.
pub const TEARDOWN: &str = "_teardown.gctf";

/// One word of the language with what may stand behind it.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    /// The spellings that count, the one to write first; of several in one section the first in this order counts.
    pub spellings: &'static [&'static str],
    /// Spellings of old files, understood and reported.
    pub old: &'static [&'static str],
    pub form: Form,
    /// What holds without it; empty where that is nothing.
    pub default: &'static str,
    /// One sentence.
    pub docs: &'static str,
}

impl Word {
    const fn new(spellings: &'static [&'static str], form: Form, default: &'static str, docs: &'static str) -> Self {
        Self {
            spellings,
            old: &[],
            form,
            default,
            docs,
        }
    }

    /// The spelling to write.
    pub fn name(&self) -> &'static str {
        self.spellings.first().copied().unwrap_or_default()
    }

    /// Whether `name` is one of its spellings, old ones included.
    pub fn is(&self, name: &str) -> bool {
        self.spellings.contains(&name) || self.old.contains(&name)
    }

    /// Markdown for people: meaning, values, default, other spellings.
    pub fn describe(&self) -> String {
        let mut lines = vec![self.docs.to_owned()];
        let values = self.form.expected();
        if !values.is_empty() {
            lines.push(format!("Value: {values}"));
        }
        if !self.default.is_empty() {
            lines.push(format!("Default: {}", self.default));
        }
        let others: Vec<_> = self.spellings.iter().skip(1).map(|name| format!("`{name}`")).collect();
        if !others.is_empty() {
            lines.push(format!("Also: {}", others.join(", ")));
        }
        lines.join("\n\n")
    }
}

/// The word of `words` with the spelling `name`.
pub fn find(words: &'static [Word], name: &str) -> Option<&'static Word> {
    words.iter().find(|word| word.is(name))
}

/// Every spelling of `words` that is not old, for "did you mean".
pub fn spellings(words: &'static [Word]) -> impl Iterator<Item = &'static str> {
    words.iter().flat_map(|word| word.spellings.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_documented_once() {
        let tables = [keys::TLS, keys::PROTO, keys::OPTIONS, keys::META, keys::BENCH];
        for words in tables.into_iter().chain([options::RESPONSE, attributes::ATTRIBUTES]) {
            let mut seen = std::collections::BTreeSet::new();
            for word in words {
                assert!(word.docs.ends_with('.'), "{}", word.name());
                for spelling in word.spellings.iter().chain(word.old) {
                    assert!(seen.insert(spelling), "{spelling} twice");
                }
            }
        }
    }

    #[test]
    fn suggested_values_are_allowed() {
        for word in keys::TLS
            .iter()
            .chain(keys::OPTIONS)
            .chain(keys::BENCH)
            .chain(options::RESPONSE)
        {
            for value in word.form.suggestions() {
                assert!(word.form.allows(value), "{} {value}", word.name());
            }
        }
    }
}
