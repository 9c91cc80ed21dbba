//! What types say of the part of an expression that is looked at.

use super::context::Context;
use super::element::Element;
use super::lines::{Flow, Lines, TypedLine};
use crate::expr::ast::{Expr, Kind, Op};
use crate::expr::{deep, read};
use crate::schema::shape::Shape;
use crate::types::expression::Part;
use crate::types::form::Type;
use prost_reflect::EnumValueDescriptor;
use std::ops::Range;
use std::sync::Arc;

/// The typed expressions of the document.
pub(super) fn lines(context: &Context<'_>) -> Arc<Lines> {
    Flow::before(context).pass(context, context.schema())
}

/// The field that a step names, or the enum value that a literal names, at `offset` of the document; the range is
/// of the document.
pub(super) fn element(context: &Context<'_>, offset: usize) -> Option<(Element, Range<usize>)> {
    let lines = lines(context);
    let line = lines.at(offset)?;
    let code = line.code(context.document);
    let fields = line.typed.fields.iter();
    let mut fields = fields.map(|(range, field)| (Element::Field(field.clone()), range.clone()));
    let at = offset - line.range.start;
    let own = fields.find(|(_, range)| touches(range, at));
    let found = own.or_else(|| {
        let values = enum_values(line, code).into_iter();
        let mut values = values.map(|(range, value)| (Element::EnumValue(value), range));
        values.find(|(_, range)| touches(range, at))
    });
    let (element, range) = found?;
    Some((element, line.of_document(&range)))
}

/// The literals of a line that name values of an enum that they are compared with, by their bytes of the code.
pub(super) fn enum_values(line: &TypedLine, code: &str) -> Vec<(Range<usize>, EnumValueDescriptor)> {
    // Most lines compare no text.
    if !code.contains('"') || !code.contains("==") && !code.contains("!=") {
        return Vec::new();
    }
    let found = deep(code, || {
        read(code, line.place, None, |meaning| {
            let mut found = Vec::new();
            collect(&meaning.parsed.expression, line, &mut found);
            found
        })
    });
    found.unwrap_or_default()
}

fn collect(expression: &Expr<'_>, line: &TypedLine, found: &mut Vec<(Range<usize>, EnumValueDescriptor)>) {
    if let Kind::Binary(left, Op::Equal | Op::NotEqual, _, right) = &expression.kind {
        for (literal, other) in [(right, left), (left, right)] {
            let Some(name) = literal.constant_text() else { continue };
            let other = line.typed.parts.iter().rfind(|part| part.range == other.range);
            if let Some(Shape::Enum(descriptor)) = other.and_then(|part| part.ty.shape()) {
                let value = descriptor.get_value_by_name(&name);
                found.extend(value.map(|value| (literal.bare().range.clone(), value)));
            }
        }
    }
    expression.each_child(&mut |child| collect(child, line, found));
}

/// The type of the step that names a field at `range` of the code.
pub(super) fn step_type<'l>(line: &'l TypedLine, code: &str, range: &Range<usize>) -> Option<&'l Type> {
    let parts = &line.typed.parts;
    let at = parts.iter().position(|part| part.range == *range)?;
    // A name in quotes is a part of its own, with the step behind it.
    let own = at + usize::from(code[range.clone()].starts_with('"'));
    parts.get(own).map(|part| &part.ty)
}

/// The smallest part that holds `range` of the code.
pub(super) fn around<'l>(line: &'l TypedLine, range: &Range<usize>) -> Option<&'l Part> {
    let parts = line.typed.parts.iter();
    let holding = parts.filter(|part| part.range.start <= range.start && range.end <= part.range.end);
    holding.min_by_key(|part| part.range.len())
}

pub(super) fn touches(range: &Range<usize>, offset: usize) -> bool {
    range.start <= offset && offset <= range.end
}
