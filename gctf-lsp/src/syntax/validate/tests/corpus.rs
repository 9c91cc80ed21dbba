//! What must hold for real files and for any text.

use super::findings;
use crate::diagnostic::Severity;
use crate::syntax::SourceFile;
use proptest::prelude::*;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Real files that really have an error, with the reason.
const EXCEPTIONS: &[(&str, &str)] = &[
    (
        "grpctestify/examples/multi-document/auth-flow.gctf",
        "its EXTRACT sections are empty, so `token` is never set",
    ),
    (
        "grpctestify/examples/multi-document/cross-service.gctf",
        "its EXTRACT is empty, so `session` is never set",
    ),
    (
        "grpctestify/examples/multi-document/crud-scenario.gctf",
        "its EXTRACT is empty, so `user_id` is never set",
    ),
    (
        "grpctestify/examples/multi-document/variable-chaining.gctf",
        "its EXTRACT sections are empty, so `next_cursor` is never set",
    ),
    (
        "grpctestify/tests/data/call/multi_doc.gctf",
        "made to be called, expects nothing",
    ),
    (
        "grpctestify/tests/data/call/no_request.gctf",
        "made to be called, expects nothing",
    ),
    (
        "grpctestify/tests/data/call/no_request_section.gctf",
        "made to be called, expects nothing",
    ),
    (
        "grpctestify/tests/data/call/unreachable.gctf",
        "made to be called, expects nothing",
    ),
];

fn gctf_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        match path.is_dir() {
            true => gctf_files(&path, files),
            false if path.extension().is_some_and(|extension| extension == "gctf") => files.push(path),
            false => {}
        }
    }
}

fn read(folder: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut files = Vec::new();
    gctf_files(&root, &mut files);
    files.sort();
    let text = |path: &PathBuf| {
        let name = path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
        (name, std::fs::read_to_string(path).unwrap())
    };
    files.iter().map(text).collect()
}

/// Files that people wrote for other tools; absent in a plain checkout.
fn corpus() -> Vec<(String, String)> {
    read("../../shared/corpus")
}

#[test]
fn real_files_have_no_errors() {
    let mut out = String::new();
    for (name, text) in corpus() {
        let expected: Vec<_> = EXCEPTIONS.iter().filter(|(file, _)| *file == name).collect();
        let errors: Vec<_> = findings(&text)
            .into_iter()
            .filter(|finding| finding.severity == Severity::Error)
            // Bare words and variables that nothing sets are the files' own faults.
            .filter(|finding| !matches!(finding.code, "G402" | "G405"))
            .map(|finding| format!("{name}: {} {}\n", finding.code, finding.message))
            .collect();
        if expected.is_empty() != errors.is_empty() {
            out.extend(errors);
        }
    }
    assert!(out.is_empty(), "{out}");
}

/// Lines of real files that have a finding, with the reason.
const MARKED: &[(&str, &str)] = &[
    ("page2_count", "a bare word is no string"),
    ("next_cursor", "a bare word is no string"),
    ("has_more", "a bare word is no string"),
    ("item_count", "a bare word is no string"),
    ("access_token", "a bare word is no string"),
    ("refresh_token", "a bare word is no string"),
    ("\"{{next_cursor}}\"", "templates are not substituted in ASSERTS"),
];

#[test]
fn expressions_of_real_files_have_no_marks() {
    let mut out = String::new();
    for (name, text) in corpus() {
        for finding in findings(&text) {
            let marked = &text[finding.range.clone()];
            let expected = MARKED.iter().any(|(known, _)| *known == marked);
            let comments = matches!(finding.code, "G405" | "G603" | "G606" | "G609");
            if finding.code.starts_with("G4") && !expected && !comments {
                out += &format!("{name}: {} `{marked}` {}\n", finding.code, finding.message);
            }
        }
    }
    assert!(out.is_empty(), "{out}");
}

/// An edit of one line looks at that line: what was found in the others is taken over.
#[test]
fn unchanged_lines_are_not_looked_at_again() {
    let line = |at: usize| format!(".items[{at}].name == \"x\" and (.items | length > 3)\n");
    let lines: String = (0..200).map(line).collect();
    let text = format!("--- ENDPOINT ---\na.B/C\n--- ASSERTS ---\n{lines}");
    let mut file = SourceFile::new(&text);
    let before = Arc::clone(file.document(0).unwrap().1);
    assert_eq!(before.expressions().len(), 200);
    let at = text.find(".items[100]").unwrap();
    file.edit(at..at + 1, "$");
    let after = Arc::clone(file.document(0).unwrap().1);
    let pairs = before.expressions().iter().zip(after.expressions());
    let changed: Vec<_> = pairs
        .enumerate()
        .filter(|(_, (old, new))| !Arc::ptr_eq(&old.checked, &new.checked))
        .map(|(at, _)| at)
        .collect();
    assert_eq!(changed, [100]);
}

#[test]
fn examples_have_no_findings() {
    let examples = read("../examples");
    assert!(!examples.is_empty());
    for (name, text) in examples {
        assert_eq!(findings(&text), [], "{name}");
    }
}

/// Looks at everything, with ranges on characters.
fn look(text: &str) {
    for finding in findings(text) {
        assert!(text.get(finding.range.clone()).is_some(), "{finding:?} in {text}");
        for related in &finding.related {
            assert!(text.get(related.range.clone()).is_some(), "{finding:?} in {text}");
        }
    }
}

#[test]
fn prefixes_of_real_files() {
    for (_, text) in corpus().into_iter().chain(read("../examples")) {
        let ends = text.char_indices().map(|(at, _)| at);
        for end in ends.step_by(53) {
            look(&text[..end]);
        }
    }
}

const PIECES: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "'",
    "\\",
    "a",
    "1",
    "_",
    "é",
    "𝄞",
    "\n",
    "\r\n",
    " ",
    "{{x}}",
    "{{",
    "#",
    "#[",
    "//",
    "/*",
    "*/",
    "--- REQUEST ---\n",
    "\n--- ENDPOINT ---\n",
    "--- ERROR",
    "\n--- META ---\n",
    "\n--- DATASET ---\n- a: 1\n",
    "-- response",
    "\n--- EXTRACT ---\nx = .x\n",
    "--- OPTIONS ---\ntimeout: ",
    "=",
    "(",
    ")",
    "-",
    "\u{feff}",
    "\t",
    "\u{0}",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn any_text_can_be_looked_at(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..40)) {
        look(&pieces.concat());
    }

    #[test]
    fn any_edit_can_be_looked_at(at in 0usize..600, removed in 0usize..20, piece in prop::sample::select(PIECES)) {
        for (_, text) in read("../examples") {
            let boundary = |at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap();
            let range = boundary(at)..boundary(at + removed);
            let mut file = SourceFile::new(&text);
            file.edit(range.clone(), piece);
            let mut edited = text.clone();
            edited.replace_range(range, piece);
            let incremental: Vec<_> = file.documents().flat_map(|(_, document)| document.structure().to_vec()).collect();
            let cold: Vec<_> =
                SourceFile::new(&edited).documents().flat_map(|(_, document)| document.structure().to_vec()).collect();
            prop_assert_eq!(incremental, cold);
            look(&edited);
        }
    }
}
