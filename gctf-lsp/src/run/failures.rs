//! Collecting what goes wrong in a document, by the tokens that it speaks of.

use super::budget::Budget;
use crate::eval::error::Received;
use crate::outcome::{Came, DocumentOutcome, Failure, Reply, Verdict};
use crate::schema::json::footprint;
use crate::spec::SectionKind;
use crate::status::{DEADLINE_EXCEEDED, Origin, UNAVAILABLE};
use crate::syntax::{Document, SourceFile};
use crate::text::Edit;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

/// Most findings that a document keeps: a long stream can fail again and again.
const MAX_FINDINGS: usize = 200;

/// Most bytes of edits that a document offers.
const MAX_EDITS: usize = 64 << 20;

/// The failures of one document so far.
#[derive(Default)]
pub(super) struct Failures {
    document: Option<Arc<Document>>,
    /// Values of the environment that the document reads, which no output shows.
    secrets: Vec<String>,
    found: Vec<Failure>,
    /// Failures that are not kept.
    unlisted: usize,
    accept: Vec<Edit>,
    /// Where the values start that the edits are for.
    offered: BTreeSet<usize>,
    offered_bytes: usize,
    /// What the run may keep.
    budget: Arc<Budget>,
    pub(super) checks: usize,
    pub(super) failed_checks: usize,
    reply: Option<Arc<Reply>>,
    /// Whether a status is at fault that may be another one the next time.
    pub(super) is_transient: bool,
}

/// What a failed check says.
pub(super) struct Finding {
    pub(super) code: &'static str,
    /// Bytes of the document.
    pub(super) range: Range<usize>,
    pub(super) message: String,
    pub(super) report: String,
    pub(super) expected: Option<String>,
    pub(super) actual: Option<String>,
    pub(super) came: Option<Came>,
}

impl Failures {
    pub(super) fn new(source: &SourceFile, index: usize) -> Self {
        Self {
            document: source.document(index).map(|(_, document)| Arc::clone(document)),
            ..Self::default()
        }
    }

    /// The same of a document that takes its room from `budget`.
    pub(super) fn within(self, budget: &Arc<Budget>) -> Self {
        let budget = Arc::clone(budget);
        Self { budget, ..self }
    }

    pub(super) fn budget(&self) -> Arc<Budget> {
        Arc::clone(&self.budget)
    }

    /// Remembers that a status failed the document, if it is one that trying again may cure.
    pub(super) fn blame(&mut self, received: &Received) {
        let passing = matches!(received.code, DEADLINE_EXCEEDED | UNAVAILABLE);
        self.is_transient |= passing && received.origin != Origin::Local;
    }

    /// The ENDPOINT's value, or the first header, or the start.
    pub(super) fn endpoint_range(&self) -> Range<usize> {
        let Some(document) = &self.document else {
            return 0..0;
        };
        let endpoint = document.endpoint().map(|line| line.range.clone());
        let header = || {
            document
                .sections_of(SectionKind::Endpoint)
                .next()
                .map(|section| section.header.clone())
        };
        let first = || document.sections().first().map(|section| section.header.clone());
        endpoint.or_else(header).or_else(first).unwrap_or(0..0)
    }

    /// Whether the value at `value` may still be offered edits: of one that is compared again the first time counts.
    pub(super) fn takes_offers(&self, value: &Range<usize>) -> bool {
        self.offered_bytes <= MAX_EDITS && !self.offered.contains(&value.start)
    }

    /// Keeps what would make an expected value the one that came. Secrets do not go into files. Where it is too much
    /// none of it is kept: a document that is accepted in parts would still fail.
    pub(super) fn offer(&mut self, value: &Range<usize>, edits: Vec<Edit>) {
        let secret = |edit: &Edit| self.secrets.iter().any(|secret| edit.text.contains(secret.as_str()));
        if edits.is_empty() || edits.iter().any(secret) {
            return;
        }
        let bytes = edits.iter().map(|edit| size_of::<Edit>() + edit.text.len());
        self.offered_bytes += bytes.sum::<usize>();
        self.offered.insert(value.start);
        match self.offered_bytes <= MAX_EDITS {
            true => self.accept.extend(edits),
            false => self.accept = Vec::new(),
        }
    }

    /// Keeps what came, its messages as far as the run has room for them.
    pub(super) fn keep(&mut self, reply: &Arc<Reply>) {
        let bytes = reply.messages.iter().map(|message| footprint(message)).sum();
        self.reply = Some(match self.budget.take(bytes) {
            true => Arc::clone(reply),
            false => Arc::new(reply.without_messages()),
        });
    }

    /// Keeps what came of a stream, whose messages have found their room one by one.
    pub(super) fn keep_stream(&mut self, reply: Reply) {
        self.reply = Some(Arc::new(reply));
    }

    pub(super) fn add(&mut self, finding: Finding) {
        self.push(finding, true);
    }

    /// A failure whose message and report are the same sentence.
    pub(super) fn fail(&mut self, code: &'static str, range: &Range<usize>, message: impl Into<String>) {
        self.push(sentence(code, range, message.into()), true);
    }

    /// Something worth knowing that does not change the verdict.
    pub(super) fn note(&mut self, code: &'static str, range: &Range<usize>, message: impl Into<String>) {
        self.push(sentence(code, range, message.into()), false);
    }

    fn push(&mut self, finding: Finding, fatal: bool) {
        let Some(document) = &self.document else { return };
        if self.found.len() >= MAX_FINDINGS && (!fatal || !self.is_empty()) {
            self.unlisted += usize::from(fatal);
            return;
        }
        self.found.push(Failure {
            code: finding.code,
            fatal,
            span: document.token_span(&finding.range),
            message: self.masked(finding.message),
            report: self.masked(finding.report),
            expected: finding.expected.map(|text| self.masked(text)),
            actual: finding.actual.map(|text| self.masked(text)),
            came: finding.came,
        });
    }

    /// Hides what the document reads of `environment` from here on.
    pub(super) fn hide(&mut self, environment: &BTreeMap<String, String>) {
        if let Some(document) = &self.document {
            self.secrets = secrets_of(document, environment);
        }
    }

    fn masked(&self, text: String) -> String {
        self.secrets
            .iter()
            .fold(text, |text, secret| text.replace(secret.as_str(), "***"))
    }

    /// Whether no more failures are kept.
    pub(super) fn is_full(&self) -> bool {
        self.found.len() >= MAX_FINDINGS && !self.is_empty()
    }

    /// Counts a failure that there is no room for.
    pub(super) fn pass_over(&mut self) {
        self.unlisted += 1;
    }

    pub(super) fn is_empty(&self) -> bool {
        !self.found.iter().any(|failure| failure.fatal)
    }

    pub(super) fn outcome(mut self, verdict: Verdict, duration: Duration) -> DocumentOutcome {
        let last = self.found.iter_mut().rfind(|failure| failure.fatal);
        if let (Some(last), 1..) = (last, self.unlisted) {
            let more = format!("; and {} more failures", self.unlisted);
            last.message.push_str(&more);
            last.report.push_str(&more);
        }
        DocumentOutcome {
            text_hash: 0,
            verdict,
            duration,
            checks: self.checks,
            failed_checks: self.failed_checks,
            failures: self.found,
            accept: self.accept,
            reply: self.reply,
            variables: None,
            secrets: self.secrets,
        }
    }

    /// Failed if anything fatal was found.
    pub(super) fn finish(self, duration: Duration) -> DocumentOutcome {
        let verdict = match self.is_empty() {
            true => Verdict::Passed,
            false => Verdict::Failed,
        };
        self.outcome(verdict, duration)
    }
}

/// The values that a document reads of `environment`, which no output shows: the longest first, since one may be a part of
/// another.
pub fn secrets_of(document: &Document, environment: &BTreeMap<String, String>) -> Vec<String> {
    let text = document.text();
    let behind = ["env.", "ENV.", "@env(\""];
    let pieces = behind.iter().flat_map(|mark| text.split(mark).skip(1));
    let values = pieces.filter_map(|piece| {
        let word = |character: char| character.is_ascii_alphanumeric() || character == '_';
        let name = piece.split(|character| !word(character)).next()?;
        environment.get(name).filter(|value| !value.is_empty()).cloned()
    });
    let mut secrets: Vec<_> = values.collect();
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    secrets.dedup();
    secrets
}

fn sentence(code: &'static str, range: &Range<usize>, message: String) -> Finding {
    Finding {
        code,
        range: range.clone(),
        report: message.clone(),
        message,
        expected: None,
        actual: None,
        came: None,
    }
}
