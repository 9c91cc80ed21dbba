//! Field names in either spelling: a path follows the type of its message, and JSON names become proto names.
//! On the way comparisons are found that are always the same by type.
//!
//! Where a type is not certain nothing is renamed: map keys, Struct, Any, what a function computes.

use super::orders;
use crate::expr::ast::{Definition, Expr, Key, Kind, Member, Op, Pattern, Step, StepKind};
use crate::expr::{ExprError, Place, deep, read};
use crate::schema::shape::{Shape, field};
use prost_reflect::{FieldDescriptor, MessageDescriptor};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

/// What an expression is where the type of its input is known.
#[derive(Debug)]
pub struct Resolved<'a> {
    /// The expression with the proto names of the fields that it names otherwise.
    pub text: Cow<'a, str>,
    /// The form of what it yields, if that is certain.
    pub shape: Option<Shape>,
    /// Why it must not be evaluated: what is meant in it can never be, by type.
    pub errors: Vec<ExprError>,
}

/// Resolves `source`, whose input is a `message` and which reads `variables`, named without `$`. A source that
/// cannot be read stays as it is.
pub fn resolve<'a>(
    source: &'a str,
    place: Place,
    message: Option<&MessageDescriptor>,
    variables: &BTreeMap<String, Shape>,
) -> Resolved<'a> {
    let resolved = deep(source, || {
        read(source, place, None, |meaning| {
            let mut resolver = Resolver {
                outside: Some(variables),
                ..Resolver::default()
            };
            let input = message.map(Shape::of_message);
            let shape = resolver.walk(&meaning.parsed.expression, input.as_ref());
            let sides = std::mem::take(&mut resolver.misordered).into_iter();
            let errors = sides.map(|side| orders::error(meaning.text, place, &side)).collect();
            (resolver.applied(meaning.text), shape, errors)
        })
    });
    let (text, shape, errors) = resolved.unwrap_or_default();
    Resolved {
        text: text.map_or(Cow::Borrowed(source), Cow::Owned),
        shape,
        errors,
    }
}

/// The fields of `message` and what is in it that the steps of `source` name, each with its bytes. `source` and
/// `place` are as in [`resolve`].
pub fn fields(source: &str, place: Place, message: &MessageDescriptor) -> Vec<(Range<usize>, FieldDescriptor)> {
    let found = deep(source, || {
        read(source, place, None, |meaning| {
            let mut resolver = Resolver::default();
            resolver.walk(&meaning.parsed.expression, Some(&Shape::of_message(message)));
            resolver.fields
        })
    });
    found.unwrap_or_default()
}

/// The form of a value, if it is known.
pub(super) type Known = Option<Shape>;

#[derive(Default)]
struct Resolver<'a> {
    /// Variables that were set before the expression, without their `$`.
    outside: Option<&'a BTreeMap<String, Shape>>,
    edits: Vec<(Range<usize>, String)>,
    /// The fields that steps name.
    fields: Vec<(Range<usize>, FieldDescriptor)>,
    /// Variables that the expression sets, with their `$`.
    variables: Vec<(&'a str, Known)>,
    /// Functions that the expression defines.
    functions: Vec<&'a str>,
    /// 64-bit integers that are ordered against numbers.
    misordered: Vec<Range<usize>>,
}

/// jq's functions whose arguments look at each element of the input.
const PER_ELEMENT: [&str; 11] = [
    "map",
    "sort_by",
    "group_by",
    "unique_by",
    "min_by",
    "max_by",
    "any",
    "all",
    "map_values",
    "INDEX",
    "IN",
];
/// jq's functions whose arguments look at something that is not followed.
const ELSEWHERE: [&str; 9] = [
    "recurse",
    "walk",
    "with_entries",
    "until",
    "while",
    "repeat",
    "paths",
    "isvalid",
    "truncate_stream",
];

impl<'a> Resolver<'a> {
    /// The text with every name replaced; `None` where none is.
    fn applied(mut self, text: &str) -> Option<String> {
        self.edits.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
        let mut renamed = text.to_owned();
        for (range, name) in &self.edits {
            renamed.replace_range(range.clone(), name);
        }
        (!self.edits.is_empty()).then_some(renamed)
    }

    /// The form of what `expression` yields for `input`.
    fn walk(&mut self, expression: &Expr<'a>, input: Option<&Shape>) -> Known {
        match &expression.kind {
            Kind::Identity => input.cloned(),
            Kind::Group(inner) => self.walk(inner, input),
            Kind::Variable(name) => self.variable(name),
            Kind::Path(base, steps) => {
                let base = self.walk(base, input);
                steps.iter().fold(base, |known, step| self.step(step, known, input))
            }
            Kind::Binary(left, op, _, right) => self.binary(left, *op, right, input),
            Kind::Call(name, arguments) => self.call(name, arguments, input),
            Kind::Bind(source, patterns, body) => self.bind(source, patterns, body, input),
            Kind::Fold(_, source, pattern, arguments) => {
                self.fold(source, pattern, arguments, input);
                None
            }
            Kind::Label(_, body) => self.walk(body, input),
            Kind::Try(body, catch) => {
                catch.iter().for_each(|catch| drop(self.walk(catch, None)));
                self.walk(body, input)
            }
            Kind::Define(definition, rest) => self.define(definition, rest, input),
            Kind::Array(Some(items)) => self.walk(items, input).map(|item| Shape::List(Box::new(item))),
            Kind::Object(members) => {
                members.iter().for_each(|member| self.member(member, input));
                None
            }
            _ => {
                let mut found = Vec::new();
                expression.each_child(&mut |child| found.push(child));
                let forms: Vec<_> = found.into_iter().map(|child| self.walk(child, input)).collect();
                match &expression.kind {
                    Kind::If(..) | Kind::Ternary(..) => branches(&expression.kind, forms),
                    Kind::Convert(_, "json") => forms.into_iter().next().flatten(),
                    _ => None,
                }
            }
        }
    }

    fn binary(&mut self, left: &Expr<'a>, op: Op, right: &Expr<'a>, input: Option<&Shape>) -> Known {
        let known = self.walk(left, input);
        if op == Op::Pipe {
            return self.walk(right, known.as_ref());
        }
        let sides = [(left, known), (right, self.walk(right, input))];
        self.misordered.extend(orders::misordered(op, &sides));
        let [(_, left), (_, right)] = sides;
        match op {
            // Names are found behind a default of unknown form; what has no names may be of its kind.
            Op::Alternative if left.is_none() || right.is_none() => left.or(right).filter(has_members),
            Op::Alternative | Op::Comma => left.filter(|left| Some(left) == right.as_ref()),
            _ => None,
        }
    }

    fn bind(&mut self, source: &Expr<'a>, patterns: &[Pattern<'a>], body: &Expr<'a>, input: Option<&Shape>) -> Known {
        let source = self.walk(source, input);
        let before = self.variables.len();
        // Of several patterns nobody knows which one fits.
        let source = source.filter(|_| patterns.len() == 1);
        for pattern in patterns {
            self.pattern(pattern, source.as_ref(), input);
        }
        let body = self.walk(body, input);
        self.variables.truncate(before);
        body
    }

    fn fold(&mut self, source: &Expr<'a>, pattern: &Pattern<'a>, arguments: &[Expr<'a>], input: Option<&Shape>) {
        let source = self.walk(source, input);
        let before = self.variables.len();
        self.pattern(pattern, source.as_ref(), input);
        // Only the first argument looks at the input, the others at what has been gathered.
        for (at, argument) in arguments.iter().enumerate() {
            self.walk(argument, input.filter(|_| at == 0));
        }
        self.variables.truncate(before);
    }

    fn define(&mut self, definition: &Definition<'a>, rest: &Expr<'a>, input: Option<&Shape>) -> Known {
        let before = self.functions.len();
        self.functions.push(definition.name);
        self.functions.extend(&definition.parameters);
        let values = self.variables.len();
        self.variables
            .extend(definition.parameters.iter().map(|name| (*name, None)));
        self.walk(&definition.body, None);
        self.variables.truncate(values);
        self.functions.truncate(before + 1);
        let rest = self.walk(rest, input);
        self.functions.truncate(before);
        rest
    }

    fn variable(&self, name: &str) -> Known {
        match self.variables.iter().rev().find(|(known, _)| *known == name) {
            Some((_, known)) => known.clone(),
            None => self.outside?.get(name.strip_prefix('$')?).cloned(),
        }
    }

    fn step(&mut self, step: &Step<'a>, known: Known, input: Option<&Shape>) -> Known {
        match &step.kind {
            StepKind::Field(name) => self.named(name, &step.range, |name| name.to_owned(), known?),
            StepKind::Index(index) => {
                self.walk(index, input);
                let known = known?;
                match index.constant_text() {
                    Some(name) => self.named(&name, &index.bare().range, quoted, known),
                    None => known.element().or_else(|| map_value(&known)),
                }
            }
            StepKind::Slice(from, to) => {
                from.iter().chain(to).for_each(|side| drop(self.walk(side, input)));
                known
            }
            StepKind::Each => {
                let known = known?;
                known.element().or_else(|| map_value(&known))
            }
        }
    }

    /// The member of `known` under `name`, which is renamed where it is a field's JSON name.
    fn named(&mut self, name: &str, range: &Range<usize>, write: fn(&str) -> String, known: Shape) -> Known {
        self.edits
            .extend(other_name(name, Some(&known)).map(|proto| (range.clone(), write(&proto))));
        if let Shape::Message(message) = &known {
            self.fields
                .extend(field(message, name).map(|field| (range.clone(), field)));
        }
        known.member(name)
    }

    fn call(&mut self, name: &str, arguments: &[Expr<'a>], input: Option<&Shape>) -> Known {
        if self.functions.contains(&name) {
            arguments.iter().for_each(|argument| drop(self.walk(argument, None)));
            return None;
        }
        let element = input.and_then(|input| input.element().or_else(|| map_value(input)));
        let of_arguments: Vec<Known> = match (name, arguments) {
            // The condition looks at what the first argument yields.
            ("any" | "all" | "INDEX", [source, condition]) => {
                let source = self.walk(source, input);
                vec![self.walk(condition, source.as_ref())]
            }
            ("IN", _) => arguments.iter().map(|argument| self.walk(argument, input)).collect(),
            _ => {
                let seen = match () {
                    () if PER_ELEMENT.contains(&name) => element.clone(),
                    () if ELSEWHERE.contains(&name) => None,
                    () => input.cloned(),
                };
                let each = arguments.iter();
                each.map(|argument| self.walk(argument, seen.as_ref())).collect()
            }
        };
        let last = of_arguments.into_iter().last().flatten();
        match (name, arguments.len()) {
            ("select" | "sort_by" | "unique_by" | "sort" | "unique" | "reverse" | "del" | "values" | "objects", _) => {
                input.cloned()
            }
            ("map", 1) => last.map(|item| Shape::List(Box::new(item))),
            ("first" | "last" | "min" | "max", 0) | ("nth", 1) | ("min_by" | "max_by", _) => element,
            ("first" | "last", 1) | ("limit" | "nth" | "skip", 2) => last,
            ("group_by", _) => input.map(|input| Shape::List(Box::new(input.clone()))),
            _ => None,
        }
    }

    fn pattern(&mut self, pattern: &Pattern<'a>, known: Option<&Shape>, input: Option<&Shape>) {
        match pattern {
            Pattern::Variable(name) => self.variables.push((name, known.cloned())),
            Pattern::Array(items) => {
                let element = known.and_then(Shape::element);
                items
                    .iter()
                    .for_each(|item| self.pattern(item, element.as_ref(), input));
            }
            Pattern::Object(entries) => entries.iter().for_each(|(key, value)| {
                let member = match key {
                    Key::Name(name, range) => {
                        self.edits
                            .extend(other_name(name, known).map(|proto| (range.clone(), proto)));
                        known.and_then(|known| known.member(name))
                    }
                    Key::Variable(name, range) => {
                        let own = known.and_then(|known| known.member(&name[1..]));
                        let renamed = other_name(&name[1..], known).filter(|_| value.is_none());
                        self.edits
                            .extend(renamed.map(|proto| (range.clone(), format!("{proto}: {name}"))));
                        self.variables.push((name, own.clone()));
                        own
                    }
                    Key::Computed(expression) => {
                        self.walk(expression, input);
                        let name = expression.constant_text();
                        let renamed = name.as_ref().and_then(|name| other_name(name, known));
                        self.edits
                            .extend(renamed.map(|proto| (expression.bare().range.clone(), quoted(&proto))));
                        known.zip(name).and_then(|(known, name)| known.member(&name))
                    }
                };
                value
                    .iter()
                    .for_each(|value| self.pattern(value, member.as_ref(), input));
            }),
        }
    }

    /// A member of an object; one without a value reads the field of its name and keeps it as its own.
    fn member(&mut self, member: &Member<'a>, input: Option<&Shape>) {
        if let Key::Computed(key) = &member.key {
            self.walk(key, input);
        }
        match (&member.key, &member.value) {
            (_, Some(value)) => drop(self.walk(value, input)),
            (Key::Name(name, range), None) => {
                let renamed = other_name(name, input).map(|proto| format!("{name}: .{proto}"));
                self.edits.extend(renamed.map(|text| (range.clone(), text)));
            }
            (Key::Computed(key), None) => {
                let name = key.constant_text();
                let renamed = name.and_then(|name| Some(format!("{}: .{}", quoted(&name), other_name(&name, input)?)));
                self.edits.extend(renamed.map(|text| (key.range.clone(), text)));
            }
            (Key::Variable(..), None) => {}
        }
    }
}

/// The form that all branches have.
fn branches(kind: &Kind<'_>, forms: Vec<Known>) -> Known {
    let values: Vec<Known> = match kind {
        // Conditions and branches by turns, and what stands behind `else`; without it the input comes through.
        Kind::If(_, None) => return None,
        Kind::If(branches, _) => {
            let count = branches.len() * 2;
            let then = |at: usize| at >= count || at % 2 == 1;
            let forms = forms.into_iter().enumerate();
            forms.filter(|(at, _)| then(*at)).map(|(_, form)| form).collect()
        }
        _ => forms.into_iter().skip(1).collect(),
    };
    let first = values.first()?.clone();
    first.filter(|first| values.iter().all(|value| value.as_ref() == Some(first)))
}

/// The proto name of the field that `name` means, where that is another one.
fn other_name(name: &str, known: Option<&Shape>) -> Option<String> {
    known?.proto_name(name).filter(|proto| proto != name)
}

fn has_members(known: &Shape) -> bool {
    matches!(
        known,
        Shape::Message(_) | Shape::List(_) | Shape::Map { .. } | Shape::Struct | Shape::Any(_)
    )
}

fn map_value(known: &Shape) -> Known {
    match known {
        Shape::Map { value, .. } => Some((**value).clone()),
        _ => None,
    }
}

fn quoted(name: &str) -> String {
    format!("\"{name}\"")
}
