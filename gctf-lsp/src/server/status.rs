//! What the server says of itself in the editor's status line: how the schemas of the open files stand,
//! which environment they read, what is mocked.

use super::mocks::Serving;
use super::session::Session;
use crate::ide::SchemaState;
use crate::target::SchemaSource;
use ls_types::notification::Notification;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use tokio::time::Instant;

/// How the server is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Health {
    Ok,
    Warning,
}

/// The parameters of `experimental/serverStatus`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Status {
    health: Health,
    /// Whether nothing is under way that may change this.
    quiescent: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

/// `experimental/serverStatus`
#[derive(Debug)]
pub(super) enum ServerStatus {}

impl Notification for ServerStatus {
    type Params = Status;
    const METHOD: &'static str = "experimental/serverStatus";
}

/// How much a source's state asks for attention, and what there is to say.
type Said = (Health, bool, String);

impl Session {
    /// Tells a client that wants to know how things stand, if that is news.
    pub(super) fn tell_status(&mut self) {
        if !self.client.status {
            return;
        }
        let status = self.status();
        if self.told_status.as_ref() != Some(&status) {
            self.outbox.status(status.clone());
            self.told_status = Some(status);
        }
    }

    fn status(&self) -> Status {
        let wanted: BTreeSet<_> = self.open.values().flat_map(|file| &file.wanted).collect();
        let said: Vec<_> = wanted.iter().map(|source| self.say(source)).collect();
        let quiescent = said.iter().all(|(_, is_quiet, _)| *is_quiet);
        let gravest = said.iter().find(|(health, ..)| *health == Health::Warning);
        let busy = || said.iter().find(|(_, is_quiet, _)| !is_quiet);
        let first = gravest.or_else(busy).or(said.first());
        let of_schemas = first.map(|(health, _, message)| (*health, message.clone()));
        let parts: Vec<_> = of_schemas
            .into_iter()
            .chain(self.say_environment())
            .chain(self.mocks.serving().map(say_mock))
            .collect();
        let warns = parts.iter().any(|(health, _)| *health == Health::Warning);
        let message: Vec<_> = parts.into_iter().map(|(_, message)| message).collect();
        Status {
            health: if warns { Health::Warning } else { Health::Ok },
            quiescent,
            message: (!message.is_empty()).then(|| message.join(" · ")),
        }
    }

    fn say_environment(&self) -> Option<(Health, String)> {
        let (active, problem) = self.active_environments();
        let names: Vec<_> = active.into_iter().collect();
        let message = format!("environment: {}", names.join(", "));
        match problem {
            _ if names.is_empty() => None,
            None => Some((Health::Ok, message)),
            Some(problem) => Some((Health::Warning, format!("{message} ({problem})"))),
        }
    }

    fn say(&self, source: &SchemaSource) -> Said {
        let kind = match source {
            SchemaSource::Reflection { .. } => "reflection",
            SchemaSource::Protos { .. } => "proto files",
            SchemaSource::DescriptorSet(_) => "descriptor file",
        };
        let is_loading = self.schemas.is_loading(source);
        match self.analysis.schemas.get(source) {
            None | Some(SchemaState::Loading) => (Health::Ok, false, "schema: loading".to_owned()),
            Some(SchemaState::Ready(_)) => (Health::Ok, !is_loading, format!("schema: {kind}")),
            Some(SchemaState::Outdated { reason, .. }) => {
                let age = self.schemas.loaded(source).map(|loaded| Instant::now() - loaded);
                let minutes = age.map_or(0, |age| age.as_secs() / 60);
                let message = format!("schema: {kind}, {minutes} min old; {reason}");
                (Health::Warning, !is_loading, message)
            }
            Some(SchemaState::Failed {
                code: "G323", reason, ..
            }) => {
                let reason = reason.trim_start_matches("schema not loaded: ");
                (Health::Warning, true, format!("schema: not loaded ({reason})"))
            }
            Some(SchemaState::Failed { reason, .. }) => (Health::Warning, !is_loading, format!("schema: {reason}")),
        }
    }
}

fn say_mock(serving: &Serving) -> (Health, String) {
    let message = format!("mock: {}", serving.address);
    match &serving.problem {
        None => (Health::Ok, message),
        Some(problem) => (Health::Warning, format!("{message}, as it was before: {problem}")),
    }
}
