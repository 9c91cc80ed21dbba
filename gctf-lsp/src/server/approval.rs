//! Asking the user before a host is dialled: once per workspace folder, host and way of encryption, however many
//! runs and loads wait for the answer.

use super::from_proto;
use super::runs::RunId;
use super::session::{Event, Session};
use super::trust::{Decision, Peer};
use crate::config::settings::Network;
use crate::ide::FileId;
use crate::ide::places::Place;
use crate::run::Question;
use crate::target::{SchemaSource, Target};
use ls_types::{LSPAny, MessageType, Uri};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::oneshot;
use tokio::time::Instant;

/// What is under way between the server and the user.
#[derive(Debug, Default)]
pub(super) struct Approval {
    /// Whether the client shows the workspace without trusting it.
    is_restricted: bool,
    /// What waits for each open question.
    questions: BTreeMap<Peer, Vec<Waiting>>,
}

/// What the user's yes sets going.
#[derive(Debug)]
enum Waiting {
    Load(SchemaSource),
    Examine(Place),
    Run { id: RunId, answer: oneshot::Sender<bool> },
}

/// Why nothing is dialled, whoever asks.
const OFF: &str = "gctf.network is `none`";
const RESTRICTED: &str = "the editor does not trust this workspace";

const ONCE: &str = "Only this time";
const CANCEL: &str = "Cancel";

fn trust_button(peer: &Peer) -> String {
    format!("Trust {} in this workspace", peer.address)
}

impl Session {
    /// Reads whether the client trusts the workspace; one that says nothing does.
    pub(super) fn take_trust(&mut self, options: Option<&LSPAny>) {
        let said = options.and_then(|options| options.get("trusted").or_else(|| options.get("gctf")?.get("trusted")));
        self.approval.is_restricted = said.and_then(LSPAny::as_bool) == Some(false);
    }

    pub(super) fn trust_changed(&mut self, trusted: bool) {
        self.approval.is_restricted = !trusted;
        if !trusted {
            self.cancel_all();
            // Nobody waits for their ports.
            drop(self.stop_mocks(&|_| true));
            self.targets = Arc::default();
        }
        // Environments are read or not, and what was refused may be allowed.
        self.reconfigure();
    }

    /// Why nothing that the workspace brings is served or read as an environment, if it is so.
    pub(super) fn restricted(&self) -> Option<&'static str> {
        self.approval.is_restricted.then_some(RESTRICTED)
    }

    /// The policy for files at `path`.
    pub(super) fn network(&mut self, path: Option<&Path>) -> Network {
        match self.approval.is_restricted {
            true => Network::None,
            false => self.config_of(path).settings.network,
        }
    }

    /// Why nothing is dialled for files at `path`, if it is so.
    pub(super) fn network_off(&mut self, path: Option<&Path>) -> Option<&'static str> {
        match (self.approval.is_restricted, self.network(path)) {
            (true, _) => Some(RESTRICTED),
            (false, Network::None) => Some(OFF),
            _ => None,
        }
    }

    pub(super) fn peer(&self, path: Option<&Path>, target: &Target) -> Peer {
        let folder = match path {
            Some(path) => self.root(path),
            None => self.folders.first().cloned().unwrap_or_default(),
        };
        Peer::new(folder, target)
    }

    fn path_of(&self, id: FileId) -> Option<PathBuf> {
        self.analysis.file(id)?.path.clone()
    }

    /// Why `source` is not loaded for the file without being asked for.
    pub(super) fn refusal(&mut self, id: FileId, source: &SchemaSource) -> Option<String> {
        let SchemaSource::Reflection { target, .. } = source else {
            return None;
        };
        let path = self.path_of(id);
        if let Some(reason) = self.network_off(path.as_deref()) {
            return Some(format!("schema not loaded: {reason}"));
        }
        let (network, peer) = (self.network(path.as_deref()), self.peer(path.as_deref(), target));
        let allowed = self.trust.automatic(network, &peer, target);
        (!allowed).then(|| format!("schema not loaded: {target} is not trusted in this workspace"))
    }

    /// Whether an open file allows to load `source` without being asked for.
    pub(super) fn loads_by_itself(&mut self, source: &SchemaSource) -> bool {
        let wanting = self.open.iter().filter(|(_, file)| file.wanted.contains(source));
        let wanting: Vec<_> = wanting.map(|(id, _)| *id).collect();
        wanting.into_iter().any(|id| self.refusal(id, source).is_none())
    }

    /// Loads `source` because the user wants it for the file at `path`; the state that this leads to.
    ///
    /// # Errors
    /// Why it is not done.
    pub(super) fn request_schema(&mut self, path: Option<&Path>, source: SchemaSource) -> Result<&'static str, String> {
        if let SchemaSource::Reflection { target, .. } = &source {
            let (network, peer) = (self.network(path), self.peer(path, target));
            match self.trust.requested(network, &peer, target) {
                Decision::Allowed => {}
                Decision::Ask => {
                    self.ask(peer, Waiting::Load(source));
                    return Ok("asking");
                }
                Decision::Refused => {
                    let reason = self.network_off(path).unwrap_or(OFF);
                    return Err(format!("schema not loaded: {reason}"));
                }
            }
        }
        self.load_now(source);
        Ok("loading")
    }

    /// Looks at a connection because the user wants it for the file at `path`.
    ///
    /// # Errors
    /// Why it is not done.
    pub(super) fn request_examination(&mut self, path: Option<&Path>, place: Place) -> Result<(), String> {
        let (network, peer) = (self.network(path), self.peer(path, &place.target));
        match self.trust.requested(network, &peer, &place.target) {
            Decision::Allowed => self.examine(place),
            Decision::Ask => self.ask(peer, Waiting::Examine(place)),
            Decision::Refused => {
                let reason = self.network_off(path).unwrap_or(OFF);
                return Err(format!("nothing is looked at: {reason}"));
            }
        }
        Ok(())
    }

    /// The sources at `address` that open files need, with those files' paths.
    pub(super) fn sources_at(&self, address: &str) -> BTreeSet<(Option<PathBuf>, SchemaSource)> {
        let is_meant = |source: &&SchemaSource| match source {
            SchemaSource::Reflection { target, .. } => target.to_string().eq_ignore_ascii_case(address),
            SchemaSource::Protos { .. } | SchemaSource::DescriptorSet(_) => false,
        };
        let wanted = self.open.iter().flat_map(|(id, file)| {
            let sources = file.wanted.iter().filter(is_meant);
            sources.map(|source| (self.path_of(*id), source.clone()))
        });
        wanted.collect()
    }

    /// A run wants to dial a server.
    pub(super) fn permit(&mut self, id: RunId, question: Question) {
        let path = question.path.as_deref();
        let (network, peer) = (self.network(path), self.peer(path, &question.target));
        let decision = match self.has_permission(id, &peer) {
            true => Decision::Allowed,
            false => self.trust.requested(network, &peer, &question.target),
        };
        let answer = question.answer;
        match decision {
            Decision::Allowed => {
                // A run that was cancelled meanwhile does not listen.
                let _ = answer.send(true);
            }
            Decision::Ask if self.may_ask(id) => self.ask(peer, Waiting::Run { id, answer }),
            Decision::Ask | Decision::Refused => {
                self.cancel_run(id);
            }
        }
    }

    /// Asks the user, unless the question is open already.
    fn ask(&mut self, peer: Peer, waiting: Waiting) {
        let waits = self.approval.questions.entry(peer.clone()).or_default();
        waits.push(waiting);
        if waits.len() > 1 {
            return;
        }
        let way = match peer.tls {
            true => "over TLS",
            false => "in plain text",
        };
        let message = format!(
            "gctf is to connect to {} {way}, which is not trusted yet.",
            peer.address
        );
        let question = self.outbox.ask(
            MessageType::WARNING,
            message,
            vec![trust_button(&peer), ONCE.to_owned(), CANCEL.to_owned()],
        );
        let events = self.events.clone();
        tokio::spawn(async move {
            let button = question.await;
            // The loop ends last.
            let _ = events.send(Event::Answer { peer, button });
        });
    }

    /// The user has pressed a button, or has not.
    pub(super) fn answered(&mut self, peer: &Peer, button: Option<String>) {
        let waiting = self.approval.questions.remove(peer).unwrap_or_default();
        let trusts = button.as_deref() == Some(&trust_button(peer));
        // What was allowed when it was asked may be off by now.
        let is_off = self.network_off(Some(&peer.folder.join("_"))).is_some();
        if trusts {
            self.approve([peer.clone()]);
        }
        let yes = !is_off && (trusts || button.as_deref() == Some(ONCE));
        for waiting in waiting {
            match waiting {
                Waiting::Load(source) if yes => self.load_now(source),
                Waiting::Examine(place) if yes => self.examine(place),
                Waiting::Load(_) | Waiting::Examine(_) => {}
                Waiting::Run { id, answer } if yes => {
                    self.give_permission(id, peer.clone());
                    // A run that was cancelled meanwhile does not listen.
                    let _ = answer.send(true);
                }
                Waiting::Run { id, .. } => {
                    self.cancel_run(id);
                }
            }
        }
    }

    /// Notes approvals, and loads what they allow.
    pub(super) fn approve(&mut self, peers: impl IntoIterator<Item = Peer>) {
        if let Err(problem) = self.trust.approve(peers) {
            self.outbox.log(MessageType::WARNING, problem);
        }
        self.reconsider();
    }

    /// Takes back the approvals of the folder of `uri`, or one of them.
    pub(super) fn forget_trust(&mut self, uri: &Uri, address: Option<&str>) {
        let path = from_proto::path(uri);
        let folder = match &path {
            Some(path) => self.root(&self.file_in(path)),
            None => self.folders.first().cloned().unwrap_or_default(),
        };
        let address = address.map(str::to_ascii_lowercase);
        let is_meant =
            |peer: &Peer| peer.folder == folder && address.as_ref().is_none_or(|address| peer.address == *address);
        if let Err(problem) = self.trust.forget(is_meant) {
            self.outbox.log(MessageType::WARNING, problem);
        }
        self.targets = Arc::default();
        let known: Vec<_> = self.analysis.schemas.keys().cloned().collect();
        for source in known {
            if !self.loads_by_itself(&source) {
                self.drop_schema(&source);
            }
        }
        self.reconsider();
    }

    /// The policy is another: what was refused may be allowed now.
    pub(super) fn reconsider(&mut self) {
        let states = Arc::make_mut(&mut self.analysis.schemas);
        states.retain(|_, state| !state.is_refused());
        self.schema_revision += 1;
        let now = Instant::now();
        let open: Vec<_> = self.open.keys().copied().collect();
        for id in open {
            let Some(file) = self.open.get_mut(&id) else { continue };
            file.generation += 1;
            for source in file.wanted.clone() {
                self.want(id, &source, now);
            }
        }
    }
}
