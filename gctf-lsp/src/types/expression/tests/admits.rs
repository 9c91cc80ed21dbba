//! Whether a value is one that a type speaks of.

use super::super::super::form::{Constant, Defaults, Form, NOT_FINITE, Type};
use crate::schema::shape::{Shape, enum_name, enum_values, field};
use serde_json::Value as Json;

/// Whether `ty` has `value` among its values.
pub(super) fn admits(ty: &Type, value: &Json) -> bool {
    match ty.cases() {
        None => true,
        Some(cases) => cases.iter().any(|form| has(form, value)),
    }
}

fn has(form: &Form, value: &Json) -> bool {
    match (form, value) {
        (Form::Constant(Constant::Null) | Form::Omitted(_), value) => value.is_null(),
        (Form::Constant(Constant::Bool(own)), value) => value.as_bool() == Some(*own),
        (Form::Constant(Constant::Number(own)), value) => value.as_f64() == Some(*own),
        (Form::Constant(Constant::Text(own)), value) => value.as_str() == Some(own),
        // What is no finite number leaves an evaluation as null.
        (Form::Number, value) => value.is_number() || value.is_null(),
        (Form::Text, value) => value.is_string(),
        (Form::List(element), Json::Array(items)) => items.iter().all(|item| admits(element, item)),
        (Form::Object(known), Json::Object(members)) => {
            known.keys().all(|key| members.contains_key(key))
                && members
                    .iter()
                    .all(|(key, value)| known.get(key).is_some_and(|ty| admits(ty, value)))
        }
        (Form::Keyed(member), Json::Object(members)) => members.values().all(|value| admits(member, value)),
        (Form::Of(shape), value) => shows(shape, value),
        (Form::Unnamed(descriptor), Json::Number(number)) => {
            let number = number.as_i64().and_then(|number| i32::try_from(number).ok());
            number.is_some_and(|number| enum_name(descriptor, number).is_none())
        }
        (Form::NotFinite, Json::String(text)) => NOT_FINITE.contains(&text.as_str()),
        _ => false,
    }
}

fn shows(shape: &Shape, value: &Json) -> bool {
    let text = value.as_str();
    match (shape, value) {
        (Shape::Message(message), Json::Object(members)) => members.iter().all(|(key, value)| {
            field(message, key).is_some_and(|field| {
                field.name() == key && admits(&Type::of_field(&field, Defaults::Shown).or(Type::NEVER), value)
            })
        }),
        (Shape::List(element), Json::Array(items)) => {
            let element = Type::of((**element).clone());
            items.iter().all(|item| admits(&element, item))
        }
        (Shape::Map { value, .. }, Json::Object(members)) => {
            let value = Type::of((**value).clone());
            members.values().all(|member| admits(&value, member))
        }
        (Shape::String | Shape::FieldMask | Shape::Bytes, _) => text.is_some(),
        (Shape::Bool, value) => value.is_boolean(),
        (Shape::Int32, value) => value.as_f64().is_some_and(|number| number == f64::from(number as i32)),
        (Shape::Uint32, value) => value.as_f64().is_some_and(|number| number == f64::from(number as u32)),
        (Shape::Int64, _) => text.is_some_and(|text| text.parse::<i64>().is_ok()),
        (Shape::Uint64, _) => text.is_some_and(|text| text.parse::<u64>().is_ok()),
        (Shape::Float | Shape::Double, value) => value.is_number(),
        (Shape::Enum(descriptor), _) => text.is_some_and(|text| enum_values(descriptor).any(|(name, _)| name == text)),
        (Shape::Timestamp, _) => text.is_some_and(|text| text.ends_with('Z')),
        (Shape::Duration, _) => text.is_some_and(|text| text.ends_with('s')),
        (Shape::Struct | Shape::Any(_), value) => value.is_object(),
        (Shape::Value, _) => true,
        (Shape::ListValue, value) => value.is_array(),
        _ => false,
    }
}
