//! Values of the last reply, by paths as expressions write them.

use super::context::Context;
use crate::expr::{Slot, unfinished};
use serde_json::Value;

/// The scalar that `path` leads to in the last reply, as JSON; `None` for a secret, which should be in no file.
pub(super) fn value(context: &Context<'_>, path: &str) -> Option<String> {
    let reached = reached(context, path);
    if context.config().settings.mask.covers_some(path) {
        return None;
    }
    match reached.first()? {
        Value::Object(_) | Value::Array(_) => None,
        value => Some(value.to_string()).filter(|text| context.last_masker().is_open(text)),
    }
}

/// The same for the step that ends `code`, where it looks at what the whole line looks at.
pub(super) fn value_of_step(context: &Context<'_>, code: &str) -> Option<String> {
    let cursor = unfinished(code)?;
    let is_of_message = cursor.slot == Slot::Step && cursor.at_root && has_one(context);
    is_of_message.then(|| value(context, code))?
}

/// The same for the path that a line begins with, up to its first operator.
pub(super) fn value_of_line(context: &Context<'_>, code: &str) -> Option<String> {
    let belongs = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '[' | ']' | '"');
    let end = code.find(|c| !belongs(c)).unwrap_or(code.len());
    let behind = code[end..].trim_start();
    let ends = [
        "==",
        "!=",
        "<",
        ">",
        "contains ",
        "matches ",
        "startsWith ",
        "endsWith ",
        "#",
    ];
    let is_path = code.starts_with('.') && (behind.is_empty() || ends.iter().any(|sign| behind.starts_with(sign)));
    (is_path && has_one(context)).then(|| value(context, &code[..end]))?
}

/// Whether every line looked at the same message.
fn has_one(context: &Context<'_>) -> bool {
    context
        .last_reply()
        .is_some_and(|reply| reply.messages.len() == 1 && reply.dropped == 0)
}

/// What the steps at the end of `text` lead to in the messages of the last reply.
pub(super) fn reached<'a>(context: &Context<'a>, text: &str) -> Vec<&'a Value> {
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

#[cfg(test)]
mod tests {
    use super::super::testing::{FILE, fixture, with_reply};
    use super::*;
    use serde_json::json;

    /// What the step that ends `code`, and what the line `code`, had.
    fn had(code: &str, messages: usize) -> [Option<String>; 2] {
        let (analysis, _) = fixture("--- ENDPOINT ---\nshop.Orders/Create\n--- ASSERTS ---\n.id == \"a\"\n");
        let message = json!({"id": "a", "order": {"items": [{"count": 3}], "customer_token": "x", "gifts": {"b": {"name": "n"}}}});
        let analysis = with_reply(analysis, vec![message; messages]);
        let context = Context::all(&analysis, analysis.file(FILE).unwrap()).next().unwrap();
        [value_of_step(&context, code), value_of_line(&context, code)]
    }

    #[test]
    fn paths_lead_to_values() {
        let some = |text: &str| Some(text.to_owned());
        for (code, step, line) in [
            (".id", some("\"a\""), some("\"a\"")),
            (".order.items[0].count", some("3"), some("3")),
            (".order.items[0].count > 1", None, some("3")),
            (".id == .order.items[0].count", some("3"), some("\"a\"")),
            (".order.gifts[\"b\"].name", some("\"n\""), some("\"n\"")),
            (".order.items | map(.count", None, None),
            (".order | .items", None, None),
            (".order.customer_token", None, None),
            (".order", None, None),
            (".nope.x", None, None),
            ("$x.id", None, None),
        ] {
            assert_eq!(had(code, 1), [step, line], "{code}");
        }
        assert_eq!(had(".id", 2), [None, None]);
    }
}
