//! From a document's settings to a call that is ready to be made.

use super::checks::Checker;
use super::failures::Failures;
use super::feed::Feed;
use super::types::{self, Types};
use super::{RunItem, Runner};
use crate::connection::{Connection as Settings, split_endpoint};
use crate::eval::encode::to_message_by;
use crate::eval::rules::deadline;
use crate::eval::template::{Variables, substitute, substitute_text};
use crate::grpc::call::CallOptions;
use crate::schema::{Schema, Unknown};
use crate::spec::SectionKind;
use crate::syntax::json::Value;
use crate::syntax::{Document, Section};
use crate::target::Target;
use crate::types::body::Rules;
use prost_reflect::{DynamicMessage, MethodDescriptor};
use std::ops::Range;
use std::path::Path;
use std::time::Duration;

/// Why no call was made: it has been told to the failures.
pub(super) struct NoCall;

/// Names and values in order.
type Metadata = Vec<(String, String)>;

/// The code of a template that names nothing.
const UNRESOLVED: &str = "G514";

/// A document on its way to a call.
pub(super) struct Attempt<'a> {
    pub(super) runner: &'a Runner,
    pub(super) item: &'a RunItem,
    pub(super) index: usize,
    pub(super) document: &'a Document,
    pub(super) checker: &'a Checker,
    pub(super) failures: &'a mut Failures,
}

/// Why a call cannot be made.
pub(super) enum Refusal {
    /// The failures say why.
    Told,
    /// Nothing answers at the target, and why.
    Unreachable(String),
}

impl From<NoCall> for Refusal {
    fn from(_: NoCall) -> Self {
        Self::Told
    }
}

/// A call that is ready to be made.
pub(super) struct Prepared {
    pub(super) connection: crate::grpc::connection::Connection,
    pub(super) types: Types,
    pub(super) method: MethodDescriptor,
    /// The messages of a call that answers once; a stream makes its own as it goes.
    pub(super) requests: Vec<DynamicMessage>,
    pub(super) options: CallOptions,
    /// The timeout in force at each section.
    pub(super) timeouts: Vec<Duration>,
    /// Where messages are told.
    pub(super) feed: Feed,
}

/// A value that is no request message, and why.
pub(super) struct Misfit {
    pub(super) code: &'static str,
    pub(super) range: Range<usize>,
    pub(super) message: String,
}

/// The messages that a REQUEST sends: its values as often as it repeats, an empty message for an empty body.
///
/// # Errors
/// The first value that does not fit the method.
pub(super) fn section_messages(
    section: &Section,
    method: &MethodDescriptor,
    rules: Rules<'_>,
    variables: &Variables,
) -> Result<Vec<DynamicMessage>, Misfit> {
    let values = section.values().iter();
    let mut once: Vec<_> = values
        .map(|value| encode(value, method, rules, variables))
        .collect::<Result<_, _>>()?;
    if once.is_empty() {
        once.push(DynamicMessage::new(method.input()));
    }
    Ok(std::iter::repeat_n(once, section.repeats()).flatten().collect())
}

/// How the messages of a document are looked at: where an error is expected, they may lack what is required.
pub(super) fn rules(document: &Document) -> Rules<'static> {
    Rules {
        requires: document.sections_of(SectionKind::Error).next().is_none(),
        ..Rules::SENT
    }
}

fn encode(
    value: &Value,
    method: &MethodDescriptor,
    rules: Rules<'_>,
    variables: &Variables,
) -> Result<DynamicMessage, Misfit> {
    let value = substitute(value, variables).map_err(|unresolved| Misfit {
        code: UNRESOLVED,
        message: unresolved.message(),
        range: unresolved.range,
    })?;
    to_message_by(&value, &method.input(), rules).map_err(|error| Misfit {
        code: "G516",
        range: error.range,
        message: error.message,
    })
}

impl<'a> Attempt<'a> {
    /// Gets everything ready for the call.
    ///
    /// # Errors
    /// Why there is none to make.
    pub(super) async fn prepare(&mut self, variables: &Variables) -> Result<Prepared, Refusal> {
        let endpoint = self.failures.endpoint_range();
        self.refuse_no_endpoint()?;
        let target = self.place(variables)?;
        let metadata = self.metadata(variables)?;
        if !self.runner.may_dial(self.item, &target).await {
            return Err(self.fail("G513", &endpoint, format!("{target} is not trusted")).into());
        }
        let source = self.settings().schema_source(&target, metadata.clone());
        let schema = self.runner.targets.schema(&source).await.map_err(|failure| {
            let message = failure.message;
            match failure.connection {
                Some(cause) if cause.is_tls() => self.fail("G512", &endpoint, message).into(),
                Some(cause) if cause.is_unreachable() => Refusal::Unreachable(message),
                _ => self.fail("G513", &endpoint, format!("no schema: {message}")).into(),
            }
        })?;
        let named = types::named_in(self.document, schema.pool());
        let schema = match named.is_empty() {
            true => schema,
            false => self.runner.targets.with_types(&source, &schema, named).await,
        };
        let method = self.method(&schema)?;
        self.refuse_order(&method)?;
        let requests = match method.is_server_streaming() {
            true => {
                self.check_requests(&method)?;
                Vec::new()
            }
            false => {
                self.refuse_more(&method)?;
                self.requests(&method, variables)?
            }
        };
        let connection = self.runner.targets.connection(&target).await;
        let connection = connection.map_err(|failure| match failure.is_tls() {
            true => self.fail("G512", &endpoint, failure.message).into(),
            false => Refusal::Unreachable(failure.message),
        })?;
        let timeouts = self.timeouts();
        Ok(Prepared {
            connection,
            types: Types::new(&self.runner.targets, source, schema, &method),
            method,
            requests,
            options: CallOptions {
                metadata,
                deadline: deadline(self.document, &timeouts),
                gzip: self.gzip(),
            },
            timeouts,
            feed: Feed::new(self.runner, self.item.file, self.index),
        })
    }

    pub(super) fn refuse_no_endpoint(&mut self) -> Result<(), NoCall> {
        if self.document.endpoint().is_some() {
            return Ok(());
        }
        let range = self.failures.endpoint_range();
        let advice = "no ENDPOINT: add `--- ENDPOINT ---` with package.Service/Method";
        Err(self.fail("G201", &range, advice))
    }

    pub(super) fn settings(&self) -> Settings<'a> {
        let item = self.item;
        let folder = item.path.as_deref().and_then(Path::parent).unwrap_or(Path::new("."));
        let force = item.source.in_force(self.index);
        let defaults = &self.runner.settings(item).defaults;
        Settings::new(&item.source, self.index, force, folder, defaults)
    }

    /// Where the call goes.
    pub(super) fn place(&mut self, variables: &Variables) -> Result<Target, NoCall> {
        let settings = self.settings();
        let endpoint = self.failures.endpoint_range();
        let address = substitute_text(settings.address_text(), &endpoint, variables);
        let address = address.map_err(|unresolved| self.fail("G514", &endpoint, unresolved.message()))?;
        let target = settings.target(&address).map_err(|fault| {
            let range = match fault.document == self.index {
                true => fault.range,
                false => endpoint.clone(),
            };
            self.fail(fault.code, &range, fault.message)
        })?;
        Ok(target)
    }

    pub(super) fn metadata(&mut self, variables: &Variables) -> Result<Metadata, NoCall> {
        let mut metadata = Vec::new();
        let sections = self.document.sections_of(SectionKind::RequestHeaders);
        let entries = sections.flat_map(Section::entries);
        for entry in entries.filter(|entry| entry.colon && !entry.key.text.is_empty()) {
            let value = substitute_text(&entry.value.text, &entry.value.range, variables);
            let value = value.map_err(|unresolved| {
                let message = unresolved.message();
                self.fail("G514", &unresolved.range, message)
            })?;
            self.failures.secrets.meet_text(&entry.key.text, &value);
            let pair = (entry.key.text.to_ascii_lowercase(), value);
            crate::grpc::metadata::to_wire(std::slice::from_ref(&pair))
                .map_err(|message| self.fail("G216", &entry.range, message))?;
            metadata.push(pair);
        }
        Ok(metadata)
    }

    /// A call that answers once can only be looked at after its last request.
    pub(super) fn refuse_order(&mut self, method: &MethodDescriptor) -> Result<(), NoCall> {
        let both_ways = method.is_client_streaming() && method.is_server_streaming();
        match self.document.early_expectation() {
            Some(section) if !both_ways => {
                let message = format!(
                    "{} stands before the last REQUEST, and {} answers only after it: move it down",
                    section.name,
                    method.name()
                );
                Err(self.fail("G315", &section.header, message))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn method(&mut self, schema: &Schema) -> Result<MethodDescriptor, NoCall> {
        let line = self.document.endpoint();
        let parts = line.and_then(|line| Some((line, split_endpoint(&line.text)?)));
        let Some((line, (service, name))) = parts else {
            let range = self.failures.endpoint_range();
            return Err(self.fail("G205", &range, "ENDPOINT is not package.Service/Method"));
        };
        let slash = line.range.start + service.len();
        let advice =
            |nearest: Option<String>| nearest.map_or(String::new(), |name| format!("; did you mean \"{name}\"?"));
        let method = schema.method(service, name).map_err(|unknown| match unknown {
            Unknown::Service { nearest } => {
                let message = format!("the server has no service \"{service}\"{}", advice(nearest));
                self.fail("G305", &(line.range.start..slash), message)
            }
            Unknown::Method { nearest } => {
                let message = format!("{service} has no method \"{name}\"{}", advice(nearest));
                self.fail("G306", &(slash + 1..line.range.end), message)
            }
        })?;
        Ok(method)
    }

    /// A second message for a method that takes one.
    fn refuse_more(&mut self, method: &MethodDescriptor) -> Result<(), NoCall> {
        let sections = self.sent();
        let repeated = sections
            .iter()
            .flat_map(|section| std::iter::repeat_n(section, section.repeats()));
        let mut places = repeated.flat_map(|section| match section.values() {
            [] => vec![&section.header],
            values => values.iter().map(|value| &value.range).collect(),
        });
        match places.nth(1).filter(|_| !method.is_client_streaming()) {
            Some(second) => {
                let message = format!("{} takes one request message: delete the others", method.name());
                Err(self.fail("G313", second, message))
            }
            None => Ok(()),
        }
    }

    /// The REQUEST sections that are executed.
    fn sent(&self) -> Vec<&'a Section> {
        let sections = self.document.sections_of(SectionKind::Request);
        sections.filter(|section| !section.is_skipped()).collect()
    }

    /// Every message that the document sends, in order; what only a variable decides is looked at when it is sent.
    pub(super) fn check_requests(&mut self, method: &MethodDescriptor) -> Result<(), NoCall> {
        self.refuse_more(method)?;
        for value in self.sent().into_iter().flat_map(Section::values) {
            match encode(value, method, rules(self.document), &Variables::default()) {
                Err(misfit) if misfit.code != UNRESOLVED => {
                    return Err(self.fail(misfit.code, &misfit.range, misfit.message));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The messages of a call that answers once, which are all sent before anything is expected.
    fn requests(&mut self, method: &MethodDescriptor, variables: &Variables) -> Result<Vec<DynamicMessage>, NoCall> {
        let mut messages = Vec::new();
        for section in self.sent() {
            let encoded = section_messages(section, method, rules(self.document), variables);
            let encoded = encoded.map_err(|misfit| self.fail(misfit.code, &misfit.range, misfit.message))?;
            messages.extend(encoded);
        }
        match messages.is_empty() {
            true => Ok(vec![DynamicMessage::new(method.input())]),
            false => Ok(messages),
        }
    }

    fn fail(&mut self, code: &'static str, range: &Range<usize>, message: impl Into<String>) -> NoCall {
        self.failures.fail(code, range, message);
        NoCall
    }

    /// The timeout in force at each section.
    fn timeouts(&self) -> Vec<Duration> {
        self.checker.rules().timeouts(self.runner.settings(self.item).timeout)
    }

    fn option(&self, name: &str) -> Option<String> {
        self.checker.rules().common(name)
    }

    fn gzip(&self) -> bool {
        let sections = self.document.sections().iter();
        let attribute = || sections.clone().find_map(|section| section.attribute("compression"));
        let environment = &self.runner.settings(self.item).environment;
        let variable = ["GCTF_COMPRESSION", "GRPCTESTIFY_COMPRESSION"]
            .iter()
            .find_map(|name| environment.get(*name));
        let chosen = attribute().map(str::to_owned).or_else(|| self.option("compression"));
        chosen.or(variable.cloned()).is_some_and(|value| value == "gzip")
    }
}
