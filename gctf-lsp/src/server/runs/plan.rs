//! What a command's items mean: texts from the buffer or the disk, documents, rows.

use super::{RunFile, Test};
use crate::ide::{FileId, TestKey};
use crate::report::listing;
use crate::run::{Data, Fixtures, RunItem, RunOptions, RunRequest, is_fixture, secrets_of};
use crate::secrets::Secrets;
use crate::server::ext::{self, Item};
use crate::server::from_proto;
use crate::server::session::Session;
use crate::syntax::SourceFile;
use ls_types::Uri;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Most bytes of a file that is read for a run.
const MAX_FILE: u64 = 64 << 20;

/// A run that can be started.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) request: RunRequest,
    pub(super) files: BTreeMap<FileId, RunFile>,
    pub(super) tests: BTreeMap<(FileId, usize), Test>,
    /// What runs, for people.
    pub(super) name: String,
}

/// A file with what is wanted of it.
struct Wanted {
    uri: Uri,
    item: RunItem,
    /// `None` is all of them.
    rows: Option<BTreeSet<usize>>,
}

impl Session {
    /// What a run of `items` does.
    ///
    /// # Errors
    /// A sentence: a file that cannot be read, a test that is gone.
    pub(super) fn plan_items(&mut self, items: &[Item]) -> Result<Plan, String> {
        self.forget_environments();
        let mut found: BTreeMap<FileId, Wanted> = BTreeMap::new();
        for item in items {
            let file = self.id(&item.uri);
            let source = match found.get(&file) {
                Some(wanted) => wanted.item.source.clone(),
                None => self.source(file, &item.uri)?,
            };
            let document = ext::find_document(&source, item, self.client.encoding)?;
            let is_first = !found.contains_key(&file);
            let wanted = match found.entry(file) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(free) => free.insert(Wanted {
                    uri: item.uri.clone(),
                    item: self.item(file, &item.uri, source)?,
                    rows: Some(BTreeSet::new()),
                }),
            };
            wanted.item.documents = match (document, wanted.item.documents.take()) {
                (Some(index), Some(documents)) => Some(documents.into_iter().chain([index]).collect()),
                (Some(index), None) if is_first => Some(vec![index]),
                _ => None,
            };
            match (item.row, &mut wanted.rows) {
                (Some(row), Some(rows)) => drop(rows.insert(row)),
                _ => wanted.rows = None,
            }
        }
        let files = found.into_values().map(|wanted| {
            let Wanted { uri, mut item, rows } = wanted;
            if let Some(rows) = rows {
                item.data = Some(Arc::new(chosen_rows(&item, &rows)?));
            }
            Ok((uri, item))
        });
        self.plan(files.collect::<Result<_, String>>()?)
    }

    /// What a run of whole files does: those that are open below `folder`, and those read from the disk.
    ///
    /// # Errors
    /// A sentence, as for items.
    pub(super) fn plan_files(
        &mut self,
        folder: Option<&Path>,
        read: Vec<(PathBuf, SourceFile)>,
    ) -> Result<Plan, String> {
        self.forget_environments();
        let open = self.open.iter().filter_map(|(id, file)| {
            let state = self.analysis.file(*id)?;
            let path = state.path.as_deref()?;
            let inside = folder.is_none_or(|folder| path.starts_with(folder)) && !is_fixture(path);
            inside.then(|| (*id, file.uri.clone(), state.source.clone()))
        });
        let mut found: BTreeMap<_, _> = open.map(|(id, uri, source)| (id, (uri, source))).collect();
        for (path, source) in read {
            let Some(uri) = Uri::from_file_path(&path) else {
                continue;
            };
            let id = self.id(&uri);
            // What was opened meanwhile counts as it is in the editor.
            found.entry(id).or_insert((uri, source));
        }
        let files = found.into_iter().filter_map(|(id, (uri, source))| {
            let has_call = TestKey::all(&source).any(|key| key.is_some());
            has_call.then(|| Ok((uri.clone(), self.item(id, &uri, source)?)))
        });
        let files = files.collect::<Result<_, String>>()?;
        self.plan(files)
    }

    fn plan(&mut self, files: Vec<(Uri, RunItem)>) -> Result<Plan, String> {
        let tests: BTreeMap<_, _> = files.iter().flat_map(|(_, item)| tests(item)).collect();
        if tests.is_empty() {
            return Err("nothing to run: there is no document".to_owned());
        }
        let run_files = files.iter().map(|(uri, item)| {
            let file = RunFile {
                uri: uri.clone(),
                tests: listing::of_file(&item.source),
                source: item.source.clone(),
            };
            (item.file, file)
        });
        let run_files = run_files.collect();
        let items: Vec<_> = files.into_iter().map(|(_, item)| item).collect();
        let fixtures = self.fixtures(&items);
        self.forget_environments();
        let fixtures = fixtures?;
        let settings = self
            .config_of(items.first().and_then(|item| item.path.as_deref()))
            .settings;
        let name = name(&items, tests.len());
        let options = RunOptions {
            jobs: settings.jobs,
            targets: self.warm(),
            ..self.options.run.clone()
        };
        Ok(Plan {
            request: RunRequest {
                items,
                fixtures,
                options,
            },
            files: run_files,
            tests,
            name,
        })
    }

    /// A whole file.
    fn item(&mut self, file: FileId, uri: &Uri, source: SourceFile) -> Result<RunItem, String> {
        let path = from_proto::path(uri);
        Ok(RunItem {
            file,
            source,
            settings: Some(Arc::new(self.item_settings(path.as_deref())?)),
            path,
            documents: None,
            data: None,
        })
    }

    /// `_setup.gctf` and `_teardown.gctf` of the items' folders, from the buffer where they are open.
    fn fixtures(&mut self, items: &[RunItem]) -> Result<Vec<Fixtures>, String> {
        Fixtures::find(items, |path| {
            let uri = Uri::from_file_path(path).ok_or_else(|| format!("{} has no URI", path.display()))?;
            let file = self.id(&uri);
            let source = self.source(file, &uri)?;
            self.item(file, &uri, source)
        })
    }

    fn source(&self, file: FileId, uri: &Uri) -> Result<SourceFile, String> {
        if let Some(state) = self.analysis.file(file) {
            return Ok(state.source.clone());
        }
        let path = from_proto::path(uri).ok_or_else(|| format!("{} is not open", uri.as_str()))?;
        read(&path)
    }
}

/// A test file on the disk.
///
/// # Errors
/// A sentence that names the file.
pub(in crate::server) fn read(path: &Path) -> Result<SourceFile, String> {
    let fail = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let size = std::fs::metadata(path).map_err(|error| fail(&error))?.len();
    if size > MAX_FILE {
        return Err(fail(&"larger than 64 MiB"));
    }
    let bytes = std::fs::read(path).map_err(|error| fail(&error))?;
    let text = String::from_utf8(bytes)
        .map_err(|error| fail(&format!("not UTF-8 at byte {}", error.utf8_error().valid_up_to())))?;
    Ok(SourceFile::new(&text))
}

/// The rows of a file with these numbers.
fn chosen_rows(item: &RunItem, rows: &BTreeSet<usize>) -> Result<Data, String> {
    let all = item.rows();
    if let Some(row) = rows.iter().find(|row| **row >= all.len()) {
        return Err(format!("test moved: the file has no row {row} any more"));
    }
    let chosen = all.into_iter().filter(|row| rows.contains(&row.index));
    Ok(Data {
        name: "dataset".to_owned(),
        rows: chosen.collect(),
    })
}

fn tests(item: &RunItem) -> Vec<((FileId, usize), Test)> {
    let keys: Vec<_> = TestKey::all(&item.source).collect();
    let rows = item.rows().len().max(1);
    let settings = item.settings.as_deref();
    let secrets = Arc::new(settings.map_or_else(Secrets::default, |settings| secrets_of(item, settings)));
    item.planned()
        .into_iter()
        .map(|index| {
            let test = Test {
                key: keys.get(index).cloned().flatten(),
                text_hash: item.source.run_hash(index, item.source.in_force(index)),
                left: rows,
                secrets: Arc::clone(&secrets),
                shown: None,
                rows: BTreeMap::new(),
            };
            ((item.file, index), test)
        })
        .collect()
}

/// The one document's name or endpoint, or how many documents there are.
fn name(items: &[RunItem], count: usize) -> String {
    let endpoint = || {
        let item = items.first()?;
        let (_, document) = item.source.document(*item.planned().first()?)?;
        Some(document.test_name().unwrap_or(&document.endpoint()?.text).to_owned())
    };
    match (count, endpoint()) {
        (1, Some(endpoint)) => endpoint,
        (1, None) => "1 document".to_owned(),
        (count, _) => format!("{count} documents"),
    }
}
