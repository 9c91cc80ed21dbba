//! The tests of files, for clients that list them.

use super::session::{Event, Reply, Session};
use super::to_proto::Lines;
use super::{from_proto, runs};
use crate::report::listing;
use crate::syntax::SourceFile;
use crate::syntax::meta::Row;
use crate::syntax::position::Encoding;
use ls_types::notification::Notification;
use ls_types::{LSPAny, Uri};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// `gctf/tests`
#[derive(Debug)]
pub(super) enum FileTests {}

impl Notification for FileTests {
    type Params = LSPAny;
    const METHOD: &'static str = "gctf/tests";
}

/// The tests of a file: `{ uri, tests: [{ test, label, range, rows? }] }`.
pub(super) fn listed(uri: &Uri, source: &SourceFile, encoding: Encoding) -> Value {
    let lines = Lines::new(source, encoding);
    let rows: Vec<_> = source.rows().iter().map(Row::label).collect();
    let tests = listing::of_file(source).into_iter().map(|test| {
        let range = lines.range(&(test.range.start..test.range.end));
        let mut listed = json!({ "test": test.test, "label": test.label, "range": range });
        if !rows.is_empty() {
            listed["rows"] = json!(rows);
        }
        listed
    });
    json!({ "uri": uri, "tests": tests.collect::<Vec<_>>() })
}

impl Session {
    /// Has a worker list the tests of some files, or of all files of the workspace.
    pub(super) fn list_tests(&self, uris: Option<Vec<Uri>>, reply: Reply<Option<LSPAny>>) {
        let open: Vec<_> = self.open.values().map(|file| file.uri.clone()).collect();
        self.read_indexed(reply, move |snapshot| {
            let all = || {
                let indexed = snapshot.analysis.index.files.keys();
                let known: BTreeSet<_> = open.iter().map(from_proto::key).collect();
                let closed = indexed.filter(|path| !known.contains(path.to_string_lossy().as_ref()));
                let closed = closed.filter_map(Uri::from_file_path);
                open.iter().cloned().chain(closed).collect()
            };
            let files = uris.unwrap_or_else(all).into_iter().filter_map(|uri| {
                let id = snapshot.ids.get(&from_proto::key(&uri));
                let state = id.and_then(|id| snapshot.analysis.file(*id));
                let source = match state {
                    Some(state) => state.source.clone(),
                    None => runs::read(&from_proto::path(&uri)?).ok()?,
                };
                Some(listed(&uri, &source, snapshot.client.encoding))
            });
            Ok(Some(files.collect()))
        });
    }

    /// Has a worker tell of the tests of a file that is not open, for a client that lists tests. One that is gone has
    /// none.
    pub(super) fn list_from_disk(&mut self, uri: &Uri) {
        let id = self.id(uri);
        let Some(path) = from_proto::path(uri).filter(|_| self.client.tests && !self.open.contains_key(&id)) else {
            return;
        };
        if path.extension().is_none_or(|end| end != "gctf" && end != "apif") {
            return;
        }
        let (events, uri, encoding) = (self.events.clone(), uri.clone(), self.client.encoding);
        tokio::task::spawn_blocking(move || {
            let tests = match runs::read(&path) {
                Ok(source) => listed(&uri, &source, encoding),
                Err(_) => json!({ "uri": uri, "tests": [] }),
            };
            // The loop ends last.
            let _ = events.send(Event::Lsp(Box::new(move |session| {
                // What was opened meanwhile is told of as it is in the editor.
                if !session.open.contains_key(&id) {
                    session.outbox.tests(tests);
                }
            })));
        });
    }
}
