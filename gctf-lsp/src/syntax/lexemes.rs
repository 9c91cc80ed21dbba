//! A JSON body as a flat row of brackets, commas, values and comments: what layout is made of. A broken body
//! has such a row too.

use super::build::children;
use super::document::{Document, Section};
use super::tokens::leaves_below;
use std::ops::Range;
use tree_sitter::Node;

/// What a [`Lexeme`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LexemeKind {
    Open,
    Close,
    Comma,
    Colon,
    /// A string, number, literal or word.
    Scalar,
    /// To the end of its line.
    LineComment,
    /// `/* … */`, over one line or several.
    BlockComment,
    /// What makes the body's syntax wrong.
    Fault,
}

/// One piece of a JSON body, with bytes of the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lexeme {
    pub range: Range<usize>,
    pub kind: LexemeKind,
}

impl Document {
    /// The lexemes in the body of one of the document's sections, in order; none where it is no JSON.
    pub fn lexemes(&self, section: &Section) -> Vec<Lexeme> {
        let mut found = Vec::new();
        if let Some(body) = self.json_body(section) {
            self.tokens_of(body, &mut found);
        }
        let body = &section.body_range;
        let first = self.comments().partition_point(|comment| comment.start < body.start);
        let comments = self.comments()[first..].iter();
        found.extend(
            comments
                .take_while(|comment| comment.start < body.end)
                .map(|comment| Lexeme {
                    range: comment.clone(),
                    kind: comment_kind(&self.text()[comment.clone()]),
                }),
        );
        found.sort_by_key(|lexeme| lexeme.range.start);
        found
    }

    fn json_body(&self, section: &Section) -> Option<Node<'_>> {
        let mut cursor = self.root().walk();
        cursor.goto_first_child_for_byte(section.header.start)?;
        let node = cursor.node();
        node.child_by_field_name("body")
            .filter(|body| body.kind() == "json_body")
    }

    fn tokens_of(&self, body: Node<'_>, found: &mut Vec<Lexeme>) {
        leaves_below(body, |leaf, above| {
            let string = above.last().filter(|node| node.kind() == "string");
            if leaf.kind() == "comment" {
                return;
            }
            let (range, kind) = match string {
                // A string is told by its first leaf.
                Some(string) if string.start_byte() != leaf.start_byte() => return,
                Some(string) => (string.byte_range(), string_kind(*string)),
                None => (leaf.byte_range(), kind(leaf.kind())),
            };
            found.push(Lexeme { range, kind });
        });
    }
}

fn string_kind(string: Node<'_>) -> LexemeKind {
    let broken = children(string).any(|part| matches!(part.kind(), "missing_quote" | "invalid_escape"));
    match broken {
        true => LexemeKind::Fault,
        false => LexemeKind::Scalar,
    }
}

fn kind(node: &str) -> LexemeKind {
    match node {
        "{" | "[" => LexemeKind::Open,
        "}" | "]" => LexemeKind::Close,
        "," => LexemeKind::Comma,
        ":" => LexemeKind::Colon,
        "number" | "true" | "false" | "null" | "bare_word" => LexemeKind::Scalar,
        _ => LexemeKind::Fault,
    }
}

fn comment_kind(text: &str) -> LexemeKind {
    match text.strip_prefix("/*") {
        // The rest of a block comment that is not closed.
        None if text.contains('\n') => LexemeKind::Fault,
        None => LexemeKind::LineComment,
        Some(rest) if rest.ends_with("*/") => LexemeKind::BlockComment,
        Some(_) => LexemeKind::Fault,
    }
}
