//! Which hosts may be dialled for which folder: the policy, and what the user has approved, kept on the disk.

use crate::config::settings::Network;
use crate::target::Target;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

/// What an approval speaks of: a server, as files of one workspace folder reach it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Peer {
    pub(super) folder: PathBuf,
    /// Host and port.
    pub(super) address: String,
    pub(super) tls: bool,
}

impl Peer {
    pub(super) fn new(folder: PathBuf, target: &Target) -> Self {
        Self {
            folder,
            address: target.to_string().to_ascii_lowercase(),
            tls: target.tls.is_some(),
        }
    }
}

/// What may be done with a host that the user names by an action of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    Allowed,
    /// The user has to approve first.
    Ask,
    Refused,
}

/// What the user has approved.
#[derive(Debug, Default)]
pub(super) struct Trust {
    approved: BTreeSet<Peer>,
    /// Where it is kept; nowhere without a place for it.
    store: Option<PathBuf>,
}

impl Trust {
    /// What was approved before, by the file in `folder`; and why that cannot be read.
    pub(super) fn read(folder: Option<&Path>) -> (Self, Option<String>) {
        let store = folder.map(|folder| folder.join("trust.json"));
        let (approved, problem) = match store.as_deref().map(read) {
            None => (BTreeSet::new(), None),
            Some(Ok(approved)) => (approved, None),
            Some(Err(problem)) => (BTreeSet::new(), Some(problem)),
        };
        (Self { approved, store }, problem)
    }

    /// Whether a schema is loaded from `peer` at `target` without being asked for.
    pub(super) fn automatic(&self, network: Network, peer: &Peer, target: &Target) -> bool {
        match network {
            Network::None => false,
            Network::Ask => self.approved.contains(peer),
            Network::Loopback => target.is_loopback() || self.approved.contains(peer),
            Network::Any => true,
        }
    }

    /// What a run and a schema that is asked for come to.
    pub(super) fn requested(&self, network: Network, peer: &Peer, target: &Target) -> Decision {
        match (network, self.automatic(network, peer, target)) {
            (Network::None, _) => Decision::Refused,
            (_, true) => Decision::Allowed,
            (_, false) => Decision::Ask,
        }
    }

    /// Notes approvals.
    ///
    /// # Errors
    /// Why they hold only as long as the server.
    pub(super) fn approve(&mut self, peers: impl IntoIterator<Item = Peer>) -> Result<(), String> {
        let peers: BTreeSet<_> = peers.into_iter().collect();
        self.approved.extend(peers.iter().cloned());
        self.change(|kept| kept.extend(peers.iter().cloned()))
    }

    /// Takes back approvals.
    ///
    /// # Errors
    /// Why they will be there again.
    pub(super) fn forget(&mut self, is_meant: impl Fn(&Peer) -> bool) -> Result<(), String> {
        self.approved.retain(|peer| !is_meant(peer));
        self.change(|kept| kept.retain(|peer| !is_meant(peer)))
    }

    /// Changes what is kept; other servers may have changed it meanwhile.
    fn change(&self, change: impl FnOnce(&mut BTreeSet<Peer>)) -> Result<(), String> {
        let Some(store) = &self.store else { return Ok(()) };
        // What cannot be read is given up.
        let mut kept = read(store).unwrap_or_default();
        change(&mut kept);
        write(store, &kept).map_err(|error| format!("{}: {error}", store.display()))
    }
}

#[derive(Default, Serialize, Deserialize)]
struct File {
    approved: BTreeSet<Peer>,
}

fn read(path: &Path) -> Result<BTreeSet<Peer>, String> {
    let fail = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    match std::fs::read(path) {
        Ok(bytes) => {
            let file: File = serde_json::from_slice(&bytes).map_err(|error| fail(&error))?;
            Ok(file.approved)
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(BTreeSet::new()),
        Err(error) => Err(fail(&error)),
    }
}

/// Writes beside the file and puts it in place in one step, so that nobody ever sees half of it.
fn write(path: &Path, approved: &BTreeSet<Peer>) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let file = File {
        approved: approved.clone(),
    };
    let beside = folder.join(format!("trust.{}.tmp", std::process::id()));
    let mut output = std::fs::File::create(&beside)?;
    output.write_all(&serde_json::to_vec_pretty(&file)?)?;
    output.sync_all()?;
    std::fs::rename(&beside, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(host: &str) -> Target {
        Target {
            host: host.to_owned(),
            port: 1,
            tls: None,
        }
    }

    #[test]
    fn the_policy() {
        let mut trust = Trust::default();
        let peer = |host: &str| Peer::new(PathBuf::from("/w"), &target(host));
        trust.approve([peer("friend")]).unwrap();
        let hosts = ["localhost", "friend", "stranger"];
        let automatic = |network| hosts.map(|host| trust.automatic(network, &peer(host), &target(host)));
        assert_eq!(automatic(Network::None), [false, false, false]);
        assert_eq!(automatic(Network::Ask), [false, true, false]);
        assert_eq!(automatic(Network::Loopback), [true, true, false]);
        assert_eq!(automatic(Network::Any), [true, true, true]);
        let requested = |network| hosts.map(|host| trust.requested(network, &peer(host), &target(host)));
        use Decision::{Allowed, Ask, Refused};
        assert_eq!(requested(Network::None), [Refused, Refused, Refused]);
        assert_eq!(requested(Network::Ask), [Ask, Allowed, Ask]);
        assert_eq!(requested(Network::Loopback), [Allowed, Allowed, Ask]);
        assert_eq!(requested(Network::Any), [Allowed, Allowed, Allowed]);
    }

    #[test]
    fn approvals_outlive_the_server_and_speak_of_one_folder_and_one_way() {
        let state = tempfile::tempdir().unwrap();
        let folder = state.path().join("gctf");
        let peer = Peer::new(PathBuf::from("/w"), &target("H"));
        let (mut first, _) = Trust::read(Some(&folder));
        let (mut second, _) = Trust::read(Some(&folder));
        first.approve([peer.clone()]).unwrap();
        let other = Peer {
            tls: true,
            ..peer.clone()
        };
        second.approve([other.clone()]).unwrap();
        let (mut third, problem) = Trust::read(Some(&folder));
        assert_eq!(problem, None);
        assert_eq!(third.approved, BTreeSet::from([peer.clone(), other.clone()]));
        assert_eq!(peer.address, "h:1");
        let elsewhere = Peer {
            folder: PathBuf::from("/v"),
            ..peer.clone()
        };
        assert!(!third.automatic(Network::Loopback, &elsewhere, &target("h")));
        third.forget(|known| *known == peer).unwrap();
        assert_eq!(Trust::read(Some(&folder)).0.approved, BTreeSet::from([other]));
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
        std::fs::write(folder.join("trust.json"), "[").unwrap();
        let (broken, problem) = Trust::read(Some(&folder));
        assert!(broken.approved.is_empty() && problem.is_some());
    }
}
