//! The sections that look at a reply, in the order of the file.

use super::document::status_code;
use super::failures::{Failures, Finding};
use super::plan::{repeats, skips};
use crate::eval::assertion::{self, Verdict};
use crate::eval::compare::{CompareOptions, Mismatch, compare};
use crate::eval::error::{Received, Strictness, match_error};
use crate::eval::jq::{CallContext, Fault, Scope};
use crate::eval::template::{Variables, substitute};
use crate::expr::{Engine, Place, is_type};
use crate::outcome::Reply;
use crate::schema::json::Defaults;
use crate::spec::SectionKind;
use crate::status::{Origin, code_name};
use crate::syntax::json::{Data, Value};
use crate::syntax::settings::{boolean, list_items};
use crate::syntax::{Body, Document, Expression, Extraction, Section};
use prost_reflect::{MessageDescriptor, MethodDescriptor};
use serde_json::Value as Json;
use std::ops::Range;

/// Most differences that one comparison reports.
const MAX_DIFFERENCES: usize = 20;

/// A finished call with the document that made it.
pub(super) struct Checker<'a> {
    pub(super) engine: &'a Engine,
    pub(super) document: &'a Document,
    /// The OPTIONS in force.
    pub(super) options: Option<&'a Section>,
    /// Unknown where no connection could be made.
    pub(super) method: Option<&'a MethodDescriptor>,
    pub(super) reply: &'a Reply,
    /// The types of the reply's details, where they are known.
    pub(super) detail_types: &'a [Option<MessageDescriptor>],
    pub(super) origin: Origin,
    /// How the reply's messages are shown.
    pub(super) defaults: Defaults,
}

impl Checker<'_> {
    /// Checks every section; EXTRACT sets `variables`.
    pub(super) fn check(&self, failures: &mut Failures, variables: &mut Variables) {
        let mut expects = false;
        let mut before = Before::Nothing;
        let mut messages = 0;
        for section in self.document.sections().iter().filter(|section| !skips(section)) {
            match section.kind {
                SectionKind::Response => {
                    expects = true;
                    before = Before::Response;
                    messages += section.values().len() * repeats(section);
                    self.response(section, messages, failures, variables);
                }
                SectionKind::Error => {
                    expects = true;
                    before = Before::Error;
                    self.error(section, failures, variables);
                }
                SectionKind::Asserts => {
                    expects = true;
                    self.asserts(section, before, failures, variables);
                }
                SectionKind::Extract => self.extract(section, failures, variables),
                _ => {}
            }
        }
        if !expects {
            self.nothing_expected(failures);
        }
    }

    fn nothing_expected(&self, failures: &mut Failures) {
        let range = failures.endpoint_range();
        let got = match self.reply.messages.first() {
            Some(message) => crate::eval::compare::cut(&message.to_string()),
            None => self.status_text(),
        };
        failures.fail(
            "G202",
            &range,
            format!("got {got}, and nothing is expected: add RESPONSE, ERROR or ASSERTS"),
        );
    }

    fn is_ok(&self) -> bool {
        self.reply.code == 0
    }

    fn status_text(&self) -> String {
        let Reply {
            code,
            status_message,
            details,
            ..
        } = self.reply;
        let mut text = format!("{} ({code})", code_name(*code));
        if !status_message.is_empty() {
            text.push_str(": ");
            text.push_str(status_message);
        }
        for detail in details {
            text.push_str("\n  ");
            text.push_str(&detail.to_string());
        }
        text
    }

    /// A message was expected, and a status came.
    fn failed_call(&self, range: &Range<usize>, failures: &mut Failures) {
        failures.fail(status_code(self.origin), range, self.status_text());
    }

    /// `messages` are those that the document has expected so far, this section's included.
    fn response(&self, section: &Section, messages: usize, failures: &mut Failures, variables: &Variables) {
        failures.checks += 1;
        if !self.is_ok() {
            failures.failed_checks += usize::from(self.origin == Origin::Server);
            let range = failures.endpoint_range();
            // An ASSERTS above may have said so already.
            if failures.is_empty() {
                self.failed_call(&range, failures);
            }
            return;
        }
        let expected = section.values();
        if messages > 1 {
            failures.failed_checks += 1;
            let range = expected
                .get(1)
                .or(expected.first())
                .map_or(&section.header, |value| &value.range);
            let name = self.method.map_or("the method", MethodDescriptor::name);
            failures.fail(
                "G314",
                range,
                format!("{name} answers with one message: delete the others"),
            );
            return;
        }
        match (expected.first(), self.reply.messages.first()) {
            (Some(expected), Some(actual)) => match substitute(expected, variables) {
                Ok(expected) => self.compare(section, &expected, actual, failures),
                Err(unresolved) => {
                    failures.failed_checks += 1;
                    failures.fail("G514", &unresolved.range.clone(), unresolved.message());
                }
            },
            (None, Some(actual)) => {
                failures.failed_checks += 1;
                let text = format!("got {actual}, and an empty RESPONSE expects no message: write `{{}}`");
                failures.fail("G508", &section.header, text);
            }
            (Some(expected), None) => {
                failures.failed_checks += 1;
                failures.fail("G507", &expected.range, "the call ended without a message");
            }
            (None, None) => {}
        }
    }

    fn compare(&self, section: &Section, expected: &Value, actual: &Json, failures: &mut Failures) {
        let output = self.method.map(MethodDescriptor::output);
        let found = compare(expected, actual, output.as_ref(), &self.compare_options(section));
        self.differences("G501", &found, failures);
    }

    fn differences(&self, code: &'static str, found: &[Mismatch], failures: &mut Failures) {
        failures.failed_checks += usize::from(!found.is_empty());
        for (at, mismatch) in found.iter().take(MAX_DIFFERENCES).enumerate() {
            let more = match found.len() - at - 1 {
                more if at + 1 == MAX_DIFFERENCES && more > 0 => format!("; and {more} more"),
                _ => String::new(),
            };
            failures.add(Finding {
                code,
                range: mismatch.range.clone(),
                message: format!("{}{more}", mismatch.editor_message()),
                report: format!("{}{more}", mismatch.report_message()),
                expected: mismatch.expected.clone(),
                actual: mismatch.actual.as_ref().map(Json::to_string),
            });
        }
    }

    /// The section's own options, else those of OPTIONS.
    fn compare_options(&self, section: &Section) -> CompareOptions {
        let option = |name: &str| {
            let common = || {
                self.options
                    .and_then(|options| options.setting(&[name]))
                    .map(|value| value.text)
            };
            section.option(name).map(str::to_owned).or_else(common)
        };
        let flag = |name: &str| option(name).is_some_and(|value| boolean(&value) == Some(true));
        CompareOptions {
            partial: flag("partial") || section.option("type") == Some("partial"),
            unordered_arrays: flag("unordered_arrays"),
            tolerance: option("tolerance").and_then(|value| value.replace('_', "").parse().ok()),
            redact: option("redact").map_or_else(Vec::new, |value| list_items(&value)),
            defaults: self.defaults,
        }
    }

    fn received(&self) -> Received {
        Received {
            code: self.reply.code,
            message: self.reply.status_message.clone(),
            details: self.reply.details.clone(),
            types: self.detail_types.to_vec(),
            origin: self.origin,
        }
    }

    fn error(&self, section: &Section, failures: &mut Failures, variables: &Variables) {
        failures.checks += 1;
        let Some(expected) = self.expected_error(section) else {
            failures.failed_checks += 1;
            failures.fail("G211", &section.header, "ERROR is empty: say what is expected");
            return;
        };
        if self.is_ok() {
            failures.failed_checks += 1;
            let got = self.reply.messages.first().map_or("OK".to_owned(), Json::to_string);
            let text = format!("got {}, expected an error", crate::eval::compare::cut(&got));
            failures.fail("G505", &section.header, text);
            return;
        }
        let expected = match substitute(&expected, variables) {
            Ok(expected) => expected,
            Err(unresolved) => {
                failures.failed_checks += 1;
                failures.fail("G514", &unresolved.range.clone(), unresolved.message());
                return;
            }
        };
        let strictness = match self.compare_options(section).partial {
            true => Strictness::Partial,
            false => Strictness::Exact,
        };
        let found = match_error(&expected, &self.received(), strictness);
        match self.origin {
            Origin::Local => {
                failures.failed_checks += 1;
                let range = failures.endpoint_range();
                self.failed_call(&range, failures);
            }
            _ => self.differences("G506", &found, failures),
        }
    }

    /// The one value of an ERROR; old files write bare text, which is everything from the first word to the last.
    fn expected_error(&self, section: &Section) -> Option<Value> {
        let values = section.values();
        let (first, last) = (values.first()?, values.last()?);
        let has_words = values.iter().any(|value| matches!(value.data, Data::Word(_)));
        if !has_words || matches!(first.data, Data::Object(_)) {
            return Some(first.clone());
        }
        let range = first.range.start..last.range.end;
        Some(Value {
            data: Data::Word(self.document.text()[range.clone()].to_owned()),
            range,
        })
    }

    /// What expressions look at: the message, or the status of a failed call.
    fn input(&self) -> Json {
        match self.is_ok() {
            true => self.reply.messages.first().cloned().unwrap_or_default(),
            false => self.received().to_json(),
        }
    }

    /// The type of what expressions look at; a status has none.
    fn input_type(&self) -> Option<MessageDescriptor> {
        self.method.filter(|_| self.is_ok()).map(MethodDescriptor::output)
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

    fn asserts(&self, section: &Section, before: Before, failures: &mut Failures, variables: &Variables) {
        let Body::Asserts(lines) = &section.body else { return };
        failures.checks += lines.len();
        let expected = match before {
            Before::Error => true,
            Before::Nothing => self.is_ok() || self.reads_status(lines),
            Before::Response => self.is_ok(),
        };
        if !expected {
            let range = failures.endpoint_range();
            // A RESPONSE above has said so already.
            if failures.is_empty() {
                self.failed_call(&range, failures);
            }
            return;
        }
        let (input, call, message) = (self.input(), self.call_context(), self.input_type());
        let scope = Scope {
            engine: self.engine,
            input: &input,
            variables,
            call: &call,
            message: message.as_ref(),
        };
        for line in lines {
            assert_line(&scope, line, failures);
        }
    }

    /// Whether the lines show that they expect the status: one reads `.code`, `.message` or `.details`, and
    /// that is no field of the response. A status that the server did not make has to be named by its code.
    fn reads_status(&self, lines: &[Expression]) -> bool {
        let output = self.method.map(MethodDescriptor::output);
        let reads = |name: &str| {
            let is_field = output
                .as_ref()
                .is_some_and(|output| crate::schema::shape::field(output, name).is_some());
            !is_field && lines.iter().any(|line| self.engine.reads_field(&line.code, name))
        };
        match self.origin {
            Origin::Server => ["code", "message", "details"].into_iter().any(reads),
            Origin::Local => false,
            Origin::Deadline | Origin::Unreachable | Origin::Http => reads("code"),
        }
    }

    fn extract(&self, section: &Section, failures: &mut Failures, variables: &mut Variables) {
        let Body::Extract(lines) = &section.body else { return };
        if !self.is_ok() && !failures.is_empty() {
            return;
        }
        let (input, call, message) = (self.input(), self.call_context(), self.input_type());
        for line in lines {
            // A line that is no assignment has no effect.
            let Some(name) = &line.name else { continue };
            let Some(value) = &line.value else {
                fail_extraction(line, "the expression behind `=` is missing".to_owned(), failures);
                continue;
            };
            if let Some(annotation) = line.annotation.as_ref().filter(|text| !is_type(&text.text)) {
                failures.failed_checks += 1;
                failures.fail("G406", &annotation.range, format!("no type `:{}`", annotation.text));
                continue;
            }
            let outcome = Scope {
                engine: self.engine,
                input: &input,
                variables,
                call: &call,
                message: message.as_ref(),
            }
            .outputs(&value.code, Place::Extract);
            match outcome {
                Ok(outputs) if !outputs.is_empty() => {
                    variables
                        .values
                        .insert(name.text.clone(), outputs.into_iter().next().unwrap_or_default());
                }
                Ok(_) => fail_extraction(
                    line,
                    "no output: the expression has to yield a value".to_owned(),
                    failures,
                ),
                Err(Fault::Failed(error)) => fail_extraction(line, error.to_string(), failures),
                Err(Fault::Broken(errors)) => {
                    failures.failed_checks += 1;
                    broken_line(value, &errors, failures);
                }
            }
        }
    }
}

/// What the sections above an ASSERTS looked at.
#[derive(Clone, Copy)]
enum Before {
    Nothing,
    Response,
    Error,
}

fn fail_extraction(line: &Extraction, reason: String, failures: &mut Failures) {
    let name = line.name.as_ref().map_or("", |name| name.text.as_str());
    failures.checks += 1;
    failures.failed_checks += 1;
    failures.add(Finding {
        code: "G515",
        range: line.range.clone(),
        message: reason.clone(),
        report: format!("`{name}` cannot be extracted: {reason}"),
        expected: None,
        actual: None,
    });
}

fn assert_line(scope: &Scope<'_>, line: &Expression, failures: &mut Failures) {
    let finding = |code, message: String, expected, actual| Finding {
        code,
        range: line.range.clone(),
        report: format!(
            "`{}`: {message}",
            line.code.split_whitespace().collect::<Vec<_>>().join(" ")
        ),
        message,
        expected,
        actual,
    };
    match assertion::check(scope, &line.code) {
        Verdict::Passed => return,
        Verdict::Failed {
            message,
            expected,
            actual,
        } => failures.add(finding("G502", message, expected, actual)),
        Verdict::Error(text) => failures.add(finding("G503", text, None, None)),
        Verdict::Broken(errors) => broken_line(line, &errors, failures),
    }
    failures.failed_checks += 1;
}

/// An expression that cannot be evaluated, each fault at its place.
fn broken_line(line: &Expression, errors: &[crate::expr::ExprError], failures: &mut Failures) {
    for error in errors {
        let start = line.range.start + error.range.start;
        failures.fail(
            error.code,
            &(start..line.range.start + error.range.end),
            error.message.clone(),
        );
    }
    if errors.is_empty() {
        failures.fail("G401", &line.range, "the expression cannot be read");
    }
}
