//! Templates in bodies whose variable can never be what the field takes.

use super::super::lines::{Lines, Variables};
use crate::connection::split_endpoint;
use crate::diagnostic::Diagnostic;
use crate::eval::template::names;
use crate::schema::Schema;
use crate::schema::shape::{Shape, enum_values};
use crate::spec::SectionKind;
use crate::syntax::Document;
use crate::syntax::json::{Data, Value};
use crate::types::form::{Constant, Defaults, Form, Kind, describe, describe_shape};

/// What no value of a variable makes right.
pub(super) fn findings(document: &Document, schema: &Schema, lines: &Lines) -> Vec<Diagnostic> {
    if lines.before.is_empty() && lines.lines.iter().all(|line| line.sets.is_none()) {
        return Vec::new();
    }
    let line = document.endpoint().and_then(|line| split_endpoint(&line.text));
    let Some(Ok(method)) = line.map(|(service, method)| schema.method(service, method)) else {
        return Vec::new();
    };
    let mut checker = Checker {
        variables: lines.before.clone(),
        found: Vec::new(),
    };
    let mut set = lines
        .lines
        .iter()
        .filter_map(|line| Some((line.range.start, line.sets.as_ref()?)))
        .peekable();
    for section in document.sections().iter().filter(|section| !section.is_skipped()) {
        while let Some((_, (name, ty))) = set.next_if(|(start, _)| *start < section.header.start) {
            checker.variables.insert(name.clone(), ty.clone());
        }
        let message = match section.kind {
            SectionKind::Request => method.input(),
            SectionKind::Response => method.output(),
            _ => continue,
        };
        let shape = Shape::of_message(&message);
        section.values().iter().for_each(|value| checker.value(value, &shape));
    }
    checker.found
}

struct Checker {
    variables: Variables,
    found: Vec<Diagnostic>,
}

impl Checker {
    fn value(&mut self, value: &Value, shape: &Shape) {
        match &value.data {
            Data::String(text) => self.text(value, text, shape),
            Data::Array(items) => {
                if let Some(element) = shape.element() {
                    items.iter().for_each(|item| self.value(item, &element));
                }
            }
            Data::Object(members) => {
                for member in members {
                    if let (Some(value), Some(shape)) = (&member.value, shape.member(&member.key)) {
                        self.value(value, &shape);
                    }
                }
            }
            _ => {}
        }
    }

    /// A string that is one template and nothing else keeps the type of its variable.
    fn text(&mut self, value: &Value, text: &str, shape: &Shape) {
        let templates = names(text);
        let [(place, name)] = templates.as_slice() else { return };
        if *place != (0..text.len()) {
            return;
        }
        let mut steps = name.split('.');
        let root = steps.next().and_then(|root| self.variables.get(root));
        let Some(root) = root else { return };
        let ty = steps.fold(root.clone(), |ty, step| ty.member(step, Defaults::Uncertain));
        let Some(mut present) = ty.present().map(Iterator::peekable) else {
            return;
        };
        if present.peek().is_none() || present.any(|form| can_be(form, shape)) {
            return;
        }
        let is = describe(&ty.clone().filtered(|form| form.kind() != Kind::Null));
        let message = format!("`{name}` is {is}, which no {} can be", describe_shape(shape));
        self.found
            .push(Diagnostic::warning("G322", value.range.clone(), message));
    }
}

/// Whether some value of `form` can stand in a field of `shape`.
fn can_be(form: &Form, shape: &Shape) -> bool {
    let kind = form.kind();
    match shape {
        Shape::Value => true,
        Shape::Message(_) | Shape::Map { .. } | Shape::Struct | Shape::Any(_) => kind == Kind::Object,
        Shape::List(_) | Shape::ListValue => kind == Kind::Array,
        Shape::Bool => kind == Kind::Bool,
        Shape::String => kind == Kind::Text,
        Shape::Int32 | Shape::Uint32 | Shape::Int64 | Shape::Uint64 | Shape::Float | Shape::Double => match kind {
            Kind::Number => true,
            Kind::Text => may_be_number(form, shape),
            _ => false,
        },
        Shape::Enum(descriptor) => match form {
            Form::Of(Shape::Enum(other)) => {
                let named = |name: &str| enum_values(descriptor).any(|(own, _)| own == name);
                enum_values(other).any(|(name, _)| named(name))
            }
            Form::Of(shape) if kind == Kind::Text => *shape == Shape::String,
            _ => matches!(kind, Kind::Number | Kind::Text),
        },
        Shape::Timestamp | Shape::Duration => match form {
            Form::Of(other) if kind == Kind::Text => other == shape || *other == Shape::String,
            _ => kind == Kind::Text,
        },
        Shape::Bytes | Shape::FieldMask => kind == Kind::Text,
    }
}

/// Whether a string can be the digits of a number.
fn may_be_number(form: &Form, shape: &Shape) -> bool {
    match form {
        Form::Of(of) => of.is_long() || *of == Shape::String,
        Form::NotFinite => matches!(shape, Shape::Float | Shape::Double),
        Form::Constant(Constant::Text(text)) => text.parse::<f64>().is_ok(),
        _ => true,
    }
}
