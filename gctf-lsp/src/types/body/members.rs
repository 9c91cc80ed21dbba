//! The members of messages and maps: fields that are not there, twice, or beside another one of their oneof.

use super::fixes::key_text;
use super::{Checker, Side};
use crate::diagnostic::{Diagnostic, Severity, Tag};
use crate::schema::constraints;
use crate::schema::shape::{Shape, field};
use crate::syntax::json::{Data, Member, Value};
use prost_reflect::{Cardinality, FieldDescriptor, Kind, MessageDescriptor};
use std::ops::Range;

/// A member with the field that it means.
type Known<'v> = (&'v Member, FieldDescriptor);

impl Checker<'_> {
    pub(super) fn message(&mut self, object: &Value, members: &[Member], message: &MessageDescriptor) {
        let mut known: Vec<Known<'_>> = Vec::new();
        // Without its colon a member is still being typed.
        for member in members.iter().filter(|member| member.colon) {
            match field(message, &member.key) {
                Some(found) => {
                    self.meets(&known, member, &found);
                    self.field(member, &found);
                    known.push((member, found));
                }
                None => self.extension(members, member, message),
            }
        }
        if self.rules.requires && self.rules.side == Side::Request {
            self.required(object, &known, message);
        }
    }

    /// A field of which another spelling, or another member of its oneof, is there already.
    fn meets(&mut self, before: &[Known<'_>], member: &Member, found: &FieldDescriptor) {
        let twin = before
            .iter()
            .find(|(other, field)| field == found && other.key != member.key);
        if let Some((twin, _)) = twin {
            let message = format!("`{}` and `{}` are the same field: delete one", twin.key, member.key);
            let finding = Diagnostic::error("G312", member.key_range.clone(), message)
                .with_related(twin.key_range.clone(), "given here")
                .with_removal(format!("Remove \"{}\"", member.key), whole(member));
            self.found.push(finding);
        }
        let oneof = found.containing_oneof().filter(|oneof| !oneof.is_synthetic());
        let is_set = |member: &Member| member.value.as_ref().is_some_and(|value| value.data != Data::Null);
        let Some(oneof) = oneof.filter(|_| is_set(member)) else {
            return;
        };
        let rival = before.iter().find(|(other, field)| {
            is_set(other) && field != found && field.containing_oneof().as_ref() == Some(&oneof)
        });
        if let Some((rival, _)) = rival {
            let message = format!(
                "only one of oneof `{}` can be set, and `{}` is: delete one",
                oneof.name(),
                rival.key
            );
            let finding = Diagnostic::error("G311", member.key_range.clone(), message)
                .with_related(rival.key_range.clone(), "set here")
                .with_removal(format!("Remove \"{}\"", member.key), whole(member))
                .with_removal(
                    format!("Keep \"{}\" of oneof {}", member.key, oneof.name()),
                    whole(rival),
                );
            self.found.push(finding);
        }
    }

    fn field(&mut self, member: &Member, found: &FieldDescriptor) {
        if self.is_disputed(found) {
            return;
        }
        let options = found.field_descriptor_proto().options.as_ref();
        if options.is_some_and(|options| options.deprecated()) {
            let message = format!("`{}` is deprecated", found.name());
            self.found.push(Diagnostic {
                tag: Some(Tag::Deprecated),
                ..Diagnostic::new("G318", Severity::Hint, member.key_range.clone(), message)
            });
        }
        let is_redacted = |name: &String| name == found.name() || name == found.json_name();
        if self.rules.redacted.iter().any(is_redacted) {
            return;
        }
        match &member.value {
            Some(value) if value.data != Data::Null && !self.may_be_absent(value) => {
                self.value(value, &Shape::of_field(found));
            }
            _ => {}
        }
    }

    /// Whether the server and the sources beside its schema disagree on a field.
    fn is_disputed(&self, field: &FieldDescriptor) -> bool {
        self.rules.schema.is_some_and(|schema| schema.differs_locally(field))
    }

    /// Whether the options of a field, or of the same field in the sources beside the schema, require it.
    fn is_marked(&self, field: &FieldDescriptor) -> bool {
        let local = || self.rules.schema?.local()?.field(field);
        constraints::requires(field) || local().is_some_and(|local| constraints::requires(&local))
    }

    /// Whether a value stands for a field that the reply leaves out, whatever its type is.
    fn may_be_absent(&self, value: &Value) -> bool {
        let is_empty = match &value.data {
            Data::Null | Data::Bool(false) => true,
            Data::Number(text) => text == "0",
            Data::String(text) => text.is_empty(),
            Data::Array(items) => items.is_empty(),
            Data::Object(members) => members.is_empty(),
            _ => false,
        };
        is_empty && self.rules.side == Side::Reply
    }

    /// A member that is no field: an extension, which stands in brackets, or nothing.
    fn extension(&mut self, members: &[Member], member: &Member, message: &MessageDescriptor) {
        if let Some(extension) = message.get_extension_by_json_name(&member.key) {
            let shape = Shape::of_extension(&extension);
            let value = member.value.as_ref();
            if let Some(value) = value.filter(|value| value.data != Data::Null && !self.may_be_absent(value)) {
                self.value(value, &shape);
            }
            return;
        }
        let names: Vec<_> = message.fields().map(|field| field.name().to_owned()).collect();
        let nearest = crate::text::nearest(&member.key, names.iter().map(String::as_str));
        let named = nearest.and_then(|name| {
            let field = message.get_field_by_name(&name)?;
            Some(match writes_json_names(members, message) {
                true => field.json_name().to_owned(),
                false => name,
            })
        });
        let advice = named
            .as_ref()
            .map_or(String::new(), |name| format!("; did you mean \"{name}\"?"));
        let text = format!("{} has no field \"{}\"{advice}", message.full_name(), member.key);
        let finding = Diagnostic::error("G307", member.key_range.clone(), text);
        self.found.push(match named {
            Some(name) => finding.with_fix(
                format!("Change to \"{name}\""),
                member.key_range.clone(),
                key_text(member, &name),
            ),
            None => finding,
        });
    }

    fn required(&mut self, object: &Value, known: &[Known<'_>], message: &MessageDescriptor) {
        let is_set = |field: &FieldDescriptor| {
            let mut given = known.iter().filter(|(_, known)| known == field);
            given.any(|(member, _)| member.value.as_ref().is_none_or(|value| value.data != Data::Null))
        };
        let absent = message
            .fields()
            .filter(|field| !is_set(field) && !self.is_disputed(field));
        let (refused, others): (Vec<_>, Vec<_>) =
            absent.partition(|field| field.cardinality() == Cardinality::Required);
        let marked: Vec<_> = others.into_iter().filter(|field| self.is_marked(field)).collect();
        let bracket = object.range.start..object.range.start + 1;
        let name = |field: &FieldDescriptor| format!("`{}`", field.name());
        for (severity, fields, what) in [
            (Severity::Error, refused, "is required"),
            (Severity::Information, marked, "is required by its options"),
        ] {
            if !fields.is_empty() {
                let names: Vec<_> = fields.iter().map(name).collect();
                let message = format!("{} {what}: add it", names.join(", "));
                self.found
                    .push(Diagnostic::new("G316", severity, bracket.clone(), message));
            }
        }
    }

    pub(super) fn map(&mut self, members: &[Member], key: &Kind, form: &Shape) {
        for member in members {
            if let Some(expected) = refused_key(&member.key, key) {
                let message = format!("a key of this map is {expected} in quotes, not \"{}\"", member.key);
                self.found
                    .push(Diagnostic::error("G319", member.key_range.clone(), message));
            }
            if let Some(value) = &member.value {
                self.element(value, form);
            }
        }
    }
}

/// From the key to the end of the value.
fn whole(member: &Member) -> Range<usize> {
    let end = member
        .value
        .as_ref()
        .map_or(member.key_range.end, |value| value.range.end);
    member.key_range.start..end
}

/// Whether a member is written in a JSON name that is not its proto name.
fn writes_json_names(members: &[Member], message: &MessageDescriptor) -> bool {
    members.iter().any(|member| {
        let field = message.get_field_by_json_name(&member.key);
        field.is_some_and(|field| field.name() != member.key)
    })
}

/// What a key has to be that is not.
fn refused_key(key: &str, kind: &Kind) -> Option<&'static str> {
    let fits = match kind {
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => key.parse::<i32>().is_ok(),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => key.parse::<i64>().is_ok(),
        Kind::Uint32 | Kind::Fixed32 => key.parse::<u32>().is_ok(),
        Kind::Uint64 | Kind::Fixed64 => key.parse::<u64>().is_ok(),
        Kind::Bool => matches!(key, "true" | "false"),
        _ => true,
    };
    let expected = match kind {
        Kind::Bool => "true or false",
        Kind::Uint32 | Kind::Fixed32 | Kind::Uint64 | Kind::Fixed64 => "a whole number without a sign",
        _ => "a whole number",
    };
    (!fits).then_some(expected)
}
