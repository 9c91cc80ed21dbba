//! What a term calls and which variables it reads, by name alone: what else may stand behind a name comes along. And
//! whether it is so simple that it cannot run away.

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

/// What simple terms may call: each takes no longer than its input is long.
const SIMPLE: [&str; 9] = [
    super::bounds::TICK,
    "length",
    "type",
    "not",
    "startswith",
    "endswith",
    "true",
    "false",
    "null",
];

/// Whether a term has one output at most, in a time that its input bounds: it neither iterates, nor repeats, nor
/// makes anything larger than what it looks at. Most lines of tests are such terms.
pub(super) fn is_simple(tree: &Tree<'_>) -> bool {
    let itself = match tree {
        Term::Id | Term::Num(_) | Term::Var(_) | Term::Neg(_) | Term::IfThenElse(..) => true,
        Term::Str(format, parts) => {
            let is_plain = |part: &StrPart<_, _>| !matches!(part, StrPart::Term(_));
            format.is_none() && parts.iter().all(is_plain)
        }
        Term::BinOp(_, operator, _) => matches!(
            operator,
            BinaryOp::Pipe(None) | BinaryOp::And | BinaryOp::Or | BinaryOp::Cmp(_) | BinaryOp::Alt
        ),
        Term::Call(name, _) => SIMPLE.contains(name),
        Term::Path(_, Path(parts)) => parts.iter().all(|(part, _)| matches!(part, Part::Index(_))),
        _ => false,
    };
    let mut children = true;
    each_child(tree, &mut |child| children &= is_simple(child));
    itself && children
}
