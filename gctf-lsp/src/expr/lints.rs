//! What can be evaluated and hardly means what was meant.

use super::ast::{COMPARISON, Expr, Kind, Op, Piece, Place};
use crate::diagnostic::{Change, Diagnostic};
use crate::text::Edit;

/// The findings on `expression`, in no order.
pub(super) fn check(expression: &Expr<'_>, place: Place) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    each(expression, &mut found);
    // Constants beside `//` are the sign of another precedence than was meant, which is said already.
    let beside: Vec<_> = found
        .iter()
        .filter(|finding| finding.code == "G414")
        .map(|finding| finding.range.start)
        .collect();
    found.retain(|finding| finding.code != "G416" || !beside.iter().any(|at| finding.range.contains(at)));
    if place == Place::Asserts {
        found.extend(verdict(expression));
    }
    found
}

/// The `=` that makes the whole expression yield an object, so that it always passes.
pub(super) fn assignment(expression: &Expr<'_>) -> Option<std::ops::Range<usize>> {
    match &expression.bare().kind {
        Kind::Binary(_, Op::Assign, range, _) => Some(range.clone()),
        Kind::Binary(_, Op::Pipe, _, last) => assignment(last),
        Kind::Bind(_, _, body) | Kind::Label(_, body) => assignment(body),
        _ => None,
    }
}

fn each(expression: &Expr<'_>, found: &mut Vec<Diagnostic>) {
    if let Kind::Binary(left, op, range, right) = &expression.kind {
        found.extend(match op {
            Op::Pipe => logic_beside_pipe(left, right),
            Op::Alternative => comparison_beside_alternative(left, right),
            op if op.level() == COMPARISON => {
                let constants = is_constant(left) && is_constant(right);
                let fixed = constants.then(|| {
                    let message = "two constants are compared, which always comes to the same";
                    Diagnostic::warning("G416", expression.range.clone(), message)
                });
                fixed.or_else(|| chain(left, range.clone(), &expression.range))
            }
            _ => None,
        });
    }
    if let Kind::Text(_, pieces) = &expression.kind {
        found.extend(template(pieces).map(|name| {
            let message = format!("`{{{{{name}}}}}` is not substituted here: write `${name}`");
            Diagnostic::warning("G418", expression.range.clone(), message)
        }));
    }
    expression.each_child(&mut |child| each(child, found));
}

/// The name in the first template of a string.
fn template<'a>(pieces: &[Piece<'a>]) -> Option<&'a str> {
    let is_name = |name: &&str| {
        let starts = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
        starts
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'))
    };
    let mut names = pieces.iter().filter_map(|piece| match piece {
        Piece::Raw(raw) => Some(raw.split_once("{{")?.1.split_once("}}")?.0.trim()),
        _ => None,
    });
    names.find(is_name)
}

fn operator(side: &Expr<'_>) -> Option<(Op, std::ops::Range<usize>)> {
    match &side.kind {
        Kind::Binary(_, op, range, _) => Some((*op, range.clone())),
        _ => None,
    }
}

fn name(op: Op) -> &'static str {
    match op {
        Op::Or => "or",
        Op::And => "and",
        _ => "xor",
    }
}

fn logic_beside_pipe(left: &Expr<'_>, right: &Expr<'_>) -> Option<Diagnostic> {
    let mut sides = [left, right].into_iter().filter_map(operator);
    let (op, range) = sides.find(|(op, _)| matches!(op, Op::Or | Op::And | Op::Xor))?;
    let name = name(op);
    let message = format!("`{name}` binds tighter than `|`: put the side of `{name}` with the `|` in parentheses");
    let finding = Diagnostic::warning("G413", range, message);
    // The operand beside the `|` belongs to it.
    Some(match (&left.kind, &right.kind) {
        (Kind::Binary(_, Op::Or | Op::And | Op::Xor, _, beside), _) => {
            parenthesised(finding, beside.range.start, right.range.end)
        }
        (_, Kind::Binary(beside, Op::Or | Op::And | Op::Xor, ..)) => {
            parenthesised(finding, left.range.start, beside.range.end)
        }
        _ => finding,
    })
}

fn comparison_beside_alternative(left: &Expr<'_>, right: &Expr<'_>) -> Option<Diagnostic> {
    let tight = |op: &Op| op.level() == COMPARISON || matches!(op, Op::Or | Op::And | Op::Xor);
    let mut sides = [left, right].into_iter().filter_map(operator);
    let (_, range) = sides.find(|(op, _)| tight(op))?;
    let message = "this binds tighter than `//`: put the `//` with its default in parentheses";
    let finding = Diagnostic::warning("G414", range, message);
    Some(match &right.kind {
        Kind::Binary(default, op, ..) if tight(op) => parenthesised(finding, left.range.start, default.range.end),
        _ => finding,
    })
}

fn parenthesised(finding: Diagnostic, start: usize, end: usize) -> Diagnostic {
    let edit = |at: usize, text: &str| Edit {
        range: at..at,
        text: text.to_owned(),
    };
    finding.with_change("Add parentheses", Change::Edits(vec![edit(start, "("), edit(end, ")")]))
}

/// `a == b == c` and `not a == b`.
fn chain(left: &Expr<'_>, range: std::ops::Range<usize>, whole: &std::ops::Range<usize>) -> Option<Diagnostic> {
    if operator(left).is_some_and(|(op, _)| op.level() == COMPARISON) {
        let message = "this compares the verdict of the comparison before it: put one in parentheses, or write `and`";
        let finding = Diagnostic::warning("G424", range, message);
        return Some(parenthesised(finding, left.range.start, left.range.end));
    }
    let negated = matches!(left.kind, Kind::Not(_));
    negated.then(|| {
        let message = "the negation takes the term before this only: put the comparison in parentheses";
        let finding = Diagnostic::warning("G425", left.range.clone(), message);
        match &left.kind {
            Kind::Not(term) => parenthesised(finding, term.range.start, whole.end),
            _ => finding,
        }
    })
}

fn is_constant(expression: &Expr<'_>) -> bool {
    match &expression.bare().kind {
        Kind::Number(_) => true,
        Kind::Text(..) => expression.constant_text().is_some(),
        Kind::Negative(inner) => is_constant(inner),
        Kind::Call("true" | "false" | "null", arguments) => arguments.is_empty(),
        _ => false,
    }
}

/// A value that passes whatever it is.
fn verdict(expression: &Expr<'_>) -> Option<Diagnostic> {
    let passes = always_passes(expression)?;
    let message = "this passes whatever the value is: compare it with something";
    Some(Diagnostic::warning("G415", passes.range.clone(), message))
}

/// jq's functions that yield neither null nor false.
const TRUTHY: [&str; 34] = [
    "length",
    "utf8bytelength",
    "keys",
    "keys_unsorted",
    "type",
    "tostring",
    "tojson",
    "tonumber",
    "ascii_downcase",
    "ascii_upcase",
    "map",
    "to_entries",
    "from_entries",
    "with_entries",
    "sort",
    "sort_by",
    "group_by",
    "unique",
    "unique_by",
    "reverse",
    "flatten",
    "floor",
    "ceil",
    "round",
    "sqrt",
    "join",
    "split",
    "explode",
    "implode",
    "trim",
    "ltrim",
    "rtrim",
    "now",
    "tostream",
];

/// The part of an expression that makes it pass whatever comes, if there is one.
fn always_passes<'e, 'a>(expression: &'e Expr<'a>) -> Option<&'e Expr<'a>> {
    let inner = expression.bare();
    match &inner.kind {
        Kind::Number(_) | Kind::Text(..) | Kind::Array(_) | Kind::Object(_) => Some(inner),
        Kind::Call(name, _) => TRUTHY.contains(name).then_some(inner),
        Kind::Plugin(name, _) => {
            let truthy = matches!(*name, "@len" | "@elapsed_ms" | "@total_elapsed_ms");
            (truthy || name.starts_with("@scope")).then_some(inner)
        }
        Kind::Binary(_, Op::Pipe, _, last) => always_passes(last),
        Kind::Binary(_, op, _, _) => (op.is_update() && *op != Op::Assign).then_some(inner),
        _ => None,
    }
}
