//! The settings of each file: from the nearest `gctf.toml`, from `initialize`, and from what the client answers
//! when it is asked.

use super::Options;
use super::disk;
use super::session::{Event, Session};
use crate::config::folder::{DeclaredMock, FolderConfig};
use crate::config::layers;
use crate::config::settings::{Layer, Origin, Settings};
use crate::ide::{Config, FileId};
use crate::run::ItemSettings;
use ls_types::{ConfigurationItem, LSPAny, MessageType, Uri};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// How long a client may take to say what the user set, before it is taken to have nothing to say.
const PATIENCE: Duration = Duration::from_secs(5);

/// Something that has to wait until the settings are known.
type Job = Box<dyn FnOnce(&mut Session) + Send>;

/// Where settings come from.
pub(super) struct Configuration {
    initialization: Layer,
    /// What the client answered, by workspace folder; `None` is for files in none of them.
    client: BTreeMap<Option<PathBuf>, Layer>,
    /// What stands on the disk, by the folder of a file.
    folders: BTreeMap<PathBuf, FolderConfig>,
    /// How often a folder was read anew because something there is another.
    rereads: u64,
    /// Counts the questions to the client.
    asked: u64,
    /// Whether the last of them is open.
    is_pending: bool,
    waiting: Vec<Job>,
    /// What is wrong and has been told.
    told: BTreeSet<String>,
}

impl Default for Configuration {
    fn default() -> Self {
        Self {
            initialization: Layer {
                origin: Origin::User,
                base: PathBuf::new(),
                entries: Vec::new(),
            },
            client: BTreeMap::new(),
            folders: BTreeMap::new(),
            rereads: 0,
            asked: 0,
            is_pending: false,
            waiting: Vec::new(),
            told: BTreeSet::new(),
        }
    }
}

impl Configuration {
    /// Whether the client is being asked, so that nothing is known for sure.
    pub(super) fn is_pending(&self) -> bool {
        self.is_pending
    }

    pub(super) fn rereads(&self) -> u64 {
        self.rereads
    }

    fn forget(&mut self, folder: &Path) {
        self.rereads += 1;
        self.folders.retain(|known, _| !known.starts_with(folder));
    }

    /// Takes what stood in a folder after so many `rereads`, unless it was read anew since then; whether it is news.
    fn take(&mut self, folder: PathBuf, rereads: u64, config: FolderConfig) -> bool {
        let is_news = rereads == self.rereads && self.folders.get(&folder) != Some(&config);
        if is_news {
            self.folders.insert(folder, config);
        }
        is_news
    }
}

/// What stands for settings that nobody made.
pub(super) fn unconfigured(options: &Options) -> Config {
    Config {
        defaults: options.run.defaults.clone(),
        environment: Some(options.run.environment.keys().cloned().collect()),
        ..Config::default()
    }
}

impl Session {
    /// Takes the settings that the client has sent with its first message.
    pub(super) fn take_initialization_options(&mut self, options: Option<&LSPAny>) {
        let base = self.folders.first().cloned().unwrap_or_default();
        if let Some(options) = options {
            self.configuration.initialization = layers::of_client(options, base);
        }
        self.reconfigure();
    }

    /// Asks the client for the settings of each folder, if it can tell them.
    pub(super) fn ask_for_settings(&mut self) {
        if !self.client.configuration {
            return;
        }
        let scopes: Vec<_> = std::iter::once(None)
            .chain(self.folders.iter().cloned().map(Some))
            .collect();
        let item = |folder: &Option<PathBuf>| ConfigurationItem {
            scope_uri: folder.as_ref().and_then(Uri::from_file_path),
            section: Some("gctf".to_owned()),
        };
        let items = scopes.iter().map(item).collect();
        self.configuration.asked += 1;
        self.configuration.is_pending = true;
        let (number, events) = (self.configuration.asked, self.events.clone());
        let question = self.outbox.configuration(items);
        tokio::spawn(async move {
            let answers = tokio::time::timeout(PATIENCE, question).await.unwrap_or_default();
            let answers = scopes.into_iter().zip(answers).collect();
            // The loop ends last.
            let _ = events.send(Event::Settings { number, answers });
        });
    }

    /// What the client answered to the question with that number.
    pub(super) fn settings_answered(&mut self, number: u64, answers: Vec<(Option<PathBuf>, LSPAny)>) {
        if number != self.configuration.asked {
            return;
        }
        let layers = answers.into_iter().map(|(folder, value)| {
            let base = folder.clone().or_else(|| self.folders.first().cloned());
            (folder, layers::of_client(&value, base.unwrap_or_default()))
        });
        self.configuration.client = layers.collect();
        self.configuration.is_pending = false;
        self.reconfigure();
        for job in std::mem::take(&mut self.configuration.waiting) {
            job(self);
        }
    }

    /// The settings have changed. A client that cannot be asked sends them along.
    pub(super) fn settings_changed(&mut self, settings: &LSPAny) {
        if self.client.configuration {
            return self.ask_for_settings();
        }
        let base = self.folders.first().cloned().unwrap_or_default();
        let layer = layers::of_client(settings, base);
        let scopes = std::iter::once(None).chain(self.folders.iter().cloned().map(Some));
        self.configuration.client = scopes.map(|scope| (scope, layer.clone())).collect();
        self.reconfigure();
    }

    /// Does `job` once the settings are known.
    pub(super) fn when_configured(&mut self, job: impl FnOnce(&mut Self) + Send + 'static) {
        match self.configuration.is_pending {
            true => self.configuration.waiting.push(Box::new(job)),
            false => job(self),
        }
    }

    /// The innermost workspace folder that holds `path`; without one, the folder of the file.
    pub(super) fn root(&self, path: &Path) -> PathBuf {
        let holding = self.folders.iter().filter(|folder| path.starts_with(folder));
        let innermost = holding.max_by_key(|folder| folder.components().count());
        let own = || path.parent().unwrap_or(Path::new("/")).to_owned();
        innermost.cloned().unwrap_or_else(own)
    }

    /// A path in the folder at `path` if that is a workspace folder: its own settings are meant, not those around it.
    pub(super) fn file_in(&self, path: &Path) -> PathBuf {
        match self.folders.iter().any(|folder| folder == path) {
            true => path.join("_"),
            false => path.to_owned(),
        }
    }

    /// The settings of the file at `path`, by what was read of its folder before.
    pub(super) fn config_of(&mut self, path: Option<&Path>) -> Config {
        let (scope, folder) = match path {
            None => (None, FolderConfig::default()),
            Some(path) => {
                let root = self.root(path);
                let folder = self.folder_config(path, &root).clone();
                (Some(root), folder)
            }
        };
        let client = self.configuration.client.get(&scope);
        let client = client.or_else(|| self.configuration.client.get(&None));
        let initialization = &self.configuration.initialization;
        let layers = folder.layer.iter().chain(std::iter::once(initialization)).chain(client);
        let (settings, problems) = Settings::of(layers);
        for problem in folder.problems.into_iter().chain(folder.buf_problems).chain(problems) {
            self.complain(problem);
        }
        let mut config = unconfigured(&self.options).set(settings, folder.proto_roots);
        config.mock = folder.mock.map(|declared| self.mock_of(declared));
        self.enter_environment(scope.as_deref(), &mut config);
        config
    }

    /// The mock that the nearest `gctf.toml` of `path` declares.
    pub(super) fn declared_mock(&mut self, path: &Path) -> Option<DeclaredMock> {
        let root = self.root(path);
        self.folder_config(path, &root).mock.clone()
    }

    /// What stands on the disk around the file at `path`, as it was read before.
    fn folder_config(&mut self, path: &Path, root: &Path) -> &FolderConfig {
        let own = path.parent().unwrap_or(Path::new("/")).to_owned();
        let known = self.configuration.folders.entry(own);
        known.or_insert_with_key(|own| disk::folder_config(own, root))
    }

    /// What a run of the file at `path` goes by.
    ///
    /// # Errors
    /// What is wrong with the active environment.
    pub(super) fn item_settings(&mut self, path: Option<&Path>) -> Result<ItemSettings, String> {
        let config = self.config_of(path);
        Ok(ItemSettings {
            environment: self.run_environment(&config)?,
            defaults: config.defaults,
            timeout: config.settings.timeout,
            mask: config.settings.mask,
        })
    }

    /// The settings of an open file, as they are now.
    pub(super) fn configure(&mut self, id: FileId) {
        let Some(state) = self.analysis.file(id) else { return };
        let path = state.path.clone();
        let config = Some(Arc::new(self.config_of(path.as_deref())));
        let Some(old) = self.analysis.file(id).map(|state| state.config.clone()) else {
            return;
        };
        if old == config {
            return;
        }
        let roots = |config: Option<Arc<Config>>| config.map(|config| config.defaults.import_roots.clone());
        if old.is_some() && roots(old) != roots(config.clone()) {
            // Other sources lie beside what servers tell.
            self.reload_schemas(id);
        }
        if let Some(state) = self.file_mut(id) {
            state.config = config;
        }
        self.outcomes_changed(id);
    }

    /// Looks at the disk again where files of `folder` are concerned.
    pub(super) fn reread_folder(&mut self, folder: &Path) {
        self.configuration.forget(folder);
        self.reconfigure();
    }

    /// Works out the settings of every open file anew.
    pub(super) fn reconfigure(&mut self) {
        let general = self.config_of(None);
        self.set_log_level(&general.settings.log_level);
        self.analysis.config = Arc::new(general);
        self.configure_open();
        self.reconsider();
    }

    /// Works out the settings of every open file anew where what may be dialled is as it was.
    pub(super) fn configure_open(&mut self) {
        let open: Vec<_> = self.open.keys().copied().collect();
        for id in open {
            self.configure(id);
        }
    }

    fn set_log_level(&self, level: &str) {
        let Some(log) = &self.options.log else { return };
        // The log has ended, and so has the server.
        let _ = log.modify(|filter| *filter = tracing_subscriber::EnvFilter::new(level));
    }

    /// Tells what is wrong with the settings, once.
    fn complain(&mut self, problem: String) {
        if self.configuration.told.insert(problem.clone()) {
            self.outbox.log(MessageType::WARNING, problem);
        }
    }

    /// What a look at the disk has found in a folder, begun after so many `rereads`.
    pub(super) fn folder_read(&mut self, folder: PathBuf, rereads: u64, config: FolderConfig) {
        if self.configuration.take(folder, rereads, config) {
            self.reconfigure();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_that_began_before_the_folder_was_read_anew_says_nothing() {
        let folder = PathBuf::from("folder");
        let found = |problem: &str| FolderConfig {
            problems: vec![problem.to_owned()],
            ..FolderConfig::default()
        };
        let mut configuration = Configuration::default();
        let before = configuration.rereads();
        assert!(configuration.take(folder.clone(), before, found("old")));
        assert!(!configuration.take(folder.clone(), before, found("old")));
        configuration.forget(&folder);
        configuration.folders.insert(folder.clone(), found("new"));
        assert!(!configuration.take(folder.clone(), before, found("old")));
        assert_eq!(configuration.folders[&folder], found("new"));
        assert!(configuration.take(folder, configuration.rereads(), found("newest")));
    }
}
