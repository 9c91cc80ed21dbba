//! The type of an expression by abstract interpretation, and what can never be as it is meant: one walk names the
//! fields for the runner and finds the faults for the editor.
//!
//! A finding holds for every value that the input can have. Where a type is not known for sure nothing is said and
//! nothing is renamed: map keys, Struct, Any, what a function computes from them.

mod calls;
mod compare;
mod functions;
mod operators;
mod patterns;
mod presence;
mod steps;
#[cfg(test)]
mod tests;

use super::form::{Constant, Defaults, Form, Type};
use crate::diagnostic::{Diagnostic, Severity};
use crate::expr::ast::{Definition, Expr, Key, Kind, Member, Pattern, Piece};
use crate::expr::{ExprError, Place, deep, read};
use crate::text::Edit;
use prost_reflect::{FieldDescriptor, MessageDescriptor};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

/// What an expression looks at.
#[derive(Clone, Debug)]
pub struct Input<'a> {
    pub ty: Type,
    /// The variables that are set before it, without `$`.
    pub variables: &'a BTreeMap<String, Type>,
    pub defaults: Defaults,
}

/// What an expression is where the type of its input is known.
#[derive(Debug)]
pub struct Resolved<'a> {
    /// The expression with the proto names of the fields that it names otherwise.
    pub text: Cow<'a, str>,
    /// What it yields.
    pub ty: Type,
    /// Why it must not be evaluated: what is meant in it can never be, by type.
    pub errors: Vec<ExprError>,
}

/// Everything that types say about an expression.
#[derive(Debug, Default)]
pub struct Typed {
    /// What it yields; `None` for what cannot be read.
    pub ty: Option<Type>,
    /// Ranges are bytes of the source.
    pub findings: Vec<Diagnostic>,
    /// The fields that its steps name.
    pub fields: Vec<(Range<usize>, FieldDescriptor)>,
    /// The type of each part, inner ones before those around them.
    pub parts: Vec<Part>,
}

/// A part of an expression with the values that it can yield.
#[derive(Clone, Debug)]
pub struct Part {
    pub range: Range<usize>,
    /// Of what stands before it: what a step is taken from, what a function looks at.
    pub input: Type,
    pub ty: Type,
}

/// Resolves `source` for a run. A source that cannot be read stays as it is.
pub fn resolve<'a>(source: &'a str, place: Place, input: &Input<'_>) -> Resolved<'a> {
    let walked = walk(source, place, input, |checker, text, ty| {
        let findings = std::mem::take(&mut checker.found);
        let errors = findings
            .into_iter()
            .filter(|finding| finding.severity == Severity::Error);
        let errors = errors.map(|finding| ExprError {
            code: finding.code,
            range: finding.range,
            message: finding.message,
        });
        (checker.applied(text), ty, errors.collect())
    });
    let (text, ty, errors) = walked.unwrap_or((None, Type::Unknown, Vec::new()));
    Resolved {
        text: text.map_or(Cow::Borrowed(source), Cow::Owned),
        ty,
        errors,
    }
}

/// Looks at `source` for an editor.
pub fn look(source: &str, place: Place, input: &Input<'_>) -> Typed {
    let walked = walk(source, place, input, |checker, _, ty| Typed {
        findings: std::mem::take(&mut checker.found),
        fields: std::mem::take(&mut checker.fields),
        parts: std::mem::take(&mut checker.parts),
        ty: Some(ty),
    });
    walked.unwrap_or_default()
}

/// The kinds of values that a function of jq works on, where that is known.
pub fn takes(name: &str, count: usize) -> Option<&'static [super::form::Kind]> {
    functions::find(name, count).map(|function| function.takes)
}

/// The fields of `message` and what is in it that the steps of `source` name, each with its bytes.
pub fn fields(source: &str, place: Place, message: &MessageDescriptor) -> Vec<(Range<usize>, FieldDescriptor)> {
    let input = Input {
        ty: Type::of(crate::schema::shape::Shape::of_message(message)),
        variables: &BTreeMap::new(),
        defaults: Defaults::Uncertain,
    };
    look(source, place, &input).fields
}

fn walk<T: Send>(
    source: &str,
    place: Place,
    input: &Input<'_>,
    then: impl FnOnce(&mut Checker<'_>, &str, Type) -> T + Send,
) -> Option<T> {
    let walked = deep(source, || {
        read(source, place, None, |meaning| {
            let mut checker = Checker::new(meaning.text, place, input);
            let yielded = checker.walk(&meaning.parsed.expression, &input.ty);
            checker.line(&meaning.parsed.expression, &yielded);
            then(&mut checker, meaning.text, yielded.ty)
        })
    });
    walked.ok()
}

/// What an expression yields for one input.
#[derive(Clone, Debug)]
struct Yield {
    ty: Type,
    /// Whether it can yield nothing at all without failing.
    may_be_nothing: bool,
}

impl From<Type> for Yield {
    fn from(ty: Type) -> Self {
        Self {
            ty,
            may_be_nothing: false,
        }
    }
}

struct Checker<'a> {
    text: &'a str,
    place: Place,
    defaults: Defaults,
    outside: &'a BTreeMap<String, Type>,
    /// Variables that the expression sets, with their `$`.
    variables: Vec<(String, Type)>,
    /// Functions that the expression defines.
    functions: Vec<String>,
    edits: Vec<Edit>,
    fields: Vec<(Range<usize>, FieldDescriptor)>,
    parts: Vec<Part>,
    found: Vec<Diagnostic>,
    /// How many parts around this one forgive what fails: nothing but unknown names is said there.
    forgiving: usize,
    /// How many parts around this one are looked at for their type alone.
    silent: usize,
}

impl<'a> Checker<'a> {
    fn new(text: &'a str, place: Place, input: &Input<'a>) -> Self {
        Self {
            text,
            place,
            defaults: input.defaults,
            outside: input.variables,
            variables: Vec::new(),
            functions: Vec::new(),
            edits: Vec::new(),
            fields: Vec::new(),
            parts: Vec::new(),
            found: Vec::new(),
            forgiving: 0,
            silent: 0,
        }
    }

    /// The text with every name replaced; `None` where none is.
    fn applied(&mut self, text: &str) -> Option<String> {
        self.edits.sort_by_key(|edit| edit.range.start);
        self.edits.dedup();
        (!self.edits.is_empty()).then(|| crate::text::apply(text, &self.edits))
    }

    fn rename(&mut self, range: Range<usize>, text: String) {
        if self.silent == 0 {
            self.edits.push(Edit { range, text });
        }
    }

    /// Says something that stands whatever is forgiven around it.
    fn say_always(&mut self, finding: Diagnostic) {
        if self.silent == 0 {
            self.found.push(finding);
        }
    }

    fn say(&mut self, finding: Diagnostic) {
        if self.forgiving == 0 {
            self.say_always(finding);
        }
    }

    fn forgive<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        self.forgiving += 1;
        let done = work(self);
        self.forgiving -= 1;
        done
    }

    /// Walks for the type alone.
    fn guess<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        self.silent += 1;
        let done = work(self);
        self.silent -= 1;
        done
    }

    /// What `expression` yields for `input`.
    fn walk(&mut self, expression: &Expr<'_>, input: &Type) -> Yield {
        let yielded = self.kind(expression, input);
        if self.silent == 0 {
            self.parts.push(Part {
                range: expression.range.clone(),
                input: input.clone(),
                ty: yielded.ty.clone(),
            });
        }
        yielded
    }

    fn kind(&mut self, expression: &Expr<'_>, input: &Type) -> Yield {
        match &expression.kind {
            Kind::Identity => input.clone().into(),
            Kind::Number(digits) => number(digits).into(),
            Kind::Text(format, pieces) => {
                self.pieces(pieces, input);
                match (format, expression.constant_text()) {
                    (None, Some(text)) => Type::constant(Constant::Text(text)).into(),
                    _ => Type::one(Form::Text).into(),
                }
            }
            Kind::Regex { .. } => Type::one(Form::Text).into(),
            Kind::Group(inner) => self.walk(inner, input),
            Kind::Variable(name) => self.variable(name).into(),
            Kind::Path(base, steps) => self.path(base, steps, input),
            Kind::Binary(left, op, range, right) => self.binary(expression, left, *op, range, right, input),
            Kind::Call(name, arguments) => self.call(expression, name, arguments, input),
            Kind::Plugin(name, arguments) => self.plugin(expression, name, arguments, input).into(),
            Kind::Not(inner) => {
                let inner = self.walk(inner, input);
                let (truthy, falsy) = inner.ty.truth();
                Yield {
                    ty: verdicts(falsy, truthy),
                    ..inner
                }
            }
            Kind::Negative(inner) => self.negative(inner, input),
            Kind::Convert(inner, name) => self.convert(expression, inner, name, input),
            Kind::Array(items) => match items {
                None => Type::list(Type::NEVER).into(),
                Some(items) => Type::list(self.walk(items, input).ty).into(),
            },
            Kind::Object(members) => self.object(members, input).into(),
            Kind::Bind(source, patterns, body) => self.bind(source, patterns, body, input),
            Kind::Fold(word, source, pattern, arguments) => self.fold(word, source, pattern, arguments, input),
            Kind::Label(_, body) => Yield {
                may_be_nothing: true,
                ..self.walk(body, input)
            },
            Kind::Break(_) => Yield {
                ty: Type::NEVER,
                may_be_nothing: true,
            },
            Kind::Try(body, catch) => self.attempt(body, catch.as_deref(), input),
            Kind::If(branches, otherwise) => self.branches(branches, otherwise.as_deref(), input),
            Kind::Ternary(condition, yes, no) => {
                self.walk(condition, input);
                let (yes, no) = (self.walk(yes, input), self.walk(no, input));
                either(yes, no)
            }
            Kind::Define(definition, rest) => self.define(definition, rest, input),
            Kind::Recurse => Type::Unknown.into(),
        }
    }

    fn pieces(&mut self, pieces: &[Piece<'_>], input: &Type) {
        for piece in pieces {
            if let Piece::Interpolation(inner) = piece {
                self.walk(inner, input);
            }
        }
    }

    fn negative(&mut self, inner: &Expr<'_>, input: &Type) -> Yield {
        let inner = self.walk(inner, input);
        let ty = match &inner.ty {
            Type::Cases(cases) => match cases.as_slice() {
                [Form::Constant(Constant::Number(number))] => Type::constant(Constant::Number(-number)),
                _ => Type::one(Form::Number),
            },
            Type::Unknown => Type::one(Form::Number),
        };
        Yield { ty, ..inner }
    }

    fn attempt(&mut self, body: &Expr<'_>, catch: Option<&Expr<'_>>, input: &Type) -> Yield {
        let body = self.forgive(|checker| checker.walk(body, input));
        let caught = catch.map(|catch| self.walk(catch, &Type::Unknown).ty);
        Yield {
            ty: body.ty.or(caught.unwrap_or(Type::NEVER)),
            may_be_nothing: true,
        }
    }

    fn branches(&mut self, branches: &[(Expr<'_>, Expr<'_>)], otherwise: Option<&Expr<'_>>, input: &Type) -> Yield {
        let mut yielded = Yield::from(Type::NEVER);
        for (condition, then) in branches {
            let condition = self.walk(condition, input);
            yielded.may_be_nothing |= condition.may_be_nothing;
            yielded = either(yielded, self.walk(then, input));
        }
        let last = match otherwise {
            Some(otherwise) => self.walk(otherwise, input),
            None => input.clone().into(),
        };
        either(yielded, last)
    }

    fn define(&mut self, definition: &Definition<'_>, rest: &Expr<'_>, input: &Type) -> Yield {
        let before = self.functions.len();
        self.functions.push(definition.name.to_owned());
        let parameters = definition.parameters.iter();
        let names = parameters.map(|name| name.trim_start_matches('$').to_owned());
        self.functions.extend(names);
        let values = self.variables.len();
        let parameters = definition.parameters.iter().filter(|name| name.starts_with('$'));
        self.variables
            .extend(parameters.map(|name| ((*name).to_owned(), Type::Unknown)));
        self.walk(&definition.body, &Type::Unknown);
        self.variables.truncate(values);
        self.functions.truncate(before + 1);
        let rest = self.walk(rest, input);
        self.functions.truncate(before);
        rest
    }

    fn variable(&self, name: &str) -> Type {
        let own = self.variables.iter().rev().find(|(known, _)| *known == name);
        let known = own.map(|(_, known)| known);
        let known = known.or_else(|| self.outside.get(name.strip_prefix('$')?));
        known.cloned().unwrap_or(Type::Unknown)
    }

    /// An object that is built; a member without a value reads the field of its name and keeps it as its own.
    fn object(&mut self, members: &[Member<'_>], input: &Type) -> Type {
        let mut known = BTreeMap::new();
        let mut is_open = false;
        for member in members {
            let (name, ty) = self.object_member(member, input);
            match name {
                Some(name) => drop(known.insert(name, ty)),
                None => {
                    is_open = true;
                    known.insert(String::new(), ty);
                }
            }
        }
        match is_open {
            true => Type::one(Form::Keyed(Box::new(Type::any(known.into_values())))),
            false => Type::one(Form::Object(known)),
        }
    }

    fn object_member(&mut self, member: &Member<'_>, input: &Type) -> (Option<String>, Type) {
        let name = match &member.key {
            Key::Name(name, _) => Some((*name).to_owned()),
            Key::Variable(name, _) => Some(name[1..].to_owned()),
            Key::Computed(key) => {
                self.walk(key, input);
                key.constant_text()
            }
        };
        let ty = match (&member.key, &member.value, &name) {
            (_, Some(value), _) => self.walk(value, input).ty,
            (Key::Variable(variable, _), None, _) => self.variable(variable),
            (Key::Name(_, range), None, Some(name)) => {
                let write = |proto: &str| format!("{name}: .{proto}");
                self.named(name, range, &write, input)
            }
            (Key::Computed(key), None, Some(name)) => {
                let write = |proto: &str| format!("{}: .{proto}", quoted(name));
                self.named(name, &key.range, &write, input)
            }
            _ => Type::Unknown,
        };
        (name, ty)
    }

    /// What the whole line shows.
    fn line(&mut self, expression: &Expr<'_>, yielded: &Yield) {
        let yields_nothing = yielded.ty == Type::NEVER && yielded.may_be_nothing;
        if yields_nothing && self.place == Place::Asserts && self.found.is_empty() {
            let message = "this never yields a value, so the line cannot pass: compare something";
            self.say(Diagnostic::warning("G428", expression.range.clone(), message));
        }
    }
}

/// The type of a verdict that can be true, or false.
fn verdicts(truthy: bool, falsy: bool) -> Type {
    let constants = [(truthy, true), (falsy, false)].into_iter().filter(|(can, _)| *can);
    let forms = constants.map(|(_, value)| Form::Constant(Constant::Bool(value)));
    Type::Cases(forms.collect())
}

fn either(left: Yield, right: Yield) -> Yield {
    Yield {
        ty: left.ty.or(right.ty),
        may_be_nothing: left.may_be_nothing || right.may_be_nothing,
    }
}

/// A number as it is written; one that has no exact double is any number.
fn number(digits: &str) -> Type {
    let plain = digits.replace('_', "");
    let significant = plain.bytes().filter(u8::is_ascii_digit).count();
    match plain.parse() {
        Ok(number) if significant <= 15 && f64::is_finite(number) => Type::constant(Constant::Number(number)),
        _ => Type::one(Form::Number),
    }
}

fn quoted(name: &str) -> String {
    format!("\"{name}\"")
}

/// Whether a value is written out here, but null.
fn is_literal(expression: &Expr<'_>) -> bool {
    match &expression.bare().kind {
        Kind::Number(_) | Kind::Array(None) => true,
        Kind::Object(members) => members.is_empty(),
        Kind::Text(..) => expression.constant_text().is_some(),
        Kind::Negative(inner) => is_literal(inner),
        Kind::Call("true" | "false", arguments) => arguments.is_empty(),
        _ => false,
    }
}
