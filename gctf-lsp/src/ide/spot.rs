//! What the JSON under the cursor is by its type: a field, or a value of some form. Values of Any are entered by the
//! type that they name, which a path of keys alone does not tell.

use super::context::Context;
use crate::schema::any::type_name;
use crate::schema::shape::{Shape, field};
use crate::spec::SectionKind;
use crate::syntax::json::{Data, Member, Value};
use crate::syntax::{Body, Document, Expression, Section};
use prost_reflect::{DescriptorPool, FieldDescriptor, MessageDescriptor};
use std::ops::Range;

/// A token of a JSON body. Ranges are bytes of the document.
pub(super) enum Spot {
    /// A key, or a value of which nothing more is known than its field.
    Field(FieldDescriptor, Range<usize>),
    /// A value that is no container, with the field that it stands in, if it is not under a free key.
    Value {
        value: Value,
        shape: Shape,
        field: Option<FieldDescriptor>,
    },
    /// The type that an Any names.
    Type(MessageDescriptor, Range<usize>),
}

/// The token at `offset` of the document in the body of `section`.
pub(super) fn spot(context: &Context<'_>, section: &Section, offset: usize) -> Option<Spot> {
    match section.kind {
        SectionKind::Error => {
            let shape = Shape::Any(context.schema()?.pool().clone());
            let detail = details(context.document, section)?
                .into_iter()
                .find(|detail| touches(&detail.range, offset))?;
            descend(&detail, shape, None, offset)
        }
        kind => {
            let shape = context.body_shape(kind)?;
            let value = section.values().iter().find(|value| touches(&value.range, offset))?;
            descend(value, shape, None, offset)
        }
    }
}

/// The expression at `offset` of the document, with the blanks behind it where more of it can be written.
pub(super) fn expression<'s>(context: &Context<'_>, section: &'s Section, offset: usize) -> Option<&'s Expression> {
    let lines: Vec<&Expression> = match &section.body {
        Body::Asserts(lines) => lines.iter().collect(),
        Body::Extract(lines) => lines.iter().filter_map(|line| line.value.as_ref()).collect(),
        _ => return None,
    };
    let last = lines.into_iter().rfind(|line| line.range.start <= offset)?;
    let behind = context.document.text().get(last.range.end..offset).unwrap_or_default();
    let goes_on = behind.trim().is_empty() && (last.unclosed.is_some() || !behind.contains('\n'));
    goes_on.then_some(last)
}

/// The details that an ERROR expects.
fn details(document: &Document, section: &Section) -> Option<Vec<Value>> {
    let Data::Object(members) = document.error_value(section)?.data else {
        return None;
    };
    let details = members.into_iter().rev().find(|member| member.key == "details")?;
    match details.value?.data {
        Data::Array(items) => Some(items),
        _ => None,
    }
}

fn touches(range: &Range<usize>, offset: usize) -> bool {
    range.start <= offset && offset <= range.end
}

fn descend(value: &Value, shape: Shape, field: Option<FieldDescriptor>, offset: usize) -> Option<Spot> {
    match &value.data {
        Data::Object(members) => in_object(members, shape, offset),
        Data::Array(items) => {
            let item = items.iter().find(|item| touches(&item.range, offset))?;
            descend(item, shape.element()?, field, offset)
        }
        _ => Some(Spot::Value {
            value: value.clone(),
            shape,
            field,
        }),
    }
}

fn in_object(members: &[Member], shape: Shape, offset: usize) -> Option<Spot> {
    let own = |member: &Member| {
        let end = member
            .value
            .as_ref()
            .map_or(member.key_range.end, |value| value.range.end);
        touches(&(member.key_range.start..end), offset)
    };
    let member = members.iter().find(|member| own(member))?;
    let shape = match shape {
        Shape::Any(pool) => match in_any(members, member, &pool, offset)? {
            Entered::Fields(message) => Shape::Message(message),
            Entered::Found(spot) => return Some(spot),
        },
        shape => shape,
    };
    let found = match &shape {
        Shape::Message(message) => Some(field(message, &member.key)?),
        _ => None,
    };
    match (&member.value, found) {
        (_, Some(found)) if touches(&member.key_range, offset) => Some(Spot::Field(found, member.key_range.clone())),
        (Some(value), found) if touches(&value.range, offset) => {
            descend(value, shape.member(&member.key)?, found, offset)
        }
        _ => None,
    }
}

/// What an Any is entered as.
enum Entered {
    Fields(MessageDescriptor),
    Found(Spot),
}

fn in_any(members: &[Member], at: &Member, pool: &DescriptorPool, offset: usize) -> Option<Entered> {
    let url = members.iter().rev().find(|member| member.key == "@type")?;
    let url = url.value.as_ref()?;
    let Data::String(text) = &url.data else { return None };
    let message = pool.get_message_by_name(type_name(text))?;
    if at.key == "@type" {
        let range = [&at.key_range, &url.range]
            .into_iter()
            .find(|range| touches(range, offset))?;
        return Some(Entered::Found(Spot::Type(message, range.clone())));
    }
    match Shape::of_message(&message) {
        Shape::Message(message) => Some(Entered::Fields(message)),
        // Such a type stands in `value`.
        shape => {
            let value = at.value.as_ref().filter(|value| touches(&value.range, offset))?;
            descend(value, shape, None, offset).map(Entered::Found)
        }
    }
}
