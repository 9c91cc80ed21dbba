//! Where the documents of a file begin.
//!
//! A document starts at an ENDPOINT header when the one before already has a REQUEST, RESPONSE, ERROR,
//! ASSERTS or EXTRACT; the unbroken run of connection sections before that ENDPOINT moves with it, and
//! so do the comments and attributes that belong to the first of them.

use super::lines::{Line, classify, lines};
use crate::spec::SectionKind;

/// Byte offsets at which documents begin, the first always 0.
///
/// Cutting `text` at a start that this returned and cutting the pieces again changes nothing.
pub(super) fn document_starts(text: &str) -> Vec<usize> {
    let mut starts = vec![0];
    let mut cutter = Cutter::default();
    for (at, line) in lines(text) {
        // A byte order mark is skipped, as the grammar does.
        let line = match at {
            0 => line.strip_prefix('\u{feff}').unwrap_or(line),
            _ => line,
        };
        match classify(line) {
            Line::Header { name } => {
                if let Some(start) = cutter.header(at, SectionKind::from_name(name)) {
                    starts.push(start);
                }
            }
            Line::Blank => cutter.gap.blank(at),
            Line::Attribute => cutter.gap.attribute(at),
            Line::Comment => cutter.gap.comment(at),
            Line::Content => cutter.gap = Gap::default(),
        }
    }
    starts
}

/// What is known of the document being read.
#[derive(Default)]
struct Cutter {
    /// It has a section after which an ENDPOINT starts the next document.
    complete: bool,
    /// Where the run of sections starts that would move with an ENDPOINT.
    run: Option<usize>,
    gap: Gap,
}

impl Cutter {
    /// Takes a header at `at`; the start of a new document, if it begins one.
    fn header(&mut self, at: usize, kind: SectionKind) -> Option<usize> {
        let section = std::mem::take(&mut self.gap).section_start(at);
        match kind {
            SectionKind::Endpoint => {
                let start = self.run.take().unwrap_or(section);
                std::mem::take(&mut self.complete).then_some(start)
            }
            kind if kind.moves_with_endpoint() => {
                self.run.get_or_insert(section);
                None
            }
            kind => {
                self.run = None;
                self.complete |= kind.completes_document();
                None
            }
        }
    }
}

/// The blank, comment and attribute lines behind the last content.
#[derive(Default)]
struct Gap {
    /// The comment that directly follows the content.
    comment: Option<usize>,
    /// What certainly belongs to the next header: behind a blank line, or an attribute.
    own: Option<usize>,
    blank: bool,
}

impl Gap {
    fn blank(&mut self, _at: usize) {
        self.blank = true;
    }

    fn comment(&mut self, at: usize) {
        if self.blank {
            self.own.get_or_insert(at);
        } else {
            self.comment.get_or_insert(at);
        }
    }

    fn attribute(&mut self, at: usize) {
        self.own.get_or_insert(at);
    }

    /// Where the section of the header at `header` starts, its comments and attributes included.
    fn section_start(self, header: usize) -> usize {
        match (self.own, self.comment, self.blank) {
            (Some(own), ..) => own,
            (None, Some(comment), false) => comment,
            _ => header,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, starts: &[&str]) {
        let found = document_starts(text);
        let found: Vec<_> = found
            .iter()
            .map(|&at| text[at..].lines().next().unwrap_or(""))
            .collect();
        assert_eq!(found, starts, "{text}");
    }

    #[test]
    fn connection_sections_move_with_their_endpoint() {
        check(
            "--- ADDRESS ---\none:1\n--- ENDPOINT ---\na.S/One\n--- RESPONSE ---\n{}\n--- EXTRACT ---\nid = .id\n\
             --- ADDRESS ---\ntwo:1\n--- TLS ---\n--- ENDPOINT ---\na.S/Two\n--- RESPONSE ---\n{}\n",
            &["--- ADDRESS ---", "--- ADDRESS ---"],
        );
        check(
            "--- ENDPOINT ---\na/B\n--- TLS ---\n--- REQUEST ---\n--- OPTIONS ---\n--- META ---\n--- ENDPOINT ---\nc/D\n",
            &["--- ENDPOINT ---", "--- ENDPOINT ---"],
        );
    }

    #[test]
    fn an_endpoint_without_a_call_before_it_is_no_new_document() {
        check(
            "--- ENDPOINT ---\na/B\n--- ENDPOINT ---\nc/D\n--- REQUEST ---\n",
            &["--- ENDPOINT ---"],
        );
    }

    #[test]
    fn a_byte_order_mark_is_skipped() {
        let starts = document_starts("\u{feff}--- REQUEST ---\n--- ENDPOINT ---\n");
        assert_eq!(starts, [0, 19]);
    }

    #[test]
    fn comments_and_attributes_go_with_the_header_below() {
        let call = "--- ENDPOINT ---\na/B\n--- REQUEST ---\n{}\n";
        check(&format!("{call}# x\n--- ENDPOINT ---\n"), &["--- ENDPOINT ---", "# x"]);
        check(
            &format!("{call}# x\n\n--- ENDPOINT ---\n"),
            &["--- ENDPOINT ---", "--- ENDPOINT ---"],
        );
        check(
            &format!("{call}\n# x\n\n--- ENDPOINT ---\n"),
            &["--- ENDPOINT ---", "# x"],
        );
        check(
            &format!("{call}# x\n#[skip]\n\n--- ENDPOINT ---\n"),
            &["--- ENDPOINT ---", "#[skip]"],
        );
        check(
            &format!("{call}#[skip]\n1\n--- ENDPOINT ---\n"),
            &["--- ENDPOINT ---", "--- ENDPOINT ---"],
        );
    }
}
