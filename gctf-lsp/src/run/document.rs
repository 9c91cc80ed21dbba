//! One document: from its settings to the call, and from the reply to its checks.

use super::checks::Checker;
use super::failures::{Failures, Finding};
use super::{RunItem, Runner, plan};
use crate::connection::{Connection as Settings, split_endpoint};
use crate::eval::encode::to_message;
use crate::eval::template::{Variables, substitute, substitute_text};
use crate::expr::Engine;
use crate::grpc::call::{self, CallOptions};
use crate::grpc::details;
use crate::outcome::{DocumentOutcome, Reply, Verdict};
use crate::schema::json::{Defaults, shown};
use crate::schema::{Schema, Unknown};
use crate::spec::SectionKind;
use crate::status::Origin;
use crate::syntax::json::{Data, Value};
use crate::syntax::settings::boolean;
use crate::syntax::{Document, Section, SourceFile};
use crate::target::{SchemaSource, Target};
use prost_reflect::{DynamicMessage, MessageDescriptor, MethodDescriptor};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Why no call was made: it has been told to the failures.
struct NoCall;

/// Names and values in order.
type Metadata = Vec<(String, String)>;

/// Runs the document at `index` of `item`, whose EXTRACT sections set `variables`.
pub(super) async fn run(runner: &Runner, item: &RunItem, index: usize, variables: &mut Variables) -> DocumentOutcome {
    let start = Instant::now();
    let mut failures = Failures::new(&item.source, index);
    let Some((_, document)) = item.source.document(index) else {
        return failures.finish(Duration::ZERO);
    };
    if plan::is_skipped(&item.source, index) {
        let range = failures.endpoint_range();
        failures.note("G523", &range, "skipped by #[skip]");
        return failures.outcome(Verdict::Skipped, Duration::ZERO);
    }
    failures.hide(&runner.options.environment);
    let mut attempt = Attempt {
        runner,
        item,
        index,
        document,
        failures: &mut failures,
    };
    // A failed attempt has told why.
    let Ok(received) = attempt.call(variables).await else {
        return failures.finish(start.elapsed());
    };
    failures.reply = Some(Arc::clone(&received.reply));
    let (engine, source) = (Arc::clone(&runner.engine), item.source.clone());
    let mut after = variables.clone();
    // Expressions take processor time: on a thread of their own they keep nobody from being cancelled.
    let checked = tokio::task::spawn_blocking(move || {
        received.check(&engine, &source, index, &mut failures, &mut after);
        (failures, after)
    });
    match checked.await {
        Ok((failures, after)) => {
            *variables = after;
            failures.finish(start.elapsed())
        }
        Err(error) => {
            let mut failures = Failures::new(&item.source, index);
            let range = failures.endpoint_range();
            failures.fail("G503", &range, format!("the checks broke down: {error}"));
            failures.finish(start.elapsed())
        }
    }
}

struct Attempt<'a, 'f> {
    runner: &'a Runner,
    item: &'a RunItem,
    index: usize,
    document: &'a Document,
    failures: &'f mut Failures,
}

/// How a call ended, with what its checks have to know.
struct Received {
    reply: Arc<Reply>,
    origin: Origin,
    /// Unknown where the schema could not be asked for.
    method: Option<MethodDescriptor>,
    detail_types: Vec<Option<MessageDescriptor>>,
    defaults: Defaults,
}

impl Received {
    fn check(
        &self,
        engine: &Engine,
        source: &SourceFile,
        index: usize,
        failures: &mut Failures,
        variables: &mut Variables,
    ) {
        let Some((_, document)) = source.document(index) else {
            return;
        };
        let checker = Checker {
            engine,
            document,
            options: options_section(source, index),
            method: self.method.as_ref(),
            reply: &self.reply,
            detail_types: &self.detail_types,
            origin: self.origin,
            defaults: self.defaults,
        };
        checker.check(failures, variables);
    }

    /// A call that never reached the server.
    fn unreachable(message: String) -> Self {
        Self {
            reply: Arc::new(Reply {
                headers: Vec::new(),
                messages: Vec::new(),
                trailers: Vec::new(),
                code: UNAVAILABLE,
                status_message: message,
                details: Vec::new(),
                elapsed: Duration::ZERO,
            }),
            origin: Origin::Unreachable,
            method: None,
            detail_types: Vec::new(),
            defaults: Defaults::Omitted,
        }
    }
}

const UNAVAILABLE: i32 = 14;

/// Why a call cannot be made.
enum Refusal {
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
struct Prepared {
    connection: crate::grpc::connection::Connection,
    schema: Arc<Schema>,
    method: MethodDescriptor,
    request: DynamicMessage,
    options: CallOptions,
}

impl Attempt<'_, '_> {
    async fn call(&mut self, variables: &Variables) -> Result<Received, NoCall> {
        self.refuse_static_errors()?;
        let prepared = match self.prepare(variables).await {
            Ok(prepared) => prepared,
            Err(Refusal::Told) => return Err(NoCall),
            Err(Refusal::Unreachable(message)) => return Ok(Received::unreachable(message)),
        };
        let received = call::unary(
            &prepared.connection,
            &prepared.method,
            prepared.request,
            &prepared.options,
        )
        .await;
        let defaults = self.defaults();
        let messages = received.messages.iter().map(|message| shown(message, defaults));
        let details = details::decode(&received.status.details, prepared.schema.pool());
        Ok(Received {
            detail_types: details::types(&details, prepared.schema.pool()),
            reply: Arc::new(Reply {
                headers: received.headers,
                messages: messages.collect(),
                trailers: received.trailers,
                code: received.status.code as i32,
                status_message: received.status.message,
                details,
                elapsed: received.elapsed,
            }),
            origin: received.status.origin,
            method: Some(prepared.method),
            defaults,
        })
    }

    /// Errors of the file's form make no call.
    fn refuse_static_errors(&mut self) -> Result<(), NoCall> {
        let errors = plan::static_errors(&self.item.source, self.index);
        for error in &errors {
            self.failures.add(Finding {
                code: error.code,
                range: error.range.clone(),
                message: error.message.clone(),
                report: error.message.clone(),
                expected: None,
                actual: None,
            });
        }
        match errors.is_empty() && self.document.endpoint().is_some() {
            true => Ok(()),
            false => {
                if errors.is_empty() {
                    let range = self.failures.endpoint_range();
                    self.failures.fail(
                        "G201",
                        &range,
                        "no ENDPOINT: add `--- ENDPOINT ---` with package.Service/Method",
                    );
                }
                Err(NoCall)
            }
        }
    }

    async fn prepare(&mut self, variables: &Variables) -> Result<Prepared, Refusal> {
        let endpoint = self.failures.endpoint_range();
        let (target, source, metadata) = self.target(variables)?;
        let schema = self.runner.targets.schema(&source).await.map_err(|failure| {
            let message = failure.message;
            match failure.connection {
                Some(cause) if cause.is_tls() => self.fail("G512", &endpoint, message).into(),
                Some(cause) if cause.is_unreachable() => Refusal::Unreachable(message),
                _ => self.fail("G513", &endpoint, format!("no schema: {message}")).into(),
            }
        })?;
        let method = self.method(&schema)?;
        self.refuse_order(&method)?;
        let request = self.request(&method, variables)?;
        let connection = self.runner.targets.connection(&target).await;
        let connection = connection.map_err(|failure| match failure.is_tls() {
            true => self.fail("G512", &endpoint, failure.message).into(),
            false => Refusal::Unreachable(failure.message),
        })?;
        Ok(Prepared {
            connection,
            schema,
            method,
            request,
            options: CallOptions {
                metadata,
                deadline: self.deadline(),
                gzip: self.gzip(),
            },
        })
    }

    /// Where the call goes, where its schema comes from, and what it carries.
    fn target(&mut self, variables: &Variables) -> Result<(Target, SchemaSource, Metadata), NoCall> {
        let item = self.item;
        let folder = item.path.as_deref().and_then(Path::parent).unwrap_or(Path::new("."));
        let force = item.source.in_force(self.index);
        let defaults = &self.runner.options.defaults;
        let settings = Settings::new(&item.source, self.index, force, folder, defaults);
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
        let metadata = self.metadata(variables)?;
        let source = settings.schema_source(&target, metadata.clone());
        Ok((target, source, metadata))
    }

    fn metadata(&mut self, variables: &Variables) -> Result<Metadata, NoCall> {
        let mut metadata = Vec::new();
        let sections = self.document.sections_of(SectionKind::RequestHeaders);
        let entries = sections.flat_map(Section::entries);
        for entry in entries.filter(|entry| entry.colon && !entry.key.text.is_empty()) {
            let value = substitute_text(&entry.value.text, &entry.value.range, variables);
            let value = value.map_err(|unresolved| {
                let message = unresolved.message();
                self.fail("G514", &unresolved.range, message)
            })?;
            let pair = (entry.key.text.to_ascii_lowercase(), value);
            crate::grpc::metadata::to_wire(std::slice::from_ref(&pair))
                .map_err(|message| self.fail("G216", &entry.range, message))?;
            metadata.push(pair);
        }
        Ok(metadata)
    }

    /// A call that answers once can only be looked at after its last request.
    fn refuse_order(&mut self, method: &MethodDescriptor) -> Result<(), NoCall> {
        let both_ways = method.is_client_streaming() && method.is_server_streaming();
        match plan::early_expectation(self.document) {
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

    fn method(&mut self, schema: &Schema) -> Result<MethodDescriptor, NoCall> {
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
        match method.is_client_streaming() || method.is_server_streaming() {
            false => Ok(method),
            true => {
                let shape = crate::schema::docs::method_shape(&method);
                Err(self.fail(
                    "G513",
                    &line.range,
                    format!("{name} is {shape}: only unary calls run so far"),
                ))
            }
        }
    }

    fn request(&mut self, method: &MethodDescriptor, variables: &Variables) -> Result<DynamicMessage, NoCall> {
        let sections = self.document.sections_of(SectionKind::Request);
        let sent = sections.filter(|section| !plan::skips(section));
        let values: Vec<&Value> = sent
            .flat_map(|section| std::iter::repeat_n(section.values(), plan::repeats(section)).flatten())
            .collect();
        if let Some(second) = values.get(1) {
            let message = format!("{} takes one request message: delete the others", method.name());
            return Err(self.fail("G313", &second.range, message));
        }
        let empty = Value {
            range: self.failures.endpoint_range(),
            data: Data::Object(Vec::new()),
        };
        let value = values.first().copied().unwrap_or(&empty);
        let value = substitute(value, variables).map_err(|unresolved| {
            let message = unresolved.message();
            self.fail("G514", &unresolved.range, message)
        })?;
        to_message(&value, &method.input()).map_err(|error| self.fail("G516", &error.range, error.message))
    }

    fn fail(&mut self, code: &'static str, range: &Range<usize>, message: impl Into<String>) -> NoCall {
        self.failures.fail(code, range, message);
        NoCall
    }

    /// The largest timeout in force at the sections that read.
    fn deadline(&self) -> Duration {
        let seconds = |text: &str| text.trim().parse().ok().filter(|seconds| *seconds > 0);
        let option = self.option("timeout").and_then(|text| seconds(&text));
        let mut current = option.map_or(self.runner.options.timeout, Duration::from_secs);
        let mut largest = None;
        for section in self.document.sections().iter().filter(|section| !plan::skips(section)) {
            if let Some(seconds) = section.attribute("timeout").and_then(seconds) {
                current = Duration::from_secs(seconds);
            }
            let reads = matches!(
                section.kind,
                SectionKind::Response | SectionKind::Error | SectionKind::Asserts
            );
            if reads {
                largest = largest.max(Some(current));
            }
        }
        largest.unwrap_or(current)
    }

    /// A setting of the OPTIONS in force.
    fn option(&self, name: &str) -> Option<String> {
        let section = options_section(&self.item.source, self.index)?;
        Some(section.setting(&[name])?.text)
    }

    fn defaults(&self) -> Defaults {
        let emits = self.option("emit_defaults").and_then(|text| boolean(&text));
        match emits {
            Some(true) => Defaults::Shown,
            _ => Defaults::Omitted,
        }
    }

    fn gzip(&self) -> bool {
        let sections = self.document.sections().iter();
        let attribute = || sections.clone().find_map(|section| section.attribute("compression"));
        let environment = &self.runner.options.environment;
        let variable = ["GCTF_COMPRESSION", "GRPCTESTIFY_COMPRESSION"]
            .iter()
            .find_map(|name| environment.get(*name));
        let chosen = attribute().map(str::to_owned).or_else(|| self.option("compression"));
        chosen.or(variable.cloned()).is_some_and(|value| value == "gzip")
    }
}

/// The OPTIONS in force.
fn options_section(source: &SourceFile, index: usize) -> Option<&Section> {
    let at = source.in_force(index).options?;
    let (_, document) = source.document(at.document)?;
    document.sections().get(at.section)
}

/// The code of a failed call by who made its status.
pub(super) fn status_code(origin: Origin) -> &'static str {
    match origin {
        Origin::Server | Origin::Http => "G504",
        Origin::Deadline => "G510",
        Origin::Unreachable => "G511",
        Origin::Local => "G519",
    }
}
