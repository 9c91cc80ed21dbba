//! Attributes above a header.

use super::super::super::context::Context;
use super::{Item, ItemKind, suggestions, tab_stop, word_item};
use crate::spec::attributes::{ATTRIBUTES, fits};
use crate::spec::{Form, find};
use std::ops::Range;

/// Attributes that the section below can take and does not have yet.
pub(super) fn names(context: &Context<'_>, token: &Range<usize>) -> Vec<Item> {
    let below = context
        .document
        .sections()
        .iter()
        .find(|section| section.header.start > token.end);
    let given = |name: &str| {
        let attributes = below.map_or(&[][..], |section| &section.attributes);
        let others = attributes
            .iter()
            .filter_map(|attribute| attribute.name.as_ref())
            .filter(|name| name.range != *token);
        others.into_iter().any(|other| other.text == name)
    };
    let rest = context.document.text()[token.end..].lines().next().unwrap_or("").trim();
    ATTRIBUTES
        .iter()
        .filter(|word| below.is_none_or(|section| fits(word, section.kind)) && !given(word.name()))
        .map(|word| {
            let name = word.name();
            let value = match word.form {
                _ if rest.starts_with('(') => String::new(),
                Form::Boolean => String::new(),
                form => format!("({})", tab_stop(form)),
            };
            let closer = match rest.is_empty() {
                true => "]",
                false => "",
            };
            word_item(ItemKind::Attribute, word, &format!("{name}{value}{closer}"), token)
        })
        .collect()
}

/// Values of an attribute.
pub(super) fn values(name: &str, token: &Range<usize>) -> Vec<Item> {
    find(ATTRIBUTES, name).map_or_else(Vec::new, |word| suggestions(word, token))
}
