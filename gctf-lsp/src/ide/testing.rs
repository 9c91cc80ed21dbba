//! Fixtures of the feature tests: a file with `$0` at the cursor and a schema compiled on the spot.

use super::{Analysis, FileId, FilePosition, FileState, RunState, SchemaState, TestKey, TestRuns};
use crate::eval::template::Variables;
use crate::grpc::pool;
use crate::outcome::{DocumentOutcome, Reply, Verdict};
use crate::schema::Schema;
use crate::secrets::Secrets;
use crate::syntax::SourceFile;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

pub(super) const FILE: FileId = FileId(1);

pub(super) const SHOP: &str = r#"
syntax = "proto3";
package shop;
import "google/protobuf/timestamp.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/any.proto";

// Takes orders.
service Orders {
  // Creates an order.
  rpc Create(Order) returns (Reply);
  rpc List(Query) returns (stream Reply);
}
service Stock { rpc Count(Query) returns (Reply); }

message Order {
  // Who orders.
  string customer_id = 1;
  repeated Item items = 2;
  Status status = 3;
  map<string, Item> gifts = 4;
  oneof payment { string card = 5; Cash cash = 6; }
  int64 total = 7;
  bool paid = 8;
  google.protobuf.Timestamp created_at = 9;
  google.protobuf.Duration ttl = 10;
  string old = 11 [deprecated = true];
  google.protobuf.Struct extra = 12;
  map<bool, string> flags = 13;
}
message Item { string name = 1; int32 count = 2; Item part = 3; }
message Cash { string coin = 1; }
message Query { string text = 1; }
message Reply { string id = 1; Status status = 2; Order order = 3; }
enum Status { STATUS_UNSPECIFIED = 0; OPEN = 1; CLOSED = 2; }
"#;

/// A schema compiled from one proto text.
pub(crate) fn schema(proto: &str) -> Schema {
    let file = protox::file::File::from_source("shop.proto", proto).unwrap();
    let mut resolver = protox::file::ChainFileResolver::new();
    resolver.add(Single(file));
    resolver.add(protox::file::GoogleFileResolver::new());
    let mut compiler = protox::Compiler::with_file_resolver(resolver);
    compiler
        .include_source_info(true)
        .include_imports(true)
        .open_file("shop.proto")
        .unwrap();
    let mut descriptors = pool::slim(&compiler.descriptor_pool());
    descriptors.pool = pool::with_well_known(descriptors.pool);
    let services = descriptors.pool.services();
    let services = services.map(|service| service.full_name().to_owned()).collect();
    Schema::new(descriptors, services)
}

struct Single(protox::file::File);

impl protox::file::FileResolver for Single {
    fn open_file(&self, name: &str) -> Result<protox::file::File, protox::Error> {
        match name == "shop.proto" {
            true => Ok(self.0.clone()),
            false => Err(protox::Error::file_not_found(name)),
        }
    }
}

/// An analysis of `text` (without its `$0`) in which every document's schema is [`SHOP`].
pub(super) fn fixture(text: &str) -> (Analysis, FilePosition) {
    fixture_of(SHOP, text)
}

/// The same with another schema.
pub(super) fn fixture_of(proto: &str, text: &str) -> (Analysis, FilePosition) {
    let offset = text.find("$0").unwrap_or(0);
    let source = SourceFile::new(&text.replacen("$0", "", 1));
    let state = FileState {
        source,
        path: None,
        version: 0,
        runs: BTreeMap::new(),
        config: None,
    };
    let mut analysis = Analysis {
        files: Arc::new(BTreeMap::from([(FILE, Arc::new(state))])),
        ..Analysis::default()
    };
    let ready = SchemaState::Ready(Arc::new(schema(proto)));
    let sources = super::diagnostics::findings(&analysis, FILE).wanted;
    analysis.schemas = Arc::new(sources.into_iter().map(|source| (source, ready.clone())).collect());
    (analysis, FilePosition { file: FILE, offset })
}

/// An analysis of a folder `/t` with these files, by their names: open ones, and closed ones that were read. The
/// cursor is the `$0` in an open one.
pub(super) fn folder(open: &[(&str, &str)], closed: &[(&str, &str)]) -> (Analysis, FilePosition) {
    let mut analysis = Analysis::default();
    let mut position = None;
    for (at, (name, text)) in open.iter().enumerate() {
        let file = FileId(at as u32);
        if let Some(offset) = text.find("$0") {
            position = Some(FilePosition { file, offset });
        }
        let state = FileState {
            source: SourceFile::new(&text.replacen("$0", "", 1)),
            path: Some(Path::new("/t").join(name)),
            version: 0,
            runs: BTreeMap::new(),
            config: None,
        };
        Arc::make_mut(&mut analysis.files).insert(file, Arc::new(state));
    }
    let beside = Arc::make_mut(&mut analysis.beside);
    for (name, text) in closed {
        beside.insert(Path::new("/t").join(name), Arc::new(SourceFile::new(text)));
    }
    (analysis, position.unwrap())
}

/// A reply with these messages and `content-type` and `token` among its headers.
fn reply(messages: Vec<Json>) -> Reply {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    Reply {
        headers: vec![pair("content-type", "application/grpc"), pair("token", "secret")],
        messages: messages.into_iter().map(Arc::new).collect(),
        dropped: 0,
        trailers: vec![pair("took", "3ms")],
        code: 0,
        status_message: String::new(),
        details: Vec::new(),
        elapsed: Duration::ZERO,
        is_cut: false,
    }
}

/// The same analysis after a run in which the first document got `messages`.
pub(super) fn with_reply(mut analysis: Analysis, messages: Vec<Json>) -> Analysis {
    let Some(state) = analysis.file(FILE) else {
        return analysis;
    };
    let mut state = state.clone();
    let outcome = DocumentOutcome {
        verdict: Verdict::Passed,
        reply: Some(Arc::new(reply(messages))),
        ..DocumentOutcome::cancelled(state.source.run_hash(0, state.source.in_force(0)))
    };
    let key = TestKey::of(&state.source, 0).unwrap();
    let mut runs = TestRuns::queued();
    runs.finish(Arc::new(outcome), BTreeMap::new(), 0);
    state.runs.insert(key, runs);
    Arc::make_mut(&mut analysis.files).insert(FILE, Arc::new(state));
    analysis
}

/// The same analysis after a run at whose end the first document knew these variables.
pub(super) fn with_variables(mut analysis: Analysis, values: Json, secrets: &[&str]) -> Analysis {
    let Json::Object(values) = values else { return analysis };
    let Some(state) = analysis.file(FILE) else {
        return analysis;
    };
    let mut state = state.clone();
    let environment = BTreeMap::from([("HOME".to_owned(), "/h0me".to_owned())]);
    let variables = Variables {
        values: values.into_iter().collect(),
        environment: Arc::new(environment),
        ..Variables::default()
    };
    let mut met = Secrets::default();
    secrets.iter().for_each(|secret| met.add(secret));
    for runs in state.runs.values_mut() {
        if let RunState::Finished(outcome) = &runs.state {
            runs.state = RunState::Finished(Arc::new(DocumentOutcome {
                variables: Some(Arc::new(variables.clone())),
                secrets: Arc::new(met.clone()),
                ..DocumentOutcome::clone(outcome)
            }));
        }
    }
    Arc::make_mut(&mut analysis.files).insert(FILE, Arc::new(state));
    analysis
}
