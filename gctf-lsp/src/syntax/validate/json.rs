//! JSON syntax, earned back from the total tree: what is missing, what is stray, and where.
//!
//! One root fault makes one finding. After a fault the walk is silent until it finds its feet again: at a comma,
//! at a complete member, at the end of the container.

use super::super::build::children;
use super::super::document::Section;
use super::super::json::{Data, Member, Value};
use super::super::json_tree::MAX_DEPTH;
use super::{Scope, json_words};
use crate::diagnostic::{Diagnostic, Severity};
use crate::spec::SectionKind;
use std::collections::BTreeMap;
use std::ops::Range;
use tree_sitter::Node;

/// Syntax findings of a JSON body, and what is doubtful in its values.
pub(super) fn check(scope: &Scope<'_>, section: &Section, body: Node<'_>, found: &mut Vec<Diagnostic>) {
    let mut walk = Walk {
        text: scope.text,
        found: Vec::new(),
        unclosed: Vec::new(),
        open_strings: Vec::new(),
        messages: Vec::new(),
    };
    walk.body(body, section.kind);
    walk.finish();
    found.append(&mut walk.found);
    for value in section.values() {
        repeated_keys(value, found);
    }
}

/// Messages that cannot be objects.
pub(super) fn check_messages(section: &Section, found: &mut Vec<Diagnostic>) {
    for value in section.values() {
        let Data::Array(items) = &value.data else { continue };
        let objects = !items.is_empty() && items.iter().all(|item| matches!(item.data, Data::Object(_)));
        // Only the schema could tell a list that is a message of its own.
        if objects {
            let opener = value.range.start..value.range.start + 1;
            let message = "a list is one value, not a stream: write one object after another, without the list";
            found.push(Diagnostic::warning("G208", opener, message));
        }
    }
}

fn repeated_keys(value: &Value, found: &mut Vec<Diagnostic>) {
    match &value.data {
        Data::Array(items) => items.iter().for_each(|item| repeated_keys(item, found)),
        Data::Object(members) => {
            let mut last: BTreeMap<&str, &Member> = BTreeMap::new();
            for member in members {
                let complete = member.colon;
                let before = last.insert(&member.key, member).filter(|_| complete);
                found.extend(before.map(|before| {
                    let range = &before.key_range;
                    let end = before.value.as_ref().map_or(range.end, |value| value.range.end);
                    let message = format!(
                        "`{}` is given twice in this object, the last one counts: delete this",
                        member.key
                    );
                    Diagnostic::warning("G121", range.clone(), message)
                        .with_related(member.key_range.clone(), "this one counts")
                        .with_removal(format!("Remove the first \"{}\"", member.key), range.start..end)
                }));
            }
            for value in members.iter().filter_map(|member| member.value.as_ref()) {
                repeated_keys(value, found);
            }
        }
        _ => {}
    }
}

pub(super) struct Walk<'a> {
    pub(super) text: &'a str,
    pub(super) found: Vec<Diagnostic>,
    unclosed: Vec<Unclosed>,
    /// Strings without their closing quote.
    pub(super) open_strings: Vec<Range<usize>>,
    /// The values of the body.
    messages: Vec<Range<usize>>,
}

/// Whether the walk through a body has lost its way, and until when.
#[derive(Clone, Copy, PartialEq)]
enum Lost {
    No,
    OnThisLine,
    ToTheNextContainer,
}

/// A container that ends without its closer.
struct Unclosed {
    opener: Range<usize>,
    closer: char,
    /// Where the closer is missing.
    at: usize,
    /// The last token before that.
    last: Range<usize>,
}

/// How far the walk through a container is.
#[derive(Clone, Default)]
struct Progress {
    /// The last token of a value that no comma has followed yet.
    open: Option<Range<usize>>,
    /// A fault was reported, and nothing sound has been seen since.
    lost: bool,
}

impl Walk<'_> {
    fn error(&mut self, range: Range<usize>, message: impl Into<String>) {
        self.found.push(Diagnostic::error("G119", range, message));
    }

    fn body(&mut self, body: Node<'_>, kind: SectionKind) {
        let nodes: Vec<_> = children(body).filter(|node| node.kind() != "comment").collect();
        let mut before: Option<Range<usize>> = None;
        let mut lost = Lost::No;
        for (index, node) in nodes.iter().copied().enumerate() {
            let range = node.byte_range();
            let same_line = before
                .as_ref()
                .is_some_and(|before| !self.text[before.end..range.start].contains('\n'));
            let container = matches!(node.kind(), "object" | "array");
            lost = match lost {
                Lost::OnThisLine if !same_line => Lost::No,
                Lost::ToTheNextContainer if container => Lost::No,
                lost => lost,
            };
            match (lost, node.kind()) {
                (Lost::No, ",") => {
                    let message = "no comma stands between messages: delete it";
                    self.error(range.clone(), message);
                }
                (Lost::No, "stray") => {
                    self.stray(node, "a JSON value");
                    lost = Lost::OnThisLine;
                }
                (Lost::No, _) if !container && is_colon(self.text, nodes.get(index + 1)) => {
                    self.error(range.clone(), "expected `{` before the first key of an object");
                    lost = Lost::ToTheNextContainer;
                }
                (Lost::No, _) => {
                    let two = same_line && kind != SectionKind::Error && !self.ends_open(before.as_ref());
                    lost = self.message(node, two && container);
                }
                _ => self.note_open_string(node),
            }
            before = Some(range);
        }
    }

    /// Walks one value of a body; what follows a broken one may be a part of it.
    fn message(&mut self, node: Node<'_>, behind_another: bool) -> Lost {
        let faults = self.faults();
        let opener = node.start_byte()..node.start_byte() + 1;
        let sound = self.value(node, 1);
        self.messages.push(node.byte_range());
        if behind_another {
            let message = "two values on one line are two messages: start each on its own line";
            self.found.push(Diagnostic::warning("G120", opener, message));
        }
        match (sound, self.faults() > faults) {
            (false, _) => Lost::OnThisLine,
            (true, true) => Lost::ToTheNextContainer,
            (true, false) => Lost::No,
        }
    }

    fn faults(&self) -> usize {
        self.found.len() + self.open_strings.len() + self.unclosed.len()
    }

    /// Behind a fault only quotes that are left open count: they explain it.
    fn note_open_string(&mut self, node: Node<'_>) {
        if json_words::is_open(node) {
            self.open_strings.push(node.byte_range());
        }
    }

    /// Walks a value; whether it is one.
    fn value(&mut self, node: Node<'_>, depth: usize) -> bool {
        match node.kind() {
            "object" | "array" if depth > MAX_DEPTH => {
                let message = format!("deeper than {MAX_DEPTH} levels");
                self.error(node.start_byte()..node.start_byte() + 1, message);
                true
            }
            "object" => {
                self.object(node, depth);
                true
            }
            "array" => {
                self.array(node, depth);
                true
            }
            _ => json_words::scalar(self, node),
        }
    }

    fn object(&mut self, object: Node<'_>, depth: usize) {
        let mut at = Progress::default();
        let mut explained = false;
        let nodes: Vec<_> = children(object).filter(|node| node.kind() != "comment").collect();
        for (index, node) in nodes.iter().copied().enumerate() {
            match node.kind() {
                "{" | "}" => {}
                "missing_close" if explained => {}
                "missing_close" => self.not_closed(object, node, '}'),
                "," => self.comma(node, &mut at, "a key"),
                "pair" => self.pair(node, nodes.get(index + 1).copied(), &mut at, depth),
                "stray" => self.stray_in(node, &mut at, ["a key", "`,` or `}`"]),
                _ => {
                    // The next message, if the brace before it is what is missing.
                    explained = true;
                    let opener = node.start_byte()..node.start_byte() + 1;
                    match (&at.open, at.lost) {
                        (_, true) => {}
                        (Some(before), false) => self.error(before.clone(), "expected `}` after this value"),
                        (None, false) => self.error(opener, "expected a key before this value: write `\"key\": …`"),
                    }
                    at = Progress { open: None, lost: true };
                }
            }
        }
    }

    fn array(&mut self, array: Node<'_>, depth: usize) {
        let mut at = Progress::default();
        let mut members = false;
        let nodes: Vec<_> = children(array).filter(|node| node.kind() != "comment").collect();
        for (index, node) in nodes.iter().copied().enumerate() {
            match node.kind() {
                "[" | "]" => {}
                // What stands behind a key is the rest of an object, so the bracket is missing further up.
                "missing_close" if members => {}
                _ if members => self.note_open_string(node),
                "missing_close" => self.not_closed(array, node, ']'),
                "," => self.comma(node, &mut at, "a value"),
                "stray" => self.stray_in(node, &mut at, ["a value", "`,` or `]`"]),
                _ if is_colon(self.text, nodes.get(index + 1)) => {
                    members = true;
                    let message = "a key in a list: expected `]` before it, or `{` for an object";
                    self.error(node.byte_range(), message);
                }
                _ if at.lost => self.note_open_string(node),
                _ => {
                    self.missing_comma(&at);
                    at.lost = !self.value(node, depth + 1);
                    at.open = self.open_end(node);
                }
            }
        }
    }

    fn pair(&mut self, pair: Node<'_>, next: Option<Node<'_>>, at: &mut Progress, depth: usize) {
        let Some(key) = pair.child_by_field_name("key") else {
            return;
        };
        let colon = children(pair).find(|node| node.kind() == ":");
        let Some(colon) = colon else {
            match (json_words::is_open(key), at.lost) {
                (true, _) => self.open_strings.push(key.byte_range()),
                (false, false) => self.without_colon(key, at),
                (false, true) => {}
            }
            *at = Progress { open: None, lost: true };
            return;
        };
        if !at.lost {
            self.missing_comma(at);
        }
        json_words::key(self, key);
        match pair.child_by_field_name("value") {
            Some(value) => {
                at.lost = !self.value(value, depth + 1);
                at.open = self.open_end(value);
            }
            None => {
                match next.filter(|next| next.kind() == "stray") {
                    Some(stray) => self.stray(stray, "a value after `:`"),
                    None => self.error(colon.byte_range(), "expected a value after `:`"),
                }
                *at = Progress { open: None, lost: true };
            }
        }
    }

    /// A lone key, or what stands where a member should.
    fn without_colon(&mut self, key: Node<'_>, at: &Progress) {
        let range = key.byte_range();
        let text = &self.text[range.clone()];
        match (&at.open, key.kind()) {
            (Some(before), "string") => self.error(before.clone(), "expected `,` after this value"),
            (Some(_), _) => self.error(range, format!("expected `,` or `}}` instead of `{text}`")),
            (None, "interpolation") => {
                let message = "a template is no member: write `\"key\": \"{{ name }}\"`";
                self.found.push(Diagnostic::error("G122", range, message));
            }
            (None, _) => self.error(range, format!("expected `:` after the key {text}")),
        }
    }

    fn missing_comma(&mut self, at: &Progress) {
        if let Some(before) = &at.open {
            self.error(before.clone(), "expected `,` after this value");
        }
    }

    fn comma(&mut self, comma: Node<'_>, at: &mut Progress, expected: &str) {
        if at.open.is_none() && !at.lost {
            self.error(comma.byte_range(), format!("expected {expected} before `,`"));
        }
        *at = Progress::default();
    }

    /// A token that fits nowhere; `expected` says what does, before and behind a value.
    fn stray_in(&mut self, stray: Node<'_>, at: &mut Progress, expected: [&str; 2]) {
        if !at.lost {
            self.stray(stray, expected[usize::from(at.open.is_some())]);
        }
        at.lost = true;
    }

    fn stray(&mut self, stray: Node<'_>, expected: &str) {
        let range = stray.byte_range();
        let message = match &self.text[range.clone()] {
            closer @ ("}" | "]") => format!("`{closer}` closes nothing: delete it"),
            ":" => "unexpected `:`: a key and its value stand in an object, `{\"key\": …}`".to_owned(),
            other => format!("expected {expected} instead of `{other}`"),
        };
        self.error(range, message);
    }

    /// The last token of a value, if a comma must follow before the next one.
    fn open_end(&self, value: Node<'_>) -> Option<Range<usize>> {
        let range = value.byte_range();
        if self.ends_open(Some(&range)) {
            return None;
        }
        match value.kind() {
            "object" | "array" if last_child(value).is_some_and(|last| last.kind() == "missing_close") => None,
            "object" | "array" => Some(range.end - 1..range.end),
            _ => Some(range),
        }
    }

    /// Whether what ends at the end of `range` is a string without its closing quote, which took the comma in.
    fn ends_open(&self, range: Option<&Range<usize>>) -> bool {
        range.is_some_and(|range| self.open_strings.iter().any(|open| open.end == range.end))
    }

    fn not_closed(&mut self, container: Node<'_>, missing: Node<'_>, closer: char) {
        let at = missing.start_byte();
        // Containers that end at one place end with the same token.
        let known = self.unclosed.last().filter(|other| other.at == at);
        let last = known.map_or_else(|| last_token(container), |other| other.last.clone());
        self.unclosed.push(Unclosed {
            opener: container.start_byte()..container.start_byte() + 1,
            closer,
            at,
            last,
        });
    }

    fn finish(&mut self) {
        self.report_open_strings();
        self.report_unclosed();
    }

    /// An odd quote makes the rest of its line unreliable: it is the only finding there.
    fn report_open_strings(&mut self) {
        for open in std::mem::take(&mut self.open_strings) {
            let start = self.text[..open.start].rfind('\n').map_or(0, |at| at + 1);
            self.found
                .retain(|found| found.code != "G119" || found.range.start < start || found.range.start >= open.end);
            let quote = &self.text[open.start..open.start + 1];
            let taken = &self.text[open.clone()];
            let holds_closer = |closer: char| taken.contains(closer);
            if taken.contains(['{', '}', '[', ']']) {
                // The brackets do not match any more up to the end of the message.
                let message = self.messages.iter().find(|message| message.end >= open.end);
                let end = message.map_or(open.end, |message| message.end);
                self.found
                    .retain(|found| found.code != "G119" || found.range.start < start || found.range.start >= end);
            }
            self.unclosed.retain(|unclosed| {
                !(unclosed.opener.start < open.start && open.end <= unclosed.at && holds_closer(unclosed.closer))
            });
            self.error(
                open.clone(),
                format!("the string is not closed: expected `{quote}` on this line"),
            );
        }
    }

    /// Containers that miss their closers at one place are one finding.
    fn report_unclosed(&mut self) {
        let mut groups: BTreeMap<usize, Vec<Unclosed>> = BTreeMap::new();
        for unclosed in std::mem::take(&mut self.unclosed) {
            groups.entry(unclosed.at).or_default().push(unclosed);
        }
        for group in groups.into_values() {
            let closers: String = group.iter().map(|unclosed| unclosed.closer).collect();
            let Some(first) = group.first() else { continue };
            let shown = self.text.get(first.last.clone()).filter(|text| text.len() < 30);
            let behind = shown.map_or(String::new(), |text| format!(" after `{text}`"));
            let mut finding = Diagnostic::new(
                "G119",
                Severity::Error,
                first.last.clone(),
                format!("expected `{closers}`{behind}"),
            );
            for unclosed in group.iter().take(8) {
                finding = finding.with_related(
                    unclosed.opener.clone(),
                    format!("not closed: expected `{}`", unclosed.closer),
                );
            }
            self.found.push(finding);
        }
    }
}

/// Whether a node is a colon that belongs to nothing.
fn is_colon(text: &str, node: Option<&Node<'_>>) -> bool {
    node.is_some_and(|node| node.kind() == "stray" && &text[node.byte_range()] == ":")
}

fn last_child(node: Node<'_>) -> Option<Node<'_>> {
    children(node).last()
}

/// The last token of a container that is no comment.
fn last_token(container: Node<'_>) -> Range<usize> {
    let mut node = container;
    let significant =
        |child: &Node<'_>| !matches!(child.kind(), "comment" | "missing_close") && !child.byte_range().is_empty();
    while let Some(child) = children(node).filter(significant).last() {
        node = child;
    }
    node.byte_range()
}
