//! What a line means: where its trailing comment begins, whether it can be evaluated, what else is to be said.

use super::ast::{Expr, Kind, Place};
use super::names::{Names, unknown_variable};
use super::parser::{Parsed, parse};
use super::{ExprError, Pin, deep, lints, literals, lower, names};
use crate::diagnostic::{Diagnostic, Severity};
use std::ops::Range;

/// Everything that is to be said about an expression without its values and its types.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// By place; ranges are bytes of the source.
    pub findings: Vec<Diagnostic>,
    /// The variables that something else has to set, without `$`.
    pub variables: Vec<(String, Range<usize>)>,
    /// What it pins, if it does nothing else.
    pub pin: Option<Pin>,
    /// Whether it cannot run away.
    pub is_simple: bool,
}

/// What a text says.
pub(crate) struct Meaning<'a> {
    /// The source without a trailing ` //` comment, byte for byte as long.
    pub(crate) text: &'a str,
    pub(crate) parsed: Parsed<'a>,
    free: Free,
    comment: Option<Range<usize>>,
}

/// Comments that are tried on one line; more than these begin with the first.
const MAX_COMMENTS: usize = 12;

/// The plugins that an expression calls, with their `@`, each with the bytes of its name. None in what cannot be read.
pub fn plugins(source: &str, place: Place) -> Vec<(String, Range<usize>)> {
    let found = deep(source, || {
        read(source, place, None, |meaning| {
            let mut found = Vec::new();
            collect_plugins(&meaning.parsed.expression, &mut found);
            found
        })
    });
    found.unwrap_or_default()
}

fn collect_plugins(expression: &Expr<'_>, found: &mut Vec<(String, Range<usize>)>) {
    if let Kind::Plugin(name, _) = &expression.kind {
        let start = expression.range.start;
        found.push(((*name).to_owned(), start..start + name.len()));
    }
    expression.each_child(&mut |child| collect_plugins(child, found));
}

/// Looks at an expression; what it means by names of variables is not known yet.
pub fn check(source: &str, place: Place) -> Checked {
    let checked = deep(source, || read(source, place, None, |meaning| sound(meaning, place)));
    checked.unwrap_or_else(broken)
}

fn broken(errors: Vec<ExprError>) -> Checked {
    let mut findings: Vec<_> = errors
        .into_iter()
        .map(|error| Diagnostic::error(error.code, error.range, error.message))
        .collect();
    findings.sort_by_key(|finding| finding.range.start);
    Checked {
        findings,
        ..Checked::default()
    }
}

fn sound(meaning: Meaning<'_>, place: Place) -> Checked {
    let parsed = meaning.parsed;
    let mut findings = lints::check(&parsed.expression, place);
    findings.extend(meaning.comment.map(|range| {
        let message = "this is read as a comment: begin it with `#`";
        Diagnostic::new("G606", Severity::Hint, range, message)
    }));
    findings.extend(parsed.unended.iter().map(|range| {
        let message = "`end` is missing and supplied: add it";
        Diagnostic::new("G421", Severity::Hint, range.clone(), message)
    }));
    findings.sort_by_key(|finding| finding.range.start);
    Checked {
        findings,
        variables: meaning.free,
        pin: super::pin::of(&parsed.expression),
        is_simple: super::is_simple(meaning.text, &lower::program(&parsed.expression)),
    }
}

/// Variables that an expression reads without setting them.
type Free = Vec<(String, Range<usize>)>;

/// Reads `text` as it stands, behind which `comment` has been taken out. `variables` are those that are set, if that is
/// known.
fn look<'a>(
    text: &'a str,
    place: Place,
    variables: Option<&[&str]>,
    comment: Option<Range<usize>>,
) -> Result<Meaning<'a>, Vec<ExprError>> {
    let parsed = parse(text, place).map_err(|error| vec![error])?;
    let Names { mut errors, free } = names::check(&parsed.expression);
    let unknown = |name: &str| {
        let known = variables.is_none_or(|variables| variables.contains(&name));
        !known || name.starts_with("__")
    };
    let unset = free.iter().filter(|(name, _)| unknown(name));
    errors.extend(unset.map(|(name, range)| {
        let known = variables.unwrap_or_default().iter().copied();
        unknown_variable(name, range.clone(), known)
    }));
    let assigned = lints::assignment(&parsed.expression).filter(|_| place == Place::Asserts);
    errors.extend(assigned.map(|range| ExprError {
        code: "G407",
        range,
        message: "`=` assigns and always passes: write `==`".to_owned(),
    }));
    match errors.is_empty() {
        true => Ok(Meaning {
            text,
            parsed,
            free,
            comment,
        }),
        false => Err(errors),
    }
}

/// What `then` makes of what `source` means.
///
/// # Errors
/// Why it means nothing, with any part of it as a comment.
pub(crate) fn read<T>(
    source: &str,
    place: Place,
    variables: Option<&[&str]>,
    then: impl FnOnce(Meaning<'_>) -> T,
) -> Result<T, Vec<ExprError>> {
    // Nearly every line means what it says, and is read once.
    let own = match look(source, place, variables, None) {
        Ok(meaning) => return Ok(then(meaning)),
        Err(own) => own,
    };
    for (text, comment) in without_comment(source) {
        if let Ok(meaning) = look(&text, place, variables, Some(comment)) {
            return Ok(then(meaning));
        }
    }
    Err(own)
}

/// The texts that `text` can mean if a ` // …` in it is a comment, which ends with its line, each with the first
/// such comment: the shortest one first, then every line without its own.
fn without_comment(text: &str) -> Vec<(String, Range<usize>)> {
    let mut starts = comment_starts(text);
    starts.reverse();
    let mut meanings: Vec<_> = starts
        .iter()
        .take(MAX_COMMENTS)
        .map(|at| blank_line(text, *at))
        .collect();
    // From the right, so that the first comment of each line is blanked out last and takes the others along.
    let all = starts.iter().fold(text.to_owned(), |text, at| blank_line(&text, *at).0);
    meanings.extend(starts.last().map(|first| (all, *first..line_end(text, *first))));
    meanings
}

/// Where ` //` stands outside of strings and regexes.
fn comment_starts(text: &str) -> Vec<usize> {
    let code = literals::code(text).into_iter();
    let starts = code.flat_map(|range| {
        let slashes = text[range.clone()].match_indices("//");
        slashes.map(move |(at, _)| range.start + at).collect::<Vec<_>>()
    });
    starts
        .filter(|at| *at == 0 || text[..*at].ends_with([' ', '\t', '\n']))
        .collect()
}

/// `text` with everything that can be a trailing ` //` comment blanked out.
pub(super) fn without_line_comments(text: &str) -> String {
    let starts = comment_starts(text).into_iter().rev();
    starts.fold(text.to_owned(), |text, at| blank_line(&text, at).0)
}

fn line_end(text: &str, from: usize) -> usize {
    text[from..].find('\n').map_or(text.len(), |at| from + at)
}

fn blank_line(text: &str, from: usize) -> (String, Range<usize>) {
    let end = line_end(text, from);
    let blank = " ".repeat(end - from);
    (format!("{}{blank}{}", &text[..from], &text[end..]), from..end)
}
