//! The tokens of a document: what an outcome is addressed by, and what its hash is made of.

use super::document::Document;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;
use tree_sitter::Node;

/// Tokens of a document from the first to the last, by their index among those that are no comments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenSpan {
    pub first: usize,
    pub last: usize,
}

impl Document {
    /// The byte ranges of all tokens but comments, in order.
    pub fn tokens(&self) -> &[Range<usize>] {
        self.facts.tokens.get_or_init(|| {
            let mut tokens = Vec::new();
            leaves(self.root(), |node| {
                if node.kind() != "comment" && !node.byte_range().is_empty() {
                    tokens.push(node.byte_range());
                }
            });
            tokens
        })
    }

    /// Equal for texts that differ in layout and comments only.
    pub fn text_hash(&self) -> u64 {
        *self.facts.text_hash.get_or_init(|| {
            let mut hasher = DefaultHasher::new();
            for token in self.tokens() {
                self.text()[token.clone()].hash(&mut hasher);
            }
            hasher.finish()
        })
    }

    /// The tokens that `range` touches; the one before it if it touches none.
    pub fn token_span(&self, range: &Range<usize>) -> TokenSpan {
        let tokens = self.tokens();
        let first = tokens.partition_point(|token| token.end <= range.start);
        let behind = tokens.partition_point(|token| token.start < range.end.max(range.start + 1));
        match behind > first {
            true => TokenSpan {
                first,
                last: behind - 1,
            },
            false => {
                let before = first.saturating_sub(1);
                TokenSpan {
                    first: before,
                    last: before,
                }
            }
        }
    }

    /// The bytes of a span, if the document has so many tokens.
    pub fn span_range(&self, span: TokenSpan) -> Option<Range<usize>> {
        let tokens = self.tokens();
        Some(tokens.get(span.first)?.start..tokens.get(span.last)?.end)
    }
}

/// Calls `visit` with every leaf, in order, without recursion.
pub(super) fn leaves<'tree>(root: Node<'tree>, mut visit: impl FnMut(Node<'tree>)) {
    leaves_below(root, |leaf, _| visit(leaf));
}

/// The same, with the nodes above the leaf, its parent last. Asking a node for its parent would walk down from the
/// root each time.
pub(super) fn leaves_below<'tree>(root: Node<'tree>, mut visit: impl FnMut(Node<'tree>, &[Node<'tree>])) {
    let mut cursor = root.walk();
    let mut above = Vec::new();
    loop {
        let node = cursor.node();
        if cursor.goto_first_child() {
            above.push(node);
            continue;
        }
        visit(node, &above);
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return;
            }
            above.pop();
        }
    }
}

/// Calls `visit` with every node of `kind`, in order; such nodes are taken to be leaves or not nested.
pub(super) fn leaves_of_kind<'tree>(root: Node<'tree>, kind: &str, mut visit: impl FnMut(Node<'tree>)) {
    leaves(root, |node| {
        if node.kind() == kind {
            visit(node);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_of_ranges() {
        let text = "--- ASSERTS ---\n.a ==  \n.b\n";
        let document = Document::parse(text);
        let marked = |range: Range<usize>| {
            let span = document.token_span(&range);
            document.span_range(span).map(|range| &text[range])
        };
        let at = |mark: &str| text.find(mark).unwrap_or_default();
        assert_eq!(marked(at(".a")..at(".a") + 2), Some(".a"));
        assert_eq!(marked(at(".a")..at("==") + 2), Some(".a =="));
        // Behind the last token of a line is not the next line's first.
        assert_eq!(marked(at("==") + 2..at("==") + 2), Some("=="));
        assert_eq!(marked(at("==") + 3..at("==") + 4), Some("=="));
        assert_eq!(marked(text.len()..text.len()), Some(".b"));
        assert_eq!(marked(0..0), Some("---"));
    }
}
