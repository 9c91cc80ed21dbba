//! Trying an expression on what came in the last run, as a line of ASSERTS or EXTRACT at that place would see it.

use super::context::Context;
use super::{Analysis, FileId, FilePosition, RunState};
use crate::eval::error::Received;
use crate::eval::jq::{CallContext, Fault, Input, Programs, Scope};
use crate::eval::rules::Rules;
use crate::eval::template::Variables;
use crate::expr::{Engine, Place};
use crate::outcome::{DocumentOutcome, Reply};
use crate::secrets::{HIDDEN, Mask, Secrets, environment_names};
use crate::spec::SectionKind;
use crate::status::Origin;
use crate::syntax::Section;
use serde_json::Value as Json;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

/// Why there is nothing to look at.
pub const NO_RESPONSE: &str = "no response yet: run the test first";

/// What an expression gives, without secrets: its values, or why it has none.
pub type Tried = Result<Vec<Json>, String>;

/// The expression that is selected in an ASSERTS or EXTRACT, or the whole one at the cursor.
pub fn expression(analysis: &Analysis, file: FileId, range: Range<usize>) -> Option<String> {
    let context = Context::at(analysis, analysis.file(file)?, range.start)?;
    let section = context.section()?;
    if !matches!(section.kind, SectionKind::Asserts | SectionKind::Extract) {
        return None;
    }
    let document = context.document;
    let range = context.offset(range.start)?..context.offset(range.end)?;
    let selected = document.text()[range.clone()].trim();
    if !selected.is_empty() {
        let is_inside = section.body_range.start <= range.start && range.end <= section.body_range.end;
        return is_inside.then(|| selected.to_owned());
    }
    let line_start = document.text()[..range.start].rfind('\n').map_or(0, |at| at + 1);
    let line_end = document.text()[range.start..]
        .find('\n')
        .map_or(document.text().len(), |at| range.start + at);
    let line = document
        .lines()
        .find(|line| line.range.start <= line_end && line_start <= line.range.end)?;
    Some(line.code.trim().to_owned())
}

/// Whether something has come that an expression of the document could look at.
pub fn can_try(analysis: &Analysis, position: FilePosition) -> bool {
    let context = analysis
        .file(position.file)
        .and_then(|file| Context::at(analysis, file, position.offset));
    context.is_some_and(|context| context.last_reply().is_some())
}

/// What `expression` gives on the last reply of the document at `position`. Takes time, within the bounds of a run.
///
/// # Errors
/// Why it was not tried.
pub fn try_expression(analysis: &Analysis, position: FilePosition, expression: &str) -> Result<Tried, String> {
    let file = analysis.file(position.file);
    let context = file.and_then(|file| Context::at(analysis, file, position.offset));
    let context = context.ok_or("the file has no such document")?;
    let reply = context.last_reply().ok_or(NO_RESPONSE)?;
    let seen = seen(&context, reply)?;
    let outcome = match context.run() {
        Some(RunState::Finished(outcome)) => Some(outcome),
        _ => None,
    };
    let mut secrets = secrets(&context, outcome.map(AsRef::as_ref));
    let variables = variables(&context, outcome.map(AsRef::as_ref), expression, &mut secrets);
    let output = context.method().map(|method| method.output());
    let message = output.as_ref().filter(|_| !seen.is_status);
    let place = match context.section().map(|section| section.kind) {
        Some(SectionKind::Extract) => Place::Extract,
        _ => Place::Asserts,
    };
    let programs = Programs::new(Arc::new(Engine::new()));
    let input = Input::new(Cow::Borrowed(&seen.input));
    let scope = Scope::new(&programs, &input, &variables, &seen.call, message);
    let masker = reply.masker(&secrets);
    Ok(match scope.outputs(expression, place) {
        Ok(values) => {
            let mask = secrets.mask();
            let shown = values.iter().map(|value| masker.json(&hidden(mask, expression, value)));
            Ok(shown.collect())
        }
        Err(Fault::Failed(error)) => Err(masker.text(&error.to_string())),
        Err(Fault::Broken(errors)) => {
            let messages: Vec<_> = errors.into_iter().map(|error| error.message).collect();
            Err(match messages.is_empty() {
                true => "the expression cannot be read".to_owned(),
                false => masker.text(&messages.join("; ")),
            })
        }
    })
}

/// A value without what has a secret's name, in the value or in the expression that gave it.
fn hidden(mask: &Mask, expression: &str, value: &Json) -> Json {
    match value {
        Json::Null | Json::Bool(_) => value.clone(),
        _ if mask.covers_some(expression) => Json::from(HIDDEN),
        _ => mask.json("", value),
    }
}

/// What has been met of secrets, in the text and in its runs.
fn secrets(context: &Context<'_>, outcome: Option<&DocumentOutcome>) -> Secrets {
    let mut secrets = Secrets::new(context.config().settings.mask.clone());
    context.source().tell_secrets(&mut secrets);
    if let Some(runs) = context.runs() {
        secrets.join(runs.secrets());
    }
    if let Some(outcome) = outcome {
        secrets.join(&outcome.secrets);
    }
    secrets
}

/// The variables of the last run. Of the environment only what the file or the expression names, which is secret.
fn variables(
    context: &Context<'_>,
    outcome: Option<&DocumentOutcome>,
    expression: &str,
    secrets: &mut Secrets,
) -> Variables {
    let known = outcome.and_then(|outcome| outcome.variables.as_deref());
    let mut variables = known.cloned().unwrap_or_default();
    let texts = context.source().documents().map(|(_, document)| document.text());
    let names = texts.chain([expression]).flat_map(environment_names);
    let read = names.filter_map(|name| Some((name.to_owned(), variables.environment.get(name)?.clone())));
    let environment: std::collections::BTreeMap<_, _> = read.collect();
    environment.values().for_each(|value| secrets.add(value));
    variables.environment = Arc::new(environment);
    for (name, value) in &variables.values {
        secrets.meet(name, value);
    }
    variables
}

/// What an expression looks at.
struct Seen {
    input: Json,
    /// Whether that is the status of a failed call.
    is_status: bool,
    call: CallContext,
}

/// What is looked at where the context's place is.
fn seen(context: &Context<'_>, reply: &Reply) -> Result<Seen, String> {
    let is_stream = context
        .method()
        .map_or(reply.messages.len() > 1, |method| method.is_server_streaming());
    let elapsed = u64::try_from(reply.elapsed.as_millis()).unwrap_or(u64::MAX);
    let mut call = CallContext {
        headers: reply.headers.clone(),
        trailers: reply.trailers.clone(),
        elapsed_ms: elapsed,
        total_elapsed_ms: elapsed,
        message_count: 1,
        index: 1,
    };
    let kept = reply.messages.len();
    let came = kept + reply.dropped;
    let is_error = reply.code != 0;
    let number = match is_stream {
        true => stream_place(context, &mut call),
        false => StreamPlace::Message(0),
    };
    let number = match number {
        StreamPlace::Message(number) if number < came => Some(number),
        StreamPlace::Newest(before) if !is_error || before <= came => came.min(before).checked_sub(1),
        _ if is_error => None,
        _ => came.checked_sub(1),
    };
    // What answers once has no message beside an error.
    let number = number.filter(|_| is_stream || !is_error);
    let input = match number {
        Some(number) if number >= kept => return Err("the message was not kept: the stream is too long".to_owned()),
        Some(number) => Json::clone(&reply.messages[number]),
        None if is_error => status(reply),
        None => Json::Null,
    };
    Ok(Seen {
        is_status: number.is_none() && is_error,
        input,
        call,
    })
}

/// Which event of a stream is looked at, counted from 0.
enum StreamPlace {
    /// A message of its own, or the end in its place.
    Message(usize),
    /// The newest of the first so many.
    Newest(usize),
}

/// What the section at the context's place looks at in a stream: of several messages the last one.
fn stream_place(context: &Context<'_>, call: &mut CallContext) -> StreamPlace {
    let Some(rules) = Rules::of(context.source(), context.index) else {
        return StreamPlace::Newest(usize::MAX);
    };
    let own = context.section().map(|section| section.header.clone());
    let is_own = |section: &Section| Some(&section.header) == own.as_ref();
    let mut taken: usize = 0;
    let mut attached = None;
    call.index = 0;
    for (at, section) in context.document.sections().iter().enumerate() {
        if section.is_skipped() {
            continue;
        }
        let is_attached = attached == Some(at);
        match section.kind {
            SectionKind::Response => {
                let messages = section.values().len() * section.repeats();
                taken = taken.saturating_add(messages);
                attached = rules.attached(at);
                (call.index, call.message_count) = (call.index + 1, messages as u64);
            }
            SectionKind::Asserts if !is_attached => {
                taken = taken.saturating_add(section.repeats());
                (call.index, call.message_count) = (call.index + 1, 1);
            }
            // Behind it there is nothing but the status.
            SectionKind::Error => taken = usize::MAX,
            _ => {}
        }
        match section.kind {
            SectionKind::Asserts if is_own(section) && !is_attached => return StreamPlace::Message(taken - 1),
            SectionKind::Asserts | SectionKind::Extract if is_own(section) => return StreamPlace::Newest(taken),
            _ => {}
        }
    }
    StreamPlace::Newest(usize::MAX)
}

/// The status of a failed call as expressions see it.
fn status(reply: &Reply) -> Json {
    let received = Received {
        code: reply.code,
        message: reply.status_message.clone(),
        details: reply.details.clone(),
        types: Vec::new(),
        origin: Origin::Server,
    };
    received.to_json()
}

#[cfg(test)]
#[path = "evaluate_tests.rs"]
mod tests;
