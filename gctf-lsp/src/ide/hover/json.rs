//! What the schema says of a key or a value in a JSON body.

use super::Hover;
use super::decoded::decoded;
use crate::ide::context::Context;
use crate::ide::spot::{Spot, spot};
use crate::schema::shape::{Shape, enum_values};
use crate::schema::source_info::SourceInfo;
use crate::schema::{constraints, docs};
use crate::syntax::Section;
use crate::syntax::json::{Data, Value};
use prost_reflect::{EnumDescriptor, EnumValueDescriptor, FieldDescriptor, MessageDescriptor};

/// Most fields of a message that are listed.
const MOST_FIELDS: usize = 12;

/// The hover at `offset` of the document, in the body of `section`; the range is of the document.
pub(super) fn on_json(context: &Context<'_>, section: &Section, offset: usize) -> Option<Hover> {
    Some(match spot(context, section, offset)? {
        Spot::Field(field, range) => Hover {
            range,
            markdown: of_field(context, &field),
        },
        Spot::Type(message, range) => Hover {
            range,
            markdown: of_message(&context.source_info(), &message),
        },
        Spot::Value { value, shape, field } => {
            let about = match &shape {
                Shape::Enum(descriptor) => of_enum_value(&context.source_info(), &value, descriptor),
                _ => None,
            };
            let own = match &value.data {
                Data::String(text) => decoded(text, &shape),
                _ => None,
            };
            let parts = match about {
                Some(about) => vec![about],
                None => {
                    let field = field.as_ref().map(|field| of_field(context, field));
                    own.into_iter().chain(field).collect()
                }
            };
            Hover {
                range: value.range.clone(),
                markdown: (!parts.is_empty()).then(|| parts.join("\n\n"))?,
            }
        }
    })
}

pub(super) fn of_field(context: &Context<'_>, field: &FieldDescriptor) -> String {
    let schema = context.schema();
    let mut lines = vec![format!("```proto\n{}\n```", docs::field_line(field))];
    let options = field.field_descriptor_proto().options.as_ref();
    if options.is_some_and(|options| options.deprecated()) {
        lines.push("**Deprecated.**".to_owned());
    }
    lines.push(docs::of_field(&context.source_info(), field));
    if field.json_name() != field.name() {
        lines.push(format!("JSON name: `{}`", field.json_name()));
    }
    let oneof = field.containing_oneof().filter(|oneof| !oneof.is_synthetic());
    lines.extend(oneof.map(|oneof| format!("One of `{}`: only one of its members may be set.", oneof.name())));
    lines.push(Shape::of_field(field).describe());
    lines.extend(docs::presence(field));
    let own = constraints::of_field(field);
    let local = schema
        .filter(|_| own.is_empty())
        .and_then(|schema| schema.local()?.field(field));
    lines.extend(own);
    lines.extend(local.iter().flat_map(constraints::of_field));
    if schema.is_some_and(|schema| schema.differs_locally(field)) {
        lines.push("The local proto differs.".to_owned());
    }
    lines.retain(|line| !line.is_empty());
    lines.join("\n\n")
}

/// A value of an enum by its name or number.
fn of_enum_value(info: &SourceInfo, value: &Value, descriptor: &EnumDescriptor) -> Option<String> {
    let (name, _) = match &value.data {
        Data::String(name) => enum_values(descriptor).find(|(own, _)| own == name)?,
        Data::Number(text) => {
            let number: i32 = text.parse().ok()?;
            enum_values(descriptor).find(|(_, own)| *own == number)?
        }
        _ => return None,
    };
    descriptor.get_value_by_name(name).map(|found| of_value(info, &found))
}

pub(super) fn of_value(info: &SourceInfo, found: &EnumValueDescriptor) -> String {
    let descriptor = found.parent_enum();
    let options = found.enum_value_descriptor_proto().options.as_ref();
    let mut lines = vec![format!("```proto\n{} = {};\n```", found.name(), found.number())];
    if options.is_some_and(|options| options.deprecated()) {
        lines.push("**Deprecated.**".to_owned());
    }
    lines.push(docs::of_enum_value(info, found));
    lines.push(format!("of `{}`", descriptor.full_name()));
    lines.push(docs::of_enum(info, descriptor));
    lines.retain(|line| !line.is_empty());
    lines.join("\n\n")
}

/// What a message holds, in short.
fn of_message(info: &SourceInfo, message: &MessageDescriptor) -> String {
    let mut text = format!("```proto\nmessage {} {{\n", message.full_name());
    let mut fields: Vec<_> = message.fields().collect();
    fields.sort_by_key(|field| field.path().last().copied());
    for field in fields.iter().take(MOST_FIELDS) {
        text.push_str(&format!("  {}\n", docs::field_line(field)));
    }
    if fields.len() > MOST_FIELDS {
        text.push_str(&format!("  // and {} more\n", fields.len() - MOST_FIELDS));
    }
    text.push_str("}\n```");
    let comment = docs::of_message(info, message);
    format!("{text}\n\n{comment}").trim_end().to_owned()
}
