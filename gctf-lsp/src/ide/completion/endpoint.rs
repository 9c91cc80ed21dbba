//! Methods for the ENDPOINT, from the schema.

use super::super::context::Context;
use super::{Item, ItemKind};
use crate::connection::split_endpoint;
use crate::schema::docs::{method_line, method_shape, of_method};
use prost_reflect::{MethodDescriptor, ServiceDescriptor};
use std::collections::BTreeSet;
use std::ops::Range;

/// One item per method: services of this file first, then in declaration order, `grpc.*` last.
pub(super) fn methods(context: &Context<'_>, token: &Range<usize>) -> Vec<Item> {
    let Some(schema) = context.schema() else {
        return Vec::new();
    };
    let used: BTreeSet<_> = context
        .source()
        .documents()
        .filter_map(|(_, document)| Some(split_endpoint(&document.endpoint()?.text)?.0))
        .collect();
    let mut services: Vec<_> = schema.services().collect();
    services.sort_by_key(|service| {
        let name = service.full_name();
        (name.starts_with("grpc."), !used.contains(name))
    });
    let typed = &context.document.text()[token.clone()];
    services
        .iter()
        .flat_map(|service| service.methods().map(|method| item(service, &method, token, typed)))
        .collect()
}

fn item(service: &ServiceDescriptor, method: &MethodDescriptor, token: &Range<usize>, typed: &str) -> Item {
    let label = format!("{}/{}", service.full_name(), method.name());
    let short = format!("{}/{}", service.name(), method.name());
    let starts = |text: &str| {
        let head = text.get(..typed.len());
        !typed.is_empty() && head.is_some_and(|head| head.eq_ignore_ascii_case(typed))
    };
    // The editor filters by what stands in the line, which may be the method's name alone.
    let filter = [label.as_str(), &short, method.name()]
        .into_iter()
        .find(|form| starts(form))
        .unwrap_or(&label)
        .to_owned();
    let line = method_line(method);
    let comment = of_method(method);
    Item {
        detail: Some(method_shape(method).to_owned()),
        documentation: Some(format!("```proto\n{line}\n```\n\n{comment}").trim_end().to_owned()),
        deprecated: method
            .options()
            .get_field_by_name("deprecated")
            .is_some_and(|value| value.as_bool() == Some(true)),
        filter,
        ..Item::word(ItemKind::Method, &label, token)
    }
}
