//! Methods for the ENDPOINT, from the schema.

use super::super::context::Context;
use super::{Item, ItemKind, MAX_ITEMS, best_form, is_subsequence};
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
    let typed = context.typed(token);
    let methods = services
        .iter()
        .flat_map(|service| service.methods().map(move |method| (service, method)));
    let mut methods: Vec<_> = methods.collect();
    if methods.len() > MAX_ITEMS {
        // One more than is shown tells that there are more.
        methods.retain(|(service, method)| is_subsequence(typed, &label(service, method)));
        methods.truncate(MAX_ITEMS + 1);
    }
    methods
        .iter()
        .map(|(service, method)| item(service, method, token, typed))
        .collect()
}

fn label(service: &ServiceDescriptor, method: &MethodDescriptor) -> String {
    format!("{}/{}", service.full_name(), method.name())
}

fn item(service: &ServiceDescriptor, method: &MethodDescriptor, token: &Range<usize>, typed: &str) -> Item {
    let label = label(service, method);
    let short = format!("{}/{}", service.name(), method.name());
    let filter = best_form(&[&label, &short, method.name()], typed).to_owned();
    let line = method_line(method);
    let comment = of_method(method);
    let options = method.method_descriptor_proto().options.as_ref();
    Item {
        detail: Some(method_shape(method).to_owned()),
        documentation: Some(format!("```proto\n{line}\n```\n\n{comment}").trim_end().to_owned()),
        deprecated: options.is_some_and(|options| options.deprecated()),
        filter,
        ..Item::word(ItemKind::Method, &label, token)
    }
}
