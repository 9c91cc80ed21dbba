//! Asking before a server is dialled: the editor's user may have to approve of it.

use super::{RunItem, RunRequest, plan};
use crate::connection::Connection;
use crate::target::Target;
use std::path::{Path, PathBuf};
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;

/// A run's way to ask. The sender's other end answers each question, or drops it for a no.
#[derive(Clone, Debug)]
pub struct Gate {
    questions: UnboundedSender<Question>,
}

/// May the file at `path` dial `target`?
#[derive(Debug)]
pub struct Question {
    pub path: Option<PathBuf>,
    pub target: Target,
    pub answer: oneshot::Sender<bool>,
}

impl Gate {
    pub fn new(questions: UnboundedSender<Question>) -> Self {
        Self { questions }
    }

    /// Whether `target` may be dialled.
    pub async fn pass(&self, path: Option<&Path>, target: &Target) -> bool {
        let (answer, answered) = oneshot::channel();
        let question = Question {
            path: path.map(Path::to_owned),
            target: target.clone(),
            answer,
        };
        self.questions.send(question).is_ok() && answered.await.unwrap_or(false)
    }
}

/// The servers that a run is known to dial before it starts, with the files that do; variables may lead to others.
pub fn known_targets(request: &RunRequest) -> Vec<(Option<PathBuf>, Target)> {
    let fixtures = request.fixtures.iter().flat_map(super::Fixtures::items);
    let mut found = Vec::new();
    for item in fixtures.chain(&request.items) {
        for target in of_item(item, request) {
            let known = (item.path.clone(), target);
            if !found.contains(&known) {
                found.push(known);
            }
        }
    }
    found
}

fn of_item(item: &RunItem, request: &RunRequest) -> Vec<Target> {
    let planned = plan::documents(item);
    let is_broken = item
        .source
        .static_errors()
        .iter()
        .any(|(index, _)| planned.contains(index));
    if is_broken {
        // Nothing of it is called.
        return Vec::new();
    }
    let folder = item.path.as_deref().and_then(Path::parent).unwrap_or(Path::new("."));
    let own = item.settings.as_deref().map(|settings| &settings.defaults);
    let defaults = own.unwrap_or(&request.options.defaults);
    let called = planned
        .into_iter()
        .filter(|index| !plan::is_skipped(&item.source, *index));
    called
        .filter_map(|index| {
            let force = item.source.in_force(index);
            let connection = Connection::new(&item.source, index, force, folder, defaults);
            let address = connection.address_text();
            match address.contains("{{") {
                true => None,
                false => connection.target(address).ok(),
            }
        })
        .collect()
}
