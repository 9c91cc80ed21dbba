//! Where in a line of an expression the cursor is.

use super::super::super::context::Context;
use crate::expr::{Place, Slot};
use crate::spec::SectionKind;
use crate::syntax::{Body, Section};
use std::ops::Range;

/// What the cursor is in.
pub(super) enum At {
    /// The name of a line of EXTRACT: the line.
    Name(Range<usize>),
    Expression(Written),
    Nowhere,
}

/// What is written of an expression before the cursor.
pub(super) struct Written {
    /// Where it begins, in bytes of the document.
    pub(super) start: usize,
    /// Up to the cursor, comment lines blanked out.
    pub(super) prefix: String,
}

pub(super) fn of(section: &Section) -> Place {
    match section.kind {
        SectionKind::Extract => Place::Extract,
        _ => Place::Asserts,
    }
}

pub(super) fn written(context: &Context<'_>, section: &Section) -> At {
    let (text, offset) = (context.document.text(), context.offset);
    let line = text[..offset].rfind('\n').map_or(0, |at| at + 1);
    let line = line.max(section.body_range.start).min(offset);
    let Some(start) = start(section, line, offset) else {
        let end = text[offset..].find(['\r', '\n']).map_or(text.len(), |at| offset + at);
        return match of(section) {
            Place::Extract => extraction(text, line, offset, end),
            Place::Asserts => expression(text, line, offset),
        };
    };
    expression(text, start, offset)
}

/// Where the expression begins that goes on up to the cursor, as far as the lines tell.
fn start(section: &Section, line: usize, offset: usize) -> Option<usize> {
    let values: Vec<_> = match &section.body {
        Body::Asserts(lines) => lines.iter().collect(),
        Body::Extract(lines) => lines.iter().filter_map(|line| line.value.as_ref()).collect(),
        _ => Vec::new(),
    };
    let before = values.into_iter().rev().filter(|value| value.range.start <= offset);
    let mut open = before.filter(|value| {
        let is_here = value.range.start >= line || value.range.end >= line;
        // A bracket that is not closed yet leaves the lines behind it to themselves.
        is_here || value.unclosed.is_some()
    });
    let nearest = open.next()?;
    let outer = open.find(|value| value.unclosed.is_some());
    Some(outer.unwrap_or(nearest).range.start)
}

fn extraction(text: &str, line: usize, offset: usize, end: usize) -> At {
    match text[line..offset].find('=') {
        Some(at) => expression(text, line + at + 1, offset),
        None => At::Name(line..end),
    }
}

fn expression(text: &str, start: usize, offset: usize) -> At {
    let written = &text[start..offset];
    let lines = written.split_inclusive('\n').enumerate().map(|(at, line)| {
        // Only whole lines are comments here: a cursor in one is elsewhere.
        match at > 0 && line.trim_start().starts_with('#') {
            true => " ".repeat(line.len() - 1) + "\n",
            false => line.to_owned(),
        }
    });
    let prefix: String = lines.collect();
    match prefix.len() == written.len() {
        true => At::Expression(Written { start, prefix }),
        false => At::Nowhere,
    }
}

/// Where the token ends that begins at `start` and holds the cursor.
pub(super) fn token_end(text: &str, start: usize, offset: usize, slot: &Slot) -> usize {
    let rest = &text[offset..];
    let is_quoted = text[start..].starts_with('"') && offset > start;
    if is_quoted {
        let line = rest.lines().next().unwrap_or("");
        return match line.find('"') {
            Some(end) => offset + end + 1,
            // Without a closing quote the word is the token.
            None => offset + line.find(|c: char| !is_name(c)).unwrap_or(line.len()),
        };
    }
    let dotted = *slot == Slot::Plugin;
    let length = rest
        .find(|c: char| !(is_name(c) || (dotted && c == '.')))
        .unwrap_or(rest.len());
    offset + length
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}
