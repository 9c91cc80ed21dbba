//! What a line means: where its trailing comment begins, whether it can be evaluated, what else is to be said.

use super::ast::{Expr, Kind, Place};
use super::names::{Names, unknown_variable};
use super::parser::{Parsed, parse};
use super::{ExprError, Pin, deep, lints, literals, names};
use crate::diagnostic::{Diagnostic, Severity};
use std::borrow::Cow;
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
}

/// The text of an expression, byte for byte as long as its source, without a trailing ` //` comment.
pub(crate) struct Meaning<'a> {
    pub(crate) text: Cow<'a, str>,
    comment: Option<Range<usize>>,
}

/// Comments that are tried on one line; more than these begin with the first.
const MAX_COMMENTS: usize = 12;

/// The plugins that an expression calls, with their `@`, each with the bytes of its name. None in what cannot be read.
pub fn plugins(source: &str, place: Place) -> Vec<(String, Range<usize>)> {
    let found = deep(source, || {
        let meaning = meaning(source, place, None)?;
        let parsed = parse(&meaning.text, place).map_err(|error| vec![error])?;
        let mut found = Vec::new();
        collect_plugins(&parsed.expression, &mut found);
        Ok(found)
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
    let checked = deep(source, || {
        // Nearly every line means what it says, and is read once.
        if let Ok((parsed, free)) = look(source, place, None) {
            return Ok(sound(&parsed, free, place, None));
        }
        let meaning = meaning(source, place, None)?;
        let (parsed, free) = look(&meaning.text, place, None)?;
        Ok(sound(&parsed, free, place, meaning.comment))
    });
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

fn sound(parsed: &Parsed<'_>, variables: Free, place: Place, comment: Option<Range<usize>>) -> Checked {
    let mut findings = lints::check(&parsed.expression, place);
    findings.extend(comment.map(|range| {
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
        variables,
        pin: super::pin::of(&parsed.expression),
    }
}

/// Variables that an expression reads without setting them.
type Free = Vec<(String, Range<usize>)>;

/// Reads `text` as it stands. `variables` are those that are set, if that is known.
fn look<'a>(text: &'a str, place: Place, variables: Option<&[&str]>) -> Result<(Parsed<'a>, Free), Vec<ExprError>> {
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
        true => Ok((parsed, free)),
        false => Err(errors),
    }
}

/// What `source` means.
///
/// # Errors
/// Why it means nothing, with any part of it as a comment.
pub(crate) fn meaning<'a>(
    source: &'a str,
    place: Place,
    variables: Option<&[&str]>,
) -> Result<Meaning<'a>, Vec<ExprError>> {
    let Err(own) = look(source, place, variables) else {
        let text = Cow::Borrowed(source);
        return Ok(Meaning { text, comment: None });
    };
    let mut shorter = without_comment(source).into_iter();
    match shorter.find(|(text, _)| look(text, place, variables).is_ok()) {
        Some((text, comment)) => Ok(Meaning {
            text: Cow::Owned(text),
            comment: Some(comment),
        }),
        None => Err(own),
    }
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
