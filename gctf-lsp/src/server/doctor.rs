//! `gctf.doctor`: a connection looked at step by step, shown as a text.

use super::session::Session;
use crate::grpc::doctor::examine;
use crate::ide::places::Place;
use crate::target::SchemaSource;

impl Session {
    /// Looks at the connection of `place`, which the policy allows, and shows what was found.
    pub(super) fn examine(&self, place: Place) {
        let (events, cache) = (self.events.clone(), self.options.cache.clone());
        tokio::spawn(async move {
            let metadata = match place.source {
                SchemaSource::Reflection { headers, .. } => headers,
                SchemaSource::Protos { .. } | SchemaSource::DescriptorSet(_) => Vec::new(),
            };
            let way = match place.target.tls {
                Some(_) => "TLS",
                None => "plaintext",
            };
            let report = examine(&place.target, &metadata).await.text();
            let text = format!("Connection to {} ({way})\n\n{report}", place.target);
            let name = format!("{}.txt", place.target.to_string().replace([':', '[', ']'], "_"));
            super::texts::show(events, cache, "doctor", name, text).await;
        });
    }
}
