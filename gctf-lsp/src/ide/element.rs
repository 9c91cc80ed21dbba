//! The element of a schema under the cursor, and where it is declared.

use super::context::Context;
use super::parts;
use super::spot::{Spot, spot};
use crate::connection::split_endpoint;
use crate::schema::local::Local;
use crate::schema::shape::{Shape, enum_values};
use crate::schema::source_info::SourceInfo;
use crate::spec::SectionKind;
use crate::syntax::cursor::Place;
use crate::syntax::json::Data;
use crate::syntax::position::LineColumn;
use crate::target::SchemaSource;
use prost_reflect::{
    EnumDescriptor, EnumValueDescriptor, FieldDescriptor, FileDescriptor, Kind, MessageDescriptor, MethodDescriptor,
    ServiceDescriptor,
};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Something that a schema declares.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Element {
    Service(ServiceDescriptor),
    Method(MethodDescriptor),
    Message(MessageDescriptor),
    Field(FieldDescriptor),
    Enum(EnumDescriptor),
    EnumValue(EnumValueDescriptor),
}

/// Where an element of a schema is declared.
#[derive(Clone, Debug, PartialEq)]
pub struct ProtoPlace {
    /// Where its source can be, best first; not every one exists. None where the schema has no sources.
    pub sources: Vec<PathBuf>,
    /// Its name in the source, with columns in bytes; `None` where the descriptors do not say.
    pub span: Option<Range<LineColumn>>,
    /// What declares it, to be printed where there is no source.
    pub file: FileDescriptor,
    /// Its path in `file`, as descriptors count their parts.
    pub path: Vec<i32>,
    /// The comments on what `file` declares.
    pub source_info: Arc<SourceInfo>,
    /// Where the schema comes from, in words.
    pub origin: String,
}

impl Element {
    fn file(&self) -> FileDescriptor {
        match self {
            Self::Service(service) => service.parent_file(),
            Self::Method(method) => method.parent_file(),
            Self::Message(message) => message.parent_file(),
            Self::Field(field) => field.parent_file(),
            Self::Enum(descriptor) => descriptor.parent_file(),
            Self::EnumValue(value) => value.parent_file(),
        }
    }

    fn path(&self) -> &[i32] {
        match self {
            Self::Service(service) => service.path(),
            Self::Method(method) => method.path(),
            Self::Message(message) => message.path(),
            Self::Field(field) => field.path(),
            Self::Enum(descriptor) => descriptor.path(),
            Self::EnumValue(value) => value.path(),
        }
    }

    /// The same in the sources that lie beside the schema, where they agree with it.
    fn local(&self, local: &Local) -> Option<Self> {
        match self {
            Self::Service(service) => local.service(service).map(Self::Service),
            Self::Method(method) => local.method(method).map(Self::Method),
            Self::Message(message) => local.message(message).map(Self::Message),
            Self::Field(field) => local.field(field).map(Self::Field),
            Self::Enum(descriptor) => local.enumeration(descriptor).map(Self::Enum),
            Self::EnumValue(value) => local.enum_value(value).map(Self::EnumValue),
        }
    }

    /// The message or enum that says what the element is.
    pub(super) fn of_type(&self) -> Option<Self> {
        match self {
            Self::Service(_) => None,
            Self::Method(method) => Some(Self::Message(method.output())),
            Self::EnumValue(value) => Some(Self::Enum(value.parent_enum().clone())),
            Self::Message(_) | Self::Enum(_) => Some(self.clone()),
            Self::Field(field) => {
                let kind = match field.kind() {
                    Kind::Message(entry) if entry.is_map_entry() => entry.map_entry_value_field().kind(),
                    kind => kind,
                };
                match kind {
                    Kind::Message(message) => Some(Self::Message(message)),
                    Kind::Enum(descriptor) => Some(Self::Enum(descriptor)),
                    _ => None,
                }
            }
        }
    }

    /// Where it is declared, in the schema of `context`.
    pub(super) fn place(&self, context: &Context<'_>) -> Option<ProtoPlace> {
        let source = context.schema_source()?;
        let file = self.file();
        let schema = context.schema()?;
        let beside = schema.local().and_then(|local| {
            let element = self.local(local)?;
            let path = local.path(&element.file())?.to_owned();
            Some((vec![path], span(local.source_info(), &element.file(), element.path())))
        });
        let source_info = schema.source_info();
        let own = || (sources(&source, file.name()), span(source_info, &file, self.path()));
        let (sources, span) = beside.unwrap_or_else(own);
        Some(ProtoPlace {
            sources,
            span,
            path: self.path().to_vec(),
            source_info: Arc::clone(source_info),
            origin: match &source {
                SchemaSource::Reflection { target, .. } => format!("reflection of {target}"),
                files => format!("the descriptors of {files}"),
            },
            file,
        })
    }
}

/// Where a file of this name can be on the disk.
fn sources(source: &SchemaSource, name: &str) -> Vec<PathBuf> {
    match source {
        SchemaSource::Protos { files, import_paths } => {
            let own = files.iter().filter_map(|file| file.parent()).map(Path::to_owned);
            import_paths
                .iter()
                .cloned()
                .chain(own)
                .map(|folder| folder.join(name))
                .collect()
        }
        SchemaSource::Reflection { .. } | SchemaSource::DescriptorSet(_) => Vec::new(),
    }
}

/// The name of the element at `path`, or all of it, where the descriptors have positions.
pub(super) fn span(info: &SourceInfo, file: &FileDescriptor, path: &[i32]) -> Option<Range<LineColumn>> {
    /// The number of `name` in every kind of descriptor.
    const NAME: i32 = 1;
    let name = [path, &[NAME]].concat();
    let location = info.location(file, &name).or_else(|| info.location(file, path))?;
    let number = |at: usize| location.span.get(at).and_then(|number| u32::try_from(*number).ok());
    let start = LineColumn {
        line: number(0)?,
        column: number(1)?,
    };
    // Of a span on one line the line is given once.
    let end = match number(3) {
        Some(column) => LineColumn {
            line: number(2)?,
            column,
        },
        None => LineColumn {
            line: start.line,
            column: number(2)?,
        },
    };
    Some(start..end)
}

/// The element at `offset` of the document.
pub(super) fn element(context: &Context<'_>, offset: usize) -> Option<Element> {
    match context.document.place(offset) {
        Place::Line { section, .. } if section.kind == SectionKind::Endpoint => {
            let line = section.single_line()?;
            let (service, name) = split_endpoint(&line.text)?;
            let schema = context.schema()?;
            match offset <= line.range.start + service.len() {
                true => {
                    let found = schema.services().find(|found| found.full_name() == service)?;
                    Some(Element::Service(found))
                }
                false => Some(Element::Method(schema.method(service, name).ok()?)),
            }
        }
        Place::Json { section, .. } => match spot(context, section, offset)? {
            Spot::Field(field, _) => Some(Element::Field(field)),
            Spot::Type(message, _) => Some(Element::Message(message)),
            Spot::Value { value, shape, .. } => match (&shape, &value.data) {
                (Shape::Enum(descriptor), Data::String(name)) => {
                    let (name, _) = enum_values(descriptor).find(|(own, _)| own == name)?;
                    Some(Element::EnumValue(descriptor.get_value_by_name(name)?))
                }
                _ => None,
            },
        },
        Place::Expression { .. } => parts::element(context, offset).map(|(element, _)| element),
        _ => None,
    }
}
