//! Proto sources that lie beside a schema that came without any: they give comments and positions where they agree with
//! it. What is served is what the schema says, never what the sources say.

use super::Schema;
use prost_reflect::prost::Message as _;
use prost_reflect::prost_types::source_code_info::Location;
use prost_reflect::prost_types::{FileDescriptorProto, SourceCodeInfo};
use prost_reflect::{
    DescriptorPool, EnumDescriptor, EnumValueDescriptor, FieldDescriptor, FileDescriptor, MessageDescriptor,
    MethodDescriptor, ServiceDescriptor,
};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Compiled sources, with where they are.
#[derive(Clone, Debug)]
pub struct Local {
    pool: DescriptorPool,
    /// By the names of the files in the pool.
    paths: BTreeMap<String, PathBuf>,
}

impl Local {
    /// `paths` tells where the files of the pool are, by their names in it.
    pub fn new(pool: DescriptorPool, paths: BTreeMap<String, PathBuf>) -> Self {
        Self { pool, paths }
    }

    /// The files that lie somewhere, by their names in the pool.
    pub fn files(&self) -> impl Iterator<Item = (&str, &Path)> {
        let paths = self.paths.iter();
        paths.map(|(name, path)| (name.as_str(), path.as_path()))
    }

    /// Where a file of the pool is.
    pub fn path(&self, file: &FileDescriptor) -> Option<&Path> {
        self.paths.get(file.name()).map(PathBuf::as_path)
    }

    /// The same message.
    pub fn message(&self, message: &MessageDescriptor) -> Option<MessageDescriptor> {
        self.pool.get_message_by_name(message.full_name())
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
        self.pool.get_enum_by_name(descriptor.full_name())
    }

    /// The same value, if its number agrees.
    pub fn enum_value(&self, value: &EnumValueDescriptor) -> Option<EnumValueDescriptor> {
        let local = self.enumeration(value.parent_enum())?.get_value_by_name(value.name())?;
        Some(local).filter(|local| local.number() == value.number())
    }

    /// The same service.
    pub fn service(&self, service: &ServiceDescriptor) -> Option<ServiceDescriptor> {
        self.pool.get_service_by_name(service.full_name())
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
        let mut merged = self.with_comments_of(&local);
        merged.local = Some(local);
        merged
    }

    fn with_comments_of(&self, local: &Local) -> Self {
        let found: Vec<_> = self.pool.files().map(|file| Copied::of(&file, local)).collect();
        if found.iter().all(Vec::is_empty) {
            return self.clone();
        }
        let mut pool = DescriptorPool::new();
        for (file, location) in self.pool.files().zip(found) {
            let mut bytes = file.encode_to_vec();
            if !location.is_empty() {
                // What is encoded behind a message becomes a part of it; options that nobody knows stay as they are.
                let info = FileDescriptorProto {
                    source_code_info: Some(SourceCodeInfo { location }),
                    ..FileDescriptorProto::default()
                };
                bytes.extend(info.encode_to_vec());
            }
            if pool.decode_file_descriptor_proto(bytes.as_slice()).is_err() {
                return self.clone();
            }
        }
        self.with_pool(pool)
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
    local: &'a Local,
    /// By file and path.
    comments: HashMap<(String, Vec<i32>), Location>,
    found: Vec<Location>,
}

impl<'a> Copied<'a> {
    fn of(file: &FileDescriptor, local: &'a Local) -> Vec<Location> {
        let mut copied = Self {
            local,
            comments: HashMap::new(),
            found: Vec::new(),
        };
        // Only files that have something of this one are worth reading.
        let messages = file
            .messages()
            .filter_map(|message| Some(local.message(&message)?.parent_file()));
        let enums = file
            .enums()
            .filter_map(|own| Some(local.enumeration(&own)?.parent_file()));
        let services = file
            .services()
            .filter_map(|own| Some(local.service(&own)?.parent_file()));
        let files: BTreeMap<String, FileDescriptor> = messages
            .chain(enums)
            .chain(services)
            .map(|file| (file.name().to_owned(), file))
            .collect();
        for file in files.values() {
            let info = file.file_descriptor_proto().source_code_info.as_ref();
            for location in info.map(|info| info.location.as_slice()).unwrap_or_default() {
                let is_comment = location.leading_comments.is_some() || location.trailing_comments.is_some();
                if is_comment {
                    let key = (file.name().to_owned(), location.path.clone());
                    copied.comments.insert(key, location.clone());
                }
            }
        }
        file.messages().for_each(|message| copied.message(&message));
        file.enums().for_each(|descriptor| copied.enumeration(&descriptor));
        file.services().for_each(|service| copied.service(&service));
        // Comments that a server tells are its own.
        let told = file.file_descriptor_proto().source_code_info.as_ref();
        let told: HashSet<_> = told
            .iter()
            .flat_map(|info| &info.location)
            .map(|location| location.path.as_slice())
            .collect();
        copied.found.retain(|location| !told.contains(location.path.as_slice()));
        copied.found
    }

    /// Gives the element at `path` the comments of the one at `from` of `file`.
    fn copy(&mut self, path: &[i32], file: &FileDescriptor, from: &[i32]) {
        let location = self.comments.get(&(file.name().to_owned(), from.to_vec()));
        self.found.extend(location.map(|location| Location {
            path: path.to_vec(),
            // The place is none of this file.
            span: Vec::new(),
            ..location.clone()
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
        let mut pool = DescriptorPool::new();
        for file in compiled.pool().files() {
            let mut proto = file.file_descriptor_proto().clone();
            proto.source_code_info = None;
            pool.add_file_descriptor_proto(proto).unwrap();
        }
        compiled.with_pool(pool)
    }

    #[test]
    fn comments_come_from_what_agrees() {
        let local = Local::new(
            schema(LOCAL).pool().clone(),
            BTreeMap::from([("shop.proto".to_owned(), "/t/shop.proto".into())]),
        );
        let merged = served().with_docs_of(Arc::new(local));
        let message = merged.pool().get_message_by_name("p.M").unwrap();
        let fields: Vec<_> = message
            .fields()
            .map(|field| {
                (
                    field.name().to_owned(),
                    docs::of_field(&field),
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
        assert_eq!(docs::of_message(&message), "Message.");
        let inner = merged.pool().get_message_by_name("p.M.Inner").unwrap();
        assert_eq!(docs::of_field(&inner.get_field(1).unwrap()), "Deep.");
        let values = merged.pool().get_enum_by_name("p.E").unwrap();
        assert_eq!(docs::of_enum(&values), "Enum.");
        let values: Vec<_> = values.values().map(|value| docs::of_enum_value(&value)).collect();
        assert_eq!(values, ["", "One.", ""]);
        assert_eq!(docs::of_method(&merged.method("p.S", "A").unwrap()), "A.");
        assert_eq!(docs::of_method(&merged.method("p.S", "B").unwrap()), "");
        let method = merged.method("p.S", "A").unwrap();
        let local = merged.local().unwrap();
        let found = local.method(&method).unwrap();
        assert_eq!(local.path(&found.parent_file()), Some(Path::new("/t/shop.proto")));
    }
}
