//! What a value of a type starts with, in snippet syntax.

use super::enums;
use crate::schema::shape::Shape;
use prost_reflect::Kind;

/// What stands behind the colon of a new member; its tab stop, if it has one, is `$stop`.
pub(super) fn shell(shape: &Shape, stop: usize) -> String {
    match shape {
        Shape::Bool => format!("${{{stop}|true,false|}}"),
        Shape::Enum(descriptor) if enums::is_null(descriptor) => "null".to_owned(),
        Shape::Enum(descriptor) => format!("\"${{{stop}|{}|}}\"", enums::names(descriptor).join(",")),
        Shape::Int32 | Shape::Uint32 | Shape::Float | Shape::Double | Shape::Value => format!("${stop}"),
        Shape::List(_) | Shape::ListValue => format!("[${stop}]"),
        Shape::Message(message) if message.fields().len() == 0 => "{}".to_owned(),
        Shape::Message(_) | Shape::Map { .. } | Shape::Struct => format!("{{${stop}}}"),
        Shape::Any(_) => format!("{{\"@type\": \"${stop}\"}}"),
        Shape::String
        | Shape::Int64
        | Shape::Uint64
        | Shape::Bytes
        | Shape::Timestamp
        | Shape::Duration
        | Shape::FieldMask => format!("\"${stop}\""),
    }
}

/// A key of a map with a place to change it.
pub(super) fn map_key(kind: &Kind, stop: usize) -> String {
    match kind {
        Kind::Bool => format!("\"${{{stop}|true,false|}}\""),
        Kind::String => format!("\"${{{stop}:key}}\""),
        _ => format!("\"${{{stop}:1}}\""),
    }
}
