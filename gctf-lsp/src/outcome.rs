//! What came of a run, as data that points into the text it speaks of.

use crate::eval::template::Variables;
use crate::syntax::TokenSpan;
use crate::text::Edit;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

/// How a document's run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Passed,
    /// At least one failure with an error's weight.
    Failed,
    Skipped,
    Cancelled,
}

/// The outcome of one document.
#[derive(Clone, Debug)]
pub struct DocumentOutcome {
    /// Hash of the text that was run, without layout and comments; an outcome speaks of no other text. Whoever shows it
    /// beside a text sets it: a run leaves it 0.
    pub text_hash: u64,
    pub verdict: Verdict,
    pub duration: Duration,
    /// Comparisons and assertion lines that were looked at.
    pub checks: usize,
    /// How many of them failed.
    pub failed_checks: usize,
    /// Everything that went wrong or is worth a note, in the order of the text.
    pub failures: Vec<Failure>,
    /// What would make the expected messages those that came, in bytes of the document that ran.
    pub accept: Vec<Edit>,
    /// What the server sent; `None` when no call was made.
    pub reply: Option<Arc<Reply>>,
    /// What the document knew at its end; only where the run was asked to keep it.
    pub variables: Option<Arc<Variables>>,
    /// Values of the environment that the document read, which no output shows; the longest first.
    pub secrets: Vec<String>,
}

/// One failed check, or why no check could be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// A `G5…` number, or the number of the static error behind it.
    pub code: &'static str,
    /// Notes (`false`) do not change the verdict.
    pub fatal: bool,
    /// The tokens it speaks of; they survive edits of layout and comments.
    pub span: TokenSpan,
    /// For the editor, where the range says where: leads with the actual value.
    pub message: String,
    /// For text reports: names path, expected and actual value.
    pub report: String,
    /// The expected value as JSON text, where one is known.
    pub expected: Option<String>,
    /// The actual value as JSON text, where one is known.
    pub actual: Option<String>,
    /// Where the actual value stands in what came, where it is a part of a message.
    pub came: Option<Came>,
}

/// A place in the messages of a [`Reply`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Came {
    /// The number of the message, from 0.
    pub message: usize,
    /// Bytes of the message's text as views show it; the nearest container of a value that is missing.
    pub range: Range<usize>,
}

/// What a server answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// Initial metadata in order; `-bin` values as padded base64.
    pub headers: Vec<(String, String)>,
    /// Messages as they are shown (proto names, 64-bit integers as strings).
    pub messages: Vec<Arc<serde_json::Value>>,
    /// How many more came that are not kept: a stream may be longer than memory.
    pub dropped: usize,
    pub trailers: Vec<(String, String)>,
    /// gRPC status code, 0 for OK and for a call that was cancelled when everything was checked.
    pub code: i32,
    pub status_message: String,
    /// Decoded details.
    pub details: Vec<serde_json::Value>,
    /// From the call's start to its end.
    pub elapsed: Duration,
    /// Whether nobody waited for its end.
    pub is_cut: bool,
}

impl Failure {
    /// What fits on a lens: the status of a failed call, or the kind of fault if it is no error of the text.
    pub fn title(&self) -> Option<&str> {
        let head = self.message.split([' ', ':']).next().unwrap_or_default();
        let is_status = head.len() > 1 && head.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
        match self.code {
            _ if is_status => Some(head),
            "G511" => Some("UNAVAILABLE"),
            "G512" => Some("TLS"),
            "G513" => Some("no schema"),
            "G521" => Some("errors in the file"),
            _ => None,
        }
    }
}

impl Reply {
    /// A reply that is a status alone.
    pub fn of_status(message: &str, code: i32) -> Self {
        Self {
            headers: Vec::new(),
            messages: Vec::new(),
            dropped: 0,
            trailers: Vec::new(),
            code,
            status_message: message.to_owned(),
            details: Vec::new(),
            elapsed: Duration::ZERO,
            is_cut: false,
        }
    }

    /// The reply with its messages counted only.
    pub fn without_messages(&self) -> Self {
        Self {
            headers: self.headers.clone(),
            messages: Vec::new(),
            dropped: self.dropped + self.messages.len(),
            trailers: self.trailers.clone(),
            status_message: self.status_message.clone(),
            details: self.details.clone(),
            ..*self
        }
    }
}

impl DocumentOutcome {
    /// The outcome of a run that the user stopped.
    pub fn cancelled(text_hash: u64) -> Self {
        Self {
            text_hash,
            verdict: Verdict::Cancelled,
            duration: Duration::ZERO,
            checks: 0,
            failed_checks: 0,
            failures: Vec::new(),
            accept: Vec::new(),
            reply: None,
            variables: None,
            secrets: Vec::new(),
        }
    }

    /// The short name of the status of a failed call, as in `UNAVAILABLE`; `None` when checks failed or all passed.
    pub fn call_failure(&self) -> Option<&Failure> {
        let fatal = |failure: &&Failure| failure.fatal;
        self.failures.iter().find(fatal).filter(|_| self.failed_checks == 0)
    }
}
