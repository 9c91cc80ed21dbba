//! A status that came: into ERROR, or instead of RESPONSE.

use super::lasting::Lasting;
use crate::eval::compare::{CompareOptions, accept, written};
use crate::eval::error::code_of;
use crate::eval::rules::Rules;
use crate::ide::context::Context;
use crate::outcome::{DocumentOutcome, Reply};
use crate::spec::SectionKind;
use crate::status::code_name;
use crate::syntax::Section;
use crate::syntax::json::{Data, Value};
use crate::text::Edit;
use serde_json::{Map, Value as Json, json};

/// The status as an ERROR is written.
pub(super) fn written_status(reply: &Reply, lasting: &Lasting<'_>) -> Json {
    let mut members = Map::new();
    members.insert("code".to_owned(), json!(code_name(reply.code)));
    if !reply.status_message.is_empty() {
        members.insert("message".to_owned(), json!(reply.status_message));
    }
    if !reply.details.is_empty() {
        members.insert("details".to_owned(), json!(reply.details));
    }
    written(&Json::Object(members), "$", &|_, value| lasting.is_unlasting(value))
}

/// The edits of the ERROR that another status met.
pub(super) fn error_edits(
    context: &Context<'_>,
    outcome: &DocumentOutcome,
    reply: &Reply,
    lasting: &Lasting<'_>,
) -> Vec<Edit> {
    let differs = |section: &Section| {
        let mut spans = outcome.failures.iter().filter(|failure| failure.code == "G506");
        spans.any(|failure| {
            let range = context.document.span_range(failure.span);
            range.is_some_and(|range| section.range().contains(&range.start))
        })
    };
    let mut sections = context.document.sections_of(SectionKind::Error);
    let Some(section) = sections.find(|section| differs(section)) else {
        return Vec::new();
    };
    let Some(expected) = context.document.error_value(section) else {
        return Vec::new();
    };
    let text = context.document.text();
    match &expected.data {
        Data::String(_) | Data::Word(_) => vec![Edit {
            range: expected.range.clone(),
            text: json!(reply.status_message).to_string(),
        }],
        _ => {
            let is_partial = Rules::of(context.source(), context.index).is_some_and(|rules| rules.is_partial(section));
            let options = CompareOptions {
                partial: is_partial,
                ..CompareOptions::default()
            };
            let actual = in_style(reply, &expected);
            accept(
                text,
                &without_templates(&expected),
                &actual,
                None,
                &options,
                &|_, value| lasting.is_unlasting(value),
            )
        }
    }
}

/// The status in the words of what was expected: a code by number where it was one, no message where there is none.
fn in_style(reply: &Reply, expected: &Value) -> Json {
    let member = |name: &str| match &expected.data {
        Data::Object(members) => members.iter().rev().find(|member| member.key == name)?.value.as_ref(),
        _ => None,
    };
    let code = member("code");
    let same = code.filter(|code| code_of(code) == Some(reply.code));
    let code = match (same.map(|same| &same.data), code.map(|code| &code.data)) {
        // However it is spelled.
        (Some(Data::String(text)), _) => json!(text),
        (_, Some(Data::Number(_))) => json!(reply.code),
        _ => json!(code_name(reply.code)),
    };
    let mut members = Map::from_iter([("code".to_owned(), code)]);
    if !reply.status_message.is_empty() || member("message").is_some() {
        members.insert("message".to_owned(), json!(reply.status_message));
    }
    if !reply.details.is_empty() {
        let types = member("details").is_none_or(lists_types);
        let detail = |detail: &Json| match (types, detail) {
            (false, Json::Object(members)) => {
                let named = members.iter().filter(|(name, _)| *name != "@type");
                Json::Object(named.map(|(name, value)| (name.clone(), value.clone())).collect())
            }
            (_, other) => other.clone(),
        };
        let details = reply.details.iter().map(detail).collect();
        members.insert("details".to_owned(), Json::Array(details));
    }
    Json::Object(members)
}

fn lists_types(details: &Value) -> bool {
    let Data::Array(items) = &details.data else { return true };
    let has_type = |item: &Value| matches!(&item.data, Data::Object(members) if members.iter().any(|member| member.key == "@type"));
    items.is_empty() || items.iter().any(has_type)
}

/// The value with `"*"` for strings that templates stand in: nobody knows what they were.
fn without_templates(expected: &Value) -> Value {
    let data = match &expected.data {
        Data::String(text) if text.contains("{{") => Data::String("*".to_owned()),
        Data::Array(items) => Data::Array(items.iter().map(without_templates).collect()),
        Data::Object(members) => {
            let members = members.iter().map(|member| {
                let mut member = member.clone();
                member.value = member.value.as_ref().map(without_templates);
                member
            });
            Data::Object(members.collect())
        }
        other => other.clone(),
    };
    Value {
        range: expected.range.clone(),
        data,
    }
}

/// Whether a status that came can take the place of the RESPONSE: only for a call that answers once.
pub(super) fn replaces_response(context: &Context<'_>, outcome: &DocumentOutcome) -> bool {
    let has_status = outcome.reply.as_ref().is_some_and(|reply| reply.code != 0);
    let is_single = context.method().is_some_and(|method| !method.is_server_streaming());
    has_status && is_single && context.document.sections_of(SectionKind::Response).next().is_some()
}

/// The edits that put an ERROR for a RESPONSE, or the other way round.
pub(super) fn replacement(
    context: &Context<'_>,
    outcome: &DocumentOutcome,
    reply: &Reply,
    lasting: &Lasting<'_>,
) -> Vec<Edit> {
    let wild = |path: &str, value: &Json| lasting.is_wild(0, path, value);
    match reply.messages.first() {
        _ if replaces_response(context, outcome) => {
            let status = written_status(reply, lasting);
            replaced(context, SectionKind::Response, "--- ERROR ---", &status)
        }
        Some(message) if reply.code == 0 => {
            let message = written(message, "$", &wild);
            replaced(context, SectionKind::Error, "--- RESPONSE ---", &message)
        }
        _ => Vec::new(),
    }
}

/// The first section of a kind becomes another one with `value`, further ones go.
fn replaced(context: &Context<'_>, kind: SectionKind, header: &str, value: &Json) -> Vec<Edit> {
    let text = context.document.text();
    let mut edits = Vec::new();
    for (at, section) in context.document.sections_of(kind).enumerate() {
        let body = section.trimmed_range(text);
        if at > 0 {
            edits.push(Edit {
                range: section.range().start..section.body_range.end,
                text: String::new(),
            });
            continue;
        }
        let written = serde_json::to_string_pretty(value).unwrap_or_default();
        edits.push(Edit {
            range: body,
            text: format!("{header}\n{written}"),
        });
    }
    edits
}
