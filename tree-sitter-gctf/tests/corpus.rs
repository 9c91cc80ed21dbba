//! Runs `test/corpus/*.txt`, in the format of `tree-sitter test`; `UPDATE_EXPECT=1` rewrites the expected trees.
//!
//! The rulers carry a suffix (`---|||`), because three dashes are a part of the language here.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::{env, fs, path::Path};

use tree_sitter::Parser;

const TITLE_RULER: &str = "==================|||\n";
const TREE_RULER: &str = "\n---|||\n";

struct Case<'a> {
    title: &'a str,
    source: &'a str,
    tree: &'a str,
}

#[test]
fn corpus() {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_gctf::LANGUAGE.into()).unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("test/corpus");
    let mut failures = Vec::new();
    let mut count = 0;
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let text = fs::read_to_string(&path).unwrap();
        let mut rewritten = String::new();
        for case in cases(&text) {
            let tree = parser.parse(case.source, None).unwrap();
            let actual = indent(&tree.root_node().to_sexp());
            if actual.split_whitespace().ne(case.tree.split_whitespace()) {
                failures.push(format!(
                    "{}: {}\n{}\n\n{actual}",
                    path.display(),
                    case.title,
                    case.source
                ));
            }
            rewritten += &format!(
                "{TITLE_RULER}{}\n{TITLE_RULER}{}{TREE_RULER}\n{actual}\n\n",
                case.title, case.source
            );
            count += 1;
        }
        if env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(&path, rewritten.trim_end().to_owned() + "\n").unwrap();
        }
    }
    assert!(count > 50, "only {count} cases found");
    assert!(
        failures.is_empty() || env::var_os("UPDATE_EXPECT").is_some(),
        "{}",
        failures.join("\n\n")
    );
}

fn cases(text: &str) -> Vec<Case<'_>> {
    let mut parts = text.split(TITLE_RULER);
    assert_eq!(parts.next(), Some(""), "a file starts with a ruler");
    let mut cases = Vec::new();
    while let (Some(title), Some(rest)) = (parts.next(), parts.next()) {
        let (source, tree) = rest.split_once(TREE_RULER).unwrap();
        cases.push(Case {
            title: title.trim(),
            source,
            tree,
        });
    }
    cases
}

/// One node per line, as `tree-sitter test` writes it.
fn indent(tree: &str) -> String {
    let mut out = String::new();
    let mut depth = 0;
    for word in tree.split(' ') {
        if word.starts_with('(') && !out.ends_with(": ") && !out.is_empty() {
            out += &format!("\n{}", "  ".repeat(depth));
        }
        if word.ends_with(':') {
            out += &format!("\n{}{word} ", "  ".repeat(depth));
            continue;
        }
        out += word;
        depth = depth + word.matches('(').count() - word.matches(')').count();
    }
    out
}
