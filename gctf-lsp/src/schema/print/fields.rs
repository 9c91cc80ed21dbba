//! Fields, oneofs and extensions.

use super::{Printer, options};
use crate::schema::shape::kind_name;
use prost_reflect::prost_types::FieldDescriptorProto;
use prost_reflect::prost_types::field_descriptor_proto::{Label, Type};
use prost_reflect::{
    DynamicMessage, ExtensionDescriptor, FieldDescriptor, Kind, MessageDescriptor, OneofDescriptor, Syntax,
};

/// What stands on its own in a message.
pub(super) enum Slot {
    Field(FieldDescriptor),
    Oneof(OneofDescriptor, Vec<FieldDescriptor>),
}

impl Slot {
    /// The numbers, among the messages of their own message, of those that its maps and groups declare.
    pub(super) fn declared(&self) -> Vec<usize> {
        let fields = match self {
            Self::Field(field) => std::slice::from_ref(field),
            Self::Oneof(_, fields) => fields.as_slice(),
        };
        let declared = fields
            .iter()
            .filter(|field| field.is_map() || field.is_group())
            .filter_map(|field| match field.kind() {
                Kind::Message(message) if message.parent_message().as_ref() == Some(field.parent_message()) => {
                    usize::try_from(*message.path().last()?).ok()
                }
                _ => None,
            });
        declared.collect()
    }
}

/// The fields of a message as they were declared; those of a oneof stand together.
pub(super) fn slots(message: &MessageDescriptor) -> Vec<Slot> {
    let mut fields: Vec<_> = message.fields().collect();
    fields.sort_by_key(|field| field.path().last().copied());
    let mut slots: Vec<Slot> = Vec::new();
    for field in fields {
        let Some(oneof) = field.containing_oneof().filter(|oneof| !oneof.is_synthetic()) else {
            slots.push(Slot::Field(field));
            continue;
        };
        let known = slots.iter_mut().find_map(|slot| match slot {
            Slot::Oneof(other, fields) if *other == oneof => Some(fields),
            _ => None,
        });
        match known {
            Some(fields) => fields.push(field),
            None => slots.push(Slot::Oneof(oneof, vec![field])),
        }
    }
    slots
}

/// A field or an extension.
struct Declared<'a> {
    proto: &'a FieldDescriptorProto,
    path: &'a [i32],
    kind: Kind,
    options: DynamicMessage,
    syntax: Syntax,
    is_extension: bool,
}

impl Printer<'_> {
    pub(super) fn slot(&mut self, message: &MessageDescriptor, slot: &Slot) {
        let scope = message.full_name();
        match slot {
            Slot::Field(field) => self.field(field, scope),
            Slot::Oneof(oneof, fields) => {
                self.comment(oneof.path());
                self.indent();
                self.out.push_str("oneof ");
                self.name(oneof.path(), oneof.name());
                self.open();
                self.statements(&oneof.options(), scope);
                for field in fields {
                    self.field(field, scope);
                }
                self.close();
            }
        }
    }

    fn field(&mut self, field: &FieldDescriptor, scope: &str) {
        self.declared(
            &Declared {
                proto: field.field_descriptor_proto(),
                path: field.path(),
                kind: field.kind(),
                options: field.options(),
                syntax: field.parent_file().syntax(),
                is_extension: false,
            },
            scope,
        );
    }

    /// Extensions; those of one message that follow each other stand in one block.
    pub(super) fn extensions(&mut self, extensions: impl Iterator<Item = ExtensionDescriptor>, scope: &str) {
        let extensions: Vec<_> = extensions.collect();
        let same = |a: &ExtensionDescriptor, b: &ExtensionDescriptor| a.containing_message() == b.containing_message();
        for block in extensions.chunk_by(same) {
            let extended = self.names.shortest(block[0].containing_message().full_name(), scope);
            self.gap();
            self.indent();
            self.out.push_str("extend ");
            self.out.push_str(&extended);
            self.open();
            for extension in block {
                let declared = Declared {
                    proto: extension.field_descriptor_proto(),
                    path: extension.path(),
                    kind: extension.kind(),
                    options: extension.options(),
                    syntax: extension.parent_file().syntax(),
                    is_extension: true,
                };
                self.declared(&declared, scope);
            }
            self.close();
        }
    }

    fn declared(&mut self, field: &Declared<'_>, scope: &str) {
        self.comment(field.path);
        self.indent();
        self.out.push_str(label(field));
        let group = match &field.kind {
            Kind::Message(message) if field.proto.r#type() == Type::Group => Some(message),
            _ => None,
        };
        match group {
            Some(message) => {
                self.out.push_str("group ");
                self.name(message.path(), message.name());
                let place = self.out.len() - message.name().len()..self.out.len();
                self.places.insert(field.path.to_vec(), place);
            }
            None => {
                let kind = self.kind(&field.kind, scope);
                self.out.push_str(&kind);
                self.out.push(' ');
                self.name(field.path, field.proto.name());
            }
        }
        let mut set = own_options(field);
        set.extend(options::set(&field.options, &self.names, scope));
        let brackets = options::in_brackets(&set);
        self.out.push_str(&format!(" = {}{brackets}", field.proto.number()));
        match group {
            Some(message) => self.message_body(message),
            None => self.out.push_str(";\n"),
        }
    }

    fn kind(&self, kind: &Kind, scope: &str) -> String {
        match kind {
            Kind::Message(entry) if entry.is_map_entry() => {
                let key = kind_name(&entry.map_entry_key_field().kind());
                let value = self.kind(&entry.map_entry_value_field().kind(), scope);
                format!("map<{key}, {value}>")
            }
            Kind::Message(message) => self.names.shortest(message.full_name(), scope),
            Kind::Enum(descriptor) => self.names.shortest(descriptor.full_name(), scope),
            scalar => kind_name(scalar),
        }
    }
}

/// What stands before the type.
fn label(field: &Declared<'_>) -> &'static str {
    let is_map = matches!(&field.kind, Kind::Message(message) if message.is_map_entry());
    let in_oneof = field.proto.oneof_index.is_some() && !field.proto.proto3_optional();
    match (field.proto.label(), field.syntax) {
        _ if is_map || in_oneof => "",
        (Label::Repeated, _) => "repeated ",
        (Label::Required, _) => "required ",
        (Label::Optional, Syntax::Proto3) if !field.proto.proto3_optional() => "",
        (Label::Optional, _) => "optional ",
    }
}

/// The default value and the JSON name, which are written as options.
fn own_options(field: &Declared<'_>) -> Vec<(String, String)> {
    let mut set = Vec::new();
    if let Some(default) = &field.proto.default_value {
        let text = match field.proto.r#type() {
            Type::String => options::quoted(default.as_bytes()),
            // Escaped already.
            Type::Bytes => format!("\"{default}\""),
            _ => default.clone(),
        };
        set.push(("default".to_owned(), text));
    }
    let json_name = field.proto.json_name.as_ref();
    let own = json_name.filter(|name| !field.is_extension && **name != camel_case(field.proto.name()));
    set.extend(own.map(|name| ("json_name".to_owned(), options::quoted(name.as_bytes()))));
    set
}

/// The JSON name of a field that says nothing about it.
fn camel_case(name: &str) -> String {
    let mut out = String::new();
    let mut upper = false;
    for character in name.chars() {
        match (character, upper) {
            ('_', _) => upper = true,
            (character, true) => {
                out.push(character.to_ascii_uppercase());
                upper = false;
            }
            (character, false) => out.push(character),
        }
    }
    out
}
