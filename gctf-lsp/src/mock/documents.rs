//! `.gctf` files as stubs: each document answers the request that it makes with what it expects.

use super::answer;
use super::sources::Sources;
use super::stubs::{Inputs, Item, Matcher, Output, Stub};
use super::wanted::{self, first_template};
use crate::connection::{Connection, Defaults, request_headers, split_endpoint};
use crate::diagnostic::Diagnostic;
use crate::eval::encode::EncodeError;
use crate::schema::{Schema, Unknown};
use crate::spec::SectionKind;
use crate::syntax::position::to_report;
use crate::syntax::{Document, Section, SourceFile};
use prost_reflect::MethodDescriptor;
use serde_json::{Map, Value as Json};
use std::ops::Range;
use std::path::Path;
use std::time::Duration;

/// Why a document gives no stub. Ranges are bytes of the document.
struct Refusal {
    range: Range<usize>,
    reason: String,
}

impl Refusal {
    fn at(section: &Section, reason: impl Into<String>) -> Self {
        Self {
            range: section.header.clone(),
            reason: reason.into(),
        }
    }
}

impl From<EncodeError> for Refusal {
    fn from(error: EncodeError) -> Self {
        Self {
            range: error.range,
            reason: error.message,
        }
    }
}

/// Whether a path is that of a `.gctf` file.
pub fn is_document(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension == "gctf" || extension == "apif")
}

/// The stubs of a `.gctf` file, in order, with a sentence on each document that gives none.
///
/// # Errors
/// A file that cannot be read.
pub(super) fn read(path: &Path, sources: &mut Sources) -> Result<(Vec<Stub>, Vec<String>), String> {
    let name = path.display();
    let bytes = std::fs::read(path).map_err(|error| format!("{name}: {error}"))?;
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            return Ok((
                Vec::new(),
                vec![format!(
                    "{name}: gives no stub: not UTF-8 at byte {at}: save it as UTF-8"
                )],
            ));
        }
    };
    let source = SourceFile::new(&text);
    let errors = source.static_errors();
    let (mut stubs, mut notes) = (Vec::new(), Vec::new());
    for (index, (start, document)) in source.documents().enumerate() {
        if document.sections().is_empty() && index > 0 {
            continue;
        }
        let place = |offset: usize| {
            let place = to_report(source.text(), start + offset);
            format!("{name}:{}:{}", place.line, place.column)
        };
        let own = errors.iter().filter(|(of, _)| *of == index).map(|(_, error)| error);
        let faults: Vec<_> = own.filter(|error| forbids(error)).collect();
        notes.extend(faults.iter().map(|fault| {
            let at = place(fault.range.start);
            format!("{at}: gives no stub: {} ({})", fault.message, fault.code)
        }));
        if !faults.is_empty() {
            continue;
        }
        let one = One {
            path,
            source: &source,
            index,
            document,
        };
        match one.stub(sources) {
            Ok(stub) => stubs.push(Stub {
                origin: place(one.endpoint().map_or(0, |section| section.header.start)),
                ..stub
            }),
            Err(refusal) => {
                notes.push(format!(
                    "{}: gives no stub: {}",
                    place(refusal.range.start),
                    refusal.reason
                ));
            }
        }
    }
    Ok((stubs, notes))
}

/// Whether an error keeps a document from being a stub; a variable that nothing sets matches anything.
fn forbids(error: &Diagnostic) -> bool {
    error.code != "G224"
}

/// A document on its way to a stub.
struct One<'a> {
    path: &'a Path,
    source: &'a SourceFile,
    index: usize,
    document: &'a Document,
}

impl<'a> One<'a> {
    /// The stub, its origin left open.
    fn stub(&self, sources: &mut Sources) -> Result<Stub, Refusal> {
        self.refuse_unsendable()?;
        let schema = self.schema(sources)?;
        let method = self.method(&schema)?;
        self.refuse_order(&method)?;
        let inputs = self.inputs(&method)?;
        let headers = wanted::header_matcher(&request_headers(self.document));
        Ok(Stub {
            origin: String::new(),
            service: method.parent_service().full_name().to_owned(),
            method: method.name().to_owned(),
            headers: headers.map_err(|reason| self.refusal(SectionKind::RequestHeaders, reason))?,
            inputs,
            output: self.output(&method, &schema)?,
            priority: 0,
            times: 0,
        })
    }

    fn endpoint(&self) -> Option<&'a Section> {
        self.document.sections_of(SectionKind::Endpoint).next()
    }

    /// Speaks of the first section of a kind, else of the first of all.
    fn refusal(&self, kind: SectionKind, reason: impl Into<String>) -> Refusal {
        let mut sections = self.document.sections_of(kind).chain(self.document.sections());
        Refusal {
            range: sections.next().map_or(0..0, |section| section.header.clone()),
            reason: reason.into(),
        }
    }

    /// The sections that are executed.
    fn executed(&self) -> impl Iterator<Item = &'a Section> {
        self.document.sections().iter().filter(|section| !section.is_skipped())
    }

    fn refuse_unsendable(&self) -> Result<(), Refusal> {
        if self.endpoint().is_some_and(Section::is_skipped) {
            return Err(self.refusal(SectionKind::Endpoint, "`#[skip]` takes the document out: delete it"));
        }
        let answers: Vec<_> = self.executed().filter(|section| answers(section)).collect();
        if answers.is_empty() {
            return Err(
                match self.executed().find(|section| section.kind == SectionKind::Asserts) {
                    Some(asserts) => Refusal::at(
                        asserts,
                        "ASSERTS alone say nothing that could be sent: add a RESPONSE or an ERROR",
                    ),
                    None => self.refusal(
                        SectionKind::Endpoint,
                        "it expects nothing that could be sent: add a RESPONSE or an ERROR",
                    ),
                },
            );
        }
        for section in answers {
            if let Some((range, name)) = section.values().iter().find_map(first_template) {
                let reason = format!(
                    "its {} holds {{{{ {name} }}}}, which only a run knows: write a value",
                    section.name
                );
                return Err(Refusal { range, reason });
            }
        }
        Ok(())
    }

    fn schema(&self, sources: &mut Sources) -> Result<std::sync::Arc<Schema>, Refusal> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let force = self.source.in_force(self.index);
        let own = Connection::new(self.source, self.index, force, folder, &Defaults::default()).schema_files();
        let schema = sources.of_document(self.path, own);
        schema.map_err(|reason| self.refusal(SectionKind::Endpoint, reason))
    }

    fn method(&self, schema: &Schema) -> Result<MethodDescriptor, Refusal> {
        let line = self.document.endpoint();
        let named = line.and_then(|line| Some((line, split_endpoint(&line.text)?)));
        let Some((line, (service, name))) = named else {
            return Err(self.refusal(SectionKind::Endpoint, "ENDPOINT is not package.Service/Method"));
        };
        let advice =
            |nearest: Option<String>| nearest.map_or(String::new(), |name| format!("; did you mean \"{name}\"?"));
        schema.method(service, name).map_err(|unknown| Refusal {
            range: line.range.clone(),
            reason: match unknown {
                Unknown::Service { nearest } => {
                    let mut services = schema.services();
                    let mut packaged = || services.find(|known| known.name() == service);
                    let nearest = nearest.or_else(|| packaged().map(|known| known.full_name().to_owned()));
                    format!("no service \"{service}\"{}", advice(nearest))
                }
                Unknown::Method { nearest } => format!("{service} has no method \"{name}\"{}", advice(nearest)),
            },
        })
    }

    /// A call that answers once is answered after its last request.
    fn refuse_order(&self, method: &MethodDescriptor) -> Result<(), Refusal> {
        let both_ways = method.is_client_streaming() && method.is_server_streaming();
        let executed: Vec<_> = self.executed().collect();
        let last = executed
            .iter()
            .rposition(|section| section.kind == SectionKind::Request);
        let mut before = executed[..last.unwrap_or(0)].iter();
        match before.find(|section| answers(section)) {
            Some(section) if !both_ways => Err(Refusal::at(
                section,
                format!(
                    "{} stands before the last REQUEST, and {} answers only after it: move it down",
                    section.name,
                    method.name()
                ),
            )),
            _ => Ok(()),
        }
    }

    fn inputs(&self, method: &MethodDescriptor) -> Result<Inputs, Refusal> {
        let mut matchers = Vec::new();
        for section in self.executed().filter(|section| section.kind == SectionKind::Request) {
            let values = section.values().iter();
            let mut once: Vec<_> = values
                .map(|value| wanted::matcher(value, &method.input()))
                .collect::<Result<_, _>>()?;
            if once.is_empty() {
                once.push(Matcher::default());
            }
            matchers.extend(std::iter::repeat_n(once, section.repeats()).flatten());
            if matchers.len() > 1 && !method.is_client_streaming() {
                let range = section
                    .values()
                    .get(1)
                    .map_or(&section.header, |value| &value.range)
                    .clone();
                let reason = format!("{} takes one request message: delete the others", method.name());
                return Err(Refusal { range, reason });
            }
        }
        let only = match matchers.len() {
            0 | 1 => matchers.pop().unwrap_or_default(),
            _ => return Ok(Inputs::Sequence(matchers)),
        };
        Ok(Inputs::Each(Box::new(only)))
    }

    fn output(&self, method: &MethodDescriptor, schema: &Schema) -> Result<Output, Refusal> {
        let both_ways = method.is_client_streaming() && method.is_server_streaming();
        let mut output = Output {
            is_stream: method.is_server_streaming(),
            ..Output::default()
        };
        for section in self.executed() {
            match section.kind {
                SectionKind::Request => {
                    let count = section.values().len().max(1) * section.repeats();
                    output.turns.extend(std::iter::repeat_n(output.messages.len(), count));
                }
                SectionKind::Response => {
                    let values = section.values().iter();
                    let once: Vec<_> = values
                        .map(|value| answer::message(value, &method.output()).map(item))
                        .collect::<Result<_, _>>()?;
                    output
                        .messages
                        .extend(std::iter::repeat_n(once, section.repeats()).flatten());
                }
                SectionKind::Error => {
                    let Some(written) = self.document.error_value(section) else {
                        return Err(Refusal::at(section, "ERROR is empty: say what is expected"));
                    };
                    let fault = answer::fault(&written, schema.pool())?;
                    match both_ways {
                        // It answers the request above it as messages do.
                        true => output.messages.push(Item {
                            error: Some(fault),
                            ..item(Json::Object(Map::new()))
                        }),
                        false => output.error = Some(fault),
                    }
                }
                _ => {}
            }
        }
        match both_ways {
            true => self.close_turns(&mut output),
            false => output.turns.clear(),
        }
        self.refuse_count(&output, method)?;
        Ok(output)
    }

    /// What stands behind the last REQUEST answers it; without a REQUEST an empty message is sent before anything.
    fn close_turns(&self, output: &mut Output) {
        if output.turns.is_empty() {
            output.turns.push(0);
        }
        output.turns.push(output.messages.len());
    }

    /// A call that answers once does so with a message or with a status.
    fn refuse_count(&self, output: &Output, method: &MethodDescriptor) -> Result<(), Refusal> {
        if method.is_server_streaming() {
            return Ok(());
        }
        let reason = match (output.messages.len(), &output.error) {
            (1, None) | (0, Some(_)) => return Ok(()),
            (0, None) => format!(
                "{} answers with one message: write `{{}}` for an empty one",
                method.name()
            ),
            (_, None) => format!("{} answers with one message: delete the others", method.name()),
            (_, Some(_)) => format!("{} answers with a message or an error: delete one", method.name()),
        };
        let last = self.executed().filter(|section| answers(section)).last();
        Err(last.map_or_else(
            || self.refusal(SectionKind::Endpoint, reason.clone()),
            |section| Refusal::at(section, reason.clone()),
        ))
    }
}

/// Whether a section says what is sent.
fn answers(section: &Section) -> bool {
    matches!(section.kind, SectionKind::Response | SectionKind::Error)
}

fn item(message: Json) -> Item {
    Item {
        message,
        delay: Duration::ZERO,
        error: None,
    }
}
