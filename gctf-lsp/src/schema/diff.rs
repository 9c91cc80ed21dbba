//! What changed between two states of a schema, as far as calls and their JSON can tell.

use super::Schema;
use super::shape::{enum_values, type_name};
use prost_reflect::{
    Cardinality, EnumDescriptor, FieldDescriptor, MessageDescriptor, MethodDescriptor, ServiceDescriptor,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Whether tests that worked can go on working.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    Breaking,
    Additive,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SchemaChange {
    pub weight: Weight,
    /// Full name of what changed, such as `shop.Order.total`; a method as `shop.Orders/Create`.
    pub element: String,
    /// Such as `removed` or `int32 before, string now`.
    pub text: String,
}

/// The differences from `before` to `now`, breaking ones first, each group by name. Only what the services reach
/// counts; the server's own services (`grpc.*`) do not.
pub fn changes(before: &Schema, now: &Schema) -> Vec<SchemaChange> {
    let mut differ = Differ {
        found: BTreeSet::new(),
        seen: BTreeSet::new(),
    };
    differ.services(before, now);
    let mut found: Vec<_> = differ.found.into_iter().collect();
    found.sort();
    found
}

/// How a schema differs from the one that was saved of the same server.
#[derive(Debug)]
pub struct Drift {
    pub saved: Arc<Schema>,
    /// What breaks, by the element's name as in [`SchemaChange`].
    pub breaking: BTreeMap<String, String>,
}

impl Drift {
    /// From `saved` to `now`.
    pub fn new(saved: Arc<Schema>, now: &Schema) -> Self {
        let breaking = changes(&saved, now)
            .into_iter()
            .filter(|change| change.weight == Weight::Breaking)
            .map(|change| (change.element, change.text))
            .collect();
        Self { saved, breaking }
    }
}

struct Differ {
    found: BTreeSet<SchemaChange>,
    /// Messages and enums that are compared already, which may be recursive.
    seen: BTreeSet<String>,
}

impl Differ {
    fn tell(&mut self, weight: Weight, element: impl Into<String>, text: impl Into<String>) {
        self.found.insert(SchemaChange {
            weight,
            element: element.into(),
            text: text.into(),
        });
    }

    fn services(&mut self, before: &Schema, now: &Schema) {
        let of = |schema: &Schema| -> BTreeMap<String, ServiceDescriptor> {
            let own = schema.own_services();
            own.map(|service| (service.full_name().to_owned(), service)).collect()
        };
        let (before, now) = (of(before), of(now));
        for (name, old) in &before {
            match now.get(name) {
                Some(new) => self.methods(old, new),
                None => self.tell(Weight::Breaking, name, "service removed"),
            }
        }
        for name in now.keys().filter(|name| !before.contains_key(*name)) {
            self.tell(Weight::Additive, name, "service added");
        }
    }

    fn methods(&mut self, before: &ServiceDescriptor, now: &ServiceDescriptor) {
        let element = |method: &MethodDescriptor| format!("{}/{}", method.parent_service().full_name(), method.name());
        for old in before.methods() {
            match now.methods().find(|new| new.name() == old.name()) {
                Some(new) => self.method(&element(&old), &old, &new),
                None => self.tell(Weight::Breaking, element(&old), "method removed"),
            }
        }
        for new in now.methods() {
            if !before.methods().any(|old| old.name() == new.name()) {
                self.tell(Weight::Additive, element(&new), "method added");
            }
        }
    }

    fn method(&mut self, element: &str, before: &MethodDescriptor, now: &MethodDescriptor) {
        let shape = super::docs::method_shape;
        if shape(before) != shape(now) {
            let text = format!("{} before, {} now", shape(before), shape(now));
            self.tell(Weight::Breaking, element, text);
        }
        for (what, old, new) in [
            ("takes", before.input(), now.input()),
            ("answers with", before.output(), now.output()),
        ] {
            match old.full_name() == new.full_name() {
                true => self.message(&old, &new),
                false => {
                    let text = format!("{what} {} now, {} before", new.full_name(), old.full_name());
                    self.tell(Weight::Breaking, element, text);
                }
            }
        }
    }

    fn message(&mut self, before: &MessageDescriptor, now: &MessageDescriptor) {
        if !self.seen.insert(before.full_name().to_owned()) {
            return;
        }
        for old in before.fields() {
            let element = old.full_name().to_owned();
            // Numbers are what is sent: a field is the one with the same number, if there is one.
            match now.get_field(old.number()) {
                Some(new) => self.field(&element, &old, &new),
                None if now.get_field_by_name(old.name()).is_some() => {
                    self.tell(Weight::Breaking, element, "has another number");
                }
                None => self.tell(Weight::Breaking, element, "field removed"),
            }
        }
        for new in now.fields() {
            let is_new = before.get_field(new.number()).is_none() && before.get_field_by_name(new.name()).is_none();
            let required = new.cardinality() == Cardinality::Required;
            match (is_new, required) {
                (true, true) => self.tell(Weight::Breaking, new.full_name(), "required field added"),
                (true, false) => self.tell(Weight::Additive, new.full_name(), "field added"),
                (false, _) => {}
            }
        }
    }

    fn field(&mut self, element: &str, before: &FieldDescriptor, now: &FieldDescriptor) {
        if before.name() != now.name() {
            self.tell(Weight::Breaking, element, format!("called `{}` now", now.name()));
        } else if before.json_name() != now.json_name() {
            let text = format!(
                "written `{}` in JSON now, `{}` before",
                now.json_name(),
                before.json_name()
            );
            self.tell(Weight::Breaking, element, text);
        }
        let (old, new) = (type_name(before), type_name(now));
        if old != new {
            self.tell(Weight::Breaking, element, format!("{old} before, {new} now"));
            return;
        }
        let required = |field: &FieldDescriptor| field.cardinality() == Cardinality::Required;
        match (required(before), required(now)) {
            (false, true) => self.tell(Weight::Breaking, element, "required now"),
            (true, false) => self.tell(Weight::Additive, element, "no longer required"),
            _ => {}
        }
        let oneof = |field: &FieldDescriptor| {
            let oneof = field.containing_oneof().filter(|oneof| !oneof.is_synthetic());
            oneof.map(|oneof| oneof.name().to_owned())
        };
        match (oneof(before), oneof(now)) {
            (old, new) if old == new => {}
            (_, Some(new)) => self.tell(Weight::Breaking, element, format!("in oneof `{new}` now")),
            (Some(old), None) => self.tell(Weight::Additive, element, format!("no longer in oneof `{old}`")),
            (None, None) => {}
        }
        if oneof(before) == oneof(now) && before.supports_presence() != now.supports_presence() {
            let text = match now.supports_presence() {
                true => "shown at its default now",
                false => "left out at its default now",
            };
            self.tell(Weight::Breaking, element, text);
        }
        self.kinds(before, now);
    }

    /// What a field of one type name is made of.
    fn kinds(&mut self, before: &FieldDescriptor, now: &FieldDescriptor) {
        let (mut old, mut new) = (before.kind(), now.kind());
        if let (true, Some(before), Some(now)) = (before.is_map(), old.as_message(), new.as_message()) {
            (old, new) = (
                before.map_entry_value_field().kind(),
                now.map_entry_value_field().kind(),
            );
        }
        match (old.as_message(), new.as_message(), old.as_enum(), new.as_enum()) {
            (Some(before), Some(now), ..) => self.message(before, now),
            (_, _, Some(before), Some(now)) => self.values(before, now),
            _ => {}
        }
    }

    fn values(&mut self, before: &EnumDescriptor, now: &EnumDescriptor) {
        if !self.seen.insert(before.full_name().to_owned()) {
            return;
        }
        let (old, new): (BTreeMap<_, _>, BTreeMap<_, _>) = (enum_values(before).collect(), enum_values(now).collect());
        for (name, number) in &old {
            let element = format!("{}.{name}", before.full_name());
            match new.get(name) {
                None => self.tell(Weight::Breaking, element, "value removed"),
                Some(other) if other != number => {
                    self.tell(Weight::Breaking, element, format!("{number} before, {other} now"));
                }
                Some(_) => {}
            }
        }
        for name in new.keys().filter(|name| !old.contains_key(*name)) {
            self.tell(Weight::Additive, format!("{}.{name}", now.full_name()), "value added");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Weight, changes};
    use crate::ide::testing::schema;

    /// `! element: text` for what breaks, `+` for what is added.
    fn found(before: &str, now: &str) -> Vec<String> {
        let file = |text: &str| {
            schema(&format!(
                "syntax = \"proto3\"; package p; service S {{ rpc Do(M) returns (M); }} {text}"
            ))
        };
        let found = changes(&file(before), &file(now)).into_iter();
        found
            .map(|change| {
                let sign = match change.weight {
                    Weight::Breaking => '!',
                    Weight::Additive => '+',
                };
                format!("{sign} {}: {}", change.element, change.text)
            })
            .collect()
    }

    #[test]
    fn messages() {
        let none: [&str; 0] = [];
        for (before, now, expected) in [
            (
                "message M { string a = 1; M m = 2; }",
                "message M { string a = 1; M m = 2; }",
                vec![],
            ),
            (
                "message M { string a = 1; }",
                "message M {}",
                vec!["! p.M.a: field removed"],
            ),
            (
                "message M {}",
                "message M { string a = 1; }",
                vec!["+ p.M.a: field added"],
            ),
            (
                "message M { string a = 1; }",
                "message M { string b = 1; }",
                vec!["! p.M.a: called `b` now"],
            ),
            (
                "message M { string a = 1; }",
                "message M { string a = 2; }",
                vec!["! p.M.a: has another number"],
            ),
            (
                "message M { int32 a = 1; }",
                "message M { repeated int64 a = 1; }",
                vec!["! p.M.a: int32 before, repeated int64 now"],
            ),
            (
                "message M { int32 a = 1; }",
                "message M { optional int32 a = 1; }",
                vec!["! p.M.a: shown at its default now"],
            ),
            (
                "message M { int32 a = 1; }",
                "message M { oneof o { int32 a = 1; } }",
                vec!["! p.M.a: in oneof `o` now"],
            ),
            (
                "message M { int32 a_b = 1; }",
                "message M { int32 a_b = 1 [json_name = \"x\"]; }",
                vec!["! p.M.a_b: written `x` in JSON now, `aB` before"],
            ),
            (
                "message M { map<string, K> k = 1; } message K { E e = 1; } enum E { A = 0; B = 1; }",
                "message M { map<string, K> k = 1; } message K { E e = 1; } enum E { A = 0; C = 1; }",
                vec!["! p.E.B: value removed", "+ p.E.C: value added"],
            ),
            // What no service reaches.
            (
                "message M {} message Other { int32 a = 1; }",
                "message M {} message Other {}",
                vec![],
            ),
        ] {
            assert_eq!(found(before, now), expected, "{before} -> {now}");
        }
        assert_eq!(found("message M {}", "message M {}"), none);
    }

    #[test]
    fn services() {
        let of = |services: &str| {
            schema(&format!(
                "syntax = \"proto3\"; package p; message M {{}} message N {{}} {services}"
            ))
        };
        let before = of("service S { rpc A(M) returns (M); rpc B(M) returns (M); rpc C(M) returns (M); } service T {}");
        let now =
            of("service S { rpc A(M) returns (stream M); rpc B(N) returns (M); rpc D(M) returns (M); } service U {}");
        let found: Vec<_> = changes(&before, &now)
            .into_iter()
            .map(|change| format!("{}: {}", change.element, change.text))
            .collect();
        assert_eq!(
            found,
            [
                "p.S/A: unary before, server streaming now",
                "p.S/B: takes p.N now, p.M before",
                "p.S/C: method removed",
                "p.T: service removed",
                "p.S/D: method added",
                "p.U: service added",
            ]
        );
    }
}
