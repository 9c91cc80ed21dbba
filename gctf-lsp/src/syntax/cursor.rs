//! What stands at the cursor, also in a body that is broken right there. Reads the total tree, so that
//! a missing comma, colon, value, quote or closer never loses the way to the cursor.

mod json;

use super::document::{Body, Document, Section};
use super::lines::{Line, classify};
use crate::spec::SectionKind;
pub use json::{JsonPlace, JsonSlot, Step};
use std::ops::Range;

/// The place of a cursor. Ranges are bytes of the document; `token` is what a completion replaces.
#[derive(Debug)]
pub enum Place<'a> {
    /// A blank line or a line of dashes between bodies, where a header can stand.
    Header { token: Range<usize> },
    /// A word in the option text of a header.
    HeaderOption { section: &'a Section, token: Range<usize> },
    /// The value of a header option.
    HeaderOptionValue {
        section: &'a Section,
        option: String,
        token: Range<usize>,
    },
    /// The name in a header.
    HeaderName { section: &'a Section },
    /// The name of an attribute.
    AttributeName { token: Range<usize> },
    /// The value of an attribute.
    AttributeValue { name: String, token: Range<usize> },
    /// The name in `{{ name }}`, where templates are replaced.
    Template {
        token: Range<usize>,
        /// Whether the braces are closed behind the name.
        closed: bool,
    },
    /// The only line of an ADDRESS or ENDPOINT.
    Line { section: &'a Section, token: Range<usize> },
    /// The key of a key-value line, `colon` telling whether one follows.
    Key {
        section: &'a Section,
        token: Range<usize>,
        colon: bool,
    },
    /// The value of a key-value line.
    Setting {
        section: &'a Section,
        key: String,
        token: Range<usize>,
    },
    /// Somewhere in a JSON body.
    Json { section: &'a Section, place: JsonPlace },
    /// An expression or a line for one.
    Expression { section: &'a Section },
    /// Comments, opaque text, places where nothing can be said.
    Nowhere,
}

impl Document {
    /// What stands at `offset`, a byte of the document.
    pub fn place(&self, offset: usize) -> Place<'_> {
        let line = line_range(self.text(), offset);
        let text = &self.text()[line.clone()];
        if matches!(classify(text), Line::Attribute) {
            return attribute(text, line.start, offset);
        }
        let in_comment = |range: &Range<usize>| range.start < offset && offset <= range.end;
        if self.comments().iter().any(in_comment) {
            return Place::Nowhere;
        }
        let section = self
            .sections()
            .iter()
            .rev()
            .find(|section| section.header.start <= line.end && section.header.start <= offset.max(line.start));
        let Some(section) = section else {
            return header_place(text, &line, offset);
        };
        if offset <= section.header.end && section.header.start <= offset {
            return in_header(section, self.text(), offset);
        }
        if offset < section.body_range.start {
            return Place::Nowhere;
        }
        let place = self.in_body(section, offset, line.clone());
        let in_value = match &place {
            Place::Json { place, .. } => {
                place.slot == JsonSlot::Value && place.quote.is_some() && place.token.start < offset
            }
            Place::Setting { section, .. } => section.kind == SectionKind::RequestHeaders,
            Place::Line { section, .. } => section.kind == SectionKind::Address,
            _ => false,
        };
        template(self.text(), line, offset)
            .filter(|_| in_value)
            .unwrap_or(place)
    }

    fn in_body<'a>(&'a self, section: &'a Section, offset: usize, line: Range<usize>) -> Place<'a> {
        let text = &self.text()[line.clone()];
        if let Body::Json(_) = section.body {
            let place = json::place(self, section, offset);
            let outside = place.path.is_empty() && place.slot == JsonSlot::Value;
            let has_values = !section.values().is_empty() && place.token.is_empty();
            return match outside && (has_values || dashes(text)) {
                true => header_place(text, &line, offset),
                false => Place::Json { section, place },
            };
        }
        if dashes(text) {
            return header_place(text, &line, offset);
        }
        match &section.body {
            Body::Lines(lines) => {
                let written = lines
                    .iter()
                    .find(|written| written.range.start >= line.start && written.range.end <= line.end);
                match (written, lines.is_empty()) {
                    (Some(written), _) => Place::Line {
                        section,
                        token: written.range.clone(),
                    },
                    (None, true) => Place::Line {
                        section,
                        token: offset..offset,
                    },
                    (None, false) => header_place(text, &line, offset),
                }
            }
            Body::KeyValue(_) => key_value(section, text, line.start, offset),
            Body::Asserts(_) | Body::Extract(_) => Place::Expression { section },
            Body::Yaml if section.kind == SectionKind::Meta && !text.starts_with([' ', '-', '#']) => {
                key_value(section, text, line.start, offset)
            }
            Body::Json(_) | Body::Yaml | Body::Text => match text.trim().is_empty() {
                true => header_place(text, &line, offset),
                false => Place::Nowhere,
            },
        }
    }
}

/// The line that holds `offset`, without its end.
fn line_range(text: &str, offset: usize) -> Range<usize> {
    let start = text[..offset].rfind('\n').map_or(0, |at| at + 1);
    let end = text[offset..].find('\n').map_or(text.len(), |at| offset + at);
    let line = &text[start..end];
    start..start + line.strip_suffix('\r').unwrap_or(line).len()
}

/// Whether a line starts like a header: with dashes and at most a word.
fn dashes(line: &str) -> bool {
    line.starts_with('-')
}

fn header_place<'a>(text: &str, line: &Range<usize>, offset: usize) -> Place<'a> {
    let blank = text.trim().is_empty() && offset == line.start;
    match blank || dashes(text) {
        true => Place::Header { token: line.clone() },
        false => Place::Nowhere,
    }
}

fn in_header<'a>(section: &'a Section, text: &str, offset: usize) -> Place<'a> {
    let touches = |range: &Range<usize>| range.start <= offset && offset <= range.end;
    if touches(&section.name_range) {
        return Place::HeaderName { section };
    }
    for option in &section.options {
        if touches(&option.name_range) {
            return Place::HeaderOption {
                section,
                token: option.name_range.clone(),
            };
        }
        if touches(&option.range) || option.value.as_ref().is_some_and(|value| touches(&value.range)) {
            let token = option
                .value
                .as_ref()
                .map_or(offset..offset, |value| value.range.clone());
            return Place::HeaderOptionValue {
                section,
                option: option.name.clone(),
                token,
            };
        }
    }
    let closing = section.header.end - 3;
    let behind_name = offset > section.name_range.end && offset <= closing;
    match behind_name && text[offset..closing].trim_start().is_empty() | text[..offset].ends_with([' ', '\t']) {
        true => Place::HeaderOption {
            section,
            token: offset..offset,
        },
        false => Place::Nowhere,
    }
}

fn attribute<'a>(text: &str, line_start: usize, offset: usize) -> Place<'a> {
    let open = text.find("#[").map_or(text.len(), |at| at + 2);
    let name = text[open..]
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-')))
        .map_or(text.len(), |at| open + at);
    let touches = |range: &Range<usize>| range.start <= offset && offset <= range.end;
    let token = line_start + open..line_start + name;
    if touches(&token) {
        return Place::AttributeName { token };
    }
    let value = text[name..].strip_prefix('(').map(|rest| {
        let end = rest.rfind(')').or(rest.rfind(']')).unwrap_or(rest.len());
        line_start + name + 1..line_start + name + 1 + end
    });
    match value.filter(touches) {
        Some(token) => Place::AttributeValue {
            name: text[open..name].to_owned(),
            token,
        },
        None => Place::Nowhere,
    }
}

/// The template around `offset`, finished or not.
fn template<'a>(text: &str, line: Range<usize>, offset: usize) -> Option<Place<'a>> {
    let before = &text[line.start..offset];
    let open = before.rfind("{{")? + 2;
    let typed = before[open..].trim_start_matches([' ', '\t']);
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
    if !typed.chars().all(is_name) {
        return None;
    }
    let behind = &text[offset..line.end.max(offset)];
    let tail = behind.find(|c: char| !is_name(c)).unwrap_or(behind.len());
    Some(Place::Template {
        token: offset - typed.len()..offset + tail,
        closed: behind[tail..].trim_start_matches([' ', '\t']).starts_with("}}"),
    })
}

fn key_value<'a>(section: &'a Section, text: &str, line_start: usize, offset: usize) -> Place<'a> {
    let in_line = offset - line_start;
    let trimmed = |range: Range<usize>| {
        let slice = &text[range.clone()];
        let start = range.start + (slice.len() - slice.trim_start().len());
        let start = start.min(in_line);
        line_start + start..line_start + (start + text[start..range.end].trim_end().len()).max(in_line)
    };
    match text.find(':') {
        Some(colon) if in_line > colon => Place::Setting {
            section,
            key: text[..colon].trim().to_owned(),
            token: trimmed(colon + 1..text.len()),
        },
        colon => Place::Key {
            section,
            token: trimmed(0..colon.unwrap_or(text.len())),
            colon: colon.is_some(),
        },
    }
}
