//! What encloses a place of a document, by its tree.

use super::document::Document;
use std::ops::Range;
use tree_sitter::Node;

impl Document {
    /// The bytes of everything in the body at `offset` that holds it, the smallest first: tokens, strings with and
    /// without their quotes, values, members, objects, the body.
    pub fn enclosing(&self, offset: usize) -> Vec<Range<usize>> {
        let root = self.root();
        let at = offset.min(self.text().len());
        let behind = root.descendant_for_byte_range(at, (at + 1).min(self.text().len()));
        let before = root.descendant_for_byte_range(at.saturating_sub(1), at);
        // Between two tokens the one that says more is meant: a word before a comma.
        let is_word = |node: &Node<'_>| {
            let text = &self.text()[node.byte_range()];
            node.child_count() == 0 && text.contains(|c: char| c.is_alphanumeric() || c == '_')
        };
        let leaf = match (behind, before) {
            (Some(behind), Some(before)) if !is_word(&behind) && is_word(&before) => Some(before),
            (behind, before) => behind.or(before),
        };
        let mut found = Vec::new();
        let mut next = leaf;
        while let Some(node) = next {
            if node.kind() == "section" || node.kind() == root.kind() {
                break;
            }
            found.extend(content(node, self.text()));
            found.push(node.byte_range());
            next = node.parent();
        }
        found
    }
}

/// The inside of a string.
fn content(node: Node<'_>, text: &str) -> Option<Range<usize>> {
    if node.kind() != "string" {
        return None;
    }
    let range = node.byte_range();
    let quote = text[range.clone()].chars().next()?;
    let closed = range.len() > 1 && text[range.clone()].ends_with(quote);
    Some(range.start + quote.len_utf8()..range.end - usize::from(closed))
}
