//! The place of a cursor in a JSON body.

use super::super::build::{children, named_children};
use super::super::document::{Document, Section};
use super::super::json_tree::{MAX_DEPTH, key_text};
use std::ops::Range;
use tree_sitter::Node;

/// One step from a body's value towards the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Key(String),
    Element,
    /// Into an object whose `@type` is this text.
    Type(String),
}

/// What can stand at the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonSlot {
    Key,
    Value,
}

/// A cursor in a JSON body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonPlace {
    /// The way from the body's value to the object whose key, or to the value that stands at the cursor.
    pub path: Vec<Step>,
    pub slot: JsonSlot,
    /// The token under the cursor, quotes included; empty between tokens.
    pub token: Range<usize>,
    /// The quote that opens the token.
    pub quote: Option<char>,
    /// Keys of the object but the one under the cursor (for a value: the one it belongs to).
    pub siblings: Vec<String>,
    /// Those of the siblings whose value is `null`.
    pub unset: Vec<String>,
    /// Whether a colon follows the key.
    pub colon: bool,
    /// Whether what follows needs a comma that is not there.
    pub comma_after: bool,
    /// Where a comma is missing before the cursor.
    pub comma_before: Option<usize>,
}

/// The place of `offset` in the body of `section`.
pub(super) fn place(document: &Document, section: &Section, offset: usize) -> JsonPlace {
    let mut finder = Finder {
        text: document.text(),
        offset,
        path: Vec::new(),
    };
    let body = named_children(document.root())
        .filter(|node| node.kind() == "section")
        .filter_map(|node| node.child_by_field_name("body"))
        .find(|body| body.start_byte() >= section.header.end);
    match body.filter(|body| body.start_byte() < section.body_range.end) {
        Some(body) => finder.in_values(body, Container::Body),
        None => finder.empty(JsonSlot::Value),
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Container {
    Body,
    Array,
}

struct Finder<'a> {
    text: &'a str,
    offset: usize,
    path: Vec<Step>,
}

impl Finder<'_> {
    /// In a body or an array, where values follow each other.
    fn in_values(&mut self, container: Node<'_>, kind: Container) -> JsonPlace {
        if self.path.len() >= MAX_DEPTH {
            return self.nothing();
        }
        let tokens = significant(container);
        let behind = tokens.partition_point(|node| node.start_byte() < self.offset);
        if kind == Container::Array {
            self.path.push(Step::Element);
        }
        let touching = tokens[..behind]
            .last()
            .copied()
            .filter(|node| is_value(*node))
            .filter(|node| self.holds(*node))
            .or_else(|| {
                tokens
                    .get(behind)
                    .copied()
                    .filter(|node| is_scalar(*node) && node.start_byte() == self.offset)
            });
        if let Some(node) = touching {
            return match node.kind() {
                "object" => self.in_object(node),
                "array" => self.in_values(node, Container::Array),
                _ => {
                    let next = tokens.iter().find(|next| next.start_byte() >= node.end_byte());
                    let previous = tokens.iter().rev().find(|other| other.end_byte() <= node.start_byte());
                    let in_array = kind == Container::Array;
                    let follows = in_array && next.is_some_and(|next| is_value(*next));
                    let unseparated = previous.filter(|node| in_array && is_value(**node));
                    JsonPlace {
                        comma_before: unseparated.map(|node| node.end_byte()),
                        ..self.at_token(node, JsonSlot::Value, follows)
                    }
                }
            };
        }
        let mut place = self.empty(JsonSlot::Value);
        if kind == Container::Array {
            place.comma_after = tokens.get(behind).is_some_and(|node| is_value(*node));
            place.comma_before = tokens[..behind]
                .last()
                .filter(|node| is_value(**node))
                .map(|node| node.end_byte());
        }
        place
    }

    fn in_object(&mut self, object: Node<'_>) -> JsonPlace {
        if self.path.len() >= MAX_DEPTH {
            return self.nothing();
        }
        let tokens = significant(object);
        self.path.extend(type_name(&tokens, self.text).map(Step::Type));
        let behind = tokens.partition_point(|node| node.start_byte() < self.offset);
        let before = tokens[..behind].last().copied();
        if let Some(value) = before.filter(|node| matches!(node.kind(), "object" | "array") && self.holds(*node)) {
            return self.in_unnamed(value, &tokens[..behind - 1]);
        }
        let pair = before.filter(|node| node.kind() == "pair").or_else(|| {
            tokens
                .get(behind)
                .copied()
                .filter(|node| node.kind() == "pair" && node.start_byte() == self.offset)
        });
        if let Some(pair) = pair {
            let next = tokens
                .iter()
                .find(|next| next.start_byte() >= pair.end_byte() && next.id() != pair.id());
            let follows = next.is_some_and(|next| starts_member(*next));
            let previous = tokens.iter().rev().find(|other| other.end_byte() <= pair.start_byte());
            let unseparated = previous
                .filter(|node| starts_member(**node))
                .map(|node| node.end_byte());
            if let Some((mut place, own)) = self.in_pair(pair, follows) {
                if own {
                    place.comma_before = unseparated;
                    self.meets(&mut place, &tokens, Some(pair));
                }
                return place;
            }
        }
        let mut place = self.empty(JsonSlot::Key);
        place.comma_after = tokens.get(behind).is_some_and(|node| starts_member(*node));
        place.comma_before = before.filter(|node| starts_member(*node)).map(|node| node.end_byte());
        self.meets(&mut place, &tokens, None);
        place
    }

    /// In an object or array among the members of an object: the value of a key that lacks its colon, or the
    /// next element where the one before is not closed.
    fn in_unnamed(&mut self, value: Node<'_>, before: &[Node<'_>]) -> JsonPlace {
        let pair = before.last().filter(|node| node.kind() == "pair");
        let key = pair.and_then(|pair| pair.child_by_field_name("key"));
        let has_colon = pair.is_some_and(|pair| children(*pair).any(|node| node.kind() == ":"));
        match (key.filter(|_| !has_colon), value.kind()) {
            (None, "object") => {
                self.path.pop_if(|step| matches!(step, Step::Type(_)));
                match self.path.last() {
                    Some(Step::Element) => self.in_object(value),
                    _ => self.nothing(),
                }
            }
            (None, _) => self.nothing(),
            (Some(key), kind) => {
                self.path.push(Step::Key(key_text(key, self.text)));
                match kind {
                    "object" => self.in_object(value),
                    _ => self.in_values(value, Container::Array),
                }
            }
        }
    }

    /// Notes the members of an object but `own`.
    fn meets(&self, place: &mut JsonPlace, tokens: &[Node<'_>], own: Option<Node<'_>>) {
        for pair in tokens
            .iter()
            .filter(|node| node.kind() == "pair" && Some(**node) != own)
        {
            let Some(key) = pair.child_by_field_name("key") else {
                continue;
            };
            let key = key_text(key, self.text);
            let value = pair.child_by_field_name("value");
            if value.is_some_and(|value| value.kind() == "null") {
                place.unset.push(key.clone());
            }
            place.siblings.push(key);
        }
    }

    /// The place inside a member, and whether it is of the member's own object; `None` behind the member.
    fn in_pair(&mut self, pair: Node<'_>, follows: bool) -> Option<(JsonPlace, bool)> {
        let key = pair.child_by_field_name("key")?;
        let colon = children(pair).find(|node| node.kind() == ":");
        let value = pair.child_by_field_name("value");
        if self.offset <= key.end_byte() {
            let comma_after = follows && colon.is_none();
            let mut place = self.at_token(key, JsonSlot::Key, comma_after);
            place.colon = colon.is_some();
            return Some((place, true));
        }
        let Some(colon) = colon else {
            // On the key's line only its colon can follow; on the next line another member starts.
            let same_line = !self.text[key.end_byte()..self.offset].contains('\n');
            return same_line.then(|| (self.nothing(), true));
        };
        if self.offset < colon.end_byte() {
            return Some((self.nothing(), true));
        }
        match value {
            None => {
                self.path.push(Step::Key(key_text(key, self.text)));
                let mut place = self.empty(JsonSlot::Value);
                place.comma_after = follows;
                Some((place, true))
            }
            Some(value) if self.holds(value) || self.offset <= value.start_byte() => {
                self.path.push(Step::Key(key_text(key, self.text)));
                match value.kind() {
                    "object" if self.offset > value.start_byte() => Some((self.in_object(value), false)),
                    "array" if self.offset > value.start_byte() => {
                        Some((self.in_values(value, Container::Array), false))
                    }
                    _ if self.offset < value.start_byte() || !is_scalar(value) => {
                        Some((self.before_value(value), true))
                    }
                    _ => Some((self.at_token(value, JsonSlot::Value, follows), true)),
                }
            }
            Some(_) => None,
        }
    }

    /// Between a colon and a value that stands further on: a new value, if the other is on a later line.
    fn before_value(&self, value: Node<'_>) -> JsonPlace {
        let same_line = !self.text[self.offset..value.start_byte()].contains('\n');
        match (same_line, is_scalar(value)) {
            // What is replaced holds the cursor.
            (true, true) => {
                let mut place = self.at_token(value, JsonSlot::Value, false);
                place.token.start = self.offset;
                place
            }
            (true, false) => self.nothing(),
            (false, _) => self.empty(JsonSlot::Value),
        }
    }

    /// Whether the cursor is inside `node`: touching a scalar, between the brackets of a container, or
    /// behind a container or string that was left open.
    fn holds(&self, node: Node<'_>) -> bool {
        match is_scalar(node) {
            true => self.offset <= node.end_byte(),
            false => self.offset < node.end_byte() || left_open(node),
        }
    }

    fn at_token(&self, node: Node<'_>, slot: JsonSlot, comma_after: bool) -> JsonPlace {
        let text = &self.text[node.byte_range()];
        let quote = text.chars().next().filter(|first| matches!(first, '"' | '\''));
        let open_string = node.kind() == "string" && children(node).any(|part| part.kind() == "missing_quote");
        let end = match open_string {
            // The rest of the line is in the string only because its quote is missing.
            true => {
                let tail = &self.text[self.offset..node.end_byte().max(self.offset)];
                self.offset + tail.len() - tail.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_').len()
            }
            false => node.end_byte(),
        };
        JsonPlace {
            path: self.path.clone(),
            slot,
            token: node.start_byte()..end,
            quote,
            siblings: Vec::new(),
            unset: Vec::new(),
            colon: false,
            comma_after,
            comma_before: None,
        }
    }

    fn empty(&self, slot: JsonSlot) -> JsonPlace {
        JsonPlace {
            path: self.path.clone(),
            slot,
            token: self.offset..self.offset,
            quote: None,
            siblings: Vec::new(),
            unset: Vec::new(),
            colon: false,
            comma_after: false,
            comma_before: None,
        }
    }

    /// A place of which nothing can be said: where only a colon can stand, or too deep.
    fn nothing(&self) -> JsonPlace {
        JsonPlace {
            path: vec![Step::Key(String::new())],
            ..self.empty(JsonSlot::Value)
        }
    }
}

/// The text of the last `@type` among the members of an object.
fn type_name(tokens: &[Node<'_>], text: &str) -> Option<String> {
    let mut pairs = tokens.iter().rev().filter(|node| node.kind() == "pair");
    pairs.find_map(|pair| {
        let key = pair.child_by_field_name("key")?;
        let value = pair.child_by_field_name("value")?;
        let is_type = value.kind() == "string" && key_text(key, text) == "@type";
        is_type.then(|| key_text(value, text))
    })
}

/// The children that are no comments and have text.
fn significant(node: Node<'_>) -> Vec<Node<'_>> {
    children(node)
        .filter(|child| child.kind() != "comment" && !child.byte_range().is_empty())
        .collect()
}

fn left_open(node: Node<'_>) -> bool {
    let last = children(node).last();
    last.is_some_and(|last| last.kind() == "missing_close")
}

fn is_scalar(node: Node<'_>) -> bool {
    matches!(
        node.kind(),
        "string" | "number" | "true" | "false" | "null" | "bare_word" | "interpolation"
    )
}

fn is_value(node: Node<'_>) -> bool {
    is_scalar(node) || matches!(node.kind(), "object" | "array")
}

fn starts_member(node: Node<'_>) -> bool {
    node.kind() == "pair" || is_value(node)
}
