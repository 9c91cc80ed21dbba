//! The queries are valid, name only captures that editors know, and colour `test/highlight/` as its comments say.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::{fs, path::Path};

use tree_sitter::{Language, Parser, Query, QueryCursor, StreamingIterator};

const QUERIES: [(&str, &str); 6] = [
    ("highlights", tree_sitter_gctf::HIGHLIGHTS_QUERY),
    ("injections", tree_sitter_gctf::INJECTIONS_QUERY),
    ("folds", tree_sitter_gctf::FOLDS_QUERY),
    ("locals", tree_sitter_gctf::LOCALS_QUERY),
    ("indents", tree_sitter_gctf::INDENTS_QUERY),
    ("textobjects", tree_sitter_gctf::TEXTOBJECTS_QUERY),
];

fn language() -> Language {
    tree_sitter_gctf::LANGUAGE.into()
}

#[test]
fn queries_are_valid() {
    for (name, text) in QUERIES {
        let query = Query::new(&language(), text).unwrap_or_else(|error| panic!("{name}.scm: {error}"));
        assert!(query.pattern_count() > 0, "{name}.scm is empty");
    }
}

#[test]
fn node_types_list_every_leaf_of_the_highlights() {
    for kind in ["section", "missing_close", "near_miss", "interpolation", "expression"] {
        assert!(
            tree_sitter_gctf::NODE_TYPES.contains(&format!("\"type\": \"{kind}\"")),
            "{kind}"
        );
    }
}

/// The format of `tree-sitter test`: a comment line whose arrow or caret points at the line above it.
#[test]
fn highlights() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("test/highlight");
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let text = fs::read_to_string(&path).unwrap();
        let captures = captures(&text);
        let mut content = 0;
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            if let Some((column, wanted)) = expectation(line) {
                let at = content + column;
                let found = captures
                    .iter()
                    .rfind(|(range, _)| range.contains(&at))
                    .map(|(_, name)| name.as_str());
                assert_eq!(found, Some(wanted), "{}: byte {at}, line {line:?}", path.display());
            } else {
                content = start;
            }
            start += line.len();
        }
    }
}

fn expectation(line: &str) -> Option<(usize, &str)> {
    let comment = line.strip_prefix('#')?;
    if let Some(wanted) = comment.trim_start().strip_prefix("<- ") {
        return Some((0, wanted.trim()));
    }
    let wanted = comment.trim_start().strip_prefix("^ ")?;
    Some((line.find('^')?, wanted.trim()))
}

/// All captures, weakest first: outer before inner nodes, earlier before later patterns.
fn captures(text: &str) -> Vec<(std::ops::Range<usize>, String)> {
    let mut parser = Parser::new();
    parser.set_language(&language()).unwrap();
    let tree = parser.parse(text, None).unwrap();
    let query = Query::new(&language(), tree_sitter_gctf::HIGHLIGHTS_QUERY).unwrap();
    let mut cursor = QueryCursor::new();
    let mut found = Vec::new();
    let mut matches = cursor.matches(&query, tree.root_node(), text.as_bytes());
    while let Some(matched) = matches.next() {
        for capture in matched.captures() {
            let name = query.capture_names()[capture.index as usize];
            if !name.starts_with('_') {
                found.push((capture.node.byte_range(), matched.pattern_index, name.to_owned()));
            }
        }
    }
    found.sort_by_key(|(range, pattern, _)| (std::cmp::Reverse(range.len()), *pattern));
    found.into_iter().map(|(range, _, name)| (range, name)).collect()
}
