//! The leaves of JSON: strings, numbers, words, templates.

use super::super::build::named_children;
use super::json::Walk;
use crate::diagnostic::{Diagnostic, Severity};
use tree_sitter::Node;

/// Whether a string has no closing quote.
pub(super) fn is_open(node: Node<'_>) -> bool {
    named_children(node).any(|part| part.kind() == "missing_quote")
}

/// Checks a scalar; whether it is a value.
pub(super) fn scalar(walk: &mut Walk<'_>, node: Node<'_>) -> bool {
    let range = node.byte_range();
    let text = &walk.text[range.clone()];
    match node.kind() {
        "string" => {
            string(walk, node);
            true
        }
        "interpolation" => {
            let message = format!("a template stands in a string: write `\"{text}\"`");
            walk.found.push(Diagnostic::error("G122", range, message));
            true
        }
        "number" => {
            number(walk, node);
            true
        }
        "bare_word" => {
            let message = bare_word(text);
            walk.found.push(Diagnostic::error("G119", range, message));
            false
        }
        _ => true,
    }
}

/// Checks a key that a colon follows.
pub(super) fn key(walk: &mut Walk<'_>, node: Node<'_>) {
    let range = node.byte_range();
    let text = &walk.text[range.clone()];
    match node.kind() {
        "string" => string(walk, node),
        "interpolation" => {
            let message = "keys are not substituted: write the key itself";
            walk.found.push(Diagnostic::error("G122", range, message));
        }
        "number" | "bare_word" if !is_identifier(text) => {
            let message = format!("this key needs quotes: write `\"{text}\"`");
            walk.found.push(Diagnostic::error("G119", range, message));
        }
        _ => {}
    }
}

fn string(walk: &mut Walk<'_>, node: Node<'_>) {
    if is_open(node) {
        walk.open_strings.push(node.byte_range());
    }
    for part in named_children(node).filter(|part| part.kind() == "invalid_escape") {
        let mut range = part.byte_range();
        // An octal escape is a backslash in the tree, with its digit in the text behind it.
        let digit = walk.text[range.end..].starts_with(|c: char| c.is_ascii_digit());
        range.end += usize::from(range.len() == 1 && digit);
        let message = match &walk.text[range.clone()] {
            "\\" => "nothing is escaped here: write `\\\\` for a backslash".to_owned(),
            text => format!("`{text}` is no escape: write `\\\\` for a backslash, `\\u0041` for a character"),
        };
        walk.found.push(Diagnostic::error("G119", range, message));
    }
}

fn number(walk: &mut Walk<'_>, node: Node<'_>) {
    let range = node.byte_range();
    let text = &walk.text[range.clone()];
    if matches!(text.trim_start_matches(['+', '-']), "NaN" | "Infinity") {
        let message = format!("read as the string \"{text}\": quote it");
        walk.found.push(Diagnostic::new("G123", Severity::Hint, range, message));
        return;
    }
    if let Some(message) = bad_number(text) {
        walk.found.push(Diagnostic::error("G119", range, message));
    }
}

fn bad_number(text: &str) -> Option<String> {
    let digits = text.trim_start_matches(['+', '-']);
    let bytes = digits.as_bytes();
    let hexadecimal = digits.len() > 1 && matches!(bytes[1], b'x' | b'X');
    let is_digit = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_hexdigit() || *byte == b'_');
    let exponent = |at: usize| !hexadecimal && bytes.get(at).is_some_and(|byte| matches!(byte, b'e' | b'E'));
    let between = |at: usize| {
        let before = at.checked_sub(1).filter(|before| !exponent(*before));
        let behind = (!exponent(at + 1)).then(|| bytes.get(at + 1)).flatten();
        is_digit(before.and_then(|before| bytes.get(before))) && is_digit(behind)
    };
    if digits.match_indices('_').any(|(at, _)| !between(at)) {
        return Some("`_` stands only between digits".to_owned());
    }
    let leading = bytes.len() > 1 && bytes[0] == b'0' && bytes[1].is_ascii_digit();
    leading.then(|| {
        let number = text.replacen(digits, digits.trim_start_matches('0'), 1);
        format!("a number has no leading zeros: write `{number}`, or quote it")
    })
}

fn bare_word(text: &str) -> String {
    let lower = text.to_lowercase();
    if let "true" | "false" | "null" = lower.as_str() {
        return format!("expected a value instead of `{text}`: write `{lower}`");
    }
    let numeric = text
        .trim_start_matches(['+', '-', '.'])
        .starts_with(|c: char| c.is_ascii_digit());
    match (lower.as_str(), numeric) {
        ("none" | "nil" | "undefined", _) => format!("expected a value instead of `{text}`: write `null`"),
        (_, true) => format!("`{text}` is no number: quote it if it is a text"),
        (_, false) => format!("expected a value instead of `{text}`: quote it if it is a text"),
    }
}

/// Whether a key can stand without quotes.
fn is_identifier(text: &str) -> bool {
    let mut characters = text.chars();
    let starts = |c: char| c.is_alphabetic() || matches!(c, '_' | '$');
    // Beyond ASCII the rules are long; what is no sign of ASCII is taken for a letter.
    let goes_on = |c: char| starts(c) || c.is_alphanumeric() || !c.is_ascii();
    characters
        .next()
        .is_some_and(|first| starts(first) || !first.is_ascii())
        && characters.all(goes_on)
}
