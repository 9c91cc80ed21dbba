//! Key-value lines, and the ADDRESS.

use super::super::super::context::Context;
use super::super::Documentation;
use super::{Item, ItemKind, escape_snippet, plain, suggestions, tab_stop, word_item};
use crate::spec::headers::HEADERS;
use crate::spec::{Form, SectionKind, find};
use crate::syntax::{Body, Section, SourceFile};
use std::collections::HashMap;
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

/// Header names of the open files by use, then well-known ones.
fn header_names(context: &Context<'_>, given: &[String], token: &Range<usize>, colon: bool) -> Vec<Item> {
    let given = |name: &str| given.iter().any(|other| other.eq_ignore_ascii_case(name));
    let item = |name: &str| {
        let known = HEADERS.iter().find(|header| header.name.eq_ignore_ascii_case(name));
        let snippet = match (colon, known) {
            (true, _) => escape_snippet(name),
            (false, known) => {
                let value = known.map_or("$1", |header| header.value);
                format!("{}: {value}", escape_snippet(name))
            }
        };
        Item {
            documentation: Some(
                known
                    .map_or_else(|| header_docs(context, name), |header| header.docs.to_owned())
                    .into(),
            ),
            plain: plain(&snippet),
            snippet,
            ..Item::word(ItemKind::Key, name, token)
        }
    };
    let used = by_use(context, SectionKind::RequestHeaders, |section, is_own| {
        let keys = section
            .entries()
            .iter()
            .filter(|entry| entry.colon && !(is_own && entry.key.range == *token));
        keys.map(|entry| entry.key.text.to_ascii_lowercase()).collect()
    });
    let rest = HEADERS.iter().map(|header| header.name.to_owned());
    let rest: Vec<_> = rest.filter(|name| !used.contains(name)).collect();
    let names = used.iter().chain(&rest).filter(|name| !given(name) && !name.is_empty());
    names.map(|name| item(name)).collect()
}

/// What can be said of a header that nobody knows.
fn header_docs(context: &Context<'_>, name: &str) -> String {
    let mut docs = "Sent elsewhere in the open files".to_owned();
    if name.ends_with("-bin") {
        docs.push_str("; its value is base64");
    }
    if context.config().settings.mask.covers(name) {
        docs.push_str("; its value is shown as `***`");
    }
    docs + "."
}

/// Values of a key.
pub(super) fn values(context: &Context<'_>, section: &Section, key: &str, token: &Range<usize>) -> Vec<Item> {
    if section.kind == SectionKind::RequestHeaders {
        return header_values(context, key, token);
    }
    find(section.kind.keys(), key).map_or_else(Vec::new, |word| suggestions(word, token))
}

/// What the open files send under the same name, then templates with the variables that are set.
fn header_values(context: &Context<'_>, key: &str, token: &Range<usize>) -> Vec<Item> {
    let used = by_use(context, SectionKind::RequestHeaders, |section, is_own| {
        let same = section
            .entries()
            .iter()
            .filter(|entry| entry.key.text.eq_ignore_ascii_case(key));
        same.filter(|entry| !(is_own && entry.value.range == *token))
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

/// Addresses of the open files by use, the default, then templates with the variables that are set.
pub(super) fn addresses(context: &Context<'_>, token: &Range<usize>) -> Vec<Item> {
    let mut used = by_use(context, SectionKind::Address, |section, is_own| {
        let line = section.single_line().filter(|line| !(is_own && line.range == *token));
        line.map(|line| line.text.clone()).into_iter().collect()
    });
    let default = context.default_address();
    if !used.iter().any(|address| address == default) {
        used.push(default.to_owned());
    }
    let addresses = used.iter().map(|address| Item {
        documentation: context.describe_address(address).map(Documentation::Text),
        ..Item::word(ItemKind::Value, address, token)
    });
    let variables = context.source().visible_variables(context.index, token.start);
    let templates = variables
        .iter()
        .map(|variable| (format!("{{{{{}}}}}", variable.name), variable.origin()));
    let templates: Vec<_> = templates.filter(|(text, _)| !used.contains(text)).collect();
    let templates = templates.iter().map(|(text, origin)| Item {
        description: Some((*origin).to_owned()),
        kind: ItemKind::Variable,
        ..Item::word(ItemKind::Value, text, token)
    });
    let environment = Item {
        snippet: "{{env.${1:ADDRESS}\\}\\}".to_owned(),
        plain: "{{env.ADDRESS}}".to_owned(),
        ..Item::word(ItemKind::Variable, "{{ env.… }}", token)
    };
    addresses.chain(templates).chain([environment]).collect()
}

/// The texts that `read` finds in the sections of a kind in the open files, the most used first. It is told
/// whether the section is of the document under the cursor.
fn by_use(context: &Context<'_>, kind: SectionKind, read: impl Fn(&Section, bool) -> Vec<String>) -> Vec<String> {
    let others = context
        .open_files()
        .filter(|source| !std::ptr::eq(*source, context.source()));
    let documents = std::iter::once(context.source())
        .chain(others)
        .flat_map(SourceFile::documents);
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut uses: Vec<(String, usize)> = Vec::new();
    for (_, document) in documents {
        let is_own = std::ptr::eq(&**document, context.document);
        for text in document.sections_of(kind).flat_map(|section| read(section, is_own)) {
            match places.get(&text) {
                Some(at) => uses[*at].1 += 1,
                None => {
                    places.insert(text.clone(), uses.len());
                    uses.push((text, 1));
                }
            }
        }
    }
    uses.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    uses.into_iter().map(|(text, _)| text).collect()
}
