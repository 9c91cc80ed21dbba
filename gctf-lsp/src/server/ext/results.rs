//! Commands about what came of a run.

use super::{Item, Reply, argument, edit, failed, find_document};
use crate::ide::accept;
use crate::server::actions::ACCEPT;
use crate::server::from_proto;
use crate::server::session::Session;
use ls_types::{ExecuteCommandParams, LSPAny};
use serde::Deserialize;
use serde_json::json;
use tower_lsp::jsonrpc::Result;

/// The argument of `gctf.showDiff`.
#[derive(Debug, Deserialize)]
struct DiffArgument {
    #[serde(flatten)]
    item: Item,
    #[serde(default)]
    against: Against,
}

/// What a response is compared with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(in crate::server) enum Against {
    /// What the document expects.
    #[default]
    Expected,
    /// What came the time before.
    Previous,
}

pub(super) fn show_response(session: &mut Session, params: ExecuteCommandParams) -> Result<LSPAny> {
    let item: Item = argument(params)?;
    let (file, document) = place(session, &item)?;
    session.show_response(file, document).map_err(failed)?;
    Ok(LSPAny::Null)
}

pub(super) fn show_diff(session: &mut Session, params: ExecuteCommandParams) -> Result<LSPAny> {
    let argument: DiffArgument = argument(params)?;
    let (file, document) = place(session, &argument.item)?;
    session
        .show_difference(file, document, argument.against)
        .map_err(failed)?;
    Ok(LSPAny::Null)
}

pub(super) fn accept_actual(session: &mut Session, params: ExecuteCommandParams, reply: Reply<Option<LSPAny>>) {
    edit(session, params, reply, |analysis, position| {
        let accepted = accept::accept_actual(analysis, position)?;
        Ok((accepted.edits, Some(ACCEPT)))
    });
}

pub(super) fn record(session: &mut Session, params: ExecuteCommandParams) -> Result<LSPAny> {
    let token = params.work_done_progress_params.work_done_token.clone();
    let item: Item = argument(params)?;
    let id = session.start_recording(&item, token).map_err(failed)?;
    Ok(json!({ "runId": id.0 }))
}

/// The document of an open file that an item means; the first one of a whole file.
fn place(session: &mut Session, item: &Item) -> Result<(crate::ide::FileId, usize)> {
    let file = session.id(&item.uri);
    let Some(state) = session.analysis.file(file) else {
        let name =
            from_proto::path(&item.uri).map_or_else(|| item.uri.as_str().to_owned(), |path| path.display().to_string());
        return Err(failed(format!("{name} is not open")));
    };
    let document = find_document(&state.source, item, session.client.encoding).map_err(failed)?;
    Ok((file, document.unwrap_or(0)))
}
