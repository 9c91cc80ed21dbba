//! What an expression reads of its input.

use super::Tree;
use jaq_core::load::lex::StrPart;
use jaq_core::load::parse::{BinaryOp, Term};
use jaq_core::path::{Part, Path};

/// jq's functions whose arguments look at something else than the input.
const ELSEWHERE: [&str; 24] = [
    "map",
    "map_values",
    "any",
    "all",
    "sort_by",
    "group_by",
    "unique_by",
    "min_by",
    "max_by",
    "with_entries",
    "walk",
    "recurse",
    "repeat",
    "until",
    "while",
    "limit",
    "nth",
    "add",
    "pick",
    "del",
    "paths",
    "to_entries",
    "getpath",
    "env",
];

/// Whether `.name` stands in `tree` where `.` is the input.
pub(super) fn field(tree: &Tree<'_>, name: &str) -> bool {
    let reads = |term: &Tree<'_>| field(term, name);
    match tree {
        Term::Path(base, Path(parts)) => match (&**base, parts.first()) {
            (Term::Id, Some((Part::Index(index), _))) => is_text(index, name) || reads(index),
            (base, _) => reads(base),
        },
        // Behind a pipe `.` is something else, behind a binding it is still the input.
        Term::BinOp(left, BinaryOp::Pipe(None), _) => reads(left),
        Term::BinOp(left, _, right) => reads(left) || reads(right),
        Term::Call(function, _) if ELSEWHERE.contains(function) => false,
        Term::Call(_, arguments) => arguments.iter().any(reads),
        Term::Neg(term) | Term::Label(_, term) => reads(term),
        Term::Arr(items) => items.as_deref().is_some_and(reads),
        Term::Obj(members) => members.iter().any(|(_, value)| value.as_ref().is_some_and(reads)),
        Term::Str(_, parts) => parts
            .iter()
            .any(|part| matches!(part, StrPart::Term(term) if reads(term))),
        Term::TryCatch(term, _) => reads(term),
        Term::IfThenElse(branches, otherwise) => {
            branches.iter().any(|(condition, then)| reads(condition) || reads(then))
                || otherwise.as_deref().is_some_and(reads)
        }
        Term::Fold(_, input, _, _) => reads(input),
        Term::Def(_, body) => reads(body),
        _ => false,
    }
}

fn is_text(term: &Tree<'_>, name: &str) -> bool {
    match term {
        Term::Str(None, parts) => matches!(parts.as_slice(), [StrPart::Str(text)] if *text == name),
        _ => false,
    }
}
