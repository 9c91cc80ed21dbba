//! The language server `gctf lsp`: the protocol on the outside, one ordered loop over a [`session::Session`] inside.
//!
//! The only place that knows LSP types. Handlers get a snapshot and return plain answers; what they convert
//! stands in `from_proto` and `to_proto`.

mod actions;
mod approval;
mod backend;
mod client;
mod configuration;
mod contents;
mod disk;
mod doctor;
mod environments;
mod explorer;
mod ext;
mod findings;
mod fixtures;
mod from_proto;
mod handlers;
mod index;
mod initialize;
mod local_protos;
mod mocks;
mod navigation;
mod nearby;
mod outbox;
mod parked;
mod protos;
mod refresh;
mod results;
mod runs;
mod saved;
mod schemas;
mod session;
mod status;
mod texts;
mod to_proto;
mod transport;
mod trust;

use crate::run::RunOptions;
use std::path::PathBuf;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc::unbounded_channel;
use tower_lsp::LspService;
use tracing_subscriber::{EnvFilter, Registry, reload};

/// What the server's environment says.
#[derive(Clone, Debug)]
pub struct Options {
    /// How runs go where a file says nothing; its defaults stand in for ADDRESS everywhere.
    pub run: RunOptions,
    /// What goes to the log; `None` where the command line has decided on it.
    pub log: Option<LogFilter>,
    /// Folder of what is remembered from one time to the next.
    pub state: Option<PathBuf>,
    /// Folder of what can be made again: texts that the user is shown.
    pub cache: Option<PathBuf>,
}

/// Changes what goes to the log.
pub type LogFilter = reload::Handle<EnvFilter, Registry>;

/// Serves one client until it exits or closes its end; whether it said goodbye in order.
pub async fn serve(
    input: impl AsyncRead + Unpin,
    output: impl AsyncWrite + Unpin + Send + 'static,
    options: Options,
) -> bool {
    let (events, received) = unbounded_channel();
    let (service, socket) = LspService::build(|client| {
        let session = session::Session::new(client, events.clone(), options);
        tokio::spawn(session::run(session, received));
        backend::Backend::new(events)
    })
    .custom_method("gctf/didChangeTrust", backend::Backend::change_trust)
    .custom_method("workspace/textDocumentContent", backend::Backend::text_document_content)
    .custom_method("window/workDoneProgress/cancel", backend::Backend::cancel_progress)
    .finish();
    transport::serve(input, output, service, socket).await == transport::End::Orderly
}
