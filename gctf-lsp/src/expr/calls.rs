//! What a term calls and which variables it reads, by name alone: what else may stand behind a name comes along.

use super::Tree;
use jaq_core::load::lex::StrPart;
use jaq_core::load::parse::{BinaryOp, Pattern, Term};
use jaq_core::path::{Part, Path};
use std::collections::BTreeSet;

/// Adds the functions that `tree` calls to `found`, and the variables that it reads, which have their `$`.
pub(super) fn names<'a>(tree: &Tree<'a>, found: &mut BTreeSet<&'a str>) {
    match tree {
        Term::Call(name, _) | Term::Var(name) => drop(found.insert(name)),
        Term::Str(format, _) => found.extend(format),
        Term::BinOp(_, BinaryOp::Pipe(Some(pattern)), _) | Term::Fold(_, _, pattern, _) => in_pattern(pattern, found),
        _ => {}
    }
    each_child(tree, &mut |child| names(child, found));
}

/// Calls `visit` with the terms directly under a term, but those in patterns.
fn each_child<'t, 'a>(tree: &'t Tree<'a>, visit: &mut dyn FnMut(&'t Tree<'a>)) {
    match tree {
        Term::Id | Term::Recurse | Term::Num(_) | Term::Break(_) | Term::Var(_) => {}
        Term::Str(_, parts) => parts.iter().for_each(|part| {
            if let StrPart::Term(term) = part {
                visit(term);
            }
        }),
        Term::Arr(items) => items.iter().for_each(|items| visit(items)),
        Term::Obj(members) => members.iter().for_each(|(key, value)| {
            visit(key);
            value.iter().for_each(&mut *visit);
        }),
        Term::Neg(term) | Term::Label(_, term) => visit(term),
        Term::BinOp(left, _, right) => {
            visit(left);
            visit(right);
        }
        Term::Fold(_, input, _, arguments) => {
            visit(input);
            arguments.iter().for_each(visit);
        }
        Term::TryCatch(term, catch) => {
            visit(term);
            catch.iter().for_each(|catch| visit(catch));
        }
        Term::IfThenElse(branches, otherwise) => {
            branches.iter().for_each(|(condition, then)| {
                visit(condition);
                visit(then);
            });
            otherwise.iter().for_each(|otherwise| visit(otherwise));
        }
        Term::Def(definitions, body) => {
            definitions.iter().for_each(|definition| visit(&definition.body));
            visit(body);
        }
        Term::Call(_, arguments) => arguments.iter().for_each(visit),
        Term::Path(base, Path(parts)) => {
            visit(base);
            parts.iter().for_each(|(part, _)| match part {
                Part::Index(index) => visit(index),
                Part::Range(from, to) => from.iter().chain(to).for_each(&mut *visit),
            });
        }
    }
}

fn in_pattern<'a>(pattern: &Pattern<&'a str>, found: &mut BTreeSet<&'a str>) {
    match pattern {
        Pattern::Var(_) => {}
        Pattern::Arr(items) => items.iter().for_each(|item| in_pattern(item, found)),
        Pattern::Obj(entries) => entries.iter().for_each(|(key, value)| {
            names(key, found);
            in_pattern(value, found);
        }),
    }
}
