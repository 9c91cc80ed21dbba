//! Making what came the expectation: only nodes that differ change; comments, order, spelling, templates and wildcards
//! stay. What would differ the next time becomes `"*"`.

mod lasting;
mod lines;
mod record;
mod status;
#[cfg(test)]
mod tests;

use super::context::Context;
use super::{Analysis, FilePosition, RunState};
use crate::connection::split_endpoint;
use crate::eval::compare::{Wild, accept, as_it_came};
use crate::eval::rules::Rules;
use crate::eval::template::{Variables, substitute};
use crate::outcome::{DocumentOutcome, Reply, Verdict};
use crate::spec::SectionKind;
use crate::syntax::Section;
use crate::syntax::json::Value;
use crate::text::Edit;
use lasting::Lasting;
pub(super) use record::can_record;
pub use record::record;
use std::ops::Range;

/// A change that makes what came the expectation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acceptance {
    /// In order, in bytes of the file.
    pub edits: Vec<Edit>,
    /// Whether another section takes the place of one, which the user should see first.
    pub replaces_section: bool,
}

/// The change that makes what came of the document at `position` its expectation.
///
/// # Errors
/// Why there is nothing to accept, in a sentence.
pub fn accept_actual(analysis: &Analysis, position: FilePosition) -> Result<Acceptance, String> {
    let context = context(analysis, position).ok_or("the file has no such document")?;
    let outcome = acceptable(&context)?;
    let lasting = Lasting::new(&context, outcome);
    let found = edits(&context, outcome, &lasting)?;
    Ok(in_file(&context, found))
}

/// Whether accepting makes sense at `position`: there is a document that can be run and expects something.
pub fn is_wanted(analysis: &Analysis, position: FilePosition) -> bool {
    context(analysis, position).is_some_and(|context| {
        let endpoint = context.document.endpoint();
        endpoint.is_some_and(|line| split_endpoint(&line.text).is_some()) && !can_record(&context)
    })
}

/// Whether the document at `position` expects nothing, so that a run can be recorded.
pub fn can_be_recorded(analysis: &Analysis, position: FilePosition) -> bool {
    context(analysis, position).is_some_and(|context| can_record(&context))
}

/// The document's text with what came where something else was expected, exactly as it came; `None` without a fresh
/// outcome that differs.
pub(super) fn as_if_accepted(context: &Context<'_>) -> Option<String> {
    let outcome = context.fresh_outcome()?;
    let reply = outcome.reply.as_deref()?;
    let edits = response_edits(context, outcome, reply, &|_, _, _| false);
    (!edits.is_empty()).then(|| crate::text::apply(context.document.text(), &edits))
}

/// Whether an outcome has something that could be accepted, as far as that is known without looking closely.
pub(super) fn has_offer(context: &Context<'_>, outcome: &DocumentOutcome) -> bool {
    outcome.verdict == Verdict::Failed
        && outcome.failures.iter().any(|failure| match failure.code {
            "G501" | "G505" | "G506" => true,
            "G504" => status::replaces_response(context, outcome),
            "G502" => lines::edit(context, outcome, failure, &as_it_came).is_some(),
            _ => false,
        })
}

/// The fresh outcome of a failed run.
pub(super) fn acceptable<'a>(context: &Context<'a>) -> Result<&'a DocumentOutcome, String> {
    let reason = match context.run() {
        None => "run it first",
        Some(RunState::Queued | RunState::Running { .. }) => "it is running",
        Some(RunState::Finished(_)) => match context.fresh_outcome().map(|outcome| (outcome, outcome.verdict)) {
            Some((outcome, Verdict::Failed)) => return Ok(outcome),
            Some((_, Verdict::Passed)) => "it passed: there is nothing to accept",
            Some((_, Verdict::Skipped | Verdict::Cancelled)) => "nothing came of the last run: run it again",
            None => "the text has changed since the run: run it again",
        },
    };
    Err(reason.to_owned())
}

fn context(analysis: &Analysis, position: FilePosition) -> Option<Context<'_>> {
    Context::at(analysis, analysis.file(position.file)?, position.offset)
}

fn edits(context: &Context<'_>, outcome: &DocumentOutcome, lasting: &Lasting<'_>) -> Result<Acceptance, String> {
    let nothing = "what came differs in a way that cannot be accepted";
    let reply = outcome.reply.as_deref().ok_or(nothing)?;
    let wild = |message: usize, path: &str, value: &serde_json::Value| lasting.is_wild(message, path, value);
    let mut edits = response_edits(context, outcome, reply, &wild);
    let mut replaces_section = false;
    for failure in &outcome.failures {
        match failure.code {
            "G506" if edits.is_empty() => edits.extend(status::error_edits(context, outcome, reply, lasting)),
            "G504" | "G505" if !replaces_section => {
                let replacement = status::replacement(context, outcome, reply, lasting);
                replaces_section = !replacement.is_empty();
                edits.extend(replacement);
            }
            "G502" => {
                let wild = |_: &str, value: &serde_json::Value| lasting.is_unlasting(value);
                edits.extend(lines::edit(context, outcome, failure, &wild));
            }
            _ => {}
        }
    }
    if edits.is_empty() {
        return Err(nothing.to_owned());
    }
    edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
    Ok(Acceptance {
        edits,
        replaces_section,
    })
}

/// Says of a value of the message with this number whether any value is to be expected in its place.
type WildMessage<'a> = &'a dyn Fn(usize, &str, &serde_json::Value) -> bool;

/// The edits of the document's RESPONSE sections.
fn response_edits(context: &Context<'_>, outcome: &DocumentOutcome, reply: &Reply, wild: WildMessage<'_>) -> Vec<Edit> {
    let Some(rules) = Rules::of(context.source(), context.index) else {
        return Vec::new();
    };
    let output = context.method().map(|method| method.output());
    let nothing_known = Variables::default();
    let variables = outcome.variables.as_deref().unwrap_or(&nothing_known);
    let mut edits = Vec::new();
    for (section, expected, number) in numbered(context, &rules) {
        let Some(actual) = reply.messages.get(number) else {
            continue;
        };
        let Ok(expected) = substitute(expected, variables) else {
            continue;
        };
        let options = rules.compare_options(section);
        let wild: Wild<'_> = &|path, value| wild(number, path, value);
        edits.extend(accept(
            context.document.text(),
            &expected,
            actual,
            output.as_ref(),
            &options,
            wild,
        ));
    }
    edits
}

/// The expected values with the number of the first message that each is compared with, from 0.
fn numbered<'a>(context: &Context<'a>, rules: &Rules<'a>) -> Vec<(&'a Section, &'a Value, usize)> {
    let document = context.document;
    let is_stream = context.method().is_some_and(|method| method.is_server_streaming());
    let mut found = Vec::new();
    let mut next = 0;
    let mut attached = None;
    for (at, section) in document.sections().iter().enumerate() {
        if section.is_skipped() {
            continue;
        }
        match section.kind {
            SectionKind::Response => {
                let values = section.values().iter().enumerate();
                found.extend(values.map(|(index, value)| (section, value, next + index)));
                next += section.values().len() * section.repeats();
                attached = rules.attached(at);
            }
            // Each takes a message of a stream for itself.
            SectionKind::Asserts if is_stream && attached != Some(at) => next += section.repeats(),
            _ => {}
        }
    }
    found
}

/// From bytes of the document to bytes of the file, in the file's line ends.
fn in_file(context: &Context<'_>, found: Acceptance) -> Acceptance {
    let has_crlf = context.document.text().contains("\r\n");
    let edit = |edit: Edit| Edit {
        range: shifted(&edit.range, context.start),
        text: match has_crlf {
            true => edit.text.replace("\r\n", "\n").replace('\n', "\r\n"),
            false => edit.text,
        },
    };
    Acceptance {
        edits: found.edits.into_iter().map(edit).collect(),
        ..found
    }
}

fn shifted(range: &Range<usize>, by: usize) -> Range<usize> {
    range.start + by..range.end + by
}
