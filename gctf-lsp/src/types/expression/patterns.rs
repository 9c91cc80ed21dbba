//! What binds variables: `as`, `reduce` and `foreach`.

use super::super::form::{Kind, Type};
use super::steps::elements;
use super::{Checker, Key, Pattern, Yield, quoted};
use crate::expr::ast::Expr;
use std::ops::Range;

/// A `reduce` whose type has not settled after so many rounds is unknown.
const MAX_ROUNDS: usize = 4;

impl Checker<'_> {
    pub(super) fn bind(&mut self, source: &Expr<'_>, patterns: &[Pattern<'_>], body: &Expr<'_>, input: &Type) -> Yield {
        let source = self.walk(source, input);
        let before = self.variables.len();
        // Of several patterns nobody knows which one fits.
        let known = match patterns.len() {
            1 => source.ty,
            _ => Type::Unknown,
        };
        for pattern in patterns {
            self.pattern(pattern, &known, input);
        }
        let body = self.walk(body, input);
        self.variables.truncate(before);
        Yield {
            may_be_nothing: body.may_be_nothing || source.may_be_nothing,
            ..body
        }
    }

    pub(super) fn fold(
        &mut self,
        word: &str,
        source: &Expr<'_>,
        pattern: &Pattern<'_>,
        arguments: &[Expr<'_>],
        input: &Type,
    ) -> Yield {
        let source = self.walk(source, input);
        let before = self.variables.len();
        self.pattern(pattern, &source.ty, input);
        // The first argument looks at the input, the others at what has been gathered.
        let [start, rest @ ..] = arguments else {
            self.variables.truncate(before);
            return Type::Unknown.into();
        };
        let start = self.walk(start, input);
        let gathered = self.gathered(start.ty, rest);
        rest.iter().for_each(|argument| drop(self.walk(argument, &gathered)));
        self.variables.truncate(before);
        let ty = match word {
            "reduce" => gathered,
            _ => Type::Unknown,
        };
        Yield {
            ty,
            may_be_nothing: word != "reduce",
        }
    }

    /// What a fold has gathered after any number of rounds.
    fn gathered(&mut self, start: Type, rest: &[Expr<'_>]) -> Type {
        let Some(update) = rest.first() else {
            return start;
        };
        let mut gathered = start;
        for _ in 0..MAX_ROUNDS {
            let round = self.guess(|checker| checker.walk(update, &gathered));
            let next = gathered.clone().or(round.ty);
            if next == gathered {
                return gathered;
            }
            gathered = next;
        }
        Type::Unknown
    }

    fn pattern(&mut self, pattern: &Pattern<'_>, known: &Type, input: &Type) {
        match pattern {
            Pattern::Variable(name) => self.variables.push(((*name).to_owned(), known.clone())),
            Pattern::Array(items) => {
                let element = self.element_of(known);
                items.iter().for_each(|item| self.pattern(item, &element, input));
            }
            Pattern::Object(entries) => entries.iter().for_each(|(key, value)| {
                let member = self.pattern_key(key, value.is_some(), known, input);
                value.iter().for_each(|value| self.pattern(value, &member, input));
            }),
        }
    }

    /// What one element is; null where there are fewer.
    fn element_of(&self, known: &Type) -> Type {
        match known.cases() {
            None => Type::Unknown,
            Some(cases) => Type::any(cases.iter().map(|form| match form.kind() {
                Kind::Array => elements(form),
                Kind::Null => Type::NEVER,
                _ => Type::Unknown,
            }))
            .or(Type::null()),
        }
    }

    fn pattern_key(&mut self, key: &Key<'_>, has_value: bool, known: &Type, input: &Type) -> Type {
        match key {
            Key::Name(name, range) => self.named(name, range, &str::to_owned, known),
            Key::Variable(name, range) => {
                let own = self.own_member(name, range, has_value, known);
                self.variables.push(((*name).to_owned(), own.clone()));
                own
            }
            Key::Computed(expression) => {
                self.walk(expression, input);
                match expression.constant_text() {
                    Some(name) => self.named(&name, &expression.bare().range, &quoted, known),
                    None => Type::Unknown,
                }
            }
        }
    }

    /// `{$name}`, which reads the member of the variable's name.
    fn own_member(&mut self, name: &str, range: &Range<usize>, has_value: bool, known: &Type) -> Type {
        let write = |proto: &str| format!("{proto}: {name}");
        match has_value {
            false => self.named(&name[1..], range, &write, known),
            true => self.guess(|checker| checker.named(&name[1..], range, &write, known)),
        }
    }
}
