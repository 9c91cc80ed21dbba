//! What goes beyond the protocol's own words: the commands, their arguments and results.

mod expressions;
mod grpcurl;
mod results;
mod surroundings;

use super::actions;
use super::runs::RunId;
use super::session::{Reply, Session, Snapshot};
use super::{from_proto, to_proto};
use crate::ide::places::Place;
use crate::ide::{self, Analysis, FilePosition, FileState, SchemaState, TestKey, skeleton, to_asserts};
use crate::syntax::SourceFile;
use crate::syntax::position::Encoding;
use crate::target::Target;
use crate::text::Edit;
use ls_types::{ExecuteCommandParams, LSPAny, Position, ProgressToken, TextDocumentIdentifier, Uri, WorkspaceEdit};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use tower_lsp::jsonrpc::{Error, ErrorCode, Result};

pub(super) use expressions::EvalArgument;
pub(super) use results::Against;

pub(super) const RUN: &str = "gctf.run";
pub(super) const CANCEL: &str = "gctf.cancel";
pub(super) const FILL_REQUEST: &str = "gctf.fillRequest";
pub(super) const INSERT_MISSING: &str = "gctf.insertMissing";
const RESPONSE_TO_ASSERTS: &str = "gctf.responseToAsserts";
pub(super) const EVAL: &str = "gctf.eval";
pub(super) const COPY_AS_GRPCURL: &str = "gctf.copyAsGrpcurl";
pub(super) const LOAD_SCHEMA: &str = "gctf.loadSchema";
pub(super) const TRUST: &str = "gctf.trust";
pub(super) const SAVE_SCHEMA: &str = "gctf.saveSchema";
pub(super) const SHOW_SCHEMA_DIFF: &str = "gctf.showSchemaDiff";
pub(super) const DOCTOR: &str = "gctf.doctor";
pub(super) const SHOW_RESPONSE: &str = "gctf.showResponse";
pub(super) const SHOW_DIFF: &str = "gctf.showDiff";
pub(super) const ACCEPT_ACTUAL: &str = "gctf.acceptActual";
pub(super) const RECORD: &str = "gctf.record";
pub(super) const OPEN_SOURCE: &str = "gctf.openSource";
pub(super) const SELECT_ENVIRONMENT: &str = "gctf.selectEnvironment";
pub(super) const MOCK: &str = "gctf.mock";
const FORGET_TRUST: &str = "gctf.forgetTrust";
const RUN_ALL: &str = "gctf.runAll";
const RUN_FAILED: &str = "gctf.runFailed";
const LIST_TESTS: &str = "gctf.listTests";

/// Every command that the server announces.
pub(super) const COMMANDS: [&str; 23] = [
    RUN,
    RECORD,
    SHOW_RESPONSE,
    SHOW_DIFF,
    ACCEPT_ACTUAL,
    RUN_ALL,
    RUN_FAILED,
    LIST_TESTS,
    CANCEL,
    FILL_REQUEST,
    INSERT_MISSING,
    RESPONSE_TO_ASSERTS,
    EVAL,
    COPY_AS_GRPCURL,
    LOAD_SCHEMA,
    TRUST,
    FORGET_TRUST,
    DOCTOR,
    SAVE_SCHEMA,
    SHOW_SCHEMA_DIFF,
    OPEN_SOURCE,
    SELECT_ENVIRONMENT,
    MOCK,
];

/// `RequestFailed` of the protocol.
pub(super) const REQUEST_FAILED: i64 = -32803;

/// A test as commands name it: a whole file, or the document with this id, or the one at this position.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Item {
    pub(super) uri: Uri,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) test: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) position: Option<Position>,
    /// A row of the file's DATASET, from 0; without it all rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) row: Option<usize>,
}

/// The argument of `gctf.run`.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum RunArgument {
    Several { items: Vec<Item> },
    One(Item),
}

/// The argument of `gctf.runAll` and `gctf.runFailed`: a folder, or all.
#[derive(Debug, Default, Deserialize)]
struct FolderArgument {
    uri: Option<Uri>,
}

/// The argument of `gctf.listTests`: some files, or all.
#[derive(Debug, Default, Deserialize)]
struct ListArgument {
    uris: Option<Vec<Uri>>,
}

/// The argument of `gctf.cancel`; without members it means every run.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct CancelArgument {
    run_id: Option<u64>,
    #[serde(flatten)]
    item: Option<Item>,
}

/// The argument of `gctf.loadSchema`.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum SchemaArgument {
    Of(Item),
    At { address: String },
}

/// The argument of `gctf.trust` and `gctf.forgetTrust`.
#[derive(Debug, Deserialize)]
struct TrustArgument {
    #[serde(flatten)]
    item: Item,
    address: Option<String>,
}

/// The parameters of `gctf/didChangeTrust`.
#[derive(Debug, Deserialize)]
pub(super) struct TrustParams {
    pub(super) trusted: bool,
}

/// Carries out a command. Nothing here takes long: a run answers as soon as it is started.
pub(super) fn execute(session: &mut Session, params: ExecuteCommandParams, reply: Reply<Option<LSPAny>>) {
    let result = match params.command.as_str() {
        RUN => run(session, params),
        RUN_ALL => run_many(session, params, Session::start_all),
        RUN_FAILED => run_many(session, params, Session::start_failed),
        CANCEL => cancel(session, params),
        RECORD => results::record(session, params),
        SHOW_RESPONSE => results::show_response(session, params),
        SHOW_DIFF => results::show_diff(session, params),
        ACCEPT_ACTUAL => return results::accept_actual(session, params, reply),
        LIST_TESTS => return list_tests(session, params, reply),
        FILL_REQUEST => {
            return edit(session, params, reply, |analysis, position| {
                Ok((skeleton::fill_request(analysis, position)?, None))
            });
        }
        INSERT_MISSING => {
            return edit(session, params, reply, |analysis, position| {
                Ok((skeleton::insert_missing(analysis, position)?, None))
            });
        }
        RESPONSE_TO_ASSERTS => {
            return edit(session, params, reply, |analysis, position| {
                Ok((to_asserts::response_to_asserts(analysis, position)?, None))
            });
        }
        EVAL => return expressions::eval(session, params, reply),
        COPY_AS_GRPCURL => return grpcurl::copy_as_grpcurl(session, params, reply),
        SAVE_SCHEMA => return save_schema(session, params, reply),
        SELECT_ENVIRONMENT => return surroundings::select_environment(session, params, reply),
        MOCK => return surroundings::mock(session, params, reply),
        LOAD_SCHEMA => load_schema(session, params),
        SHOW_SCHEMA_DIFF => show_schema_diff(session, params),
        OPEN_SOURCE => open_source(session, params),
        TRUST => trust(session, params),
        DOCTOR => doctor(session, params),
        FORGET_TRUST => forget_trust(session, params),
        other => Err(Error::invalid_params(format!("unknown command {other}"))),
    };
    // A request that is cancelled meanwhile has been answered.
    let _ = reply.send(result.map(Some));
}

fn run(session: &mut Session, params: ExecuteCommandParams) -> Result<LSPAny> {
    let token = params.work_done_progress_params.work_done_token.clone();
    let items = match argument(params)? {
        RunArgument::Several { items } => items,
        RunArgument::One(item) => vec![item],
    };
    let id = session.start_run(&items, token).map_err(failed)?;
    Ok(json!({ "runId": id.0 }))
}

/// Starts a run of the tests in a folder, or in all folders.
type Start = fn(&mut Session, Option<&Uri>, Option<ProgressToken>) -> std::result::Result<RunId, String>;

fn run_many(session: &mut Session, params: ExecuteCommandParams, start: Start) -> Result<LSPAny> {
    let token = params.work_done_progress_params.work_done_token.clone();
    let argument: FolderArgument = optional_argument(params)?;
    let id = start(session, argument.uri.as_ref(), token).map_err(failed)?;
    Ok(json!({ "runId": id.0 }))
}

fn list_tests(session: &Session, params: ExecuteCommandParams, reply: Reply<Option<LSPAny>>) {
    match optional_argument(params) {
        Ok(ListArgument { uris }) => session.list_tests(uris, reply),
        Err(error) => {
            // A request that is cancelled meanwhile has been answered.
            let _ = reply.send(Err(error));
        }
    }
}

fn cancel(session: &mut Session, params: ExecuteCommandParams) -> Result<LSPAny> {
    let argument: CancelArgument = optional_argument(params)?;
    let cancelled = match (argument.run_id, argument.item) {
        (Some(id), _) => usize::from(session.cancel_run(RunId(id))),
        (None, Some(item)) => cancel_item(session, &item)?,
        (None, None) => session.cancel_all(),
    };
    Ok(json!({ "cancelled": cancelled }))
}

/// A function of `ide` that changes a text at a place, with what the change is called where it is to be seen before.
type Edits = fn(&Analysis, FilePosition) -> std::result::Result<(Vec<Edit>, Option<&'static str>), String>;

/// Has a worker find the edits and the client carry them out.
fn edit(session: &mut Session, params: ExecuteCommandParams, reply: Reply<Option<LSPAny>>, edits: Edits) {
    let (snapshot, outbox) = (session.snapshot(), session.outbox.clone());
    tokio::task::spawn_blocking(move || {
        let found = catch_unwind(AssertUnwindSafe(|| workspace_edit(&snapshot, params, edits)));
        // A request that is cancelled meanwhile has been answered.
        let _ = match found {
            Ok(Ok(edit)) => {
                outbox.apply_edit(edit, move |applied| {
                    let _ = reply.send(Ok(Some(json!({ "applied": applied }))));
                });
                Ok(())
            }
            Ok(Err(error)) => reply.send(Err(error)),
            Err(_) => reply.send(Err(Error::internal_error())),
        };
    });
}

fn workspace_edit(snapshot: &Snapshot, params: ExecuteCommandParams, edits: Edits) -> Result<WorkspaceEdit> {
    let item: Item = argument(params)?;
    if !snapshot.client.applies_edits {
        return Err(failed(
            "this editor does not carry out edits: use the code action".to_owned(),
        ));
    }
    let (position, state) = position(snapshot, &item)?;
    let (edits, label) = edits(&snapshot.analysis, position).map_err(failed)?;
    let client = &snapshot.client;
    let lines = to_proto::Lines::new(&state.source, client.encoding);
    Ok(match label {
        None => actions::workspace_edit(&edits, state, lines, &item.uri, client),
        Some(label) => actions::previewed_edit(&edits, label, state, lines, &item.uri, client),
    })
}

/// The place in an open file that an item means: in its document, wherever the position has come to lie.
fn position<'a>(snapshot: &'a Snapshot, item: &Item) -> Result<(FilePosition, &'a FileState)> {
    let (id, state) = from_proto::file(snapshot, &TextDocumentIdentifier::new(item.uri.clone()))?;
    let (source, encoding) = (&state.source, snapshot.client.encoding);
    let document = find_document(source, item, encoding).map_err(failed)?;
    let start = document.and_then(|index| Some(source.document(index)?.0)).unwrap_or(0);
    let position = item
        .position
        .map(|position| from_proto::offset(source, position, encoding));
    let inside = position.filter(|offset| document == Some(source.document_at(*offset)));
    let position = FilePosition {
        file: id,
        offset: inside.unwrap_or(start),
    };
    Ok((position, state))
}

fn cancel_item(session: &mut Session, item: &Item) -> Result<usize> {
    let file = session.id(&item.uri);
    let Some(state) = session.analysis.file(file) else {
        return Ok(session.cancel_file(file));
    };
    let document = find_document(&state.source, item, session.client.encoding).map_err(failed)?;
    let key = document.map(|index| TestKey::of(&state.source, index));
    Ok(match key {
        None => session.cancel_file(file),
        Some(key) => key.map_or(0, |key| session.cancel_test(file, &key)),
    })
}

/// Loads the schemas that an item needs, or those from an address that open files need.
fn load_schema(session: &mut Session, params: ExecuteCommandParams) -> Result<LSPAny> {
    let wanted = match argument(params)? {
        SchemaArgument::Of(item) => {
            let path = from_proto::path(&item.uri);
            let sources = places(session, &item)?.into_iter().map(|place| place.source);
            sources.map(|source| (path.clone(), source)).collect()
        }
        SchemaArgument::At { address } => session.sources_at(&address),
    };
    let wanted: BTreeSet<_> = wanted;
    if wanted.is_empty() {
        return Err(failed(
            "no schema to load: open a file that names the server".to_owned(),
        ));
    }
    let mut state = "loading";
    for (path, source) in wanted {
        let one = session.request_schema(path.as_deref(), source).map_err(failed)?;
        if one != "loading" {
            state = one;
        }
    }
    Ok(json!({ "state": state }))
}

fn trust(session: &mut Session, params: ExecuteCommandParams) -> Result<LSPAny> {
    let argument: TrustArgument = argument(params)?;
    let path = from_proto::path(&argument.item.uri);
    if let Some(reason) = session.network_off(path.as_deref()) {
        return Err(failed(format!("nothing is trusted: {reason}")));
    }
    let targets = places(session, &argument.item)?.into_iter().map(|place| place.target);
    let is_meant = |target: &Target| {
        let address = argument.address.as_ref();
        address.is_none_or(|address| target.to_string().eq_ignore_ascii_case(address))
    };
    let targets: BTreeSet<_> = targets.filter(is_meant).collect();
    if targets.is_empty() {
        return Err(failed("nothing to trust: the file names no such server".to_owned()));
    }
    let peers: Vec<_> = targets
        .iter()
        .map(|target| session.peer(path.as_deref(), target))
        .collect();
    session.approve(peers);
    Ok(json!({ "trusted": true }))
}

fn doctor(session: &mut Session, params: ExecuteCommandParams) -> Result<LSPAny> {
    let item: Item = argument(params)?;
    let path = from_proto::path(&item.uri);
    let Some(place) = places(session, &item)?.into_iter().next() else {
        return Err(failed("nothing to look at: the document names no server".to_owned()));
    };
    session.request_examination(path.as_deref(), place).map_err(failed)?;
    Ok(LSPAny::Null)
}

/// Has a worker write the schema of the item's server to the folder of saved schemas.
fn save_schema(session: &mut Session, params: ExecuteCommandParams, reply: Reply<Option<LSPAny>>) {
    let found = argument(params).and_then(|item: Item| places(session, &item));
    let place = found.map(|places| places.into_iter().next());
    let saved = match place {
        Ok(Some(place)) => session.save_schema(&place).map_err(failed),
        Ok(None) => Err(failed("nothing to save: the document names no server".to_owned())),
        Err(error) => Err(error),
    };
    // A request that is cancelled meanwhile has been answered.
    let _ = match saved {
        Err(error) => reply.send(Err(error)),
        Ok(saved) => {
            tokio::spawn(async move {
                let written = saved.await.map_err(failed);
                let _ = reply.send(written.map(|path| Some(json!({ "path": path }))));
            });
            Ok(())
        }
    };
}

fn show_schema_diff(session: &mut Session, params: ExecuteCommandParams) -> Result<LSPAny> {
    let item: Item = argument(params)?;
    let Some(place) = places(session, &item)?.into_iter().next() else {
        return Err(failed("nothing to compare: the document names no server".to_owned()));
    };
    session.show_schema_diff(&place).map_err(failed)?;
    Ok(LSPAny::Null)
}

/// Shows where a source of the item's schema does not compile. The source is the server's to name, not the caller's.
fn open_source(session: &mut Session, params: ExecuteCommandParams) -> Result<LSPAny> {
    let item: Item = argument(params)?;
    let places = places(session, &item)?.into_iter();
    let mut states = places.filter_map(|place| session.analysis.schemas.get(&place.source));
    let fault = states.find_map(SchemaState::fault).cloned();
    let fault = fault.ok_or_else(|| failed("nothing to open: the schema's sources compile".to_owned()))?;
    session.show_source(fault);
    Ok(LSPAny::Null)
}

fn forget_trust(session: &mut Session, params: ExecuteCommandParams) -> Result<LSPAny> {
    let argument: TrustArgument = argument(params)?;
    session.forget_trust(&argument.item.uri, argument.address.as_deref());
    Ok(json!({ "trusted": false }))
}

/// Where the documents of an item call.
fn places(session: &mut Session, item: &Item) -> Result<Vec<Place>> {
    let file = session.id(&item.uri);
    let Some(state) = session.analysis.file(file) else {
        return Err(failed(format!("{} is not open", item.uri.as_str())));
    };
    let document = find_document(&state.source, item, session.client.encoding).map_err(failed)?;
    Ok(ide::places::places(&session.analysis, file, document))
}

/// The argument of a command that can do without.
fn optional_argument<T: DeserializeOwned + Default>(params: ExecuteCommandParams) -> Result<T> {
    match params.arguments.first() {
        None | Some(LSPAny::Null) => Ok(T::default()),
        Some(_) => argument(params),
    }
}

fn argument<T: DeserializeOwned>(params: ExecuteCommandParams) -> Result<T> {
    let first = params.arguments.into_iter().next().unwrap_or_default();
    serde_json::from_value(first).map_err(|error| Error::invalid_params(format!("{}: {error}", params.command)))
}

fn failed(message: String) -> Error {
    Error {
        code: ErrorCode::ServerError(REQUEST_FAILED),
        message: message.into(),
        data: None,
    }
}

/// The index of the document that `item` means; `None` for the whole file.
///
/// # Errors
/// `test moved`, when neither its id nor its position leads to a document.
pub(super) fn find_document(
    source: &SourceFile,
    item: &Item,
    encoding: Encoding,
) -> std::result::Result<Option<usize>, String> {
    let by_id = item.test.as_ref().and_then(|test| {
        let mut keys = TestKey::all(source);
        keys.position(|key| key.is_some_and(|key| key.id() == *test))
    });
    let at_position = |position| source.document_at(from_proto::offset(source, position, encoding));
    match (by_id, item.position, &item.test) {
        (Some(index), ..) => Ok(Some(index)),
        (None, Some(position), _) => Ok(Some(at_position(position))),
        (None, None, Some(_)) => Err("test moved: the file has no such document any more".to_owned()),
        (None, None, None) => Ok(None),
    }
}
