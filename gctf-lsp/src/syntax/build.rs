//! From tree-sitter's nodes to the typed views. The only reader of node kinds besides the validation,
//! the cursor and the colours.

use super::document::{Attribute, Body, Entry, Expression, Extraction, HeaderOption, Outline, Section, Text};
use super::json::{Data, Value};
use super::json_tree::read_values;
use crate::spec::SectionKind;
use std::ops::Range;
use tree_sitter::Node;

/// The views of a whole document.
pub(super) fn outline(root: Node<'_>, text: &str) -> Outline {
    let mut outline = Outline::default();
    for node in children(root) {
        match node.kind() {
            "preamble" => {
                outline
                    .preamble
                    .extend(named_children(node).filter(is_no_comment).map(|line| line.byte_range()));
            }
            "section" => outline.sections.push(section(node, text)),
            "near_miss_section" => outline.near_misses.push(node.byte_range()),
            "attribute" => outline.dangling.push(attribute(node, text)),
            _ => {}
        }
    }
    // To walk over the whole tree takes longer than to see that there is no comment in it.
    if ["#", "//", "/*"].iter().any(|mark| text.contains(mark)) {
        super::tokens::leaves_of_kind(root, "comment", |node| outline.comments.push(node.byte_range()));
    }
    close_bodies(&mut outline, root, text);
    outline
}

/// A body goes from behind its header's line to the start of the next section.
fn close_bodies(outline: &mut Outline, root: Node<'_>, text: &str) {
    let starts: Vec<_> = children(root)
        .filter(|node| matches!(node.kind(), "section" | "near_miss_section" | "attribute"))
        .map(|node| node.start_byte())
        .collect();
    for section in &mut outline.sections {
        let line_end = text[section.header.end..]
            .find('\n')
            .map_or(text.len(), |at| section.header.end + at + 1);
        let next = starts.partition_point(|start| *start <= section.header.start);
        let next = starts.get(next).copied().unwrap_or(text.len());
        section.body_range = line_end..next.max(line_end);
    }
}

fn section(node: Node<'_>, text: &str) -> Section {
    let header = node.child_by_field_name("header").unwrap_or(node);
    let name = header.child_by_field_name("name").unwrap_or(header);
    let name_text = text[name.byte_range()].to_owned();
    let kind = SectionKind::from_name(&name_text);
    let mut options = Vec::new();
    let mut header_junk = Vec::new();
    for part in named_children(header) {
        match part.kind() {
            "option" => options.push(option(part, text)),
            "header_junk" => header_junk.push(part.byte_range()),
            _ => {}
        }
    }
    Section {
        kind,
        name: name_text,
        name_range: name.byte_range(),
        header: trimmed(text, header.byte_range()),
        options,
        header_junk,
        attributes: named_children(node)
            .filter(|child| child.kind() == "attribute")
            .map(|child| attribute(child, text))
            .collect(),
        body_range: 0..0,
        body: body(node.child_by_field_name("body"), kind, text),
    }
}

fn option(node: Node<'_>, text: &str) -> HeaderOption {
    let name = node.child_by_field_name("name").unwrap_or(node);
    HeaderOption {
        range: node.byte_range(),
        name: unquoted(&text[name.byte_range()]).to_owned(),
        name_range: name.byte_range(),
        value: node.child_by_field_name("value").map(|value| Text {
            range: value.byte_range(),
            text: unquoted(&text[value.byte_range()]).to_owned(),
        }),
    }
}

fn attribute(node: Node<'_>, text: &str) -> Attribute {
    Attribute {
        range: trimmed(text, node.byte_range()),
        name: node.child_by_field_name("name").map(|name| piece(name, text)),
        value: node.child_by_field_name("value").map(|value| piece(value, text)),
        junk: named_children(node)
            .filter(|child| child.kind() == "attribute_junk")
            .map(|child| child.byte_range())
            .collect(),
    }
}

/// The body's view; an empty body of the section's family when there is no node.
fn body(node: Option<Node<'_>>, kind: SectionKind, text: &str) -> Body {
    let Some(node) = node else {
        return empty_body(kind);
    };
    match node.kind() {
        "json_body" => Body::Json(match kind {
            SectionKind::Error => bare_text(node, text).map_or_else(|| read_values(node, text), |word| vec![word]),
            _ => read_values(node, text),
        }),
        "key_value_body" => Body::KeyValue(entries(node, text)),
        "value_body" => Body::Lines(
            named_children(node)
                .filter(is_no_comment)
                .map(|line| piece(line, text))
                .collect(),
        ),
        "assert_body" => Body::Asserts(expressions(node, text)),
        "extract_body" => Body::Extract(extractions(node, text)),
        "yaml_body" => Body::Yaml,
        _ => Body::Text,
    }
}

/// The whole text of an ERROR without quotes and brackets around it, as old files have it.
fn bare_text(body: Node<'_>, text: &str) -> Option<Value> {
    let nodes = || children(body).filter(is_no_comment);
    let starts = nodes()
        .next()
        .is_some_and(|first| !matches!(first.kind(), "string" | "stray" | ","));
    let words = nodes().any(|node| node.kind() == "bare_word");
    let containers = nodes().any(|node| matches!(node.kind(), "object" | "array"));
    let range = nodes().next()?.start_byte()..nodes().last()?.end_byte();
    (starts && words && !containers).then(|| Value {
        data: Data::Word(text[range.clone()].to_owned()),
        range,
    })
}

fn empty_body(kind: SectionKind) -> Body {
    match kind {
        SectionKind::Request | SectionKind::Response | SectionKind::Error => Body::Json(Vec::new()),
        SectionKind::Tls
        | SectionKind::Proto
        | SectionKind::Options
        | SectionKind::RequestHeaders
        | SectionKind::Bench => Body::KeyValue(Vec::new()),
        SectionKind::Address | SectionKind::Endpoint => Body::Lines(Vec::new()),
        SectionKind::Asserts => Body::Asserts(Vec::new()),
        SectionKind::Extract => Body::Extract(Vec::new()),
        SectionKind::Meta | SectionKind::Dataset => Body::Yaml,
        SectionKind::Unknown => Body::Text,
    }
}

fn entries(body: Node<'_>, text: &str) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for node in named_children(body).filter(is_no_comment) {
        let range = trimmed(text, node.byte_range());
        if node.kind() == "continuation_line" {
            if let Some(entry) = entries.last_mut() {
                entry.range.end = range.end;
                entry.value.range.end = range.end;
                entry.value.text.push('\n');
                entry.value.text.push_str(&text[range]);
            }
            continue;
        }
        let empty = |at: usize| Text {
            range: at..at,
            text: String::new(),
        };
        let key = node.child_by_field_name("key").map(|key| piece(key, text));
        let value = node.child_by_field_name("value").map(|value| piece(value, text));
        let colon = node.kind() == "entry";
        entries.push(Entry {
            key: match (key, colon) {
                (Some(key), _) => key,
                (None, true) => empty(range.start),
                (None, false) => Text {
                    range: range.clone(),
                    text: text[range.clone()].to_owned(),
                },
            },
            colon,
            value: value.unwrap_or_else(|| empty(range.end)),
            range,
        });
    }
    entries
}

/// Expressions of an ASSERTS body, lines joined while a bracket is open.
fn expressions(body: Node<'_>, text: &str) -> Vec<Expression> {
    let lines: Vec<_> = named_children(body)
        .filter(|node| node.kind() == "expression")
        .collect();
    let brackets: Vec<_> = lines.iter().map(|line| Brackets::of(*line, text)).collect();
    let mut expressions = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let (expression, used) = join(&lines[at..], &brackets[at..], text);
        expressions.push(expression);
        at += used;
    }
    expressions
}

fn extractions(body: Node<'_>, text: &str) -> Vec<Extraction> {
    let lines: Vec<_> = named_children(body).filter(is_no_comment).collect();
    let mut extractions = Vec::new();
    let mut at = 0;
    while let Some(&line) = lines.get(at) {
        at += 1;
        let name = line.child_by_field_name("name").map(|name| piece(name, text));
        let annotation = line.child_by_field_name("type").map(|name| piece(name, text));
        let mut value = None;
        if let Some(first) = line.child_by_field_name("value") {
            let continued: Vec<_> = [first]
                .into_iter()
                .chain(
                    lines[at..]
                        .iter()
                        .copied()
                        .take_while(|next| next.kind() == "expression"),
                )
                .collect();
            let brackets: Vec<_> = continued.iter().map(|line| Brackets::of(*line, text)).collect();
            let (expression, used) = join(&continued, &brackets, text);
            at += used - 1;
            value = Some(expression);
        }
        let start = line.start_byte();
        let end = value.as_ref().map_or(line.end_byte(), |value| value.range.end);
        extractions.push(Extraction {
            range: trimmed(text, start..end.max(line.end_byte())),
            name,
            annotation,
            value,
        });
    }
    extractions
}

/// What a line does to the number of open brackets.
#[derive(Clone, Copy)]
struct Brackets {
    /// Closing brackets that nothing in the line opens.
    closes: usize,
    /// Opening brackets that nothing in the line closes.
    opens: usize,
    /// Where the first of those is.
    first_open: Option<usize>,
}

impl Brackets {
    fn of(line: Node<'_>, text: &str) -> Self {
        let mut closes = 0;
        let mut open: Vec<usize> = Vec::new();
        super::tokens::leaves(line, |leaf| match &text[leaf.byte_range()] {
            "(" | "[" | "{" => open.push(leaf.start_byte()),
            ")" | "]" | "}" => closes += usize::from(open.pop().is_none()),
            _ => {}
        });
        Self {
            closes,
            opens: open.len(),
            first_open: open.first().copied(),
        }
    }
}

/// The expression that starts at the first of `lines`, and how many lines it takes.
///
/// A bracket that is still open at the end of the body makes the first line alone a broken expression.
fn join(lines: &[Node<'_>], brackets: &[Brackets], text: &str) -> (Expression, usize) {
    let mut depth = 0_usize;
    let closed = brackets.iter().position(|line| {
        depth = depth.saturating_sub(line.closes) + line.opens;
        depth == 0
    });
    match closed {
        Some(last) => (expression(&lines[..=last], None, text), last + 1),
        None => (expression(&lines[..1], brackets[0].first_open, text), 1),
    }
}

fn expression(lines: &[Node<'_>], unclosed: Option<usize>, text: &str) -> Expression {
    let mut end = lines[0].start_byte();
    for line in lines {
        super::tokens::leaves(*line, |leaf| {
            if leaf.kind() != "comment" && !leaf.byte_range().is_empty() {
                end = leaf.end_byte();
            }
        });
    }
    let range = trimmed(text, lines[0].start_byte()..end);
    let mut code = text[range.clone()].as_bytes().to_vec();
    // What stands between the expression lines is blank lines and comments.
    for pair in lines.windows(2) {
        for byte in &mut code[pair[0].end_byte() - range.start..pair[1].start_byte() - range.start] {
            if !matches!(byte, b'\n' | b'\r') {
                *byte = b' ';
            }
        }
    }
    Expression {
        code: String::from_utf8(code).unwrap_or_else(|_| text[range.clone()].to_owned()),
        range,
        unclosed,
    }
}

fn piece(node: Node<'_>, text: &str) -> Text {
    let range = trimmed(text, node.byte_range());
    Text {
        text: text[range.clone()].to_owned(),
        range,
    }
}

/// `range` without the blanks and line ends at its ends.
fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let slice = &text[range.clone()];
    let start = range.start + (slice.len() - slice.trim_start_matches([' ', '\t', '\r', '\n']).len());
    let length = text[start..range.end].trim_end_matches([' ', '\t', '\r', '\n']).len();
    start..start + length
}

fn unquoted(text: &str) -> &str {
    let inner = |quote| text.strip_prefix(quote)?.strip_suffix(quote);
    inner('"').or_else(|| inner('\'')).unwrap_or(text)
}

pub(super) fn children(node: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    let mut cursor = node.walk();
    let mut more = cursor.goto_first_child();
    std::iter::from_fn(move || {
        let node = more.then(|| cursor.node())?;
        more = cursor.goto_next_sibling();
        Some(node)
    })
}

pub(super) fn named_children(node: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    children(node).filter(Node::is_named)
}

fn is_no_comment(node: &Node<'_>) -> bool {
    node.kind() != "comment"
}
