//! What the last reply had.

use super::super::super::context::Context;
use super::super::{Item, ItemKind};
use super::values::inserted;
use serde_json::Value;
use std::ops::Range;

/// Longest value that is shown beside an item, in characters.
const SHOWN: usize = 40;
/// Headers that nearly every server sends.
const WELL_KNOWN: [&str; 4] = ["content-type", "date", "server", "x-request-id"];

/// The members of what `path` leads to in the last reply, each with its value. `path` ends with a dot or opens a
/// quoted step, and is not followed where it is more than steps.
pub(super) fn members(context: &Context<'_>, path: &str) -> Vec<(String, String)> {
    let path = path.strip_suffix('.').or(path.strip_suffix('[')).unwrap_or(path);
    let mut members: Vec<(String, String)> = Vec::new();
    for value in reached(context, path) {
        let Value::Object(own) = value else { continue };
        for (name, value) in own {
            if !members.iter().any(|(known, _)| known == name) {
                members.push((name.clone(), shown(value)));
            }
        }
    }
    members
}

/// The scalar that `path` leads to in the last reply, as JSON.
pub(super) fn value(context: &Context<'_>, path: &str) -> Option<String> {
    let reached = reached(context, path);
    match reached.first()? {
        Value::Object(_) | Value::Array(_) => None,
        value => Some(value.to_string()),
    }
}

/// The names that the last reply had where a plugin looks them up, then well-known ones.
pub(super) fn metadata(context: &Context<'_>, plugin: &str, token: &Range<usize>) -> Vec<Item> {
    let reply = context.last_reply();
    let (pairs, well_known): (_, &[&str]) = match plugin {
        "@header" | "@has_header" => (reply.map(|reply| &reply.headers), &WELL_KNOWN),
        "@trailer" | "@has_trailer" => (reply.map(|reply| &reply.trailers), &[]),
        _ => return Vec::new(),
    };
    let mut items: Vec<Item> = Vec::new();
    let mut add = |name: &str, description: Option<String>| {
        if !items.iter().any(|item| item.label == name) {
            let item = inserted(name, &format!("\"{name}\""), ItemKind::Value, token);
            items.push(Item { description, ..item });
        }
    };
    let mask = &context.config().settings.mask;
    for (name, value) in pairs.into_iter().flatten() {
        let value = match mask.covers(name) {
            true => "***".to_owned(),
            false => cut(value),
        };
        add(name, Some(value));
    }
    well_known.iter().for_each(|name| add(name, None));
    items
}

/// What the steps at the end of `text` lead to in the messages of the last reply.
fn reached<'a>(context: &Context<'a>, text: &str) -> Vec<&'a Value> {
    let (Some(reply), Some(path)) = (context.last_reply(), path(text)) else {
        return Vec::new();
    };
    let mut values: Vec<&Value> = reply.messages.iter().rev().take(1).map(AsRef::as_ref).collect();
    for step in path {
        values = values.into_iter().flat_map(|value| taken(value, &step)).collect();
    }
    values
}

enum Step {
    Member(String),
    Element(usize),
    Each,
}

fn taken<'v>(value: &'v Value, step: &Step) -> Vec<&'v Value> {
    match (step, value) {
        (Step::Member(name), value) => value.get(name).into_iter().collect(),
        (Step::Element(at), value) => value.get(*at).into_iter().collect(),
        (Step::Each, Value::Array(items)) => items.iter().collect(),
        (Step::Each, Value::Object(members)) => members.values().collect(),
        (Step::Each, _) => Vec::new(),
    }
}

/// The steps of the path that `text` ends with, from its first dot on; `None` where something else is before them.
fn path(text: &str) -> Option<Vec<Step>> {
    let belongs = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '[' | ']' | '"');
    let start = text.rfind(|c| !belongs(c)).map_or(0, |at| at + 1);
    let mut rest = &text[start..];
    let mut steps = Vec::new();
    if !rest.is_empty() && !rest.starts_with('.') {
        return None;
    }
    while !rest.is_empty() {
        let (step, behind) = step(rest)?;
        steps.extend(step);
        rest = behind;
    }
    Some(steps)
}

fn step(text: &str) -> Option<(Option<Step>, &str)> {
    if let Some(rest) = text.strip_prefix('[') {
        let (inner, behind) = rest.split_once(']')?;
        let step = match inner.strip_prefix('"').and_then(|name| name.strip_suffix('"')) {
            Some(name) => Step::Member(name.to_owned()),
            None if inner.is_empty() => Step::Each,
            None => Step::Element(inner.parse().ok()?),
        };
        return Some((Some(step), behind));
    }
    let rest = text.strip_prefix('.')?;
    let end = rest.find(['.', '[']).unwrap_or(rest.len());
    let name = &rest[..end];
    let step = (!name.is_empty()).then(|| Step::Member(name.trim_matches('"').to_owned()));
    Some((step, &rest[end..]))
}

/// A scalar as it is; of what has parts only how many, since there may be secrets among them.
fn shown(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.len()),
        Value::Object(members) => format!("{{{}}}", members.len()),
        value => cut(&value.to_string()),
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
