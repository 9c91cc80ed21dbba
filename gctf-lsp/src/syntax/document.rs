//! One document of a file: its tree, hidden behind typed views. All ranges are bytes of the document's text.

use super::build;
use super::expressions::{CheckedExpression, expressions};
use super::json::{Data, Value};
use super::settings::boolean;
use super::validate::Ties;
use crate::diagnostic::Diagnostic;
use crate::expr::{Pin, Place};
use crate::memo::Memo;
use crate::spec::SectionKind;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::{Arc, OnceLock};
use tree_sitter::{InputEdit, Node, Parser, Point, Tree};

/// The sections of one call, with everything above the first header that belongs to it.
#[derive(Debug)]
pub struct Document {
    text: Arc<str>,
    tree: Tree,
    outline: Outline,
    pub(super) facts: Facts,
}

/// What follows from the text alone, computed when first asked for; documents never change.
#[derive(Debug, Default)]
pub(super) struct Facts {
    structure: OnceLock<Vec<Diagnostic>>,
    ties: OnceLock<Ties>,
    expressions: OnceLock<Arc<Vec<CheckedExpression>>>,
    /// The expressions of the text that was edited into this one.
    expressions_before: Option<Arc<Vec<CheckedExpression>>>,
    pub(super) tokens: OnceLock<Vec<Range<usize>>>,
    pub(super) text_hash: OnceLock<u64>,
    pub(super) defined: OnceLock<BTreeSet<String>>,
    pub(super) used: OnceLock<BTreeSet<String>>,
    /// What others compute from the text and from what does not stand in it.
    kept: [Memo; 3],
}

/// What is kept with a document while what else it follows from stays the same.
#[derive(Clone, Copy, Debug)]
pub enum Kept {
    /// What a schema says of the document.
    Schema,
    /// What its expressions are by their types.
    Lines,
    /// The types of the columns of its DATASET.
    Columns,
}

/// What [`Document`] knows about its text.
#[derive(Debug, Default)]
pub(super) struct Outline {
    /// Lines before the first header of a file, which have no effect.
    pub(super) preamble: Vec<Range<usize>>,
    pub(super) sections: Vec<Section>,
    /// Lines that look like headers and are none, with the lines under them.
    pub(super) near_misses: Vec<Range<usize>>,
    /// Attributes with no header after them.
    pub(super) dangling: Vec<Attribute>,
    pub(super) comments: Vec<Range<usize>>,
}

/// A header with what stands under it.
#[derive(Debug)]
pub struct Section {
    pub kind: SectionKind,
    /// The header's name as written.
    pub name: String,
    pub name_range: Range<usize>,
    /// From the first dash to the last.
    pub header: Range<usize>,
    pub options: Vec<HeaderOption>,
    /// Parts of the option text that are no options.
    pub header_junk: Vec<Range<usize>>,
    pub attributes: Vec<Attribute>,
    /// From behind the header's line to the next header, or its comments and attributes.
    pub body_range: Range<usize>,
    pub body: Body,
}

/// `name`, `name=value` in a header.
#[derive(Debug)]
pub struct HeaderOption {
    pub range: Range<usize>,
    pub name: String,
    pub name_range: Range<usize>,
    pub value: Option<Text>,
}

/// `#[name(value)]`.
#[derive(Debug)]
pub struct Attribute {
    pub range: Range<usize>,
    /// Missing when the attribute is malformed.
    pub name: Option<Text>,
    pub value: Option<Text>,
    pub junk: Vec<Range<usize>>,
}

/// A piece of the document with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    pub range: Range<usize>,
    pub text: String,
}

/// A section's body by the family of the section.
#[derive(Debug)]
pub enum Body {
    /// REQUEST, RESPONSE, ERROR; TLS and PROTO written as an object.
    Json(Vec<Value>),
    /// REQUEST_HEADERS, TLS, PROTO, OPTIONS, BENCH.
    KeyValue(Vec<Entry>),
    /// ADDRESS, ENDPOINT: the lines that are neither blank nor comments.
    Lines(Vec<Text>),
    Asserts(Vec<Expression>),
    Extract(Vec<Extraction>),
    /// META, DATASET.
    Yaml,
    /// An unknown section.
    Text,
}

/// A line of a key-value body.
#[derive(Debug)]
pub struct Entry {
    pub range: Range<usize>,
    /// Text before the colon, trimmed; empty when there is none.
    pub key: Text,
    /// Missing when the line has no colon.
    pub colon: bool,
    /// Text behind the colon, trimmed, with the lines that continue it; empty when there is none.
    pub value: Text,
}

/// One expression, over as many lines as its open brackets want.
#[derive(Debug)]
pub struct Expression {
    /// From the first to behind the last token.
    pub range: Range<usize>,
    /// The text of `range` with comment lines inside it blanked out, byte for byte as long.
    pub code: String,
    /// A bracket that is not closed.
    pub unclosed: Option<usize>,
}

/// An expression where it stands.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    pub section: &'a Section,
    /// The variable that it sets, and its `:type`.
    pub sets: Option<(&'a Text, Option<&'a Text>)>,
    pub place: Place,
    pub range: &'a Range<usize>,
    /// The text of `range` with comment lines inside it blanked out, byte for byte as long.
    pub code: &'a str,
    /// The variables that something else has to set, without `$`; ranges are bytes of the code.
    pub variables: &'a [(String, Range<usize>)],
    /// Where what follows from the code and other things is kept, as long as the code stays.
    pub kept: &'a Memo,
}

/// `name[:type] = expression`.
#[derive(Debug)]
pub struct Extraction {
    pub range: Range<usize>,
    /// The name; `None` for a line that is no assignment.
    pub name: Option<Text>,
    pub annotation: Option<Text>,
    pub value: Option<Expression>,
}

impl Document {
    /// Parses a document from cold.
    pub fn parse(text: &str) -> Self {
        Self::from_tree(text, None)
    }

    /// Parses `text`, which differs from this document's in that `inserted` bytes stand for `removed`.
    pub(super) fn reparse(&self, text: &str, removed: Range<usize>, inserted: usize) -> Self {
        let new_end = removed.start + inserted;
        let mut tree = self.tree.clone();
        tree.edit(&InputEdit {
            start_byte: removed.start,
            old_end_byte: removed.end,
            new_end_byte: new_end,
            start_position: point(&self.text, removed.start),
            old_end_position: point(&self.text, removed.end),
            new_end_position: point(text, new_end),
        });
        let mut document = Self::from_tree(text, Some(&tree));
        let known = self.facts.expressions.get().or(self.facts.expressions_before.as_ref());
        document.facts.expressions_before = known.cloned();
        document
    }

    fn from_tree(text: &str, old: Option<&Tree>) -> Self {
        let mut parser = Parser::new();
        parser
            .set_language(&tree_sitter_gctf::LANGUAGE.into())
            .expect("the grammar is built for this tree-sitter");
        let tree = parser
            .parse(text, old)
            .expect("parsing stops only where a time limit or a missing language stops it");
        let outline = build::outline(tree.root_node(), text);
        Self {
            text: Arc::from(text),
            tree,
            outline,
            facts: Facts::default(),
        }
    }

    /// What is wrong with the document by itself, computed once.
    pub fn structure(&self) -> &[Diagnostic] {
        self.facts.structure.get_or_init(|| super::validate::structure(self))
    }

    /// Where something is kept that follows from the text and from other things.
    pub fn kept(&self, what: Kept) -> &Memo {
        &self.facts.kept[what as usize]
    }

    /// What the document says to the others of its file, computed once.
    pub(super) fn ties(&self) -> &Ties {
        self.facts.ties.get_or_init(|| Ties::of(self))
    }

    /// Its expressions, in the order of the text.
    pub fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        let checked = self.expressions().iter();
        checked
            .zip(super::expressions::written(self))
            .map(|(checked, (section, sets))| Line {
                section,
                sets,
                place: checked.place,
                range: &checked.range,
                code: &checked.code,
                variables: &checked.checked.variables,
                kept: &checked.kept,
            })
    }

    /// Its expressions with what is found in each, computed once.
    pub(super) fn expressions(&self) -> &[CheckedExpression] {
        let before = self.facts.expressions_before.as_deref().map_or(&[][..], Vec::as_slice);
        let found = || Arc::new(expressions(self, before));
        self.facts.expressions.get_or_init(found)
    }

    /// The assertions that pin one place of the message to one literal, with their bytes.
    pub fn pins(&self) -> impl Iterator<Item = (&Range<usize>, &Pin)> {
        let expressions = self.expressions().iter();
        expressions.filter_map(|expression| Some((&expression.range, expression.checked.pin.as_ref()?)))
    }

    /// The expressions that begin inside `part`.
    pub(super) fn expressions_in(&self, part: &Range<usize>) -> &[CheckedExpression] {
        let all = self.expressions();
        let before = |at: usize| all.partition_point(|expression| expression.range.start < at);
        &all[before(part.start)..before(part.end.max(part.start))]
    }

    /// The document's text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Sections in the order of the text.
    pub fn sections(&self) -> &[Section] {
        &self.outline.sections
    }

    /// Attributes with no header after them.
    pub fn dangling_attributes(&self) -> &[Attribute] {
        &self.outline.dangling
    }

    /// Lines before the first header of a file.
    pub fn preamble(&self) -> &[Range<usize>] {
        &self.outline.preamble
    }

    /// Lines that look like headers and are none, with the lines under them.
    pub fn near_misses(&self) -> &[Range<usize>] {
        &self.outline.near_misses
    }

    /// Comments, in the order of the text.
    pub fn comments(&self) -> &[Range<usize>] {
        &self.outline.comments
    }

    /// Whether its expressions only look at what they are given, in a time that its size bounds.
    pub fn only_looks(&self) -> bool {
        self.expressions().iter().all(|expression| expression.checked.is_simple)
    }

    /// Sections of a kind, in the order of the text.
    pub fn sections_of(&self, kind: SectionKind) -> impl Iterator<Item = &Section> {
        self.sections().iter().filter(move |section| section.kind == kind)
    }

    /// The section whose header or body holds `offset`.
    pub fn section_at(&self, offset: usize) -> Option<&Section> {
        self.sections()
            .iter()
            .rev()
            .find(|section| section.range().start <= offset)
    }

    /// The ENDPOINT's value, if it is one line.
    pub fn endpoint(&self) -> Option<&Text> {
        self.sections_of(SectionKind::Endpoint).next()?.single_line()
    }

    /// The first expectation that stands before the last REQUEST.
    pub fn early_expectation(&self) -> Option<&Section> {
        let executed: Vec<_> = self.sections().iter().filter(|section| !section.is_skipped()).collect();
        let last = executed
            .iter()
            .rposition(|section| section.kind == SectionKind::Request)?;
        executed[..last].iter().find(|section| section.kind.expects()).copied()
    }

    /// The test's name, from the first `#[name(…)]`, without its quotes.
    pub fn test_name(&self) -> Option<&str> {
        let name = self.sections().iter().find_map(|section| section.attribute("name"))?;
        Some(name.trim_matches(['"', '\'']))
    }

    /// The one value of an ERROR; old files write bare text, which is everything from the first word to the last.
    pub fn error_value(&self, section: &Section) -> Option<Value> {
        let values = section.values();
        let (first, last) = (values.first()?, values.last()?);
        let has_words = values.iter().any(|value| matches!(value.data, Data::Word(_)));
        if !has_words || matches!(first.data, Data::Object(_)) {
            return Some(first.clone());
        }
        let range = first.range.start..last.range.end;
        Some(Value {
            data: Data::Word(self.text()[range.clone()].to_owned()),
            range,
        })
    }

    /// How many messages its RESPONSE sections expect.
    pub fn expected_messages(&self) -> usize {
        let responses = self
            .sections_of(SectionKind::Response)
            .filter(|section| !section.is_skipped());
        responses
            .map(|section| section.values().len() * section.repeats())
            .sum()
    }

    pub(super) fn root(&self) -> Node<'_> {
        self.tree.root_node()
    }
}

impl Section {
    /// From the first attribute or the header to the end of the body.
    pub fn range(&self) -> Range<usize> {
        let start = self
            .attributes
            .first()
            .map_or(self.header.start, |first| first.range.start);
        start..self.body_range.end
    }

    /// From the header to the last character of the body that is no blank.
    pub fn trimmed_range(&self, text: &str) -> Range<usize> {
        let body = &text[self.body_range.clone()];
        let end = match body.trim_end().len() {
            0 => self.header.end,
            length => self.body_range.start + length,
        };
        self.header.start..end
    }

    /// The values of a JSON body; none for other bodies.
    pub fn values(&self) -> &[Value] {
        match &self.body {
            Body::Json(values) => values,
            _ => &[],
        }
    }

    /// The entries of a key-value body; none for other bodies.
    pub fn entries(&self) -> &[Entry] {
        match &self.body {
            Body::KeyValue(entries) => entries,
            _ => &[],
        }
    }

    /// The one line of an ADDRESS or ENDPOINT; none when it is empty or has several.
    pub fn single_line(&self) -> Option<&Text> {
        match &self.body {
            Body::Lines(lines) => match lines.as_slice() {
                [line] => Some(line),
                _ => None,
            },
            _ => None,
        }
    }

    /// The value of a header option; `"true"` for one without a value. Of equal names the last counts.
    pub fn option(&self, name: &str) -> Option<&str> {
        let option = self.options.iter().rev().find(|option| option.name == name)?;
        Some(option.value.as_ref().map_or("true", |value| value.text.as_str()))
    }

    /// The value of an attribute of this section; `"true"` for one without a value.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let named = |attribute: &&Attribute| attribute.name.as_ref().is_some_and(|text| text.text == name);
        let attribute = self.attributes.iter().find(named)?;
        Some(attribute.value.as_ref().map_or("true", |value| value.text.as_str()))
    }

    /// Whether `#[skip]` takes it out.
    pub fn is_skipped(&self) -> bool {
        self.attribute("skip")
            .is_some_and(|value| boolean(value) != Some(false))
    }

    /// How often `#[repeat]` wants it.
    pub fn repeats(&self) -> usize {
        let count = self.attribute("repeat").and_then(|value| value.trim().parse().ok());
        count.filter(|count| *count > 0).unwrap_or(1)
    }
}

/// Row and column (in bytes) of an offset, as tree-sitter counts them.
fn point(text: &str, offset: usize) -> Point {
    let before = &text.as_bytes()[..offset];
    let row = before.iter().filter(|byte| **byte == b'\n').count();
    let line = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    Point::new(row, offset - line)
}
