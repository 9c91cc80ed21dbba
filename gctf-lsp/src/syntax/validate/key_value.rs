//! Key-value sections: TLS, PROTO, OPTIONS, REQUEST_HEADERS, BENCH.

use super::super::document::{Section, Text};
use super::super::settings::{Setting, boolean};
use crate::diagnostic::{Diagnostic, Severity, Tag};
use crate::spec::keys::{DESCRIPTOR, FILES, IMPORT_PATHS, NO_RETRY, RETRY};
use crate::spec::{Form, SectionKind, Word, find, headers, keys, options, spellings};
use crate::text::did_you_mean;
use std::collections::BTreeMap;
use std::ops::Range;

/// Findings on the lines of a section; none on sections of another family.
pub(super) fn check(section: &Section, found: &mut Vec<Diagnostic>) {
    for entry in section.entries() {
        match (entry.colon, entry.key.text.is_empty()) {
            (false, _) => found.push(Diagnostic::warning(
                "G115",
                entry.range.clone(),
                "a line without `:` is ignored: write `key: value`, or make it a comment with `#`",
            )),
            (true, true) => found.push(Diagnostic::error(
                "G118",
                entry.range.clone(),
                "the key is missing: write `key: value`",
            )),
            (true, false) => {}
        }
    }
    let settings = section.settings();
    repeated(section, &settings, found);
    for setting in &settings {
        match section.kind {
            SectionKind::RequestHeaders => found.extend(reserved_header(setting)),
            kind => check_setting(kind, setting, found),
        }
    }
    match section.kind {
        SectionKind::Tls => tls(section, &settings, found),
        SectionKind::Proto => proto(&settings, found),
        SectionKind::Options => no_retries(&settings, found),
        _ => {}
    }
}

fn reserved_header(setting: &Setting) -> Option<Diagnostic> {
    let reserved = setting.key.text.to_ascii_lowercase().starts_with(headers::RESERVED);
    reserved.then(|| {
        let message = "names that start with `grpc-` belong to the protocol: choose another";
        Diagnostic::error("G216", setting.key.range.clone(), message)
    })
}

/// Keys that occur twice. JSON bodies report theirs as JSON.
fn repeated(section: &Section, settings: &[Setting], found: &mut Vec<Diagnostic>) {
    if section.entries().is_empty() {
        return;
    }
    let mut first: BTreeMap<String, &Range<usize>> = BTreeMap::new();
    for setting in settings {
        let (severity, key, effect) = match section.kind {
            SectionKind::RequestHeaders => {
                let key = setting.key.text.to_ascii_lowercase();
                (Severity::Warning, key, "twice: both are sent")
            }
            SectionKind::Bench => (Severity::Warning, setting.key.text.clone(), "twice: the last counts"),
            _ => (Severity::Error, setting.key.text.clone(), "twice: delete one"),
        };
        let message = format!("`{}` is given {effect}", setting.key.text);
        match first.get(&key) {
            Some(range) => found.push(
                Diagnostic::new("G117", severity, setting.key.range.clone(), message)
                    .with_related((*range).clone(), "first given here"),
            ),
            None => drop(first.insert(key, &setting.key.range)),
        }
    }
}

fn check_setting(kind: SectionKind, setting: &Setting, found: &mut Vec<Diagnostic>) {
    let words = kind.keys();
    if words.is_empty() {
        return;
    }
    let threshold = kind == SectionKind::Bench && setting.key.text.starts_with(keys::THRESHOLDS);
    let word = match threshold {
        true => Some(&keys::THRESHOLD),
        false => find(words, &setting.key.text),
    };
    let name = &setting.key.text;
    let Some(word) = word else {
        let section = kind.spec().map_or("", |section| section.name);
        let message = format!(
            "{section} has no key `{name}`, it has no effect{}",
            did_you_mean(name, spellings(words))
        );
        found.push(Diagnostic::warning("G215", setting.key.range.clone(), message));
        return;
    };
    found.extend(old_spelling(word, &setting.key));
    let list = matches!(word.form, Form::List | Form::Paths | Form::YamlList);
    let in_lines = kind != SectionKind::Bench && !list;
    if in_lines {
        found.extend(part_of_value(&setting.value));
    }
    let value = stripped(&setting.value.text);
    if !value.is_empty() && !word.form.allows(value) {
        let message = format!("`{name}` takes {}", word.form.expected());
        found.push(Diagnostic::error("G216", setting.value.range.clone(), message));
    }
    let comparison = kind == SectionKind::Options && find(options::RESPONSE, name).is_some();
    if comparison {
        let message = format!("`{name}` is clearer on the header it is meant for: `--- RESPONSE {name}… ---`");
        found.push(Diagnostic::new(
            "G604",
            Severity::Hint,
            setting.key.range.clone(),
            message,
        ));
    }
}

/// A key or attribute in an old spelling.
pub(super) fn old_spelling(word: &Word, written: &Text) -> Option<Diagnostic> {
    word.old.contains(&written.text.as_str()).then(|| {
        let message = format!("`{}` is the old spelling: write `{}`", written.text, word.name());
        let mut finding = Diagnostic::new("G602", Severity::Hint, written.range.clone(), message);
        finding.tag = Some(Tag::Deprecated);
        finding
    })
}

fn tls(section: &Section, settings: &[Setting], found: &mut Vec<Diagnostic>) {
    for word in keys::TLS {
        let given: Vec<_> = settings.iter().filter(|setting| word.is(&setting.key.text)).collect();
        let counts = word
            .spellings
            .iter()
            .find_map(|name| given.iter().find(|setting| setting.key.text == *name));
        let Some(counts) = counts else { continue };
        for other in given.iter().filter(|setting| setting.key.text != counts.key.text) {
            let message = format!(
                "`{}` counts, this has no effect: delete one of the two",
                counts.key.text
            );
            found.push(
                Diagnostic::warning("G219", other.key.range.clone(), message)
                    .with_related(counts.key.range.clone(), "this one counts"),
            );
        }
    }
    found.extend(section.unverified().map(|value| {
        let message = "the server's certificate is not verified: anyone can pose as the server";
        Diagnostic::warning("G612", value.range, message)
    }));
}

fn proto(settings: &[Setting], found: &mut Vec<Diagnostic>) {
    let given = |word: Word| settings.iter().find(|setting| word.is(&setting.key.text));
    let (descriptor, files, import_paths) = (given(DESCRIPTOR), given(FILES), given(IMPORT_PATHS));
    if let (Some(_), Some(files)) = (descriptor, files) {
        let message = "`descriptor` wins, `files` has no effect: delete one of the two";
        found.push(Diagnostic::warning("G221", files.key.range.clone(), message));
    }
    if let (None, None, Some(paths)) = (descriptor, files, import_paths) {
        let message = "`import_paths` has no effect without `files`";
        found.push(Diagnostic::warning("G221", paths.key.range.clone(), message));
    }
}

fn no_retries(settings: &[Setting], found: &mut Vec<Diagnostic>) {
    let given = |word: Word| settings.iter().rev().find(|setting| word.is(&setting.key.text));
    let off = given(NO_RETRY).is_some_and(|setting| boolean(&setting.value.text) == Some(true));
    let retry = given(RETRY).filter(|setting| off && setting.value.text != "0");
    found.extend(retry.map(|retry| {
        let message = "there are no retries, `no_retry` wins: delete one of the two";
        Diagnostic::warning("G222", retry.key.range.clone(), message)
    }));
}

/// What a value would be without the comment or the quotes that are part of it.
pub(super) fn stripped(value: &str) -> &str {
    quotes_dropped(comment_start(value).map_or(value, |at| value[..at].trim_end()))
}

/// `text` without one pair of quotes around it.
pub(super) fn quotes_dropped(text: &str) -> &str {
    let inner = |quote| text.strip_prefix(quote)?.strip_suffix(quote);
    inner('"').or_else(|| inner('\'')).unwrap_or(text)
}

fn comment_start(value: &str) -> Option<usize> {
    let hashes = value.match_indices('#').map(|(at, _)| at);
    hashes.into_iter().find(|at| value[..*at].ends_with([' ', '\t']))
}

/// A comment or quotes in a value that is taken as it is.
pub(super) fn part_of_value(value: &Text) -> Option<Diagnostic> {
    let start = value.range.start;
    // JSON bodies have quotes of their own, outside of the text.
    let as_written = value.text.len() == value.range.len();
    if let Some(at) = comment_start(&value.text).filter(|_| as_written) {
        let message = "this is part of the value: write comments on a line of their own";
        return Some(Diagnostic::warning("G124", start + at..value.range.end, message));
    }
    let quoted = as_written && value.text.len() > 2 && quotes_dropped(&value.text).len() < value.text.len();
    quoted.then(|| {
        let message = "the quotes are part of the value: delete them";
        Diagnostic::warning("G124", value.range.clone(), message)
    })
}
