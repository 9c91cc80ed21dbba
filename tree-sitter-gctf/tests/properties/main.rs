//! What holds for any text: totality, agreement with the line rules, isolation, and incremental = cold.
//!
//! `GCTF_FUZZ=N` raises the number of generated documents.

#![expect(clippy::unwrap_used, reason = "tests")]

mod input;
mod line_rules;

use input::{Random, files};
use line_rules::{BLANKS, Kind, Line, header_name};
use std::env;
use std::ops::Range;
use tree_sitter::{InputEdit, Node, Parser, Point, Tree};

const DEFAULT_CASES: usize = 3_000;

fn cases() -> usize {
    env::var("GCTF_FUZZ")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(DEFAULT_CASES)
}

fn parser() -> Parser {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_gctf::LANGUAGE.into()).unwrap();
    parser
}

fn parse(parser: &mut Parser, text: &str) -> Tree {
    parser.parse(text, None).unwrap()
}

// ---- properties

#[test]
fn generated_text_is_total_and_agrees_with_the_line_rules() {
    let mut parser = parser();
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..cases() {
        let text = random.text();
        check(&parse(&mut parser, &text), &text);
    }
}

#[test]
fn any_bytes_are_total() {
    let mut parser = parser();
    let mut random = Random(0x1234_5678_9abc_def1);
    for _ in 0..cases() {
        let mut bytes = random.text().into_bytes();
        for _ in 0..random.below(8) {
            if !bytes.is_empty() {
                let at = random.below(bytes.len());
                bytes[at] = random.below(256) as u8;
            }
        }
        let tree = parser.parse(&bytes, None).unwrap();
        assert_total(&tree, &String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn edits_of_generated_text_reparse_to_the_cold_tree() {
    let mut parser = parser();
    let mut random = Random(0xfeed_beef_cafe_f00d);
    for _ in 0..cases() {
        let text = random.text();
        check_edits(&mut parser, &mut random, text, 3);
    }
}

#[test]
fn edits_of_generated_bodies_touch_no_other_section() {
    let mut parser = parser();
    let mut random = Random(0x0bad_cafe_dead_10cc);
    for _ in 0..cases() {
        let text = random.text();
        check_isolation(&mut parser, &mut random, &text);
    }
}

#[test]
fn real_files_have_all_properties() {
    let mut parser = parser();
    let mut random = Random(0x5eed_5eed_5eed_5eed);
    let files = files();
    let rounds = (cases() / files.len().max(1)).clamp(4, 400);
    for (path, text) in &files {
        let tree = parse(&mut parser, text);
        check(&tree, text);
        assert!(
            tree.root_node().named_child_count() > 0 || text.trim().is_empty(),
            "{}",
            path.display()
        );
        for _ in 0..rounds {
            check_edits(&mut parser, &mut random, text.clone(), 2);
            check_isolation(&mut parser, &mut random, text);
        }
    }
}

#[test]
fn every_truncation_of_a_real_file_agrees_with_the_line_rules() {
    let mut parser = parser();
    for (_, text) in files().iter().filter(|(_, text)| text.len() < 1_500) {
        for end in (0..text.len()).filter(|&end| text.is_char_boundary(end)) {
            check(&parse(&mut parser, &text[..end]), &text[..end]);
        }
    }
}

#[test]
fn a_document_parses_alike_alone_and_in_its_file() {
    let mut parser = parser();
    for (_, text) in files() {
        let tree = parse(&mut parser, &text);
        for section in sections(&tree) {
            let start = section.start_byte() - section.start_position().column;
            let rest = &text[start..];
            let alone = parse(&mut parser, rest);
            let first = sections(&alone).remove(0);
            assert_eq!(dump(section), dump(first), "{text}");
        }
    }
}

// ---- checks

fn check(tree: &Tree, text: &str) {
    assert_total(tree, text);
    let lines = Line::read(text);
    let expected = |wanted: Kind| -> Vec<usize> {
        lines
            .iter()
            .enumerate()
            .filter(|(_, line)| line.kind == wanted)
            .map(|(row, _)| row)
            .collect()
    };
    let mut headers = Vec::new();
    let mut near_misses = Vec::new();
    let mut attributes = Vec::new();
    for node in walk(tree.root_node()) {
        let row = node.start_position().row;
        match node.kind() {
            "header" => {
                let line = &lines[row];
                assert_eq!(&text[node.byte_range()], line.text.trim_matches(BLANKS), "in {text:?}");
                let name = node.child_by_field_name("name").unwrap();
                assert_eq!(Some(&text[name.byte_range()]), header_name(&line.text), "in {text:?}");
                assert_eq!(node.parent().unwrap().kind(), "section");
                headers.push(row);
            }
            "near_miss" => near_misses.push(row),
            "attribute" => attributes.push(row),
            _ => {}
        }
    }
    assert_eq!(
        headers,
        expected(Kind::Header),
        "headers of {text:?}\n{}",
        tree.root_node().to_sexp()
    );
    assert_eq!(
        near_misses,
        expected(Kind::NearMiss),
        "near-misses of {text:?}\n{}",
        tree.root_node().to_sexp()
    );
    assert_eq!(
        attributes,
        expected(Kind::Attribute),
        "attributes of {text:?}\n{}",
        tree.root_node().to_sexp()
    );
}

fn assert_total(tree: &Tree, text: &str) {
    let broken = walk(tree.root_node()).find(|node| node.is_error() || node.is_missing());
    assert!(
        broken.is_none() && !tree.root_node().has_error(),
        "{text:?}\n{}",
        tree.root_node().to_sexp()
    );
    assert!(tree.root_node().kind() == "source_file");
}

fn check_edits(parser: &mut Parser, random: &mut Random, mut text: String, edits: usize) {
    let mut tree = parse(parser, &text);
    for _ in 0..edits {
        let before = text.clone();
        let (range, insert) = random.edit(&text, 0..text.len());
        edit(&mut tree, &mut text, range.clone(), &insert);
        tree = parser.parse(&text, Some(&tree)).unwrap();
        let cold = parse(parser, &text);
        assert_eq!(
            dump(tree.root_node()),
            dump(cold.root_node()),
            "{before:?}, {range:?} → {insert:?}"
        );
    }
}

/// Edits one body, between a header and the next special line, and compares all other sections.
fn check_isolation(parser: &mut Parser, random: &mut Random, text: &str) {
    let before = Line::read(text);
    let starts: Vec<usize> = (0..before.len()).filter(|&row| before[row].kind.is_section()).collect();
    if starts.is_empty() {
        return;
    }
    let number = random.below(starts.len());
    let first = starts[number] + 1;
    let Some(last) = (first..before.len())
        .take_while(|&row| before[row].kind == Kind::Other)
        .last()
    else {
        return;
    };
    let (range, insert) = random.edit(text, before[first].range.start..before[last].range.end);
    let mut changed = text.to_owned();
    changed.replace_range(range.clone(), &insert);
    let special = |lines: &[Line]| -> Vec<(Kind, String)> {
        lines
            .iter()
            .filter(|l| l.kind != Kind::Other)
            .map(|l| (l.kind, l.text.clone()))
            .collect()
    };
    if special(&before) != special(&Line::read(&changed)) {
        return;
    }
    let (old, new) = (parse(parser, text), parse(parser, &changed));
    let (old, new) = (sections(&old), sections(&new));
    assert_eq!(old.len(), new.len());
    for (index, (old, new)) in old.into_iter().zip(new).enumerate() {
        assert!(
            index == number || dump(old) == dump(new),
            "{text:?}, {range:?} → {insert:?}, section {index}"
        );
    }
}

// ---- trees

fn walk(root: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    let mut cursor = root.walk();
    let mut done = false;
    std::iter::from_fn(move || {
        if done {
            return None;
        }
        let node = cursor.node();
        done = !cursor.goto_first_child()
            && loop {
                if cursor.goto_next_sibling() {
                    break false;
                }
                if !cursor.goto_parent() {
                    break true;
                }
            };
        Some(node)
    })
}

fn sections(tree: &Tree) -> Vec<Node<'_>> {
    let root = tree.root_node();
    root.children(&mut root.walk())
        .filter(|node| node.kind().ends_with("section"))
        .collect()
}

type Shape<'t> = Vec<(&'t str, Option<&'t str>, u32, Range<usize>)>;

/// Kinds, fields, depths and ranges, relative to the node.
fn dump(root: Node<'_>) -> Shape<'_> {
    let mut shape = Vec::new();
    let mut cursor = root.walk();
    loop {
        let node = cursor.node();
        let range = node.start_byte() - root.start_byte()..node.end_byte() - root.start_byte();
        shape.push((node.kind(), cursor.field_name(), cursor.depth(), range));
        if cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return shape;
            }
        }
    }
}

fn point(text: &str, byte: usize) -> Point {
    let before = &text.as_bytes()[..byte];
    let row = before.iter().filter(|&&b| b == b'\n').count();
    Point {
        row,
        column: byte - before.iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1),
    }
}

fn edit(tree: &mut Tree, text: &mut String, range: Range<usize>, insert: &str) {
    let start_position = point(text, range.start);
    let old_end_position = point(text, range.end);
    text.replace_range(range.clone(), insert);
    let new_end_byte = range.start + insert.len();
    tree.edit(&InputEdit {
        start_byte: range.start,
        old_end_byte: range.end,
        new_end_byte,
        start_position,
        old_end_position,
        new_end_position: point(text, new_end_byte),
    });
}
