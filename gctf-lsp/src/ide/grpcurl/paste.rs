//! What was pasted becomes a document: a command line of grpcurl, or a payload where no section is.

use super::arguments::command;
use super::written::{Site, document, of_payload, payload};
use crate::diagnostic::Severity;
use crate::ide::context::Context;
use crate::ide::skeleton::Refactoring;
use crate::ide::{Analysis, FileId};
use crate::schema::shape::Shape;
use crate::syntax::SourceFile;
use crate::text::Edit;
use crate::types::body::{Rules, check};
use std::ops::Range;

/// Lines above the cursor on which a command line may begin.
const LINES_ABOVE: usize = 1_000;

/// How many of them are tried.
const COMMANDS_ABOVE: usize = 20;

/// What becomes a document at `range` of the file: the command line that is there, or JSON that is selected or stands
/// before the first section.
pub fn refactorings(analysis: &Analysis, file: FileId, range: Range<usize>) -> Vec<Refactoring> {
    let Some(state) = analysis.file(file) else {
        return Vec::new();
    };
    let Some(context) = Context::at(analysis, state, range.start) else {
        return Vec::new();
    };
    let text = state.source.text().to_string();
    let found = of_command(&context, &text, &range).or_else(|| of_json(&context, &text, &range));
    let refactoring = found.map(|(title, place, written)| Refactoring {
        title,
        edits: vec![edit(&text, place, &written)],
    });
    refactoring.into_iter().collect()
}

/// A title, bytes of the file, and what is to stand there.
type Found = (&'static str, Range<usize>, String);

fn of_command(context: &Context<'_>, text: &str, range: &Range<usize>) -> Option<Found> {
    let before = text[..line_end(text, range.start)]
        .match_indices('\n')
        .map(|(at, _)| at + 1);
    let mut starts: Vec<_> = std::iter::once(0).chain(before).collect();
    starts.reverse();
    // Reading goes on over lines, maybe over all of them: where it begins, there is a word of a command.
    let starts = starts.into_iter().take(LINES_ABOVE);
    let mut starts = starts
        .filter(|start| may_begin(&text[*start..line_end(text, *start)]))
        .take(COMMANDS_ABOVE);
    let (arguments, place) = starts.find_map(|start| {
        let rest = &text[start..];
        let (arguments, length) = command(rest)?;
        let indent = rest.len() - rest.trim_start().len();
        let end = start + length;
        (range.start <= end && start <= range.end).then_some((arguments, start + indent..end))
    })?;
    let folder = context.folder();
    let written = document(arguments, Site { folder });
    Some(("Turn grpcurl command into a document", place, written))
}

/// Whether a command line can begin with a line: it names the program, or something that writes its input.
fn may_begin(line: &str) -> bool {
    let line = line.trim_start();
    !line.starts_with('#') && !line.starts_with("//") && (line.contains("grpcurl") || line.starts_with("echo "))
}

fn of_json(context: &Context<'_>, text: &str, range: &Range<usize>) -> Option<Found> {
    let place = match range.is_empty() {
        true => outside(context, range.start)?,
        false => range.clone(),
    };
    let place = trimmed(text, place);
    let starts_line = text[..place.start]
        .rsplit('\n')
        .next()
        .is_some_and(|before| before.trim().is_empty());
    let ends_line = text[place.end..line_end(text, place.end)].trim().is_empty();
    let json = &text[place.clone()];
    if !json.starts_with(['{', '[']) || !starts_line || !ends_line {
        return None;
    }
    let body = payload(json)?;
    let written = of_payload(&body, only_endpoint(context, &body).as_deref());
    Some(("Turn JSON into a document", place, written))
}

/// What stands before the first section of the file, where `offset` is in it.
fn outside(context: &Context<'_>, offset: usize) -> Option<Range<usize>> {
    let sections = context.document.sections();
    let end = sections
        .first()
        .map_or(context.document.text().len(), |first| first.range().start);
    (context.start == 0 && offset <= end).then_some(0..end)
}

/// The one method that takes what is sent.
fn only_endpoint(context: &Context<'_>, body: &str) -> Option<String> {
    let source = SourceFile::new(&format!("--- REQUEST ---\n{body}\n"));
    let (_, document) = source.document(0)?;
    let values = document.sections().first()?.values();
    let services: Vec<_> = context.schema()?.own_services().collect();
    let methods = services
        .iter()
        .flat_map(|service| service.methods().collect::<Vec<_>>());
    let mut fitting = methods.filter(|method| {
        let shape = Shape::of_message(&method.input());
        let findings = values.iter().flat_map(|value| check(value, &shape, Rules::SENT));
        let mut errors = findings.filter(|found| found.severity == Severity::Error);
        (values.len() == 1 || method.is_client_streaming()) && errors.next().is_none()
    });
    let only = fitting.next().filter(|_| fitting.next().is_none())?;
    Some(format!("{}/{}", only.parent_service().full_name(), only.name()))
}

/// The edit that puts a document into the place of bytes, apart from what stands around them, in the file's line ends.
fn edit(text: &str, place: Range<usize>, written: &str) -> Edit {
    let (before, behind) = (text[..place.start].trim_end_matches([' ', '\t']), &text[place.end..]);
    let lead = match before.trim().is_empty() {
        true => "",
        false if before.ends_with("\n\n") || before.ends_with("\n\r\n") => "",
        false if before.ends_with('\n') => "\n",
        false => "\n\n",
    };
    let trail = match behind.trim_start_matches([' ', '\t', '\r']) {
        end if end.trim().is_empty() => "\n",
        end if end.starts_with("\n\n") || end.starts_with("\n\r\n") => "",
        end if end.starts_with('\n') => "\n",
        _ => "\n\n",
    };
    let ends_file = behind.trim().is_empty();
    let end = match ends_file {
        true => text.len(),
        false => place.end,
    };
    let written = format!("{lead}{}{trail}", written.trim_end());
    Edit {
        range: before.len()..end,
        text: match text.contains("\r\n") {
            true => written.replace('\n', "\r\n"),
            false => written,
        },
    }
}

fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let part = &text[range.clone()];
    let start = range.start + (part.len() - part.trim_start().len());
    start..(range.start + part.trim_end().len()).max(start)
}

fn line_end(text: &str, offset: usize) -> usize {
    text[offset..].find('\n').map_or(text.len(), |at| offset + at)
}
