//! A call that answers with a stream: sections are executed in the order of the file, each expectation takes
//! what comes next.

use super::checks::{Checker, Ledger, Subject, View, assertions, status_text};
use super::document::{Broken, on_thread};
use super::held::{Held, TOO_MUCH_FOR_ASSERTS};
use super::inbox::{Inbox, Next};
use super::prepare::{Prepared, rules, section_messages};
use super::single::nothing_expected;
use crate::eval::compare::quoted;
use crate::eval::error::Received;
use crate::eval::jq::{CallContext, Input};
use crate::spec::SectionKind;
use crate::status::Origin;
use crate::syntax::Section;
use crate::syntax::settings::boolean;
use prost_reflect::DynamicMessage;
use serde_json::Value as Json;
use std::borrow::Cow;
use std::ops::{ControlFlow, Range};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// `Break` ends the document: what comes behind could only repeat what has been said.
type Flow = Result<ControlFlow<()>, Broken>;

const GO_ON: Flow = Ok(ControlFlow::Continue(()));
const STOP: Flow = Ok(ControlFlow::Break(()));

/// Messages that are held back for one comparison.
const COMPARED_AT_ONCE: usize = 64;

/// Most messages that are recorded.
const MOST_RECORDED: usize = 1_000;

/// A stream call with the document that makes it.
pub(super) struct Stream {
    prepared: Prepared,
    checker: Arc<Checker>,
    last_request: Option<usize>,
    last_expectation: Option<usize>,
    ledger: Ledger,
    inbox: Option<Inbox>,
    /// The RESPONSE that an attached ASSERTS looks at.
    attached: Option<Attached>,
    /// The error status, once a section has expected it.
    status: Option<Arc<Received>>,
    /// Whether an ERROR has met its status.
    after_error: bool,
    is_finished: bool,
}

/// What an attached ASSERTS sees.
struct Attached {
    response: usize,
    asserts: usize,
    messages: Vec<Arc<Json>>,
    /// The number of the first of them, from 0.
    first: usize,
    call: CallContext,
}

impl Stream {
    pub(super) fn new(prepared: Prepared, checker: Checker, ledger: Ledger) -> Self {
        let last = |wanted: fn(&Section) -> bool| {
            let sections = checker.sections().filter(|(_, section)| wanted(section));
            sections.last().map(|(at, _)| at)
        };
        Self {
            prepared,
            last_request: last(|section| section.kind == SectionKind::Request),
            last_expectation: last(|section| section.kind.expects()),
            checker: Arc::new(checker),
            ledger,
            inbox: None,
            attached: None,
            status: None,
            after_error: false,
            is_finished: false,
        }
    }

    /// Executes the sections; the failures are in what it gives back.
    ///
    /// # Errors
    /// That a check panicked.
    pub(super) async fn run(mut self) -> Result<Ledger, Broken> {
        let done = self.sections().await?;
        if done.is_continue() {
            match self.last_expectation {
                None => self.expect_something().await,
                Some(last) => self.finish(last).await,
            }
        }
        let mut ledger = self.ledger;
        if let Some(inbox) = self.inbox {
            ledger.failures.keep_stream(inbox.into_reply());
        }
        Ok(ledger)
    }

    async fn sections(&mut self) -> Flow {
        let checker = Arc::clone(&self.checker);
        for (at, section) in checker.sections() {
            let attached = self.attached.as_ref().map(|attached| attached.asserts);
            let flow = match section.kind {
                SectionKind::Request => self.request(at, section),
                SectionKind::Response => self.response(at, section).await,
                SectionKind::Asserts if attached == Some(at) => self.attached(at).await,
                SectionKind::Asserts => self.asserts(at, section).await,
                SectionKind::Error => self.error(at, section).await,
                SectionKind::Extract => self.extract(at).await,
                _ => GO_ON,
            };
            if flow?.is_break() {
                return STOP;
            }
        }
        GO_ON
    }

    /// The call, opened if it is not yet; a document without REQUEST sends one empty message.
    fn inbox(&mut self) -> &mut Inbox {
        let has_request = self.last_request.is_some();
        let (prepared, defaults) = (&self.prepared, self.checker.defaults);
        let budget = self.ledger.failures.budget();
        self.inbox.get_or_insert_with(|| {
            let mut inbox = Inbox::new(prepared, defaults, budget);
            if !has_request {
                inbox.send(DynamicMessage::new(prepared.method.input()));
                inbox.half_close();
            }
            inbox
        })
    }

    /// The next event of the call. Nothing within `limit` ends it.
    async fn next(&mut self, limit: Duration) -> Next {
        self.inbox();
        match &mut self.inbox {
            Some(inbox) => inbox.next(limit, &mut self.prepared.types).await,
            None => Next::End,
        }
    }

    fn timeout(&self, at: usize) -> Duration {
        *self
            .prepared
            .timeouts
            .get(at)
            .unwrap_or(&self.prepared.options.deadline)
    }

    fn request(&mut self, at: usize, section: &Section) -> Flow {
        let messages = section_messages(
            section,
            &self.prepared.method,
            rules(&self.checker.document),
            &self.ledger.variables,
        );
        let messages = match messages {
            Ok(messages) => messages,
            Err(misfit) => {
                self.ledger.fail(misfit.code, &misfit.range, misfit.message);
                return STOP;
            }
        };
        let is_last = self.last_request == Some(at);
        let inbox = self.inbox();
        messages.into_iter().for_each(|message| inbox.send(message));
        if is_last {
            inbox.half_close();
        }
        GO_ON
    }

    async fn response(&mut self, at: usize, section: &Section) -> Flow {
        let limit = self.timeout(at);
        let count = section.values().len() * section.repeats();
        if count == 0 {
            return self.no_message(at, section).await;
        }
        self.ledger.failures.checks += count;
        let attached = self.checker.rules().attached(at);
        let mut got = 0;
        let mut end = None;
        let mut messages = Vec::new();
        let mut held = Held::default();
        while got < count && end.is_none() {
            match self.next(limit).await {
                Next::Message(message) => {
                    got += 1;
                    if attached.is_some() && !held.takes(&message) {
                        self.ledger.fail("G519", &section.header, TOO_MUCH_FOR_ASSERTS);
                        return STOP;
                    }
                    messages.push(message);
                }
                other => end = Some(other),
            }
            if messages.len() == COMPARED_AT_ONCE {
                self.compare(at, got, std::mem::take(&mut messages)).await?;
            }
        }
        self.compare(at, got, messages).await?;
        let call = self.inbox().close_section(got);
        let first = self.inbox().count - got;
        self.attached = attached.map(|asserts| Attached {
            response: at,
            asserts,
            messages: held.messages,
            first,
            call,
        });
        let value = &section.values()[got % section.values().len()].range;
        match end {
            None => GO_ON,
            Some(Next::Status(received)) => self.failed_call(at, value, &received),
            Some(_) => {
                let expected = self.inbox().count - got + self.messages_from(at);
                let text = format!("the stream ended after {} of {expected} messages", self.inbox().count);
                self.ledger.fail_check("G507", value, text);
                STOP
            }
        }
    }

    /// An empty RESPONSE: nothing but the end may come.
    async fn no_message(&mut self, at: usize, section: &Section) -> Flow {
        let limit = self.timeout(at);
        self.ledger.failures.checks += 1;
        match self.next(limit).await {
            Next::Message(message) => {
                let got = quoted(&message);
                let text = format!("got {got}, and an empty RESPONSE expects no message: write `{{}}`");
                self.ledger.fail_check("G508", &section.header, text);
                STOP
            }
            Next::End => GO_ON,
            Next::Status(received) => self.failed_call(at, &section.header, &received),
        }
    }

    /// Messages that the RESPONSEs from `at` on expect.
    fn messages_from(&self, at: usize) -> usize {
        let behind = self.checker.sections().filter(|(index, _)| *index >= at);
        let responses = behind.filter(|(_, section)| section.kind == SectionKind::Response);
        responses
            .map(|(_, section)| section.values().len() * section.repeats())
            .sum()
    }

    /// Compares `messages`, the last of the `got` that a RESPONSE has taken, with its values.
    async fn compare(&mut self, at: usize, got: usize, messages: Vec<Arc<Json>>) -> Result<(), Broken> {
        let before = self.inbox().count - messages.len();
        self.check(move |checker, ledger| {
            let section = checker.section(at);
            let first = (got - messages.len()) % section.values().len().max(1);
            let expected = section.values().iter().cycle().skip(first);
            for (number, (expected, message)) in expected.zip(&messages).enumerate() {
                checker.compare(section, expected, (before + number, message), ledger);
            }
        })
        .await
    }

    /// The lines on every message of the RESPONSE above. Behind the last messages the end is waited for first,
    /// so that the lines see the trailers.
    async fn attached(&mut self, at: usize) -> Flow {
        if self.last_expectation == Some(at) {
            self.finish(at).await;
        }
        let Some(mut attached) = self.attached.take() else {
            return GO_ON;
        };
        attached.call.trailers = self.inbox().trailers().to_vec();
        self.check(move |checker, ledger| {
            for (nth, message) in attached.messages.iter().enumerate() {
                let view = View {
                    subject: Subject::Message,
                    number: Some(attached.first + nth),
                    input: &Input::new(Cow::Borrowed(message)),
                    call: &attached.call,
                };
                checker.assert(checker.section(at), view, ledger);
            }
        })
        .await?;
        GO_ON
    }

    async fn asserts(&mut self, at: usize, section: &Section) -> Flow {
        let limit = self.timeout(at);
        for _ in 0..section.repeats() {
            let next = self.next(limit).await;
            let input = match &next {
                Next::Message(message) => Arc::clone(message),
                Next::End => self.inbox().last(),
                Next::Status(received) => {
                    if !self.after_error && !self.checker.reads_status(section, received.origin) {
                        self.ledger.failures.checks += assertions(section).len();
                        return self.failed_call(at, &section.header, received);
                    }
                    self.status = Some(Arc::clone(received));
                    Arc::new(received.to_json())
                }
            };
            let subject = match next {
                Next::Status(_) => Subject::Status,
                Next::Message(_) | Next::End => Subject::Message,
            };
            let messages = usize::from(subject == Subject::Message && !input.is_null());
            let call = self.inbox().close_section(messages);
            let number = self.inbox().count.checked_sub(1).filter(|_| messages > 0);
            self.check(move |checker, ledger| {
                let view = View {
                    subject,
                    number,
                    input: &Input::new(Cow::Borrowed(&*input)),
                    call: &call,
                };
                checker.assert(checker.section(at), view, ledger);
            })
            .await?;
        }
        GO_ON
    }

    async fn error(&mut self, at: usize, section: &Section) -> Flow {
        let limit = self.timeout(at);
        match self.next(limit).await {
            Next::Message(message) => {
                self.checker.no_error(section, &quoted(&message), &mut self.ledger);
                STOP
            }
            Next::End => {
                self.checker.no_error(section, "OK", &mut self.ledger);
                STOP
            }
            Next::Status(received) => {
                self.after_error = true;
                self.status = Some(Arc::clone(&received));
                self.check(move |checker, ledger| {
                    checker.error(checker.section(at), &received, ledger);
                })
                .await?;
                GO_ON
            }
        }
    }

    /// From the status that a section has expected, else from the newest message.
    async fn extract(&mut self, at: usize) -> Flow {
        let status = self.status.as_ref().map(|received| Arc::new(received.to_json()));
        let subject = match status {
            Some(_) => Subject::Status,
            None => Subject::Message,
        };
        let inbox = self.inbox();
        let (input, call) = (status.unwrap_or_else(|| inbox.last()), inbox.context());
        self.check(move |checker, ledger| {
            let view = View {
                subject,
                number: None,
                input: &Input::new(Cow::Borrowed(&*input)),
                call: &call,
            };
            checker.extract(checker.section(at), view, ledger);
        })
        .await?;
        GO_ON
    }

    async fn check(&mut self, work: impl FnOnce(&Checker, &mut Ledger) + Send + 'static) -> Result<(), Broken> {
        let ledger = std::mem::take(&mut self.ledger);
        self.ledger = on_thread(Arc::clone(&self.checker), ledger, work).await?;
        Ok(())
    }

    /// A message was expected, and a status came.
    fn failed_call(&mut self, at: usize, range: &Range<usize>, received: &Received) -> Flow {
        let failures = &mut self.ledger.failures;
        failures.failed_checks += usize::from(received.origin == Origin::Server);
        let waits = received.origin == Origin::Deadline && self.last_request.is_some_and(|last| last > at);
        match waits {
            false => self.checker.failed_call(received, range, &mut self.ledger.failures),
            true => {
                let hint = "the server may answer only after the last REQUEST, which stands below";
                let received = Received {
                    message: format!("{}: {hint}", received.message),
                    ..received.clone()
                };
                self.checker.failed_call(&received, range, &mut self.ledger.failures);
            }
        }
        STOP
    }

    /// Nothing is expected: shows what comes.
    async fn expect_something(&mut self) {
        let limit = self.prepared.options.deadline;
        let got = match self.next(limit).await {
            Next::Message(message) => quoted(&message),
            Next::End => "OK".to_owned(),
            Next::Status(received) => status_text(&received),
        };
        if self.checker.records {
            self.collect(limit).await;
        }
        nothing_expected(&got, &mut self.ledger);
    }

    /// Takes what comes until the call ends, or for as long as it may take.
    async fn collect(&mut self, limit: Duration) {
        let end = Instant::now() + limit;
        while self.inbox().count < MOST_RECORDED {
            let left = end.saturating_duration_since(Instant::now());
            if !matches!(self.next(left).await, Next::Message(_)) {
                return;
            }
        }
        self.inbox().cancel();
    }

    /// Whether more may follow what the document has looked at, so that the call is cancelled.
    fn may_go_on(&self, last: usize) -> bool {
        let responses = self.checker.sections();
        let response = responses
            .filter(|(_, section)| section.kind == SectionKind::Response)
            .last();
        let common = self.checker.rules().common("partial");
        let common = common.is_some_and(|value| boolean(&value) == Some(true));
        match self.checker.section(last).kind {
            SectionKind::Error => false,
            SectionKind::Asserts if common => true,
            _ => response.is_some_and(|(_, section)| self.checker.rules().is_partial(section)),
        }
    }

    /// The end of the document, once: nothing but the end of the call may follow its last expectation.
    async fn finish(&mut self, last: usize) {
        if std::mem::replace(&mut self.is_finished, true) {
            return;
        }
        if self.may_go_on(last) {
            return self.inbox().cancel();
        }
        let checker = Arc::clone(&self.checker);
        let attached = self.attached.as_ref().filter(|attached| attached.asserts == last);
        let section = checker.section(attached.map_or(last, |attached| attached.response));
        let range = section.values().last().map_or(&section.header, |value| &value.range);
        let tolerates = section.kind == SectionKind::Asserts;
        let limit = self.prepared.options.deadline;
        let mut passed_over = 0;
        loop {
            match self.next(limit).await {
                Next::Message(_) if tolerates => passed_over += 1,
                Next::Message(message) => {
                    let got = quoted(&message);
                    let text = format!("got an extra message {got}: use `partial` or one more section");
                    self.ledger.fail_check("G508", range, text);
                    self.inbox().cancel();
                    break;
                }
                Next::End => break,
                Next::Status(received) => {
                    self.late_status(range, &received);
                    break;
                }
            }
        }
        if passed_over > 0 {
            let text = match passed_over {
                1 => "1 more message came and was not looked at".to_owned(),
                more => format!("{more} more messages came and were not looked at"),
            };
            self.ledger.failures.note("G524", &section.header, text);
        }
    }

    /// A status behind the last expectation.
    fn late_status(&mut self, range: &Range<usize>, received: &Received) {
        if self.status.is_some() {
            return;
        }
        let failures = &mut self.ledger.failures;
        match received.origin {
            Origin::Deadline => {
                let text = "the stream was still open at the deadline and was cancelled";
                failures.note("G518", range, text);
            }
            Origin::Local => self.checker.failed_call(received, range, failures),
            Origin::Server | Origin::Unreachable | Origin::Http => {
                failures.fail("G509", range, status_text(received));
                failures.blame(received);
            }
        }
    }
}
