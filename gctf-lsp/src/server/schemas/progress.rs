//! A load that takes long is shown as progress.

use super::loading::when_late;
use crate::server::outbox::{Progress, TokenOrigin};
use crate::server::session::Session;
use crate::target::SchemaSource;
use ls_types::{NumberOrString, WorkDoneProgressBegin};
use std::time::Duration;

/// What takes longer than this is shown.
const LONG: Duration = Duration::from_millis(300);

impl Session {
    /// What shows that `source` is being loaded, the load with this number, to a client that can show it.
    pub(super) fn load_progress(
        &self,
        source: &SchemaSource,
        number: u64,
    ) -> Option<impl FnOnce() -> Progress + Send + use<>> {
        if !self.client.progress {
            return None;
        }
        let token = NumberOrString::String(format!("gctf/schema/{number}"));
        let begin = WorkDoneProgressBegin {
            title: "gctf: schema".to_owned(),
            cancellable: Some(false),
            message: Some(match source {
                SchemaSource::Reflection { target, .. } => target.to_string(),
                files => files.to_string(),
            }),
            percentage: None,
        };
        let outbox = self.outbox.clone();
        Some(move || outbox.progress(token, TokenOrigin::Server, begin))
    }
}

/// Does `work` and, from when it has lasted for a while until it ends or is dropped, shows that it goes on.
pub(super) async fn shown_when_long<T>(work: impl Future<Output = T>, show: Option<impl FnOnce() -> Progress>) -> T {
    let mut progress = None;
    when_late(work, LONG, || progress = show.map(|show| show())).await
}
