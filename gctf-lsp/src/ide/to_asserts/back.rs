//! From lines of ASSERTS to a RESPONSE that expects the same.

use super::place::in_file;
use crate::expr::{Literal, Pin, PinStep};
use crate::ide::context::Context;
use crate::ide::{Analysis, FileId};
use crate::spec::SectionKind;
use crate::syntax::{Body, Section};
use crate::text::Edit;
use serde_json::{Map, Value as Json};
use std::ops::Range;

/// The edits that put the lines `path == literal` of `range`, or of all the ASSERTS at it, into a new RESPONSE;
/// `None` where the document expects something already, or no line is of that form.
pub fn back(analysis: &Analysis, file: FileId, range: Range<usize>) -> Option<Vec<Edit>> {
    let context = Context::at(analysis, analysis.file(file)?, range.start)?;
    let document = context.document;
    let section = document.section_at(context.offset)?;
    let expects = |section: &Section| matches!(section.kind, SectionKind::Response | SectionKind::Error);
    let is_stream = context.method().is_none_or(|method| method.is_server_streaming());
    let Body::Asserts(lines) = &section.body else {
        return None;
    };
    if is_stream || section.is_skipped() || document.sections().iter().any(expects) {
        return None;
    }
    let meant = context.offset(range.start)?..context.offset(range.end)?;
    let is_meant = |line: &Range<usize>| meant.is_empty() || (line.start < meant.end && meant.start < line.end);
    let mut message = Map::new();
    let mut taken = Vec::new();
    for (line, pin) in document.pins() {
        let is_here = lines.iter().any(|own| own.range == *line);
        if is_here && is_meant(line) && insert(&mut message, pin).is_some() {
            taken.push(line.clone());
        }
    }
    if taken.is_empty() {
        return None;
    }
    let text = document.text();
    let body = serde_json::to_string_pretty(&message).ok()?;
    let response = format!("--- RESPONSE partial ---\n{body}\n");
    let rest = &text[section.body_range.clone()];
    let is_all = taken.len() == lines.len() && rest.lines().all(|line| !line.trim_start().starts_with('#'));
    let mut edits = Vec::new();
    if is_all {
        edits.push(Edit {
            range: section.range().start..section.trimmed_range(text).end,
            text: response.trim_end().to_owned(),
        });
    } else {
        let start = section.range().start;
        edits.push(Edit {
            range: start..start,
            text: format!("{response}\n"),
        });
        edits.extend(taken.iter().map(|line| whole_line(text, line)));
    }
    Some(edits.into_iter().map(|edit| in_file(&context, edit)).collect())
}

/// Takes out a line, with its comment.
fn whole_line(text: &str, line: &Range<usize>) -> Edit {
    let start = text[..line.start].rfind('\n').map_or(0, |at| at + 1);
    let end = text[line.end..].find('\n').map_or(text.len(), |at| line.end + at + 1);
    Edit {
        range: start..end,
        text: String::new(),
    }
}

/// Sets what a line pins, if a RESPONSE can say it and nothing is there yet.
fn insert(message: &mut Map<String, Json>, pin: &Pin) -> Option<()> {
    let value = match &pin.literal {
        // These would mean something else.
        Literal::Text(text) if text == "*" || text.contains("{{") => return None,
        Literal::Text(text) => Json::from(text.as_str()),
        Literal::Bool(value) => Json::from(*value),
        Literal::Number(digits) => Json::Number(serde_json::from_str(digits).ok()?),
    };
    let keys = pin.path.iter().map(|step| match step {
        PinStep::Member(name) => Some(name.as_str()),
        PinStep::Element(_) => None,
    });
    let keys: Vec<_> = keys.collect::<Option<_>>()?;
    let (last, above) = keys.split_last()?;
    // Looks before it leaps, so that nothing is left behind.
    let mut seen = Some(&*message);
    for key in above {
        seen = match seen.and_then(|object| object.get(*key)) {
            Some(Json::Object(inner)) => Some(inner),
            Some(_) => return None,
            None => None,
        };
    }
    if seen.is_some_and(|object| object.contains_key(*last)) {
        return None;
    }
    let mut object = message;
    for key in above {
        let inner = object.entry(*key).or_insert_with(|| Json::Object(Map::new()));
        object = inner.as_object_mut()?;
    }
    object.insert((*last).to_owned(), value);
    Some(())
}
