//! What cures the findings at a place.

use super::diagnostics::findings;
use super::{Analysis, FileId};
use crate::diagnostic::{Change, Diagnostic};
use crate::text::Edit;
use std::ops::Range;

/// A fix with the finding that it cures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuickFix {
    pub title: String,
    pub diagnostic: Diagnostic,
    /// In order, in bytes of the file.
    pub edits: Vec<Edit>,
    /// Whether it is the only one of its finding.
    pub is_preferred: bool,
}

/// The fixes of the findings that touch `range`, in the order of the text.
pub fn quick_fixes(analysis: &Analysis, file: FileId, range: Range<usize>) -> Vec<QuickFix> {
    let Some(state) = analysis.file(file) else {
        return Vec::new();
    };
    let touches = |found: &Diagnostic| found.range.start <= range.end && range.start <= found.range.end;
    let found = findings(analysis, file).diagnostics.into_iter();
    let touched: Vec<_> = found
        .filter(|found| !found.fixes.is_empty() && touches(found))
        .collect();
    if touched.is_empty() {
        return Vec::new();
    }
    let text = state.source.text().to_string();
    let fixes = touched.into_iter().flat_map(|found| {
        let is_preferred = found.fixes.len() == 1;
        let fixes = found.fixes.clone().into_iter();
        fixes
            .map(|fix| QuickFix {
                title: fix.title,
                diagnostic: found.clone(),
                edits: match fix.change {
                    Change::Edits(edits) => edits,
                    Change::Remove(member) => vec![removal(&text, member)],
                },
                is_preferred,
            })
            .collect::<Vec<_>>()
    });
    fixes.collect()
}

/// Old names and headers in the wrong case, which have one cure that changes nothing else.
const ALWAYS: [&str; 4] = ["G104", "G601", "G602", "G603"];

/// The changes that bring a file up to date, in order, in bytes of the file.
pub fn fix_all(analysis: &Analysis, file: FileId) -> Vec<Edit> {
    let found = findings(analysis, file).diagnostics.into_iter();
    let mut edits: Vec<_> = found
        .filter(|found| ALWAYS.contains(&found.code))
        .filter_map(|mut found| found.fixes.drain(..).next())
        .flat_map(|fix| match fix.change {
            Change::Edits(edits) => edits,
            Change::Remove(_) => Vec::new(),
        })
        .collect();
    edits.sort_by_key(|edit| edit.range.start);
    edits
}

/// Deletes a member of an object with the comma behind it, and its line if nothing else is left on it.
fn removal(text: &str, member: Range<usize>) -> Edit {
    let blanks = |at: usize| {
        let rest = text[at..].bytes();
        at + rest.take_while(|byte| matches!(byte, b' ' | b'\t')).count()
    };
    let behind = blanks(member.end);
    let mut end = match text[behind..].starts_with(',') {
        true => behind + 1,
        false => member.end,
    };
    let line = text[..member.start].rfind('\n').map_or(0, |at| at + 1);
    let mut start = member.start;
    let rest = &text[blanks(end)..];
    let ends = ["\n", "\r\n"].into_iter().find(|end| rest.starts_with(end));
    match (text[line..start].trim().is_empty(), ends) {
        (true, Some(ending)) => {
            start = line;
            end = blanks(end) + ending.len();
        }
        _ => end = blanks(end),
    }
    Edit {
        range: start..end,
        text: String::new(),
    }
}

#[cfg(test)]
#[path = "quick_fixes_tests.rs"]
mod structural;

#[cfg(test)]
mod tests {
    use super::super::testing::{FILE, fixture};
    use super::*;
    use expect_test::{Expect, expect};

    /// The titles at `$0`, and the text after the first of them.
    fn check(text: &str, expected: Expect) {
        let (analysis, position) = fixture(text);
        let fixes = quick_fixes(&analysis, FILE, position.offset..position.offset);
        let text = text.replacen("$0", "", 1);
        let titles: Vec<_> = fixes.iter().map(|fix| fix.title.as_str()).collect();
        let after = fixes.first().map(|fix| crate::text::apply(&text, &fix.edits));
        expected.assert_eq(&format!("{titles:?}\n{}", after.unwrap_or_default()));
    }

    fn create(body: &str) -> String {
        format!("--- ENDPOINT ---\nshop.Orders/Create\n--- REQUEST ---\n{body}\n--- RESPONSE ---\n{{}}\n")
    }

    #[test]
    fn fixes() {
        check(
            &create("{\n  \"é\": 1,\n  \"customer_$0nmae\": 5\n}"),
            expect![[r#"
            ["Change to \"customer_id\""]
            --- ENDPOINT ---
            shop.Orders/Create
            --- REQUEST ---
            {
              "é": 1,
              "customer_id": 5
            }
            --- RESPONSE ---
            {}
        "#]],
        );
        check(
            "--- ENDPOINT ---\nshop.Orders/Craete$0\n--- RESPONSE ---\n{}\n",
            expect![[r#"
                ["Change to \"Create\""]
                --- ENDPOINT ---
                shop.Orders/Create
                --- RESPONSE ---
                {}
            "#]],
        );
    }

    #[test]
    fn members_are_removed_with_their_comma() {
        for (text, member, expected) in [
            ("{\n  \"a\": 1, # a\n  \"b\": 2\n}", "\"b\": 2", "{\n  \"a\": 1, # a\n}"),
            ("{\n  \"a\": 1,\r\n  \"b\": 2\r\n}", "\"a\": 1", "{\n  \"b\": 2\r\n}"),
            ("{\"a\": 1, \"b\": 2}", "\"a\": 1", "{\"b\": 2}"),
            ("{\"a\": 1, \"b\": 2}", "\"b\": 2", "{\"a\": 1, }"),
            (
                "{\n  \"a\": 1 , // why\n  \"b\": 2\n}",
                "\"a\": 1",
                "{\n  // why\n  \"b\": 2\n}",
            ),
        ] {
            let at = text.find(member).unwrap();
            let edit = removal(text, at..at + member.len());
            assert_eq!(crate::text::apply(text, &[edit]), expected);
        }
    }
}
