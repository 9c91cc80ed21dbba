//! Schemas from files: `.proto` sources compiled in the process, descriptor sets read.

use super::census::{self, Part};
use super::descriptor::FileSet;
use super::pool;
use crate::schema::source_info::{Descriptors, SourceInfo};
use crate::target::SourcePlace;
use prost::Message as _;
use prost_reflect::prost_types::FileDescriptorProto;
use protox::file::{ChainFileResolver, File, FileResolver, GoogleFileResolver, IncludeFileResolver};
use std::cell::RefCell;
use std::fmt;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

/// A schema that was read from files.
#[derive(Clone, Debug)]
pub struct Loaded {
    pub descriptors: Descriptors,
    /// Full names in the files' order.
    pub services: Vec<String>,
    /// The files that it was read from, imports among them.
    pub files: Vec<PathBuf>,
}

impl Loaded {
    fn new(descriptors: Descriptors, files: Vec<PathBuf>) -> Self {
        let services = descriptors.pool.services();
        Self {
            services: services.map(|service| service.full_name().to_owned()).collect(),
            descriptors,
            files,
        }
    }
}

/// Why files give no schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProtoError {
    /// The compiler's text, which names file, line and column where it knows them.
    pub message: String,
    /// Where the fault is, if the compiler knows.
    pub place: Option<SourcePlace>,
}

impl From<String> for ProtoError {
    fn from(message: String) -> Self {
        Self { message, place: None }
    }
}

impl fmt::Display for ProtoError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for ProtoError {}

/// Compiles `files`; imports are looked for in `import_paths`, then in each file's own folder. Comments are kept.
///
/// # Errors
/// The first error of the compiler with its place.
pub fn compile(files: &[PathBuf], import_paths: &[PathBuf]) -> Result<Loaded, ProtoError> {
    let folders = files.iter().filter_map(|file| file.parent()).map(Path::to_owned);
    let mut includes: Vec<PathBuf> = import_paths.to_vec();
    for folder in folders {
        if !includes.contains(&folder) {
            includes.push(folder);
        }
    }
    let roots = includes.clone();
    let error = |error: protox::Error| {
        let text = format!("{error:?}");
        let first = text.lines().next().unwrap_or_default();
        // The compiler stumbles over the word that starts such a file.
        let message = match first.split_once(": expected ") {
            Some((place, rest)) if error.is_parse() && rest.contains("found 'edition'") => {
                format!("{place}: editions are not read from .proto sources yet: use reflection or a descriptor set")
            }
            _ => first.to_owned(),
        };
        let place = error.file().and_then(|name| place(name, first, &roots));
        ProtoError { message, place }
    };
    let mut compiler = protox::Compiler::new(includes).map_err(error)?;
    compiler.include_source_info(true).include_imports(true);
    for file in files {
        if !file.is_file() {
            return Err(format!("{}: no such file", file.display()).into());
        }
        compiler.open_file(file).map_err(error)?;
    }
    let read = compiler.files().filter_map(|file| file.path()).map(Path::to_owned);
    let files = read.collect();
    let compiled = compiler.descriptor_pool();
    drop(compiler);
    let mut descriptors = pool::slim(&compiled);
    descriptors.pool = pool::with_well_known(descriptors.pool);
    Ok(Loaded::new(descriptors, files))
}

/// The place that the compiler's text starts with: `name:line:column: `.
fn place(name: &str, text: &str, roots: &[PathBuf]) -> Option<SourcePlace> {
    let mut numbers = text.strip_prefix(name)?.strip_prefix(':')?.splitn(3, ':');
    let mut number = || numbers.next()?.trim().parse::<u32>().ok()?.checked_sub(1);
    let (line, column) = (number()?, number()?);
    let path = roots.iter().map(|root| root.join(name)).find(|path| path.is_file())?;
    Some(SourcePlace { path, line, column })
}

/// Opens sources and keeps what is to be known of them. A compiler holds it several times as large, for errors that can
/// say where they are.
struct Opened {
    roots: ChainFileResolver,
    source_info: Rc<RefCell<SourceInfo>>,
}

impl FileResolver for Opened {
    fn resolve_path(&self, path: &Path) -> Option<String> {
        self.roots.resolve_path(path)
    }

    fn open_file(&self, name: &str) -> Result<File, protox::Error> {
        let file = self.roots.open_file(name)?;
        if file.source().is_none() {
            return Ok(file);
        }
        let mut descriptor = FileDescriptorProto::from(file);
        let told = descriptor.source_code_info.take().unwrap_or_default();
        // What was just encoded can be decoded.
        let _ = self
            .source_info
            .borrow_mut()
            .add(name, told.encode_to_vec(), pool::is_of_use);
        Ok(descriptor.into())
    }
}

/// Compiles those of `files` that can be; imports are looked for in `import_paths`. Comments are kept.
pub fn compile_what_can(files: &[PathBuf], import_paths: &[PathBuf]) -> Descriptors {
    let source_info = Rc::default();
    let mut roots = ChainFileResolver::new();
    for folder in import_paths {
        roots.add(IncludeFileResolver::new(folder.clone()));
    }
    roots.add(GoogleFileResolver::new());
    let mut compiler = protox::Compiler::with_file_resolver(Opened {
        roots,
        source_info: Rc::clone(&source_info),
    });
    for file in files {
        // Others may compile all the same.
        let _ = compiler.open_file(file);
    }
    Descriptors {
        pool: compiler.descriptor_pool(),
        source_info: Arc::new(source_info.take()),
    }
}

/// Reads a file that holds an encoded FileDescriptorSet.
///
/// # Errors
/// A file that cannot be read or holds something else.
pub fn read_descriptor_set(path: &Path) -> Result<Loaded, ProtoError> {
    let fail = |reason: String| ProtoError::from(format!("{}: {reason}", path.display()));
    let bytes = std::fs::read(path).map_err(|error| fail(error.to_string()))?;
    if census::count(&bytes, Part::Set, census::MOST) > census::MOST {
        return Err(fail(format!("holds more than {} elements", census::MOST)));
    }
    let set = FileSet::decode(bytes.as_slice()).map_err(|_| fail("holds no FileDescriptorSet".to_owned()))?;
    let descriptors = pool::build(set.file).map_err(fail)?;
    Ok(Loaded::new(descriptors, vec![path.to_owned()]))
}

#[cfg(test)]
mod tests {
    use super::{compile, read_descriptor_set};

    #[test]
    fn descriptor_sets_that_take_more_room_than_they_show() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.desc");
        // A file of empty messages.
        let said = |messages: usize| {
            let mut set = vec![0x0a];
            prost::encoding::encode_varint(2 * messages as u64, &mut set);
            set.extend([0x22, 0].repeat(messages));
            std::fs::write(&path, set).unwrap();
            read_descriptor_set(&path)
                .err()
                .map(|error| error.message.replace(path.to_str().unwrap(), "a.desc"))
        };
        assert_eq!(said(1_000_000).unwrap(), "a.desc: holds more than 500000 elements");
        assert_eq!(said(1), None);
    }

    #[test]
    fn editions_in_sources_have_a_sentence_of_their_own() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new.proto");
        for (text, expected) in [
            (
                "// A comment.\nedition = \"2023\";\nmessage M {}\n",
                "new.proto:2:1: editions are not read from .proto sources yet: use reflection or a descriptor set",
            ),
            (
                "syntax = \"proto3\";\nmessage M {\n  edition a\n}\n",
                "new.proto:4:1: expected '=', but found '}'",
            ),
        ] {
            std::fs::write(&path, text).unwrap();
            let error = compile(std::slice::from_ref(&path), &[]).unwrap_err();
            assert_eq!(error.message, expected);
            let place = error.place.unwrap();
            let found = format!("new.proto:{}:{}: ", place.line + 1, place.column + 1);
            assert!(place.path == path && expected.starts_with(&found), "{place:?}");
        }
    }
}
