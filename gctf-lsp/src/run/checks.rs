//! What sections check: a message, a status, lines of expressions. Knows nothing of how a call goes on.

use super::failures::{Failures, Finding};
use crate::eval::assertion::{self, Verdict};
use crate::eval::compare::{MAX_DIFFERENCES, Mismatch, accept, as_it_came, compare};
use crate::eval::error::{Received, Strictness, match_error};
use crate::eval::jq::{CallContext, Fault, Input, Programs, Scope};
use crate::eval::locate;
use crate::eval::rules::Rules;
use crate::eval::template::{Unresolved, Variables, substitute};
use crate::expr::{Engine, Place, is_type};
use crate::outcome::Came;
use crate::schema::json::Defaults;
use crate::secrets::HIDDEN;
use crate::status::{Origin, code_name};
use crate::syntax::json::Value;
use crate::syntax::{Body, Document, Expression, Extraction, Section};
use prost_reflect::{MessageDescriptor, MethodDescriptor};
use serde_json::Value as Json;
use std::ops::Range;
use std::sync::Arc;

/// What all checks of a document read.
pub(super) struct Checker {
    pub(super) engine: Arc<Engine>,
    pub(super) programs: Programs,
    pub(super) document: Arc<Document>,
    /// The document with the OPTIONS in force, and which of its sections they are.
    pub(super) options: Option<(Arc<Document>, usize)>,
    /// Unknown where no connection could be made.
    pub(super) method: Option<MethodDescriptor>,
    /// How messages are shown.
    pub(super) defaults: Defaults,
    /// Whether a document that expects nothing takes all that comes.
    pub(super) records: bool,
}

/// What checks change. It goes to the thread that runs them and comes back.
#[derive(Default)]
pub(super) struct Ledger {
    pub(super) failures: Failures,
    pub(super) variables: Variables,
}

/// What expressions look at.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) subject: Subject,
    /// The number of the message that the input is, from 0; `None` of what is no message.
    pub(super) number: Option<usize>,
    pub(super) input: &'a Input<'a>,
    pub(super) call: &'a CallContext,
}

/// What the input of expressions is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// A message of the method's output type.
    Message,
    /// The status of a failed call, which has no type.
    Status,
}

impl Ledger {
    pub(super) fn fail(&mut self, code: &'static str, range: &Range<usize>, message: impl Into<String>) {
        self.failures.fail(code, range, message);
    }

    /// A check that failed.
    pub(super) fn fail_check(&mut self, code: &'static str, range: &Range<usize>, message: impl Into<String>) {
        self.failures.failed_checks += 1;
        self.failures.fail(code, range, message);
    }

    fn unresolved(&mut self, unresolved: &Unresolved) {
        self.fail_check("G514", &unresolved.range, unresolved.message());
    }
}

impl Checker {
    /// Sections that are executed, with their number in the document.
    pub(super) fn sections(&self) -> impl Iterator<Item = (usize, &Section)> {
        let sections = self.document.sections().iter().enumerate();
        // What is recorded comes in the place of what is empty.
        let is_open = |section: &Section| {
            section.kind.expects() && self.document.text()[section.body_range.clone()].trim().is_empty()
        };
        sections.filter(move |(_, section)| !(section.is_skipped() || self.records && is_open(section)))
    }

    pub(super) fn section(&self, at: usize) -> &Section {
        &self.document.sections()[at]
    }

    /// A status came that nothing expected.
    pub(super) fn failed_call(&self, received: &Received, range: &Range<usize>, failures: &mut Failures) {
        failures.fail(status_code(received.origin), range, status_text(received));
        failures.blame(received);
    }

    /// Compares the message with this number, from 0, with what a RESPONSE expects of it.
    pub(super) fn compare(
        &self,
        section: &Section,
        expected: &Value,
        (number, actual): (usize, &Json),
        ledger: &mut Ledger,
    ) {
        let expected = match substitute(expected, &ledger.variables) {
            Ok(expected) => expected,
            Err(unresolved) => return ledger.unresolved(&unresolved),
        };
        let output = self.method.as_ref().map(MethodDescriptor::output);
        let options = self.rules().compare_options(section);
        let found = compare(&expected, actual, output.as_ref(), &options);
        let lead = self.lead(Some(number));
        let came = |mismatch: &Mismatch| {
            Some(Came {
                message: number,
                range: locate::range(actual, &mismatch.path),
            })
        };
        if found.count > 0 {
            ledger.failures.secrets.meet_members(actual);
        }
        differences("G501", &found.listed, (found.count, &lead), came, &mut ledger.failures);
        if found.count > 0 && ledger.failures.takes_offers(&expected.range) {
            let text = self.document.text();
            let edits = accept(text, &expected, actual, output.as_ref(), &options, &as_it_came);
            ledger.failures.offer(&expected.range, edits);
        }
    }

    /// What messages about the message with this number, from 0, begin with: which one of a stream it is.
    fn lead(&self, number: Option<usize>) -> String {
        let is_stream = self.method.as_ref().is_some_and(MethodDescriptor::is_server_streaming);
        match number.filter(|_| is_stream) {
            Some(number) => format!("#{}: ", number + 1),
            None => String::new(),
        }
    }

    /// What the options say.
    pub(super) fn rules(&self) -> Rules<'_> {
        let options = self.options.as_ref();
        Rules {
            document: &self.document,
            options: options.and_then(|(document, at)| document.sections().get(*at)),
        }
    }

    /// Compares a status with what an ERROR expects of it.
    pub(super) fn error(&self, section: &Section, received: &Received, ledger: &mut Ledger) {
        ledger.failures.checks += 1;
        let Some(expected) = self.document.error_value(section) else {
            ledger.fail_check("G211", &section.header, "ERROR is empty: say what is expected");
            return;
        };
        let expected = match substitute(&expected, &ledger.variables) {
            Ok(expected) => expected,
            Err(unresolved) => return ledger.unresolved(&unresolved),
        };
        let strictness = match self.rules().is_partial(section) {
            true => Strictness::Partial,
            false => Strictness::Exact,
        };
        let found = match_error(&expected, received, strictness);
        match received.origin {
            Origin::Local => {
                ledger.failures.failed_checks += 1;
                let range = ledger.failures.endpoint_range();
                self.failed_call(received, &range, &mut ledger.failures);
            }
            _ => differences("G506", &found, (found.len(), ""), |_| None, &mut ledger.failures),
        }
        if found.iter().any(|mismatch| mismatch.path == "$.code") {
            ledger.failures.blame(received);
        }
    }

    /// An ERROR got something else.
    pub(super) fn no_error(&self, section: &Section, got: &str, ledger: &mut Ledger) {
        ledger.failures.checks += 1;
        let text = format!("got {}, expected an error", crate::eval::compare::cut(got));
        ledger.fail_check("G505", &section.header, text);
    }

    /// Evaluates the lines of an ASSERTS.
    pub(super) fn assert(&self, section: &Section, view: View<'_>, ledger: &mut Ledger) {
        let lines = assertions(section);
        ledger.failures.checks += lines.len();
        let message = self.message_type(view.subject);
        let Ledger { failures, variables } = ledger;
        let scope = Scope::new(&self.programs, view.input, variables, view.call, message.as_ref());
        let before = failures.failed_checks;
        let lead = self.lead(view.number);
        for line in lines {
            assert_line(&scope, line, (&view, &lead), failures);
        }
        if failures.failed_checks > before {
            failures.secrets.meet_members(view.input.json());
        }
    }

    /// The type by which an expression's fields are found in either spelling.
    fn message_type(&self, subject: Subject) -> Option<MessageDescriptor> {
        match subject {
            Subject::Message => self.method.as_ref().map(MethodDescriptor::output),
            Subject::Status => None,
        }
    }

    /// Whether the lines of an ASSERTS show that they expect the status: one reads `.code`, `.message` or
    /// `.details`, and that is no field of the response. A status that the server did not make has to be named
    /// by its code.
    pub(super) fn reads_status(&self, section: &Section, origin: Origin) -> bool {
        let lines = assertions(section);
        let output = self.method.as_ref().map(MethodDescriptor::output);
        let reads = |name: &str| {
            let is_field = output
                .as_ref()
                .is_some_and(|output| crate::schema::shape::field(output, name).is_some());
            !is_field && lines.iter().any(|line| self.engine.reads_field(&line.code, name))
        };
        match origin {
            Origin::Server => ["code", "message", "details"].into_iter().any(reads),
            Origin::Local => false,
            Origin::Deadline | Origin::Unreachable | Origin::Http => reads("code"),
        }
    }

    /// Sets the variables of an EXTRACT.
    pub(super) fn extract(&self, section: &Section, view: View<'_>, ledger: &mut Ledger) {
        let Body::Extract(lines) = &section.body else { return };
        for line in lines {
            self.extract_line(line, view, ledger);
        }
    }

    fn extract_line(&self, line: &Extraction, view: View<'_>, ledger: &mut Ledger) {
        // A line that is no assignment has no effect.
        let Some(name) = &line.name else { return };
        let Ledger { failures, variables } = ledger;
        let Some(value) = &line.value else {
            fail_extraction(line, "the expression behind `=` is missing".to_owned(), failures);
            return;
        };
        if let Some(annotation) = line.annotation.as_ref().filter(|text| !is_type(&text.text)) {
            failures.failed_checks += 1;
            failures.fail("G406", &annotation.range, format!("no type `:{}`", annotation.text));
            return;
        }
        let message = self.message_type(view.subject);
        let scope = Scope::new(&self.programs, view.input, variables, view.call, message.as_ref());
        match scope.typed_outputs(&value.code, Place::Extract) {
            Ok((outputs, ty)) if !outputs.is_empty() => {
                let first = outputs.into_iter().next().unwrap_or_default();
                failures.secrets.meet(&name.text, &first);
                variables.set(&name.text, first, ty);
            }
            Ok(_) => {
                let reason = "no output: the expression has to yield a value";
                fail_extraction(line, reason.to_owned(), failures);
            }
            Err(Fault::Failed(error)) => fail_extraction(line, error.to_string(), failures),
            Err(Fault::Broken(errors)) => {
                failures.failed_checks += 1;
                broken_line(value, &errors, failures);
            }
        }
    }
}

/// `NOT_FOUND (5): no such thing`, with the details below.
pub(super) fn status_text(received: &Received) -> String {
    let mut text = format!("{} ({})", code_name(received.code), received.code);
    if !received.message.is_empty() {
        text.push_str(": ");
        text.push_str(&received.message);
    }
    for detail in &received.details {
        text.push_str("\n  ");
        text.push_str(&detail.to_string());
    }
    text
}

/// The code of a failed call by who made its status.
fn status_code(origin: Origin) -> &'static str {
    match origin {
        Origin::Server | Origin::Http => "G504",
        Origin::Deadline => "G510",
        Origin::Unreachable => "G511",
        Origin::Local => "G519",
    }
}

/// The lines of an ASSERTS; none for other sections.
pub(super) fn assertions(section: &Section) -> &[Expression] {
    match &section.body {
        Body::Asserts(lines) => lines,
        _ => &[],
    }
}

/// Tells the first of `count` differences, each with `lead` before it.
fn differences(
    code: &'static str,
    found: &[Mismatch],
    (count, lead): (usize, &str),
    came: impl Fn(&Mismatch) -> Option<Came>,
    failures: &mut Failures,
) {
    failures.failed_checks += usize::from(count > 0);
    for (at, mismatch) in found.iter().take(MAX_DIFFERENCES).enumerate() {
        let hidden = failures
            .secrets
            .mask()
            .covers_some(&mismatch.path)
            .then(|| mismatch.hidden());
        let mismatch = hidden.as_ref().unwrap_or(mismatch);
        let more = match count - at - 1 {
            more if at + 1 == MAX_DIFFERENCES && more > 0 => format!("; and {more} more"),
            _ => String::new(),
        };
        failures.add(Finding {
            code,
            range: mismatch.range.clone(),
            message: format!("{lead}{}{more}", mismatch.editor_message()),
            report: format!("{lead}{}{more}", mismatch.report_message()),
            expected: mismatch.expected.clone(),
            actual: mismatch.actual.clone(),
            came: came(mismatch),
        });
    }
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
        came: None,
    });
}

fn assert_line(scope: &Scope<'_>, line: &Expression, (view, lead): (&View<'_>, &str), failures: &mut Failures) {
    // A long stream can fail again and again; to find out why takes longer than to find out that.
    if failures.is_full() {
        if !assertion::passes(scope, &line.code) {
            failures.failed_checks += 1;
            failures.pass_over();
        }
        return;
    }
    let finding = |code, message: String, expected, actual| Finding {
        code,
        range: line.range.clone(),
        report: format!(
            "{lead}`{}`: {message}",
            line.code.split_whitespace().collect::<Vec<_>>().join(" ")
        ),
        message: format!("{lead}{message}"),
        expected,
        actual,
        came: None,
    };
    let came = |place: Option<String>| {
        Some(Came {
            message: view.number?,
            range: locate::range(view.input.json(), &place?),
        })
    };
    match assertion::check(scope, &line.code) {
        Verdict::Passed => return,
        Verdict::Failed {
            message,
            expected,
            actual,
            place,
        } if failures.secrets.mask().covers_some(&line.code) => {
            let hidden = |value: Option<String>| value.map(|_| HIDDEN.to_owned());
            let message = [actual.as_deref(), expected.as_deref()]
                .into_iter()
                .flatten()
                .fold(message, |message, value| message.replace(value, HIDDEN));
            failures.add(Finding {
                came: came(place),
                ..finding("G502", message, hidden(expected), hidden(actual))
            });
        }
        Verdict::Failed {
            message,
            expected,
            actual,
            place,
        } => failures.add(Finding {
            came: came(place),
            ..finding("G502", message, expected, actual)
        }),
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
