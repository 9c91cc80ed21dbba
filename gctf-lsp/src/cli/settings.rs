//! What the `gctf.toml` at or above a test says, for the commands that look at the test.

use super::{environment, run};
use crate::config::env_file;
use crate::config::folder::{self, FolderConfig};
use crate::config::settings::Settings;
use crate::ide::Config;
use crate::run::{ItemSettings, RunItem};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// The settings of folders, each read once.
#[derive(Debug, Default)]
pub(super) struct Folders {
    known: BTreeMap<PathBuf, Arc<Config>>,
    /// What has been told of buf's files.
    told: BTreeSet<String>,
}

impl Folders {
    /// The settings of the file at `path`: those of the nearest `gctf.toml` at or above it. In the tree of the
    /// working directory that is one of this tree, elsewhere one beside the file.
    ///
    /// # Errors
    /// What is wrong with that `gctf.toml`, one line each: file, line and what to write.
    pub(super) fn of(&mut self, path: &Path) -> Result<Arc<Config>, String> {
        let written = path.parent().unwrap_or(Path::new(""));
        if let Some(config) = self.known.get(written) {
            return Ok(Arc::clone(config));
        }
        let config = Arc::new(self.read(written)?);
        self.known.insert(written.to_owned(), Arc::clone(&config));
        Ok(config)
    }

    /// The settings of tests in the working directory.
    ///
    /// # Errors
    /// As [`Self::of`].
    pub(super) fn here(&mut self) -> Result<Arc<Config>, String> {
        self.of(Path::new("."))
    }

    /// The files of the environment `name`, of the folders that have been asked for.
    pub(super) fn environment(&self, name: &str) -> BTreeSet<PathBuf> {
        let of_folder = |config: &Arc<Config>| config.settings.environments.get(name).cloned();
        self.known.values().filter_map(of_folder).collect()
    }

    /// # Errors
    /// That no folder that has been asked for has the environment `name`.
    fn has_environment(&self, name: &str) -> Result<(), String> {
        if !self.environment(name).is_empty() {
            return Ok(());
        }
        let known = self
            .known
            .values()
            .flat_map(|config| config.settings.environments.keys());
        let known: BTreeSet<_> = known.map(String::as_str).collect();
        let remedy = match known.is_empty() {
            true => format!("write `{name} = \"FILE\"` under [environments] in gctf.toml, or use --env-file"),
            false => {
                let known: Vec<_> = known.into_iter().collect();
                format!("gctf.toml has {}", known.join(", "))
            }
        };
        Err(format!("no environment \"{name}\": {remedy}"))
    }

    fn read(&mut self, written: &Path) -> Result<Config, String> {
        let place = Place::of(written);
        let config = FolderConfig::read(&place.folder, &place.root);
        let (settings, problems) = Settings::of(&config.layer);
        let problems = [config.problems, problems].concat();
        if !problems.is_empty() {
            return Err(problems.join("\ngctf: "));
        }
        for problem in config.buf_problems {
            if self.told.insert(problem.clone()) {
                super::warn(&problem);
            }
        }
        let unset = Config {
            defaults: environment::defaults(),
            environment: Some(environment::variables().into_keys().collect()),
            ..Config::default()
        };
        Ok(unset.set(settings, config.proto_roots))
    }
}

/// Where the settings of a folder may come from.
struct Place {
    /// From the working directory where it is in it.
    folder: PathBuf,
    /// The last folder that is looked at.
    root: PathBuf,
}

impl Place {
    fn of(written: &Path) -> Self {
        let named = match written.as_os_str().is_empty() {
            true => Path::new("."),
            false => written,
        };
        // Links and `..` may lead out of the tree. A folder that cannot be found has no settings.
        let folder = std::fs::canonicalize(named).unwrap_or_else(|_| named.to_owned());
        let here = std::fs::canonicalize(".").unwrap_or_default();
        match folder.strip_prefix(&here) {
            Ok(inside) => Self {
                folder: inside.to_owned(),
                root: PathBuf::new(),
            },
            Err(_) => Self {
                root: folder.clone(),
                folder,
            },
        }
    }
}

/// The files that decide on the settings of the tests in `folder`, whether they are there or not.
pub(super) fn sources(folder: &Path) -> Vec<PathBuf> {
    let place = Place::of(folder);
    let folders = place
        .folder
        .ancestors()
        .take_while(|folder| folder.starts_with(&place.root));
    folders
        .flat_map(|folder| folder::NAMES.iter().map(|name| folder.join(name)))
        .collect()
}

/// What the flags of a run say, over what folders do.
pub(super) struct RunSettings<'a> {
    args: &'a run::Args,
    folders: Folders,
    /// The variables of `--env-file`.
    first: BTreeMap<String, String>,
    /// What was given, by the folder of the file.
    given: BTreeMap<PathBuf, Arc<ItemSettings>>,
    /// The least number of files at the same time that a folder asks for.
    jobs: Option<usize>,
}

impl<'a> RunSettings<'a> {
    /// # Errors
    /// The file of variables, and what is wrong with it.
    pub(super) fn new(args: &'a run::Args) -> Result<Self, String> {
        let first = args.env_file.as_deref().map(env_file::read).transpose()?;
        Ok(Self {
            args,
            folders: Folders::default(),
            first: first.unwrap_or_default(),
            given: BTreeMap::new(),
            jobs: None,
        })
    }

    /// Sets what a file goes by.
    ///
    /// # Errors
    /// As [`Folders::of`], and what is wrong with the chosen environment.
    pub(super) fn give(&mut self, item: &mut RunItem) -> Result<(), String> {
        let path = item.path.as_deref().unwrap_or(Path::new("."));
        let folder = path.parent().unwrap_or(Path::new(""));
        let settings = match self.given.get(folder) {
            Some(settings) => Arc::clone(settings),
            None => {
                let settings = Arc::new(self.of(path)?);
                self.given.insert(folder.to_owned(), Arc::clone(&settings));
                settings
            }
        };
        item.settings = Some(settings);
        Ok(())
    }

    fn of(&mut self, path: &Path) -> Result<ItemSettings, String> {
        let config = self.folders.of(path)?;
        let settings = &config.settings;
        self.jobs = Some(self.jobs.map_or(settings.jobs, |jobs| jobs.min(settings.jobs)));
        let mut defaults = config.defaults.clone();
        if let Some(address) = &self.args.address {
            defaults.address.clone_from(address);
        }
        let mut variables = environment::variables();
        let chosen = self.args.environment.as_ref();
        if let Some(path) = chosen.and_then(|name| settings.environments.get(name)) {
            variables.extend(env_file::read(path)?);
        }
        variables.extend(self.first.clone());
        Ok(ItemSettings {
            defaults,
            timeout: self.args.timeout.map_or(settings.timeout, Duration::from_secs),
            environment: Arc::new(variables),
            mask: settings.mask.clone(),
        })
    }

    /// How many files run at the same time, once every file has got its settings.
    ///
    /// # Errors
    /// That no folder has the environment that was chosen.
    pub(super) fn jobs(&self) -> Result<usize, String> {
        if let Some(name) = self.args.environment.as_deref() {
            self.folders.has_environment(name)?;
        }
        let flag = self.args.jobs.map(usize::from);
        Ok(flag.or(self.jobs).unwrap_or(1))
    }
}
