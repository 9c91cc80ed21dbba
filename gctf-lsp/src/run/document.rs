//! One document: from its settings to the call, and from the reply to its checks.

use super::checks::Checker;
use super::failures::{Failures, Finding};
use super::{RunItem, Runner, plan};
use crate::connection::{Connection as Settings, request_headers, split_endpoint};
use crate::eval::encode::to_message;
use crate::eval::template::{Variables, substitute, substitute_text};
use crate::grpc::call::{self, CallOptions};
use crate::grpc::details;
use crate::outcome::{DocumentOutcome, Reply, Verdict};
use crate::schema::{Schema, Unknown, json::shown};
use crate::spec::SectionKind;
use crate::status::Origin;
use crate::syntax::json::{Data, Value};
use crate::syntax::{Document, Section};
use prost_reflect::{DynamicMessage, MethodDescriptor};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Why no call was made: it has been told to the failures.
struct NoCall;

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
    let mut attempt = Attempt {
        runner,
        item,
        index,
        document,
        failures: &mut failures,
    };
    // A failed attempt has told why.
    let _ = attempt.run(variables).await;
    failures.finish(start.elapsed())
}

struct Attempt<'a, 'f> {
    runner: &'a Runner,
    item: &'a RunItem,
    index: usize,
    document: &'a Document,
    failures: &'f mut Failures<'a>,
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
    async fn run(&mut self, variables: &mut Variables) -> Result<(), NoCall> {
        self.refuse_static_errors()?;
        let prepared = self.prepare(variables).await?;
        let received = call::unary(
            &prepared.connection,
            &prepared.method,
            prepared.request,
            &prepared.options,
        )
        .await;
        let reply = Reply {
            headers: received.headers,
            messages: received.messages.iter().map(shown).collect(),
            trailers: received.trailers,
            code: received.status.code as i32,
            status_message: received.status.message,
            details: details::decode(&received.status.details, prepared.schema.pool()),
            elapsed: received.elapsed,
        };
        let reply = Arc::new(reply);
        self.failures.reply = Some(Arc::clone(&reply));
        let checker = Checker {
            engine: &self.runner.engine,
            document: self.document,
            options: options_section(self.item, self.index),
            method: &prepared.method,
            reply: &reply,
            origin: received.status.origin,
            deadline: prepared.options.deadline,
        };
        checker.check(self.failures, variables);
        Ok(())
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

    async fn prepare(&mut self, variables: &Variables) -> Result<Prepared, NoCall> {
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
        let schema = self
            .runner
            .targets
            .schema(&settings.schema_source(&target, metadata.clone()))
            .await;
        let schema = schema.map_err(|failure| {
            let unreachable = failure
                .connection
                .as_ref()
                .filter(|_| failure.code != "G303" && failure.code != "G304");
            match unreachable {
                Some(cause) if cause.is_tls() => self.fail("G512", &endpoint, failure.message),
                Some(_) => self.fail("G511", &endpoint, format!("UNAVAILABLE (14): {}", failure.message)),
                None => self.fail("G513", &endpoint, format!("no schema: {}", failure.message)),
            }
        })?;
        let method = self.method(&schema)?;
        let request = self.request(&method, variables)?;
        let connection = self.runner.targets.connection(&target).await;
        let connection = connection.map_err(|failure| {
            let code = match failure.is_tls() {
                true => "G512",
                false => "G511",
            };
            self.fail(code, &endpoint, failure.message)
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

    fn metadata(&mut self, variables: &Variables) -> Result<Vec<(String, String)>, NoCall> {
        let mut metadata = Vec::new();
        let sections: Vec<_> = self.document.sections_of(SectionKind::RequestHeaders).collect();
        let range = sections.first().map_or(0..0, |section| section.header.clone());
        for (name, value) in request_headers(self.document) {
            let value = substitute_text(&value, &range, variables);
            let value = value.map_err(|unresolved| self.fail("G514", &range, unresolved.message()))?;
            metadata.push((name, value));
        }
        match crate::grpc::metadata::to_wire(&metadata) {
            Ok(_) => Ok(metadata),
            Err(message) => Err(self.fail("G216", &range, message)),
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
        let values: Vec<&Value> = sections
            .filter(|section| !plan::skips(section))
            .flat_map(Section::values)
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
        let option = options_section(self.item, self.index).and_then(|section| section.setting(&["timeout"]));
        let seconds = option.and_then(|value| value.text.parse().ok());
        let default = seconds.map_or(self.runner.options.timeout, Duration::from_secs);
        let mut current = default;
        let mut largest = None;
        for section in self.document.sections() {
            if let Some(seconds) = section.attribute("timeout").and_then(|value| value.trim().parse().ok()) {
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

    fn gzip(&self) -> bool {
        let option = options_section(self.item, self.index).and_then(|section| section.setting(&["compression"]));
        let attribute = self
            .document
            .sections()
            .iter()
            .find_map(|section| section.attribute("compression"));
        match (attribute, option) {
            (Some(value), _) => value == "gzip",
            (None, option) => option.is_some_and(|value| value.text == "gzip"),
        }
    }
}

/// The OPTIONS in force.
fn options_section(item: &RunItem, index: usize) -> Option<&Section> {
    let at = item.source.in_force(index).options?;
    let (_, document) = item.source.document(at.document)?;
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
