//! Filling an empty expectation with what came.

use super::lasting::Lasting;
use super::status::written_status;
use super::{Acceptance, context, in_file};
use crate::eval::compare::written;
use crate::ide::context::Context;
use crate::ide::{Analysis, FilePosition};
use crate::spec::SectionKind;
use crate::syntax::Section;
use crate::text::Edit;
use serde_json::Value as Json;

/// Whether the document expects nothing: RESPONSE, ERROR and ASSERTS are absent or empty.
pub(in crate::ide) fn can_record(context: &Context<'_>) -> bool {
    !expecting(context).any(|section| !is_empty(context, section))
}

fn expecting<'a>(context: &Context<'a>) -> impl Iterator<Item = &'a Section> + use<'a> {
    let sections = context.document.sections().iter();
    sections.filter(|section| section.kind.expects())
}

fn is_empty(context: &Context<'_>, section: &Section) -> bool {
    context.document.text()[section.body_range.clone()].trim().is_empty()
}

/// The change that fills the empty expectation of the document at `position` with what came of its last run.
///
/// # Errors
/// Why nothing is recorded, in a sentence.
pub fn record(analysis: &Analysis, position: FilePosition) -> Result<Acceptance, String> {
    let context = context(analysis, position).ok_or("the file has no such document")?;
    if !can_record(&context) {
        return Err("the document expects something already: accept the actual response instead".to_owned());
    }
    let outcome = context
        .fresh_outcome()
        .ok_or("the text has changed since the run: record it again")?;
    let reply = outcome.reply.as_deref().ok_or("nothing came that could be recorded")?;
    let lasting = Lasting::new(&context, outcome);
    let mut recorded = Vec::new();
    if !reply.messages.is_empty() {
        let messages = reply.messages.iter().enumerate().map(|(number, message)| {
            let wild = |path: &str, value: &Json| lasting.is_wild(number, path, value);
            pretty(&written(message, "$", &wild))
        });
        let messages: Vec<_> = messages.collect();
        let option = if reply.is_cut || reply.dropped > 0 {
            " partial"
        } else {
            ""
        };
        recorded.push(format!("--- RESPONSE{option} ---\n{}", messages.join("\n")));
    }
    if reply.code != 0 && !reply.is_cut {
        recorded.push(format!("--- ERROR ---\n{}", pretty(&written_status(reply, &lasting))));
    }
    if recorded.is_empty() {
        return Err("the call ended with OK and no message: there is nothing to record".to_owned());
    }
    let found = Acceptance {
        edits: edits(&context, &recorded.join("\n\n")),
        replaces_section: false,
    };
    Ok(in_file(&context, found))
}

fn pretty(value: &Json) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// The sections in the place of the empty ones, else behind what is sent.
fn edits(context: &Context<'_>, sections: &str) -> Vec<Edit> {
    let text = context.document.text();
    let mut empty = expecting(context);
    if let Some(first) = empty.next() {
        let whole = Edit {
            range: first.trimmed_range(text),
            text: sections.to_owned(),
        };
        let others = empty.map(|section| Edit {
            range: section.range(),
            text: String::new(),
        });
        return std::iter::once(whole).chain(others).collect();
    }
    let mut before = context.document.sections().iter();
    let last = before.rfind(|section| section.kind != SectionKind::Extract);
    let end = last.map_or(0, |section| section.trimmed_range(text).end);
    vec![Edit {
        range: end..end,
        text: format!("\n\n{sections}"),
    }]
}
