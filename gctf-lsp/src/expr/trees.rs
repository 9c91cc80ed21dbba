//! Walking parsed expressions.

use super::Tree;
use jaq_core::load::lex::StrPart;
use jaq_core::load::parse::{Def, Pattern, Term};
use jaq_core::path::{Part, Path};

/// Applies `change` to every term, the innermost first.
pub(super) fn map_terms<'a>(tree: Tree<'a>, change: &dyn Fn(Tree<'a>) -> Tree<'a>) -> Tree<'a> {
    change(map_children(tree, &|term| map_terms(term, change)))
}

/// Applies `change` to the terms directly under a term.
pub(super) fn map_children<'a>(tree: Tree<'a>, change: &dyn Fn(Tree<'a>) -> Tree<'a>) -> Tree<'a> {
    let boxed = |term: Box<Tree<'a>>| Box::new(change(*term));
    match tree {
        Term::Str(format, parts) => {
            let part = |part| match part {
                StrPart::Term(term) => StrPart::Term(change(term)),
                other => other,
            };
            Term::Str(format, parts.into_iter().map(part).collect())
        }
        Term::Arr(items) => Term::Arr(items.map(boxed)),
        Term::Obj(members) => {
            let member = |(key, value): (Tree<'a>, Option<Tree<'a>>)| (change(key), value.map(change));
            Term::Obj(members.into_iter().map(member).collect())
        }
        Term::Neg(term) => Term::Neg(boxed(term)),
        Term::BinOp(left, operator, right) => Term::BinOp(boxed(left), operator, boxed(right)),
        Term::Label(name, term) => Term::Label(name, boxed(term)),
        Term::Fold(name, input, pattern, arguments) => {
            let pattern = map_pattern(pattern, change);
            Term::Fold(name, boxed(input), pattern, arguments.into_iter().map(change).collect())
        }
        Term::TryCatch(term, catch) => Term::TryCatch(boxed(term), catch.map(boxed)),
        Term::IfThenElse(branches, otherwise) => {
            let branch = |(condition, then): (Tree<'a>, Tree<'a>)| (change(condition), change(then));
            Term::IfThenElse(branches.into_iter().map(branch).collect(), otherwise.map(boxed))
        }
        Term::Def(definitions, body) => {
            let definition = |definition: Def<&'a str>| Def {
                name: definition.name,
                args: definition.args,
                body: change(definition.body),
            };
            Term::Def(definitions.into_iter().map(definition).collect(), boxed(body))
        }
        Term::Call(name, arguments) => Term::Call(name, arguments.into_iter().map(change).collect()),
        Term::Path(base, Path(parts)) => {
            let part = |(part, optional)| match part {
                Part::Index(index) => (Part::Index(change(index)), optional),
                Part::Range(from, to) => (Part::Range(from.map(change), to.map(change)), optional),
            };
            Term::Path(boxed(base), Path(parts.into_iter().map(part).collect()))
        }
        leaf => leaf,
    }
}

/// Applies `change` to the terms in a pattern's keys.
pub(super) fn map_pattern<'a>(pattern: Pattern<&'a str>, change: &dyn Fn(Tree<'a>) -> Tree<'a>) -> Pattern<&'a str> {
    match pattern {
        Pattern::Var(name) => Pattern::Var(name),
        Pattern::Arr(items) => Pattern::Arr(items.into_iter().map(|item| map_pattern(item, change)).collect()),
        Pattern::Obj(entries) => {
            let entry = |(key, value)| (change(key), map_pattern(value, change));
            Pattern::Obj(entries.into_iter().map(entry).collect())
        }
    }
}
