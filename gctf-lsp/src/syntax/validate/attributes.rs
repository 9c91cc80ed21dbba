//! Attribute lines.

use super::super::document::Attribute;
use super::Scope;
use super::key_value::{old_spelling, quotes_dropped};
use crate::diagnostic::{Diagnostic, Severity};
use crate::spec::attributes::{ATTRIBUTES, NO_RETRY, RETRY};
use crate::spec::{find, spellings};
use crate::syntax::Section;
use crate::syntax::settings::boolean;
use crate::text::did_you_mean;
use std::ops::Range;

/// Findings on attributes, with or without a header after them.
pub(super) fn check(scope: &Scope<'_>, found: &mut Vec<Diagnostic>) {
    for section in scope.document.sections() {
        for attribute in &section.attributes {
            check_one(scope.text, attribute, found);
        }
        without_retries(section, found);
    }
    for attribute in scope.document.dangling_attributes() {
        found.push(Diagnostic::warning(
            "G112",
            attribute.range.clone(),
            "there is no section after this attribute: it has no effect",
        ));
    }
    for comment in scope.document.comments() {
        if looks_like_attribute(scope.text, comment) {
            let message = "a comment here: an attribute stands directly above a header";
            found.push(Diagnostic::new("G114", Severity::Hint, comment.clone(), message));
        }
    }
}

fn check_one(text: &str, attribute: &Attribute, found: &mut Vec<Diagnostic>) {
    let Some(name) = attribute.name.as_ref().filter(|_| is_closed(text, attribute)) else {
        let range = attribute.range.clone();
        found.push(Diagnostic::error(
            "G110",
            range,
            "write an attribute as `#[name(value)]`",
        ));
        return;
    };
    for junk in &attribute.junk {
        found.push(Diagnostic::warning(
            "G111",
            junk.clone(),
            "text behind an attribute is ignored: write one attribute a line",
        ));
    }
    let Some(word) = find(ATTRIBUTES, &name.text) else {
        let message = format!(
            "there is no attribute `{}`{}",
            name.text,
            did_you_mean(&name.text, spellings(ATTRIBUTES))
        );
        found.push(Diagnostic::warning("G113", name.range.clone(), message));
        return;
    };
    found.extend(old_spelling(word, name));
    let (range, value) = match &attribute.value {
        Some(value) => (value.range.clone(), quotes_dropped(&value.text)),
        None => (name.range.clone(), "true"),
    };
    if !word.form.allows(value) {
        let message = format!("`{}` takes {}", name.text, word.form.expected());
        found.push(Diagnostic::error("G216", range, message));
    }
}

/// Whether the brackets of `#[name]` or `#[name(value)]` are closed before anything else.
fn is_closed(text: &str, attribute: &Attribute) -> bool {
    let known = [&attribute.name, &attribute.value];
    let start = known.iter().filter_map(|part| Some(part.as_ref()?.range.end)).max();
    let start = start.unwrap_or(attribute.range.start);
    let end = attribute.junk.first().map_or(attribute.range.end, |junk| junk.start);
    let behind: String = text[start.min(end)..end].split_whitespace().collect();
    let junk = attribute.junk.first().map_or("", |junk| &text[junk.clone()]);
    match behind.as_str() {
        "]" | ")]" | "()]" => true,
        // `#[timeout(5), retry(2)]`
        ")" | "()" => junk.ends_with(']'),
        _ => false,
    }
}

/// `retry` together with `no_retry`.
fn without_retries(section: &Section, found: &mut Vec<Diagnostic>) {
    let named = |attribute: &&Attribute| attribute.name.as_ref().is_some_and(|name| RETRY.is(&name.text));
    let off = |attribute: &Attribute| {
        let named = attribute.name.as_ref().is_some_and(|name| NO_RETRY.is(&name.text));
        let value = attribute.value.as_ref().map_or("true", |value| value.text.as_str());
        named && boolean(value) == Some(true)
    };
    let retry = section.attributes.iter().find(named);
    if let (Some(retry), true) = (retry, section.attributes.iter().any(off)) {
        found.push(Diagnostic::warning(
            "G222",
            retry.range.clone(),
            "there are no retries, `no_retry` wins: delete one of the two",
        ));
    }
}

fn looks_like_attribute(text: &str, comment: &Range<usize>) -> bool {
    let Some(rest) = text[comment.clone()].strip_prefix("#[") else {
        return false;
    };
    let length = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-')));
    length.is_some_and(|length| length > 0 && rest[length..].starts_with([']', '(']))
}
