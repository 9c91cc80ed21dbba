//! The sections of a document together: what is missing, repeated or out of place.

use super::super::document::{Body, Section};
use super::super::settings::boolean;
use super::Scope;
use crate::diagnostic::{Diagnostic, Severity};
use crate::spec::SectionKind;
use std::collections::BTreeMap;

/// Findings on the sections of a document.
pub(super) fn check(scope: &Scope<'_>, found: &mut Vec<Diagnostic>) {
    let sections = scope.document.sections();
    let Some(first) = sections.first() else {
        return;
    };
    if !scope.has(SectionKind::Endpoint) {
        let message = "no ENDPOINT: add `--- ENDPOINT ---` with `package.Service/Method`";
        found.push(Diagnostic::error("G201", first.name_range.clone(), message));
    }
    nothing_expected(scope, found);
    repeated(sections, found);
    placement(scope, sections, found);
    order(sections, found);
    for (index, section) in sections.iter().enumerate() {
        if section.kind == SectionKind::Response {
            response(scope, index, section, found);
        }
    }
    skipped_request(sections, found);
    for bench in scope.document.sections_of(SectionKind::Bench) {
        let message = "BENCH is checked, but never executed";
        found.push(Diagnostic::new(
            "G611",
            Severity::Information,
            bench.name_range.clone(),
            message,
        ));
    }
}

fn nothing_expected(scope: &Scope<'_>, found: &mut Vec<Diagnostic>) {
    let expects = [SectionKind::Response, SectionKind::Error, SectionKind::Asserts];
    let endpoint = scope.document.sections_of(SectionKind::Endpoint).next();
    if let (Some(endpoint), false) = (endpoint, expects.into_iter().any(|kind| scope.has(kind))) {
        let message = "nothing is expected, so this cannot pass: add RESPONSE, ERROR or ASSERTS";
        found.push(Diagnostic::error("G202", endpoint.name_range.clone(), message));
    }
}

fn repeated(sections: &[Section], found: &mut Vec<Diagnostic>) {
    let mut first: BTreeMap<&str, &Section> = BTreeMap::new();
    for section in sections {
        let once = section.kind.spec().is_some_and(|spec| !spec.repeats);
        if !once {
            continue;
        }
        match first.get(section.name.as_str()) {
            Some(before) => {
                let message = format!("{} is there twice in this document: delete or join one", section.name);
                found.push(
                    Diagnostic::error("G203", section.name_range.clone(), message)
                        .with_related(before.name_range.clone(), "first given here"),
                );
            }
            None => drop(first.insert(&section.name, section)),
        }
    }
}

fn placement(scope: &Scope<'_>, sections: &[Section], found: &mut Vec<Diagnostic>) {
    let position = |kind| sections.iter().position(|section| section.kind == kind);
    if let Some(at) = position(SectionKind::Meta).filter(|at| *at > 0) {
        let message = "META is the first section of the file: move it up";
        found.push(Diagnostic::error("G204", sections[at].name_range.clone(), message));
    }
    if let Some(error) = position(SectionKind::Error) {
        for section in sections[error..]
            .iter()
            .filter(|section| section.kind == SectionKind::Response)
        {
            let message = "no message comes after the error: move RESPONSE before ERROR, or delete it";
            found.push(
                Diagnostic::error("G209", section.name_range.clone(), message)
                    .with_related(sections[error].name_range.clone(), "the error is expected here"),
            );
        }
    }
    if let Some(request) = position(SectionKind::Request) {
        for section in sections[..request].iter().filter(|section| section.kind.expects()) {
            let message = format!("{} stands before the first REQUEST: move it behind", section.name);
            found.push(Diagnostic::warning("G213", section.name_range.clone(), message));
        }
    }
    let received = |section: &Section| section.kind.expects() || section.kind == SectionKind::Request;
    let first = sections.iter().position(received).unwrap_or(sections.len());
    let certain = ![
        SectionKind::Request,
        SectionKind::Response,
        SectionKind::Error,
        SectionKind::Asserts,
    ]
    .into_iter()
    .any(|kind| scope.meant(kind));
    for section in sections[..first]
        .iter()
        .filter(|section| certain && section.kind == SectionKind::Extract)
    {
        let message = "nothing is received before this EXTRACT: move it behind a RESPONSE or ASSERTS";
        found.push(Diagnostic::error("G214", section.name_range.clone(), message));
    }
}

/// The first section that people expect further up.
fn order(sections: &[Section], found: &mut Vec<Diagnostic>) {
    let ranked = sections
        .iter()
        .filter_map(|section| Some((section, section.kind.spec()?)));
    let ranked: Vec<_> = ranked
        .filter(|(section, _)| section.kind != SectionKind::Meta)
        .collect();
    let late = ranked.windows(2).find(|pair| pair[1].1.rank < pair[0].1.rank);
    found.extend(late.map(|pair| {
        let message = format!("{} usually stands before {}", pair[1].1.name, pair[0].1.name);
        Diagnostic::new("G605", Severity::Hint, pair[1].0.name_range.clone(), message)
    }));
}

fn response(scope: &Scope<'_>, index: usize, section: &Section, found: &mut Vec<Diagnostic>) {
    let Body::Json(values) = &section.body else {
        return;
    };
    let body = scope.text[section.body_range.clone()].lines().map(str::trim);
    let empty = values.is_empty() && body.clone().all(|line| line.is_empty() || line.starts_with(['#', '/']));
    let option = section
        .options
        .iter()
        .rev()
        .find(|option| option.name == "with_asserts");
    let attached = option.filter(|_| section.option("with_asserts").and_then(boolean) == Some(true));
    match attached {
        Some(option) if empty => {
            let message = "`with_asserts` has no message to look at: RESPONSE is empty";
            found.push(Diagnostic::error("G212", option.range.clone(), message));
        }
        Some(option) => {
            let mut rest = scope.document.sections()[index + 1..].iter();
            let next = rest.find(|next| next.kind != SectionKind::Extract);
            let follows = next.is_some_and(|next| next.kind == SectionKind::Asserts);
            if !follows && !scope.meant(SectionKind::Asserts) {
                let message = "`with_asserts` wants ASSERTS as the next section: add it, or delete the option";
                found.push(Diagnostic::error("G212", option.range.clone(), message));
            }
        }
        None if empty => {
            let message = "an empty RESPONSE expects that no message comes: write `{}` for an empty message";
            found.push(Diagnostic::new(
                "G614",
                Severity::Hint,
                section.name_range.clone(),
                message,
            ));
        }
        None => {}
    }
}

fn skipped_request(sections: &[Section], found: &mut Vec<Diagnostic>) {
    let mut requests = sections.iter().filter(|section| section.kind == SectionKind::Request);
    let (Some(request), None) = (requests.next(), requests.next()) else {
        return;
    };
    let skip = request
        .attributes
        .iter()
        .find(|attribute| attribute.name.as_ref().is_some_and(|name| name.text == "skip"));
    if let Some(skip) = skip.filter(|_| request.attribute("skip").and_then(boolean) == Some(true)) {
        let message = "without its only REQUEST nothing is sent: move `#[skip]` to ENDPOINT";
        found.push(Diagnostic::error("G225", skip.range.clone(), message));
    }
}
