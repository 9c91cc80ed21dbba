//! After accepting, what came passes, and what was right stays byte for byte.

use super::super::testing::{FILE, fixture};
use super::{accept_actual, record};
use crate::eval::compare::{CompareOptions, compare};
use crate::ide::{Analysis, FilePosition, FileState, TestKey, TestRuns};
use crate::outcome::{DocumentOutcome, Failure, Reply, Verdict};
use crate::spec::SectionKind;
use crate::syntax::SourceFile;
use crate::text::apply;
use proptest::prelude::*;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use std::sync::Arc;

const START: FilePosition = FilePosition { file: FILE, offset: 0 };

/// An analysis of `text` whose document has failed with `replies`, the newest last.
fn failed(text: &str, code: &'static str, replies: &[Reply]) -> Analysis {
    let (mut analysis, _) = fixture(text);
    let mut state = FileState::clone(analysis.file(FILE).unwrap());
    let (_, document) = state.source.document(0).unwrap();
    let failure = Failure {
        code,
        fatal: true,
        span: document.token_span(&(document.text().len() - 1..document.text().len())),
        message: String::new(),
        report: String::new(),
        expected: None,
        actual: None,
        came: None,
    };
    let mut runs = TestRuns::queued();
    for reply in replies {
        let outcome = DocumentOutcome {
            verdict: Verdict::Failed,
            failures: vec![failure.clone()],
            reply: Some(Arc::new(reply.clone())),
            ..DocumentOutcome::cancelled(state.source.run_hash(0, state.source.in_force(0)))
        };
        runs.finish(Arc::new(outcome), BTreeMap::new(), 0);
    }
    let key = TestKey::of(&state.source, 0).unwrap();
    state.runs.insert(key, runs);
    Arc::make_mut(&mut analysis.files).insert(FILE, Arc::new(state));
    analysis
}

fn reply(messages: Vec<Json>) -> Reply {
    Reply {
        messages: messages.into_iter().map(Arc::new).collect(),
        ..Reply::of_status("", 0)
    }
}

fn call(method: &str, rest: &str) -> String {
    format!("--- ENDPOINT ---\nshop.Orders/{method}\n\n--- REQUEST ---\n{{}}\n\n{rest}")
}

fn accepted(text: &str, replies: &[Reply]) -> String {
    let found = accept_actual(&failed(text, "G501", replies), START).unwrap();
    apply(text, &found.edits)
}

#[test]
fn what_differs_between_runs_is_a_wildcard() {
    let text = call("Create", "--- RESPONSE ---\n{ \"id\": \"x\", \"status\": \"OPEN\" }\n");
    let came = |id: &str| reply(vec![json!({ "id": id, "status": "CLOSED" })]);
    assert!(accepted(&text, &[came("a")]).contains("{ \"id\": \"a\", \"status\": \"CLOSED\" }"));
    assert!(accepted(&text, &[came("a"), came("b")]).contains("{ \"id\": \"*\", \"status\": \"CLOSED\" }"));
}

#[test]
fn each_value_of_a_stream_gets_its_own_message() {
    let text = call(
        "List",
        "--- RESPONSE ---\n{ \"id\": \"1\" }\n{ \"id\": \"2\" }\n\n--- ASSERTS ---\n.id\n\n--- RESPONSE ---\n{ \"id\": \"4\" }\n",
    );
    let messages = ["a", "b", "c", "d"].map(|id| json!({ "id": id }));
    let after = accepted(&text, &[reply(messages.to_vec())]);
    let expected = text
        .replace("\"1\"", "\"a\"")
        .replace("\"2\"", "\"b\"")
        .replace("\"4\"", "\"d\"");
    assert_eq!(after, expected);
}

#[test]
fn layout_and_comments_do_not_matter() {
    let text = call("Create", "--- RESPONSE ---\n{ \"id\": \"x\" }\n");
    let mut analysis = failed(&text, "G501", &[reply(vec![json!({ "id": "y" })])]);
    let laid_out = text.replace("{ \"id\": \"x\" }", "{\n  // who\n  \"id\":   \"x\"\n}");
    let mut state = FileState::clone(analysis.file(FILE).unwrap());
    state.source = SourceFile::new(&laid_out);
    Arc::make_mut(&mut analysis.files).insert(FILE, Arc::new(state));
    let found = accept_actual(&analysis, START).unwrap();
    assert_eq!(apply(&laid_out, &found.edits), laid_out.replace("\"x\"", "\"y\""));
}

#[test]
fn a_stream_that_was_cut_is_recorded_in_part() {
    let text = call("List", "--- EXTRACT ---\nid = .id\n");
    let cut = Reply {
        is_cut: true,
        ..reply(vec![json!({ "id": "a" }), json!({ "id": "b" })])
    };
    let found = record(&failed(&text, "G202", &[cut]), START).unwrap();
    let after = apply(&text, &found.edits);
    assert!(
        after.contains("{}\n\n--- RESPONSE partial ---\n{\n  \"id\": \"a\"\n}\n{\n  \"id\": \"b\"\n}\n\n--- EXTRACT"),
        "{after}"
    );
}

/// The members of a message of some depth.
fn value(depth: u32) -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        (0..5).prop_map(|number| json!(number)),
        "[a-c]{0,2}".prop_map(|text| json!(text)),
        any::<bool>().prop_map(|flag| json!(flag)),
    ];
    leaf.prop_recursive(depth, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::Array),
            prop::collection::btree_map("[k-p]", inner, 0..4).prop_map(|map| Json::Object(map.into_iter().collect())),
        ]
    })
}

fn object() -> impl Strategy<Value = Map<String, Json>> {
    prop::collection::btree_map("[k-p]", value(3), 0..5).prop_map(|map| map.into_iter().collect())
}

proptest! {
    #[test]
    fn what_came_passes_and_what_was_right_stays(expected in object(), actual in object()) {
        // A comment above each member, and one behind it.
        let member = |(name, value): (&String, &Json)| format!("  // {name} above\n  \"{name}\": {value},  // behind {name}");
        let lines: Vec<_> = expected.iter().map(member).collect();
        let body = format!("{{\n{}\n}}", lines.join("\n"));
        let head = call("Unknown", "# kept  as it is\n--- RESPONSE   ---\n");
        let tail = "\n\n--- EXTRACT ---\nx   =   .k\n";
        let text = format!("{head}{body}{tail}");
        let actual = Json::Object(actual);
        let analysis = failed(&text, "G501", &[reply(vec![actual.clone()])]);
        let Ok(found) = accept_actual(&analysis, START) else {
            // Nothing differs.
            return Ok(());
        };
        let after = apply(&text, &found.edits);
        prop_assert!(after.starts_with(&head) && after.ends_with(tail), "{}", after);
        let source = SourceFile::new(&after);
        let (_, document) = source.document(0).unwrap();
        let section = document.sections_of(SectionKind::Response).next().unwrap();
        let left = compare(&section.values()[0], &actual, None, &CompareOptions::default());
        prop_assert_eq!(left.count, 0, "{} is not {}: {:?}", after, actual, left);
        for (name, value) in &expected {
            if actual.get(name) == Some(value) {
                let line = format!("\n  // {name} above\n  \"{name}\": {value},");
                prop_assert!(after.contains(&line), "{}", after);
            }
        }
    }
}
