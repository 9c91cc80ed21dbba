//! A document against its method: the endpoint, how many messages go each way, and every body by its type.

use super::super::context::{Context, Same};
use crate::connection::split_endpoint;
use crate::diagnostic::{Diagnostic, Severity, Tag};
use crate::expr::plugins_in;
use crate::schema::shape::Shape;
use crate::schema::{Schema, Unknown};
use crate::spec::SectionKind;
use crate::syntax::json::{Data, Value};
use crate::syntax::settings::list_items;
use crate::syntax::{Document, Kept, Section};
use crate::types::body::{Rules, Side, check};
use prost_reflect::MethodDescriptor;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::ops::Range;
use std::sync::Arc;

/// What is wrong with the document for this schema, computed once for its text and what it inherits.
pub(super) fn findings(context: &Context<'_>, schema: &Arc<Schema>) -> Arc<Vec<Diagnostic>> {
    let options = Options::of(context);
    let kept = context.document.kept(Kept::Schema);
    kept.get((Same(schema.clone()), options.hash()), |_| {
        find(context.document, schema, &options)
    })
}

fn find(document: &Document, schema: &Schema, options: &Options<'_>) -> Vec<Diagnostic> {
    let mut found = by_method(document, schema, options);
    found.extend(super::drift::findings(document, schema));
    found
}

fn by_method(document: &Document, schema: &Schema, options: &Options<'_>) -> Vec<Diagnostic> {
    let Some((service, name, range)) = endpoint(document) else {
        return Vec::new();
    };
    let method = match schema.method(service, name) {
        Ok(method) => method,
        Err(unknown) => return vec![unknown_endpoint(unknown, service, name, range)],
    };
    let mut found = deprecated(&method, range);
    messages(document, &method, &mut found);
    found.extend(early_trailers(document, &method));
    for section in document.sections().iter().filter(|section| !section.is_skipped()) {
        body(document, section, &method, schema, options, &mut found);
    }
    found
}

/// Service and method as written, with their place.
fn endpoint(document: &Document) -> Option<(&str, &str, Range<usize>)> {
    let line = document.endpoint()?;
    let (service, method) = split_endpoint(&line.text)?;
    Some((service, method, line.range.clone()))
}

fn unknown_endpoint(unknown: Unknown, service: &str, method: &str, range: Range<usize>) -> Diagnostic {
    let slash = range.start + service.len();
    let (code, place, text, nearest) = match unknown {
        Unknown::Service { nearest } => {
            let text = format!("the server has no service \"{service}\"");
            ("G305", range.start..slash, text, nearest)
        }
        Unknown::Method { nearest } => {
            let text = format!("{service} has no method \"{method}\"");
            ("G306", slash + 1..range.end, text, nearest)
        }
    };
    match nearest {
        Some(name) => Diagnostic::error(code, place.clone(), format!("{text}; did you mean \"{name}\"?")).with_fix(
            format!("Change to \"{name}\""),
            place,
            name,
        ),
        None => Diagnostic::error(code, place, text),
    }
}

fn deprecated(method: &MethodDescriptor, range: Range<usize>) -> Vec<Diagnostic> {
    let own = method.method_descriptor_proto().options.as_ref();
    let service = method.parent_service();
    let whole = service.service_descriptor_proto().options.as_ref();
    let name = match () {
        () if own.is_some_and(|options| options.deprecated()) => method.name(),
        () if whole.is_some_and(|options| options.deprecated()) => service.name(),
        () => return Vec::new(),
    };
    let finding = Diagnostic::new("G318", Severity::Hint, range, format!("`{name}` is deprecated"));
    vec![Diagnostic {
        tag: Some(Tag::Deprecated),
        ..finding
    }]
}

/// More or fewer messages than the method takes and gives, and expectations that stand too early.
fn messages(document: &Document, method: &MethodDescriptor, found: &mut Vec<Diagnostic>) {
    let name = method.name();
    if let (Some(second), false) = (second_of(document, SectionKind::Request), method.is_client_streaming()) {
        let message = format!("{name} takes one request message: delete the others");
        found.push(Diagnostic::error("G313", second, message));
    }
    let both_ways = method.is_client_streaming() && method.is_server_streaming();
    if let Some(early) = document.early_expectation().filter(|_| !both_ways) {
        let message = format!(
            "{} stands before the last REQUEST, and {name} answers only after it: move it down",
            early.name
        );
        found.push(Diagnostic::error("G315", early.name_range.clone(), message));
    }
    if method.is_server_streaming() {
        return;
    }
    if let Some(second) = second_of(document, SectionKind::Response) {
        let message = format!("{name} answers with one message: delete the others");
        found.push(Diagnostic::error("G314", second, message));
    }
    // What the text alone only hints at, as the method may be a stream.
    let empty = document.structure().iter().filter(|hint| hint.code == "G614");
    let is_executed =
        |hint: &&Diagnostic| executed(document, SectionKind::Response).any(|section| section.name_range == hint.range);
    found.extend(empty.filter(is_executed).map(|hint| Diagnostic {
        code: "G314",
        severity: Severity::Error,
        message: format!(
            "{name} always answers with a message, and an empty RESPONSE expects none: write `{{}}` for an empty message"
        ),
        ..hint.clone()
    }));
    let response = executed(document, SectionKind::Response).next();
    let error = executed(document, SectionKind::Error).next();
    if let (Some(response), Some(error)) = (response, error) {
        let message = format!("{name} answers with a message or an error, not with both: delete one section");
        let finding = Diagnostic::error("G209", error.name_range.clone(), message);
        found.push(finding.with_related(response.name_range.clone(), "the message is expected here"));
    }
}

/// Trailers that are read before the stream can have ended.
fn early_trailers(document: &Document, method: &MethodDescriptor) -> Vec<Diagnostic> {
    let last = document.sections().iter().rfind(|section| {
        let expects = matches!(section.kind, SectionKind::Response | SectionKind::Error);
        expects && !section.is_skipped()
    });
    let Some(last) = last.filter(|_| method.is_server_streaming()) else {
        return Vec::new();
    };
    let early = document
        .lines()
        .filter(|line| line.section.header.start < last.header.start);
    let plugins = early.filter(|line| !line.section.is_skipped()).flat_map(|line| {
        let plugins = plugins_in(line.code, line.place).into_iter();
        plugins.map(move |(name, range)| (name, range.start + line.range.start..range.end + line.range.start))
    });
    plugins
        .filter(|(name, _)| matches!(name.as_str(), "@trailer" | "@has_trailer"))
        .map(|(name, range)| {
            let message = format!(
                "trailers come at the end of the stream: move `{name}` below the last {}",
                last.name
            );
            Diagnostic::warning("G422", range, message)
        })
        .collect()
}

fn executed(document: &Document, kind: SectionKind) -> impl Iterator<Item = &Section> {
    document.sections_of(kind).filter(|section| !section.is_skipped())
}

/// The place of the second message in the sections of a kind, repeats counted.
fn second_of(document: &Document, kind: SectionKind) -> Option<Range<usize>> {
    let mut places = executed(document, kind).flat_map(|section| {
        let values: Vec<_> = match section.values() {
            [] if kind == SectionKind::Request => vec![section.name_range.clone()],
            values => values.iter().map(|value| value.range.clone()).collect(),
        };
        std::iter::repeat_n(values, section.repeats().min(2)).flatten()
    });
    places.nth(1)
}

fn body(
    document: &Document,
    section: &Section,
    method: &MethodDescriptor,
    schema: &Schema,
    options: &Options<'_>,
    found: &mut Vec<Diagnostic>,
) {
    let expected = Rules {
        schema: Some(schema),
        ..EXPECTED
    };
    match section.kind {
        SectionKind::Request => {
            let rules = Rules {
                requires: document.sections_of(SectionKind::Error).next().is_none(),
                schema: Some(schema),
                ..Rules::SENT
            };
            let shape = Shape::of_message(&method.input());
            let values = section.values().iter();
            found.extend(values.flat_map(|value| check(value, &shape, rules)));
        }
        SectionKind::Response => {
            let redacted = options.redacted(section);
            let rules = Rules {
                redacted: &redacted,
                tolerant: options.get(section, "tolerance").is_some(),
                ..expected
            };
            let shape = Shape::of_message(&method.output());
            let values = section.values().iter();
            found.extend(values.flat_map(|value| check(value, &shape, rules)));
        }
        SectionKind::Error => {
            let shape = Shape::Any(method.parent_pool().clone());
            let details = section.values().first().and_then(details).unwrap_or_default();
            found.extend(details.iter().flat_map(|detail| check(detail, &shape, expected)));
        }
        _ => {}
    }
}

const EXPECTED: Rules<'static> = Rules {
    side: Side::Reply,
    requires: false,
    redacted: &[],
    tolerant: false,
    schema: None,
};

/// The details that an ERROR expects.
fn details(error: &Value) -> Option<&[Value]> {
    let Data::Object(members) = &error.data else {
        return None;
    };
    let details = members.iter().rev().find(|member| member.key == "details")?;
    match &details.value.as_ref()?.data {
        Data::Array(items) => Some(items),
        _ => None,
    }
}

/// Comparison options: those of a section, else those of the OPTIONS in force.
struct Options<'a> {
    common: Option<&'a Section>,
}

impl<'a> Options<'a> {
    fn of(context: &Context<'a>) -> Self {
        let common = context.force().options.and_then(|at| {
            let (_, document) = context.source().document(at.document)?;
            document.sections().get(at.section)
        });
        Self { common }
    }

    fn get(&self, section: &Section, name: &str) -> Option<String> {
        let own = section.option(name).map(str::to_owned);
        own.or_else(|| Some(self.common?.setting(&[name])?.text))
    }

    /// Every name that a redaction speaks of, paths taken apart.
    fn redacted(&self, section: &Section) -> Vec<String> {
        let entries = self
            .get(section, "redact")
            .map_or_else(Vec::new, |text| list_items(&text));
        let names = entries.iter().flat_map(|entry| entry.split(['.', '[', ']', '$', '"']));
        names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
    }

    fn hash(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        for name in ["redact", "tolerance"] {
            let value = self.common.and_then(|section| section.setting(&[name]));
            value.map(|value| value.text).hash(&mut hasher);
        }
        hasher.finish()
    }
}

#[cfg(test)]
mod tests {
    use crate::ide::Analysis;
    use crate::ide::SchemaState;
    use crate::ide::diagnostics::findings;
    use crate::ide::testing::{FILE, SHOP, fixture, schema};
    use crate::schema::local::Local;
    use std::collections::{BTreeMap, BTreeSet};
    use std::sync::Arc;

    #[test]
    fn fields_on_which_two_sources_disagree_are_left_alone() {
        let text = "--- ENDPOINT ---\nshop.Orders/Create\n--- REQUEST ---\n{ \"customer_id\": 1, \"old\": 2, \"paid\": 3 }\n--- RESPONSE ---\n{ \"id\": 4, \"order\": { \"old\": 5 } }\n";
        let (mut analysis, _) = fixture(text);
        let marked = |analysis: &Analysis| -> Vec<String> {
            let found = findings(analysis, FILE).diagnostics.into_iter();
            found
                .filter(|found| found.code.starts_with("G3"))
                .map(|found| format!("{} {}", found.code, &text[found.range]))
                .collect()
        };
        assert_eq!(
            marked(&analysis),
            [
                "G308 1",
                "G318 \"old\"",
                "G308 2",
                "G308 3",
                "G308 4",
                "G318 \"old\"",
                "G308 5"
            ]
        );
        let proto = SHOP
            .replace("string old = 11", "int32 old = 11")
            .replace("string id = 1;", "string id = 4;");
        let compiled = schema(&proto).descriptors().clone();
        let local = Arc::new(Local::new(compiled, BTreeSet::new(), BTreeMap::new()));
        for state in Arc::make_mut(&mut analysis.schemas).values_mut() {
            let served = state.schema().unwrap().with_docs_of(Arc::clone(&local));
            *state = SchemaState::Ready(Arc::new(served));
        }
        assert_eq!(marked(&analysis), ["G308 1", "G308 3"]);
    }
}
