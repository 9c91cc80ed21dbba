//! `gctf.doctor`: a connection looked at step by step, shown as a text.

use super::session::Session;
use super::texts::Kind;
use crate::grpc::doctor::examine;
use crate::ide::places::Place;
use crate::target::SchemaSource;

impl Session {
    /// Looks at the connection of `place`, which the policy allows, and shows what was found.
    pub(super) fn examine(&self, place: Place) {
        let shelf = self.shelf();
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
            let name = format!("doctor/{}.txt", place.target.to_string().replace([':', '[', ']'], "_"));
            shelf.show(Kind::Text, name, text);
        });
    }
}
