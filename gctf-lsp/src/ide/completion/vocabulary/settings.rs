//! Key-value lines, and the ADDRESS.

use super::super::super::context::Context;
use super::{Item, ItemKind, escape_snippet, plain, suggestions, tab_stop, word_item};
use crate::spec::headers::HEADERS;
use crate::spec::{Form, SectionKind, find};
use crate::syntax::{Body, Section};
use std::collections::BTreeMap;
use std::ops::Range;

/// Keys that the section can take and does not have yet.
pub(super) fn keys(context: &Context<'_>, section: &Section, token: &Range<usize>, colon: bool) -> Vec<Item> {
    let given = given_keys(context, section, token);
    if section.kind == SectionKind::RequestHeaders {
        return header_names(context, &given, token, colon);
    }
    let words = section.kind.keys().iter();
    words
        .filter(|word| !given.iter().any(|name| word.is(name)))
        .map(|word| {
            let value = match word.form {
                Form::YamlList if section.kind == SectionKind::Meta => "[$1]".to_owned(),
                form => tab_stop(form),
            };
            let snippet = match colon {
                true => word.name().to_owned(),
                false => format!("{}: {value}", word.name()),
            };
            word_item(ItemKind::Key, word, &snippet, token)
        })
        .collect()
}

/// Keys of the other lines.
fn given_keys(context: &Context<'_>, section: &Section, token: &Range<usize>) -> Vec<String> {
    let elsewhere = |range: &Range<usize>| range.end < token.start || range.start > token.end;
    match &section.body {
        Body::Yaml => {
            let body = context.document.text()[section.body_range.clone()].lines();
            body.filter_map(|line| Some(line.split_once(':')?.0.to_owned()))
                .collect()
        }
        _ => {
            let entries = section.entries().iter().filter(|entry| elsewhere(&entry.key.range));
            entries.map(|entry| entry.key.text.clone()).collect()
        }
    }
}

/// Header names of this file by use, then well-known ones.
fn header_names(context: &Context<'_>, given: &[String], token: &Range<usize>, colon: bool) -> Vec<Item> {
    let given = |name: &str| given.iter().any(|other| other.eq_ignore_ascii_case(name));
    let item = |name: &str, value: &str, docs: &str| {
        let snippet = match colon {
            true => escape_snippet(name),
            false => format!("{}: {value}", escape_snippet(name)),
        };
        Item {
            documentation: Some(docs.to_owned()).filter(|docs| !docs.is_empty()),
            plain: plain(&snippet),
            snippet,
            ..Item::word(ItemKind::Key, name, token)
        }
    };
    let used = by_use(context, SectionKind::RequestHeaders, |section| {
        let keys = section
            .entries()
            .iter()
            .filter(|entry| entry.colon && entry.key.range != *token);
        keys.map(|entry| entry.key.text.clone()).collect()
    });
    let known = |name: &str| HEADERS.iter().any(|header| header.name.eq_ignore_ascii_case(name));
    let own = used
        .iter()
        .filter(|name| !known(name) && !given(name) && !name.is_empty());
    let well_known = HEADERS.iter().filter(|header| !given(header.name));
    own.map(|name| item(name, "$1", "Sent elsewhere in this file."))
        .chain(well_known.map(|header| item(header.name, header.value, header.docs)))
        .collect()
}

/// Values of a key.
pub(super) fn values(context: &Context<'_>, section: &Section, key: &str, token: &Range<usize>) -> Vec<Item> {
    if section.kind == SectionKind::RequestHeaders {
        return header_values(context, key, token);
    }
    find(section.kind.keys(), key).map_or_else(Vec::new, |word| suggestions(word, token))
}

/// What this file sends under the same name, then templates with the variables that are set.
fn header_values(context: &Context<'_>, key: &str, token: &Range<usize>) -> Vec<Item> {
    let used = by_use(context, SectionKind::RequestHeaders, |section| {
        let same = section
            .entries()
            .iter()
            .filter(|entry| entry.key.text.eq_ignore_ascii_case(key));
        same.filter(|entry| entry.value.range != *token)
            .map(|entry| entry.value.text.clone())
            .collect()
    });
    let mut items: Vec<_> = used
        .iter()
        .filter(|value| !value.is_empty())
        .map(|value| Item::word(ItemKind::Value, value, token))
        .collect();
    if key.eq_ignore_ascii_case("authorization") {
        let variables = context.source().visible_variables(context.index, token.start);
        let names = variables
            .iter()
            .map(|variable| variable.name.as_str())
            .filter(|name| !name.starts_with("dataset."));
        items.extend(names.map(|name| Item::word(ItemKind::Value, &format!("Bearer {{{{{name}}}}}"), token)));
        items.push(Item {
            snippet: "Bearer {{${1:env.TOKEN}\\}\\}".to_owned(),
            plain: "Bearer {{env.TOKEN}}".to_owned(),
            ..Item::word(ItemKind::Value, "Bearer {{ … }}", token)
        });
    }
    // A value that is used already may be the one that is built here.
    let mut seen = std::collections::BTreeSet::new();
    items.retain(|item| seen.insert(item.plain.clone()));
    items
}

/// Addresses of this file by use, then the default.
pub(super) fn addresses(context: &Context<'_>, token: &Range<usize>) -> Vec<Item> {
    let mut used = by_use(context, SectionKind::Address, |section| {
        let line = section.single_line().into_iter();
        line.map(|line| line.text.clone()).collect()
    });
    let written = &context.document.text()[token.clone()];
    used.retain(|address| address != written);
    let default = context.default_address();
    if !used.iter().any(|address| address == default) {
        used.push(default.to_owned());
    }
    used.iter()
        .map(|address| Item::word(ItemKind::Value, address, token))
        .collect()
}

/// The texts that `read` finds in the sections of a kind in this file, the most used first.
fn by_use(context: &Context<'_>, kind: SectionKind, read: impl Fn(&Section) -> Vec<String>) -> Vec<String> {
    let mut uses: BTreeMap<String, usize> = BTreeMap::new();
    for (_, document) in context.source().documents() {
        for text in document.sections_of(kind).flat_map(&read) {
            *uses.entry(text).or_default() += 1;
        }
    }
    let mut uses: Vec<_> = uses.into_iter().collect();
    uses.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    uses.into_iter().map(|(text, _)| text).collect()
}
