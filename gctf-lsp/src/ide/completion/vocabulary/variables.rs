//! Names in templates.

use super::super::super::context::Context;
use super::{Item, ItemKind};
use crate::ide::lines::{Flow, Variables};
use crate::schema::shape::{Shape, type_name};
use crate::types::form::{Defaults, Form, Type, describe};
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
    let types = types(context, token.start);
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
    if let Some((path, _)) = context
        .typed(token)
        .rsplit_once('.')
        .filter(|(path, _)| types.contains_key(root(path)))
    {
        let members = members(&types, path).into_iter();
        return members
            .map(|(name, detail)| Item {
                detail,
                ..item(&name, path)
            })
            .collect();
    }
    let set = variables.iter().map(|variable| {
        let known = types.get(variable.name.as_str()).filter(|ty| **ty != Type::Unknown);
        Item {
            detail: known.map(describe),
            ..item(&variable.name, variable.origin())
        }
    });
    let environment = Item {
        documentation: Some("A variable of the environment, shown as `***` in every output.".into()),
        snippet: format!("env.${{1:NAME}}{}", closer.replace('}', "\\}")),
        plain: "env.".to_owned(),
        filter: "env.".to_owned(),
        ..item("env.…", "environment")
    };
    // The names of a whole environment are in nobody's way once it is meant.
    let known = context.config().environment.iter().flatten();
    let known = known.filter(|_| context.typed(token).starts_with("env."));
    let known = known.map(|name| Item {
        documentation: environment.documentation.clone(),
        ..item(&format!("env.{name}"), "environment")
    });
    let known: Vec<_> = known.collect();
    set.chain([environment]).chain(known).collect()
}

fn root(path: &str) -> &str {
    path.split('.').next().unwrap_or(path)
}

/// What is known of the variables that are set before `offset` of the document.
fn types(context: &Context<'_>, offset: usize) -> Variables {
    let mut flow = Flow::before(context);
    let mut known = flow.variables.clone();
    let lines = flow.pass(context, context.schema());
    let before = lines.lines.iter().filter(|line| line.range.end <= offset);
    known.extend(before.filter_map(|line| line.sets.clone()));
    known
}

/// The members of what `path` reads of a variable, with the path before them and their types.
fn members(types: &Variables, path: &str) -> Vec<(String, Option<String>)> {
    let mut steps = path.split('.');
    let known = steps.next().and_then(|root| types.get(root)).cloned();
    let known = steps.fold(known.unwrap_or(Type::Unknown), |ty, step| {
        ty.member(step, Defaults::Uncertain)
    });
    let mut found = Vec::new();
    for form in known.present().into_iter().flatten() {
        match form {
            Form::Of(Shape::Message(message)) => found.extend(
                message
                    .fields()
                    .map(|field| (format!("{path}.{}", field.name()), Some(type_name(&field)))),
            ),
            Form::Object(members) => {
                found.extend(
                    members
                        .iter()
                        .map(|(name, ty)| (format!("{path}.{name}"), Some(describe(ty)))),
                );
            }
            _ => {}
        }
    }
    found
}
