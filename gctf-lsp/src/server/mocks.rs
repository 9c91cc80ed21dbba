//! Mock servers that run inside the server: one for each `gctf.toml` with a `[mock]` table, when the user starts it.
//!
//! Each has a task that owns it and does what it is told in order; the loop knows how it stands.

use super::disk::{self, Stamps, normal};
use super::session::{Event, Session};
use crate::config::folder::DeclaredMock;
use crate::config::read_mock;
use crate::ide::mocks::{self, Mock};
use crate::mock::{MockOptions, RunningMock, stubs};
use crate::target::{SchemaSource, Target};
use ls_types::{FileSystemWatcher, GlobPattern, MessageType};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;
use tokio::time::Instant;

/// Files are read again after this: editors write them in several steps.
const CALM: Duration = Duration::from_millis(200);

/// Stub files, which are watched while something is served.
const STUBS: &str = "**/*.{yaml,yml,json}";

/// Hears where the mock listens in the end.
pub(super) type Answer = Box<dyn FnOnce(Result<Option<String>, String>) + Send>;

/// The mocks that were started, by their `gctf.toml`.
#[derive(Default)]
pub(super) struct Mocks {
    by_config: BTreeMap<PathBuf, Entry>,
    /// Whether the client tells of changed stubs.
    watches: bool,
}

struct Entry {
    /// The workspace folder that it was started for.
    root: PathBuf,
    orders: UnboundedSender<Order>,
    serving: Option<Serving>,
}

/// How a mock that runs stands.
#[derive(Clone, Debug)]
pub(super) struct Serving {
    pub(super) address: String,
    /// Why it does not serve what its files say now.
    pub(super) problem: Option<String>,
    /// The files that it was read from, those that it is told to read, and folders of stubs.
    sources: BTreeSet<PathBuf>,
    /// Where imports may come to lie.
    import_paths: Vec<PathBuf>,
}

/// What a mock is told to do.
enum Order {
    Start(Answer),
    Stop(Answer),
    /// Its files have changed.
    Reload,
    /// They may have.
    Look,
}

/// How a mock stands after an order, and who wants to know.
pub(super) struct Attended {
    config: PathBuf,
    serving: Option<Serving>,
    answer: Option<(Answer, Result<Option<String>, String>)>,
    /// Parts of stubs that have no effect.
    notes: Vec<String>,
}

impl Session {
    /// Starts the mock of the nearest `gctf.toml` of `path`, if it does not run.
    pub(super) fn start_mock(&mut self, path: Option<&Path>, answer: Answer) {
        if let Some(reason) = self.restricted() {
            return answer(Err(format!("nothing is served: {reason}")));
        }
        let path = path.map(|path| self.file_in(path));
        let declared = path.as_deref().and_then(|path| self.declared_mock(path));
        let Some((path, declared)) = path.zip(declared) else {
            let help = "no mock is declared: write a [mock] table in a gctf.toml of this folder or of one above it";
            return answer(Err(help.to_owned()));
        };
        if self.client.watches && !std::mem::replace(&mut self.mocks.watches, true) {
            let watcher = FileSystemWatcher {
                glob_pattern: GlobPattern::String(STUBS.to_owned()),
                kind: None,
            };
            self.outbox.register(disk::watch("gctf/stubs", vec![watcher]));
        }
        let (root, events) = (self.root(&path), self.events.clone());
        let inside = [self.folders.clone(), vec![root.clone()]].concat();
        let entry = self
            .mocks
            .by_config
            .entry(declared.config)
            .or_insert_with_key(|config| {
                let (orders, received) = unbounded_channel();
                tokio::spawn(attend(config.clone(), inside, received, events));
                Entry {
                    root,
                    orders,
                    serving: None,
                }
            });
        entry.order(Order::Start(answer));
    }

    /// Stops the mock of the nearest `gctf.toml` of `path`, if it runs.
    pub(super) fn stop_mock(&self, path: Option<&Path>, answer: Answer) {
        // Its table may be gone by now.
        let path = path.map(|path| self.file_in(path)).unwrap_or_default();
        let above = |config: &&PathBuf| config.parent().is_some_and(|folder| path.starts_with(folder));
        let configs = self.mocks.by_config.keys().filter(above);
        let nearest = configs.max_by_key(|config| config.components().count());
        let entry = nearest.and_then(|config| self.mocks.by_config.get(config));
        match entry {
            Some(entry) => entry.order(Order::Stop(answer)),
            None => answer(Ok(None)),
        }
    }

    /// Stops the mocks of the workspace folders that `is_meant` names; ends once their ports are free.
    pub(super) fn stop_mocks(&mut self, is_meant: &dyn Fn(&Path) -> bool) -> impl Future<Output = ()> + Send + use<> {
        let meant = self.mocks.by_config.values().filter(|entry| is_meant(&entry.root));
        let stopped: Vec<_> = meant
            .map(|entry| {
                let (stopped, wait) = oneshot::channel();
                entry.order(Order::Stop(Box::new(move |_| {
                    // Whoever waited has gone.
                    let _ = stopped.send(());
                })));
                wait
            })
            .collect();
        async move {
            for stopped in stopped {
                // One that has ended by itself is stopped too.
                let _ = stopped.await;
            }
        }
    }

    /// A mock has done what it was told.
    pub(super) fn mock_attended(&mut self, attended: Attended) {
        let Attended {
            config,
            serving,
            answer,
            notes,
        } = attended;
        for note in notes {
            self.outbox.log(MessageType::INFO, note);
        }
        if let Some(entry) = self.mocks.by_config.get_mut(&config) {
            let old = std::mem::replace(&mut entry.serving, serving);
            let concerned = old.into_iter().chain(entry.serving.clone());
            let addresses: BTreeSet<_> = concerned.map(|serving| serving.address).collect();
            // Connections from before may be about to end.
            self.targets = Arc::default();
            self.reload_schemas_of(|target| addresses.iter().any(|address| mocks::serves(address, target)));
            self.configure_open();
        }
        if let Some((answer, result)) = answer {
            answer(result);
        }
    }

    /// Loads the schemas of the servers again that `is_meant` names.
    fn reload_schemas_of(&mut self, is_meant: impl Fn(&Target) -> bool) {
        let wanted: BTreeSet<_> = self.open.values().flat_map(|file| &file.wanted).collect();
        let now = Instant::now();
        for source in wanted {
            if matches!(source, SchemaSource::Reflection { target, .. } if is_meant(target)) {
                self.schemas.start_over(source, now);
            }
        }
    }

    /// Files have changed on the disk: mocks that are read from them read them again.
    pub(super) fn mocks_changed(&self, paths: &BTreeSet<PathBuf>) {
        for (config, entry) in &self.mocks.by_config {
            let Some(serving) = &entry.serving else { continue };
            if paths.iter().any(|path| path == config || serving.is_read_from(path)) {
                entry.order(Order::Reload);
            }
        }
    }

    /// Has mocks look whether their files have changed, where nobody tells.
    pub(super) fn look_at_mocks(&self) {
        let running = self.mocks.by_config.values().filter(|entry| entry.serving.is_some());
        running.for_each(|entry| entry.order(Order::Look));
    }

    /// What documents see of a mock.
    pub(super) fn mock_of(&self, declared: DeclaredMock) -> Mock {
        let entry = self.mocks.by_config.get(&declared.config);
        let serving = entry.and_then(|entry| entry.serving.as_ref());
        Mock {
            listen: declared.listen,
            running: serving.map(|serving| serving.address.clone()),
        }
    }
}

impl Serving {
    fn is_read_from(&self, path: &Path) -> bool {
        let inside = |folder: &PathBuf| path.starts_with(folder);
        let extension = path.extension().and_then(|extension| extension.to_str());
        match extension {
            _ if self.sources.contains(path) => true,
            Some("yaml" | "yml" | "json") => self.sources.iter().any(inside),
            Some("proto") => self.import_paths.iter().any(inside),
            _ => false,
        }
    }
}

impl Mocks {
    /// Those that run.
    pub(super) fn serving(&self) -> impl Iterator<Item = &Serving> {
        self.by_config.values().filter_map(|entry| entry.serving.as_ref())
    }
}

impl Entry {
    fn order(&self, order: Order) {
        // The task ends with this entry.
        let _ = self.orders.send(order);
    }
}

/// A mock with what it was started by.
struct Running {
    mock: RunningMock,
    options: MockOptions,
    problem: Option<String>,
    stamps: Stamps,
}

/// Owns the mock of `config`: does what it is told, and tells how it stands. Nothing outside of the folders `inside` is
/// read.
async fn attend(
    config: PathBuf,
    inside: Vec<PathBuf>,
    mut orders: UnboundedReceiver<Order>,
    events: UnboundedSender<Event>,
) {
    let mut running: Option<Running> = None;
    let mut early = VecDeque::new();
    loop {
        let order = match early.pop_front() {
            Some(order) => Some(order),
            None => orders.recv().await,
        };
        let Some(order) = order else { break };
        let mut notes = Vec::new();
        let mut answer = None;
        match order {
            Order::Start(waiting) => {
                let started = match running.take() {
                    Some(running) => Ok(running),
                    None => unless_stopped(start(&config, &inside), &mut orders, &mut early)
                        .await
                        .unwrap_or_else(|| Err("the mock was stopped before it could listen".to_owned()))
                        .inspect(|started| notes.clone_from(&started.mock.ignored)),
                };
                let address = started.as_ref().map(|started| Some(started.mock.address()));
                answer = Some((waiting, address.map_err(Clone::clone)));
                running = started.ok();
            }
            Order::Stop(waiting) => {
                stop(running.take()).await;
                answer = Some((waiting, Ok(None)));
            }
            Order::Look if is_as_it_was(running.as_ref()).await => continue,
            Order::Reload | Order::Look => {
                if let Some(running) = &mut running
                    && unless_stopped(tokio::time::sleep(CALM), &mut orders, &mut early)
                        .await
                        .is_some()
                {
                    // What came until now is read now.
                    early.retain(|order| !matches!(order, Order::Reload | Order::Look));
                    // What is stopped needs nothing of it.
                    let _ = unless_stopped(reload(&config, &inside, running), &mut orders, &mut early).await;
                }
            }
        }
        let attended = Attended {
            config: config.clone(),
            serving: running.as_ref().map(Running::serving),
            answer,
            notes,
        };
        // The loop ends last.
        let _ = events.send(Event::Mock(attended));
    }
    stop(running).await;
}
/// Does `work`, unless an order to stop comes meanwhile: reading many files takes long. What comes is kept in `early`.
async fn unless_stopped<T>(
    work: impl Future<Output = T>,
    orders: &mut UnboundedReceiver<Order>,
    early: &mut VecDeque<Order>,
) -> Option<T> {
    let mut work = pin!(work);
    loop {
        let order = tokio::select! {
            done = &mut work => return Some(done),
            order = orders.recv() => order?,
        };
        let stops = matches!(order, Order::Stop(_));
        early.push_back(order);
        if stops {
            return None;
        }
    }
}

async fn is_as_it_was(running: Option<&Running>) -> bool {
    match running {
        None => true,
        Some(running) => stamps(running).await == running.stamps,
    }
}

async fn stop(running: Option<Running>) {
    if let Some(running) = running {
        running.mock.stop().await;
    }
}

async fn start(config: &Path, inside: &[PathBuf]) -> Result<Running, String> {
    let options = read(config, inside).await?;
    let mock = RunningMock::start(options.clone()).await?;
    let mut running = Running {
        mock,
        options,
        problem: None,
        stamps: Stamps::new(),
    };
    running.stamps = stamps(&running).await;
    Ok(running)
}

/// Serves what `config` says now in place of what is served; what cannot be read leaves the old.
async fn reload(config: &Path, inside: &[PathBuf], running: &mut Running) {
    running.problem = match read(config, inside).await {
        Err(problem) => Some(problem),
        Ok(options) if options.listen == running.options.listen && options.identity == running.options.identity => {
            let reloaded = running.mock.reload(options.clone()).await;
            if reloaded.is_ok() {
                running.options = options;
            }
            reloaded.err()
        }
        Ok(_) => Some("stop it and start it again to listen as its gctf.toml says now".to_owned()),
    };
    running.stamps = stamps(running).await;
}

/// The options in the `[mock]` table of a file.
///
/// # Errors
/// What is wrong with the file, that it names files outside of the folders `inside`, or that the address is not of this
/// machine alone.
async fn read(config: &Path, inside: &[PathBuf]) -> Result<MockOptions, String> {
    let (path, inside) = (config.to_owned(), inside.to_owned());
    let reading = move || {
        let table =
            read_mock(&path)?.ok_or_else(|| format!("{}: there is no [mock] table any more", path.display()))?;
        let options = MockOptions::of(table)?;
        let check = |path: &Path| match disk::is_inside(path, &inside) {
            true => Ok(()),
            false => Err(format!("{} is outside the workspace and was not read", path.display())),
        };
        options.paths().try_for_each(check)?;
        // Folders of stubs may hold links.
        for folder in &options.stubs {
            stubs::files(folder)?.iter().try_for_each(|path| check(path))?;
        }
        match is_loopback(&options.listen) {
            true => Ok(options),
            false => Err(format!(
                "{}: `{}` is not of this machine alone: an editor's mock listens on localhost or a loopback address",
                path.display(),
                options.listen
            )),
        }
    };
    let read = tokio::task::spawn_blocking(reading).await;
    read.map_err(|error| error.to_string())?
}

fn is_loopback(listen: &str) -> bool {
    let host = listen.rsplit_once(':').map_or(listen, |(host, _)| host);
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || bare
            .parse()
            .is_ok_and(|address: std::net::IpAddr| address.is_loopback())
}

/// When what a mock is read from was changed last: folders of stubs too, as files come and go in them.
async fn stamps(running: &Running) -> Stamps {
    let sources = running.sources();
    let stamps = tokio::task::spawn_blocking(move || disk::stamps(&sources)).await;
    stamps.unwrap_or_default()
}

impl Running {
    fn serving(&self) -> Serving {
        Serving {
            address: self.mock.address(),
            problem: self.problem.clone(),
            sources: self.sources(),
            import_paths: self.options.import_paths.iter().map(|path| normal(path)).collect(),
        }
    }

    fn sources(&self) -> BTreeSet<PathBuf> {
        let named = self.options.stubs.iter().chain(&self.options.protos);
        named.chain(&self.mock.files).map(|path| normal(path)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_it_may_listen() {
        for (listen, expected) in [
            ("localhost:0", true),
            ("[localhost]:0", false),
            ("127.0.0.1:4770", true),
            ("127.1.2.3:4770", true),
            ("[::1]:4770", true),
            ("0.0.0.0:4770", false),
            ("[::]:4770", false),
            ("example.localhost:4770", false),
            ("192.168.0.1:4770", false),
        ] {
            assert_eq!(is_loopback(listen), expected, "{listen}");
        }
    }
}
