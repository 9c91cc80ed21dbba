//! All state of the server, changed by one loop only, one event after the other.
//!
//! Workers get snapshots and send what they found back as events. Nothing here waits: not for the network, not
//! for a lock, not for the client.

use super::approval::Approval;
use super::client::Client;
use super::configuration::{self, Configuration};
use super::disk::Looked;
use super::environments::{Chosen, Environments, Names};
use super::findings::Checked;
use super::index::Disk;
use super::mocks::{Attended, Mocks};
use super::outbox::Outbox;
use super::parked::{Parked, ParkingLot};
use super::refresh::Refresh;
use super::results::{Kept, Writer};
use super::runs::{Batch, Gathered, RunId, Runs};
use super::saved::Saved;
use super::schemas::{Loaded, SETTLE, Schemas};
use super::status::Status;
use super::texts::Texts;
use super::trust::{Peer, Trust};
use super::{Options, from_proto};
use crate::ide::{Analysis, FileId, FileState, TestKey, TestRuns};
use crate::run::{Question, RunEvent, Targets};
use crate::schema::Schema;
use crate::syntax::SourceFile;
use crate::target::SchemaSource;
use ls_types::*;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::sync::oneshot;
use tokio::time::Instant;
use tower_lsp::jsonrpc::{self, Error};

/// Where the answer to a request goes.
pub(super) type Reply<R> = oneshot::Sender<jsonrpc::Result<R>>;

/// Everything that changes the state.
pub(super) enum Event {
    /// A message of the client.
    Lsp(Box<dyn FnOnce(&mut Session) + Send>),
    /// A worker's findings for a file.
    Checked(Checked),
    /// A completion that wants a schema.
    Wanting(Parked),
    Schema {
        source: SchemaSource,
        /// Of the load, so that an older one is told from it.
        number: u64,
        loaded: Loaded,
    },
    /// A schema while the sources beside it are being read.
    Bare {
        source: SchemaSource,
        number: u64,
        schema: Schema,
    },
    /// A saved schema of a server that is not dialled.
    Saved {
        source: SchemaSource,
        saved: Saved,
    },
    /// What the client answered when it was asked for settings.
    Settings {
        number: u64,
        answers: Vec<(Option<PathBuf>, LSPAny)>,
    },
    Run {
        id: RunId,
        event: RunEvent,
    },
    /// Messages that came of a run.
    Messages {
        id: RunId,
        batch: Batch,
    },
    /// The files of a run of many.
    Gathered {
        id: RunId,
        gathered: Gathered,
    },
    /// What a look at the disk has found.
    Looked(Looked),
    /// The text of a response is there, so that findings can point into it.
    Response(Kept),
    /// Where a text is that is to be shown.
    Text(Result<Uri, String>),
    /// A text that the client is going to ask for.
    Kept(Uri, String),
    /// A run wants to dial a server.
    Permit {
        id: RunId,
        question: Question,
    },
    /// The user's answer to a question about a server; `None` if there is none.
    Answer {
        peer: Peer,
        button: Option<String>,
    },
    /// The user's answer to the question for an environment.
    EnvironmentAnswer {
        path: Option<PathBuf>,
        button: Option<String>,
        answer: Chosen,
    },
    /// Which names an environment's file has.
    EnvironmentNames {
        file: PathBuf,
        names: Names,
    },
    /// How a mock stands.
    Mock(Attended),
    /// What stands in the workspace's files on the disk.
    Indexed(Arc<Disk>),
    /// Something is due by the clock.
    Deadline,
}

/// What a worker sees: the state at one moment.
#[derive(Clone)]
pub(super) struct Snapshot {
    pub(super) analysis: Analysis,
    pub(super) ids: Arc<HashMap<String, FileId>>,
    pub(super) client: Arc<Client>,
    /// The workspace's folders.
    pub(super) folders: Vec<PathBuf>,
}

/// The state.
pub(super) struct Session {
    pub(super) analysis: Analysis,
    pub(super) client: Arc<Client>,
    pub(super) folders: Vec<PathBuf>,
    pub(super) outbox: Outbox,
    pub(super) options: Options,
    pub(super) runs: Runs,
    pub(super) writer: Writer,
    pub(super) events: UnboundedSender<Event>,
    /// By [`from_proto::key`]; kept when a file is closed.
    pub(super) ids: Arc<HashMap<String, FileId>>,
    pub(super) open: BTreeMap<FileId, OpenFile>,
    /// The outcomes of files that are not open.
    pub(super) closed: BTreeMap<FileId, BTreeMap<TestKey, TestRuns>>,
    pub(super) schemas: Schemas,
    pub(super) targets: Arc<Targets>,
    /// Counts the changes of the schemas' states.
    pub(super) schema_revision: u64,
    pub(super) parked: ParkingLot,
    pub(super) configuration: Configuration,
    pub(super) trust: Trust,
    pub(super) told_status: Option<Status>,
    pub(super) approval: Approval,
    pub(super) environments: Environments,
    pub(super) mocks: Mocks,
    pub(super) disk: Arc<Disk>,
    pub(super) texts: Texts,
    pub(super) refresh: Refresh,
}

/// An open file's place in the conversation.
pub(super) struct OpenFile {
    pub(super) uri: Uri,
    pub(super) version: i32,
    /// Counts everything that may change the findings.
    pub(super) generation: u64,
    /// The generation that the last edit made.
    pub(super) edited: u64,
    /// The generation that a worker is looking at.
    pub(super) checking: Option<u64>,
    /// The generation whose findings the client has.
    pub(super) checked: Option<u64>,
    /// The tests that the client was told of.
    pub(super) listed: Option<LSPAny>,
    /// `None` before the first list, which is sent even if it is empty.
    pub(super) published: Option<Vec<Diagnostic>>,
    pub(super) wanted: Vec<SchemaSource>,
    /// The files that its sections name.
    pub(super) named: BTreeSet<PathBuf>,
    /// When somebody looked at the disk for it.
    pub(super) looked: Option<Instant>,
    /// When sources that were not wanted before may be loaded.
    pub(super) settled: Instant,
}

/// Handles events until the program ends.
pub(super) async fn run(mut session: Session, mut events: UnboundedReceiver<Event>) {
    loop {
        let event = match session.next_deadline() {
            None => events.recv().await,
            Some(deadline) => tokio::select! {
                event = events.recv() => event,
                () = tokio::time::sleep_until(deadline) => Some(Event::Deadline),
            },
        };
        let Some(event) = event else { return };
        session.handle(event);
        while let Ok(event) = events.try_recv() {
            session.handle(event);
        }
        session.settle();
    }
}

/// Seconds since 1970.
pub(super) fn now() -> i64 {
    let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since_1970.map_or(0, |passed| passed.as_secs().cast_signed())
}

impl Session {
    pub(super) fn new(client: tower_lsp::Client, events: UnboundedSender<Event>, options: Options) -> Self {
        let (trust, problem) = Trust::read(options.state.as_deref());
        if let Some(problem) = problem {
            tracing::warn!("{problem}");
        }
        Self {
            analysis: Analysis {
                config: Arc::new(configuration::unconfigured(&options)),
                ..Analysis::default()
            },
            client: Arc::new(Client::default()),
            folders: Vec::new(),
            outbox: Outbox::new(client),
            options,
            runs: Runs::default(),
            writer: Writer::new(),
            events,
            ids: Arc::default(),
            open: BTreeMap::new(),
            closed: BTreeMap::new(),
            schemas: Schemas::default(),
            targets: Arc::default(),
            schema_revision: 0,
            parked: ParkingLot::default(),
            configuration: Configuration::default(),
            trust,
            told_status: None,
            approval: Approval::default(),
            environments: Environments::default(),
            mocks: Mocks::default(),
            disk: Arc::default(),
            texts: Texts::default(),
            refresh: Refresh::default(),
        }
    }

    /// One event. A panic costs that event alone.
    fn handle(&mut self, event: Event) {
        let handled = catch_unwind(AssertUnwindSafe(|| match event {
            Event::Lsp(job) => job(self),
            Event::Checked(checked) => self.checked(checked),
            Event::Wanting(parked) => self.park(parked),
            Event::Schema { source, number, loaded } => self.schema_loaded(source, number, loaded),
            Event::Bare { source, number, schema } => self.bare_schema(&source, number, schema),
            Event::Saved { source, saved } => self.saved_found(&source, saved),
            Event::Settings { number, answers } => self.settings_answered(number, answers),
            Event::Run { id, event } => self.run_event(id, event),
            Event::Messages { id, batch } => self.messages(id, &batch),
            Event::Gathered { id, gathered } => self.gathered(id, gathered),
            Event::Response(kept) => self.response_kept(kept),
            Event::Text(kept) => self.text_ready(kept),
            Event::Kept(uri, text) => self.text_kept(uri, text),
            Event::Looked(looked) => self.looked(looked),
            Event::Permit { id, question } => self.permit(id, question),
            Event::Answer { peer, button } => self.answered(&peer, button),
            Event::EnvironmentAnswer { path, button, answer } => {
                self.environment_answered(path.as_deref(), button, answer);
            }
            Event::EnvironmentNames { file, names } => self.environment_names(file, names),
            Event::Mock(attended) => self.mock_attended(attended),
            Event::Indexed(disk) => self.indexed(disk),
            Event::Deadline => {}
        }));
        if handled.is_err() {
            tracing::error!("a fault of the server; it goes on without what it was doing");
        }
    }

    /// What is to be done once no more events wait.
    fn settle(&mut self) {
        let now = Instant::now();
        self.parked.expire(now);
        let due = match self.configuration.is_pending() {
            true => Vec::new(),
            false => self.schemas.due(now),
        };
        for source in due {
            self.load(source);
        }
        let unchecked: Vec<_> = self
            .open
            .iter()
            .filter(|(_, file)| file.checking.is_none() && file.checked != Some(file.generation))
            .map(|(id, _)| *id)
            .collect();
        for file in unchecked {
            self.check(file);
        }
        self.tell_status();
        self.refresh(now);
    }

    fn next_deadline(&self) -> Option<Instant> {
        let own = [
            self.parked.next_deadline(),
            self.schemas
                .next_deadline()
                .filter(|_| !self.configuration.is_pending()),
            self.refresh.due,
        ];
        own.into_iter().flatten().min()
    }

    pub(super) fn snapshot(&self) -> Snapshot {
        Snapshot {
            analysis: Analysis {
                now: now(),
                ..self.analysis.clone()
            },
            ids: Arc::clone(&self.ids),
            client: Arc::clone(&self.client),
            folders: self.folders.clone(),
        }
    }

    /// Has a worker answer from a snapshot. A panic in it is the error of this one request.
    pub(super) fn read<R: Send + 'static>(
        &self,
        reply: Reply<R>,
        work: impl FnOnce(&Snapshot) -> jsonrpc::Result<R> + Send + 'static,
    ) {
        let snapshot = self.snapshot();
        tokio::task::spawn_blocking(move || {
            if reply.is_closed() {
                return;
            }
            let answer = catch_unwind(AssertUnwindSafe(|| work(&snapshot)));
            drop(snapshot);
            // A request that is cancelled meanwhile has been answered.
            let _ = reply.send(answer.unwrap_or_else(|_| Err(Error::internal_error())));
        });
    }

    /// The number of a file, given out when it is first spoken of.
    pub(super) fn id(&mut self, uri: &Uri) -> FileId {
        let key = from_proto::key(uri);
        if let Some(id) = self.ids.get(&key) {
            return *id;
        }
        let id = FileId(self.ids.len() as u32);
        Arc::make_mut(&mut self.ids).insert(key, id);
        id
    }

    pub(super) fn open(&mut self, document: TextDocumentItem) {
        let id = self.id(&document.uri);
        let state = FileState {
            source: SourceFile::new(&document.text),
            path: from_proto::path(&document.uri),
            version: document.version,
            runs: self.closed.remove(&id).unwrap_or_default(),
            config: None,
        };
        Arc::make_mut(&mut self.analysis.files).insert(id, Arc::new(state));
        let file = OpenFile {
            uri: document.uri,
            version: document.version,
            generation: 0,
            edited: 0,
            checking: None,
            checked: None,
            listed: None,
            published: None,
            wanted: Vec::new(),
            named: BTreeSet::new(),
            looked: None,
            settled: Instant::now(),
        };
        self.open.insert(id, file);
        self.configure(id);
    }

    pub(super) fn change(&mut self, params: DidChangeTextDocumentParams) {
        let id = self.id(&params.text_document.uri);
        let encoding = self.client.encoding;
        let Some(state) = self.file_mut(id) else {
            tracing::warn!("{} is changed and not open", params.text_document.uri.as_str());
            return;
        };
        state.version = params.text_document.version;
        for change in params.content_changes {
            match change.range {
                Some(range) => {
                    let range = from_proto::range(&state.source, range, encoding);
                    state.source.edit(range, &change.text);
                }
                None => state.source = SourceFile::new(&change.text),
            }
        }
        if let Some(file) = self.open.get_mut(&id) {
            file.version = params.text_document.version;
            file.generation += 1;
            file.edited = file.generation;
            file.settled = Instant::now() + SETTLE;
        }
    }

    pub(super) fn saved(&mut self, uri: &Uri) {
        self.files_changed(std::slice::from_ref(uri));
        let id = self.id(uri);
        let now = Instant::now();
        if let Some(file) = self.open.get_mut(&id) {
            file.settled = now;
            for source in file.wanted.clone() {
                self.want(id, &source, now);
            }
            self.look(id);
        }
        self.run_saved(uri);
    }

    pub(super) fn close(&mut self, uri: &Uri) {
        let id = self.id(uri);
        self.cancel_closed(id);
        if let Some(state) = Arc::make_mut(&mut self.analysis.files).remove(&id) {
            self.closed.insert(id, state.runs.clone());
        }
        if let Some(file) = self.open.remove(&id).filter(|_| !self.client.pulls_diagnostics) {
            self.outbox.publish(PublishDiagnosticsParams {
                uri: file.uri,
                diagnostics: Vec::new(),
                version: None,
            });
        }
        self.list_from_disk(uri);
        self.forget_schemas();
    }

    pub(super) fn change_folders(&mut self, event: WorkspaceFoldersChangeEvent) {
        let removed: Vec<_> = event
            .removed
            .iter()
            .filter_map(|folder| from_proto::path(&folder.uri))
            .collect();
        self.folders.retain(|folder| !removed.contains(folder));
        // Nobody waits for their ports.
        drop(self.stop_mocks(&|root| removed.iter().any(|folder| folder == root)));
        let added = event.added.iter().filter_map(|folder| from_proto::path(&folder.uri));
        self.folders.extend(added);
        self.ask_for_settings();
        self.reconfigure();
    }

    /// The state of an open file, to change it.
    pub(super) fn file_mut(&mut self, id: FileId) -> Option<&mut FileState> {
        let state = Arc::make_mut(&mut self.analysis.files).get_mut(&id)?;
        Some(Arc::make_mut(state))
    }

    /// The outcomes of a file, open or not.
    pub(super) fn outcomes_mut(&mut self, id: FileId) -> &mut BTreeMap<TestKey, TestRuns> {
        if self.open.contains_key(&id)
            && let Some(state) = Arc::make_mut(&mut self.analysis.files).get_mut(&id)
        {
            return &mut Arc::make_mut(state).runs;
        }
        self.closed.entry(id).or_default()
    }

    /// The outcomes of `id` have changed: its findings and lenses are no longer what the client has.
    pub(super) fn outcomes_changed(&mut self, id: FileId) {
        if let Some(file) = self.open.get_mut(&id) {
            file.generation += 1;
        }
        self.refresh_lenses();
        self.refresh_hints();
    }
}
