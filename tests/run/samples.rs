//! Tests that pass, of every kind, with the server that they call.

pub(super) const PROTO: &str = r#"
syntax = "proto3";
package m;
import "google/protobuf/duration.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
service Things {
  rpc One(Thing) returns (Thing);
  rpc Down(Thing) returns (stream Thing);
  rpc Up(stream Thing) returns (Thing);
  rpc Both(stream Thing) returns (stream Thing);
}
message Thing {
  string text = 1;
  int64 big = 2;
  float ratio = 3;
  double exact = 4;
  int32 count = 5;
  bool flag = 6;
  Kind kind = 7;
  bytes data = 8;
  repeated string tags = 9;
  Thing inner = 10;
  repeated Thing items = 11;
  map<string, int64> counts = 12;
  google.protobuf.Timestamp at = 13;
  google.protobuf.Duration length = 14;
  google.protobuf.StringValue name = 15;
  google.protobuf.Struct extra = 16;
  optional int32 maybe = 17;
  string user_name = 18;
}
enum Kind { NONE = 0; BIG = 1; }
"#;

pub(super) const STUBS: &str = r#"
- service: Things
  method: One
  input: { equals: { text: all } }
  output:
    data:
      text: all
      big: "9007199254740993"
      ratio: 0.1
      exact: 1.5
      count: 7
      flag: true
      kind: BIG
      data: AP8Q
      tags: [a, b]
      inner: { text: in, inner: { count: 3 } }
      items: [ { text: one, big: "1" }, { text: two } ]
      counts: { k: "5", "a b": "6" }
      at: "2024-01-01T12:00:00.500Z"
      length: "1.500s"
      name: wrapped
      extra: { deep: { n: 1, list: [ true, null, word ] } }
      maybe: 0
      userName: Ann
    headers: { x-h: "1" }
    trailers: { x-t: "2" }
- { service: Things, method: One, input: { equals: { text: empty } }, output: { data: {} } }
- { service: Things, method: One, input: { equals: { text: next, userName: Ann, count: 7 } }, output: { data: { text: next, tags: [ Ann ] } } }
- service: Things
  method: One
  input: { equals: { text: fail } }
  output:
    error: no thing 9
    code: 5
    details:
      - { type: type.googleapis.com/google.rpc.ErrorInfo, reason: GONE, domain: things, metadata: { id: "9" } }
      - { type: type.googleapis.com/google.rpc.RetryInfo, retry_delay: 1s }
- { service: Things, method: Down, input: { equals: { text: three } }, output: { stream: [ { text: M1, count: 1 }, { text: M2, count: 2 }, { text: M3, count: 3 } ], trailers: { x-t: "4" } } }
- { service: Things, method: Down, input: { equals: { text: late } }, output: { stream: [ { text: M1 } ], error: no thing 9, code: 5 } }
- { service: Things, method: Up, inputs: [ { equals: { text: a } }, { equals: { text: b } } ], output: { data: { text: AB, count: 2 } } }
- { service: Things, method: Both, inputs: [ { equals: { text: a } }, { equals: { text: A1 } } ], output: { stream: [ { text: A }, { text: B }, { text: C } ] } }
"#;

/// Name and text of each, with `PORT` for the port.
pub(super) fn all() -> Vec<(String, String)> {
    let tests = TESTS
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    let head = "--- ADDRESS ---\nlocalhost:PORT\n\n--- ENDPOINT ---\nm.Things/One\n\n--- REQUEST ---\n{ \"text\": \"all\" }\n\n";
    let lines = LINES.iter().enumerate().map(|(at, line)| {
        let text = format!("{head}--- ASSERTS ---\n{line}\n");
        (format!("line{at}.gctf"), text)
    });
    tests.chain(lines).collect()
}

/// Lines of ASSERTS on the first stub's message.
const LINES: [&str; 20] = [
    r#".text == "all""#,
    r#""all" == .text"#,
    r#".big == "9007199254740993""#,
    r#".big:number == 9007199254740993"#,
    r#".ratio == 0.1 and .exact == 1.5"#,
    r#".flag == true"#,
    r#".tags == ["a", "b"] and (.tags | length == 2)"#,
    r#".tags[1] == "b" and .items[0].text == "one""#,
    r#".items[1].big == null"#,
    r#".items | map(.text) | join("-") == "one-two""#,
    r#".items | any(
  .text == "two" and # one of them
  .big == null
)"#,
    r#"[.items[] | select(.text == "one")] | length == 1"#,
    r#"(.user_name | ascii_upcase) == "ANN" and .userName == "Ann""#,
    r#".extra.deep.list[2] == "word""#,
    r#".counts["a b"] == "6""#,
    r#"@header("x-h") == "1" and @trailer("x-t") == "2""#,
    r#"@len(.tags) == 2"#,
    r#".at:time == "2024-01-01T12:00:00.5Z""#,
    r#"(if .flag then .count else 0 end) == 7"#,
    r#".count + 1 == 8 and .count * 2 == 14"#,
];

const TESTS: [(&str, &str); 14] = [
    (
        "all.gctf",
        r#"--- ADDRESS ---
localhost:PORT

--- ENDPOINT ---
m.Things/One

--- REQUEST ---
{ "text": "all" }

--- RESPONSE ---
{
  text: 'all', # in quotes of another kind
  "big": "9007199254740993",
  "ratio": 0.1,
  "exact": 1.5,
  "count": 7,
  "flag": true,
  "kind": "BIG",
  "data": "AP8Q",
  "tags": ["a", "b"],
  "inner": { "text": "*", "inner": { "count": 3, "flag": false, "big": "0", "text": "", "kind": "NONE" } },
  "items": [{ "text": "one", "big": "1" }, { "text": "two", "count": 0 }],
  "counts": { "k": "5", "a b": "6" },
  "at": "2024-01-01T12:00:00.500Z",
  "length": "1.500s",
  "name": "wrapped",
  "extra": { "deep": { "n": 1, "list": [true, null, "word"] } },
  "maybe": 0,
  "userName": "Ann",
}
"#,
    ),
    (
        "empty.gctf",
        r#"--- ADDRESS ---
localhost:PORT

--- ENDPOINT ---
m.Things/One

--- REQUEST ---
{ "text": "empty" }

--- RESPONSE ---
{ "text": "", "big": "0", "ratio": 0, "count": 0, "flag": false, "kind": "NONE", "name": null }

--- ASSERTS ---
.text == null
(.flag // false) == false and (.count // 0) == 0
"#,
    ),
    (
        "partial.gctf",
        r#"--- ADDRESS ---
localhost:PORT

--- ENDPOINT ---
m.Things/One

--- REQUEST ---
{ "text": "all" }

--- RESPONSE partial redact=text,data ---
{ "text": "?", "data": "?", "tags": ["a"], "inner": { "text": "?", "inner": { "count": 3 } }, "items": [{ "text": "?", "big": "1" }] }
"#,
    ),
    (
        "tolerance.gctf",
        r#"--- ADDRESS ---
localhost:PORT

--- ENDPOINT ---
m.Things/One

--- REQUEST ---
{ "text": "all" }

--- RESPONSE partial tolerance=0.5 ---
{ "count": 7, "exact": 2, "extra": { "deep": { "n": 1 } }, "text": "all" }
"#,
    ),
    (
        "unordered.gctf",
        r#"--- ADDRESS ---
localhost:PORT

--- ENDPOINT ---
m.Things/One

--- REQUEST ---
{ "text": "all" }

--- RESPONSE partial unordered_arrays ---
{ "tags": ["b", "a"], "items": [{ "text": "two" }, { "big": "1", "text": "one" }] }
"#,
    ),
    (
        "sections.gctf",
        r#"--- ADDRESS ---
localhost:PORT

--- ENDPOINT ---
m.Things/One

--- REQUEST ---
{ "text": "all" }

--- RESPONSE partial ---
{ "text": "all" }

--- ASSERTS ---
.text == "all"
.count == 7

--- ASSERTS ---
.inner.inner.count == 3
"#,
    ),
    (
        "chain.gctf",
        r#"--- ADDRESS ---
localhost:PORT

--- ENDPOINT ---
m.Things/One

--- REQUEST ---
{ "text": "all" }

--- RESPONSE partial ---
{ "user_name": "Ann" }

--- EXTRACT ---
who = .user_name
count:number = .count
label = $count > 1 ? "many" : "one"

--- ENDPOINT ---
m.Things/One

--- REQUEST ---
{ "text": "next", "userName": "{{ who }}", "count": "{{ count }}" }

--- RESPONSE ---
{ "text": "next", "tags": ["{{ who }}"] }

--- EXTRACT ---
again = .tags[0] + "!"

--- ASSERTS ---
$label == "many" and .tags[0] == $who

--- ENDPOINT ---
m.Things/One

--- REQUEST ---
{ "text": "fail" }

--- ERROR ---
{ "code": 5, "message": "no thing 9", "details": [{ "@type": "*", "reason": "GONE", "domain": "things", "metadata": { "id": "9" } }, { "retryDelay": "1s" }] }

--- ASSERTS ---
$again == "Ann!" and .code == 5
"#,
    ),
    (
        "error.gctf",
        r#"--- ADDRESS ---
localhost:PORT

--- ENDPOINT ---
m.Things/One

--- REQUEST ---
{ "text": "fail" }

--- ERROR partial ---
{ "code": "not_found", "details": [{ "retry_delay": "1s" }, { "@type": "type.googleapis.com/google.rpc.ErrorInfo", "domain": "things" }] }

--- ENDPOINT ---
m.Things/One

--- REQUEST ---
{ "text": "fail" }

--- ERROR partial ---
"no thing 9"

--- ENDPOINT ---
m.Things/One

--- REQUEST ---
{ "text": "fail" }

--- ASSERTS ---
.code == 5
.message == "no thing 9"
.details[0].reason == "GONE" and .details[1].retry_delay == "1s"
"#,
    ),
    (
        "down.gctf",
        r#"--- ADDRESS ---
localhost:PORT

--- ENDPOINT ---
m.Things/Down

--- REQUEST ---
{ "text": "three" }

--- RESPONSE ---
{ "text": "M1", "count": 1 }
{ "text": "M2", "count": 2 }

--- ASSERTS ---
.text == "M3" and @scope.index == 2

--- ASSERTS ---
.count == 3 and @trailer("x-t") == "4"
"#,
    ),
    (
        "attached.gctf",
        r#"--- ADDRESS ---
localhost:PORT

--- ENDPOINT ---
m.Things/Down

--- REQUEST ---
{ "text": "three" }

--- RESPONSE with_asserts ---
{ "text": "M1", "count": 1 }
{ "text": "M2", "count": 2 }
{ "text": "M3", "count": 3 }

--- ASSERTS ---
@scope.message_count == 3
(.text | startswith("M")) == true
"#,
    ),
    (
        "late.gctf",
        r#"--- ADDRESS ---
localhost:PORT

--- ENDPOINT ---
m.Things/Down

--- REQUEST ---
{ "text": "late" }

--- RESPONSE ---
{ "text": "M1" }

--- ERROR ---
{ "code": "NotFound", "message": "no thing 9" }
"#,
    ),
    (
        "up.gctf",
        r#"--- ADDRESS ---
localhost:PORT

--- ENDPOINT ---
m.Things/Up

--- REQUEST ---
{ "text": "a" }
{ "text": "b" }

--- RESPONSE ---
{ "text": "AB", "count": 2 }

--- ASSERTS ---
.text == "AB"
"#,
    ),
    (
        "both.gctf",
        r#"--- ADDRESS ---
localhost:PORT

--- ENDPOINT ---
m.Things/Both

--- REQUEST ---
{ "text": "a" }

--- RESPONSE ---
{ "text": "A" }

--- EXTRACT ---
word = .text + "1"

--- REQUEST ---
{ "text": "{{ word }}" }

--- RESPONSE ---
{ "text": "B" }

--- ASSERTS ---
.text == "C"
"#,
    ),
    (
        "rows.gctf",
        r#"--- DATASET ---
- { word: all, name: Ann }

--- ADDRESS ---
localhost:PORT

--- ENDPOINT ---
m.Things/One

--- REQUEST ---
{ "text": "{{ dataset.word }}" }

--- RESPONSE partial ---
{ "text": "{{ dataset.word }}", "userName": "{{dataset.name}}" }

--- ASSERTS ---
.userName == $dataset.name and .text == "all"
"#,
    ),
];
