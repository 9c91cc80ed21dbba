//! What a feature needs to know about the document under the cursor: its target, schema and method.

use super::{Analysis, FileState, RunState, SchemaState};
use crate::connection::{Connection, request_headers, split_endpoint};
use crate::outcome::DocumentOutcome;
use crate::schema::Schema;
use crate::schema::shape::Shape;
use crate::spec::SectionKind;
use crate::syntax::{Document, InForce, SourceFile};
use crate::target::SchemaSource;
use prost_reflect::MethodDescriptor;
use std::path::Path;
use std::sync::Arc;

/// One document of an open file.
pub(super) struct Context<'a> {
    analysis: &'a Analysis,
    file: &'a FileState,
    pub(super) index: usize,
    /// Where the document starts in the file, in bytes.
    pub(super) start: usize,
    pub(super) document: &'a Document,
    force: InForce,
}

impl<'a> Context<'a> {
    pub(super) fn new(analysis: &'a Analysis, file: &'a FileState, index: usize, force: InForce) -> Option<Self> {
        let (start, document) = file.source.document(index)?;
        Some(Self {
            analysis,
            file,
            index,
            start,
            document,
            force,
        })
    }

    /// The context of the document that holds `offset` of the file.
    pub(super) fn at(analysis: &'a Analysis, file: &'a FileState, offset: usize) -> Option<Self> {
        let index = file.source.document_at(offset);
        Self::new(analysis, file, index, file.source.in_force(index))
    }

    /// Every document of a file, in order.
    pub(super) fn all(analysis: &'a Analysis, file: &'a FileState) -> impl Iterator<Item = Self> + 'a {
        let mut force = InForce::default();
        file.source
            .documents()
            .enumerate()
            .map(move |(index, (start, document))| {
                force.enter(index, document);
                Self {
                    analysis,
                    file,
                    index,
                    start,
                    document,
                    force,
                }
            })
    }

    /// The file's source.
    pub(super) fn source(&self) -> &'a SourceFile {
        &self.file.source
    }

    pub(super) fn force(&self) -> InForce {
        self.force
    }

    pub(super) fn connection(&self) -> Connection<'a> {
        let folder = self
            .file
            .path
            .as_deref()
            .and_then(Path::parent)
            .unwrap_or(Path::new("."));
        Connection::new(
            &self.file.source,
            self.index,
            self.force,
            folder,
            &self.analysis.config.defaults,
        )
    }

    /// Where the schema comes from; `None` while the target cannot be told, as with a template in ADDRESS.
    /// Headers with templates are left out.
    pub(super) fn schema_source(&self) -> Option<SchemaSource> {
        let connection = self.connection();
        let address = connection.address_text();
        if address.contains("{{") {
            return None;
        }
        let target = connection.target(address).ok()?;
        let mut headers = request_headers(self.document);
        headers.retain(|(_, value)| !value.contains("{{"));
        Some(connection.schema_source(&target, headers))
    }

    pub(super) fn schema_state(&self) -> Option<&'a SchemaState> {
        self.analysis.schemas.get(&self.schema_source()?)
    }

    pub(super) fn schema(&self) -> Option<&'a Arc<Schema>> {
        match self.schema_state()? {
            SchemaState::Ready(schema) => Some(schema),
            SchemaState::Loading | SchemaState::Failed { .. } => None,
        }
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
        if self.file.runs.is_empty() {
            return None;
        }
        let key = run_key(&self.file.source, self.index)?;
        let run = self
            .file
            .runs
            .iter()
            .rev()
            .find(|run| run.endpoint == key.0 && run.ordinal == key.1)?;
        Some(&run.state)
    }

    /// The outcome of the document's last run, if it speaks of the text as it is.
    pub(super) fn fresh_outcome(&self) -> Option<&'a Arc<DocumentOutcome>> {
        match self.run()? {
            RunState::Finished(outcome) if outcome.text_hash == self.file.source.run_hash(self.index) => Some(outcome),
            _ => None,
        }
    }
}

/// What identifies a document across edits elsewhere: its endpoint, and which of those with it it is.
pub fn run_key(source: &SourceFile, index: usize) -> Option<(String, usize)> {
    let endpoint = |document: &Document| document.endpoint().map(|line| line.text.clone());
    let own = endpoint(source.document(index)?.1)?;
    let ordinal = source
        .documents()
        .take(index)
        .filter(|(_, document)| document.endpoint().is_some_and(|line| line.text == own))
        .count();
    Some((own, ordinal))
}
