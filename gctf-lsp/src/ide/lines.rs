//! The expressions of a document by their types, and the variables that flow from one document to the next.

use super::context::{Context, Same};
use crate::connection::split_endpoint;
use crate::diagnostic::Diagnostic;
use crate::expr::Place;
use crate::schema::Schema;
use crate::schema::shape::Shape;
use crate::spec::SectionKind;
use crate::syntax::settings::boolean;
use crate::syntax::{Document, Kept, Line, Section, SourceFile};
use crate::types::expression::{Input, Typed, look};
use crate::types::form::{Defaults, Form, Type};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// Variables by name, without `$`, with what they can be.
pub(super) type Variables = BTreeMap<String, Type>;

/// The variables as a run meets the documents of a file.
#[derive(Clone, Debug, Default)]
pub(super) struct Flow {
    pub(super) variables: Variables,
    /// What the documents before say of defaults; `None` before the first.
    defaults: Option<Defaults>,
}

/// The expressions of a document with their types.
#[derive(Debug)]
pub(super) struct Lines {
    pub(super) defaults: Defaults,
    /// What the call answers with.
    message: Type,
    /// What is known of the variables that the document uses and others set.
    pub(super) before: Variables,
    pub(super) lines: Vec<TypedLine>,
}

#[derive(Debug)]
pub(super) struct TypedLine {
    /// Bytes of the document.
    pub(super) range: Range<usize>,
    pub(super) place: Place,
    pub(super) typed: Arc<Typed>,
    /// The variable that it sets, with what that can be.
    pub(super) sets: Option<(String, Type)>,
}

/// What the lines of a document follow from, but for its text.
#[derive(Clone, Debug, PartialEq)]
struct Key {
    schema: Option<Same>,
    defaults: Defaults,
    variables: Variables,
}

impl Lines {
    /// What types say of the lines; ranges are bytes of the document.
    pub(super) fn findings(&self) -> impl Iterator<Item = Diagnostic> + '_ {
        self.lines.iter().flat_map(|line| {
            let findings = line.typed.findings.iter();
            findings.map(|finding| finding.clone().shifted(line.range.start))
        })
    }

    /// What the expressions of a section look at.
    pub(super) fn input_of(&self, document: &Document, section: &Section) -> Type {
        subject(document, section, &self.message)
    }

    /// The line that holds `offset` of the document.
    pub(super) fn at(&self, offset: usize) -> Option<&TypedLine> {
        self.lines
            .iter()
            .find(|line| line.range.start <= offset && offset <= line.range.end)
    }
}

impl TypedLine {
    /// The text of the line, in its document.
    pub(super) fn code<'d>(&self, document: &'d Document) -> &'d str {
        let mut lines = document.lines();
        lines
            .find(|line| *line.range == self.range)
            .map_or("", |line| line.code)
    }

    /// Bytes of the code as bytes of the document.
    pub(super) fn of_document(&self, range: &Range<usize>) -> Range<usize> {
        range.start + self.range.start..range.end + self.range.start
    }
}

impl Flow {
    /// The variables of a file's first document.
    fn start(source: &SourceFile) -> Self {
        let Some((_, first)) = source.document(0) else {
            return Self::default();
        };
        let mut flow = Self::default();
        if first.sections_of(SectionKind::Dataset).next().is_some() {
            let row = first.kept(Kept::Columns).get((), |()| row(source));
            flow.variables.insert("dataset".to_owned(), (*row).clone());
        }
        flow
    }

    /// What is known where the document at `index` begins.
    pub(super) fn before(context: &Context<'_>) -> Self {
        let mut flow = Self::start(context.source());
        for earlier in context.earlier() {
            match earlier.document.defined_variables().is_empty() {
                true => flow.note_defaults(&earlier),
                false => drop(flow.pass(&earlier, earlier.schema())),
            }
        }
        flow
    }

    /// The documents of a file from its first one on.
    pub(super) fn of(source: &SourceFile) -> Self {
        Self::start(source)
    }

    /// The lines of the next document, whose variables are known from here on.
    pub(super) fn pass(&mut self, context: &Context<'_>, schema: Option<&Arc<Schema>>) -> Arc<Lines> {
        let lines = self.lines(context, schema);
        let set = lines.lines.iter().filter_map(|line| line.sets.clone());
        self.variables.extend(set);
        self.note_defaults(context);
        lines
    }

    fn note_defaults(&mut self, context: &Context<'_>) {
        let own = defaults(context);
        self.defaults = Some(self.defaults.map_or(own, |before| joined(before, own)));
    }

    /// What is known of the variables that a document uses.
    pub(super) fn variables_of(&self, document: &Document) -> Variables {
        let used = document.used_variables().iter();
        used.filter_map(|name| Some((name.clone(), self.variables.get(name)?.clone())))
            .collect()
    }

    fn lines(&self, context: &Context<'_>, schema: Option<&Arc<Schema>>) -> Arc<Lines> {
        let document = context.document;
        let variables = self.variables_of(document);
        let own = defaults(context);
        // What other documents extracted was shown as they say.
        let before = self.defaults.filter(|_| !variables.is_empty());
        let key = Key {
            schema: schema.cloned().map(Same),
            defaults: before.map_or(own, |before| joined(before, own)),
            variables,
        };
        document.kept(Kept::Lines).get(key, |key| typed_lines(document, key))
    }
}

fn joined(one: Defaults, other: Defaults) -> Defaults {
    if one == other { one } else { Defaults::Uncertain }
}

/// What the OPTIONS in force say of defaults.
fn defaults(context: &Context<'_>) -> Defaults {
    let options = context.force().options.and_then(|at| {
        let (_, document) = context.source().document(at.document)?;
        document.sections().get(at.section)
    });
    let setting = options.and_then(|section| section.setting(&["emit_defaults"]));
    match setting.map(|setting| boolean(&setting.text)) {
        None | Some(Some(false)) => Defaults::Omitted,
        Some(Some(true)) => Defaults::Shown,
        Some(None) => Defaults::Uncertain,
    }
}

fn typed_lines(document: &Document, key: &Key) -> Lines {
    let schema = key.schema.as_ref().map(|Same(schema)| schema);
    let message = schema
        .and_then(|schema| reply_type(document, schema))
        .unwrap_or(Type::Unknown);
    let mut variables = key.variables.clone();
    let lines = document.lines().filter(|line| !line.section.is_skipped()).map(|line| {
        let input = subject(document, line.section, &message);
        let typed = typed_line(&line, &input, &variables, key.defaults);
        let sets = line.sets.map(|(name, annotation)| {
            let own = typed.ty.clone().unwrap_or(Type::Unknown);
            let ty = match (own, annotation) {
                (Type::Unknown, Some(annotation)) => annotated(&annotation.text),
                (own, _) => own,
            };
            variables.insert(name.text.clone(), ty.clone());
            (name.text.clone(), ty)
        });
        TypedLine {
            range: line.range.clone(),
            place: line.place,
            typed,
            sets,
        }
    });
    Lines {
        lines: lines.collect(),
        before: key.variables.clone(),
        defaults: key.defaults,
        message,
    }
}

fn typed_line(line: &Line<'_>, input: &Type, variables: &Variables, defaults: Defaults) -> Arc<Typed> {
    let read = line.variables.iter();
    let variables: Variables = read
        .filter_map(|(name, _)| Some((name.clone(), variables.get(name)?.clone())))
        .collect();
    line.kept
        .get((input.clone(), variables, defaults), |(ty, variables, defaults)| {
            let input = Input {
                ty: ty.clone(),
                variables,
                defaults: *defaults,
            };
            look(line.code, line.place, &input)
        })
}

/// The type of the messages that a document's call answers with.
fn reply_type(document: &Document, schema: &Schema) -> Option<Type> {
    let (service, method) = split_endpoint(&document.endpoint()?.text)?;
    let method = schema.method(service, method).ok()?;
    Some(Type::of(Shape::of_message(&method.output())))
}

/// What the expressions of `section` look at: a message, a status, or either where neither is expected before it.
fn subject(document: &Document, section: &Section, message: &Type) -> Type {
    let expected = document.sections().iter().rfind(|other| {
        let expects = matches!(other.kind, SectionKind::Response | SectionKind::Error);
        expects && !other.is_skipped() && other.header.start < section.header.start
    });
    match expected.map(|expected| expected.kind) {
        Some(SectionKind::Error) => status(),
        Some(_) => message.clone(),
        // Only lines of ASSERTS take a status for what was expected.
        None if section.kind == SectionKind::Extract && !asserts_before(document, section) => message.clone(),
        None => message.clone().or(status()),
    }
}

fn asserts_before(document: &Document, section: &Section) -> bool {
    let mut asserts = document.sections_of(SectionKind::Asserts);
    asserts.any(|other| !other.is_skipped() && other.header.start < section.header.start)
}

/// `{code, message, details}`; details that are not there are left out.
fn status() -> Type {
    let detail = Type::one(Form::Keyed(Box::new(Type::Unknown)));
    let members = [
        ("code", Type::one(Form::Number)),
        ("message", Type::one(Form::Text)),
        ("details", Type::list(detail).or(Type::null())),
    ];
    let members = members.map(|(name, ty)| (name.to_owned(), ty));
    Type::one(Form::Object(BTreeMap::from(members)))
}

/// What a `:type` says of a value.
fn annotated(name: &str) -> Type {
    match name {
        "bool" => Type::bool(),
        "number" | "uint" => Type::one(Form::Number),
        "json" | "time" | "timestamp" | "duration" => Type::Unknown,
        _ => Type::one(Form::Text),
    }
}

/// A row of the file's DATASET.
fn row(source: &SourceFile) -> Type {
    let mut columns: BTreeMap<String, Type> = BTreeMap::new();
    for row in source.rows() {
        for (name, value) in row.columns {
            let ty = general(&value);
            let known = columns.remove(&name);
            columns.insert(name, known.map_or(ty.clone(), |known| known.or(ty)));
        }
    }
    match columns.is_empty() {
        true => Type::Unknown,
        false => Type::one(Form::Object(columns)),
    }
}

/// The kind of a value of a row, whose next one may be another of the kind.
fn general(value: &Json) -> Type {
    match value {
        Json::Null => Type::null(),
        Json::Bool(_) => Type::bool(),
        Json::Number(_) => Type::one(Form::Number),
        Json::String(_) => Type::one(Form::Text),
        Json::Array(_) => Type::list(Type::Unknown),
        Json::Object(_) => Type::one(Form::Keyed(Box::new(Type::Unknown))),
    }
}

#[cfg(test)]
#[path = "lines_tests.rs"]
mod tests;
