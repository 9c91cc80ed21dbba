//! Findings drawn with carets under the line that they mark.

mod bodies;
mod corpus;
mod headers;
mod hints;
mod json;
mod sections;
mod status;
mod yaml;

use crate::diagnostic::{Diagnostic, Severity};
use crate::syntax::{Outside, SourceFile, file_structure_with};
use expect_test::Expect;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Everything that is wrong with a file in a folder without `_setup.gctf`, in order.
fn findings(text: &str) -> Vec<Diagnostic> {
    let file = SourceFile::new(text);
    let mut found = file_structure_with(&file, Outside::Known(&BTreeSet::new()));
    for (start, document) in file.documents() {
        found.extend(
            document
                .structure()
                .iter()
                .cloned()
                .map(|finding| finding.shifted(start)),
        );
    }
    found.sort_by_key(|finding| finding.range.start);
    found
}

/// Draws the findings of `text`.
fn check(text: &str, expected: Expect) {
    let mut out = String::new();
    let mut last = usize::MAX;
    for finding in findings(text) {
        let start = text[..finding.range.start].rfind('\n').map_or(0, |at| at + 1);
        let line = text[start..].lines().next().unwrap_or("");
        if start != last {
            writeln!(out, "| {line}").unwrap();
        }
        last = start;
        let end = finding.range.end.min(start + line.len());
        let indent = text[start..finding.range.start].chars().count();
        let carets = text[finding.range.start..end.max(finding.range.start)].chars().count();
        let severity = match finding.severity {
            Severity::Error => "E",
            Severity::Warning => "W",
            Severity::Information => "I",
            Severity::Hint => "H",
        };
        write!(
            out,
            "| {}{} {severity} {} {}",
            " ".repeat(indent),
            "^".repeat(carets.max(1)),
            finding.code,
            finding.message
        )
        .unwrap();
        for related in &finding.related {
            write!(out, " [{:?}: {}]", &text[related.range.clone()], related.message).unwrap();
        }
        writeln!(out).unwrap();
    }
    if out.is_empty() {
        out.push_str("nothing\n");
    }
    expected.assert_eq(&out);
}

/// Fails if anything is found in `text`.
fn silent(text: &str) {
    assert_eq!(findings(text), [], "{text}");
}

/// A sound document with `body` as its REQUEST.
fn request(body: &str) -> String {
    format!("--- ENDPOINT ---\na.B/C\n--- REQUEST ---\n{body}\n--- RESPONSE ---\n{{}}\n")
}

/// A sound document with `sections` between its ENDPOINT and its RESPONSE.
fn with(sections: &str) -> String {
    format!("--- ENDPOINT ---\na.B/C\n{sections}\n--- RESPONSE ---\n{{}}\n")
}
