//! Trying an expression on what came.

use super::{Item, Reply, argument, failed, position};
use crate::ide::evaluate::{self, Tried};
use crate::server::outbox::Outbox;
use crate::server::session::Session;
use crate::server::texts::{Kind, Shelf};
use ls_types::{ExecuteCommandParams, LSPAny, MessageType};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Most characters of a message to the user.
const SHOWN: usize = 200;

/// The argument of `gctf.eval`.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::server) struct EvalArgument {
    #[serde(flatten)]
    pub(in crate::server) item: Item,
    pub(in crate::server) expression: String,
    /// Whether the user sees the result, for clients that do nothing with it.
    #[serde(default)]
    pub(in crate::server) show: bool,
}

pub(super) fn eval(session: &Session, params: ExecuteCommandParams, reply: Reply<Option<LSPAny>>) {
    let (outbox, shelf) = (session.outbox.clone(), session.shelf());
    session.read(reply, move |snapshot| {
        let EvalArgument { item, expression, show } = argument(params)?;
        let (position, _) = position(snapshot, &item)?;
        let tried = evaluate::try_expression(&snapshot.analysis, position, &expression).map_err(failed)?;
        if show {
            self::show(&tried, &outbox, shelf);
        }
        Ok(Some(match tried {
            Ok(values) => json!({ "values": values }),
            Err(error) => json!({ "error": error }),
        }))
    });
}

/// Shows a short result as a message, a long one as a text.
fn show(tried: &Tried, outbox: &Outbox, shelf: Shelf) {
    let (kind, line) = match tried {
        Ok(values) if values.is_empty() => (MessageType::INFO, "no output".to_owned()),
        Ok(values) => {
            let values: Vec<_> = values.iter().map(LSPAny::to_string).collect();
            (MessageType::INFO, values.join(", "))
        }
        Err(error) => (MessageType::WARNING, error.clone()),
    };
    if line.chars().count() <= SHOWN {
        return outbox.show(kind, line);
    }
    let text = match tried {
        Ok(values) => {
            let values = values.iter().map(|value| format!("{value:#}\n"));
            values.collect()
        }
        Err(error) => format!("{error}\n"),
    };
    shelf.show(Kind::Text, "expression.json".to_owned(), text);
}
