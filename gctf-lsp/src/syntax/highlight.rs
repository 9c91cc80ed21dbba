//! What each token of a document is, in the standard token types of editors.

use super::document::Document;
use super::tokens::leaves_below;
use crate::spec::SectionKind;
use std::ops::Range;
use tree_sitter::Node;

/// Standard token types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    Keyword,
    Parameter,
    Decorator,
    Namespace,
    Class,
    Method,
    Property,
    EnumMember,
    Type,
    Function,
    Variable,
    String,
    Number,
    Regexp,
    Operator,
    Comment,
}

impl Document {
    /// The coloured tokens of the document in order; they do not overlap, but comments may go over lines.
    pub fn highlights(&self) -> Vec<(Range<usize>, TokenKind)> {
        let mut tokens = Vec::new();
        leaves_below(self.root(), |node, above| {
            let range = node.byte_range();
            if range.is_empty() {
                return;
            }
            match (node.kind(), above.last().map_or("", Node::kind)) {
                ("value_line", _) | (_, "value_line") => self.value_line(&node, &mut tokens),
                (kind, parent_kind) => {
                    if let Some(token) = token_kind(kind, parent_kind, || is_key(above)) {
                        tokens.push((range, token));
                    }
                }
            }
        });
        tokens.sort_by_key(|(range, _)| range.start);
        merge_strings(tokens)
    }

    /// ADDRESS is a string, ENDPOINT has parts.
    fn value_line(&self, node: &Node<'_>, tokens: &mut Vec<(Range<usize>, TokenKind)>) {
        let range = node.byte_range();
        let endpoint = self
            .section_at(range.start)
            .is_some_and(|section| section.kind == SectionKind::Endpoint);
        if node.kind() == "interpolation" {
            tokens.push((range, TokenKind::Variable));
            return;
        }
        if !endpoint {
            tokens.push((range, TokenKind::String));
            return;
        }
        let text = &self.text()[range.clone()];
        let Some((service, method)) = text.trim_end().split_once('/') else {
            return;
        };
        let slash = range.start + service.len();
        let class = service.rfind('.').map_or(0, |at| at + 1);
        if class > 1 {
            tokens.push((range.start..range.start + class - 1, TokenKind::Namespace));
        }
        tokens.push((range.start + class..slash, TokenKind::Class));
        tokens.push((slash + 1..slash + 1 + method.len(), TokenKind::Method));
    }
}

/// Whether the string that holds a leaf is a key, by the nodes above the leaf.
fn is_key(above: &[Node<'_>]) -> bool {
    match above {
        [.., pair, string] => pair
            .child_by_field_name("key")
            .is_some_and(|key| key.id() == string.id()),
        _ => false,
    }
}

fn token_kind(kind: &str, parent: &str, in_key: impl FnOnce() -> bool) -> Option<TokenKind> {
    let token = match (kind, parent) {
        ("section_name", _) => TokenKind::Keyword,
        ("option_name", _) => TokenKind::Parameter,
        ("attribute_name", _) => TokenKind::Decorator,
        ("option_value" | "attribute_value" | "entry_value", _) => TokenKind::String,
        ("entry_key", _) => TokenKind::Property,
        ("interpolation" | "variable" | "variable_name", _) => TokenKind::Variable,
        ("string_content" | "escape_sequence" | "\"" | "'", _) => match in_key() {
            true => TokenKind::Property,
            false => TokenKind::String,
        },
        ("bare_word", "pair") => TokenKind::Property,
        ("number" | "expr_number", _) => TokenKind::Number,
        ("true" | "false" | "null" | "constant" | "keyword", _) => TokenKind::Keyword,
        ("expr_string", _) => TokenKind::String,
        ("expr_regex", _) => TokenKind::Regexp,
        ("path_step", _) => TokenKind::Property,
        ("plugin" | "identifier", _) => TokenKind::Function,
        ("operator" | "operator_word", _) => TokenKind::Operator,
        ("type_name" | "type_annotation", _) => TokenKind::Type,
        ("comment", _) => TokenKind::Comment,
        _ => return None,
    };
    Some(token)
}

/// Neighbouring pieces of one string become one token.
fn merge_strings(tokens: Vec<(Range<usize>, TokenKind)>) -> Vec<(Range<usize>, TokenKind)> {
    let mut merged: Vec<(Range<usize>, TokenKind)> = Vec::with_capacity(tokens.len());
    for (range, kind) in tokens {
        match merged.last_mut() {
            Some((last, last_kind)) if last.end >= range.start && *last_kind == kind => last.end = range.end,
            Some((last, _)) if last.end > range.start => {}
            _ => merged.push((range, kind)),
        }
    }
    merged
}
