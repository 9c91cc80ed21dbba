//! Where a skeleton goes: into an empty REQUEST, or into the object at the cursor.

use super::build::{Builder, Line, Names, joined, leading, ordered};
use crate::ide::completion::uses_json_names;
use crate::ide::context::Context;
use crate::ide::{Analysis, FilePosition, SchemaState, format};
use crate::schema::any::type_name;
use crate::schema::shape::{Shape, field};
use crate::spec::SectionKind;
use crate::syntax::json::{Data, Member, Value};
use crate::syntax::{Lexeme, LexemeKind, Section};
use crate::text::Edit;
use prost_reflect::{FieldDescriptor, MessageDescriptor};
use std::collections::BTreeMap;

/// A change of the text that can be asked for at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refactoring {
    pub title: &'static str,
    /// In order, in bytes of the file.
    pub edits: Vec<Edit>,
}

/// What can be filled in at `position`.
pub fn refactorings(analysis: &Analysis, position: FilePosition) -> Vec<Refactoring> {
    let Some(context) = context(analysis, position) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let filled = match can_fill(&context) {
        true => filled(&context).ok(),
        false => None,
    };
    let missing = with_missing(&context).ok();
    let is_same = filled.is_some() && filled == missing.as_ref().map(|(edit, _)| edit.clone());
    found.extend(filled.map(|edit| refactoring(&context, "Fill request skeleton", edit)));
    if let Some((edit, title)) = missing.filter(|_| !is_same) {
        found.push(refactoring(&context, title, edit));
    }
    found
}

/// The edits that fill the empty REQUEST of the document at `position`.
///
/// # Errors
/// Why there is nothing to fill, in a sentence.
pub fn fill_request(analysis: &Analysis, position: FilePosition) -> Result<Vec<Edit>, String> {
    let context = context(analysis, position).ok_or("the file has no such document")?;
    Ok(in_file(&context, filled(&context)?))
}

/// The edits that insert what the object at `position` lacks.
///
/// # Errors
/// Why there is nothing to insert, in a sentence.
pub fn insert_missing(analysis: &Analysis, position: FilePosition) -> Result<Vec<Edit>, String> {
    let context = context(analysis, position).ok_or("the file has no such document")?;
    Ok(in_file(&context, with_missing(&context)?.0))
}

/// Whether the document has an empty REQUEST, or none, for a message that has fields.
pub(in crate::ide) fn can_fill(context: &Context<'_>) -> bool {
    let has_fields = context
        .method()
        .is_some_and(|method| match Shape::of_message(&method.input()) {
            Shape::Message(message) => message.fields().len() > 0,
            _ => true,
        });
    has_fields && empty_request(context).is_some()
}

fn context(analysis: &Analysis, position: FilePosition) -> Option<Context<'_>> {
    Context::at(analysis, analysis.file(position.file)?, position.offset)
}

fn refactoring(context: &Context<'_>, title: &'static str, edit: Edit) -> Refactoring {
    Refactoring {
        title,
        edits: in_file(context, edit),
    }
}

/// An edit of the document as one of the file, in the line ends of the file.
fn in_file(context: &Context<'_>, edit: Edit) -> Vec<Edit> {
    let text = match context.document.text().contains("\r\n") {
        true => edit.text.replace("\r\n", "\n").replace('\n', "\r\n"),
        false => edit.text,
    };
    vec![Edit {
        range: edit.range.start + context.start..edit.range.end + context.start,
        text,
    }]
}

/// Where the filled message goes.
enum Empty<'a> {
    /// The document has no REQUEST.
    Missing,
    Section(&'a Section),
}

/// The empty REQUEST at the cursor, else the first of the document.
fn empty_request<'a>(context: &Context<'a>) -> Option<Empty<'a>> {
    let mut requests = context.document.sections_of(SectionKind::Request).peekable();
    if requests.peek().is_none() {
        return Some(Empty::Missing);
    }
    let empty: Vec<_> = requests.filter(|section| is_empty(context, section)).collect();
    let at_cursor = context.document.section_at(context.offset);
    let own = empty
        .iter()
        .find(|section| at_cursor.is_some_and(|at| at.header == section.header));
    own.or(empty.first()).map(|section| Empty::Section(section))
}

/// Whether a body has nothing but comments, or an object of nothing but comments.
fn is_empty(context: &Context<'_>, section: &Section) -> bool {
    let may_be = match section.values() {
        [] => true,
        [only] => matches!(&only.data, Data::Object(members) if members.is_empty()),
        _ => false,
    };
    let is_written = |kind| matches!(kind, LexemeKind::Scalar | LexemeKind::Fault | LexemeKind::Comma);
    may_be
        && !context
            .document
            .lexemes(section)
            .iter()
            .any(|lexeme| is_written(lexeme.kind))
}

fn builder(context: &Context<'_>, names: Names) -> Builder {
    Builder::new(context.now(), names)
}

fn filled(context: &Context<'_>) -> Result<Edit, String> {
    let method = context.method().ok_or_else(|| why_unknown(context))?;
    let empty = empty_request(context).ok_or("no REQUEST of the document is empty")?;
    let shape = Shape::of_message(&method.input());
    let text = context.document.text();
    let section = match empty {
        Empty::Section(section) => section,
        Empty::Missing => return Ok(new_section(context, &builder(context, Names::Proto).value(&shape))),
    };
    if let ([object], Shape::Message(message)) = (section.values(), &shape) {
        return completed(context, object, &[], message).ok_or_else(|| "the body has a fault".to_owned());
    }
    let value = builder(context, Names::Proto).value(&shape);
    if let [object] = section.values() {
        return Ok(Edit {
            range: object.range.clone(),
            text: value,
        });
    }
    // Comments under the header go with the next section.
    let body = &text[section.body_range.clone()];
    let start = section.body_range.start;
    let comments = body.len() - body.trim_start().len();
    let ends_file = context.start + start + comments >= context.source().text().len_bytes();
    let before = match text[..start].ends_with('\n') {
        true => "",
        false => "\n",
    };
    let after = match ends_file {
        true => "\n",
        false => "\n\n",
    };
    Ok(Edit {
        range: start..start + comments,
        text: format!("{before}{value}{after}"),
    })
}

/// A REQUEST in front of what the document expects.
fn new_section(context: &Context<'_>, value: &str) -> Edit {
    let sections = context.document.sections();
    let end = sections
        .iter()
        .position(|section| section.kind.expects() || section.kind == SectionKind::Extract)
        .unwrap_or(sections.len());
    let text = context.document.text();
    let at = sections[..end]
        .last()
        .map_or(0, |section| section.trimmed_range(text).end);
    Edit {
        range: at..at,
        text: format!("\n\n--- REQUEST ---\n{value}"),
    }
}

fn why_unknown(context: &Context<'_>) -> String {
    match context.schema_state() {
        Some(SchemaState::Ready(_) | SchemaState::Outdated { .. }) => {
            "ENDPOINT names no method of the schema".to_owned()
        }
        Some(SchemaState::Failed { reason, .. }) => format!("the schema is not loaded: {reason}"),
        Some(SchemaState::Loading) | None => "the schema is not loaded yet: try again".to_owned(),
    }
}

/// The edit that completes the object at the cursor, with its title.
fn with_missing(context: &Context<'_>) -> Result<(Edit, &'static str), String> {
    let nothing = || "there is no message at the cursor".to_owned();
    let (values, shape) = body(context).ok_or_else(nothing)?;
    let shape = shape.ok_or_else(|| why_unknown(context))?;
    let at_cursor = values
        .into_iter()
        .find_map(|value| object_at(value, &shape, context.offset));
    let (object, members, message) = at_cursor.ok_or_else(nothing)?;
    let edit = completed(context, object, members, &message).ok_or("no field is missing, or the body has a fault")?;
    let title = match members.is_empty() {
        true => "Expand this message",
        false => "Insert missing fields",
    };
    Ok((edit, title))
}

/// The values of the body at the cursor that are messages, or lists of them, and their form by the schema.
pub(in crate::ide) fn body<'a>(context: &Context<'a>) -> Option<(Vec<&'a Value>, Option<Shape>)> {
    let section = context.document.section_at(context.offset)?;
    match section.kind {
        SectionKind::Request | SectionKind::Response => {
            Some((section.values().iter().collect(), context.body_shape(section.kind)))
        }
        SectionKind::Error => {
            let any = context.schema().map(|schema| Shape::Any(schema.pool().clone()));
            let details = section.values().first().and_then(details);
            Some((details.into_iter().collect(), any.map(|any| Shape::List(Box::new(any)))))
        }
        _ => None,
    }
}

/// The list of details in the value of an ERROR.
fn details(error: &Value) -> Option<&Value> {
    let Data::Object(members) = &error.data else {
        return None;
    };
    let details = members.iter().rev().find(|member| member.key == "details")?;
    details.value.as_ref()
}

/// The innermost object around `offset` that stands for a message.
fn object_at<'v>(
    value: &'v Value,
    shape: &Shape,
    offset: usize,
) -> Option<(&'v Value, &'v [Member], MessageDescriptor)> {
    if offset < value.range.start || value.range.end < offset {
        return None;
    }
    match &value.data {
        Data::Array(items) => {
            let element = shape.element()?;
            items.iter().find_map(|item| object_at(item, &element, offset))
        }
        Data::Object(members) => {
            let shape = named_shape(shape, members);
            let inside = members.iter().find_map(|member| {
                let value = member.value.as_ref().filter(|value| is_around(value, offset))?;
                Some((member, value))
            });
            match (inside, shape?) {
                (Some((member, inner)), shape) => object_at(inner, &shape.member(&member.key)?, offset),
                (None, Shape::Message(message)) => Some((value, members, message)),
                (None, _) => None,
            }
        }
        _ => None,
    }
}

/// Whether the cursor is inside the brackets of `value`.
fn is_around(value: &Value, offset: usize) -> bool {
    let has_brackets = matches!(value.data, Data::Object(_) | Data::Array(_));
    has_brackets && value.range.start < offset && offset < value.range.end
}

/// The form of an object, which for an Any is that of the type it names.
pub(in crate::ide) fn named_shape(shape: &Shape, members: &[Member]) -> Option<Shape> {
    let Shape::Any(pool) = shape else {
        return Some(shape.clone());
    };
    let url = members.iter().rev().find(|member| member.key == "@type")?;
    match &url.value.as_ref()?.data {
        Data::String(url) => Some(Shape::of_message(&pool.get_message_by_name(type_name(url))?)),
        _ => None,
    }
}

/// The object with the members that it lacks; `None` where it lacks none or is broken.
fn completed(context: &Context<'_>, object: &Value, members: &[Member], message: &MessageDescriptor) -> Option<Edit> {
    let known = |member: &&Member| field(message, &member.key);
    let present: Vec<_> = members.iter().filter_map(|member| known(&member)).collect();
    let is_set = |member: &&Member| member.value.as_ref().is_none_or(|value| value.data != Data::Null);
    let set: Vec<_> = members
        .iter()
        .filter(is_set)
        .filter_map(|member| known(&member))
        .collect();
    let keys: Vec<_> = members.iter().map(|member| member.key.clone()).collect();
    let names = match uses_json_names(message, &keys) {
        true => Names::Json,
        false => Names::Proto,
    };
    let missing = builder(context, names).missing(message, &present, &set);
    if missing.is_empty() {
        return None;
    }
    let text = context.document.text();
    let old = &text[object.range.clone()];
    let new = with_members(context, object, members, in_gaps(message, members, missing))?;
    let line = text[..object.range.start].rfind('\n').map_or(0, |at| at + 1);
    let indent: String = text[line..].chars().take_while(|c| matches!(c, ' ' | '\t')).collect();
    let laid_out = format::body(&new)?.replace('\n', &format!("\n{indent}"));
    let line_end = match text.contains("\r\n") {
        true => "\r\n",
        false => "\n",
    };
    format::middle(old, &laid_out.replace('\n', line_end), object.range.start)
}

/// The lines of the fields that go behind the first 0, 1, 2 … of `members`: where the fewest of these stand on the wrong
/// side by the schema's order.
fn in_gaps(
    message: &MessageDescriptor,
    members: &[Member],
    missing: Vec<(FieldDescriptor, Vec<Line>)>,
) -> BTreeMap<usize, Vec<Line>> {
    let order = ordered(message);
    let rank = |field: &FieldDescriptor| order.iter().position(|other| other == field);
    let present: Vec<_> = members
        .iter()
        .map(|member| rank(&field(message, &member.key)?))
        .collect();
    let mut gaps: BTreeMap<usize, Vec<Line>> = BTreeMap::new();
    for (field, lines) in missing {
        let own = rank(&field);
        let (mut gap, mut best, mut cost) = (0, 0, 0);
        for (at, other) in present.iter().enumerate() {
            cost += match (other, own) {
                (Some(other), Some(own)) if *other > own => 1,
                (Some(_), Some(_)) => -1,
                _ => 0,
            };
            if cost <= best {
                (gap, best) = (at + 1, cost);
            }
        }
        gaps.entry(gap).or_default().extend(lines);
    }
    gaps
}

/// The text of an object with lines in the gaps between its members; `None` where it is broken.
fn with_members(
    context: &Context<'_>,
    object: &Value,
    members: &[Member],
    gaps: BTreeMap<usize, Vec<Line>>,
) -> Option<String> {
    let start = object.range.start;
    let mut new = context.document.text()[object.range.clone()]
        .strip_suffix('}')?
        .to_owned();
    // From the last to the first, so that places stay what they are.
    for (gap, lines) in gaps.into_iter().rev() {
        let before = match gap.checked_sub(1) {
            Some(before) => Some(members.get(before)?.value.as_ref()?.range.end),
            None => None,
        };
        let (at, lines) = match members.get(gap) {
            Some(next) => {
                let from = before.unwrap_or(start + 1);
                (behind(context, from, next.key_range.start) - start, leading(lines))
            }
            None => (new.len(), joined(lines)),
        };
        new.insert_str(at, &format!("\n{lines}\n"));
        let next = members.get(gap).map_or(object.range.end, |next| next.key_range.start);
        if let Some(end) = before.filter(|end| comma(context, *end..next).is_none()) {
            new.insert(end - start, ',');
        }
    }
    Some(new + "\n}")
}

/// Behind the comma between two members, and behind comments that stand on its line with nothing else.
fn behind(context: &Context<'_>, from: usize, next: usize) -> usize {
    let from = comma(context, from..next).unwrap_or(from);
    let Some(line) = context.document.text()[from..next].find('\n') else {
        return from;
    };
    let comments = lexemes(context, from).into_iter();
    let comments = comments.filter(|lexeme| matches!(lexeme.kind, LexemeKind::LineComment | LexemeKind::BlockComment));
    let own = comments.filter(|comment| (from..from + line).contains(&comment.range.start));
    own.map(|comment| comment.range.end).max().unwrap_or(from)
}

/// Where the comma in `range` ends.
fn comma(context: &Context<'_>, range: std::ops::Range<usize>) -> Option<usize> {
    let mut commas = lexemes(context, range.start)
        .into_iter()
        .filter(|lexeme| lexeme.kind == LexemeKind::Comma);
    let own = commas.find(|comma| range.start <= comma.range.start && comma.range.end <= range.end)?;
    Some(own.range.end)
}

/// What the section at `offset` is made of.
fn lexemes(context: &Context<'_>, offset: usize) -> Vec<Lexeme> {
    let section = context.document.section_at(offset);
    section.map_or_else(Vec::new, |section| context.document.lexemes(section))
}
