//! What `.gctf` documents are as stubs: which requests fit, what is sent, and what is said of those that give none.

use super::matching::differences;
use super::serve::all_fields;
use super::sources::Sources;
use super::stubs::{Fault, Inputs, Matcher, Stub};
use super::{documents, matching};
use crate::eval::encode::to_message;
use crate::schema::Schema;
use crate::schema::shape::Shape;
use crate::syntax::SourceFile;
use crate::syntax::json::Value;
use prost_reflect::MessageDescriptor;
use serde_json::{Map, Value as Json, json};

const PROTO: &str = r#"
syntax = "proto3";
package t;
import "google/protobuf/any.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
service S {
  rpc One(M) returns (M);
  rpc Down(M) returns (stream M);
  rpc Up(stream M) returns (M);
  rpc Both(stream M) returns (stream M);
  rpc Say(google.protobuf.StringValue) returns (google.protobuf.StringValue);
}
enum Color { NONE = 0; RED = 1; }
message M {
  string text = 1;
  int32 number = 2;
  int64 big_count = 3;
  float ratio = 4;
  double exact = 5;
  repeated string tags = 6;
  repeated int32 numbers = 7;
  bytes raw = 8;
  Color color = 9;
  google.protobuf.Timestamp when = 10;
  google.protobuf.Struct extra = 11;
  google.protobuf.Any any = 12;
  map<string, int64> counts = 13;
  M inner = 14;
  repeated M notes = 15;
  google.protobuf.Int64Value wrapped = 16;
  optional string maybe = 17;
  google.protobuf.Value free = 18;
}
"#;

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("s.proto"), PROTO).unwrap();
    folder
}

fn schema() -> Schema {
    let folder = folder();
    let mut sources = Sources::new(&[folder.path().join("s.proto")], &[]);
    sources.load_given().unwrap();
    sources.merged().unwrap()
}

fn written(text: &str) -> Value {
    let source = SourceFile::new(&format!("--- REQUEST ---\n{text}\n"));
    let (_, document) = source.document(0).unwrap();
    document.sections()[0].values()[0].clone()
}

fn message() -> MessageDescriptor {
    schema().pool().get_message_by_name("t.M").unwrap()
}

/// Whether a request that is written as `sent` fits a REQUEST that is written as `wanted`.
fn fits(wanted: &str, sent: &str, message: &MessageDescriptor) -> bool {
    let matcher = super::wanted::matcher(&written(wanted), message).unwrap();
    let sent = to_message(&written(sent), message).unwrap();
    differences(&matcher, &all_fields(&sent), Some(&Shape::of_message(message))).is_empty()
}

#[test]
fn requests_fit_by_value_not_by_spelling() {
    let message = message();
    for (wanted, sent, expected) in [
        ("{}", r#"{"text": "x"}"#, true),
        (r#"{"text": "x"}"#, r#"{"text": "x", "number": 5}"#, true),
        (r#"{"text": "x"}"#, r#"{"text": "y"}"#, false),
        (r#"{"number": 0, "tags": []}"#, "{}", true),
        (r#"{"number": 0}"#, r#"{"number": 1}"#, false),
        ("{ number: 0x10, /* c */ }", r#"{"number": 16}"#, true),
        (
            "{bigCount: 9_007_199_254_740_993}",
            r#"{"big_count": "9007199254740993"}"#,
            true,
        ),
        (
            "{bigCount: 9007199254740993}",
            r#"{"big_count": "9007199254740992"}"#,
            false,
        ),
        ("{ratio: .1, exact: NaN}", r#"{"ratio": 0.1, "exact": "NaN"}"#, true),
        (r#"{"raw": "_-8"}"#, r#"{"raw": "/+8="}"#, true),
        (r#"{"color": 1}"#, r#"{"color": "RED"}"#, true),
        (
            r#"{"when": "2024-01-01T12:00:00+02:00"}"#,
            r#"{"when": "2024-01-01T10:00:00Z"}"#,
            true,
        ),
        (
            r#"{"inner": {"bigCount": 5}}"#,
            r#"{"inner": {"big_count": "5"}}"#,
            true,
        ),
        (
            r#"{"inner": {"bigCount": 5}}"#,
            r#"{"inner": {"big_count": "5", "text": "x"}}"#,
            false,
        ),
        (
            r#"{"extra": {"n": 0x10, "l": [{}]}}"#,
            r#"{"extra": {"n": 16, "l": [{}]}}"#,
            true,
        ),
        (r#"{"wrapped": 5}"#, r#"{"wrapped": "5"}"#, true),
        (r#"{"maybe": ""}"#, "{}", true),
        (r#"{"text": "a", "text": "b"}"#, r#"{"text": "b"}"#, true),
        (
            r#"{"any": {"@type": "type.googleapis.com/t.M", "bigCount": 3}}"#,
            r#"{"any": {"@type": "type.googleapis.com/t.M", "big_count": "3"}}"#,
            true,
        ),
    ] {
        assert_eq!(fits(wanted, sent, &message), expected, "{wanted} {sent}");
    }
}

#[test]
fn templates_match_anything_where_they_stand() {
    let message = message();
    for (wanted, sent, expected) in [
        (
            r#"{"text": "{{a}}", "number": 1}"#,
            r#"{"text": "x", "number": 1}"#,
            true,
        ),
        (r#"{"text": "{{a}}", "number": 1}"#, r#"{"number": 1}"#, true),
        (r#"{"text": "{{a}}", "number": 1}"#, r#"{"number": 2}"#, false),
        (r#"{"inner": "{{a}}"}"#, r#"{"inner": {"text": "x"}}"#, true),
        (r#"{"text": "id-{{ a }}-{{b}}."}"#, r#"{"text": "id-1-2."}"#, true),
        (r#"{"text": "id-{{ a }}-{{b}}."}"#, r#"{"text": "id-1."}"#, false),
        (r#"{"big_count": "1{{a}}"}"#, r#"{"big_count": "12"}"#, true),
        (
            r#"{"inner": {"text": "{{a}}", "bigCount": 5}}"#,
            r#"{"inner": {"text": "x", "big_count": 5}}"#,
            true,
        ),
        (
            r#"{"inner": {"text": "{{a}}", "bigCount": 5}}"#,
            r#"{"inner": {"text": "x"}}"#,
            false,
        ),
        (
            r#"{"inner": {"text": "{{a}}"}}"#,
            r#"{"inner": {"text": "x", "number": 1}}"#,
            false,
        ),
        (r#"{"tags": ["{{a}}", "b"]}"#, r#"{"tags": ["x", "b"]}"#, true),
        (r#"{"tags": ["{{a}}", "b"]}"#, r#"{"tags": ["x", "c"]}"#, false),
        (r#"{"tags": ["{{a}}"]}"#, r#"{"tags": ["x", "y"]}"#, false),
        (
            r#"{"notes": [{"text": "{{a}}", "number": 0x2}]}"#,
            r#"{"notes": [{"text": "x", "number": 2}]}"#,
            true,
        ),
        (
            r#"{"counts": {"a": "{{a}}", "b": 0x5}}"#,
            r#"{"counts": {"a": 1, "b": 5}}"#,
            true,
        ),
        (
            r#"{"counts": {"a": "{{a}}", "b": 0x5}}"#,
            r#"{"counts": {"a": 1, "b": 6}}"#,
            false,
        ),
        (
            r#"{"extra": {"a": "{{a}}", "b": [0x5]}}"#,
            r#"{"extra": {"a": {}, "b": [5]}}"#,
            true,
        ),
        (
            r#"{"extra": {"a": "{{a}}", "b": [0x5]}}"#,
            r#"{"extra": {"a": {}, "b": [6]}}"#,
            false,
        ),
        ("\"{{whole}}\"", r#"{"text": "x"}"#, true),
    ] {
        assert_eq!(fits(wanted, sent, &message), expected, "{wanted} {sent}");
    }
}

#[test]
fn matchers_know_the_types_of_fields() {
    let message = message();
    let fits = |matcher: Json, sent: &str| {
        let matcher: Matcher = serde_json::from_value(matcher).unwrap();
        let sent = to_message(&written(sent), &message).unwrap();
        differences(&matcher, &all_fields(&sent), Some(&Shape::of_message(&message))).is_empty()
    };
    for (matcher, sent, expected) in [
        (
            json!({"equals": {"inner": {"text": "x"}}}),
            r#"{"inner": {"text": "x"}}"#,
            true,
        ),
        (
            json!({"equals": {"inner": {"text": "x", "color": "NONE"}}}),
            r#"{"inner": {"text": "x"}}"#,
            true,
        ),
        (
            json!({"equals": {"inner": {"text": "x"}}}),
            r#"{"inner": {"text": "x", "color": "RED"}}"#,
            false,
        ),
        (json!({"equals": {"inner": {}}}), "{}", true),
        (json!({"equals": {"counts": {"a": 5}}}), r#"{"counts": {"a": 5}}"#, true),
        (
            json!({"equals": {"counts": {"a": 5}}}),
            r#"{"counts": {"a": 5, "b": 0}}"#,
            false,
        ),
        (json!({"equals": {"counts": {}}}), r#"{"counts": {"b": 0}}"#, false),
        (json!({"equals": {"extra": {"a": null}}}), r#"{"extra": {}}"#, false),
        (json!({"equals": {"text": "0"}}), "{}", false),
        (json!({"equals": {"big_count": "0", "number": 0}}), "{}", true),
        (
            json!({"contains": {"notes": [{"color": "NONE"}]}}),
            r#"{"notes": [{"color": "RED"}, {}]}"#,
            true,
        ),
        (
            json!({"contains": {"notes": [{"color": "NONE"}]}}),
            r#"{"notes": [{"color": "RED"}]}"#,
            false,
        ),
    ] {
        assert_eq!(fits(matcher.clone(), sent), expected, "{matcher} {sent}");
    }
}

#[test]
fn answers_are_messages() {
    let message = message();
    for (written_text, expected) in [
        (
            "{text: 'x', number: 0x10, big_count: 1_0}",
            r#"{"text":"x","number":16,"big_count":"10"}"#,
        ),
        (
            r#"{"bigCount": 18, "ratio": 0.1, "exact": NaN}"#,
            r#"{"big_count":"18","ratio":0.1,"exact":"NaN"}"#,
        ),
        (
            r#"{"big_count": 9223372036854775807}"#,
            r#"{"big_count":"9223372036854775807"}"#,
        ),
        (
            r#"{"text": "*", "number": "*", "inner": "*", "tags": ["*"], "numbers": ["*", 1], "color": "*", "raw": "*"}"#,
            r#"{"text":"*","tags":["*"],"numbers":[1]}"#,
        ),
        (
            r#"{"inner": {"text": "*", "when": "*"}, "maybe": "*"}"#,
            r#"{"inner":{"text":"*"},"maybe":"*"}"#,
        ),
        (
            r#"{"extra": {"a": "*"}, "free": "*", "wrapped": "*"}"#,
            r#"{"extra":{"a":"*"},"free":"*"}"#,
        ),
        (
            r#"{"any": {"@type": "type.googleapis.com/t.M", "text": "*", "number": "*"}}"#,
            r#"{"any":{"@type":"type.googleapis.com/t.M","text":"*"}}"#,
        ),
        ("\"*\"", "{}"),
    ] {
        let sent = super::answer::message(&written(written_text), &message).unwrap();
        assert_eq!(sent, serde_json::from_str::<Json>(expected).unwrap(), "{written_text}");
    }
}

/// A stub on one line: `One {"text":"x"} -> {"text":"y"} ! 5 gone @ [0, 1]`.
fn line(stub: &Stub) -> String {
    let matcher = |matcher: &Matcher| {
        let parts = matcher.parts.iter().map(|(name, part)| format!(" {name}~{part}"));
        format!("{}{}", Json::Object(matcher.equals.clone()), parts.collect::<String>())
    };
    let inputs: Vec<_> = match &stub.inputs {
        Inputs::Each(each) => vec![matcher(each)],
        Inputs::Sequence(matchers) => matchers.iter().map(matcher).collect(),
    };
    let fault = |fault: &Fault| {
        let details: Vec<_> = fault.details.iter().map(|detail| format!(" {detail}")).collect();
        format!("! {} {}{}", fault.code, fault.message, details.concat())
    };
    let sent = stub.output.messages.iter().map(|item| match &item.error {
        None => item.message.to_string(),
        Some(error) => fault(error),
    });
    let mut line = format!("{} {} ->", stub.method, inputs.join(" + "));
    if stub.headers != Matcher::default() {
        line.push_str(&format!(" when {}", matcher(&stub.headers)));
    }
    sent.chain(stub.output.error.as_ref().map(fault))
        .for_each(|text| line.push_str(&format!(" {text}")));
    if !stub.output.turns.is_empty() {
        line.push_str(&format!(" @ {:?}", stub.output.turns));
    }
    line
}

/// The stubs of a text, and what is said of its other documents.
fn read(text: &str) -> Vec<String> {
    let folder = folder();
    let path = folder.path().join("x.gctf");
    std::fs::write(&path, format!("--- PROTO ---\nfiles: s.proto\n{text}")).unwrap();
    let (stubs, notes) = documents::read(&path, &mut Sources::new(&[], &[])).unwrap();
    let name = format!("{}:", path.display());
    let notes = notes.into_iter().map(|note| note.replace(&name, ""));
    stubs.iter().map(line).chain(notes).collect()
}

fn one(rest: &str) -> String {
    format!("--- ENDPOINT ---\nt.S/One\n{rest}")
}

#[test]
fn documents_of_every_shape() {
    let x = "--- REQUEST ---\n{text: 'x'}\n";
    let y = "--- RESPONSE ---\n{text: 'y'}\n";
    for (text, expected) in [
        (one(&format!("{x}{y}")), r#"One {"text":"x"} -> {"text":"y"}"#),
        (one(y), r#"One {} -> {"text":"y"}"#),
        (
            one(&format!("--- REQUEST_HEADERS ---\nX-A: 1\nx-a: 2\nx-b: {{{{v}}}}\nx-c: a {{{{v}}}}\nx-d-bin: YQ\n{y}")),
            r#"One {} -> when {"x-a":"1;2","x-d-bin":"YQ=="} x-c~"a {{…}}" {"text":"y"}"#,
        ),
        (one(&format!("{x}{y}#[skip]\n--- RESPONSE ---\n{{}}\n")), r#"One {"text":"x"} -> {"text":"y"}"#),
        (
            one("--- ERROR ---\n{code: 'NotFound', message: '*', details: [{'@type': 'a/google.rpc.ErrorInfo', reason: 'R'}]}\n"),
            r#"One {} -> ! 5 * {"@type":"a/google.rpc.ErrorInfo","reason":"R"}"#,
        ),
        (one("--- ERROR partial ---\n{}\n"), "One {} -> ! 2 "),
        (one("--- ERROR ---\n\"gone\"\n"), "One {} -> ! 2 gone"),
        (one("--- ERROR ---\nNOT_FOUND\n"), "One {} -> ! 5 NOT_FOUND"),
        (
            "--- ENDPOINT ---\nt.S/Down\n#[repeat(2)]\n--- RESPONSE ---\n{number: 1} {number: 2}\n--- ERROR ---\n{code: 9}\n".to_owned(),
            r#"Down {} -> {"number":1} {"number":2} {"number":1} {"number":2} ! 9 "#,
        ),
        ("--- ENDPOINT ---\nt.S/Down\n--- RESPONSE ---\n".to_owned(), "Down {} ->"),
        (
            format!("--- ENDPOINT ---\nt.S/Up\n{x}#[repeat(2)]\n--- REQUEST ---\n{y}"),
            r#"Up {"text":"x"} + {} + {} -> {"text":"y"}"#,
        ),
        (
            format!("--- ENDPOINT ---\nt.S/Both\n{x}{y}{y}--- REQUEST ---\n{{number: 1}} {{number: 2}}\n{y}--- ERROR ---\n{{code: 9}}\n"),
            r#"Both {"text":"x"} + {"number":1} + {"number":2} -> {"text":"y"} {"text":"y"} {"text":"y"} ! 9  @ [0, 2, 2, 4]"#,
        ),
        (
            format!("--- ENDPOINT ---\nt.S/Both\n{y}{x}"),
            r#"Both {"text":"x"} -> {"text":"y"} @ [1, 1]"#,
        ),
        (
            "--- ENDPOINT ---\nt.S/Say\n--- REQUEST ---\n\"a\"\n--- RESPONSE ---\n\"b\"\n".to_owned(),
            r#"Say {"value":"a"} -> "b""#,
        ),
    ] {
        assert_eq!(read(&text), [expected], "{text}");
    }
}

#[test]
fn what_gives_no_stub_is_told() {
    let y = "--- RESPONSE ---\n{text: 'y'}\n";
    for (text, expected) in [
        (
            one("--- ASSERTS ---\n.text\n"),
            "5:1: gives no stub: ASSERTS alone say nothing that could be sent: add a RESPONSE or an ERROR",
        ),
        (
            one("--- REQUEST ---\n{}\n"),
            "3:1: gives no stub: it expects nothing that could be sent: add a RESPONSE or an ERROR",
        ),
        (
            one("--- RESPONSE ---\n{inner: {text: 'a {{v}}'}}\n"),
            "6:16: gives no stub: its RESPONSE holds {{ v }}, which only a run knows: write a value",
        ),
        (
            format!("#[skip]\n{}", one(y)),
            "4:1: gives no stub: `#[skip]` takes the document out: delete it",
        ),
        (
            one("--- RESPONSE ---\n{txt: 'y'}\n"),
            "6:2: gives no stub: t.M has no field \"txt\"; did you mean \"text\"?",
        ),
        (
            one(&format!("--- REQUEST ---\n{{number: 'many'}}\n{y}")),
            "6:10: gives no stub: number: expected a whole number, got \"many\"",
        ),
        (
            one("--- RESPONSE ---\n{text: 'y'\n"),
            "6:10: gives no stub: expected `}` after `'` (G119)",
        ),
        (
            one(&format!("--- REQUEST ---\n{{}}\n{{}}\n{y}")),
            "7:1: gives no stub: One takes one request message: delete the others",
        ),
        (
            one(&format!("{y}{y}")),
            "7:1: gives no stub: One answers with one message: delete the others",
        ),
        (
            one("--- RESPONSE ---\n"),
            "5:1: gives no stub: One answers with one message: write `{}` for an empty one",
        ),
        (
            one("--- ERROR ---\n{code: 5, details: [{reason: 'x'}]}\n"),
            "6:21: gives no stub: a detail is sent with its \"@type\": add it",
        ),
        (
            one(&format!("--- REQUEST_HEADERS ---\nx-b-bin: %\n{y}")),
            "5:1: gives no stub: header `x-b-bin`: the value of a `-bin` header is base64",
        ),
        (
            format!("--- ENDPOINT ---\nt.S/Onw\n{y}"),
            "4:1: gives no stub: t.S has no method \"Onw\"; did you mean \"One\"?",
        ),
        (
            format!("--- ENDPOINT ---\nS/One\n{y}"),
            "4:1: gives no stub: no service \"S\"; did you mean \"t.S\"?",
        ),
        (
            format!("--- ENDPOINT ---\nt.S/Up\n{y}--- REQUEST ---\n{{}}\n"),
            "5:1: gives no stub: RESPONSE stands before the last REQUEST, and Up answers only after it: move it down",
        ),
    ] {
        assert_eq!(read(&text), [expected], "{text}");
    }
}

#[test]
fn a_document_that_is_broken_leaves_the_others() {
    let good = one("--- REQUEST ---\n{text: '{{unset}}'}\n--- RESPONSE ---\n{}\n");
    let broken = one("--- RESPONSE ---\n{,}\n");
    let found = read(&format!("{good}{broken}{good}"));
    assert_eq!(found[..2], ["One {} -> {}", "One {} -> {}"]);
    assert!(found[2].starts_with("12:"), "{found:?}");
    assert_eq!(found.len(), 3);
}

#[test]
fn what_leaves_places_open_is_no_sharper_than_a_pattern() {
    let exact = one("--- REQUEST ---\n{inner: {text: 'a'}}\n--- RESPONSE ---\n{}\n");
    let open = one("--- REQUEST ---\n{inner: {text: '{{v}}'}}\n--- RESPONSE ---\n{}\n");
    let folder = folder();
    let path = folder.path().join("x.gctf");
    std::fs::write(&path, format!("--- PROTO ---\nfiles: s.proto\n{open}{exact}")).unwrap();
    let (mut stubs, _) = documents::read(&path, &mut Sources::new(&[], &[])).unwrap();
    stubs.sort_by_key(matching::rank);
    assert_eq!(
        line(&stubs[0]),
        r#"One {"inner":{"text":"a","number":0}} -> {}"#.replace(r#","number":0"#, &rest())
    );
}

/// The members that a message shows at their default besides `text`.
fn rest() -> String {
    let shown = all_fields(&prost_reflect::DynamicMessage::new(message()));
    let mut members: Map<String, Json> = shown.as_object().cloned().unwrap_or_default();
    members.shift_remove("text");
    let text = Json::Object(members).to_string();
    format!(",{}", &text[1..text.len() - 1])
}
