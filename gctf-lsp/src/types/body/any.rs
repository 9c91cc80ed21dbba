//! Any: an object that names its type.

use super::{Checker, Side};
use crate::diagnostic::Diagnostic;
use crate::schema::any::type_name;
use crate::schema::shape::Shape;
use crate::syntax::json::{Data, Member, Value};
use prost_reflect::{DescriptorPool, MessageDescriptor};

impl Checker<'_> {
    pub(super) fn any(&mut self, object: &Value, members: &[Member], pool: &DescriptorPool) {
        let Some(url) = members.iter().rev().find(|member| member.key == "@type") else {
            // In a reply the type may be left to what comes.
            if self.rules.side == Side::Request {
                let message = "an Any names its type: add `\"@type\": \"type.googleapis.com/…\"`";
                let bracket = object.range.start..object.range.start + 1;
                self.found.push(Diagnostic::error("G310", bracket, message));
            }
            return;
        };
        let Some(value) = &url.value else { return };
        let Data::String(text) = &value.data else {
            if !matches!(value.data, Data::Template(_) | Data::Word(_)) {
                self.wrong_kind(value, &Shape::String);
            }
            return;
        };
        if text.contains("{{") || text == "*" {
            return;
        }
        let name = type_name(text);
        if !text.contains('/') && self.rules.side == Side::Request {
            let message = format!("a type is named behind a `/`: write \"type.googleapis.com/{name}\"");
            let finding = Diagnostic::error("G310", value.range.clone(), message);
            let written = format!("\"type.googleapis.com/{name}\"");
            self.found
                .push(finding.with_fix(format!("Change to {written}"), value.range.clone(), written));
            return;
        }
        match pool.get_message_by_name(name) {
            Some(message) => self.payload(object, members, &message),
            None => {
                let message = format!("the schema has no type `{name}`: its fields are not checked");
                self.found
                    .push(Diagnostic::warning("G317", value.range.clone(), message));
            }
        }
    }

    /// The members beside `@type`: the fields of the type, or one `value` where JSON writes the type in another form.
    fn payload(&mut self, object: &Value, members: &[Member], message: &MessageDescriptor) {
        let rest: Vec<_> = members.iter().filter(|member| member.key != "@type").cloned().collect();
        match Shape::of_message(message) {
            Shape::Message(message) if message.full_name() != "google.protobuf.Empty" => {
                self.message(object, &rest, &message);
            }
            shape => {
                for member in &rest {
                    match (&member.value, member.key.as_str()) {
                        (Some(value), "value") => self.value(value, &shape),
                        (_, "value") => {}
                        _ => {
                            let message = format!("{} in an Any stands in `value`", message.full_name());
                            self.found
                                .push(Diagnostic::error("G307", member.key_range.clone(), message));
                        }
                    }
                }
            }
        }
    }
}
