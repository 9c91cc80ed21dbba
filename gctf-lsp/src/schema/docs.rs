//! Comments of proto sources, where the descriptors carry them, and declarations in proto syntax.

use super::shape::type_name;
use super::source_info::SourceInfo;
use prost_reflect::{
    Cardinality, EnumDescriptor, EnumValueDescriptor, FieldDescriptor, FileDescriptor, Kind, MessageDescriptor,
    MethodDescriptor,
};

/// The comments on the element at `path` of a file, leading before trailing; empty where there are none.
pub(super) fn comments(info: &SourceInfo, file: &FileDescriptor, path: &[i32]) -> String {
    let Some(location) = info.location(file, path) else {
        return String::new();
    };
    let parts = [location.leading_comments(), location.trailing_comments()];
    let texts: Vec<_> = parts
        .iter()
        .filter(|text| !text.trim().is_empty())
        .map(|text| {
            text.lines()
                .map(str::trim)
                .collect::<Vec<_>>()
                .join("\n")
                .trim()
                .to_owned()
        })
        .collect();
    texts.join("\n\n")
}

/// The comment on a field, or an empty text.
pub fn of_field(info: &SourceInfo, field: &FieldDescriptor) -> String {
    comments(info, &field.parent_file(), field.path())
}

/// The comment on an enum, or an empty text.
pub fn of_enum(info: &SourceInfo, descriptor: &EnumDescriptor) -> String {
    comments(info, &descriptor.parent_file(), descriptor.path())
}

/// The comment on an enum's value, or an empty text.
pub fn of_enum_value(info: &SourceInfo, value: &EnumValueDescriptor) -> String {
    comments(info, &value.parent_enum().parent_file(), value.path())
}

/// The comment on a message, or an empty text.
pub fn of_message(info: &SourceInfo, message: &MessageDescriptor) -> String {
    comments(info, &message.parent_file(), message.path())
}

/// The comment on a method, or an empty text.
pub fn of_method(info: &SourceInfo, method: &MethodDescriptor) -> String {
    comments(info, &method.parent_file(), method.path())
}

/// `optional string name = 1;`
pub fn field_line(field: &FieldDescriptor) -> String {
    let syntax_optional = field.field_descriptor_proto().proto3_optional();
    let label = match field.cardinality() {
        Cardinality::Required => "required ",
        _ if syntax_optional => "optional ",
        _ => "",
    };
    let kind = type_name(field);
    format!("{label}{kind} {} = {};", field.name(), field.number())
}

/// When a single field is left out of messages; `None` where that goes without saying, as for lists.
pub fn presence(field: &FieldDescriptor) -> Option<String> {
    let default = field.field_descriptor_proto().default_value.as_deref();
    let in_oneof = field.containing_oneof().is_some_and(|oneof| !oneof.is_synthetic());
    let is_message = matches!(field.kind(), Kind::Message(_));
    match (field.cardinality(), field.supports_presence(), default) {
        (Cardinality::Repeated, ..) => None,
        (Cardinality::Required, ..) => Some("Required.".to_owned()),
        (_, true, Some(default)) => Some(format!("Where it is absent it means `{default}`.")),
        (_, true, None) if in_oneof || is_message => None,
        (_, true, None) => Some("Absent is something else than the default value.".to_owned()),
        (_, false, _) => Some("Left out of responses at its default value.".to_owned()),
    }
}

/// `rpc Name(stream Input) returns (Output);`
pub fn method_line(method: &MethodDescriptor) -> String {
    let stream = |is_stream| match is_stream {
        true => "stream ",
        false => "",
    };
    format!(
        "rpc {}({}{}) returns ({}{});",
        method.name(),
        stream(method.is_client_streaming()),
        method.input().full_name(),
        stream(method.is_server_streaming()),
        method.output().full_name(),
    )
}

/// How many messages go each way, in the field's words.
pub fn method_shape(method: &MethodDescriptor) -> &'static str {
    match (method.is_client_streaming(), method.is_server_streaming()) {
        (false, false) => "unary",
        (true, false) => "client streaming",
        (false, true) => "server streaming",
        (true, true) => "bidirectional streaming",
    }
}
