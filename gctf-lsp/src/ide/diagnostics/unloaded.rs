//! Why a document has no schema, or no newer one: where that is marked, and what cures it.

use super::super::Remedy;
use super::super::context::Context;
use crate::connection::named_files;
use crate::diagnostic::{Change, Diagnostic, Severity};
use crate::spec::{SectionKind, keys};
use crate::syntax::Section;
use crate::text::Edit;
use std::ops::Range;

/// The finding, if it is this document's to show: one that carries the target over does not repeat what the
/// target's own document says.
pub(super) fn finding(
    context: &Context<'_>,
    code: &'static str,
    reason: String,
    remedy: Option<&Remedy>,
) -> Option<Diagnostic> {
    let severity = match code {
        "G304" => Severity::Error,
        "G323" => Severity::Hint,
        _ => Severity::Information,
    };
    let mut found = Diagnostic::new(code, severity, place(context, code, remedy)?, reason);
    if let Some(Remedy::Source(place)) = remedy {
        found.source = Some(place.clone());
    }
    Some(match remedy.and_then(|remedy| fix(context, remedy)) {
        Some((title, edit)) => found.with_change(title, Change::Edits(vec![edit])),
        None => found,
    })
}

fn own<'a>(context: &Context<'a>, kind: SectionKind) -> Option<&'a Section> {
    context.document.sections_of(kind).next()
}

fn place(context: &Context<'_>, code: &str, remedy: Option<&Remedy>) -> Option<Range<usize>> {
    let address = || {
        own(context, SectionKind::Address)?
            .single_line()
            .map(|line| line.range.clone())
    };
    let header = |kind| own(context, kind).map(|section| section.header.clone());
    let place = match (code, remedy) {
        ("G304", remedy) => own(context, SectionKind::Proto)
            .and_then(|section| source(context, section, remedy))
            .or_else(|| header(SectionKind::Proto)),
        (_, Some(Remedy::Plaintext | Remedy::ServerName(_) | Remedy::Certificate)) => {
            header(SectionKind::Tls).or_else(address)
        }
        (_, Some(Remedy::Credentials)) => header(SectionKind::RequestHeaders).or_else(address),
        _ => address(),
    };
    place.or_else(|| {
        let is_first = context.force().address.is_none() && context.index == 0;
        Some(context.document.endpoint()?.range.clone()).filter(|_| is_first)
    })
}

/// The path in PROTO that leads to the fault: the one of the file itself, or the only one.
fn source(context: &Context<'_>, section: &Section, remedy: Option<&Remedy>) -> Option<Range<usize>> {
    let named = named_files::of_proto(context.document, section, context.folder()?);
    let fault = match remedy {
        Some(Remedy::Source(place)) => Some(&place.path),
        _ => None,
    };
    let own = named.iter().find(|(path, _)| Some(path) == fault);
    let only = match named.as_slice() {
        [only] => Some(only),
        _ => None,
    };
    own.or(only).map(|(_, range)| range.clone())
}

/// The change of this document that would cure it, with its title.
fn fix(context: &Context<'_>, remedy: &Remedy) -> Option<(String, Edit)> {
    let tls = own(context, SectionKind::Tls);
    match (remedy, tls) {
        (Remedy::Tls, None) => match scheme(context, "http", "https") {
            Some(fix) => Some(fix),
            None => Some((
                "Add TLS section".to_owned(),
                behind_address(context, "--- TLS ---\n\n")?,
            )),
        },
        (Remedy::Plaintext, Some(section)) => {
            let edit = Edit {
                range: section.range(),
                text: String::new(),
            };
            Some(("Remove TLS section".to_owned(), edit))
        }
        (Remedy::Plaintext, None) => scheme(context, "https", "http"),
        (Remedy::ServerName(name), tls) => {
            let title = format!("Set server_name to {name}");
            Some((title, server_name(context, tls, name)?))
        }
        (Remedy::Protos, _) => {
            let text = format!("--- PROTO ---\nfiles: {}\n\n", likely_proto(context)?);
            let section = own(context, SectionKind::Endpoint)?;
            Some(("Use proto files".to_owned(), behind(context, section, &text)))
        }
        (Remedy::Credentials, _) => Some(("Add authorization header".to_owned(), header(context)?)),
        (Remedy::Tls, Some(_)) | (Remedy::Certificate | Remedy::Source(_), _) => None,
    }
}

/// Another scheme for an ADDRESS that has one.
fn scheme(context: &Context<'_>, from: &str, to: &str) -> Option<(String, Edit)> {
    let line = own(context, SectionKind::Address)?.single_line()?;
    let rest = line.text.strip_prefix(from).filter(|rest| rest.starts_with("://"))?;
    let edit = Edit {
        range: line.range.start..line.range.start + from.len(),
        text: to.to_owned(),
    };
    Some((format!("Change to \"{to}{rest}\""), edit))
}

fn server_name(context: &Context<'_>, tls: Option<&Section>, name: &str) -> Option<Edit> {
    let line = format!("server_name: {name}\n");
    let Some(section) = tls else {
        return behind_address(context, &format!("--- TLS ---\n{line}\n"));
    };
    match section.setting(keys::SERVER_NAME.spellings) {
        Some(value) => Some(Edit {
            range: value.range,
            text: name.to_owned(),
        }),
        // A section in JSON has no lines.
        None if context.document.text()[section.body_range.clone()]
            .trim_start()
            .starts_with('{') =>
        {
            None
        }
        None => Some(insert(section.body_range.start, line)),
    }
}

/// The file that a service is most likely defined in: the last part of its package.
fn likely_proto(context: &Context<'_>) -> Option<String> {
    let (service, _) = crate::connection::split_endpoint(&context.document.endpoint()?.text)?;
    let package = service.rsplit_once('.').map_or(service, |(package, _)| package);
    let parts = package.rsplit('.');
    let is_version = |part: &str| part.starts_with('v') && part[1..].starts_with(|digit: char| digit.is_ascii_digit());
    let name = parts.into_iter().find(|part| !is_version(part))?;
    Some(format!("{}.proto", name.to_ascii_lowercase()))
}

fn header(context: &Context<'_>) -> Option<Edit> {
    const LINE: &str = "authorization: Bearer {{ env.TOKEN }}\n";
    match own(context, SectionKind::RequestHeaders) {
        Some(section) => Some(insert(section.body_range.start, LINE.to_owned())),
        None => {
            let text = format!("--- REQUEST_HEADERS ---\n{LINE}\n");
            Some(behind(context, own(context, SectionKind::Endpoint)?, &text))
        }
    }
}

/// A new section behind ADDRESS, in front of ENDPOINT where there is none.
fn behind_address(context: &Context<'_>, text: &str) -> Option<Edit> {
    match own(context, SectionKind::Address) {
        Some(section) => Some(behind(context, section, text)),
        None => Some(insert(
            own(context, SectionKind::Endpoint)?.header.start,
            text.to_owned(),
        )),
    }
}

/// A new section behind another one.
fn behind(context: &Context<'_>, section: &Section, text: &str) -> Edit {
    let end = section.range().end;
    let written = &context.document.text()[..end];
    let gap = match (written.ends_with("\n\n"), written.ends_with('\n')) {
        (true, _) => "",
        (false, true) => "\n",
        (false, false) => "\n\n",
    };
    insert(end, format!("{gap}{text}"))
}

fn insert(at: usize, text: String) -> Edit {
    Edit { range: at..at, text }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{FILE, fixture};
    use super::super::super::{Remedy, SchemaState, quick_fixes};
    use std::sync::Arc;

    /// Where a failure with a remedy is marked, the title of its fix, and the text after it.
    fn cured(text: &str, remedy: Remedy) -> [String; 3] {
        let (mut analysis, _) = fixture(text);
        let failed = SchemaState::Failed {
            code: "G301",
            reason: "no".to_owned(),
            remedy: Some(remedy),
        };
        let schemas = Arc::make_mut(&mut analysis.schemas);
        schemas.values_mut().for_each(|state| *state = failed.clone());
        let fixes = quick_fixes::quick_fixes(&analysis, FILE, 0..text.len()).into_iter();
        match fixes
            .filter(|fix| fix.diagnostic.code == "G301")
            .collect::<Vec<_>>()
            .as_slice()
        {
            [fix] => [
                text[fix.diagnostic.range.clone()].to_owned(),
                fix.title.clone(),
                crate::text::apply(text, &fix.edits),
            ],
            other => panic!("{other:?}"),
        }
    }

    const CALL: &str = "--- ENDPOINT ---\nshop.v1.Orders/Get\n\n--- REQUEST ---\n{}\n";

    #[test]
    fn encryption() {
        let with = |head: &str| format!("{head}{CALL}");
        assert_eq!(
            cured(&with("--- ADDRESS ---\nh:1\n\n"), Remedy::Tls),
            [
                "h:1",
                "Add TLS section",
                &with("--- ADDRESS ---\nh:1\n\n--- TLS ---\n\n")
            ]
        );
        assert_eq!(
            cured(&with("--- ADDRESS ---\nhttp://h:1\n\n"), Remedy::Tls),
            [
                "http://h:1",
                "Change to \"https://h:1\"",
                &with("--- ADDRESS ---\nhttps://h:1\n\n")
            ]
        );
        assert_eq!(
            cured(
                &with("--- ADDRESS ---\nh:1\n\n--- TLS ---\nca_cert: a\n\n"),
                Remedy::Plaintext
            ),
            ["--- TLS ---", "Remove TLS section", &with("--- ADDRESS ---\nh:1\n\n")]
        );
        assert_eq!(
            cured(&with("--- ADDRESS ---\nhttps://h:1\n\n"), Remedy::Plaintext),
            [
                "https://h:1",
                "Change to \"http://h:1\"",
                &with("--- ADDRESS ---\nhttp://h:1\n\n")
            ]
        );
        let named = |head: &str| cured(&with(head), Remedy::ServerName("x".to_owned()));
        let title = "Set server_name to x";
        assert_eq!(
            named("--- ADDRESS ---\nh:1\n\n--- TLS ---\nserver_name: y\n\n"),
            [
                "--- TLS ---",
                title,
                &with("--- ADDRESS ---\nh:1\n\n--- TLS ---\nserver_name: x\n\n")
            ]
        );
        assert_eq!(
            named("--- ADDRESS ---\nh:1\n\n--- TLS ---\nca_cert: a\n\n"),
            [
                "--- TLS ---",
                title,
                &with("--- ADDRESS ---\nh:1\n\n--- TLS ---\nserver_name: x\nca_cert: a\n\n")
            ]
        );
        assert_eq!(
            named("--- ADDRESS ---\nhttps://h:1\n"),
            [
                "https://h:1",
                title,
                &with("--- ADDRESS ---\nhttps://h:1\n\n--- TLS ---\nserver_name: x\n\n")
            ]
        );
    }

    #[test]
    fn other_sources_and_credentials() {
        let head = "--- ADDRESS ---\nh:1\n\n";
        let [place, title, text] = cured(&format!("{head}{CALL}"), Remedy::Protos);
        assert_eq!([place.as_str(), &title], ["h:1", "Use proto files"]);
        assert!(
            text.contains("Get\n\n--- PROTO ---\nfiles: shop.proto\n\n--- REQUEST"),
            "{text}"
        );
        let [place, title, text] = cured(&format!("{head}{CALL}"), Remedy::Credentials);
        assert_eq!([place.as_str(), &title], ["h:1", "Add authorization header"]);
        assert!(text.contains("--- REQUEST_HEADERS ---\nauthorization: Bearer {{ env.TOKEN }}\n\n--- REQUEST"));
        let headers = "--- REQUEST_HEADERS ---\nx-id: 1\n\n";
        let [place, _, text] = cured(&format!("{head}{headers}{CALL}"), Remedy::Credentials);
        assert_eq!(place, "--- REQUEST_HEADERS ---");
        assert!(
            text.contains("---\nauthorization: Bearer {{ env.TOKEN }}\nx-id: 1\n"),
            "{text}"
        );
    }
}
