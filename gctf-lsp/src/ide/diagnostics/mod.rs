//! Findings of a file: its structure, its schema, its last run.

mod drift;
mod presence;
mod templates;
mod typed;
mod unloaded;

use super::context::Context;
use super::lines::{Flow, Lines};
use super::{Analysis, FileId, FileState, SchemaState, ShownReply};
use crate::diagnostic::{Diagnostic, Elsewhere, Origin, Severity};
use crate::outcome::DocumentOutcome;
use crate::schema::Schema;
use crate::spec::SectionKind;
use crate::syntax::position::LineColumn;
use crate::syntax::{Document, InForce, Section};
use crate::target::SchemaSource;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// More findings than this are counted, not shown.
const MAX_FINDINGS: usize = 200;

/// What a look at a file yields.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// In the order of the text; ranges are bytes of the file.
    pub diagnostics: Vec<Diagnostic>,
    /// The schemas that its documents need, without repeats.
    pub wanted: Vec<SchemaSource>,
    /// The files that its TLS and PROTO sections name.
    pub named: BTreeSet<PathBuf>,
}

/// What decides on the schema of a document, with the state of that schema.
type Seen<'a> = (InForce, Vec<(String, String)>, Option<&'a SchemaState>);

/// Everything that is to be said about a file: its structure, its schemas, its runs.
pub fn findings(analysis: &Analysis, file: FileId) -> Findings {
    let Some(state) = analysis.file(file) else {
        return Findings::default();
    };
    let mut found = crate::syntax::file_structure(&state.source);
    // What fixtures set is for the tests of their folder.
    let is_fixture = state
        .path
        .as_ref()
        .and_then(|path| path.file_name())
        .is_some_and(|name| name == crate::spec::SETUP);
    if !is_fixture {
        found.extend(crate::syntax::unused_variables(&state.source));
    }
    let config = analysis.config(state);
    if let Some(environment) = &config.environment {
        found.extend(crate::syntax::unset_environment(&state.source, environment));
    }
    let named = named_files(analysis, state, &mut found);
    let mut wanted = BTreeSet::new();
    // Documents that follow each other mostly have the same target.
    let mut last: Option<Seen<'_>> = None;
    let mut flow = Flow::of(&state.source);
    for context in Context::all(analysis, state) {
        let headers = crate::connection::request_headers(context.document);
        let schema = match &last {
            Some((force, known, schema)) if *force == context.force() && *known == headers => *schema,
            _ => {
                let source = context.schema_source();
                let schema = source.as_ref().and_then(|source| analysis.schemas.get(source));
                wanted.extend(source);
                last = Some((context.force(), headers, schema));
                schema
            }
        };
        let lines = flow.pass(&context, schema.and_then(SchemaState::schema));
        let typed = of_schema(&context, schema, &lines);
        let outcome = context.fresh_outcome().into_iter();
        let own = of_structure(context.document, &typed)
            .chain(of_connection(&context))
            .chain(open_credentials(&context))
            .chain(typed.iter().cloned())
            .chain(outcome.flat_map(|outcome| of_run(&context, outcome)));
        found.extend(own.map(|diagnostic| diagnostic.shifted(context.start)));
    }
    found.retain_mut(|diagnostic| weigh(diagnostic, &config.settings.severity));
    found.sort_by_key(|diagnostic| {
        let Diagnostic { range, severity, .. } = diagnostic;
        (range.start, range.end, diagnostic.code, *severity)
    });
    // A line that cannot be evaluated is marked once, before and after a run.
    found.dedup_by(|next, first| next.origin != first.origin && next.code == first.code && next.range == first.range);
    Findings {
        diagnostics: limit(found),
        wanted: wanted.into_iter().collect(),
        named,
    }
}

/// What the text alone shows, but hints that the schema makes an error: nothing is expected where a message comes.
fn of_structure(document: &Document, typed: &[Diagnostic]) -> impl Iterator<Item = Diagnostic> {
    let is_outdone = |hint: &Diagnostic| {
        let says_more = |typed: &Diagnostic| typed.code == "G314" && typed.range == hint.range;
        hint.code == "G614" && typed.iter().any(says_more)
    };
    let structure = document.structure().iter();
    structure.filter(move |hint| !is_outdone(hint)).cloned()
}

/// The files that TLS and PROTO name; those that cannot be read are findings.
fn named_files(analysis: &Analysis, state: &FileState, found: &mut Vec<Diagnostic>) -> BTreeSet<PathBuf> {
    let Some(folder) = state.path.as_deref().and_then(Path::parent) else {
        return BTreeSet::new();
    };
    let named = crate::connection::named_files::named(&state.source, folder);
    found.extend(named.iter().filter_map(|(path, range)| {
        let reason = analysis.named_files.get(path)?.as_deref()?;
        Some(crate::connection::named_files::finding(path, range.clone(), reason))
    }));
    named.into_iter().map(|(path, _)| path).collect()
}

/// Gives a finding the severity that is set for it; whether it is wanted at all.
fn weigh(diagnostic: &mut Diagnostic, severities: &BTreeMap<String, Option<Severity>>) -> bool {
    match severities.get(diagnostic.code) {
        None => true,
        Some(None) => false,
        Some(Some(severity)) => {
            diagnostic.severity = *severity;
            true
        }
    }
}

/// What makes the connection impossible that the document itself gives, and which one an ADDRESS that is not
/// there would have named.
fn of_connection(context: &Context<'_>) -> Option<Diagnostic> {
    let document = context.document;
    let connection = context.connection();
    let address = connection.address_text();
    if context.index == 0 && context.force().address.is_none() {
        let range = document.endpoint()?.range.clone();
        let message = format!("no ADDRESS: `{address}` is used");
        return Some(Diagnostic::new("G607", Severity::Information, range, message));
    }
    let tls = document.sections_of(SectionKind::Tls).next();
    let own = tls.is_some() || document.sections_of(SectionKind::Address).next().is_some();
    if !own || address.contains("{{") {
        return None;
    }
    // What an ADDRESS alone shows, the structure has said.
    let fault = connection.target(address).err().filter(|fault| fault.code != "G206")?;
    let range = match (fault.document == context.index, tls) {
        (true, _) => fault.range,
        (false, Some(tls)) => tls.name_range.clone(),
        (false, None) => return None,
    };
    Some(Diagnostic::error(fault.code, range, fault.message))
}

/// Credentials among the headers that another host gets in plain text.
fn open_credentials(context: &Context<'_>) -> Vec<Diagnostic> {
    let sections = context.document.sections_of(SectionKind::RequestHeaders);
    let entries = sections.flat_map(Section::entries);
    let mask = &context.config().settings.mask;
    let secret = entries.filter(|entry| entry.colon && mask.covers(&entry.key.text));
    let keys: Vec<_> = secret.map(|entry| entry.key.range.clone()).collect();
    if keys.is_empty() {
        return Vec::new();
    }
    let connection = context.connection();
    let address = connection.address_text();
    let target = match address.contains("{{") {
        true => None,
        false => connection.target(address).ok(),
    };
    let Some(target) = target.filter(|target| target.tls.is_none() && !target.is_loopback()) else {
        return Vec::new();
    };
    let message = format!("{target} gets these credentials in plain text: use TLS");
    let found = keys.into_iter();
    found
        .map(|range| Diagnostic::warning("G613", range, message.clone()))
        .collect()
}

/// What the schema says of the document: why there is none, or that the endpoint is not in it.
fn of_schema(context: &Context<'_>, state: Option<&SchemaState>, lines: &Lines) -> Vec<Diagnostic> {
    let by_types = |schema: &Arc<Schema>| {
        let bodies = typed::findings(context, schema);
        let bodies = bodies.iter().cloned();
        let templates = templates::findings(context.document, schema, lines);
        let lines = lines.findings().map(|finding| presence::with_cure(context, finding));
        bodies.chain(lines).chain(templates).collect::<Vec<_>>()
    };
    match state {
        None | Some(SchemaState::Loading) => Vec::new(),
        Some(SchemaState::Failed { code, reason, remedy }) => {
            let found = unloaded::finding(context, code, reason.clone(), remedy.as_ref());
            found.into_iter().collect()
        }
        Some(SchemaState::Ready(schema)) => by_types(schema),
        Some(SchemaState::Outdated {
            schema,
            code,
            reason,
            remedy,
        }) => {
            let failure = unloaded::finding(context, code, reason.clone(), remedy.as_ref());
            let findings = by_types(schema).into_iter().map(|mut finding| {
                finding.severity = finding.severity.lowered();
                finding.message.push_str(" (by an older schema)");
                finding
            });
            failure.into_iter().chain(findings).collect()
        }
    }
}

/// Whether the document uses something that has changed since the schema was saved.
pub(super) fn has_drifted(context: &Context<'_>) -> bool {
    let schema = context.schema().filter(|schema| schema.drift().is_some());
    schema.is_some_and(|schema| {
        typed::findings(context, schema)
            .iter()
            .any(|found| found.code == "G619")
    })
}

/// The failures of a run on the tokens that they speak of.
fn of_run<'a>(context: &Context<'a>, outcome: &'a DocumentOutcome) -> impl Iterator<Item = Diagnostic> + use<'a> {
    let document = context.document;
    let shown = context.runs().and_then(|runs| runs.shown.as_deref());
    outcome.failures.iter().enumerate().filter_map(move |(at, failure)| {
        let severity = match failure.fatal {
            true => Severity::Error,
            false => Severity::Information,
        };
        Some(Diagnostic {
            origin: Origin::Run,
            elsewhere: shown.and_then(|shown| in_response(shown, at)).into_iter().collect(),
            ..Diagnostic::new(
                failure.code,
                severity,
                document.span_range(failure.span)?,
                failure.message.clone(),
            )
        })
    })
}

/// Where the actual value of the failure at `at` stands in the text of the response.
fn in_response(shown: &ShownReply, at: usize) -> Option<Elsewhere> {
    let place = shown.places.get(at)?.as_ref()?;
    let position = |position: LineColumn| (position.line, position.column);
    Some(Elsewhere {
        uri: shown.uri.clone(),
        range: position(place.start)..position(place.end),
        message: "the actual value".to_owned(),
    })
}

/// The gravest findings, in the order of the text.
fn limit(mut found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let more = found.len().saturating_sub(MAX_FINDINGS);
    if more == 0 {
        return found;
    }
    found.sort_by_key(|diagnostic| diagnostic.severity);
    found.truncate(MAX_FINDINGS);
    found.sort_by_key(|diagnostic| diagnostic.range.start);
    if let Some(last) = found.last_mut() {
        last.message.push_str(&format!(" (and {more} more in this file)"));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::testing::{FILE, fixture};
    use super::*;

    /// Code and marked text of what is found on the connection.
    fn of_connection(text: &str) -> Vec<String> {
        let (analysis, _) = fixture(text);
        let found = findings(&analysis, FILE).diagnostics.into_iter();
        found
            .filter(|found| matches!(found.code, "G206" | "G217" | "G218" | "G607" | "G613"))
            .map(|found| format!("{} {}", found.code, &text[found.range.clone()]))
            .collect()
    }

    #[test]
    fn details_of_a_status_are_checked_by_their_type() {
        let details = r#"[
  {"@type": "type.googleapis.com/google.rpc.BadRequest", "field_violations": [{"feld": "a", "description": 1}]},
  {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "5"},
  {"@type": "type.googleapis.com/shop.Item", "count": "many"},
  {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "*", "metadata": {"k": "v"}}
]"#;
        let text = format!(
            "--- ENDPOINT ---\nshop.Orders/Create\n--- ERROR ---\n{{\"code\": \"INTERNAL\", \"details\": {details}}}\n"
        );
        let (analysis, _) = fixture(&text);
        let found = findings(&analysis, FILE).diagnostics.into_iter();
        let typed: Vec<_> = found
            .filter(|found| found.code.starts_with("G3"))
            .map(|found| format!("{} {}", found.code, &text[found.range.clone()]))
            .collect();
        assert_eq!(typed, ["G307 \"feld\"", "G308 1", "G310 \"5\"", "G310 \"many\""]);
    }

    #[test]
    fn a_response_without_a_message_is_wrong_where_one_always_comes() {
        let found = |endpoint: &str, section: &str| {
            let text = format!("--- ENDPOINT ---\n{endpoint}\n{section}\n");
            let (analysis, _) = fixture(&text);
            let found = findings(&analysis, FILE).diagnostics.into_iter();
            let found = found.filter(|found| matches!(found.code, "G314" | "G614"));
            let shown = |found: Diagnostic| {
                let fixes = found.fixes.iter().map(|fix| fix.title.as_str()).collect::<Vec<_>>();
                let marked = &text[found.range.clone()];
                format!("{:?} {} {marked} {fixes:?}", found.severity, found.code)
            };
            found.map(shown).collect::<Vec<_>>().join("\n")
        };
        let wrong = r#"Error G314 RESPONSE ["Add {}"]"#;
        let hint = r#"Hint G614 RESPONSE ["Add {}"]"#;
        assert_eq!(found("shop.Orders/Create", "--- RESPONSE ---"), wrong);
        assert_eq!(found("shop.Orders/Create", "--- RESPONSE ---\n# none"), wrong);
        assert_eq!(found("shop.Orders/Create", "--- RESPONSE ---\n{}"), "");
        assert_eq!(found("shop.Orders/Create", "#[skip]\n--- RESPONSE ---\n"), hint);
        assert_eq!(found("shop.Orders/List", "--- RESPONSE ---"), hint);
        assert_eq!(found("shop.Orders/Unknown", "--- RESPONSE ---"), hint);
    }

    #[test]
    fn connections_that_cannot_be() {
        let call = "--- ENDPOINT ---\nshop.Orders/List\n--- RESPONSE ---\n{}\n";
        let none: [&str; 0] = [];
        let found = |head: &str| of_connection(&format!("{head}{call}"));
        assert_eq!(found(""), ["G607 shop.Orders/List"]);
        assert_eq!(found("--- ADDRESS ---\nh:1\n"), none);
        assert_eq!(found("--- ADDRESS ---\nh\n"), ["G206 h"]);
        assert_eq!(found("--- ADDRESS ---\nhttp://h\n--- TLS ---\n"), ["G218 http://h"]);
        assert_eq!(
            found("--- ADDRESS ---\nh:1\n--- TLS ---\ncert: a\n"),
            ["G217 --- TLS ---"]
        );
        let headers = "--- REQUEST_HEADERS ---\nAuthorization: x\nx-id: 1\n";
        let sent = |address: &str| found(&format!("--- ADDRESS ---\n{address}\n{headers}"));
        assert_eq!(sent("h:1"), ["G613 Authorization"]);
        for address in ["127.0.0.1:1", "localhost:1", "https://h", "{{ host }}:1"] {
            assert_eq!(sent(address), none, "{address}");
        }
        let carried = format!("--- ADDRESS ---\nhttp://h\n{call}--- TLS ---\n{call}");
        assert_eq!(of_connection(&carried), ["G218 TLS"]);
    }
}
