//! Functions of jq and plugins.

use super::super::form::{Constant, Form, Kind, Type, describe};
use super::functions::{self, Function, Out, TAKE_TEXT};
use super::operators::constant;
use super::steps::{elements, is_null};
use super::{Checker, Yield, verdicts};
use crate::diagnostic::{Change, Diagnostic};
use crate::expr::ast::Expr;
use crate::schema::shape::Shape;
use crate::spec::plugins::{self, PluginType};
use crate::text::Edit;
use std::collections::BTreeMap;

/// Functions whose arguments look at each element of the input.
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
/// Functions whose arguments look at something that is not followed.
const ELSEWHERE: [&str; 8] = [
    "recurse",
    "walk",
    "until",
    "while",
    "repeat",
    "paths",
    "isvalid",
    "truncate_stream",
];

impl Checker<'_> {
    pub(super) fn call(&mut self, whole: &Expr<'_>, name: &str, arguments: &[Expr<'_>], input: &Type) -> Yield {
        if self.functions.iter().any(|own| own == name) {
            for argument in arguments {
                self.walk(argument, &Type::Unknown);
            }
            return Yield {
                ty: Type::Unknown,
                may_be_nothing: true,
            };
        }
        let given = self.arguments(name, arguments, input);
        let known = functions::find(name, arguments.len());
        let fails = |checker: &mut Self, function| {
            checker.fails(whole, function, input) || checker.argument_fails(name, arguments, &given)
        };
        if known.is_some_and(|function| fails(self, function)) {
            return Type::Unknown.into();
        }
        self.yielded(name, &given, input)
    }

    /// What each argument yields.
    fn arguments(&mut self, name: &str, arguments: &[Expr<'_>], input: &Type) -> Vec<Yield> {
        let per_element = || match input.cases() {
            None => Type::Unknown,
            Some(cases) => Type::any(cases.iter().map(elements)),
        };
        match (name, arguments) {
            // The condition looks at what the first argument yields.
            ("any" | "all" | "INDEX", [source, condition]) => {
                let source = self.walk(source, input);
                let condition = self.walk(condition, &source.ty);
                vec![source, condition]
            }
            ("IN", _) => arguments.iter().map(|argument| self.walk(argument, input)).collect(),
            // What is put in looks at what has been captured.
            ("sub" | "gsub", [pattern, replacement, flags @ ..]) => {
                let pattern = self.walk(pattern, input);
                let replacement = self.walk(replacement, &Type::Unknown);
                let flags = flags.iter().map(|flags| self.walk(flags, input));
                [pattern, replacement].into_iter().chain(flags).collect()
            }
            ("with_entries", [change]) => vec![self.walk(change, &entry(&per_element()))],
            ("isvalid" | "isempty", [tried]) => vec![self.forgive(|checker| checker.walk(tried, input))],
            _ => {
                let seen = match () {
                    () if PER_ELEMENT.contains(&name) => per_element(),
                    () if ELSEWHERE.contains(&name) => Type::Unknown,
                    () => input.clone(),
                };
                arguments.iter().map(|argument| self.walk(argument, &seen)).collect()
            }
        }
    }

    /// Whether the function fails on everything that the input can be; then that is said.
    fn fails(&mut self, whole: &Expr<'_>, function: &Function, input: &Type) -> bool {
        let Some(cases) = input.cases().filter(|cases| !cases.is_empty()) else {
            return false;
        };
        if cases.iter().any(|form| function.takes.contains(&form.kind())) {
            return false;
        }
        let what = match is_null(input) {
            true => "null".to_owned(),
            false => describe(&input.clone().filtered(|form| form.kind() != Kind::Null)),
        };
        let takes: Vec<_> = function.takes.iter().map(|kind| kind.described()).collect();
        let text = format!("`{}` fails on {what}: it takes {}", function.name, takes.join(" or "));
        let range = whole.range.start..whole.range.start + function.name.len();
        let finding = Diagnostic::warning("G427", range, text);
        let insert = |at: usize, text: &str| Edit {
            range: at..at,
            text: text.to_owned(),
        };
        self.say(
            match function.takes == [Kind::Number] && input.shape().is_some_and(Shape::is_long) {
                true => {
                    let edits = vec![insert(whole.range.start, "(tonumber | "), insert(whole.range.end, ")")];
                    finding.with_change("Use tonumber", Change::Edits(edits))
                }
                false => finding,
            },
        );
        true
    }

    /// Whether an argument that has to be a string never is one.
    fn argument_fails(&mut self, name: &str, arguments: &[Expr<'_>], given: &[Yield]) -> bool {
        let (Some(argument), Some(first)) = (arguments.first(), given.first()) else {
            return false;
        };
        let never = match first.ty.cases() {
            Some(cases) => {
                !cases.is_empty() && !cases.iter().any(|form| matches!(form.kind(), Kind::Text | Kind::Array))
            }
            None => false,
        };
        if !never || !TAKE_TEXT.contains(&name) {
            return false;
        }
        let text = format!("`{name}` takes a string here, and this is {}", describe(&first.ty));
        self.say(Diagnostic::warning("G427", argument.range.clone(), text));
        true
    }

    fn yielded(&mut self, name: &str, given: &[Yield], input: &Type) -> Yield {
        let of = |kinds: &'static [Kind]| Yield {
            ty: input.clone().filtered(|form| kinds.contains(&form.kind())),
            may_be_nothing: true,
        };
        let last = || given.last().map_or(Type::Unknown, |argument| argument.ty.clone());
        let some = |ty: Type| Yield {
            ty,
            may_be_nothing: true,
        };
        match (name, given.len()) {
            ("true", 0) => Type::constant(Constant::Bool(true)).into(),
            ("false", 0) => Type::constant(Constant::Bool(false)).into(),
            ("null", 0) => Type::null().into(),
            ("empty", 0) => some(Type::NEVER),
            ("error", _) => Type::NEVER.into(),
            ("not", 0) => {
                let (truthy, falsy) = input.truth();
                verdicts(falsy, truthy).into()
            }
            ("type", 0) => kind_names(input).into(),
            ("nulls", 0) => of(&[Kind::Null]),
            ("booleans", 0) => of(&[Kind::Bool]),
            ("numbers", 0) => of(&[Kind::Number]),
            ("strings", 0) => of(&[Kind::Text]),
            ("arrays", 0) => of(&[Kind::Array]),
            ("objects", 0) => of(&[Kind::Object]),
            ("iterables", 0) => of(&[Kind::Array, Kind::Object]),
            ("scalars", 0) => of(&[Kind::Null, Kind::Bool, Kind::Number, Kind::Text]),
            ("values", 0) => of(&[Kind::Bool, Kind::Number, Kind::Text, Kind::Array, Kind::Object]),
            ("select", 1) => match given[0].ty.truth() {
                (true, _) => some(input.clone()),
                (false, _) => some(Type::NEVER),
            },
            ("del", 1) => deleted(input).into(),
            ("first" | "last", 1) | ("limit" | "nth" | "skip", 2) => some(last()),
            _ if name.starts_with('@') => Type::one(Form::Text).into(),
            _ => match functions::find(name, given.len()).map(|function| function.yields) {
                None => some(Type::Unknown),
                Some(Out::Unknown) => self.followed(name, &last(), input),
                Some(Out::SomeText) => some(Out::SomeText.ty(input)),
                Some(Out::Input) => fitting(input, &[Kind::Array, Kind::Text]).into(),
                Some(out) => out.ty(input).into(),
            },
        }
    }

    /// What functions yield whose result has a type of the input's parts. `argument` is what the last one yields.
    fn followed(&mut self, name: &str, argument: &Type, input: &Type) -> Yield {
        let Some(cases) = input.cases() else {
            return Yield {
                ty: match name {
                    "map" => Type::list(argument.clone()),
                    _ => Type::Unknown,
                },
                may_be_nothing: true,
            };
        };
        let parts = cases
            .iter()
            .filter(|form| matches!(form.kind(), Kind::Array | Kind::Object));
        let parts: Vec<_> = parts.collect();
        let element = || Type::any(parts.iter().map(|form| elements(form)));
        let ty = match name {
            "map" => Type::list(argument.clone()),
            "map_values" => Type::any(parts.iter().map(|form| match form.kind() {
                Kind::Array => Type::list(argument.clone()),
                _ => Type::one(Form::Keyed(Box::new(argument.clone()))),
            })),
            "first" | "last" | "min" | "max" | "min_by" | "max_by" => element().or(Type::null()),
            "group_by" => Type::list(fitting(input, &[Kind::Array])),
            "keys" | "keys_unsorted" => Type::any(parts.iter().map(|form| match form.kind() {
                Kind::Array => Out::Numbers.ty(input),
                _ => Out::Texts.ty(input),
            })),
            "to_entries" => Type::list(entry(&element())),
            "add" => match element().kinds().as_slice() {
                [Kind::Number] => Out::NumberOrNull.ty(input),
                [Kind::Text] => Type::one(Form::Text).or(Type::null()),
                _ => Type::Unknown,
            },
            _ => Type::Unknown,
        };
        Yield {
            may_be_nothing: ty == Type::Unknown,
            ty,
        }
    }

    pub(super) fn plugin(&mut self, whole: &Expr<'_>, name: &str, arguments: &[Expr<'_>], input: &Type) -> Type {
        let given: Vec<_> = arguments.iter().map(|argument| self.walk(argument, input).ty).collect();
        let Some(plugin) = plugins::find(name) else {
            return Type::Unknown;
        };
        let never_text = given
            .first()
            .and_then(Type::cases)
            .is_some_and(|cases| !cases.is_empty() && cases.iter().all(|form| form.kind() != Kind::Text));
        let is_form = plugin.name.starts_with("@is_") && plugin.name != "@is_empty" || plugin.name == "@regex";
        if let (true, true, Some(first)) = (never_text, is_form, given.first()) {
            let what = describe(&first.clone().filtered(|form| form.kind() != Kind::Null));
            let text = format!("`{name}` is never true for {what}: it looks at strings");
            let range = whole.range.start..whole.range.start + name.len();
            self.say(Diagnostic::warning("G423", range, text));
            return Type::bool();
        }
        let may_lack = !matches!(plugin.returns, PluginType::Boolean) && !plugin.parameters.is_empty();
        let ty = match plugin.returns {
            PluginType::Boolean => Type::bool(),
            PluginType::Number => Type::one(Form::Number),
            PluginType::Text => Type::one(Form::Text),
            PluginType::Any | PluginType::Object => Type::Unknown,
        };
        match may_lack {
            true => ty.or(Type::null()),
            false => ty,
        }
    }
}

/// `{key, value}`
fn entry(value: &Type) -> Type {
    let key = Type::one(Form::Text).or(Type::one(Form::Number));
    let members = [("key".to_owned(), key), ("value".to_owned(), value.clone())];
    Type::one(Form::Object(BTreeMap::from(members)))
}

/// The names of the kinds that a value can have.
fn kind_names(input: &Type) -> Type {
    let Some(cases) = input.cases() else {
        return Type::one(Form::Text);
    };
    Type::any(
        cases
            .iter()
            .map(|form| Type::constant(Constant::Text(form.kind().name().to_owned()))),
    )
}

fn fitting(input: &Type, kinds: &[Kind]) -> Type {
    input.clone().filtered(|form| kinds.contains(&form.kind()))
}

/// A value without some of its parts: of a message and a map any part may be missing anyway.
fn deleted(input: &Type) -> Type {
    let keeps = |form: &Form| matches!(form, Form::Of(Shape::Message(_) | Shape::Map { .. } | Shape::List(_)));
    match input.cases() {
        Some(cases)
            if cases
                .iter()
                .all(|form| keeps(form) || constant(&Type::one(form.clone())).is_some()) =>
        {
            input.clone()
        }
        _ => Type::Unknown,
    }
}
