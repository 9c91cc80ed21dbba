//! Where the schema of a mock comes from: files given to it, PROTO sections, the nearest `gctf.toml`; made into one.

use crate::config;
use crate::grpc::{pool, protos};
use crate::schema::Schema;
use crate::target::SchemaSource;
use prost::Message as _;
use prost_types::{FileDescriptorProto, SourceCodeInfo};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The schemas that were asked for, each loaded once.
#[derive(Debug)]
pub(super) struct Sources {
    /// What was named beside the stubs.
    given: Vec<SchemaSource>,
    import_paths: Vec<PathBuf>,
    /// What was asked for together, with what came of it.
    loaded: Vec<(Vec<SchemaSource>, Loading)>,
    /// The files that were read for them.
    pub(super) files: Vec<PathBuf>,
}

/// A schema, or why there is none.
type Loading = Result<Arc<Schema>, String>;

impl Sources {
    /// `protos` are `.proto` files and files that hold a FileDescriptorSet.
    pub(super) fn new(protos: &[PathBuf], import_paths: &[PathBuf]) -> Self {
        Self {
            given: sources(protos, import_paths),
            import_paths: import_paths.to_owned(),
            loaded: Vec::new(),
            files: Vec::new(),
        }
    }

    /// Loads what was given, if anything.
    ///
    /// # Errors
    /// The file that cannot be used, and why.
    pub(super) fn load_given(&mut self) -> Result<(), String> {
        match self.given.is_empty() {
            true => Ok(()),
            false => self.load(self.given.clone()).map(drop),
        }
    }

    /// The schema that the document of `path` names by `own`, else what was given, else that of the nearest
    /// `gctf.toml`: its own, then the working directory's.
    ///
    /// # Errors
    /// The file that cannot be used, or what to do where there is none.
    pub(super) fn of_document(&mut self, path: &Path, own: Option<SchemaSource>) -> Loading {
        if let Some(source) = own {
            return self.load(vec![source]);
        }
        if !self.given.is_empty() {
            return self.load(self.given.clone());
        }
        let folder = path.parent().unwrap_or(Path::new("."));
        // A file without a folder in its name lies in the working directory.
        let folder = if folder.as_os_str().is_empty() {
            Path::new(".")
        } else {
            folder
        };
        for folder in [folder, Path::new(".")] {
            let Some(table) = config::nearest(folder)
                .map(|path| config::read_mock(&path))
                .transpose()?
            else {
                continue;
            };
            let Some(table) = table.filter(|table| !table.protos.is_empty()) else {
                continue;
            };
            let import_paths = [self.import_paths.as_slice(), &table.import_paths].concat();
            return self.load(sources(&table.protos, &import_paths));
        }
        Err("its schema is not known: add a PROTO section, name its .proto files beside it, or write protos = [\"…\"] under [mock] in gctf.toml".to_owned())
    }

    fn load(&mut self, wanted: Vec<SchemaSource>) -> Loading {
        if let Some((_, schema)) = self.loaded.iter().find(|(known, _)| *known == wanted) {
            return schema.clone();
        }
        let schemas: Result<Vec<_>, _> = wanted.iter().map(|source| read(source, &mut self.files)).collect();
        let schema = schemas
            .and_then(|schemas| merge(&schemas.iter().collect::<Vec<_>>()))
            .map(Arc::new);
        self.loaded.push((wanted, schema.clone()));
        schema
    }

    /// One schema with all that was loaded.
    ///
    /// # Errors
    /// Two files that say different things about one name.
    pub(super) fn merged(&self) -> Result<Schema, String> {
        let loaded = self.loaded.iter().filter_map(|(_, schema)| schema.as_deref().ok());
        merge(&loaded.collect::<Vec<_>>())
    }
}

fn sources(protos: &[PathBuf], import_paths: &[PathBuf]) -> Vec<SchemaSource> {
    let is_proto = |path: &&PathBuf| path.extension().is_some_and(|extension| extension == "proto");
    let (files, sets): (Vec<_>, Vec<_>) = protos.iter().partition(is_proto);
    let compiled = (!files.is_empty()).then(|| SchemaSource::Protos {
        files: files.into_iter().cloned().collect(),
        import_paths: import_paths.to_owned(),
    });
    let sets = sets.into_iter().cloned().map(SchemaSource::DescriptorSet);
    compiled.into_iter().chain(sets).collect()
}

/// Reads a schema; the files that it came from go to `read`.
fn read(source: &SchemaSource, read: &mut Vec<PathBuf>) -> Result<Schema, String> {
    let loaded = match source {
        SchemaSource::Protos { files, import_paths } => protos::compile(files, import_paths),
        SchemaSource::DescriptorSet(path) => protos::read_descriptor_set(path),
        SchemaSource::Reflection { target, .. } => {
            return Err(format!("its schema is at {target}: a mock reads it from files"));
        }
    };
    let loaded = loaded.map_err(|error| error.message)?;
    read.extend(loaded.files);
    Ok(Schema::new(loaded.descriptors, loaded.services))
}

/// One schema of several; files that are the same under other names become one.
fn merge(schemas: &[&Schema]) -> Result<Schema, String> {
    if let [schema] = schemas {
        return Ok((*schema).clone());
    }
    let mut files: Vec<FileDescriptorProto> = Vec::new();
    let mut services: Vec<String> = Vec::new();
    for schema in schemas {
        // Names of this schema's files that the whole has under another.
        let mut renamed = BTreeMap::new();
        for file in schema.pool().files() {
            let source_info = schema.source_info().encoded(file.name());
            let mut file = FileDescriptorProto {
                source_code_info: source_info.and_then(|encoded| SourceCodeInfo::decode(encoded.as_slice()).ok()),
                ..file.file_descriptor_proto().clone()
            };
            for import in &mut file.dependency {
                if let Some(name) = renamed.get(import) {
                    import.clone_from(name);
                }
            }
            match twin(&file, &files)? {
                Some(known) => drop(renamed.insert(file.name().to_owned(), known.name().to_owned())),
                None => files.push(file),
            }
        }
        let names = schema.services().map(|service| service.full_name().to_owned());
        let new: Vec<_> = names.filter(|name| !services.contains(name)).collect();
        services.extend(new);
    }
    Ok(Schema::new(
        pool::build(files.iter().map(Into::into).collect())?,
        services,
    ))
}

/// The one of `known` that says what `file` says.
fn twin<'a>(
    file: &FileDescriptorProto,
    known: &'a [FileDescriptorProto],
) -> Result<Option<&'a FileDescriptorProto>, String> {
    let names = symbols(file);
    let same_name = |other: &&FileDescriptorProto| other.name() == file.name();
    let overlaps = |other: &&FileDescriptorProto| {
        let others = symbols(other);
        names.iter().any(|name| others.contains(name))
    };
    let Some(found) = known.iter().find(same_name).or_else(|| known.iter().find(overlaps)) else {
        return Ok(None);
    };
    match file.package() == "google.protobuf" || essence(found) == essence(file) {
        true => Ok(Some(found)),
        false => Err(format!(
            "{} and {} say different things about {}: serve them by two servers",
            found.name(),
            file.name(),
            names.first().map_or(file.package(), String::as_str)
        )),
    }
}

/// Names at the top of a file.
fn symbols(file: &FileDescriptorProto) -> Vec<String> {
    let messages = file.message_type.iter().map(|message| message.name());
    let enums = file.enum_type.iter().map(|declared| declared.name());
    let services = file.service.iter().map(|service| service.name());
    let prefix = match file.package() {
        "" => String::new(),
        package => format!("{package}."),
    };
    let names = messages.chain(enums).chain(services);
    names.map(|name| format!("{prefix}{name}")).collect()
}

/// What a file declares, without its name, its imports' names, its comments and what other languages read of it.
fn essence(file: &FileDescriptorProto) -> FileDescriptorProto {
    FileDescriptorProto {
        name: None,
        dependency: Vec::new(),
        public_dependency: Vec::new(),
        weak_dependency: Vec::new(),
        source_code_info: None,
        options: None,
        ..file.clone()
    }
}
