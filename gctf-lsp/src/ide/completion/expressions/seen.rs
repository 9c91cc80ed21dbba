//! What the last reply had.

use super::super::super::context::Context;
use super::super::super::last::reached;
use super::super::{Item, ItemKind};
use super::values::inserted;
use crate::secrets::HIDDEN;
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
    let mask = &context.config().settings.mask;
    let masker = context.last_masker();
    for value in reached(context, path) {
        let Value::Object(own) = value else { continue };
        for (name, value) in own {
            if !members.iter().any(|(known, _)| known == name) {
                let value = match mask.covers(name) {
                    true => HIDDEN.to_owned(),
                    false => masker.text(&shown(value)),
                };
                members.push((name.clone(), value));
            }
        }
    }
    members
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
            true => HIDDEN.to_owned(),
            false => cut(value),
        };
        add(name, Some(value));
    }
    well_known.iter().for_each(|name| add(name, None));
    items
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
