//! Completion and hover of the language's own words at `$0`.

mod bodies;
mod headers;
mod hovers;

use crate::ide::completion::completions;
use crate::ide::hover::hover;
use crate::ide::testing::{FILE, fixture};
use crate::ide::{Analysis, FilePosition};
use expect_test::Expect;
use std::fmt::Write as _;
use std::path::Path;

/// Lists the labels and draws the text after taking the item that `pick` names.
fn check(text: &str, pick: &str, expected: Expect) {
    let (analysis, position) = fixture(text);
    let items = completions(&analysis, position).items;
    let labels: Vec<_> = items.iter().map(|item| item.label.as_str()).collect();
    let mut out = labels.join(", ");
    if out.is_empty() {
        out.push_str("nothing");
    }
    out.push('\n');
    if let Some(item) = items.iter().find(|item| item.label == pick) {
        let mut text = analysis.file(position.file).unwrap().source.text().to_string();
        let typed = text[item.replace.clone()].to_owned();
        text.replace_range(item.replace.clone(), &item.snippet);
        if let Some((range, comma)) = &item.extra {
            text.replace_range(range.clone(), comma);
        }
        writeln!(
            out,
            "{typed:?} by {:?}, plain {:?}\n{}",
            item.filter,
            item.plain,
            text.trim_end()
        )
        .unwrap();
    }
    expected.assert_eq(&out);
}

const CALL: &str = "--- ENDPOINT ---\na.B/C\n";

/// Completion and hover at every character of `text`.
fn look(text: &str) {
    let (analysis, _): (Analysis, _) = fixture(text);
    // No editor has a place between CR and LF.
    let places = text
        .char_indices()
        .filter(|(at, _)| !text[*at..].starts_with('\n') || !text[..*at].ends_with('\r'));
    for (offset, _) in places {
        let position = FilePosition { file: FILE, offset };
        for item in completions(&analysis, position).items {
            let (start, end) = (item.replace.start, item.replace.end);
            assert!(start <= offset && offset <= end, "{} at {offset} in {text}", item.label);
            assert!(!text[start..end].contains('\n'), "{} at {offset} in {text}", item.label);
        }
        if let Some(hover) = hover(&analysis, position) {
            assert!(text.get(hover.range).is_some(), "{offset} in {text}");
        }
    }
}

#[test]
fn every_place_of_json_bodies() {
    let body = "{\"status\": \"OPEN\" \"items\":   [{\n\"name\":  \"é\"}], \"cash\": {\n\"coin\": {{x}}\n}\n\"gifts\": \"a\n}\n-- RE\n";
    for section in ["REQUEST", "RESPONSE", "ERROR"] {
        look(&format!(
            "--- ENDPOINT ---\nshop.Orders/Create\n--- {section} ---\n{body}"
        ));
    }
}

#[test]
fn every_place_of_real_files() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = [
        "../examples/basic-examples/real-time-chat/tests/secure_chat.gctf",
        "../../shared/corpus/grpctestify/examples/advanced/bench.gctf",
        "../../shared/corpus/grpctestify/examples/advanced/attributes.gctf",
        "../../shared/corpus/grpctestify/examples/multi-document/cross-service.gctf",
        "../../shared/corpus/grpctestify/examples/error-handling/expected-error.gctf",
    ];
    for file in files {
        let Ok(text) = std::fs::read_to_string(root.join(file)) else {
            continue;
        };
        look(&text);
        look(&text.replace('\n', "\r\n"));
        let cuts = text.char_indices().map(|(at, _)| at).step_by(37);
        cuts.for_each(|cut| look(&text[..cut]));
    }
}
