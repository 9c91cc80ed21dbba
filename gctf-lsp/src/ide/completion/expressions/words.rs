//! Functions, keywords, plugins, operators, types.

use super::super::{Item, ItemKind, escape_snippet};
use super::values::inserted;
use crate::expr::{Place, functions, type_names};
use crate::ide::words;
use crate::spec::functions::Kind as Word;
use crate::spec::plugins::PLUGINS;
use crate::types::expression::takes;
use crate::types::form::{Kind, Type};
use std::ops::Range;

const KEYWORDS: [&str; 8] = ["if", "not", "try", "reduce", "foreach", "def", "label", "true"];

/// What people call most, in this order.
const FREQUENT: [&str; 22] = [
    "select",
    "map",
    "length",
    "any",
    "all",
    "first",
    "last",
    "test",
    "contains",
    "startswith",
    "endswith",
    "has",
    "keys",
    "tonumber",
    "tostring",
    "sort_by",
    "group_by",
    "unique",
    "to_entries",
    "join",
    "split",
    "ascii_downcase",
];

/// Functions whose input fits, then the others, then keywords.
pub(super) fn terms(token: &Range<usize>, input: Option<&Type>, prefix: &str) -> Vec<Item> {
    let kinds = input.map(Type::kinds).unwrap_or_default();
    let unfit = |name: &str, arity: usize| match takes(name, arity) {
        Some(takes) if !kinds.is_empty() => !kinds.iter().any(|kind| takes.contains(kind)),
        _ => false,
    };
    let mut items: Vec<((u8, usize), Item)> = Vec::new();
    for (name, arities) in functions() {
        let arity = arities.first().copied().unwrap_or(0);
        let item = Item {
            detail: Some(signature(name, arities)).filter(|signature| signature != name),
            documentation: words::docs(Word::Function, name),
            snippet: call(name, arity),
            plain: match arity {
                0 => name.to_owned(),
                _ => format!("{name}("),
            },
            ..Item::word(ItemKind::Function, name, token)
        };
        let is_known = takes(name, arity).is_some();
        let rank = match unfit(name, arity) {
            true => 2,
            false => u8::from(!is_known),
        };
        let frequent = FREQUENT.iter().position(|frequent| *frequent == name);
        items.push(((rank, frequent.unwrap_or(FREQUENT.len())), item));
    }
    items.sort_by_key(|(rank, _)| *rank);
    let keywords = KEYWORDS.iter().filter(|_| !prefix.trim_end().ends_with('|'));
    let keywords = keywords.map(|word| Item {
        documentation: words::docs(Word::Keyword, word),
        ..Item::word(ItemKind::Keyword, word, token)
    });
    let functions = items.into_iter().map(|(_, item)| item);
    functions.chain(keywords).collect()
}

/// `name/0, name/1` as jq writes it.
fn signature(name: &str, arities: &[usize]) -> String {
    let forms: Vec<_> = arities
        .iter()
        .map(|arity| match arity {
            0 => name.to_owned(),
            arity => format!("{name}({})", vec!["…"; *arity].join("; ")),
        })
        .collect();
    forms.join(" · ")
}

fn call(name: &str, arity: usize) -> String {
    let stops: Vec<_> = (1..=arity).map(|at| format!("${at}")).collect();
    match arity {
        0 => escape_snippet(name),
        _ => format!("{}({})", escape_snippet(name), stops.join("; ")),
    }
}

pub(super) fn plugins(token: &Range<usize>) -> Vec<Item> {
    let own = PLUGINS.iter().map(|plugin| {
        let needed = plugin.parameters.len() - plugin.optional;
        let is_name = plugin.parameters.first().is_some_and(|(name, _)| *name == "name");
        let stops: Vec<_> = (1..=needed)
            .map(|at| match is_name && at == 1 {
                true => "\"$1\"".to_owned(),
                false => format!("${at}"),
            })
            .collect();
        let snippet = match needed {
            0 => escape_snippet(plugin.name),
            _ => format!("{}({})", escape_snippet(plugin.name), stops.join(", ")),
        };
        Item {
            detail: Some(plugin.signature()),
            documentation: Some(words::of_plugin(plugin)),
            snippet,
            ..Item::word(ItemKind::Function, plugin.name, token)
        }
    });
    let formats = crate::expr::formats().iter().map(|format| Item {
        detail: Some("format of jq".to_owned()),
        documentation: words::docs(Word::Format, format),
        ..Item::word(ItemKind::Function, format, token)
    });
    own.chain(formats).collect()
}

/// Operators behind an operand, those first that its kind is made for.
pub(super) fn operators(token: &Range<usize>, operand: &Type, place: Place) -> Vec<Item> {
    const COMPARISONS: [&str; 6] = ["==", "!=", "<", "<=", ">", ">="];
    let kinds = operand.kinds();
    let mut names: Vec<&str> = Vec::new();
    match kinds.as_slice() {
        [Kind::Text] => names.extend(["==", "!=", "contains", "matches", "startsWith", "endsWith"]),
        [Kind::Array | Kind::Object] => names.extend(["|", "contains", "=="]),
        [Kind::Bool] => names.extend(["==", "and", "or"]),
        _ => {}
    }
    let all = COMPARISONS.into_iter().chain([
        "and",
        "or",
        "xor",
        "|",
        "//",
        "contains",
        "matches",
        "startsWith",
        "endsWith",
    ]);
    for name in all {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let operators = names.into_iter().map(|name| {
        let text = format!("{name} ");
        Item {
            documentation: words::docs(Word::Operator, name),
            ..inserted(name, &text, ItemKind::Keyword, token)
        }
    });
    let ternary = (place == Place::Extract).then(|| Item {
        snippet: "? $1 : $2".to_owned(),
        ..inserted("? :", "? ", ItemKind::Keyword, token)
    });
    operators.chain(ternary).collect()
}

pub(super) fn types(token: &Range<usize>) -> Vec<Item> {
    type_names()
        .map(|name| Item {
            documentation: words::docs(Word::Type, &format!(":{name}")),
            ..Item::word(ItemKind::Type, name, token)
        })
        .collect()
}
