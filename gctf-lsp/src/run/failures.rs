//! Collecting what goes wrong in a document, by the tokens that it speaks of.

use crate::eval::error::Received;
use crate::outcome::{DocumentOutcome, Failure, Reply, Verdict};
use crate::spec::SectionKind;
use crate::status::{DEADLINE_EXCEEDED, Origin, UNAVAILABLE};
use crate::syntax::{Document, SourceFile};
use crate::text::Edit;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

/// Most findings that a document keeps: a long stream can fail again and again.
const MAX_FINDINGS: usize = 200;

/// The failures of one document so far.
#[derive(Default)]
pub(super) struct Failures {
    document: Option<Arc<Document>>,
    text_hash: u64,
    /// Values of the environment that the document reads, which no output shows.
    secrets: Vec<String>,
    found: Vec<Failure>,
    accept: Vec<Edit>,
    pub(super) checks: usize,
    pub(super) failed_checks: usize,
    pub(super) reply: Option<Arc<Reply>>,
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
}

impl Failures {
    pub(super) fn new(source: &SourceFile, index: usize) -> Self {
        Self {
            document: source.document(index).map(|(_, document)| Arc::clone(document)),
            text_hash: source.run_hash(index, source.in_force(index)),
            ..Self::default()
        }
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

    /// Keeps what would make an expected value the one that came; of a value that is compared again the first
    /// time counts, and secrets do not go into files.
    pub(super) fn offer(&mut self, value: &Range<usize>, edits: Vec<Edit>) {
        let inside = |edit: &Edit| value.start <= edit.range.start && edit.range.end <= value.end;
        let secret = |edit: &Edit| self.secrets.iter().any(|secret| edit.text.contains(secret.as_str()));
        if !self.accept.iter().any(inside) && !edits.iter().any(secret) {
            self.accept.extend(edits);
        }
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
        });
    }

    /// Hides what the document reads of `environment` from here on.
    pub(super) fn hide(&mut self, environment: &BTreeMap<String, String>) {
        let Some(document) = &self.document else { return };
        let text = document.text();
        let behind = ["env.", "ENV.", "@env(\""];
        let pieces = behind.iter().flat_map(|mark| text.split(mark).skip(1));
        let values = pieces.filter_map(|piece| {
            let word = |character: char| character.is_ascii_alphanumeric() || character == '_';
            let name = piece.split(|character| !word(character)).next()?;
            environment.get(name).filter(|value| !value.is_empty()).cloned()
        });
        self.secrets = values.collect();
        // The longest first: one may be a part of another.
        self.secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    }

    fn masked(&self, text: String) -> String {
        self.secrets
            .iter()
            .fold(text, |text, secret| text.replace(secret.as_str(), "***"))
    }

    pub(super) fn is_empty(&self) -> bool {
        !self.found.iter().any(|failure| failure.fatal)
    }

    pub(super) fn outcome(self, verdict: Verdict, duration: Duration) -> DocumentOutcome {
        DocumentOutcome {
            text_hash: self.text_hash,
            verdict,
            duration,
            checks: self.checks,
            failed_checks: self.failed_checks,
            failures: self.found,
            accept: self.accept,
            reply: self.reply,
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

fn sentence(code: &'static str, range: &Range<usize>, message: String) -> Finding {
    Finding {
        code,
        range: range.clone(),
        report: message.clone(),
        message,
        expected: None,
        actual: None,
    }
}
