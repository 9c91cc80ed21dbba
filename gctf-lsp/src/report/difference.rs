//! What was expected and what came, line by line: the test's own text, and the text that would have passed.

use super::human::Colours;
use crate::eval::compare::cut;
use crate::outcome::{DocumentOutcome, Failure};
use crate::secrets::Masker;
use crate::spec::SectionKind;
use crate::syntax::SourceFile;
use crate::text::{Edit, apply};
use similar::{ChangeTag, TextDiff};

/// Lines around a difference.
const CONTEXT: usize = 2;
/// Most lines of one diff.
const MAX_LINES: usize = 40;

/// The diff of a document's expected messages, where its failures do not already show all there is to see: several
/// values differ, or whole objects do.
pub(super) fn render(
    source: &SourceFile,
    index: usize,
    outcome: &DocumentOutcome,
    masker: &Masker,
    colours: Colours,
) -> Option<String> {
    let differing: Vec<_> = outcome
        .failures
        .iter()
        .filter(|failure| failure.code == "G501")
        .collect();
    if outcome.accept.is_empty() || !(differing.len() > 1 || differing.iter().any(|failure| is_nested(failure))) {
        return None;
    }
    let (start, document) = source.document(index)?;
    let mut edits = outcome.accept.clone();
    edits.sort_by_key(|edit| edit.range.start);
    let mut lines = vec!["--- expected".to_owned(), "+++ actual".to_owned()];
    for section in document.sections_of(SectionKind::Response) {
        let body = section.body_range.clone();
        let text = document.text()[body.clone()].trim_end();
        let inside = edits.iter().filter(|edit| body.contains(&edit.range.start));
        let inside: Vec<_> = inside
            .map(|edit| Edit {
                range: edit.range.start - body.start..edit.range.end - body.start,
                text: edit.text.clone(),
            })
            .collect();
        if !inside.is_empty() {
            let first_line = source.text().byte_to_line(start + body.start) + 1;
            let (expected, actual) = (masker.text(text), masker.text(&apply(text, &inside)));
            lines.extend(changes(&expected, &actual, first_line));
        }
    }
    Some(indented(&cut_short(lines), colours))
}

fn is_nested(failure: &Failure) -> bool {
    let texts = [&failure.expected, &failure.actual];
    texts
        .into_iter()
        .flatten()
        .any(|text| text.starts_with(['{', '[']) && text.len() > "[]".len())
}

/// The changed lines with some around them; `first_line` is the number of the first.
fn changes(expected: &str, actual: &str, first_line: usize) -> Vec<String> {
    let diff = TextDiff::from_lines(expected, actual);
    let mut lines = Vec::new();
    for group in diff.grouped_ops(CONTEXT) {
        let at = group.first().map_or(0, |change| change.old_range().start);
        lines.push(format!("@@ line {} @@", first_line + at));
        for change in group.iter().flat_map(|change| diff.iter_changes(change)) {
            let mark = match change.tag() {
                ChangeTag::Equal => ' ',
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
            };
            let line = change.value().trim_end_matches(['\n', '\r']);
            lines.push(cut(&format!("{mark}{line}")));
        }
    }
    lines
}

fn cut_short(mut lines: Vec<String>) -> Vec<String> {
    if lines.len() > MAX_LINES {
        let more = lines.len() - MAX_LINES;
        lines.truncate(MAX_LINES);
        lines.push(format!("… and {more} more lines"));
    }
    lines
}

/// Set in from the lines that name tests, which begin with marks too.
fn indented(lines: &[String], colours: Colours) -> String {
    let mut text = String::new();
    for line in lines {
        let colour = match (colours, line.chars().next()) {
            (Colours::Terminal, Some('-')) => Some("31"),
            (Colours::Terminal, Some('+')) => Some("32"),
            _ => None,
        };
        match colour {
            Some(colour) => text.push_str(&format!("    \u{1b}[{colour}m{line}\u{1b}[0m\n")),
            None => text.push_str(&format!("    {line}\n")),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changed_lines_stand_among_a_few_others() {
        let expected = "--- RESPONSE ---\r\n{\r\n  a: 1,\r\n  b: 2,\r\n  c: 3,\r\n  d: 4\r\n}\r\n";
        let actual = expected.replace("  c: 3", "  c: 5");
        assert_eq!(
            changes(expected, &actual, 11),
            [
                "@@ line 13 @@",
                "   a: 1,",
                "   b: 2,",
                "-  c: 3,",
                "+  c: 5,",
                "   d: 4",
                " }"
            ]
        );
    }

    #[test]
    fn a_long_diff_is_cut() {
        let text = |mark: &str| (0..50).map(|at| format!("{mark}{at}\n")).collect::<String>();
        let found = cut_short(changes(&text("a"), &text("b"), 1));
        assert_eq!(found.len(), MAX_LINES + 1);
        assert_eq!(found.last().map(String::as_str), Some("… and 61 more lines"));
        let long = changes(&"x".repeat(1000), "y", 1);
        assert!(long.iter().all(|line| line.chars().count() < 210), "{long:?}");
    }

    #[test]
    fn colours_are_for_terminals() {
        let lines = ["+1".to_owned(), " 2".to_owned()];
        assert_eq!(indented(&lines, Colours::None), "    +1\n     2\n");
        assert_eq!(
            indented(&lines, Colours::Terminal),
            "    \u{1b}[32m+1\u{1b}[0m\n     2\n"
        );
    }
}
