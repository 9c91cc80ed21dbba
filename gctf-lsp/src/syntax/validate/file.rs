//! What only the documents of a file together show: variables, rows, connections that are carried over.
//!
//! Runs on every keystroke over all documents, so it reads what each document computes once.

use super::super::document::{Body, Document, Section};
use super::super::file::SourceFile;
use super::super::position::shift;
use super::super::tokens::leaves_of_kind;
use super::{bodies, yaml};
use crate::diagnostic::{Diagnostic, Severity};
use crate::spec::SectionKind;
use crate::text::{asked, nearest};
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use tree_sitter::Node;

/// What is known of the variables that a file does not set itself.
#[derive(Clone, Copy, Debug)]
pub enum Outside<'a> {
    /// Nobody looked whether the folder has a `_setup.gctf`.
    Unknown,
    /// The names that `_setup.gctf` sets; none where there is no such file.
    Known(&'a BTreeSet<String>),
}

/// What a document says to the other documents of its file. Ranges are bytes of the document.
#[derive(Debug, Default)]
pub(in crate::syntax) struct Ties {
    /// Variables that are set and read, in the order of the text.
    variables: Vec<Variable>,
    /// The header and the columns of a DATASET.
    dataset: Option<(Range<usize>, Option<BTreeSet<String>>)>,
    /// An ADDRESS that says nothing about TLS.
    address: Option<Range<usize>>,
    /// Whether there is an ADDRESS at all.
    own_address: bool,
    /// Whether the call is encrypted, if the document says so.
    tls: Option<bool>,
}

#[derive(Debug)]
struct Variable {
    name: String,
    range: Range<usize>,
    role: Role,
    /// Whether a run passes it over; it is the same variable all the same.
    skipped: bool,
}

/// What a place does with a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// The section sets it.
    SetBy(usize),
    /// `{{ name }}`
    Template,
    /// `$name`
    Expression,
}

impl Variable {
    /// Where its name starts, if it stands at `range`.
    fn name_start(&self, range: &Range<usize>) -> usize {
        range.start + usize::from(self.role == Role::Expression)
    }
}

impl Ties {
    /// The ties of one document.
    pub(in crate::syntax) fn of(document: &Document) -> Self {
        let mut ties = Self::default();
        let endpoint = document.sections_of(SectionKind::Endpoint).next();
        let call_skipped = endpoint.is_some_and(Section::is_skipped);
        for (index, (section, body)) in bodies(document).enumerate() {
            let skipped = call_skipped || section.is_skipped();
            match (&section.body, section.kind) {
                (Body::Extract(extractions), _) => {
                    for extraction in extractions {
                        let Some(name) = &extraction.name else { continue };
                        if let Some(value) = &extraction.value {
                            ties.read_expressions(document, &value.range, skipped);
                        }
                        ties.variables.push(Variable {
                            name: name.text.clone(),
                            range: name.range.clone(),
                            role: Role::SetBy(index),
                            skipped,
                        });
                    }
                }
                (Body::Asserts(_), _) => ties.read_expressions(document, &section.body_range, skipped),
                (_, SectionKind::Dataset) => {
                    let columns = yaml::columns(&document.text()[section.body_range.clone()]);
                    ties.dataset = Some((section.name_range.clone(), columns));
                }
                (_, SectionKind::Tls) => ties.tls = Some(!section.says_plaintext()),
                (_, SectionKind::Address) => ties.address(section),
                _ => {}
            }
            if let Some(body) = body {
                ties.read(document.text(), section.kind, body, skipped);
            }
        }
        ties
    }

    /// The variables that are set, in the order of the text.
    pub(in crate::syntax) fn set_variables(&self) -> impl DoubleEndedIterator<Item = (&str, &Range<usize>)> {
        let set = self
            .variables
            .iter()
            .filter(|variable| matches!(variable.role, Role::SetBy(_)));
        set.map(|variable| (variable.name.as_str(), &variable.range))
    }

    /// The names that templates read, in the order of the text.
    pub(super) fn templates(&self) -> impl Iterator<Item = (&str, &Range<usize>)> {
        let read = self.variables.iter();
        let read = read.filter(|variable| variable.role == Role::Template && !variable.skipped);
        read.map(|variable| (variable.name.as_str(), &variable.range))
    }

    /// Every place where a variable is set or read, also where a run passes it over, in the order in which a run
    /// would come by: name with its steps, place, and whether it is set there.
    pub(in crate::syntax) fn occurrences(&self) -> impl Iterator<Item = (&str, &Range<usize>, bool)> {
        let all = self.variables.iter();
        all.map(|variable| {
            let sets = matches!(variable.role, Role::SetBy(_));
            (variable.name.as_str(), &variable.range, sets)
        })
    }

    /// The columns of its DATASET.
    pub(in crate::syntax) fn columns(&self) -> Option<&BTreeSet<String>> {
        self.dataset.as_ref()?.1.as_ref()
    }

    fn address(&mut self, section: &Section) {
        let line = section.single_line();
        let scheme = line.and_then(|line| Some(line.text.split_once("://")?.0));
        self.own_address = true;
        match (line, scheme) {
            (Some(line), None) if !line.text.contains("{{") => self.address = Some(line.range.clone()),
            (_, Some("https")) => self.tls = Some(true),
            _ => {}
        }
    }

    /// The variables that the expressions inside `part` read.
    fn read_expressions(&mut self, document: &Document, part: &Range<usize>, skipped: bool) {
        let inside = document.expressions_in(part).iter();
        for (name, range) in inside.flat_map(|expression| expression.variables()) {
            // The field that follows is the column if rows set the variable.
            let behind = document.text()[range.end..].strip_prefix('.').unwrap_or_default();
            let step = behind
                .bytes()
                .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
            let name = match step.count() {
                0 => name.to_owned(),
                count => format!("{name}.{}", &behind[..count]),
            };
            self.variables.push(Variable {
                name,
                range,
                role: Role::Expression,
                skipped,
            });
        }
    }

    fn read(&mut self, text: &str, kind: SectionKind, body: Node<'_>, skipped: bool) {
        let substituted = matches!(
            kind,
            SectionKind::Request
                | SectionKind::Response
                | SectionKind::Error
                | SectionKind::RequestHeaders
                | SectionKind::Address
        );
        if !substituted || !text[body.byte_range()].contains("{{") {
            return;
        }
        leaves_of_kind(body, "interpolation", |node| {
            if is_substituted(node) {
                let (name, range) = template(text, node.byte_range());
                self.variables.push(Variable {
                    name: name.to_owned(),
                    range,
                    role: Role::Template,
                    skipped,
                });
            }
        });
    }
}

/// Whether a template stands in a value: in keys and outside of strings it means nothing.
fn is_substituted(node: Node<'_>) -> bool {
    let Some(parent) = node.parent() else { return false };
    match parent.kind() {
        "string" => {
            let pair = parent.parent().filter(|pair| pair.kind() == "pair");
            let key = pair.and_then(|pair| pair.child_by_field_name("key"));
            key.is_none_or(|key| key.id() != parent.id())
        }
        kind => matches!(kind, "entry_value" | "value_line"),
    }
}

/// The name in a template, and its bytes.
fn template(text: &str, range: Range<usize>) -> (&str, Range<usize>) {
    let inner = &text[range.start + 2..range.end - 2];
    let start = range.start + 2 + inner.len() - inner.trim_start().len();
    let name = inner.trim();
    (name, start..start + name.len())
}

/// What only the whole file shows, without a word on what other files set; ranges are bytes of the file.
pub fn file_structure(file: &SourceFile) -> Vec<Diagnostic> {
    file_structure_with(file, Outside::Unknown)
}

/// What only the whole file shows; ranges are bytes of the file.
pub fn file_structure_with(file: &SourceFile, outside: Outside<'_>) -> Vec<Diagnostic> {
    let mut found = byte_order_mark(file);
    let mut visible = Visible {
        set: HashMap::new(),
        columns: None,
        outside,
    };
    let mut tls = false;
    for (index, (start, document)) in file.documents().enumerate() {
        let ties = document.ties();
        if let Some((header, columns)) = &ties.dataset {
            match index {
                0 => visible.columns = Some(columns.as_ref()),
                _ => {
                    let message = "DATASET belongs to the first document: move it up";
                    found.push(Diagnostic::error("G227", shift(header, start), message));
                }
            }
        }
        let met = |variable: &&Variable| !variable.skipped || matches!(variable.role, Role::SetBy(_));
        for variable in ties.variables.iter().filter(met) {
            visible.meet(file, index, start, variable, &mut found);
        }
        let plaintext = ties.address.as_ref().filter(|_| tls && ties.tls.is_none());
        found.extend(plaintext.map(|range| {
            let message = "plaintext, although the document before uses TLS: add a TLS section, or write `http://`";
            Diagnostic::new("G615", Severity::Hint, shift(range, start), message)
        }));
        tls = ties.tls.unwrap_or(tls && !ties.own_address);
    }
    found
}

fn byte_order_mark(file: &SourceFile) -> Vec<Diagnostic> {
    let marked = file
        .document(0)
        .is_some_and(|(_, document)| document.text().starts_with('\u{feff}'));
    let finding = || Diagnostic::new("G102", Severity::Hint, 0..3, "a byte order mark is ignored: delete it");
    marked.then(finding).into_iter().collect()
}

/// The variables that are set where the pass is.
struct Visible<'a> {
    /// Name to document, section and place in the file.
    set: HashMap<&'a str, (usize, usize, Range<usize>)>,
    /// Columns of the rows; `Some(None)` where they cannot be read.
    columns: Option<Option<&'a BTreeSet<String>>>,
    outside: Outside<'a>,
}

impl<'a> Visible<'a> {
    fn meet(
        &mut self,
        file: &SourceFile,
        index: usize,
        start: usize,
        variable: &'a Variable,
        found: &mut Vec<Diagnostic>,
    ) {
        let range = shift(&variable.range, start);
        let name = variable.name.as_str();
        let Role::SetBy(section) = variable.role else {
            found.extend(self.unknown(file, variable, range));
            return;
        };
        let before = self.set.insert(name, (index, section, range.clone()));
        // Twice in one section is an error that the section reports.
        let elsewhere = before.filter(|(document, other, _)| (*document, *other) != (index, section));
        found.extend(elsewhere.map(|(_, _, first)| {
            let message = format!("`{name}` is set again: from here on it has another value");
            Diagnostic::new("G228", Severity::Hint, range, message).with_related(first, "set before here")
        }));
    }

    /// The finding on a name that nothing sets before its use.
    fn unknown(&self, file: &SourceFile, variable: &Variable, range: Range<usize>) -> Option<Diagnostic> {
        let name = variable.name.as_str();
        let code = match variable.role {
            Role::Expression => "G405",
            _ => "G224",
        };
        let (root, step) = match name.split_once('.') {
            Some((root, step)) => (root, Some(step)),
            None => (name, None),
        };
        let known = |name: &str| {
            let set = self.set.contains_key(name);
            set || matches!(self.outside, Outside::Known(names) if names.contains(name))
        };
        if known(name) || known(root) || (code == "G224" && root == "env" && step.is_some()) {
            return None;
        }
        if let (Some(columns), "dataset", Some(step)) = (self.columns, root, step) {
            let columns = columns?;
            let column = step.split('.').next().unwrap_or(step);
            if columns.contains(column) || columns.contains(step) {
                return None;
            }
            let near = nearest(column, columns.iter().map(String::as_str));
            let message = format!("no row has a column `{column}`{}", asked(near.as_deref()));
            let start = variable.name_start(&range) + root.len() + 1;
            let finding = Diagnostic::error(code, range, message);
            return Some(renamed(finding, start..start + column.len(), near));
        }
        let near = nearest(root, self.set.keys().copied());
        let dym = asked(near.as_deref());
        let (severity, reason) = match (step, self.outside) {
            (Some(_), _) => (Severity::Information, format!("only `--data` could set `{name}`{dym}")),
            (None, Outside::Unknown) => {
                let reason = format!("nothing in this file sets `{name}` before here, only `_setup.gctf` could{dym}");
                (Severity::Information, reason)
            }
            (None, Outside::Known(_)) => (Severity::Error, format!("nothing sets `{name}` before here{dym}")),
        };
        let finding = Diagnostic::new(code, severity, range.clone(), reason);
        let start = variable.name_start(&range);
        let finding = renamed(finding, start..start + root.len(), near);
        Some(match set_later(file, name, range.start) {
            Some(later) => finding.with_related(later, "set only here"),
            None => finding,
        })
    }
}

/// `finding` with the change to the name that was meant.
fn renamed(finding: Diagnostic, place: Range<usize>, name: Option<String>) -> Diagnostic {
    match name {
        Some(name) => finding.with_fix(format!("Change to {name}"), place, name),
        None => finding,
    }
}

/// Where a name is set behind its use.
fn set_later(file: &SourceFile, name: &str, offset: usize) -> Option<Range<usize>> {
    let first = file.document_at(offset);
    file.documents().skip(first).find_map(|(start, document)| {
        let sets = |variable: &&Variable| matches!(variable.role, Role::SetBy(_)) && variable.name == name;
        let variable = document.ties().variables.iter().find(sets)?;
        let range = shift(&variable.range, start);
        (range.start > offset).then_some(range)
    })
}
