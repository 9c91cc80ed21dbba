//! What encloses a place of a document, by its tree.

use super::document::Document;
use std::ops::Range;
use tree_sitter::Node;

impl Document {
    /// The bytes of everything in the body at `offset` that holds it, the smallest first: tokens, strings with and
    /// without their quotes, values, members, objects, the body.
    pub fn enclosing(&self, offset: usize) -> Vec<Range<usize>> {
        let at = offset.min(self.text().len());
        let behind = self.nodes_at(at);
        let before = self.nodes_at(at.saturating_sub(1));
        // Between two tokens the one that says more is meant: a word before a comma.
        let is_word = |nodes: &[Node<'_>]| {
            let leaf = nodes.last().filter(|node| node.child_count() == 0);
            let text = leaf.map_or("", |node| &self.text()[node.byte_range()]);
            text.contains(|c: char| c.is_alphanumeric() || c == '_')
        };
        let nodes = match is_word(&before) && !is_word(&behind) {
            true => before,
            false => behind,
        };
        let mut found = Vec::new();
        for node in nodes.into_iter().rev().take_while(|node| node.kind() != "section") {
            found.extend(content(node, self.text()));
            found.push(node.byte_range());
        }
        found
    }

    /// The nodes that hold a byte, from the outside in. Asking each for its parent would walk down anew every time.
    fn nodes_at(&self, byte: usize) -> Vec<Node<'_>> {
        let mut cursor = self.root().walk();
        let mut nodes = Vec::new();
        while cursor.goto_first_child_for_byte(byte).is_some() {
            if cursor.node().start_byte() > byte {
                break;
            }
            nodes.push(cursor.node());
        }
        nodes
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
