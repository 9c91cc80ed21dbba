//! Proto sources that lie beside a schema that came without any: they give comments and positions where they agree with
//! it. What is served is what the schema says, never what the sources say.

use super::Schema;
use super::source_info::{Descriptors, SourceInfo};
use prost_reflect::prost::Message as _;
use prost_reflect::prost::bytes::Bytes;
use prost_reflect::prost_types::source_code_info::Location;
use prost_reflect::{
    DescriptorPool, EnumDescriptor, EnumValueDescriptor, FieldDescriptor, FileDescriptor, MessageDescriptor,
    MethodDescriptor, ServiceDescriptor,
};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Compiled sources, with where they are.
#[derive(Clone, Debug)]
pub struct Local {
    /// Those that differ from what is served, and what they import.
    pool: DescriptorPool,
    /// The others: what they declare is what the schema says.
    served: BTreeSet<String>,
    /// Of all of them.
    source_info: Arc<SourceInfo>,
    /// By the names of the files.
    paths: BTreeMap<String, PathBuf>,
}

impl Local {
    /// The schema has the files `served`, which need no descriptors of their own. `paths` tells where all files are.
    pub fn new(descriptors: Descriptors, served: BTreeSet<String>, paths: BTreeMap<String, PathBuf>) -> Self {
        Self {
            pool: descriptors.pool,
            served,
            source_info: descriptors.source_info,
            paths,
        }
    }

    /// Comments, and places in the sources.
    pub fn source_info(&self) -> &SourceInfo {
        &self.source_info
    }

    /// Whether what is declared in `file` of the schema is what the sources declare.
    fn is_served(&self, file: &FileDescriptor) -> bool {
        self.served.contains(file.name())
    }

    /// The files that lie somewhere, by their names.
    pub fn files(&self) -> impl Iterator<Item = (&str, &Path)> {
        let paths = self.paths.iter();
        paths.map(|(name, path)| (name.as_str(), path.as_path()))
    }

    /// Where a file is.
    pub fn path(&self, file: &FileDescriptor) -> Option<&Path> {
        self.paths.get(file.name()).map(PathBuf::as_path)
    }

    /// The same message.
    pub fn message(&self, message: &MessageDescriptor) -> Option<MessageDescriptor> {
        match self.is_served(&message.parent_file()) {
            true => Some(message.clone()),
            false => self.pool.get_message_by_name(message.full_name()),
        }
    }

    /// The field of the same name, whether or not it agrees.
    fn namesake(&self, field: &FieldDescriptor) -> Option<FieldDescriptor> {
        self.message(field.parent_message())?.get_field_by_name(field.name())
    }

    /// The same field, if number, type and label agree.
    pub fn field(&self, field: &FieldDescriptor) -> Option<FieldDescriptor> {
        self.namesake(field).filter(|local| agree(field, local))
    }

    /// The same enum.
    pub fn enumeration(&self, descriptor: &EnumDescriptor) -> Option<EnumDescriptor> {
        match self.is_served(&descriptor.parent_file()) {
            true => Some(descriptor.clone()),
            false => self.pool.get_enum_by_name(descriptor.full_name()),
        }
    }

    /// The same value, if its number agrees.
    pub fn enum_value(&self, value: &EnumValueDescriptor) -> Option<EnumValueDescriptor> {
        let local = self.enumeration(value.parent_enum())?.get_value_by_name(value.name())?;
        Some(local).filter(|local| local.number() == value.number())
    }

    /// The same service.
    pub fn service(&self, service: &ServiceDescriptor) -> Option<ServiceDescriptor> {
        match self.is_served(&service.parent_file()) {
            true => Some(service.clone()),
            false => self.pool.get_service_by_name(service.full_name()),
        }
    }

    /// The same method, if what goes each way agrees.
    pub fn method(&self, method: &MethodDescriptor) -> Option<MethodDescriptor> {
        let service = self.service(method.parent_service())?;
        let local = service.methods().find(|local| local.name() == method.name())?;
        let ways = |method: &MethodDescriptor| {
            (
                method.input().full_name().to_owned(),
                method.output().full_name().to_owned(),
                method.is_client_streaming(),
                method.is_server_streaming(),
            )
        };
        (ways(&local) == ways(method)).then_some(local)
    }
}

fn agree(field: &FieldDescriptor, local: &FieldDescriptor) -> bool {
    let form = |field: &FieldDescriptor| (field.number(), super::shape::type_name(field), field.cardinality());
    form(field) == form(local)
}

impl Schema {
    /// The same schema with the comments of `local` where the two agree, and with its positions.
    pub fn with_docs_of(&self, local: Arc<Local>) -> Self {
        let mut source_info = SourceInfo::clone(self.source_info());
        for file in self.pool().files() {
            let copied = Copied::of(&file, &local, self.source_info());
            if !copied.is_empty() {
                // Comments that a server tells are its own.
                let told: Vec<_> = source_info.of_file(file.name()).map(Bytes::copy_from_slice).collect();
                source_info.insert(file.name(), told.into_iter().chain(copied));
            }
        }
        let mut merged = self.clone();
        merged.descriptors.source_info = Arc::new(source_info);
        merged.local = Some(local);
        merged
    }

    /// The sources that lie beside the schema.
    pub fn local(&self) -> Option<&Local> {
        self.local.as_deref()
    }

    /// Whether the sources beside the schema declare a field otherwise.
    pub fn differs_locally(&self, field: &FieldDescriptor) -> bool {
        let namesake = self.local().and_then(|local| local.namesake(field));
        namesake.is_some_and(|local| !agree(field, &local))
    }
}

/// The comments of a file's elements, taken from elsewhere.
struct Copied<'a> {
    file: &'a FileDescriptor,
    local: &'a Local,
    /// What the file has itself.
    own: &'a SourceInfo,
    /// Encoded locations.
    found: Vec<Bytes>,
}

impl<'a> Copied<'a> {
    fn of(file: &'a FileDescriptor, local: &'a Local, own: &'a SourceInfo) -> Vec<Bytes> {
        let mut copied = Self {
            file,
            local,
            own,
            found: Vec::new(),
        };
        file.messages().for_each(|message| copied.message(&message));
        file.enums().for_each(|descriptor| copied.enumeration(&descriptor));
        file.services().for_each(|service| copied.service(&service));
        copied.found
    }

    /// Gives the element at `path` the comments of the one at `from` of `file`.
    fn copy(&mut self, path: &[i32], file: &FileDescriptor, from: &[i32]) {
        // Of elements, other than of their names, only what has a comment is known.
        let location = self.local.source_info.location(file, from);
        let location = location.filter(|_| self.own.location(self.file, path).is_none());
        self.found.extend(location.map(|location| {
            let location = Location {
                path: path.to_vec(),
                // The place is none of this file.
                span: Vec::new(),
                ..location
            };
            location.encode_to_vec().into()
        }));
    }

    fn message(&mut self, message: &MessageDescriptor) {
        let Some(local) = self.local.message(message) else {
            return;
        };
        self.copy(message.path(), &local.parent_file(), local.path());
        for field in message.fields() {
            if let Some(local) = self.local.field(&field) {
                self.copy(field.path(), &local.parent_file(), local.path());
            }
        }
        message.child_messages().for_each(|child| self.message(&child));
        message.child_enums().for_each(|child| self.enumeration(&child));
    }

    fn enumeration(&mut self, descriptor: &EnumDescriptor) {
        let Some(local) = self.local.enumeration(descriptor) else {
            return;
        };
        self.copy(descriptor.path(), &local.parent_file(), local.path());
        for value in descriptor.values() {
            if let Some(local) = self.local.enum_value(&value) {
                self.copy(value.path(), &local.parent_file(), local.path());
            }
        }
    }

    fn service(&mut self, service: &ServiceDescriptor) {
        let Some(local) = self.local.service(service) else {
            return;
        };
        self.copy(service.path(), &local.parent_file(), local.path());
        for method in service.methods() {
            if let Some(local) = self.local.method(&method) {
                self.copy(method.path(), &local.parent_file(), local.path());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ide::testing::schema;
    use crate::schema::docs;

    const SERVED: &str = "syntax = \"proto3\"; package p; service S { rpc A(M) returns (M); rpc B(M) returns (M); }
        message M { string same = 1; string number = 2; string type = 3; repeated string label = 4; string new = 5;
            message Inner { string deep = 1; } Inner inner = 6; E e = 7; }
        enum E { ZERO = 0; ONE = 1; TWO = 2; }";
    const LOCAL: &str = "syntax = \"proto3\"; package p;
        // Enum.
        enum E { ZERO = 0;
          // One.
          ONE = 1;
          // Three.
          TWO = 3; }
        // Message.
        message M {
          // Inner message.
          message Inner {
            // Deep.
            string deep = 1; }
          // Same.
          string same = 1;
          // Number.
          string number = 20;
          // Type.
          bytes type = 3;
          // Label.
          string label = 4;
        }
        // Service.
        service S {
          // A.
          rpc A(M) returns (M);
          // B.
          rpc B(stream M) returns (M);
        }";

    /// What a server tells: no comments, no positions.
    fn served() -> Schema {
        let compiled = schema(SERVED);
        compiled.with_descriptors(compiled.pool().clone().into())
    }

    #[test]
    fn comments_come_from_what_agrees() {
        let local = Local::new(
            schema(LOCAL).descriptors().clone(),
            BTreeSet::new(),
            BTreeMap::from([("shop.proto".to_owned(), "/t/shop.proto".into())]),
        );
        let merged = served().with_docs_of(Arc::new(local));
        let info = merged.source_info();
        let message = merged.pool().get_message_by_name("p.M").unwrap();
        let fields: Vec<_> = message
            .fields()
            .map(|field| {
                (
                    field.name().to_owned(),
                    docs::of_field(info, &field),
                    merged.differs_locally(&field),
                )
            })
            .collect();
        let expected = [
            ("same", "Same.", false),
            ("number", "", true),
            ("type", "", true),
            ("label", "", true),
            ("new", "", false),
            ("inner", "", false),
            ("e", "", false),
        ];
        let expected: Vec<_> = expected
            .iter()
            .map(|(name, docs, differs)| ((*name).to_owned(), (*docs).to_owned(), *differs))
            .collect();
        assert_eq!(fields, expected);
        assert_eq!(docs::of_message(info, &message), "Message.");
        let inner = merged.pool().get_message_by_name("p.M.Inner").unwrap();
        assert_eq!(docs::of_field(info, &inner.get_field(1).unwrap()), "Deep.");
        let values = merged.pool().get_enum_by_name("p.E").unwrap();
        assert_eq!(docs::of_enum(info, &values), "Enum.");
        let values: Vec<_> = values.values().map(|value| docs::of_enum_value(info, &value)).collect();
        assert_eq!(values, ["", "One.", ""]);
        assert_eq!(docs::of_method(info, &merged.method("p.S", "A").unwrap()), "A.");
        assert_eq!(docs::of_method(info, &merged.method("p.S", "B").unwrap()), "");
        let method = merged.method("p.S", "A").unwrap();
        let local = merged.local().unwrap();
        let found = local.method(&method).unwrap();
        assert_eq!(local.path(&found.parent_file()), Some(Path::new("/t/shop.proto")));
    }

    /// Sources that say what is served have no descriptors of their own, and tell the same.
    #[test]
    fn what_is_served_as_it_is_there_is_there_once() {
        let compiled = schema(LOCAL);
        let told = compiled.with_descriptors(compiled.pool().clone().into());
        let beside = |pool, served: &[&str]| {
            let descriptors = Descriptors {
                pool,
                source_info: Arc::clone(compiled.source_info()),
            };
            let served = served.iter().map(|name| (*name).to_owned()).collect();
            let local = Local::new(descriptors, served, BTreeMap::new());
            told.with_docs_of(Arc::new(local))
        };
        let (once, twice) = (
            beside(DescriptorPool::new(), &["shop.proto"]),
            beside(compiled.pool().clone(), &[]),
        );
        assert_eq!(once.source_info(), twice.source_info());
        let field = told.pool().get_message_by_name("p.M").unwrap().get_field(1).unwrap();
        assert_eq!(docs::of_field(once.source_info(), &field), "Same.");
        for schema in [&once, &twice] {
            let found = schema.local().unwrap().field(&field).unwrap();
            assert!(!schema.differs_locally(&field));
            let local = schema.local().unwrap().source_info();
            let own = compiled.source_info();
            let place = |info: &SourceInfo| {
                info.location(&found.parent_file(), found.path())
                    .map(|place| place.span)
            };
            assert!(place(local).is_some_and(|span| !span.is_empty()) && place(local) == place(own));
        }
    }
}
