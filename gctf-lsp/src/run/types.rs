//! The types that only an Any names: the server is asked for them by name when one is met.

use super::targets::Targets;
use crate::grpc::details;
use crate::schema::{Schema, any};
use crate::syntax::Document;
use crate::syntax::json::{Data, Value};
use crate::target::SchemaSource;
use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage, MethodDescriptor, ReflectMessage as _};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Any values inside of each other that are looked into.
const MAX_NESTING: usize = 8;

/// The types that the replies of a call are shown with.
pub(super) struct Types {
    targets: Arc<Targets>,
    source: SchemaSource,
    schema: Arc<Schema>,
    /// Whether a reply can hold an Any.
    is_open: bool,
}

impl Types {
    pub(super) fn new(
        targets: &Arc<Targets>,
        source: SchemaSource,
        schema: Arc<Schema>,
        method: &MethodDescriptor,
    ) -> Self {
        Self {
            targets: Arc::clone(targets),
            source,
            schema,
            is_open: any::can_hold(&method.output()),
        }
    }

    pub(super) fn pool(&self) -> &DescriptorPool {
        self.schema.pool()
    }

    /// `message` with the types of its Any values, as far as the server knows them.
    pub(super) async fn complete(&mut self, mut message: DynamicMessage) -> DynamicMessage {
        let mut left = if self.is_open { MAX_NESTING } else { 0 };
        while left > 0 && self.learn(any::unknown(&message)).await {
            left -= 1;
            let name = message.descriptor().full_name().to_owned();
            let decoded = self
                .pool()
                .get_message_by_name(&name)
                .and_then(|descriptor| DynamicMessage::decode(descriptor, message.encode_to_vec().as_slice()).ok());
            match decoded {
                Some(decoded) => message = decoded,
                None => break,
            }
        }
        message
    }

    /// Makes the types known that the details of a status name.
    pub(super) async fn learn_details(&mut self, encoded: &[u8]) {
        self.learn(details::unknown(encoded, self.pool())).await;
    }

    /// Asks for `names`; whether there is anything new.
    async fn learn(&mut self, names: BTreeSet<String>) -> bool {
        if names.is_empty() {
            return false;
        }
        let grown = self.targets.with_types(&self.source, &self.schema, names).await;
        let is_new = !Arc::ptr_eq(&grown, &self.schema);
        self.schema = grown;
        is_new
    }
}

/// The types that `@type` members in the bodies of `document` name and `pool` does not have.
pub(super) fn named_in(document: &Document, pool: &DescriptorPool) -> BTreeSet<String> {
    let mut urls = Vec::new();
    let values = document.sections().iter().flat_map(|section| section.values());
    values.for_each(|value| collect(value, &mut urls));
    let names = urls.into_iter().map(any::type_name);
    names
        .filter(|name| !name.is_empty() && pool.get_message_by_name(name).is_none())
        .map(str::to_owned)
        .collect()
}

fn collect<'a>(value: &'a Value, urls: &mut Vec<&'a str>) {
    match &value.data {
        Data::Array(items) => items.iter().for_each(|item| collect(item, urls)),
        Data::Object(members) => {
            for member in members {
                match member.value.as_ref().map(|value| (&value.data, value)) {
                    Some((Data::String(url), _)) if member.key == "@type" && !url.contains("{{") && url != "*" => {
                        urls.push(url);
                    }
                    Some((_, value)) => collect(value, urls),
                    None => {}
                }
            }
        }
        _ => {}
    }
}
