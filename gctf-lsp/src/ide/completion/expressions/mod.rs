//! Expressions of ASSERTS and EXTRACT: what can stand at the cursor by the type of what it looks at.

mod place;
mod seen;
#[cfg(test)]
mod tests;
mod values;
mod words;

use super::super::context::Context;
use super::super::last;
use super::super::lines::{Flow, Variables};
use super::json::{declared, described};
use super::{Item, ItemKind};
use crate::expr::{Place, Slot, Unfinished, unfinished};
use crate::schema::shape::Shape;
use crate::syntax::{Body, Section};
use crate::types::expression::{Input, Part, Typed, look};
use crate::types::form::{Defaults, Form, Kind, Type, describe};
use place::Written;
use std::collections::BTreeSet;
use std::ops::Range;

/// What can stand at the cursor in a line of `section`.
pub(super) fn items(context: &Context<'_>, section: &Section) -> Vec<Item> {
    let mut flow = Flow::before(context);
    let before = flow.variables.clone();
    let lines = flow.pass(context, context.schema());
    let written = match place::written(context, section) {
        place::At::Name(line) => {
            return extractions(context, section, &lines.input_of(context.document, section), &line);
        }
        place::At::Expression(written) => written,
        place::At::Nowhere => return Vec::new(),
    };
    let Some(unfinished) = unfinished(&written.prefix) else {
        return Vec::new();
    };
    let mut variables = before;
    let earlier = lines.lines.iter().filter(|line| line.range.end <= written.start);
    variables.extend(earlier.filter_map(|line| line.sets.clone()));
    let cursor = Cursor::new(
        context,
        section,
        &lines.input_of(context.document, section),
        variables,
        &written,
        unfinished,
        lines.defaults,
    );
    cursor.items()
}

/// The cursor in an expression.
struct Cursor<'a, 'c> {
    context: &'c Context<'a>,
    place: Place,
    unfinished: Unfinished,
    typed: Typed,
    variables: Variables,
    /// What is typed before the cursor.
    prefix: &'c str,
    /// The token to replace, in bytes of the document.
    token: Range<usize>,
}

impl<'a, 'c> Cursor<'a, 'c> {
    fn new(
        context: &'c Context<'a>,
        section: &Section,
        input: &Type,
        variables: Variables,
        written: &'c Written,
        unfinished: Unfinished,
        defaults: Defaults,
    ) -> Self {
        let input = Input {
            ty: input.clone(),
            variables: &variables,
            defaults,
        };
        let typed = look(&unfinished.readable, place::of(section), &input);
        let start = written.start + unfinished.start;
        let token = start..place::token_end(context.document.text(), start, context.offset, &unfinished.slot);
        Self {
            context,
            place: place::of(section),
            unfinished,
            typed,
            variables,
            prefix: &written.prefix,
            token,
        }
    }

    fn items(&self) -> Vec<Item> {
        match &self.unfinished.slot {
            Slot::Step => self.steps(false),
            Slot::QuotedStep => self.steps(true),
            Slot::Key => self.keys(),
            Slot::Term => words::terms(&self.token, self.looked_at().as_ref(), self.prefix),
            Slot::Plugin => words::plugins(&self.token),
            Slot::Variable => self.variables(),
            Slot::Operator => words::operators(&self.token, &self.operand(self.unfinished.start), self.place),
            Slot::Operand { left } => self.operands(*left),
            Slot::Argument { plugin } => seen::metadata(self.context, plugin, &self.token),
            Slot::Type => words::types(&self.token),
        }
    }

    /// What a term in the place of the cursor would look at.
    fn looked_at(&self) -> Option<Type> {
        let stand_in = &self.unfinished.stand_in;
        let mut parts = self.typed.parts.iter();
        let part = parts.find(|part| part.range == *stand_in)?;
        // A quoted name is a term of its own before it is a step.
        let part = match self.unfinished.slot {
            Slot::QuotedStep => parts.next()?,
            _ => part,
        };
        Some(part.input.clone())
    }

    /// What the operand that ends before `end` yields: of those that end there the longest.
    fn operand(&self, end: usize) -> Type {
        let end = self.unfinished.readable[..end].trim_end().len();
        let ends_there = self.typed.parts.iter().filter(|part| part.range.end == end);
        let longest = ends_there.max_by_key(|part: &&Part| part.range.len());
        longest.map_or(Type::Unknown, |part| part.ty.clone())
    }

    /// The members of what stands before the dot: what the last reply had first, with values.
    fn steps(&self, is_quoted: bool) -> Vec<Item> {
        let Some(known) = self.looked_at() else {
            return Vec::new();
        };
        let seen = match self.unfinished.at_root {
            true => seen::members(self.context, &self.prefix[..self.unfinished.start]),
            false => Vec::new(),
        };
        let mut items = self.fields(&known, is_quoted);
        let mut first: Vec<Item> = Vec::new();
        for (name, value) in &seen {
            let at = items.iter().position(|item| item.label == *name);
            let item = match at {
                Some(at) => items.remove(at),
                None => self.member(name, is_quoted),
            };
            first.push(Item {
                description: Some(value.clone()),
                ..item
            });
        }
        first.append(&mut items);
        if !is_quoted {
            first.extend(self.brackets(&known));
        }
        first
    }

    /// The fields that every present form of `known` has, in the order of their declaration.
    fn fields(&self, known: &Type, is_quoted: bool) -> Vec<Item> {
        let mut items: Vec<Item> = Vec::new();
        for form in known.present().into_iter().flatten() {
            let own = match form {
                Form::Of(Shape::Message(message)) => declared(message)
                    .iter()
                    .map(|field| described(field, self.member(field.name(), is_quoted)))
                    .collect(),
                Form::Object(members) => {
                    let member = |(name, ty): (&String, &Type)| Item {
                        detail: Some(describe(ty)),
                        ..self.member(name, is_quoted)
                    };
                    members.iter().map(member).collect()
                }
                _ => Vec::new(),
            };
            items.extend(own);
        }
        let mut labels = BTreeSet::new();
        items.retain(|item| labels.insert(item.label.clone()));
        items.sort_by_key(|item| item.deprecated);
        items
    }

    /// A member by its name, which is quoted where a bare one would be read otherwise.
    fn member(&self, name: &str, is_quoted: bool) -> Item {
        let is_word = !name.is_empty()
            && !name.starts_with(|first: char| first.is_ascii_digit())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        match is_word && !is_quoted {
            true => Item::word(ItemKind::Field, name, &self.token),
            false => values::inserted(
                name,
                &serde_json::Value::from(name).to_string(),
                ItemKind::Field,
                &self.token,
            ),
        }
    }

    /// `[]` and `[0]` behind a list, in the place of the dot.
    fn brackets(&self, known: &Type) -> Vec<Item> {
        let is_list = known.kinds() == [Kind::Array];
        if !is_list || self.unfinished.start < 2 {
            return Vec::new();
        }
        let token = self.token.start - 1..self.token.end;
        let brackets = [("[]", "every element"), ("[0]", "the first element")];
        brackets
            .map(|(text, detail)| Item {
                detail: Some(detail.to_owned()),
                filter: format!(".{text}"),
                ..Item::word(ItemKind::Keyword, text, &token)
            })
            .into()
    }

    /// Keys of an object that is built: fields of what it looks at, which stand for themselves.
    fn keys(&self) -> Vec<Item> {
        self.looked_at()
            .map_or_else(Vec::new, |known| self.fields(&known, false))
    }

    fn variables(&self) -> Vec<Item> {
        let bound = self.unfinished.bound.iter().rev();
        let bound = bound.map(|name| (name.clone(), "bound here".to_owned(), None));
        let visible = self
            .context
            .source()
            .visible_variables(self.context.index, self.token.start);
        let visible = visible.into_iter().map(|variable| {
            let name = variable.name.split('.').next().unwrap_or_default().to_owned();
            let ty = self
                .variables
                .get(&name)
                .filter(|ty| **ty != Type::Unknown)
                .map(describe);
            (format!("${name}"), variable.origin().to_owned(), ty)
        });
        let mut seen = BTreeSet::new();
        let all = bound.chain(visible).filter(|(name, ..)| seen.insert(name.clone()));
        all.map(|(name, origin, ty)| Item {
            detail: ty,
            description: Some(origin),
            ..Item::word(ItemKind::Variable, &name, &self.token)
        })
        .collect()
    }

    /// What can stand right of a comparison.
    fn operands(&self, left: usize) -> Vec<Item> {
        let known = self.operand(left);
        let path = self.prefix[..left].trim_end();
        let last = match self.unfinished.at_root {
            true => last::value(self.context, path),
            false => None,
        };
        let is_secret = path
            .rsplit('.')
            .next()
            .is_some_and(|name| self.context.config().settings.mask.covers(name));
        values::items(&known, last.filter(|_| !is_secret), &self.token)
    }
}

/// Names for what scalar fields of the input hold, with their paths.
fn extractions(context: &Context<'_>, section: &Section, input: &Type, line: &Range<usize>) -> Vec<Item> {
    let taken: Vec<_> = match &section.body {
        Body::Extract(lines) => lines
            .iter()
            .filter_map(|line| Some(line.name.as_ref()?.text.clone()))
            .collect(),
        _ => Vec::new(),
    };
    let mut items = Vec::new();
    for form in input.present().into_iter().flatten() {
        let Form::Of(Shape::Message(message)) = form else {
            continue;
        };
        let fields = declared(message);
        let scalar = fields.iter().filter(|field| {
            let is_scalar = !matches!(field.kind(), prost_reflect::Kind::Message(_)) && !field.is_list();
            is_scalar && !taken.iter().any(|name| name == field.name())
        });
        items.extend(scalar.map(|field| {
            let text = format!("{0} = .{0}", field.name());
            described(field, Item::word(ItemKind::Variable, &text, line))
        }));
    }
    let typed = context.document.text()[line.clone()].trim();
    items.retain(|item| item.label.starts_with(typed) || typed.is_empty());
    items
}
