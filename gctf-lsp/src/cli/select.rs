//! Which tests a command line means: paths, lines, patterns, tags.

use super::files;
use crate::ide::FileId;
use crate::run::{Fixtures, RunItem};
use crate::syntax::SourceFile;
use crate::syntax::meta::Meta;
use crate::syntax::position::{Encoding, LineColumn};
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

/// Flags that choose among the tests.
#[derive(Debug, clap::Args)]
pub(super) struct Filters {
    /// Only tests whose path or name contains TEXT
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Only tests that have all of these tags
    #[arg(long, value_name = "TAG,…", value_delimiter = ',')]
    tags: Vec<String>,
    /// No tests that have one of these tags
    #[arg(long, value_name = "TAG,…", value_delimiter = ',')]
    skip_tags: Vec<String>,
}

/// The tests that `arguments` name and `filters` leave.
///
/// # Errors
/// A sentence about a path or a line that is not there, or a file that cannot be read.
pub(super) fn items(arguments: &[PathBuf], filters: &Filters) -> Result<Vec<RunItem>, String> {
    let (paths, lines) = named(arguments)?;
    let mut items = Vec::new();
    let sources = read_all(&paths);
    for (path, source) in paths.into_iter().zip(sources) {
        let source = source?;
        let documents = lines.get(&path).map(|lines| documents_at(&path, &source, lines));
        if filters.keep(&path, &source.meta(), &source) {
            items.push(RunItem {
                file: FileId(items.len() as u32),
                source,
                path: Some(path),
                documents: documents.transpose()?,
                data: None,
                settings: None,
            });
        }
    }
    Ok(items)
}

/// The files that `arguments` name, before anything is read.
///
/// # Errors
/// A sentence about a path that is not there.
pub(super) fn paths(arguments: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    Ok(named(arguments)?.0)
}

/// Files, and of some of them the lines that are wanted.
type Named = (Vec<PathBuf>, BTreeMap<PathBuf, Vec<u32>>);

fn named(arguments: &[PathBuf]) -> Result<Named, String> {
    let mut lines: BTreeMap<PathBuf, Vec<u32>> = BTreeMap::new();
    let mut paths = Vec::new();
    for argument in arguments {
        match with_line(argument) {
            Some((path, line)) => {
                lines.entry(path.clone()).or_default().push(line);
                paths.push(path);
            }
            None => paths.extend(expand(argument)?),
        }
    }
    // A file that is asked for as a whole too runs as a whole.
    lines.retain(|path, lines| paths.iter().filter(|other| *other == path).count() == lines.len());
    Ok((files::find(&paths)?, lines))
}

/// One part of all tests, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shard {
    part: u64,
    of: u64,
}

impl Shard {
    /// Reads `2/8`.
    ///
    /// # Errors
    /// How to write it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let numbers = text.split_once('/');
        let numbers = numbers.and_then(|(part, of)| Some((part.parse().ok()?, of.parse().ok()?)));
        match numbers {
            Some((part, of)) if 0 < part && part <= of => Ok(Self { part, of }),
            _ => Err("write K/N with K from 1 to N, such as 2/8".to_owned()),
        }
    }

    fn has(self, path: &Path) -> bool {
        let mut hasher = DefaultHasher::new();
        path.to_string_lossy().replace('\\', "/").hash(&mut hasher);
        hasher.finish() % self.of == self.part - 1
    }
}

/// The items of one part, with file numbers of their own. A part may be empty.
pub(super) fn shard(items: Vec<RunItem>, shard: Option<Shard>) -> Vec<RunItem> {
    match shard {
        Some(shard) => those(items, |path| shard.has(path)),
        None => items,
    }
}

/// The items whose path is `wanted`, with file numbers of their own.
pub(super) fn those(items: Vec<RunItem>, wanted: impl Fn(&Path) -> bool) -> Vec<RunItem> {
    let own = |item: &RunItem| item.path.as_deref().is_none_or(&wanted);
    items
        .into_iter()
        .filter(own)
        .enumerate()
        .map(|(at, item)| RunItem {
            file: FileId(at as u32),
            ..item
        })
        .collect()
}

/// The fixtures of the folders of `items`, with file numbers behind theirs.
///
/// # Errors
/// A sentence about a fixture that cannot be read.
pub(super) fn fixtures(items: &[RunItem]) -> Result<Vec<Fixtures>, String> {
    let mut next = items.len() as u32;
    Fixtures::find(items, |path| {
        let source = read(path)?;
        let item = RunItem {
            file: FileId(next),
            source,
            path: Some(path.to_owned()),
            documents: None,
            data: None,
            settings: None,
        };
        next += 1;
        Ok(item)
    })
}

impl Filters {
    fn keep(&self, path: &Path, meta: &Meta, source: &SourceFile) -> bool {
        let has = |tag: &String| meta.tags.contains(tag);
        self.tags.iter().all(has) && !self.skip_tags.iter().any(has) && self.matches(path, meta, source)
    }

    fn matches(&self, path: &Path, meta: &Meta, source: &SourceFile) -> bool {
        let Some(text) = &self.filter else { return true };
        let mut names = source.documents().filter_map(|(_, document)| document.test_name());
        path.to_string_lossy().contains(text)
            || meta.name.as_ref().is_some_and(|name| name.contains(text))
            || names.any(|name| name.contains(text))
    }
}

/// `FILE:LINE`, unless a file has that very name.
fn with_line(argument: &Path) -> Option<(PathBuf, u32)> {
    let text = argument.to_str().filter(|_| !argument.exists())?;
    let (path, line) = text.rsplit_once(':')?;
    let line = line.parse().ok().filter(|line| *line > 0)?;
    Some((PathBuf::from(path), line))
}

/// The paths that match a pattern with `* ? [ {`; any other argument is itself.
fn expand(argument: &Path) -> Result<Vec<PathBuf>, String> {
    let text = argument.to_string_lossy();
    if argument.exists() || !text.contains(['*', '?', '[', '{']) {
        return Ok(vec![argument.to_owned()]);
    }
    let glob = globset::GlobBuilder::new(&text).literal_separator(true).build();
    let glob = glob.map_err(|error| error.to_string())?.compile_matcher();
    let special = |part: &std::path::Component<'_>| part.as_os_str().to_string_lossy().contains(['*', '?', '[', '{']);
    let plain: PathBuf = argument.components().take_while(|part| !special(part)).collect();
    let root = match plain.as_os_str().is_empty() {
        true => Path::new("."),
        false => plain.as_path(),
    };
    let mut found = Vec::new();
    for entry in ignore::WalkBuilder::new(root).sort_by_file_path(Path::cmp).build() {
        let entry = entry.map_err(|error| error.to_string())?;
        let path = entry.path().strip_prefix("./").unwrap_or(entry.path());
        if glob.is_match(path) && path.is_file() && !crate::run::is_fixture(path) {
            found.push(path.to_owned());
        }
    }
    match found.is_empty() {
        true => Err(format!("{text}: matches no file")),
        false => Ok(found),
    }
}

fn documents_at(path: &Path, source: &SourceFile, lines: &[u32]) -> Result<Vec<usize>, String> {
    let count = source.text().len_lines() as u32;
    lines
        .iter()
        .map(|line| match *line <= count {
            true => {
                let start = LineColumn {
                    line: line - 1,
                    column: 0,
                };
                Ok(source.document_at(source.offset(start, Encoding::Utf8)))
            }
            false => Err(format!("{}: the file has {count} lines, not {line}", path.display())),
        })
        .collect()
}

/// The sources of `paths`, in their order, read by all processors together.
fn read_all(paths: &[PathBuf]) -> Vec<Result<SourceFile, String>> {
    /// Fewer files are read faster than a thread starts.
    const WORTH_A_THREAD: usize = 64;
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let share = paths.len().div_ceil(threads).max(WORTH_A_THREAD);
    let read_share = |share: &[PathBuf]| share.iter().map(|path| read(path)).collect::<Vec<_>>();
    std::thread::scope(|scope| {
        let shares: Vec<_> = paths
            .chunks(share)
            .map(|share| scope.spawn(move || read_share(share)))
            .collect();
        let read = shares.into_iter().map(|share| match share.join() {
            Ok(sources) => sources,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        read.flatten().collect()
    })
}

fn read(path: &Path) -> Result<SourceFile, String> {
    let bytes = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        format!(
            "{}: G101: not UTF-8 at byte {at}: save the file as UTF-8",
            path.display()
        )
    })?;
    Ok(SourceFile::new(&text))
}
