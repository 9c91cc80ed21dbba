//! What a feature needs to know about the document under the cursor: its target, schema and method.

use super::places::Place;
use super::{Analysis, Config, FileState, RunState, SchemaState, TestRuns};
use crate::connection::{Connection, request_headers, split_endpoint};
use crate::outcome::{DocumentOutcome, Reply};
use crate::schema::Schema;
use crate::schema::shape::Shape;
use crate::schema::source_info::SourceInfo;
use crate::secrets::Masker;
use crate::spec::SectionKind;
use crate::syntax::{Document, InForce, Section, SourceFile};
use crate::target::SchemaSource;
use prost_reflect::MethodDescriptor;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// What identifies a document across edits elsewhere in its file.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TestKey {
    pub endpoint: String,
    /// From `#[name(…)]`.
    pub name: Option<String>,
    /// Which of the documents with that endpoint and name, from 0.
    pub ordinal: usize,
}

impl TestKey {
    /// 16 hexadecimal digits, equal for equal keys.
    pub fn id(&self) -> String {
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        format!("{:016x}", hasher.finish())
    }

    /// The keys of a file's documents, in order; none for a document without an ENDPOINT.
    pub fn all(source: &SourceFile) -> impl Iterator<Item = Option<Self>> + '_ {
        let mut seen: HashMap<(String, Option<String>), usize> = HashMap::new();
        source.documents().map(move |(_, document)| {
            let endpoint = document.endpoint()?.text.clone();
            let name = document.test_name().map(str::to_owned);
            let count = seen.entry((endpoint.clone(), name.clone())).or_default();
            let ordinal = *count;
            *count += 1;
            Some(Self {
                endpoint,
                name,
                ordinal,
            })
        })
    }

    /// The key of the document at `index`.
    pub fn of(source: &SourceFile, index: usize) -> Option<Self> {
        Self::all(source).nth(index).flatten()
    }
}

/// A schema that equals only itself.
#[derive(Clone, Debug)]
pub(super) struct Same(pub(super) Arc<Schema>);

impl PartialEq for Same {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// One document of an open file.
pub(super) struct Context<'a> {
    analysis: &'a Analysis,
    file: &'a FileState,
    pub(super) index: usize,
    /// Where the document starts in the file, in bytes.
    pub(super) start: usize,
    /// The place that is looked at, in bytes of the document.
    pub(super) offset: usize,
    pub(super) document: &'a Document,
    force: InForce,
    /// Its runs; looked up only in files with runs.
    runs: Option<&'a TestRuns>,
}

impl<'a> Context<'a> {
    /// The context of the document that holds `offset` of the file.
    pub(super) fn at(analysis: &'a Analysis, file: &'a FileState, offset: usize) -> Option<Self> {
        let index = file.source.document_at(offset);
        let (start, document) = file.source.document(index)?;
        let runs = match file.runs.is_empty() {
            true => None,
            false => TestKey::of(&file.source, index).and_then(|key| file.runs.get(&key)),
        };
        Some(Self {
            analysis,
            file,
            index,
            start,
            offset: offset.saturating_sub(start).min(document.text().len()),
            document,
            force: file.source.in_force(index),
            runs,
        })
    }

    /// Every document of a file, in order.
    pub(super) fn all(analysis: &'a Analysis, file: &'a FileState) -> impl Iterator<Item = Self> + 'a {
        let mut force = InForce::default();
        let mut keys = (!file.runs.is_empty()).then(|| TestKey::all(&file.source));
        file.source
            .documents()
            .enumerate()
            .map(move |(index, (start, document))| {
                force.enter(index, document);
                let key = keys.as_mut().and_then(Iterator::next).flatten();
                Self {
                    analysis,
                    file,
                    index,
                    start,
                    offset: 0,
                    document,
                    force,
                    runs: key.and_then(|key| file.runs.get(&key)),
                }
            })
    }

    /// The documents of the file before this one, in order.
    pub(super) fn earlier(&self) -> impl Iterator<Item = Self> + 'a {
        Self::all(self.analysis, self.file).take(self.index)
    }

    /// A byte of the document by its byte of the file; the document's end for what lies behind it.
    pub(super) fn offset(&self, offset: usize) -> Option<usize> {
        Some(offset.checked_sub(self.start)?.min(self.document.text().len()))
    }

    /// The section at the place that is looked at.
    pub(super) fn section(&self) -> Option<&'a Section> {
        self.document.section_at(self.offset)
    }

    /// The file that the document is of.
    pub(super) fn file(&self) -> &'a FileState {
        self.file
    }

    /// The file's source.
    pub(super) fn source(&self) -> &'a SourceFile {
        &self.file.source
    }

    /// The text of `token` up to the place that is looked at.
    pub(super) fn typed(&self, token: &Range<usize>) -> &'a str {
        let end = self.offset.clamp(token.start, token.end);
        &self.document.text()[token.start..end]
    }

    /// The present time in seconds since 1970.
    pub(super) fn now_seconds(&self) -> i64 {
        self.analysis.now
    }

    /// The present time as RFC 3339 writes it.
    pub(super) fn now(&self) -> String {
        let now = prost_types::Timestamp {
            seconds: self.analysis.now,
            nanos: 0,
        };
        now.to_string()
    }

    /// The folder of the file, if it is on disk.
    pub(super) fn folder(&self) -> Option<&'a Path> {
        self.file.path.as_deref().and_then(Path::parent)
    }

    /// Every open file.
    pub(super) fn open_files(&self) -> impl Iterator<Item = &'a SourceFile> {
        self.analysis.files.values().map(|file| &file.source)
    }

    /// The settings in force.
    pub(super) fn config(&self) -> &'a Config {
        self.analysis.config(self.file)
    }

    /// The address of documents without ADDRESS.
    pub(super) fn default_address(&self) -> &'a str {
        &self.config().defaults.address
    }

    pub(super) fn force(&self) -> InForce {
        self.force
    }

    pub(super) fn connection(&self) -> Connection<'a> {
        let folder = self.folder().unwrap_or(Path::new("."));
        Connection::new(
            &self.file.source,
            self.index,
            self.force,
            folder,
            &self.config().defaults,
        )
    }

    /// Where the schema comes from; `None` while the target cannot be told, as with a template in ADDRESS.
    /// Headers with templates are left out.
    pub(super) fn schema_source(&self) -> Option<SchemaSource> {
        self.place().map(|place| place.source)
    }

    /// The target with the source of the schema.
    pub(super) fn place(&self) -> Option<Place> {
        let connection = self.connection();
        let address = connection.address_text();
        if address.contains("{{") {
            return None;
        }
        let target = connection.target(address).ok()?;
        let source = connection.schema_source(&target, self.literal_headers());
        Some(Place { target, source })
    }

    /// Whether a call of the document to `address` is encrypted, and what is known of the schema there.
    pub(super) fn describe_address(&self, address: &str) -> Option<String> {
        let connection = self.connection();
        let target = connection.target(address).ok()?;
        let transport = match target.tls {
            None => "plaintext",
            Some(_) => "TLS",
        };
        let source = connection.schema_source(&target, self.literal_headers());
        let schema = match self.analysis.schemas.get(&source) {
            None => "not loaded".to_owned(),
            Some(SchemaState::Loading) => "loading".to_owned(),
            Some(SchemaState::Ready(_) | SchemaState::Outdated { .. }) => "loaded".to_owned(),
            Some(SchemaState::Failed { reason, .. }) => reason.clone(),
        };
        Some(format!("Reached by {transport}.\n\nSchema: {schema}"))
    }

    /// The request headers without templates.
    fn literal_headers(&self) -> Vec<(String, String)> {
        let mut headers = request_headers(self.document);
        headers.retain(|(_, value)| !value.contains("{{"));
        headers
    }

    pub(super) fn schema_state(&self) -> Option<&'a SchemaState> {
        self.analysis.schemas.get(&self.schema_source()?)
    }

    pub(super) fn schema(&self) -> Option<&'a Arc<Schema>> {
        self.schema_state()?.schema()
    }

    /// The comments of the schema.
    pub(super) fn source_info(&self) -> Arc<SourceInfo> {
        let schema = self.schema();
        schema.map_or_else(Arc::default, |schema| Arc::clone(schema.source_info()))
    }

    pub(super) fn method(&self) -> Option<MethodDescriptor> {
        let (service, method) = split_endpoint(&self.document.endpoint()?.text)?;
        self.schema()?.method(service, method).ok()
    }

    /// The form of the values in a REQUEST or RESPONSE.
    pub(super) fn body_shape(&self, kind: SectionKind) -> Option<Shape> {
        let method = self.method()?;
        match kind {
            SectionKind::Request => Some(Shape::of_message(&method.input())),
            SectionKind::Response => Some(Shape::of_message(&method.output())),
            _ => None,
        }
    }

    /// Where the document's last run stands.
    pub(super) fn run(&self) -> Option<&'a RunState> {
        self.runs.map(|runs| &runs.state)
    }

    /// What is remembered of the document's runs.
    pub(super) fn runs(&self) -> Option<&'a TestRuns> {
        self.runs
    }

    /// What came of the document's last run that brought something, whatever the text is now.
    pub(super) fn last_reply(&self) -> Option<&'a Reply> {
        self.runs?.replies.front().map(Arc::as_ref)
    }

    /// What hides in texts about the last reply what its run has met of secrets. Those of the reply itself are told by
    /// their names.
    pub(super) fn last_masker(&self) -> Masker {
        match self.run() {
            Some(RunState::Finished(outcome)) => outcome.secrets.masker(),
            _ => Masker::default(),
        }
    }

    /// The outcome of the document's last run, if it speaks of the text as it is.
    pub(super) fn fresh_outcome(&self) -> Option<&'a Arc<DocumentOutcome>> {
        match self.run()? {
            RunState::Finished(outcome) if outcome.text_hash == self.file.source.run_hash(self.index, self.force) => {
                Some(outcome)
            }
            _ => None,
        }
    }
}
