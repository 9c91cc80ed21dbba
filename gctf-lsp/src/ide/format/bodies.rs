//! Layout of headers and bodies by family.

use super::json;
use super::layout::is_loose;
use crate::diagnostic::Severity;
use crate::spec::{Family, SectionKind};
use crate::syntax::lines::{Line, classify, lines};
use crate::syntax::{Body, Document, Lexeme, LexemeKind, Section};
use std::ops::Range;

/// What is cut off at the ends of a line.
const BLANKS: [char; 3] = [' ', '\t', '\r'];

/// The attributes and the header, a line each.
pub(super) fn head(document: &Document, section: &Section) -> String {
    let text = document.text();
    let start = section.range().start;
    let mut written = String::new();
    for (_, line) in lines(&text[start..section.header.start]) {
        let line = line.trim_matches(BLANKS);
        if !line.is_empty() {
            written.push_str(line);
            written.push('\n');
        }
    }
    written.push_str("--- ");
    written.push_str(&section.name);
    let options = section.options.iter().map(|option| option.range.clone());
    let mut parts: Vec<_> = options.chain(section.header_junk.iter().cloned()).collect();
    parts.sort_by_key(|part| part.start);
    let mut at = section.name_range.end;
    for part in parts {
        // What touches the word before it is a part of that word to a reader.
        if at < part.start {
            written.push(' ');
        }
        written.push_str(&text[part.clone()]);
        at = part.end;
    }
    written.push_str(" ---");
    written
}

/// The lines of a body that are its own: not those that go with the next section.
pub(super) fn content(document: &Document, section: &Section) -> Range<usize> {
    let body = section.body_range.clone();
    let end = match (&section.body, section.kind) {
        (Body::Json(_), _) => {
            let lexemes = document.lexemes(section);
            let is_content = |lexeme: &&Lexeme| lexeme.kind != LexemeKind::LineComment && !lexeme.range.is_empty();
            let last = lexemes.iter().rfind(is_content);
            // A comment that is not closed goes over the blank lines below it.
            let last = last.map_or(body.start, |lexeme| {
                lexeme.range.start
                    + document.text()[lexeme.range.clone()]
                        .trim_end_matches(['\n', '\r'])
                        .len()
            });
            line_end(document.text(), &body, last)
        }
        // Indented, a comment can be a part of a text over lines.
        (Body::Yaml, _) | (_, SectionKind::Bench) => {
            content_end(document, body.clone(), |line| !line.starts_with([' ', '\t']))
        }
        _ => content_end(document, body.clone(), |_| true),
    };
    body.start..end.max(body.start)
}

/// Where the last line of `range` ends that is neither blank nor a loose comment, without its line end.
pub(super) fn content_end(document: &Document, range: Range<usize>, may_be_loose: impl Fn(&str) -> bool) -> usize {
    let text = &document.text()[range.clone()];
    let is_content = |line: &&str| {
        let line = line.trim_end_matches(['\n', '\r']);
        !(is_loose(line) && (line.trim_matches(BLANKS).is_empty() || may_be_loose(line)))
    };
    let mut end = range.start;
    let mut at = range.start;
    for line in text.split_inclusive('\n') {
        if is_content(&line) {
            end = at + line.trim_end_matches(['\n', '\r']).len();
        }
        at += line.len();
    }
    end
}

/// The end of the line of `offset`, not past `range`; the start of an empty range.
fn line_end(text: &str, range: &Range<usize>, offset: usize) -> usize {
    if offset <= range.start {
        return range.start;
    }
    let rest = &text[offset..range.end.max(offset)];
    let line = rest.split('\n').next().unwrap_or_default();
    offset + line.trim_end_matches('\r').len()
}

/// `text` without the blank lines at its start.
pub(super) fn without_blank_lines(text: &str) -> &str {
    let mut rest = text;
    while let Some((first, below)) = rest.split_once('\n') {
        if !first.trim_matches(BLANKS).is_empty() {
            break;
        }
        rest = below;
    }
    rest
}

/// The layout of a body's own lines, without a line end behind the last.
pub(super) fn body(document: &Document, tokens: &[Range<usize>], section: &Section, content: Range<usize>) -> String {
    let text = &document.text()[content.clone()];
    if text.is_empty() {
        return String::new();
    }
    let as_it_is = || without_blank_lines(text).to_owned();
    match (&section.body, section.kind.spec().map(|spec| spec.family)) {
        (Body::Json(_), _) => json_body(document, section, &content).unwrap_or_else(|| text.to_owned()),
        (Body::KeyValue(_), _) if section.kind != SectionKind::Bench => settings(text),
        (Body::Lines(_), Some(Family::Value)) => values(text),
        (Body::Asserts(expressions), _) => {
            let unclosed = expressions.iter().any(|expression| expression.unclosed.is_some());
            let ranges = expressions.iter().map(|expression| expression.range.clone());
            match unclosed {
                true => text.to_owned(),
                false => expressions_body(document.text(), tokens, &content, &ranges.collect::<Vec<_>>()),
            }
        }
        (Body::Extract(extractions), _) => {
            let values = extractions.iter().filter_map(|extraction| extraction.value.as_ref());
            let unclosed = values.into_iter().any(|value| value.unclosed.is_some());
            let ranges = extractions.iter().map(|extraction| extraction.range.clone());
            match unclosed {
                true => text.to_owned(),
                false => expressions_body(document.text(), tokens, &content, &ranges.collect::<Vec<_>>()),
            }
        }
        _ => as_it_is(),
    }
}

/// `None` for a body whose syntax is wrong.
fn json_body(document: &Document, section: &Section, content: &Range<usize>) -> Option<String> {
    let is_fault = |code: &str| matches!(code, "G119" | "G122");
    let broken = document.structure().iter().any(|found| {
        found.severity == Severity::Error && is_fault(found.code) && section.body_range.contains(&found.range.start)
    });
    let mut lexemes = document.lexemes(section);
    lexemes.retain(|lexeme| lexeme.range.start < content.end);
    match broken {
        true => None,
        false => json::layout(document.text(), &lexemes),
    }
}

/// `key: value` lines.
fn settings(text: &str) -> String {
    let lines = lines(text)
        .map(|(_, line)| line.trim_matches(BLANKS))
        .filter(|line| !line.is_empty());
    let laid_out = lines.map(|line| match (classify(line), line.split_once(':')) {
        (Line::Comment | Line::Attribute, _) | (_, None) => line.to_owned(),
        (_, Some((key, value))) => {
            let (key, value) = (key.trim_matches(BLANKS), value.trim_matches(BLANKS));
            format!("{key}: {value}").trim_end_matches(BLANKS).to_owned()
        }
    });
    laid_out.collect::<Vec<_>>().join("\n")
}

fn values(text: &str) -> String {
    let lines = lines(text)
        .map(|(_, line)| line.trim_matches(BLANKS))
        .filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

/// Lines of expressions; what continues one keeps its indentation.
fn expressions_body(
    text: &str,
    tokens: &[Range<usize>],
    content: &Range<usize>,
    expressions: &[Range<usize>],
) -> String {
    let mut written: Vec<&str> = Vec::new();
    for (at, line) in lines(&text[content.clone()]) {
        let start = content.start + at;
        // A string that is not closed goes on to the end of its line.
        let last = tokens.partition_point(|token| token.start < start + line.len());
        let token_end = last.checked_sub(1).map_or(0, |last| tokens[last].end);
        let end = (start + line.trim_end_matches(BLANKS).len()).max(token_end.min(start + line.len()));
        let line = &text[start..end];
        let owner = expressions.partition_point(|expression| expression.start < start);
        let continues = owner.checked_sub(1).is_some_and(|owner| start < expressions[owner].end);
        let line = match continues {
            true => line,
            false => line.trim_start_matches(BLANKS),
        };
        let repeated = written.last().is_none_or(|last| last.is_empty());
        if !(line.is_empty() && repeated) {
            written.push(line);
        }
    }
    written.join("\n")
}
