//! Source text made readable for jaq's parser without moving a byte.

use super::ExprError;
use std::ops::Range;

/// Namespaces of plugins.
const NAMESPACES: [&str; 6] = ["scope", "url", "email", "ip", "uuid", "json"];

/// Joins `@ns.method` to `@ns_method` and blanks out the empty parentheses of plugins.
pub(super) fn prepare(source: &str) -> String {
    let mut bytes = source.as_bytes().to_vec();
    for range in code(source) {
        let mut from = range.start;
        while let Some(at) = source[from..range.end].find('@').map(|at| from + at) {
            let mut end = word_end(source, at + 1);
            let joined = NAMESPACES.contains(&&source[at + 1..end]) && source[end..].starts_with('.');
            if joined && word_end(source, end + 1) > end + 1 {
                bytes[end] = b'_';
                end = word_end(source, end + 1);
            }
            let behind = &source[end..];
            let inner = behind.strip_prefix('(').map(str::trim_start);
            if let Some(rest) = inner.filter(|rest| rest.starts_with(')')) {
                let close = source.len() - rest.len();
                bytes[end] = b' ';
                bytes[close] = b' ';
            }
            from = end.max(at + 1);
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| source.to_owned())
}

/// `text` with everything from the last ` //` outside strings blanked out.
pub(super) fn without_comment(text: &str) -> Option<String> {
    let found = code(text).into_iter().rev().find_map(|range| {
        let slashes = text[range.clone()].match_indices("//").map(|(at, _)| range.start + at);
        slashes
            .filter(|at| *at == 0 || text[..*at].ends_with([' ', '\t']))
            .min()
    })?;
    Some(format!("{}{}", &text[..found], " ".repeat(text.len() - found)))
}

/// Operators of other languages, each with what jq has instead.
pub(super) fn foreign_operators(source: &str) -> Vec<ExprError> {
    let fault = |range: &Range<usize>| {
        let part = &source[range.clone()];
        let advice = [
            ("&&", "G420", "`&&` is not jq: write `and`"),
            ("||", "G420", "`||` is not jq: write `or`"),
            ("===", "G420", "`===` is not jq: write `==`"),
            ("=~", "G420", "`=~` is not jq: write `| test(\"…\")`"),
            ("'", "G419", "`'` starts no string: write `\"…\"`"),
        ];
        let found = advice.iter().filter_map(|(mark, code, message)| {
            let at = range.start + part.find(mark)?;
            Some(ExprError {
                code,
                range: at..at + mark.len(),
                message: (*message).to_owned(),
            })
        });
        found.min_by_key(|error| error.range.start)
    };
    code(source).iter().filter_map(fault).take(1).collect()
}

/// The first `=` that is no part of a longer operator.
pub(super) fn lone_equals(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let lone = |at: &usize| {
        let before = at.checked_sub(1).map(|at| bytes[at]);
        let glued = before.is_some_and(|byte| b"=!<>|+-*/%".contains(&byte));
        bytes[*at] == b'=' && !glued && bytes.get(at + 1) != Some(&b'=')
    };
    code(text).into_iter().flatten().find(lone)
}

/// The parts of `source` that are neither strings nor comments. Interpolations count as strings.
fn code(source: &str) -> Vec<Range<usize>> {
    let bytes = source.as_bytes();
    let mut parts = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => {
                parts.push(start..at);
                at = string_end(bytes, at);
                start = at;
            }
            b'#' => {
                parts.push(start..at);
                at = source[at..].find('\n').map_or(bytes.len(), |end| at + end);
                start = at;
            }
            _ => at += 1,
        }
    }
    parts.push(start..bytes.len());
    parts.retain(|part| !part.is_empty());
    parts
}

/// Behind the string that opens at `at`, with the strings inside its interpolations.
fn string_end(bytes: &[u8], mut at: usize) -> usize {
    at += 1;
    while at < bytes.len() {
        match (bytes[at], bytes.get(at + 1)) {
            (b'"', _) => return at + 1,
            (b'\\', Some(b'(')) => {
                let mut depth = 1;
                at += 2;
                while at < bytes.len() && depth > 0 {
                    match bytes[at] {
                        b'(' => depth += 1,
                        b')' => depth -= 1,
                        b'"' => {
                            at = string_end(bytes, at);
                            continue;
                        }
                        _ => {}
                    }
                    at += 1;
                }
            }
            (b'\\', Some(_)) => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn word_end(text: &str, from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    let length = rest
        .bytes()
        .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        .count();
    from + length
}
