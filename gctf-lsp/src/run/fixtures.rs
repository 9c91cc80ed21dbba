//! `_setup.gctf` before and `_teardown.gctf` after the tests of their folder.

use super::{RunItem, Runner, chain, secrets};
use crate::eval::template::Variables;
use crate::spec::{SETUP, TEARDOWN};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::OnceCell;

/// The fixtures of one folder. Their file numbers are their own.
#[derive(Clone, Debug)]
pub struct Fixtures {
    /// Absolute.
    pub folder: PathBuf,
    pub setup: Option<RunItem>,
    pub teardown: Option<RunItem>,
}

/// Whether a file is a fixture, by its name.
pub fn is_fixture(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == SETUP || name == TEARDOWN)
}

impl Fixtures {
    /// The fixtures of the folders of `items`, where they have some. A fixture that is asked for by itself has
    /// none.
    ///
    /// # Errors
    /// Why a file cannot be read, in `read`'s words.
    pub fn find(
        items: &[RunItem],
        mut read: impl FnMut(&Path) -> Result<RunItem, String>,
    ) -> Result<Vec<Self>, String> {
        let place = |item| Some((folder(item)?, item.path.as_deref()?.parent()?));
        let folders: BTreeMap<_, _> = items.iter().filter_map(place).collect();
        let mut found = Vec::new();
        for (folder, written) in folders {
            let mut fixture = |name| {
                let path = written.join(name);
                path.is_file().then(|| read(&path)).transpose()
            };
            let (setup, teardown) = (fixture(SETUP)?, fixture(TEARDOWN)?);
            if setup.is_some() || teardown.is_some() {
                found.push(Self {
                    folder,
                    setup,
                    teardown,
                });
            }
        }
        Ok(found)
    }

    /// The files that run.
    pub fn items(&self) -> impl Iterator<Item = &RunItem> {
        self.setup.iter().chain(&self.teardown)
    }

    pub fn items_mut(&mut self) -> impl Iterator<Item = &mut RunItem> {
        self.setup.iter_mut().chain(&mut self.teardown)
    }
}

/// The folder whose fixtures go with a file, absolute: a folder has several names.
pub(super) fn folder(item: &RunItem) -> Option<PathBuf> {
    let path = item.path.as_deref().filter(|path| !is_fixture(path))?;
    Some(std::path::absolute(path).ok()?.parent()?.to_owned())
}

/// What the text of a `_setup.gctf` tells.
pub(super) struct Setup {
    /// The names that it sets.
    pub(super) variables: BTreeSet<String>,
    /// The names that it reads of the environment.
    pub(super) environment: BTreeSet<String>,
}

/// What each `_setup.gctf` tells, by its folder.
pub(super) fn setups(fixtures: &[Fixtures]) -> BTreeMap<PathBuf, Setup> {
    let told = |setup: &RunItem| {
        let documents = setup.source.documents();
        let variables = documents.flat_map(|(_, document)| document.defined_variables().clone());
        Setup {
            variables: variables.collect(),
            environment: secrets::environment_names(&setup.source),
        }
    };
    let setups = fixtures
        .iter()
        .filter_map(|fixtures| Some((fixtures.folder.clone(), told(fixtures.setup.as_ref()?))));
    setups.collect()
}

/// A folder under way.
pub(super) struct Folder {
    fixtures: Fixtures,
    started: OnceCell<Started>,
    /// Tests that have not finished yet.
    left: AtomicUsize,
}

/// What the setup has left.
struct Started {
    variables: Variables,
    has_failed: bool,
}

impl Folder {
    pub(super) fn new(fixtures: Fixtures, items: &[RunItem]) -> Self {
        let tests = items
            .iter()
            .filter(|item| folder(item).as_ref() == Some(&fixtures.folder));
        let left = AtomicUsize::new(tests.count());
        Self {
            fixtures,
            started: OnceCell::new(),
            left,
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.fixtures.folder
    }

    /// Runs a test of the folder: behind the setup, and the last one before the teardown.
    pub(super) async fn run(&self, runner: &Runner, item: &RunItem, starting: &Variables) {
        let start = || async {
            match &self.fixtures.setup {
                None => Started {
                    variables: starting.clone(),
                    has_failed: false,
                },
                Some(setup) => {
                    let ran = chain::run(runner, setup, starting).await;
                    let mut variables = ran.variables;
                    // Rows of the setup are its own.
                    variables
                        .values
                        .retain(|name, _| name != "dataset" && !name.starts_with("dataset."));
                    Started {
                        variables,
                        has_failed: ran.has_failed,
                    }
                }
            }
        };
        let started = self.started.get_or_init(start).await;
        match started.has_failed {
            true => chain::refuse(runner, item),
            false => {
                chain::run(runner, item, &started.variables).await;
            }
        }
        self.leave(runner).await;
    }

    /// Counts a test as done; behind the last one comes the teardown, if anything has run.
    pub(super) async fn leave(&self, runner: &Runner) {
        let is_last = self.left.fetch_sub(1, Ordering::AcqRel) == 1;
        let ready = self.started.get().zip(self.fixtures.teardown.as_ref());
        if let Some((started, teardown)) = ready.filter(|_| is_last) {
            chain::run(runner, teardown, &started.variables).await;
        }
    }
}
