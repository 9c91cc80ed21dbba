//! Sections, options, keys, values: what the table of the language offers.

mod attributes;
mod headers;
mod hover;
mod objects;
mod settings;
mod status;
#[cfg(test)]
mod tests;
mod variables;

pub(in crate::ide) use hover::{hover, status_hover};
pub(super) use objects::items as object_items;
pub(super) use status::items as status_items;

use super::super::context::Context;
use super::{Item, ItemKind, escape_snippet};
use crate::spec::{Form, SectionKind, Word};
use crate::syntax::cursor::Place;
use std::ops::Range;

/// What can stand at `place`, by the table.
pub(super) fn items(context: &Context<'_>, place: &Place<'_>) -> Vec<Item> {
    match place {
        Place::Header { token } => headers::sections(context, token),
        Place::HeaderName { section } => headers::names(context, section),
        Place::HeaderOption { section, token } => headers::options(section, token),
        Place::HeaderOptionValue { section, option, token } => headers::option_values(section, option, token),
        Place::AttributeName { token } => attributes::names(context, token),
        Place::AttributeValue { name, token } => attributes::values(name, token),
        Place::Key { section, token, colon } => {
            let mut items = settings::keys(context, section, token, *colon);
            items.extend(blank_line(context).map_or_else(Vec::new, |line| headers::sections(context, &line)));
            items
        }
        Place::Setting { section, key, token } => settings::values(context, section, key, token),
        Place::Line { section, token } if section.kind == SectionKind::Address => settings::addresses(context, token),
        Place::Template { token, closed } => variables::names(context, token, *closed),
        Place::Expression { .. } => blank_line(context).map_or_else(Vec::new, |line| headers::sections(context, &line)),
        Place::Line { .. } | Place::Json { .. } | Place::Nowhere => Vec::new(),
    }
}

/// The line of the cursor, if it is blank and the cursor at its start.
fn blank_line(context: &Context<'_>) -> Option<Range<usize>> {
    let (text, offset) = (context.document.text(), context.offset);
    let starts = offset == 0 || text[..offset].ends_with('\n');
    let line = text[offset..].lines().next().unwrap_or("");
    (starts && line.trim().is_empty()).then(|| offset..offset + line.len())
}

/// An item for `word` that inserts `snippet`.
fn word_item(kind: ItemKind, word: &Word, snippet: &str, replace: &Range<usize>) -> Item {
    Item {
        detail: Some(word.form.expected()).filter(|form| !form.is_empty()),
        documentation: Some(word.describe().into()),
        plain: plain(snippet),
        snippet: snippet.to_owned(),
        ..Item::word(kind, word.name(), replace)
    }
}

/// A tab stop for a value of this form.
fn tab_stop(form: Form) -> String {
    match form.suggestions() {
        [] => "$1".to_owned(),
        values => format!("${{1|{}|}}", values.join(",")),
    }
}

/// Items for the values that a form suggests.
fn suggestions(word: &Word, replace: &Range<usize>) -> Vec<Item> {
    let values = word.form.suggestions().iter();
    values
        .map(|value| Item {
            documentation: Some(word.docs.into()),
            ..Item::word(ItemKind::Value, value, replace)
        })
        .collect()
}

/// A snippet without its tab stops: what they suggest stays, choices are left out.
fn plain(snippet: &str) -> String {
    let mut out = String::new();
    let mut rest = snippet;
    while let Some(at) = rest.find(['$', '\\']) {
        out.push_str(&rest[..at]);
        let behind = &rest[at + 1..];
        rest = match (rest.as_bytes()[at], behind.strip_prefix('{')) {
            (b'\\', _) => {
                let length = behind.chars().next().map_or(0, char::len_utf8);
                out.push_str(&behind[..length]);
                &behind[length..]
            }
            (_, Some(stop)) => {
                let end = stop.find('}').unwrap_or(stop.len());
                if let Some((_, text)) = stop[..end].split_once(':') {
                    out.push_str(text);
                }
                stop.get(end + 1..).unwrap_or("")
            }
            (_, None) => behind.trim_start_matches(|c: char| c.is_ascii_digit()),
        };
    }
    out.push_str(rest);
    out
}
