//! What a target understands: services, methods, messages, fields by either spelling. Knows nothing of files.

pub mod any;
pub mod constraints;
pub mod diff;
pub mod docs;
pub mod json;
pub mod local;
pub mod print;
pub mod shape;
pub mod source_info;

use prost_reflect::{DescriptorPool, MethodDescriptor, ServiceDescriptor};
use source_info::{Descriptors, SourceInfo};
use std::sync::Arc;

/// A set of descriptors with the services that a target really serves.
#[derive(Clone, Debug)]
pub struct Schema {
    descriptors: Descriptors,
    services: Vec<String>,
    /// Sources that lie beside it, where it came without any.
    local: Option<Arc<local::Local>>,
    /// How it differs from what was saved of it, where something was.
    drift: Option<Arc<diff::Drift>>,
}

/// Why an endpoint is not in a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unknown {
    Service { nearest: Option<String> },
    Method { nearest: Option<String> },
}

impl Schema {
    /// `services` are full names; those that the pool does not know are left out.
    pub fn new(descriptors: impl Into<Descriptors>, mut services: Vec<String>) -> Self {
        let descriptors = descriptors.into();
        services.retain(|name| descriptors.pool.get_service_by_name(name).is_some());
        Self {
            descriptors,
            services,
            local: None,
            drift: None,
        }
    }

    /// The same services with `descriptors`, which are all of this schema's and more.
    pub fn with_descriptors(&self, descriptors: Descriptors) -> Self {
        let mut schema = Self::new(descriptors, self.services.clone());
        schema.local = self.local.clone();
        schema.drift = self.drift.clone();
        schema
    }

    /// The same schema, compared with what was saved of it.
    pub fn since(mut self, saved: Arc<Self>) -> Self {
        self.drift = Some(Arc::new(diff::Drift::new(saved, &self)));
        self
    }

    /// How it differs from what was saved of it, where something was.
    pub fn drift(&self) -> Option<&diff::Drift> {
        self.drift.as_deref()
    }

    /// All descriptors.
    pub fn pool(&self) -> &DescriptorPool {
        &self.descriptors.pool
    }

    /// All descriptors, and what is known of their sources.
    pub fn descriptors(&self) -> &Descriptors {
        &self.descriptors
    }

    /// Comments, and places in the sources, of the descriptors.
    pub fn source_info(&self) -> &Arc<SourceInfo> {
        &self.descriptors.source_info
    }

    /// The services served, in the order in which the target gave them.
    pub fn services(&self) -> impl Iterator<Item = ServiceDescriptor> + '_ {
        self.services
            .iter()
            .filter_map(|name| self.pool().get_service_by_name(name))
    }

    /// The services that are there for their own sake: not reflection, health and the like.
    pub fn own_services(&self) -> impl Iterator<Item = ServiceDescriptor> + '_ {
        self.services()
            .filter(|service| !service.full_name().starts_with("grpc."))
    }

    /// The method that `service/method` names.
    ///
    /// # Errors
    /// Which part is unknown, with the nearest name there is.
    pub fn method(&self, service: &str, method: &str) -> Result<MethodDescriptor, Unknown> {
        let Some(found) = self.services().find(|candidate| candidate.full_name() == service) else {
            let names: Vec<_> = self.services().map(|service| service.full_name().to_owned()).collect();
            return Err(Unknown::Service {
                nearest: crate::text::nearest(service, names.iter().map(String::as_str)),
            });
        };
        found
            .methods()
            .find(|candidate| candidate.name() == method)
            .ok_or_else(|| {
                let names: Vec<_> = found.methods().map(|method| method.name().to_owned()).collect();
                Unknown::Method {
                    nearest: crate::text::nearest(method, names.iter().map(String::as_str)),
                }
            })
    }
}
