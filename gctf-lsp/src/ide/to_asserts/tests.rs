//! Responses at `$0`, or the part between `$0` and `$1`, and the lines they become, which they pass.

use super::*;
use crate::eval::assertion;
use crate::eval::jq::{CallContext, Input, Programs, Scope};
use crate::eval::template::Variables;
use crate::expr::Engine;
use crate::ide::testing::{FILE, fixture, fixture_of, with_reply};
use crate::ide::{Analysis, FilePosition};
use crate::schema::json::{Defaults, read, shown};
use expect_test::{Expect, expect};
use serde_json::{Value as Json, json};
use std::borrow::Cow;
use std::sync::Arc;

const PROTO: &str = r#"
syntax = "proto3";
package shop;
import "google/protobuf/timestamp.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/wrappers.proto";
service Orders { rpc Create(Order) returns (Order); rpc Watch(Order) returns (stream Order); }
message Order {
  string id = 1;
  int64 total = 2;
  int32 count = 3;
  double price = 4;
  float rate = 5;
  bool paid = 6;
  Status status = 7;
  repeated Item items = 8;
  map<string, int64> stock = 9;
  google.protobuf.Timestamp created_at = 10;
  google.protobuf.Duration ttl = 11;
  bytes raw = 12;
  optional string note = 13;
  google.protobuf.Struct extra = 14;
  google.protobuf.Int64Value size = 15;
  string token = 16;
  repeated double ratios = 17;
}
message Item { string name = 1; Item part = 2; int32 n = 3; }
enum Status { STATUS_UNSPECIFIED = 0; OPEN = 1; PAID = 1; option allow_alias = true; }
"#;

const CALL: &str = "--- ENDPOINT ---\nshop.Orders/Create\n--- REQUEST ---\n{}\n";

/// The range between `$0` and `$1` of a text, and the text without them.
fn marked(text: &str) -> (std::ops::Range<usize>, String) {
    let start = text.find("$0").unwrap();
    let text = text.replacen("$0", "", 1);
    let end = text.find("$1").unwrap_or(start);
    (start..end, text.replacen("$1", "", 1))
}

fn applied(analysis: &Analysis, title: &str, range: std::ops::Range<usize>) -> Option<String> {
    let found = refactorings(analysis, FILE, range)
        .into_iter()
        .find(|found| found.title == title)?;
    let text = analysis.file(FILE).unwrap().source.text().to_string();
    Some(crate::text::apply(&text, &found.edits))
}

/// What `title` makes of a text, behind the call.
fn check(title: &str, body: &str, expected: Expect) {
    let (range, text) = marked(&format!("{CALL}{body}"));
    let (analysis, _) = fixture_of(PROTO, &text);
    let after = applied(&analysis, title, range);
    expected.assert_eq(after.as_deref().map_or("nothing\n", |after| &after[CALL.len()..]));
}

const THERE: &str = "Turn response into asserts";
const BACK: &str = "Turn asserts into RESPONSE";

const FULL: &str = r#"{
  "id": "", "total": 12345678901234567, "count": "7", "price": -1.5, "rate": 0, "paid": false, "status": "PAID",
  "items": [{ "name": "a \"b\" \\(c)", "part": { "name": "p", "part": { "name": "deep" } }, "n": 0 }, {}],
  "stock": { "a b": "1" }, "createdAt": "2024-01-01T02:00:00+01:00", "ttl": "1.5s", "raw": "aGk=",
  "note": "", "extra": { "k": 1.25, "l": [1, "x"], "n": null }, "size": 5, "token": "t", "ratios": []
}"#;

/// Whether each line of ASSERTS in `text` holds for `message`.
fn failing(text: &str, message: &Json, descriptor: &prost_reflect::MessageDescriptor) -> Vec<String> {
    let source = crate::syntax::SourceFile::new(text);
    let (_, document) = source.document(0).unwrap();
    let programs = Programs::new(Arc::new(Engine::new()));
    let input = Input::new(Cow::Borrowed(message));
    let (variables, call) = (Variables::default(), CallContext::default());
    let scope = Scope::new(&programs, &input, &variables, &call, Some(descriptor));
    let lines = document
        .lines()
        .map(|line| (line.code.to_owned(), assertion::check(&scope, line.code)));
    let failed = lines.filter(|(_, verdict)| *verdict != assertion::Verdict::Passed);
    failed.map(|(line, verdict)| format!("{line}: {verdict:?}")).collect()
}

#[test]
fn an_expected_response_becomes_lines_that_its_message_passes() {
    let body = format!("--- RESPONSE ---\n$0{FULL}\n");
    check(
        THERE,
        &body,
        expect![[r#"
        --- RESPONSE ---
        {
          "id": "", "total": 12345678901234567, "count": "7", "price": -1.5, "rate": 0, "paid": false, "status": "PAID",
          "items": [{ "name": "a \"b\" \\(c)", "part": { "name": "p", "part": { "name": "deep" } }, "n": 0 }, {}],
          "stock": { "a b": "1" }, "createdAt": "2024-01-01T02:00:00+01:00", "ttl": "1.5s", "raw": "aGk=",
          "note": "", "extra": { "k": 1.25, "l": [1, "x"], "n": null }, "size": 5, "token": "t", "ratios": []
        }

        --- ASSERTS ---
        (.id // "") == ""
        .total == "12345678901234567"
        .count == 7
        (.price + 1.5 | fabs) <= 1e-6
        (.rate // 0 | fabs) <= 1e-6
        (.paid // false) == false
        .status == "OPEN"
        (.items | length) == 2
        .items[0].name == "a \"b\" \\(c)"
        .items[0].part.name == "p"
        (.items[0].n // 0) == 0
        .stock["a b"] == "1"
        @is_timestamp(.createdAt)
        .ttl:duration == "1.5s"
        .raw == "aGk="
        .note == ""
        (.extra.k - 1.25 | fabs) <= 1e-6
        (.extra.l | length) == 2
        .extra.l[0] == 1
        .extra.n == null
        .size == "5"
        .token == "t"
        (.ratios | length) == 0
    "#]],
    );
    let (range, text) = marked(&format!("{CALL}{body}"));
    let (analysis, _) = fixture_of(PROTO, &text);
    let after = applied(&analysis, THERE, range).unwrap();
    let schema = crate::ide::testing::schema(PROTO);
    let descriptor = schema.pool().get_message_by_name("shop.Order").unwrap();
    let message = read(&serde_json::from_str(FULL).unwrap(), &descriptor).unwrap();
    for defaults in [Defaults::Omitted, Defaults::Shown] {
        let message = shown(&message, defaults);
        assert_eq!(failing(&after, &message, &descriptor), Vec::<String>::new());
        // The lines do say something.
        assert!(failing(&after, &json!({}), &descriptor).len() > 10);
    }
}

#[test]
fn a_part_that_is_selected() {
    check(
        THERE,
        "--- RESPONSE ---\n{ \"id\": \"x\", $0\"items\": [{ \"name\": \"a\" }, { \"name\": \"b\" }], \"count\": 1$1, \"paid\": true }\n",
        expect![[r#"
            --- RESPONSE ---
            { "id": "x", "items": [{ "name": "a" }, { "name": "b" }], "count": 1, "paid": true }

            --- ASSERTS ---
            (.items | length) == 2
            .items[0].name == "a"
            .count == 1
        "#]],
    );
    check(
        THERE,
        "--- RESPONSE ---\n{ \"id\": \"x\", \"items\": [{ \"name\": \"a\" }, { $0\"name\": \"b\"$1, \"n\": 2 }] }\n",
        expect![[r#"
            --- RESPONSE ---
            { "id": "x", "items": [{ "name": "a" }, { "name": "b", "n": 2 }] }

            --- ASSERTS ---
            .items[1].name == "b"
        "#]],
    );
}

#[test]
fn lines_that_are_there_and_values_of_any_kind_are_left_out() {
    check(
        THERE,
        "--- RESPONSE ---\n{ $0\"id\": \"x\", \"count\": 1, \"note\": \"*\", \"token\": \"{{ t }}\" }\n\n--- EXTRACT ---\na = .id\n--- ASSERTS ---\n.id==\"x\" # same\n\n# end\n",
        expect![[r#"
            --- RESPONSE ---
            { "id": "x", "count": 1, "note": "*", "token": "{{ t }}" }

            --- EXTRACT ---
            a = .id
            --- ASSERTS ---
            .id=="x" # same

            # end
            .count == 1
        "#]],
    );
    check(
        THERE,
        "--- RESPONSE ---\n{ $0\"id\": \"x\" }\n--- ASSERTS ---\n.id == \"x\"\n",
        expect![["nothing\n"]],
    );
    check(
        THERE,
        "--- RESPONSE ---\n{}\n--- ASSERTS ---\n$0.id == \"x\"\n",
        expect![["nothing\n"]],
    );
    check(THERE, "--- RESPONSE ---\n{ \"id\": $0\n", expect![["nothing\n"]]);
}

#[test]
fn what_is_compared_loosely_is_said_loosely() {
    check(
        THERE,
        "--- RESPONSE partial tolerance=0.5 redact=[\"id\", \".extra.k\", \"created_at\"] ---\n{ $0\"id\": \"x\", \"count\": 1, \"price\": 2, \"createdAt\": \"\", \"extra\": { \"k\": 1, \"l\": 2 }, \"items\": [{ \"name\": \"a\" }], \"ratios\": [] }\n",
        expect![[r#"
            --- RESPONSE partial tolerance=0.5 redact=["id", ".extra.k", "created_at"] ---
            { "id": "x", "count": 1, "price": 2, "createdAt": "", "extra": { "k": 1, "l": 2 }, "items": [{ "name": "a" }], "ratios": [] }

            --- ASSERTS ---
            (.count - 1 | fabs) <= 0.5
            (.price - 2 | fabs) <= 0.5
            (.extra.l - 2 | fabs) <= 0.5
            (.items | length) >= 1
            .items[0].name == "a"
        "#]],
    );
    check(
        THERE,
        "--- OPTIONS ---\nunordered_arrays: true\n--- RESPONSE ---\n{ $0\"items\": [{ \"name\": \"a\" }] }\n",
        expect![[r#"
            --- OPTIONS ---
            unordered_arrays: true
            --- RESPONSE ---
            { "items": [{ "name": "a" }] }

            --- ASSERTS ---
            (.items | length) == 1
        "#]],
    );
}

#[test]
fn templates_name_variables_that_are_texts() {
    check(
        THERE,
        "--- EXTRACT ---\nt = .id\nn = .count\n--- ENDPOINT ---\nshop.Orders/Create\n--- RESPONSE ---\n{ $0\"token\": \"{{ t }}\", \"id\": \"{{ n }}\", \"note\": \"a {{ t }}\" }\n",
        expect![[r#"
            --- EXTRACT ---
            t = .id
            n = .count
            --- ENDPOINT ---
            shop.Orders/Create
            --- RESPONSE ---
            { "token": "{{ t }}", "id": "{{ n }}", "note": "a {{ t }}" }

            --- ASSERTS ---
            .token == $t
        "#]],
    );
}

#[test]
fn without_a_schema_values_speak_for_themselves() {
    let (range, text) = marked(
        "--- ENDPOINT ---\na/B\n--- RESPONSE ---\n{ $0\"id\": \"123e4567-e89b-12d3-a456-426614174000\", \"at\": \"2024-01-01T00:00:00Z\", \"n\": 1, \"f\": 0.5, \"b\": false }\r\n",
    );
    let (analysis, _) = fixture(&text);
    let after = applied(&analysis, THERE, range).unwrap();
    expect![[r#"
        --- ENDPOINT ---
        a/B
        --- RESPONSE ---
        { "id": "123e4567-e89b-12d3-a456-426614174000", "at": "2024-01-01T00:00:00Z", "n": 1, "f": 0.5, "b": false }␍
        ␍
        --- ASSERTS ---␍
        @is_uuid(.id)␍
        @is_timestamp(.at)␍
        .n == 1␍
        (.f - 0.5 | fabs) <= 1e-6␍
        .b == false␍
    "#]]
    .assert_eq(&after.replace('\r', "␍"));
}

#[test]
fn what_came_becomes_lines_too() {
    let (range, text) = marked(&format!("{CALL}$0--- EXTRACT ---\na = .id\n"));
    let (analysis, _) = fixture_of(PROTO, &text);
    let message = json!({ "id": "x", "token": "secret", "ttl": "1.500s", "items": [] });
    let analysis = with_reply(analysis, vec![message]);
    let after = applied(&analysis, THERE, range.clone()).unwrap();
    expect![[r#"

        --- ASSERTS ---
        .id == "x"
        .ttl == "1.500s"
        (.items | length) == 0
        --- EXTRACT ---
        a = .id
    "#]]
    .assert_eq(&after[CALL.len()..]);
    let position = FilePosition {
        file: FILE,
        offset: range.start,
    };
    assert!(response_to_asserts(&analysis, position).is_ok());
}

#[test]
fn asserts_become_a_response() {
    check(
        BACK,
        "--- ASSERTS ---\n$0.id == \"x\"\n.items[0].name == \"a\"\n.extra.k == 1.50 # why\n.extra.l == true\n.total == \"5\"\n.id == \"y\"\n.note == \"*\"\n.count > 1\n",
        expect![[r#"
            --- RESPONSE partial ---
            {
              "id": "x",
              "extra": {
                "k": 1.5,
                "l": true
              },
              "total": "5"
            }

            --- ASSERTS ---
            .items[0].name == "a"
            .id == "y"
            .note == "*"
            .count > 1
        "#]],
    );
    check(
        BACK,
        "--- ASSERTS ---\n.id == \"x\"\n$0.count == 1$1\n",
        expect![[r#"
        --- RESPONSE partial ---
        {
          "count": 1
        }

        --- ASSERTS ---
        .id == "x"
    "#]],
    );
    check(
        BACK,
        "--- ASSERTS ---\n.id == \"x\"\n$0.count == 1\n\n--- EXTRACT ---\na = .id\n",
        expect![[r#"
            --- RESPONSE partial ---
            {
              "id": "x",
              "count": 1
            }

            --- EXTRACT ---
            a = .id
        "#]],
    );
    check(
        BACK,
        "--- RESPONSE ---\n{}\n--- ASSERTS ---\n$0.count == 1\n",
        expect![["nothing\n"]],
    );
    check(BACK, "--- ASSERTS ---\n$0.count > 1\n", expect![["nothing\n"]]);
}
