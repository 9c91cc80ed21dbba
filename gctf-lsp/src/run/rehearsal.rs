//! A document of a dry run: everything up to the call, and what would be called. Dials nothing.

use super::checks::Checker;
use super::failures::Failures;
use super::prepare::{Attempt, NoCall};
use super::{RunItem, Runner, fixtures};
use crate::diagnostic::{Diagnostic, Severity};
use crate::eval::encode::to_message;
use crate::eval::template::{Unresolved, Variables, names, substitute};
use crate::grpc::connection::Connection;
use crate::outcome::{DocumentOutcome, Verdict};
use crate::spec::SectionKind;
use crate::syntax::json::Value;
use crate::syntax::{Document, Outside, Section, file_structure_with};
use crate::target::{SchemaSource, Target};
use prost_reflect::MethodDescriptor;
use std::collections::BTreeSet;
use std::ops::Range;
use std::time::Duration;

/// What would come of a document as far as no call decides it; what only other calls set is taken for set.
pub(super) async fn run(
    runner: &Runner,
    item: &RunItem,
    index: usize,
    checker: &Checker,
    variables: &Variables,
    mut failures: Failures,
) -> DocumentOutcome {
    let mut rehearsal = Rehearsal {
        attempt: Attempt {
            runner,
            item,
            index,
            document: &checker.document,
            checker,
            failures: &mut failures,
        },
        variables,
    };
    rehearsal.broken_lines();
    // The failures tell why there would be no call.
    let place = rehearsal.call().await.unwrap_or_default();
    if !failures.is_empty() {
        return failures.finish(Duration::ZERO);
    }
    let range = failures.endpoint_range();
    failures.note("G525", &range, place);
    failures.outcome(Verdict::Skipped, Duration::ZERO)
}

/// A document on its way to a call that is not made.
struct Rehearsal<'a> {
    attempt: Attempt<'a>,
    variables: &'a Variables,
}

impl Rehearsal<'_> {
    /// What fails whatever the server answers.
    fn broken_lines(&mut self) {
        let document = self.attempt.document;
        let fatal = document.structure().iter().filter(|found| {
            let fails = found.code.starts_with("G4") || found.code == "G202";
            fails && found.severity == Severity::Error
        });
        let fatal: Vec<_> = fatal.cloned().chain(self.unknown_variables()).collect();
        let skipped = |at: usize| {
            let mut sections = document.sections().iter();
            sections.any(|section| section.is_skipped() && section.range().contains(&at))
        };
        for found in fatal.into_iter().filter(|found| !skipped(found.range.start)) {
            self.attempt.failures.fail(found.code, &found.range, found.message);
        }
    }

    /// The names in expressions that neither the row nor a call sets.
    fn unknown_variables(&self) -> Vec<Diagnostic> {
        let source = &self.attempt.item.source;
        let Some((start, document)) = source.document(self.attempt.index) else {
            return Vec::new();
        };
        let mut known: BTreeSet<String> = self.variables.values.keys().cloned().collect();
        known.extend(self.setup_names().into_iter().flatten().cloned());
        let found = file_structure_with(source, Outside::Known(&known)).into_iter();
        let own = start..start + document.text().len();
        let unknown = found.filter(|found| found.code == "G405" && own.contains(&found.range.start));
        unknown
            .map(|found| Diagnostic {
                range: found.range.start - start..found.range.end - start,
                ..found
            })
            .collect()
    }

    fn setup_names(&self) -> Option<&BTreeSet<String>> {
        let folder = fixtures::folder(self.attempt.item)?;
        Some(&self.attempt.runner.setups.get(&folder)?.variables)
    }

    /// Where the call would go, in words.
    async fn call(&mut self) -> Result<String, NoCall> {
        self.attempt.refuse_no_endpoint()?;
        let written = self.address();
        let target = match self.is_open(&written) {
            true => None,
            false => Some(self.attempt.place(self.variables)?),
        };
        let headers = self.header_texts();
        if !headers.iter().any(|text| self.is_open(text)) {
            self.attempt.metadata(self.variables)?;
        }
        self.templates();
        let Some(target) = target else {
            let written = written.trim();
            return Ok(format!("would call {written}, where an earlier call says what that is"));
        };
        Connection::check(&target).map_err(|failure| self.fail("G512", failure.message))?;
        let source = self.attempt.settings().schema_source(&target, Vec::new());
        if !matches!(source, SchemaSource::Reflection { .. }) {
            let method = self.method(&source).await?;
            self.requests(&method)?;
        }
        Ok(sentence(&target, &source))
    }

    async fn method(&mut self, source: &SchemaSource) -> Result<MethodDescriptor, NoCall> {
        let schema = self.attempt.runner.targets.schema(source).await;
        let schema = schema.map_err(|failure| self.fail("G513", format!("no schema: {}", failure.message)))?;
        let method = self.attempt.method(&schema)?;
        self.attempt.refuse_order(&method)?;
        self.attempt.check_requests(&method)?;
        Ok(method)
    }

    /// The messages with the columns of the row in them.
    fn requests(&mut self, method: &MethodDescriptor) -> Result<(), NoCall> {
        for value in values(self.attempt.document, &[SectionKind::Request]) {
            // What a later call sets has no value yet; what nothing sets has been told.
            let Ok(value) = substitute(value, self.variables) else {
                continue;
            };
            if let Err(error) = to_message(&value, &method.input()) {
                self.attempt.failures.fail("G516", &error.range, error.message);
                return Err(NoCall);
            }
        }
        Ok(())
    }

    /// Templates of messages that neither the row nor an earlier call sets.
    fn templates(&mut self) {
        let kinds = [SectionKind::Request, SectionKind::Response, SectionKind::Error];
        for value in values(self.attempt.document, &kinds) {
            if let Err(unresolved) = substitute(value, self.variables)
                && !self.is_set_later(&unresolved.name)
            {
                self.unresolved(&unresolved);
            }
        }
    }

    fn unresolved(&mut self, unresolved: &Unresolved) {
        let message = unresolved.message();
        self.attempt.failures.fail("G514", &unresolved.range, message);
    }

    fn address(&self) -> String {
        self.attempt.settings().address_text().to_owned()
    }

    fn header_texts(&self) -> Vec<String> {
        let sections = self.attempt.document.sections_of(SectionKind::RequestHeaders);
        sections
            .flat_map(Section::entries)
            .map(|entry| entry.value.text.clone())
            .collect()
    }

    /// Whether only another call tells what a text stands for.
    fn is_open(&self, text: &str) -> bool {
        let unknown = |(_, name): &(Range<usize>, &str)| self.variables.get(name).is_none() && self.is_set_later(name);
        names(text).iter().any(unknown)
    }

    /// Whether an EXTRACT that does not run would set a name.
    fn is_set_later(&self, name: &str) -> bool {
        let root = name.split('.').next().unwrap_or(name);
        let item = self.attempt.item;
        let documents = item.source.documents().take(self.attempt.index + 1);
        let by_file = documents
            .into_iter()
            .any(|(_, document)| document.defined_variables().contains(root));
        by_file || self.setup_names().is_some_and(|names| names.contains(root))
    }

    fn fail(&mut self, code: &'static str, message: String) -> NoCall {
        let range = self.attempt.failures.endpoint_range();
        self.attempt.failures.fail(code, &range, message);
        NoCall
    }
}

/// The values of the sections of these kinds that are executed.
fn values<'a>(document: &'a Document, kinds: &[SectionKind]) -> Vec<&'a Value> {
    let sections = document.sections().iter();
    let executed = sections.filter(|section| kinds.contains(&section.kind) && !section.is_skipped());
    executed.flat_map(Section::values).collect()
}

fn sentence(target: &Target, source: &SchemaSource) -> String {
    let wire = match &target.tls {
        None => "plaintext",
        Some(tls) if tls.identity.is_some() => "TLS with a client certificate",
        Some(_) => "TLS",
    };
    let schema = match source {
        SchemaSource::Reflection { .. } => "by reflection".to_owned(),
        files => format!("from {files}"),
    };
    format!("would call {target}, {wire}, schema {schema}")
}
