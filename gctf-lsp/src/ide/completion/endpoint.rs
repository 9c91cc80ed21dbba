//! Methods for the ENDPOINT, from the schema.

use super::super::context::Context;
use super::{Documentation, Item, ItemKind, MAX_ITEMS, best_form, is_subsequence};
use crate::connection::split_endpoint;
use crate::schema::docs::method_shape;
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
    let is_large = services.iter().map(|service| service.methods().len()).sum::<usize>() > MAX_ITEMS;
    let methods = services
        .iter()
        .flat_map(|service| service.methods().map(move |method| (service, method)));
    methods
        .filter(|(service, method)| !is_large || is_subsequence(typed, &label(service, method)))
        // One more than is shown tells that there are more.
        .take(MAX_ITEMS + 1)
        .map(|(service, method)| item(service, method, token, typed))
        .collect()
}

fn label(service: &ServiceDescriptor, method: &MethodDescriptor) -> String {
    format!("{}/{}", service.full_name(), method.name())
}

fn item(service: &ServiceDescriptor, method: MethodDescriptor, token: &Range<usize>, typed: &str) -> Item {
    let label = label(service, &method);
    let short = format!("{}/{}", service.name(), method.name());
    let filter = best_form(&[&label, &short, method.name()], typed).to_owned();
    let options = method.method_descriptor_proto().options.as_ref();
    Item {
        detail: Some(method_shape(&method).to_owned()),
        deprecated: options.is_some_and(|options| options.deprecated()),
        documentation: Some(Documentation::Method(method)),
        filter,
        ..Item::word(ItemKind::Method, &label, token)
    }
}
