//! The language server `gctf lsp`: the protocol on the outside, one ordered loop over a [`session::Session`] inside.
//!
//! The only place that knows LSP types. Handlers get a snapshot and return plain answers; what they convert
//! stands in `from_proto` and `to_proto`.

mod backend;
mod client;
mod ext;
mod findings;
mod from_proto;
mod handlers;
mod index;
mod initialize;
mod local_protos;
mod navigation;
mod outbox;
mod parked;
mod protos;
mod runs;
mod schemas;
mod session;
mod to_proto;
mod transport;

use crate::run::RunOptions;
use std::path::PathBuf;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc::unbounded_channel;
use tower_lsp::LspService;

/// What the server's environment says.
#[derive(Clone, Debug)]
pub struct Options {
    /// How runs go where a file says nothing; its defaults stand in for ADDRESS everywhere.
    pub run: RunOptions,
    /// Folder of what can be made again: texts that the user is shown.
    pub cache: Option<PathBuf>,
}

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
    .custom_method("window/workDoneProgress/cancel", backend::Backend::cancel_progress)
    .finish();
    transport::serve(input, output, service, socket).await == transport::End::Orderly
}
