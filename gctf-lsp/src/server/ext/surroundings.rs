//! The commands about what stands around tests: the environment that they read, the mock that answers them.

use super::{argument, failed};
use crate::server::from_proto;
use crate::server::session::{Reply, Session};
use ls_types::{ExecuteCommandParams, LSPAny, Uri};
use serde::{Deserialize, Deserializer};
use serde_json::json;

/// The argument of `gctf.selectEnvironment`.
#[derive(Debug, Deserialize)]
struct EnvironmentArgument {
    uri: Uri,
    /// `None` asks the user; null and an empty text choose none.
    #[serde(default, deserialize_with = "present")]
    name: Option<Option<String>>,
}

/// A member that is there, also if it is null.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// The argument of `gctf.mock`.
#[derive(Debug, Deserialize)]
struct MockArgument {
    uri: Uri,
    on: bool,
}

pub(super) fn select_environment(session: &mut Session, params: ExecuteCommandParams, reply: Reply<Option<LSPAny>>) {
    let answer = move |chosen: Result<String, String>| {
        // A request that is cancelled meanwhile has been answered.
        let _ = reply.send(chosen.map(|name| Some(json!({ "name": name }))).map_err(failed));
    };
    let EnvironmentArgument { uri, name } = match argument(params) {
        Ok(argument) => argument,
        Err(error) => return answer(Err(error.message.into_owned())),
    };
    let path = from_proto::path(&uri);
    match name {
        Some(name) => answer(session.choose_environment(path.as_deref(), name.unwrap_or_default())),
        None => session.ask_for_environment(path, Box::new(answer)),
    }
}

pub(super) fn mock(session: &mut Session, params: ExecuteCommandParams, reply: Reply<Option<LSPAny>>) {
    let answer = move |address: Result<Option<String>, String>| {
        // A request that is cancelled meanwhile has been answered.
        let _ = reply.send(
            address
                .map(|address| Some(json!({ "address": address })))
                .map_err(failed),
        );
    };
    let MockArgument { uri, on } = match argument(params) {
        Ok(argument) => argument,
        Err(error) => return answer(Err(error.message.into_owned())),
    };
    let path = from_proto::path(&uri);
    match on {
        true => session.start_mock(path.as_deref(), Box::new(answer)),
        false => session.stop_mock(path.as_deref(), Box::new(answer)),
    }
}
