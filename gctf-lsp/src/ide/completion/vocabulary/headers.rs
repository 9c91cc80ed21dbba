//! Headers: sections and their options.

use super::super::super::context::Context;
use super::{Item, ItemKind, suggestions, tab_stop, word_item};
use crate::spec::sections::SECTIONS;
use crate::spec::{Form, SectionKind, SectionSpec, find, options};
use crate::syntax::Section;
use crate::syntax::lines::{Line, classify};
use std::ops::Range;

/// Sections with a body to start with, for the blank or half-typed line `token`.
pub(super) fn sections(context: &Context<'_>, token: &Range<usize>) -> Vec<Item> {
    let text = context.document.text();
    let below = text[token.end..].lines().nth(1).unwrap_or("");
    // What stands below already becomes the body.
    let has_body = matches!(classify(below), Line::Content);
    expected(context, token.start)
        .into_iter()
        .map(|section| {
            let header = format!("--- {} ---", section.name);
            let snippet = match has_body {
                true => header.clone(),
                false => format!("{header}\n{}", section.skeleton),
            };
            Item {
                plain: super::plain(&snippet),
                snippet,
                filter: header,
                documentation: Some(section.describe().into()),
                ..Item::word(ItemKind::Section, section.name, token)
            }
        })
        .collect()
}

/// Names for the header of `section`.
pub(super) fn names(context: &Context<'_>, section: &Section) -> Vec<Item> {
    expected(context, section.header.start)
        .into_iter()
        .map(|spec| Item {
            documentation: Some(spec.describe().into()),
            ..Item::word(ItemKind::Section, spec.name, &section.name_range)
        })
        .collect()
}

/// The sections that can stand at `offset`: what comes next first, the rest in the usual order.
fn expected(context: &Context<'_>, offset: usize) -> Vec<&'static SectionSpec> {
    let sections = context.document.sections();
    let at = |section: &&Section| section.header.start <= offset && offset <= section.header.end;
    let before: Vec<_> = sections
        .iter()
        .filter(|section| section.header.end < offset)
        .map(|section| section.kind)
        .collect();
    let given = |kind| {
        sections
            .iter()
            .filter(|section| !at(section))
            .any(|section| section.kind == kind)
    };
    let complete = before.iter().any(|kind| kind.completes_document());
    let first = context.index == 0;
    let allowed = |section: &&SectionSpec| match section.kind {
        SectionKind::Meta => first && before.is_empty() && !given(SectionKind::Meta),
        SectionKind::Bench | SectionKind::Dataset => first && !given(section.kind),
        SectionKind::Response => !before.contains(&SectionKind::Error),
        kind if kind == SectionKind::Endpoint || kind.moves_with_endpoint() => complete || !given(kind),
        kind => section.repeats || !given(kind),
    };
    let next = next(&before);
    let mut found: Vec<_> = SECTIONS.iter().filter(allowed).collect();
    found.sort_by_key(|section| section.kind != next);
    found
}

/// What people write next.
fn next(before: &[SectionKind]) -> SectionKind {
    let last = before.iter().rev().find(|kind| kind.completes_document());
    match last {
        None if before.contains(&SectionKind::Endpoint) => SectionKind::Request,
        None => SectionKind::Endpoint,
        Some(SectionKind::Request) => SectionKind::Response,
        Some(SectionKind::Response | SectionKind::Error) => SectionKind::Asserts,
        Some(_) => SectionKind::Endpoint,
    }
}

/// Options that the header of `section` can still take.
pub(super) fn options(section: &Section, token: &Range<usize>) -> Vec<Item> {
    let Some(spec) = section.kind.spec() else {
        return Vec::new();
    };
    let given = |name: &str| {
        section
            .options
            .iter()
            .any(|option| option.name == name && option.name_range != *token)
    };
    let assigned = section
        .options
        .iter()
        .any(|option| option.name_range == *token && option.range != *token);
    let useful = |name: &str| spec.kind != SectionKind::Error || find(options::WITHOUT_EFFECT_ON_ERROR, name).is_none();
    spec.options
        .iter()
        .filter(|word| word.name() != options::TYPE.name() && useful(word.name()) && !given(word.name()))
        .map(|word| {
            let snippet = match word.form {
                _ if assigned => word.name().to_owned(),
                Form::Flag => word.name().to_owned(),
                Form::List => format!("{}=[\"$1\"]", word.name()),
                form => format!("{}={}", word.name(), tab_stop(form)),
            };
            word_item(ItemKind::Option, word, &snippet, token)
        })
        .collect()
}

/// Values of an option.
pub(super) fn option_values(section: &Section, option: &str, token: &Range<usize>) -> Vec<Item> {
    let words = section.kind.spec().map_or(&[][..], |spec| spec.options);
    find(words, option).map_or_else(Vec::new, |word| suggestions(word, token))
}
