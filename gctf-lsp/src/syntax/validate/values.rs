//! ADDRESS and ENDPOINT: sections of one line.

use super::super::address::{Address, split_endpoint};
use super::super::document::{Body, Section, Text};
use super::key_value::{part_of_value, stripped};
use crate::diagnostic::Diagnostic;
use crate::spec::SectionKind;

/// Findings on the line of an ADDRESS or ENDPOINT.
pub(super) fn check(section: &Section, found: &mut Vec<Diagnostic>) {
    let Body::Lines(lines) = &section.body else {
        return;
    };
    let [line] = lines.as_slice() else {
        let name = &section.name;
        found.push(match lines.get(1) {
            None => Diagnostic::error(
                "G207",
                section.name_range.clone(),
                format!("{name} is empty: {}", form(section)),
            ),
            Some(second) => Diagnostic::error(
                "G207",
                second.range.clone(),
                format!("{name} has one line: delete this"),
            ),
        });
        return;
    };
    found.extend(part_of_value(line));
    match section.kind {
        SectionKind::Endpoint => found.extend(bad_endpoint(line)),
        _ if line.text.contains("{{") => {}
        _ => {
            let fault = Address::parse(stripped(&line.text)).err();
            found.extend(fault.map(|message| Diagnostic::error("G206", line.range.clone(), message)));
        }
    }
}

fn form(section: &Section) -> &'static str {
    match section.kind {
        SectionKind::Endpoint => "write `package.Service/Method`",
        _ => "write `host:port`",
    }
}

fn bad_endpoint(line: &Text) -> Option<Diagnostic> {
    let text = stripped(&line.text);
    let fault = |advice: String| Some(Diagnostic::error("G205", line.range.clone(), advice));
    if text.contains("{{") {
        return fault("templates are not substituted in ENDPOINT: write `package.Service/Method`".to_owned());
    }
    let name = |part: &str| {
        let mut characters = part.chars();
        let starts = characters.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
        starts && characters.all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    if let Some((service, method)) = split_endpoint(text) {
        return match service.split('.').all(name) && name(method) {
            true => None,
            false => fault("not a method: write `package.Service/Method`".to_owned()),
        };
    }
    let bare = text.strip_prefix('/').filter(|rest| split_endpoint(rest).is_some());
    match (bare, text.rsplit_once('.')) {
        (Some(rest), _) => fault(format!("no slash stands before the service: write `{rest}`")),
        (None, Some((service, method))) if !text.contains('/') && service.split('.').all(name) && name(method) => {
            fault(format!("a slash stands before the method: write `{service}/{method}`"))
        }
        _ => fault("not a method: write `package.Service/Method`".to_owned()),
    }
}
