//! JSON values from the tree, broken ones included.

use super::build::{children, named_children};
use super::json::{Data, Member, Value};
use tree_sitter::Node;

/// Values deeper than this are cut to `null`; the validation reports them.
pub const MAX_DEPTH: usize = 256;

/// The values of a JSON body, in order. Comments and stray tokens are left out.
pub(super) fn read_values(body: Node<'_>, text: &str) -> Vec<Value> {
    named_children(body)
        .filter_map(|node| value(node, text, MAX_DEPTH))
        .collect()
}

fn value(node: Node<'_>, text: &str, depth: usize) -> Option<Value> {
    let slice = &text[node.byte_range()];
    let data = match node.kind() {
        "object" | "array" if depth == 0 => Data::Null,
        "object" => Data::Object(members(node, text, depth)),
        "array" => Data::Array(
            named_children(node)
                .filter_map(|item| value(item, text, depth - 1))
                .collect(),
        ),
        "string" => Data::String(string(node, text)),
        "number" => Data::Number(slice.to_owned()),
        "true" => Data::Bool(true),
        "false" => Data::Bool(false),
        "null" => Data::Null,
        "interpolation" => Data::Template(template_name(slice).to_owned()),
        "bare_word" => Data::Word(slice.to_owned()),
        _ => return None,
    };
    Some(Value {
        range: node.byte_range(),
        data,
    })
}

fn members(object: Node<'_>, text: &str, depth: usize) -> Vec<Member> {
    named_children(object)
        .filter(|node| node.kind() == "pair")
        .filter_map(|pair| {
            let key = pair.child_by_field_name("key")?;
            Some(Member {
                key: key_text(key, text),
                key_range: key.byte_range(),
                colon: children(pair).any(|child| child.kind() == ":"),
                value: pair
                    .child_by_field_name("value")
                    .and_then(|node| value(node, text, depth - 1)),
            })
        })
        .collect()
}

/// The text that a key stands for.
pub(super) fn key_text(key: Node<'_>, text: &str) -> String {
    match key.kind() {
        "string" => string(key, text),
        _ => text[key.byte_range()].to_owned(),
    }
}

/// `name` of `{{ name }}`.
pub(super) fn template_name(text: &str) -> &str {
    text.trim_start_matches('{').trim_end_matches('}').trim()
}

/// The characters that a string stands for, escapes resolved.
fn string(node: Node<'_>, text: &str) -> String {
    let mut decoded = String::new();
    let mut high_surrogate = None;
    for part in named_children(node) {
        let slice = &text[part.byte_range()];
        if part.kind() != "escape_sequence" {
            flush(&mut decoded, &mut high_surrogate);
        }
        match part.kind() {
            "escape_sequence" => escape(slice, &mut decoded, &mut high_surrogate),
            "missing_quote" => {}
            _ => decoded.push_str(slice),
        }
    }
    flush(&mut decoded, &mut high_surrogate);
    decoded
}

/// Writes a lone high surrogate as the replacement character.
fn flush(decoded: &mut String, high_surrogate: &mut Option<u32>) {
    if high_surrogate.take().is_some() {
        decoded.push(char::REPLACEMENT_CHARACTER);
    }
}

fn escape(slice: &str, decoded: &mut String, high_surrogate: &mut Option<u32>) {
    let code = |digits: &str| u32::from_str_radix(digits, 16).ok();
    let unit = match slice.get(1..2) {
        Some("u") => code(&slice[2..]),
        Some("x") => code(&slice[2..]),
        _ => None,
    };
    if let (Some(high), Some(low @ 0xdc00..=0xdfff)) = (*high_surrogate, unit) {
        *high_surrogate = None;
        let point = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
        decoded.push(char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER));
        return;
    }
    flush(decoded, high_surrogate);
    match (unit, slice[1..].chars().next()) {
        (Some(high @ 0xd800..=0xdbff), _) => *high_surrogate = Some(high),
        (Some(point), _) => decoded.push(char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER)),
        (None, Some('b')) => decoded.push('\u{8}'),
        (None, Some('f')) => decoded.push('\u{c}'),
        (None, Some('n')) => decoded.push('\n'),
        (None, Some('r')) => decoded.push('\r'),
        (None, Some('t')) => decoded.push('\t'),
        (None, Some('v')) => decoded.push('\u{b}'),
        (None, Some('0')) => decoded.push('\0'),
        // A line that goes on.
        (None, Some('\n' | '\r' | '\u{2028}' | '\u{2029}') | None) => {}
        (None, Some(other)) => decoded.push(other),
    }
}
