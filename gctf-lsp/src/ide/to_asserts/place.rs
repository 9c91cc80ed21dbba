//! Which response is meant, and where its lines go.

use super::written::{MOST, Origin, lines, of_json};
use crate::eval::compare::CompareOptions;
use crate::ide::context::Context;
use crate::ide::skeleton::Refactoring;
use crate::ide::{Analysis, FileId, FilePosition, parts};
use crate::schema::shape::Shape;
use crate::spec::options::{PARTIAL, REDACT, TOLERANCE, TYPE, UNORDERED_ARRAYS};
use crate::spec::{SectionKind, Word};
use crate::syntax::settings::{boolean, list_items};
use crate::syntax::{Body, Document, Section};
use crate::text::Edit;
use std::ops::Range;

/// What can be made of the response, or of the assertions, at `range` of the file.
pub fn refactorings(analysis: &Analysis, file: FileId, range: Range<usize>) -> Vec<Refactoring> {
    let position = FilePosition {
        file,
        offset: range.start,
    };
    let there = edits(analysis, position, &range).map(|edits| Refactoring {
        title: "Turn response into asserts",
        edits,
    });
    let back = super::back(analysis, file, range).map(|edits| Refactoring {
        title: "Turn asserts into RESPONSE",
        edits,
    });
    there.into_iter().chain(back).collect()
}

/// The edits that add to ASSERTS what the RESPONSE at `position` expects, or what came in the last run of the
/// document.
///
/// # Errors
/// Why there is nothing to add, in a sentence.
pub fn response_to_asserts(analysis: &Analysis, position: FilePosition) -> Result<Vec<Edit>, String> {
    edits(analysis, position, &(position.offset..position.offset))
}

fn edits(analysis: &Analysis, position: FilePosition, range: &Range<usize>) -> Result<Vec<Edit>, String> {
    let file = analysis.file(position.file);
    let context = file.and_then(|file| Context::at(analysis, file, position.offset));
    let context = context.ok_or("the file has no such document")?;
    if context.method().is_some_and(|method| method.is_server_streaming()) {
        return Err(
            "the lines of ASSERTS look at one message of a stream each: write them where they belong".to_owned(),
        );
    }
    let at_cursor = context.document.section_at(context.offset);
    let response = at_cursor.filter(|section| section.kind == SectionKind::Response);
    let from = context.offset(range.start).unwrap_or_default()..context.offset(range.end).unwrap_or_default();
    let written = match response {
        Some(section) => expected(&context, section, from)?,
        None => actual(&context)?,
    };
    let first = context.document.sections_of(SectionKind::Response).next();
    let target = target(context.document, response.or(first));
    let known = target.map_or_else(Vec::new, known);
    let is_new = |line: &String| !known.contains(&compact(line));
    let added: Vec<_> = written.into_iter().filter(is_new).take(MOST).collect();
    if added.is_empty() {
        return Err("the lines of ASSERTS say all of it already".to_owned());
    }
    let edit = insertion(context.document, target, response.or(first), &added.join("\n"));
    Ok(vec![in_file(&context, edit)])
}

/// The lines for a RESPONSE, or for the part of it that is selected.
fn expected(context: &Context<'_>, section: &Section, range: Range<usize>) -> Result<Vec<String>, String> {
    let [value] = section.values() else {
        return Err("RESPONSE has not exactly one value".to_owned());
    };
    let shape = context.body_shape(section.kind).unwrap_or(Shape::Value);
    let is_part = !range.is_empty() && value.range.start < range.end && range.start < value.range.end;
    let lines = parts::lines(context);
    let origin = Origin::Expected {
        part: is_part.then_some(range),
        variables: &lines.before,
        options: options(context, section),
    };
    Ok(super::written::lines(value, shape, &origin))
}

/// How a RESPONSE is compared.
fn options(context: &Context<'_>, section: &Section) -> CompareOptions {
    let common = context.force().options.and_then(|at| {
        let (_, document) = context.source().document(at.document)?;
        document.sections().get(at.section)
    });
    let option = |name: &str| {
        let own = section.option(name).map(str::to_owned);
        own.or_else(|| Some(common?.setting(&[name])?.text))
    };
    let is_set = |word: Word| option(word.name()).is_some_and(|value| boolean(&value) == Some(true));
    CompareOptions {
        partial: is_set(PARTIAL) || section.option(TYPE.name()) == Some(PARTIAL.name()),
        unordered_arrays: is_set(UNORDERED_ARRAYS),
        tolerance: option(TOLERANCE.name()).and_then(|value| value.replace('_', "").parse().ok()),
        redact: option(REDACT.name()).map_or_else(Vec::new, |value| list_items(&value)),
        ..CompareOptions::default()
    }
}

/// The lines for what came.
fn actual(context: &Context<'_>) -> Result<Vec<String>, String> {
    let reply = context
        .last_reply()
        .ok_or("put the cursor into a RESPONSE, or run the document first")?;
    let [message] = reply.messages.as_slice() else {
        return Err("no message came in the last run".to_owned());
    };
    let shape = context.body_shape(SectionKind::Response).unwrap_or(Shape::Value);
    let origin = Origin::Actual {
        mask: &context.config().settings.mask,
    };
    Ok(lines(&of_json(message), shape, &origin))
}

/// The ASSERTS that looks at what `response` expects, or the first one.
fn target<'d>(document: &'d Document, response: Option<&Section>) -> Option<&'d Section> {
    let start = response.map_or(0, |response| response.header.end);
    let behind = document
        .sections()
        .iter()
        .filter(|section| section.header.start >= start);
    let mut own = behind.take_while(|section| !matches!(section.kind, SectionKind::Response | SectionKind::Error));
    own.find(|section| section.kind == SectionKind::Asserts && !section.is_skipped())
}

/// The lines of an ASSERTS without their blanks.
fn known(section: &Section) -> Vec<String> {
    match &section.body {
        Body::Asserts(lines) => lines.iter().map(|line| compact(&line.code)).collect(),
        _ => Vec::new(),
    }
}

fn compact(line: &str) -> String {
    line.split_whitespace().collect()
}

fn insertion(document: &Document, target: Option<&Section>, response: Option<&Section>, lines: &str) -> Edit {
    let text = document.text();
    if let Some(target) = target {
        let at = target.trimmed_range(text).end;
        return Edit {
            range: at..at,
            text: format!("\n{lines}"),
        };
    }
    // Behind what is expected, else behind what is sent.
    let is_before = |section: &&Section| {
        !matches!(
            section.kind,
            SectionKind::Extract | SectionKind::Asserts | SectionKind::Bench | SectionKind::Meta
        )
    };
    let behind = response.or_else(|| document.sections().iter().rfind(is_before));
    let at = behind.map_or(0, |section| section.trimmed_range(text).end);
    Edit {
        range: at..at,
        text: format!("\n\n--- ASSERTS ---\n{lines}"),
    }
}

/// An edit of the document as one of the file, in the line ends of the file.
pub(super) fn in_file(context: &Context<'_>, edit: Edit) -> Edit {
    Edit {
        range: edit.range.start + context.start..edit.range.end + context.start,
        text: match context.document.text().contains("\r\n") {
            true => edit.text.replace("\r\n", "\n").replace('\n', "\r\n"),
            false => edit.text,
        },
    }
}
