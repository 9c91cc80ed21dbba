//! `workspace/textDocumentContent`: texts that a client reads by their URI. The protocol has it since 3.18 and the
//! library's types do not, so the two words about it in `initialize` travel among the experimental ones, which the
//! library passes on.

use super::texts::Kind;
use ls_types::{ClientCapabilities, Uri, request};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tower_lsp::jsonrpc::{Request, Response};

/// What both sides announce.
const NAME: &str = "textDocumentContent";

/// Which text a client wants, or is to ask for again.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Params {
    pub(super) uri: Uri,
}

#[derive(Debug, Serialize)]
pub(super) struct Content {
    pub(super) text: String,
}

/// Asks a client to read a text again.
pub(super) enum Refresh {}

impl request::Request for Refresh {
    type Params = Params;
    type Result = ();
    const METHOD: &'static str = "workspace/textDocumentContent/refresh";
}

/// `initialize` with what the client said of texts among its experimental abilities.
pub(super) fn heard(request: Request) -> Request {
    let (method, id, params) = request.into_parts();
    let mut params = params.unwrap_or_default();
    let announced = params.pointer("/capabilities/workspace/textDocumentContent").cloned();
    if let (Some(announced), Some(capabilities)) = (announced, params.get_mut("capabilities")) {
        put(capabilities, "experimental", announced);
    }
    let built = Request::build(method).params(params);
    match id {
        Some(id) => built.id(id).finish(),
        None => built.finish(),
    }
}

/// The answer to `initialize` with what the server says of texts in its place.
pub(super) fn said(response: Response) -> Response {
    let (id, body) = response.into_parts();
    let body = body.map(|mut result| {
        let capabilities = result.get_mut("capabilities");
        let taken = capabilities.and_then(|capabilities| {
            let experimental = capabilities.get_mut("experimental")?.as_object_mut()?;
            Some((experimental.remove(NAME)?, capabilities))
        });
        if let Some((announced, capabilities)) = taken {
            put(capabilities, "workspace", announced);
        }
        result
    });
    Response::from_parts(id, body)
}

/// Puts `value` under [`NAME`] into the object that is a member of `owner`.
fn put(owner: &mut Value, member: &str, value: Value) {
    let Some(owner) = owner.as_object_mut() else { return };
    let inner = owner.entry(member).or_insert(Value::Null);
    match inner.as_object_mut() {
        Some(inner) => drop(inner.insert(NAME.to_owned(), value)),
        None => *inner = json!({ NAME: value }),
    }
}

/// Whether a client reads texts by their URIs, after [`heard`].
pub(super) fn is_announced(capabilities: &ClientCapabilities) -> bool {
    let experimental = capabilities.experimental.as_ref();
    experimental.is_some_and(|experimental| experimental.get(NAME).is_some_and(Value::is_object))
}

/// What the server announces, before [`said`].
pub(super) fn announcement() -> (String, Value) {
    let schemes = Kind::ALL.map(Kind::scheme);
    (NAME.to_owned(), json!({ "schemes": schemes }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tower_lsp::jsonrpc::Id;

    #[test]
    fn words_about_texts_pass_the_library() {
        for (capabilities, expected) in [
            (json!({}), json!({})),
            (
                json!({ "workspace": { NAME: {} }, "experimental": { "x": 1 } }),
                json!({ "workspace": { NAME: {} }, "experimental": { "x": 1, NAME: {} } }),
            ),
            (
                json!({ "workspace": { NAME: {} }, "experimental": null }),
                json!({ "workspace": { NAME: {} }, "experimental": { NAME: {} } }),
            ),
        ] {
            let request = Request::build("initialize")
                .id(1)
                .params(json!({ "capabilities": capabilities }));
            let heard = heard(request.finish());
            assert_eq!(heard.id(), Some(&Id::Number(1)));
            assert_eq!(heard.params(), Some(&json!({ "capabilities": expected })));
        }
        let result = json!({ "capabilities": { "experimental": { "x": 1, NAME: { "schemes": [] } } } });
        let (_, body) = said(Response::from_ok(Id::Number(1), result)).into_parts();
        assert_eq!(
            body,
            Ok(json!({ "capabilities": { "experimental": { "x": 1 }, "workspace": { NAME: { "schemes": [] } } } }))
        );
    }
}
