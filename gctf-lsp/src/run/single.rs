//! The sections of a call that answers once, in the order of the file. The call has ended before the first.

use super::checks::{Checker, Ledger, Subject, View, assertions, status_text};
use crate::eval::compare::quoted;
use crate::eval::error::Received;
use crate::eval::jq::{CallContext, Input};
use crate::outcome::Reply;
use crate::spec::SectionKind;
use crate::status::Origin;
use crate::syntax::Section;
use prost_reflect::MethodDescriptor;
use serde_json::Value as Json;
use std::borrow::Cow;
use std::sync::Arc;

/// A finished call.
pub(super) struct Single {
    pub(super) reply: Arc<Reply>,
    /// Its status.
    pub(super) received: Received,
}

impl Single {
    /// A call that never reached the server.
    pub(super) fn unreachable(message: String) -> Self {
        let received = Received {
            code: crate::status::UNAVAILABLE,
            message,
            details: Vec::new(),
            types: Vec::new(),
            origin: Origin::Unreachable,
        };
        Self {
            reply: Arc::new(Reply::of_status(&received.message, received.code)),
            received,
        }
    }

    /// Checks every section.
    pub(super) fn check(&self, checker: &Checker, ledger: &mut Ledger) {
        let mut expects = false;
        let mut before = Before::Nothing;
        let mut messages = 0;
        let input = Input::new(self.input());
        let call = self.call_context();
        let view = View {
            subject: match self.is_ok() {
                true => Subject::Message,
                false => Subject::Status,
            },
            number: self.is_ok().then_some(0),
            input: &input,
            call: &call,
        };
        for (_, section) in checker.sections() {
            match section.kind {
                SectionKind::Response => {
                    expects = true;
                    before = Before::Response;
                    messages += section.values().len() * section.repeats();
                    self.response(checker, section, messages, ledger);
                }
                SectionKind::Error => {
                    expects = true;
                    before = Before::Error;
                    match self.is_ok() {
                        true => checker.no_error(section, &self.first_message("OK"), ledger),
                        false => checker.error(section, &self.received, ledger),
                    }
                }
                SectionKind::Asserts => {
                    expects = true;
                    match self.is_expected(checker, section, before) {
                        true => checker.assert(section, view, ledger),
                        false => {
                            ledger.failures.checks += assertions(section).len();
                            self.failed_call(checker, ledger);
                        }
                    }
                }
                SectionKind::Extract if self.is_ok() || ledger.failures.is_empty() => {
                    checker.extract(section, view, ledger);
                }
                _ => {}
            }
        }
        if !expects {
            nothing_expected(&self.first_message(&status_text(&self.received)), ledger);
        }
    }

    fn is_ok(&self) -> bool {
        self.received.code == 0
    }

    fn first_message(&self, otherwise: &str) -> String {
        let first = self.reply.messages.first();
        first.map_or_else(|| otherwise.to_owned(), |message| quoted(message))
    }

    /// Whether an ASSERTS may look at what came.
    fn is_expected(&self, checker: &Checker, section: &Section, before: Before) -> bool {
        match before {
            Before::Error => true,
            Before::Nothing => self.is_ok() || checker.reads_status(section, self.received.origin),
            Before::Response => self.is_ok(),
        }
    }

    /// A message was expected, and a status came. Said once.
    fn failed_call(&self, checker: &Checker, ledger: &mut Ledger) {
        let range = ledger.failures.endpoint_range();
        if ledger.failures.is_empty() {
            checker.failed_call(&self.received, &range, &mut ledger.failures);
        }
    }

    /// `messages` are those that the document has expected so far, this section's included.
    fn response(&self, checker: &Checker, section: &Section, messages: usize, ledger: &mut Ledger) {
        ledger.failures.checks += 1;
        if !self.is_ok() {
            ledger.failures.failed_checks += usize::from(self.received.origin == Origin::Server);
            return self.failed_call(checker, ledger);
        }
        let expected = section.values();
        if messages > 1 {
            let range = expected
                .get(1)
                .or(expected.first())
                .map_or(&section.header, |value| &value.range);
            let name = checker.method.as_ref().map_or("the method", MethodDescriptor::name);
            let message = format!("{name} answers with one message: delete the others");
            return ledger.fail_check("G314", range, message);
        }
        match (expected.first(), self.reply.messages.first()) {
            (Some(expected), Some(actual)) => checker.compare(section, expected, (0, actual), ledger),
            (None, Some(actual)) => {
                let got = quoted(actual);
                let text = format!("got {got}, and an empty RESPONSE expects no message: write `{{}}`");
                ledger.fail_check("G508", &section.header, text);
            }
            (Some(expected), None) => {
                ledger.fail_check("G507", &expected.range, "the call ended without a message");
            }
            (None, None) => {}
        }
    }

    /// What expressions look at: the message, or the status of a failed call.
    fn input(&self) -> Cow<'_, Json> {
        match (self.is_ok(), self.reply.messages.first()) {
            (true, Some(message)) => Cow::Borrowed(message),
            (true, None) => Cow::Owned(Json::Null),
            (false, _) => Cow::Owned(self.received.to_json()),
        }
    }

    fn call_context(&self) -> CallContext {
        let elapsed = u64::try_from(self.reply.elapsed.as_millis()).unwrap_or(u64::MAX);
        CallContext {
            headers: self.reply.headers.clone(),
            trailers: self.reply.trailers.clone(),
            elapsed_ms: elapsed,
            total_elapsed_ms: elapsed,
            message_count: 1,
            index: 1,
        }
    }
}

/// Fails a document that expects nothing, with what came.
pub(super) fn nothing_expected(got: &str, ledger: &mut Ledger) {
    let range = ledger.failures.endpoint_range();
    let got = crate::eval::compare::cut(got);
    let text = format!("got {got}, and nothing is expected: add RESPONSE, ERROR or ASSERTS");
    ledger.fail("G202", &range, text);
}

/// What the sections above an ASSERTS looked at.
#[derive(Clone, Copy)]
enum Before {
    Nothing,
    Response,
    Error,
}
