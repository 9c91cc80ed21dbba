//! What holds for any text: totality, agreement with the line rules, isolation, and incremental = cold.
//!
//! `GCTF_FUZZ=N` raises the number of generated documents.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::{
    env, fs,
    ops::Range,
    path::{Path, PathBuf},
};

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

// ---- the line rules, read a second time and in another way

const BLANKS: [char; 2] = [' ', '\t'];
const NAMES: [&str; 15] = [
    "META",
    "BENCH",
    "DATASET",
    "ADDRESS",
    "ENDPOINT",
    "TLS",
    "PROTO",
    "OPTIONS",
    "REQUEST_HEADERS",
    "HEADERS",
    "REQUEST",
    "RESPONSE",
    "ERROR",
    "ASSERTS",
    "EXTRACT",
];

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Header,
    NearMiss,
    Attribute,
    Other,
}

impl Kind {
    fn is_section(self) -> bool {
        matches!(self, Kind::Header | Kind::NearMiss)
    }
}

struct Line {
    kind: Kind,
    text: String,
    range: Range<usize>,
}

impl Line {
    fn read(text: &str) -> Vec<Line> {
        let mut lines = Vec::new();
        let mut start = if text.starts_with('\u{feff}') { 3 } else { 0 };
        for piece in text[start..].split_inclusive('\n') {
            let line = piece.strip_suffix("\r\n").or(piece.strip_suffix('\n')).unwrap_or(piece);
            let kind = if header_name(line).is_some() {
                Kind::Header
            } else if is_near_miss(line) {
                Kind::NearMiss
            } else {
                Kind::Other
            };
            lines.push(Line {
                kind,
                text: line.to_owned(),
                range: start..start + line.len(),
            });
            start += piece.len();
        }
        // Upwards from each header and from the end, past blank lines and comments.
        let mut open = true;
        for line in lines.iter_mut().rev() {
            let trimmed = line.text.trim_start_matches(BLANKS);
            open = match line.kind {
                Kind::Header => true,
                Kind::NearMiss => false,
                _ => open && (trimmed.is_empty() || trimmed.starts_with('#') || trimmed.starts_with("//")),
            };
            if open && trimmed.starts_with("#[") {
                line.kind = Kind::Attribute;
            }
        }
        lines
    }
}

fn header_name(line: &str) -> Option<&str> {
    let line = line.trim_matches(BLANKS);
    let inner = line.strip_prefix("---")?.trim_start_matches(BLANKS);
    let length = inner
        .find(|c: char| !c.is_ascii_uppercase() && c != '_')
        .unwrap_or(inner.len());
    (length > 0 && inner[length..].ends_with("---")).then(|| &inner[..length])
}

fn is_near_miss(line: &str) -> bool {
    let line = line.trim_start_matches(BLANKS);
    let word = line.trim_start_matches('-');
    if line.len() - word.len() < 2 {
        return false;
    }
    let word = word.trim_start_matches(BLANKS);
    let word = word
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .next()
        .unwrap_or_default();
    NAMES.contains(&word.to_ascii_uppercase().as_str())
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

// ---- input

/// All `.gctf` files of the project, and those of a corpus beside it when there is one.
fn files() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["../examples", "../tests/data", "../../shared/corpus"] {
        collect(&root.join(folder), &mut files);
    }
    files.sort();
    files
}

fn collect(folder: &Path, files: &mut Vec<(PathBuf, String)>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "gctf")
            && let Ok(text) = fs::read_to_string(&path)
        {
            files.push((path, text));
        }
    }
}

const TOKENS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\"",
    "'",
    "\"a\"",
    "\"a\":",
    "'b'",
    "\\",
    "\\\n",
    "\\\r\n",
    "\n",
    "\n",
    "\n\n",
    "\r\n",
    "\r",
    " ",
    "  ",
    "\t",
    "\u{c}",
    "# c",
    "\n# c\n",
    "// d",
    "\n// d\n",
    "/*",
    "*/",
    "/* c */",
    "/",
    "\n#[skip]\n",
    "\n#[timeout(5)]\n",
    "\n  #[name(\"a(b\\\")\") x",
    "#[",
    "#[a=1]",
    "]",
    "(",
    ")",
    "{{ v }}",
    "{{",
    "}}",
    "{{v.w}}",
    "1.5",
    "-",
    "--",
    "---",
    "----",
    "+.5e3",
    "0x1F",
    "true",
    "null",
    "abc",
    "key: v",
    "\nkey: {{ v }} x",
    "=",
    "==",
    "é",
    "\u{1F600}",
    "\0",
    "\u{feff}",
    "\u{2028}",
    "\u{a0}",
    ".a.b | c",
    "@header(\"x\")",
    "$x",
    " matches /a[/]/i",
    " contains ",
    "\"\\(\"x\")\"",
    "x = .a",
    "\nn:number = .b",
    "\n: x",
    "\n   indented",
    "\\u12",
    "\\n",
    "?",
    "..",
    "!",
    "#",
    ";",
    "|",
    "<END>",
    "*",
    "\n--- REQUEST ---\n",
    "\n--- RESPONSE partial tolerance=0.1 redact=[\"a---b\"] ---\n",
    "\n--- ERROR ---\n",
    "\n--- ASSERTS ---\n",
    "\n--- EXTRACT ---\n",
    "\n--- ADDRESS ---\n",
    "\n--- ENDPOINT ----\n",
    "\n---TLS---\n",
    "\n  --- PROTO ---  \r\n",
    "\n--- REQUEST_HEADERS ---\n",
    "\n--- OPTIONS ---\n",
    "\n--- BENCH ---\n",
    "\n--- META ---\n",
    "\n--- DATASET ---\n",
    "\n--- REQUEST_2 ---\n",
    "\n--- Endpoint ---\n",
    "\n--- endpoint ---\n",
    "\n--- ENDPOINT\n",
    "\n-- error --\n",
    "\n---- TLS ----\n",
    "\n--- X ---\n",
    "\n--- X a=\"b c\" , 'd' =e [f g] \\--- ---\n",
    "\n--- RESPONSE a=[",
    "--- ---",
    " ---\n",
    "\n------\n",
    "--- REQUEST ---",
    "\n--- X --- -",
    "\n--- X --- ---\n",
    "\n---A---A---A---\n",
];

/// A xorshift generator: the same documents on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    fn token(&mut self) -> &'static str {
        TOKENS[self.below(TOKENS.len())]
    }

    fn text(&mut self) -> String {
        let mut text = String::new();
        for _ in 0..self.below(60) {
            text.push_str(self.token());
        }
        text
    }

    fn edit(&mut self, text: &str, within: Range<usize>) -> (Range<usize>, String) {
        let mut start = within.start + self.below(within.len() + 1);
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        let mut end = (start + self.below(8)).min(within.end);
        while !text.is_char_boundary(end) {
            end += 1;
        }
        let insert = if self.below(3) == 0 { "" } else { self.token() };
        (start..end, insert.to_owned())
    }
}
