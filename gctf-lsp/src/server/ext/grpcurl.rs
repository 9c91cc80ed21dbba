//! A document as a command line.

use super::{Item, Reply, argument, failed, position};
use crate::ide::grpcurl;
use crate::server::session::Session;
use crate::server::texts::Kind;
use ls_types::{ExecuteCommandParams, LSPAny};
use serde_json::json;

/// Answers the command line, and puts it on the clipboard of a client that does that, or shows it.
pub(super) fn copy_as_grpcurl(session: &Session, params: ExecuteCommandParams, reply: Reply<Option<LSPAny>>) {
    let (outbox, shelf) = (session.outbox.clone(), session.shelf());
    session.read(reply, move |snapshot| {
        let item: Item = argument(params)?;
        let (position, _) = position(snapshot, &item)?;
        let text = grpcurl::command(&snapshot.analysis, position).map_err(failed)?;
        match snapshot.client.copies_text {
            true => outbox.copy_text(json!({ "text": text })),
            false => shelf.show(Kind::Text, "grpcurl.sh".to_owned(), format!("{text}\n")),
        }
        Ok(Some(json!({ "text": text })))
    });
}
