//! Source text made readable for jaq's parser without changing its length.

use super::ExprError;
use std::ops::Range;

/// Namespaces of plugins.
const NAMESPACES: [&str; 6] = ["scope", "url", "email", "ip", "uuid", "json"];

/// Joins `@ns.method` to `@ns_method`, blanks out the empty parentheses of plugins and closes up `1_000`.
pub(super) fn prepare(source: &str) -> String {
    let mut bytes = source.as_bytes().to_vec();
    for range in code(source) {
        join_digits(&mut bytes[range.clone()]);
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

/// `12_345 ` becomes `12345  `: the digits of a number move together.
fn join_digits(code: &mut [u8]) {
    let mut at = 0;
    while at < code.len() {
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let length = code[at..].iter().take_while(|byte| is_word(byte)).count();
        let number = &mut code[at..at + length];
        let inner = !number.starts_with(b"_") && !number.ends_with(b"_");
        if inner && number.iter().all(|byte| byte.is_ascii_digit() || *byte == b'_') {
            let digits: Vec<u8> = number.iter().copied().filter(|byte| *byte != b'_').collect();
            number.fill(b' ');
            number[..digits.len()].copy_from_slice(&digits);
        }
        at += length.max(1);
    }
}

/// The texts that `text` can mean if a ` // …` in it is a comment, which ends with its line: the shortest
/// comment first, then every line without its own.
pub(super) fn without_comment(text: &str) -> Vec<String> {
    let mut starts: Vec<usize> = code(text)
        .into_iter()
        .flat_map(|range| {
            let slashes = text[range.clone()].match_indices("//");
            slashes.map(move |(at, _)| range.start + at).collect::<Vec<_>>()
        })
        .filter(|at| *at == 0 || text[..*at].ends_with([' ', '\t', '\n']))
        .collect();
    starts.reverse();
    let mut meanings: Vec<String> = starts.iter().map(|at| blank_line(text, *at)).collect();
    // From the right, so that the first comment of each line is blanked out last and takes the others along.
    meanings.push(starts.iter().fold(text.to_owned(), |text, at| blank_line(&text, *at)));
    meanings
}

/// `text` with everything that can be a trailing ` //` comment blanked out.
pub(super) fn without_line_comments(text: &str) -> String {
    without_comment(text).pop().unwrap_or_default()
}

fn blank_line(text: &str, from: usize) -> String {
    let end = text[from..].find('\n').map_or(text.len(), |at| from + at);
    format!("{}{}{}", &text[..from], " ".repeat(end - from), &text[end..])
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

/// The last `=` that is no part of a longer operator.
pub(super) fn lone_equals(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let lone = |at: &usize| {
        let before = at.checked_sub(1).map(|at| bytes[at]);
        let glued = before.is_some_and(|byte| b"=!<>|+-*/%".contains(&byte));
        bytes[*at] == b'=' && !glued && bytes.get(at + 1) != Some(&b'=')
    };
    code(text).into_iter().flatten().rfind(lone)
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
