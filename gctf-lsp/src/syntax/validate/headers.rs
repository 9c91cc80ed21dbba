//! Header lines: near misses, unknown names, options; and what stands before the first header.

use super::super::document::{Document, HeaderOption, Section};
use super::super::lines::{Line, classify, lines};
use super::Scope;
use crate::diagnostic::{Diagnostic, Severity, Tag};
use crate::spec::sections::SECTIONS;
use crate::spec::{SectionKind, SectionSpec, find, options, spellings};
use crate::text::{did_you_mean, nearest_within};
use std::ops::Range;

/// A line that was meant as a header of a section.
pub(super) struct NearMiss {
    pub(super) line: Range<usize>,
    pub(super) kind: SectionKind,
    finding: Diagnostic,
}

/// Every line that looks like the header of a section and is none, and every header of a misspelled section.
pub(super) fn near_misses(document: &Document) -> Vec<NearMiss> {
    let text = document.text();
    lines(text)
        .filter(|(_, line)| line.trim_start_matches(BLANKS).starts_with("--"))
        .filter_map(|(at, line)| near_miss(at, line))
        .filter(|miss| !is_quoted(document, miss.line.start))
        .collect()
}

const BLANKS: [char; 2] = [' ', '\t'];

/// Whether the line that starts at `at` is part of a comment or of a string that goes on.
fn is_quoted(document: &Document, at: usize) -> bool {
    let node = document.root().descendant_for_byte_range(at, at + 1);
    node.is_some_and(|node| matches!(node.kind(), "comment" | "string_content" | "string" | "escape_sequence"))
}

fn near_miss(at: usize, line: &str) -> Option<NearMiss> {
    let start = line.len() - line.trim_start_matches(BLANKS).len();
    let line_range = at + start..at + line.trim_end_matches(BLANKS).len();
    let dashes = line[start..].trim_start_matches('-');
    let word_start = line.len() - dashes.trim_start_matches(BLANKS).len();
    let word_end = line[word_start..]
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .map_or(line.len(), |length| word_start + length);
    let word = &line[word_start..word_end];
    let word_range = at + word_start..at + word_end;
    let found = classify(line);
    if matches!(found, Line::Header { name } if SectionKind::from_name(name) != SectionKind::Unknown) {
        return None;
    }
    let name = near_name(&word.to_ascii_uppercase())?;
    let kind = SectionKind::from_name(name);
    let meant = format!("{}{name}{}", &line[..word_start], &line[word_end..]);
    let closed = |line: &str| matches!(classify(line), Line::Header { name: found } if found == name);
    let only_case = closed(&meant) && word.eq_ignore_ascii_case(name);
    let finding = match found {
        _ if only_case => Diagnostic::error(
            "G104",
            word_range,
            format!("section names are upper case: write `{name}`"),
        ),
        Line::Header { .. } => Diagnostic::error(
            "G106",
            word_range,
            format!("there is no section {word}; did you mean \"{name}\"?"),
        ),
        _ => match text_behind(&meant, closed) {
            Some(behind) => {
                let shift = line.len() as isize - meant.len() as isize;
                let start = at + behind.saturating_add_signed(shift);
                Diagnostic::error(
                    "G105",
                    start..line_range.end,
                    "text behind the header: move it to a line of its own",
                )
            }
            None => Diagnostic::error(
                "G105",
                line_range.clone(),
                format!("not a header: write `--- {name} ---`"),
            ),
        },
    };
    Some(NearMiss {
        line: line_range,
        kind,
        finding,
    })
}

/// The section that an upper-case word is or was meant to be.
pub(super) fn near_name(word: &str) -> Option<&'static str> {
    let names = || {
        SECTIONS
            .iter()
            .flat_map(|section| [section.name].into_iter().chain(section.old))
    };
    names().find(|name| *name == word).or_else(|| {
        let limit = |name: &str| if name.len() <= 5 { 1 } else { 2 };
        nearest_within(word, SECTIONS.iter().map(|section| section.name), limit)
    })
}

/// Where the text behind a complete header starts.
fn text_behind(line: &str, closed: impl Fn(&str) -> bool) -> Option<usize> {
    let ends = line.match_indices("---").map(|(at, _)| at + 3);
    let end = ends.into_iter().find(|end| closed(&line[..*end]))?;
    let rest = &line[end..];
    let behind = rest.trim_start_matches(BLANKS);
    // More dashes are a wrong number of dashes, not text.
    (!behind.starts_with('-') && !behind.trim().is_empty()).then(|| end + rest.len() - behind.len())
}

/// Findings on header lines and on what stands before the first one.
pub(super) fn check(scope: &Scope<'_>, found: &mut Vec<Diagnostic>) {
    found.extend(scope.near_misses.iter().map(|miss| miss.finding.clone()));
    for line in scope.document.preamble() {
        found.push(Diagnostic::warning(
            "G103",
            line.clone(),
            "text before the first section has no effect: make it a comment with `#`",
        ));
    }
    for section in scope.document.sections() {
        match section.kind.spec() {
            None => unknown_section(scope, section, found),
            Some(spec) => known_section(spec, section, found),
        }
    }
}

fn unknown_section(scope: &Scope<'_>, section: &Section, found: &mut Vec<Diagnostic>) {
    let known = scope
        .near_misses
        .iter()
        .any(|miss| miss.line.start == section.header.start);
    if known {
        return;
    }
    // The rule cuts the name at the first character that no name has.
    let rest = &scope.text[section.name_range.end..section.header.end];
    let length = rest
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .unwrap_or(0);
    let range = section.name_range.start..section.name_range.end + length;
    let name = &scope.text[range.clone()];
    let advice = match section.name.as_str() {
        "RESPONSE_HEADERS" => ": read headers with `@header(\"name\")` in ASSERTS".to_owned(),
        "RESPONSE_TRAILERS" => ": read trailers with `@trailer(\"name\")` in ASSERTS".to_owned(),
        _ => did_you_mean(name, SECTIONS.iter().map(|section| section.name)),
    };
    found.push(Diagnostic::error(
        "G106",
        range,
        format!("there is no section {name}{advice}"),
    ));
}

fn known_section(spec: &SectionSpec, section: &Section, found: &mut Vec<Diagnostic>) {
    if spec.old == Some(section.name.as_str()) {
        let message = format!("`{}` is the old name: write `{}`", section.name, spec.name);
        let mut finding = Diagnostic::new("G601", Severity::Hint, section.name_range.clone(), message);
        finding.tag = Some(Tag::Deprecated);
        found.push(finding);
    }
    let parts = section.options.iter().map(|option| option.range.clone());
    let parts = parts.chain(section.header_junk.iter().cloned());
    if spec.options.is_empty() {
        let whole = parts.reduce(|all, part| all.start.min(part.start)..all.end.max(part.end));
        found.extend(
            whole.map(|range| {
                Diagnostic::warning("G107", range, format!("{} takes no options: delete this", spec.name))
            }),
        );
        return;
    }
    for junk in &section.header_junk {
        found.push(Diagnostic::error(
            "G108",
            junk.clone(),
            "this is no option: options stand behind blanks, without commas",
        ));
    }
    let behind_junk = |option: &HeaderOption| section.header_junk.iter().any(|junk| junk.end == option.range.start);
    for option in section
        .options
        .iter()
        .filter(|option| !behind_junk(option) || find(spec.options, &option.name).is_some())
    {
        found.extend(bad_option(spec, option));
    }
}

fn bad_option(spec: &SectionSpec, option: &HeaderOption) -> Option<Diagnostic> {
    let name = option.name.as_str();
    let Some(word) = find(spec.options, name) else {
        let message = format!(
            "{} has no option `{name}`{}",
            spec.name,
            did_you_mean(name, spellings(spec.options))
        );
        return Some(Diagnostic::error("G108", option.name_range.clone(), message));
    };
    let useless = spec.kind == SectionKind::Error && find(options::WITHOUT_EFFECT_ON_ERROR, name).is_some();
    if useless {
        let message = format!("`{name}` has no effect on ERROR: delete it");
        return Some(Diagnostic::warning("G223", option.range.clone(), message));
    }
    let given = option.value.as_ref().map(|value| value.text.as_str());
    let bare = option.range == option.name_range;
    let allowed = match (given, bare) {
        (Some(value), _) => word.form.allows(value),
        (None, true) => word.form.allows("true") && name != options::REDACT.name(),
        (None, false) => false,
    };
    let range = option
        .value
        .as_ref()
        .map_or(option.range.clone(), |value| value.range.clone());
    let message = || format!("`{name}` takes {}", word.form.expected());
    (!allowed).then(|| Diagnostic::error("G109", range, message()))
}
