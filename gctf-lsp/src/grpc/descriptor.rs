//! Descriptors as they come, losing nothing: what is only passed on stays encoded.
//!
//! The library's own types drop options that they do not know, those of editions among them.

use crate::schema::source_info::Descriptors;
use prost::Message;
use prost_reflect::FileDescriptor;

/// A FileDescriptorSet.
#[derive(Clone, PartialEq, Message)]
pub struct FileSet {
    #[prost(message, repeated, tag = "1")]
    pub file: Vec<File>,
}

/// Of a FileDescriptorProto only what it is called and imports.
#[derive(Clone, PartialEq, Message)]
pub struct Head {
    #[prost(string, optional, tag = "1")]
    pub name: Option<String>,
    #[prost(string, repeated, tag = "3")]
    pub dependency: Vec<String>,
}

/// A FileDescriptorProto.
#[derive(Clone, PartialEq, Message)]
pub struct File {
    #[prost(string, optional, tag = "1")]
    pub name: Option<String>,
    #[prost(string, optional, tag = "2")]
    pub package: Option<String>,
    #[prost(string, repeated, tag = "3")]
    pub dependency: Vec<String>,
    #[prost(message, repeated, tag = "4")]
    pub messages: Vec<MessageType>,
    #[prost(message, repeated, tag = "5")]
    pub enums: Vec<EnumType>,
    #[prost(bytes = "vec", repeated, tag = "6")]
    pub services: Vec<Vec<u8>>,
    #[prost(message, repeated, tag = "7")]
    pub extensions: Vec<Field>,
    #[prost(bytes = "vec", optional, tag = "8")]
    pub options: Option<Vec<u8>>,
    #[prost(bytes = "vec", optional, tag = "9")]
    pub source_code_info: Option<Vec<u8>>,
    /// Places in `dependency`.
    #[prost(int32, repeated, packed = "false", tag = "10")]
    pub public_dependency: Vec<i32>,
    #[prost(int32, repeated, packed = "false", tag = "11")]
    pub weak_dependency: Vec<i32>,
    #[prost(string, optional, tag = "12")]
    pub syntax: Option<String>,
    /// Such as 1000 for 2023; only with the syntax `editions`.
    #[prost(int32, optional, tag = "14")]
    pub edition: Option<i32>,
}

/// A DescriptorProto.
#[derive(Clone, PartialEq, Message)]
pub struct MessageType {
    #[prost(string, optional, tag = "1")]
    pub name: Option<String>,
    #[prost(message, repeated, tag = "2")]
    pub fields: Vec<Field>,
    #[prost(message, repeated, tag = "3")]
    pub messages: Vec<MessageType>,
    #[prost(message, repeated, tag = "4")]
    pub enums: Vec<EnumType>,
    #[prost(bytes = "vec", repeated, tag = "5")]
    pub extension_ranges: Vec<Vec<u8>>,
    #[prost(message, repeated, tag = "6")]
    pub extensions: Vec<Field>,
    #[prost(bytes = "vec", optional, tag = "7")]
    pub options: Option<Vec<u8>>,
    #[prost(message, repeated, tag = "8")]
    pub oneofs: Vec<Oneof>,
    #[prost(bytes = "vec", repeated, tag = "9")]
    pub reserved_ranges: Vec<Vec<u8>>,
    #[prost(string, repeated, tag = "10")]
    pub reserved_names: Vec<String>,
}

/// A FieldDescriptorProto.
#[derive(Clone, PartialEq, Message)]
pub struct Field {
    #[prost(string, optional, tag = "1")]
    pub name: Option<String>,
    #[prost(string, optional, tag = "2")]
    pub extendee: Option<String>,
    #[prost(int32, optional, tag = "3")]
    pub number: Option<i32>,
    #[prost(enumeration = "prost_types::field_descriptor_proto::Label", optional, tag = "4")]
    pub label: Option<i32>,
    #[prost(enumeration = "prost_types::field_descriptor_proto::Type", optional, tag = "5")]
    pub kind: Option<i32>,
    #[prost(string, optional, tag = "6")]
    pub type_name: Option<String>,
    #[prost(string, optional, tag = "7")]
    pub default_value: Option<String>,
    #[prost(bytes = "vec", optional, tag = "8")]
    pub options: Option<Vec<u8>>,
    #[prost(int32, optional, tag = "9")]
    pub oneof_index: Option<i32>,
    #[prost(string, optional, tag = "10")]
    pub json_name: Option<String>,
    #[prost(bool, optional, tag = "17")]
    pub proto3_optional: Option<bool>,
}

/// A OneofDescriptorProto.
#[derive(Clone, PartialEq, Message)]
pub struct Oneof {
    #[prost(string, optional, tag = "1")]
    pub name: Option<String>,
    #[prost(bytes = "vec", optional, tag = "2")]
    pub options: Option<Vec<u8>>,
}

/// An EnumDescriptorProto.
#[derive(Clone, PartialEq, Message)]
pub struct EnumType {
    #[prost(string, optional, tag = "1")]
    pub name: Option<String>,
    #[prost(message, repeated, tag = "2")]
    pub values: Vec<EnumValue>,
    #[prost(bytes = "vec", optional, tag = "3")]
    pub options: Option<Vec<u8>>,
    #[prost(bytes = "vec", repeated, tag = "4")]
    pub reserved_ranges: Vec<Vec<u8>>,
    #[prost(string, repeated, tag = "5")]
    pub reserved_names: Vec<String>,
}

/// An EnumValueDescriptorProto.
#[derive(Clone, PartialEq, Message)]
pub struct EnumValue {
    #[prost(string, optional, tag = "1")]
    pub name: Option<String>,
    #[prost(int32, optional, tag = "2")]
    pub number: Option<i32>,
    #[prost(bytes = "vec", optional, tag = "3")]
    pub options: Option<Vec<u8>>,
}

/// The files of a pool, with all their options and what is known of their sources.
pub fn files(Descriptors { pool, source_info }: &Descriptors) -> Vec<File> {
    let file = |file: FileDescriptor| File {
        source_code_info: source_info.encoded(file.name()),
        ..File::from(&file)
    };
    pool.files().map(file).collect()
}

impl From<&FileDescriptor> for File {
    fn from(file: &FileDescriptor) -> Self {
        Self::decode(file.encode_to_vec().as_slice()).unwrap_or_default()
    }
}

impl From<&prost_types::FileDescriptorProto> for File {
    fn from(file: &prost_types::FileDescriptorProto) -> Self {
        Self::decode(file.encode_to_vec().as_slice()).unwrap_or_default()
    }
}
