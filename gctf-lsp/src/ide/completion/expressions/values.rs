//! What can stand right of a comparison.

use super::super::{Documentation, Item, ItemKind, escape_snippet};
use crate::schema::shape::Shape;
use crate::types::form::{Constant, Form, Kind, Omitted, Type};
use std::ops::Range;

/// The values that `known` can be compared with, the one of the last reply first.
pub(super) fn items(known: &Type, last: Option<String>, token: &Range<usize>) -> Vec<Item> {
    let last = last.map(|value| Item {
        description: Some("last run".to_owned()),
        ..inserted(&value, &value, ItemKind::Value, token)
    });
    let mut items: Vec<Item> = last.into_iter().collect();
    for form in known.cases().into_iter().flatten() {
        for item in of_form(form, token) {
            match items.iter_mut().find(|known| known.plain == item.plain) {
                Some(known) => {
                    known.documentation = item.documentation;
                    known.detail = item.detail;
                }
                None => items.push(item),
            }
        }
    }
    items
}

fn of_form(form: &Form, token: &Range<usize>) -> Vec<Item> {
    let keyword = |text: &str| inserted(text, text, ItemKind::Keyword, token);
    match form {
        Form::Of(Shape::Enum(descriptor)) => super::super::json::enum_names(descriptor)
            .into_iter()
            .map(|name| {
                let value = descriptor.get_value_by_name(name);
                Item {
                    detail: value.as_ref().map(|value| value.number().to_string()),
                    documentation: value.map(Documentation::EnumValue),
                    ..inserted(name, &format!("\"{name}\""), ItemKind::EnumMember, token)
                }
            })
            .collect(),
        Form::Constant(Constant::Bool(value)) => vec![keyword(if *value { "true" } else { "false" })],
        Form::Omitted(Omitted::Scalar(Constant::Bool(false))) => vec![keyword("null")],
        Form::Constant(Constant::Text(text)) => {
            let quoted = serde_json::Value::from(text.as_str()).to_string();
            vec![inserted(text, &quoted, ItemKind::Value, token)]
        }
        form if form.kind() == Kind::Null => vec![keyword("null")],
        _ => Vec::new(),
    }
}

/// An item with this label that writes `text`.
pub(super) fn inserted(label: &str, text: &str, kind: ItemKind, token: &Range<usize>) -> Item {
    Item {
        snippet: escape_snippet(text),
        plain: text.to_owned(),
        filter: text.to_owned(),
        ..Item::word(kind, label, token)
    }
}
