//! The environment that tests read besides the process's: which one is active in a folder, and which names its file
//! has. Values are read when something runs, and forgotten.

use super::session::{Event, Session};
use crate::config::env_file;
use crate::ide::Config;
use ls_types::MessageType;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Hears which environment is active in the end.
pub(super) type Chosen = Box<dyn FnOnce(Result<String, String>) + Send>;

/// What is known of environments.
#[derive(Debug, Default)]
pub(super) struct Environments {
    /// What the user has chosen for workspace folders in this session; an empty name is none.
    chosen: BTreeMap<PathBuf, String>,
    /// The names in files, or why they cannot be read.
    names: BTreeMap<PathBuf, Names>,
    /// The files that somebody is looking at, and whether they have changed meanwhile.
    looking: BTreeMap<PathBuf, bool>,
    /// What files hold, while a run is planned.
    values: BTreeMap<PathBuf, Arc<BTreeMap<String, String>>>,
}

pub(super) type Names = Result<BTreeSet<String>, String>;

const NONE: &str = "None";

impl Session {
    /// Makes the environment `name` the active one for the workspace folder of `path`; an empty name is none.
    ///
    /// # Errors
    /// That there is none of that name, or that the user does not trust the workspace.
    pub(super) fn choose_environment(&mut self, path: Option<&Path>, name: String) -> Result<String, String> {
        let settings = self.environment_settings(path)?;
        if !name.is_empty() && !settings.environments.contains_key(&name) {
            return Err(settings.no_environment(&name));
        }
        let folder = self.environment_folder(path);
        self.environments.chosen.insert(folder, name.clone());
        self.reconfigure();
        Ok(name)
    }

    /// Asks the user for the environment of the workspace folder of `path`; without an answer nothing changes.
    pub(super) fn ask_for_environment(&mut self, path: Option<PathBuf>, answer: Chosen) {
        let settings = match self.environment_settings(path.as_deref()) {
            Ok(settings) if settings.environments.is_empty() => {
                let help = "no environment is declared: write `NAME = \"FILE\"` under [environments] in gctf.toml, or set \
                            gctf.environments";
                return answer(Err(help.to_owned()));
            }
            Ok(settings) => settings,
            Err(problem) => return answer(Err(problem)),
        };
        let now = match settings.environment.as_str() {
            "" => "none",
            name => name,
        };
        let message = format!("Which environment do the tests of this folder read? Now: {now}.");
        let names = settings.environments.keys().cloned();
        let buttons = names.chain([NONE.to_owned()]).collect();
        let question = self.outbox.ask(MessageType::INFO, message, buttons);
        let events = self.events.clone();
        tokio::spawn(async move {
            let button = question.await;
            // The loop ends last.
            let _ = events.send(Event::EnvironmentAnswer { path, button, answer });
        });
    }

    /// The user has pressed a button, or has not.
    pub(super) fn environment_answered(&mut self, path: Option<&Path>, button: Option<String>, answer: Chosen) {
        let chosen = match button {
            None => self.environment_settings(path).map(|settings| settings.environment),
            Some(button) => {
                let settings = self.environment_settings(path);
                let is_name = settings.is_ok_and(|settings| settings.environments.contains_key(&button));
                let name = if is_name || button != NONE {
                    button
                } else {
                    String::new()
                };
                self.choose_environment(path, name)
            }
        };
        answer(chosen);
    }

    /// The settings of files at `path`.
    fn environment_settings(&mut self, path: Option<&Path>) -> Result<crate::config::settings::Settings, String> {
        if let Some(reason) = self.restricted() {
            return Err(format!("no environment is read: {reason}"));
        }
        let file = path.map(|path| self.file_in(path));
        Ok(self.config_of(file.as_deref()).settings)
    }

    fn environment_folder(&self, path: Option<&Path>) -> PathBuf {
        match path {
            Some(path) => self.root(&self.file_in(path)),
            None => self.folders.first().cloned().unwrap_or_default(),
        }
    }

    /// Makes what the user has chosen for the workspace folder `root` a part of `config`, as far as it is known.
    pub(super) fn enter_environment(&mut self, root: Option<&Path>, config: &mut Config) {
        if self.restricted().is_some() {
            config.settings.environment.clear();
            return;
        }
        let folder = root.or(self.folders.first().map(PathBuf::as_path));
        if let Some(chosen) = self.environments.chosen.get(folder.unwrap_or(Path::new(""))) {
            config.settings.environment.clone_from(chosen);
        }
        let Ok(Some(file)) = config.settings.environment_file() else {
            return;
        };
        match self.environments.names.get(file) {
            Some(Ok(names)) => config
                .environment
                .iter_mut()
                .for_each(|known| known.extend(names.iter().cloned())),
            Some(Err(_)) => {}
            None => {
                let file = file.to_owned();
                config.environment = None;
                self.look_at_environment(file);
            }
        }
    }

    /// Has a worker see which names a file has.
    fn look_at_environment(&mut self, file: PathBuf) {
        if self.environments.looking.contains_key(&file) {
            return;
        }
        self.environments.looking.insert(file.clone(), false);
        let events = self.events.clone();
        tokio::task::spawn_blocking(move || {
            let names = env_file::read_at_once(&file).map(|variables| variables.into_keys().collect());
            // The loop ends last.
            let _ = events.send(Event::EnvironmentNames { file, names });
        });
    }

    /// Which names a file has, or why nobody knows.
    pub(super) fn environment_names(&mut self, file: PathBuf, names: Names) {
        if self.environments.looking.remove(&file) == Some(true) {
            self.look_at_environment(file.clone());
        }
        if self.environments.names.get(&file) == Some(&names) {
            return;
        }
        if let Err(problem) = &names {
            self.outbox.log(MessageType::WARNING, problem.clone());
        }
        self.environments.names.insert(file, names);
        self.reconfigure();
    }

    /// Looks again at the files that are known, or at those of them among `changed`.
    pub(super) fn environments_changed(&mut self, changed: Option<&BTreeSet<PathBuf>>) {
        let known = self.environments.names.keys().chain(self.environments.looking.keys());
        let again = known.filter(|file| changed.is_none_or(|changed| changed.contains(&super::disk::normal(file))));
        let again: BTreeSet<_> = again.cloned().collect();
        for file in again {
            match self.environments.looking.get_mut(&file) {
                Some(has_changed) => *has_changed = true,
                None => self.look_at_environment(file),
            }
        }
    }

    /// The variables of a run by `config`.
    ///
    /// # Errors
    /// What is wrong with the active environment.
    pub(super) fn run_environment(&mut self, config: &Config) -> Result<Arc<BTreeMap<String, String>>, String> {
        let file = config.settings.environment_file()?;
        let key = file.unwrap_or(Path::new("")).to_owned();
        if let Some(known) = self.environments.values.get(&key) {
            return Ok(Arc::clone(known));
        }
        let mut variables = self.options.run.environment.clone();
        if let Some(file) = file {
            let of_file = env_file::read_at_once(file);
            variables.extend(of_file.map_err(|problem| {
                format!(
                    "the environment \"{}\" cannot be read: {problem}",
                    config.settings.environment
                )
            })?);
        }
        let variables = Arc::new(variables);
        self.environments.values.insert(key, Arc::clone(&variables));
        Ok(variables)
    }

    /// A run is planned: what files hold is nobody's business any more.
    pub(super) fn forget_environments(&mut self) {
        self.environments.values.clear();
    }

    /// The environments that open files read, and what is wrong with one of them.
    pub(super) fn active_environments(&self) -> (BTreeSet<&str>, Option<String>) {
        let mut active = BTreeSet::new();
        let mut problem = None;
        for id in self.open.keys() {
            let Some(state) = self.analysis.file(*id) else { continue };
            let settings = &self.analysis.config(state).settings;
            match settings.environment_file() {
                Ok(None) => continue,
                Ok(Some(file)) => {
                    let of_file = self.environments.names.get(file).and_then(|names| names.as_ref().err());
                    problem = problem.or(of_file.cloned());
                }
                Err(reason) => problem = problem.or(Some(reason)),
            }
            active.insert(settings.environment.as_str());
        }
        (active, problem)
    }
}
