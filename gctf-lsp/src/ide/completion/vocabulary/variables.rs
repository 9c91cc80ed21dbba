//! Names in templates.

use super::super::super::context::Context;
use super::{Item, ItemKind};
use std::ops::Range;

/// The variables that are set before the template, with its closing braces where they are missing.
pub(super) fn names(context: &Context<'_>, token: &Range<usize>, closed: bool) -> Vec<Item> {
    let text = context.document.text();
    let padded = text[..token.start].ends_with(' ');
    let closer = match (closed, padded) {
        (true, _) => "",
        (false, true) => " }}",
        (false, false) => "}}",
    };
    let variables = context.source().visible_variables(context.index, token.start);
    let item = |name: &str, description: &str| {
        let plain = format!("{name}{closer}");
        Item {
            description: Some(description.to_owned()),
            snippet: super::escape_snippet(&plain),
            plain,
            ..Item::word(ItemKind::Variable, name, token)
        }
    };
    let set = variables.iter().map(|variable| item(&variable.name, variable.origin()));
    let environment = Item {
        documentation: Some("A variable of the environment, shown as `***` in every output.".to_owned()),
        snippet: format!("env.${{1:NAME}}{}", closer.replace('}', "\\}")),
        plain: "env.".to_owned(),
        filter: "env.".to_owned(),
        ..item("env.…", "environment")
    };
    set.chain([environment]).collect()
}
