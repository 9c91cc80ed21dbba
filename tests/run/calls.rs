//! Unary calls against our own mock: what is sent, what is compared, what an expression sees.

use crate::support::servers::Servers;

const PROTO: &str = r#"
syntax = "proto3";
package t;
import "google/protobuf/any.proto";
service Things {
  rpc Get(Thing) returns (Thing);
  rpc Fail(Thing) returns (Thing);
  rpc Slow(Thing) returns (Thing);
  rpc Greet(Thing) returns (Greeting);
}
message Thing {
  string id = 1;
  int64 big = 2;
  float ratio = 3;
  double exact = 4;
  bool flag = 5;
  int32 count = 6;
  string user_name = 7;
  repeated string tags = 8;
  Kind kind = 9;
  Thing inner = 10;
  map<string, int64> counts = 11;
  google.protobuf.Any any = 12;
  repeated Thing items = 13;
}
message Greeting { string message = 1; int32 code = 2; }
enum Kind { NONE = 0; BIG = 1; }
"#;

const STUBS: &str = r#"
- service: Things
  method: Get
  input: { equals: { id: all } }
  output:
    data:
      { id: all, big: "9007199254740993", ratio: 0.1, exact: 0.1, userName: Ann, tags: [b, a], kind: BIG,
        inner: { id: in }, counts: { x: "9007199254740993" }, items: [ { id: a, big: "1" }, { id: b } ],
        any: { "@type": type.googleapis.com/t.Thing, userName: Bob } }
    headers: { X-One: "1" }
    trailers: { X-Two: "2", x-two-bin: AP8Q }
- service: Things
  method: Get
  input: { equals: { id: empty } }
  output: { data: {} }
- service: Things
  method: Get
  input: { equals: { id: meta } }
  headers: { equals: { x-a: "1;2", x-b-bin: AP8Q, user-agent: me/1, x-id: "id=meta" } }
  output: { data: { id: meta } }
- service: Things
  method: Get
  input: { equals: { id: agent } }
  headers: { matches: { user-agent: "^gctf/" } }
  output: { data: { id: agent } }
- service: Things
  method: Get
  input: { equals: { id: digits, big: "9007199254740993", ratio: 0.1, count: 7, tags: [all], user_name: Ann } }
  output: { data: { id: digits } }
- service: Things
  method: Fail
  output:
    error: no thing 9
    code: NOT_FOUND
    details:
      - { type: type.googleapis.com/google.rpc.ErrorInfo, reason: GONE, domain: t }
      - { type: type.googleapis.com/google.rpc.RetryInfo, retry_delay: 1s }
    trailers: { x-why: gone }
- service: Things
  method: Slow
  output: { data: { id: late }, delay: 60s }
- service: Things
  method: Greet
  output: { error: down, code: 14 }
"#;

fn call(method: &str, id: &str, rest: &str) -> String {
    format!(
        "--- ADDRESS ---\nlocalhost:PORT\n\n--- ENDPOINT ---\nt.Things/{method}\n\n--- REQUEST ---\n{{ \"id\": \"{id}\" }}\n\n{rest}\n"
    )
}

fn check(cases: &[(&str, &str, &str, &str)]) {
    let servers = Servers::new();
    let (_mock, port) = servers.of(PROTO, STUBS, None);
    for (method, id, rest, expected) in cases {
        let found = servers.faults(port, &call(method, id, rest));
        // Whether steps or time run out first depends on the machine.
        let found = found.replace("takes too long", "takes too many steps");
        assert_eq!(found, *expected, "{method} {id}\n{rest}");
    }
}

#[test]
fn responses() {
    let all = "--- RESPONSE ---\n{ id: 'all', big: \"9007199254740993\", ratio: 0.1, exact: 0.1, userName: \"Ann\", tags: [\"b\", \"a\"], kind: \"BIG\", flag: false, count: 0, inner: { id: \"*\" }, counts: { x: \"9007199254740993\" }, items: [{ id: \"a\", big: \"1\" }, { id: \"b\" }], any: { \"@type\": \"*\", userName: \"Bob\" } }";
    check(&[
        ("Get", "all", all, "passed"),
        (
            "Get",
            "all",
            &all.replace("9007199254740993\", ratio", "9007199254740992\", ratio"),
            "G501 11:19 $.big: expected \"9007199254740992\", got \"9007199254740993\"",
        ),
        (
            "Get",
            "all",
            &all.replace("big: \"9007199254740993\", ratio", "big: 9007199254740993, ratio"),
            "G501 11:19 $.big: expected 9007199254740993, got \"9007199254740993\" (int64 is written as a string: \"9007199254740993\")",
        ),
        (
            "Get",
            "all",
            "--- RESPONSE partial unordered_arrays ---\n{ \"user_name\": \"Ann\", \"tags\": [\"a\", \"b\"], \"items\": [{ \"id\": \"b\" }] }",
            "passed",
        ),
        (
            "Get",
            "all",
            "--- RESPONSE partial tolerance=1 redact=id,$.items[].big ---\n{ \"id\": \"x\", \"big\": \"9007199254740994\", \"items\": [{ \"big\": \"7\" }] }",
            "passed",
        ),
        (
            "Get",
            "empty",
            "--- RESPONSE ---\n{ \"flag\": false, \"big\": \"0\", \"tags\": [] }",
            "passed",
        ),
        ("Get", "empty", "--- RESPONSE ---\n{}", "passed"),
        (
            "Get",
            "empty",
            "--- RESPONSE ---\n{ \"id\": \"*\" }",
            "G501 11:9 $.id: expected \"*\", got nothing",
        ),
        (
            "Get",
            "empty",
            "--- OPTIONS ---\nemit_defaults: true\n\n--- RESPONSE ---\n{ \"id\": \"*\" }\n\n--- ASSERTS ---\n.flag == false and .tags == [] and has(\"count\")",
            "passed",
        ),
        (
            "Get",
            "empty",
            "--- RESPONSE ---\n",
            "G508 10:1 got {}, and an empty RESPONSE expects no message: write `{}`",
        ),
        (
            "Get",
            "empty",
            "--- RESPONSE ---\n{}\n{}",
            "G314 12:1 Get answers with one message: delete the others",
        ),
        (
            "Get",
            "empty",
            "--- RESPONSE ---\n{}\n\n--- RESPONSE ---\n{}",
            "G314 14:1 Get answers with one message: delete the others",
        ),
        (
            "Get",
            "empty",
            "#[repeat(2)]\n--- RESPONSE ---\n{}",
            "G314 12:1 Get answers with one message: delete the others",
        ),
        ("Get", "empty", "#[repeat(3)]\n--- ASSERTS ---\n.id == null", "passed"),
        (
            "Get",
            "empty",
            "--- RESPONSE ---\n{ \"id\": \"{{ nope }}\" }",
            "G514 11:9 no variable \"nope\"",
        ),
        (
            "Get",
            "empty",
            "#[skip]\n--- RESPONSE ---\n{ \"id\": \"x\" }",
            "G202 5:1 got {}, and nothing is expected: add RESPONSE, ERROR or ASSERTS",
        ),
    ]);
}

#[test]
fn expressions() {
    check(&[
        (
            "Get",
            "all",
            "--- ASSERTS ---\n.big == \"9007199254740993\" and .big:number > 9_007_199_254_740_992\n.ratio == 0.1\n.user_name startsWith \"A\" and .userName matches /^a/i\n@header(\"x-one\") == \"1\" and @trailer(\"X-TWO\") == \"2\"\n@trailer(\"x-two-bin\") == \"AP8Q\"\n@has_header(\"x-two\") | not\n@elapsed_ms() >= 0 and @scope.index == 1\n.any.user_name == \"Bob\" and .any[\"@type\"] contains \"t.Thing\"\n.flag // false == false # fine\n.items | any(\n  .id == \"b\" and  # one of them\n  .big == null\n)",
            "passed",
        ),
        (
            "Get",
            "all",
            "--- EXTRACT ---\nid = .id\nfirst:string = .items[0].id\nall = [.items[].id]\nsize = $all | length > 1 ? \"many\" : \"one\"\n\n--- ASSERTS ---\n$id == \"all\" and $first == \"a\" and ($all | length == 2)\n$all[1] == \"b\" and $size == \"many\"\n$nope == 1",
            "G405 19:1 no variable `$nope`",
        ),
        (
            "Get",
            "all",
            "--- EXTRACT ---\nx = \ny:strin = .id\nz = .id | keys\nw = nope\n\n--- ASSERTS ---\n.id",
            "G515 11:1 `x` cannot be extracted: the expression behind `=` is missing\nG406 12:3 no type `:strin`\nG515 13:1 `z` cannot be extracted: cannot use \"all\" as iterable (array or object)\nG402 14:5 no function `nope`: write `.nope` for a field, `\"nope\"` for a text",
        ),
        (
            "Get",
            "all",
            "--- ASSERTS ---\n.id = \"x\"\n.id == \"all\" && .flag\n.id ? 1 : 2\n@nope(.id)\n@len()\n.id matches /(/\n.id:when == 1\n.id == 'all'\n[repeat(1)]",
            "G407 11:5 `=` assigns and always passes: write `==`\nG420 12:14 `&&` is not jq: write `and`\nG401 13:5 `… ? … : …` stands in EXTRACT only: write `if … then … else … end`\nG403 14:1 no plugin `@nope`\nG404 15:1 `@len` takes other arguments: `@len(v: any)`\nG408 16:13 bad regex: unclosed group\nG406 17:5 no type `:when`\nG419 18:8 `'` starts no string: write `\"…\"`\nG503 19:1 `[repeat(1)]`: the expression takes too many steps",
        ),
    ]);
}

#[test]
fn errors() {
    let whole = "--- ERROR ---\n{ \"code\": \"not_found\", \"message\": \"no thing 9\", \"details\": [{ \"@type\": \"type.googleapis.com/google.rpc.ErrorInfo\", \"reason\": \"GONE\", \"domain\": \"t\" }, { \"retryDelay\": \"1s\" }] }";
    check(&[
        ("Fail", "a", whole, "passed"),
        (
            "Fail",
            "a",
            &format!(
                "{whole}\n\n--- ASSERTS ---\n.code == 5 and .details[0].reason == \"GONE\"\n@trailer(\"x-why\") == \"gone\"\n\n--- EXTRACT ---\nwhy = .message"
            ),
            "passed",
        ),
        (
            "Fail",
            "a",
            "--- ERROR ---\n{ \"code\": 5, \"message\": \"*\" }",
            "G506 11:1 $.details: unexpected, got [{\"@type\":\"type.googleapis.com/google.rpc.ErrorInfo\",\"reason\":\"GONE\",\"domain\":\"t\"},{\"@type\":\"type.googleapis.com/google.rpc.RetryInfo\",\"retry_delay\":\"1s\"}]",
        ),
        (
            "Fail",
            "a",
            "--- ERROR partial ---\n{ \"details\": [{}, { \"reason\": \"GONE\" }] }",
            "passed",
        ),
        ("Fail", "a", "--- ERROR partial ---\n{}", "passed"),
        (
            "Fail",
            "a",
            "--- ERROR partial ---\n{ \"code\": 6 }",
            "G506 11:11 $.code: expected 6, got \"NOT_FOUND (5)\"",
        ),
        ("Fail", "a", "--- ERROR ---\n\"no thing 9\"", "passed"),
        ("Fail", "a", "--- ERROR ---\nno thing", "passed"),
        (
            "Fail",
            "a",
            "--- ERROR ---\nno such thing",
            "G506 11:1 $.message: expected no such thing, got \"no thing 9\"",
        ),
        (
            "Fail",
            "a",
            "--- ERROR ---\n",
            "G211 10:5 ERROR is empty: say what is expected, or write `--- ERROR partial ---` and `{}` for any status",
        ),
        (
            "Fail",
            "a",
            "--- RESPONSE ---\n{}\n\n--- ASSERTS ---\n.code == 5",
            "G504 5:1 NOT_FOUND (5): no thing 9",
        ),
        (
            "Fail",
            "a",
            "--- ASSERTS ---\n.code == 5\n.message startsWith \"no\"",
            "passed",
        ),
        (
            "Fail",
            "a",
            "--- ASSERTS ---\n.id != \"y\" # .code",
            "G504 5:1 NOT_FOUND (5): no thing 9",
        ),
        (
            "Fail",
            "a",
            "--- ASSERTS ---\n.id != \".code\"",
            "G504 5:1 NOT_FOUND (5): no thing 9",
        ),
        // `message` and `code` are fields of the response here, `details` is not.
        (
            "Greet",
            "a",
            "--- ASSERTS ---\n.code != 1\n.message != \"x\"",
            "G504 5:1 UNAVAILABLE (14): down",
        ),
        (
            "Greet",
            "a",
            "--- ASSERTS ---\n.code == 14 and .details == null",
            "passed",
        ),
        (
            "Get",
            "empty",
            "--- ERROR partial ---\n{}",
            "G505 10:1 got {}, expected an error",
        ),
    ]);
}

#[test]
fn deadlines() {
    check(&[
        (
            "Slow",
            "a",
            "#[timeout(1)]\n--- RESPONSE ---\n{}",
            "G510 5:1 DEADLINE_EXCEEDED (4): no answer within 1 s",
        ),
        (
            "Slow",
            "a",
            "--- OPTIONS ---\ntimeout: 1\n\n--- ERROR ---\n{ \"code\": 4 }",
            "passed",
        ),
        (
            "Slow",
            "a",
            "#[timeout(1)]\n--- ERROR partial ---\n{}",
            "G506 12:1 $.code: unexpected, got \"DEADLINE_EXCEEDED (4)\"",
        ),
        ("Slow", "a", "#[timeout(1)]\n--- ASSERTS ---\n.code == 4", "passed"),
        (
            "Slow",
            "a",
            "#[timeout(1)]\n--- ASSERTS ---\n.message != \"x\"",
            "G510 5:1 DEADLINE_EXCEEDED (4): no answer within 1 s",
        ),
    ]);
}

#[test]
fn metadata_and_templates() {
    let servers = Servers::new();
    let (_mock, port) = servers.of(PROTO, STUBS, None);
    let extract = call(
        "Get",
        "all",
        "--- EXTRACT ---\nall = .\nid = \"meta\"\ncount = 7\n\n--- ASSERTS ---\n.id",
    );
    let second = |headers: &str, request: &str| {
        format!(
            "{extract}\n--- ENDPOINT ---\nt.Things/Get\n\n--- REQUEST_HEADERS ---\n{headers}\n\n--- REQUEST ---\n{request}\n\n--- RESPONSE partial ---\n{{ \"id\": \"*\" }}\n"
        )
    };
    let headers = "X-A: 1\nx-a: 2\nx-b-bin: AP8Q\nuser-agent: me/1\nx-id: id={{ id }}";
    let digits = "{ \"id\": \"digits\", \"big\": \"{{ all.big }}\", \"ratio\": \"{{all.ratio}}\", \"count\": \"{{ count }}\", \"tags\": [\"{{ all.id }}\"], \"userName\": \"{{ all.user_name }}\" }";
    for (headers, request, expected) in [
        (headers, "{ \"id\": \"{{ id }}\" }", "passed"),
        ("", "{ \"id\": \"agent\" }", "passed"),
        ("", digits, "passed"),
        ("x: {{ no }}", "{}", "G514 22:4 no variable \"no\""),
        (
            "grpc-x: 1",
            "{}",
            "G521 5:1 not run: document 2 of the file has errors\nG216 22:1 names that start with `grpc-` belong to the protocol: choose another",
        ),
        (
            "x-bin: %",
            "{}",
            "G216 22:1 header `x-bin`: the value of a `-bin` header is base64",
        ),
        (
            "",
            "{ \"id\": \"{{ idd }}\" }",
            "G514 25:9 no variable \"idd\"; did you mean \"id\"?",
        ),
        (
            "",
            "{ \"count\": \"{{ id }}\" }",
            "G516 25:12 count: expected a whole number, got \"meta\"",
        ),
    ] {
        let found = servers.faults(port, &second(headers, request));
        assert_eq!(found, expected, "{headers}\n{request}");
    }
}

#[test]
fn order_and_number_of_messages() {
    let servers = Servers::new();
    let (_mock, port) = servers.of(PROTO, STUBS, None);
    let head = "--- ADDRESS ---\nlocalhost:PORT\n\n--- ENDPOINT ---\nt.Things/Get\n\n";
    for (rest, expected) in [
        (
            "--- RESPONSE ---\n{}\n\n--- REQUEST ---\n{ \"id\": \"empty\" }\n",
            "G315 7:1 RESPONSE stands before the last REQUEST, and Get answers only after it: move it down",
        ),
        (
            "#[repeat(2)]\n--- REQUEST ---\n{ \"id\": \"empty\" }\n\n--- RESPONSE ---\n{}\n",
            "G313 9:1 Get takes one request message: delete the others",
        ),
        (
            "#[skip]\n--- REQUEST ---\n{ \"id\": \"x\" }\n\n--- REQUEST ---\n{ \"id\": \"empty\" }\n\n--- RESPONSE ---\n{}\n",
            "passed",
        ),
    ] {
        assert_eq!(servers.faults(port, &format!("{head}{rest}")), expected, "{rest}");
    }
}

#[test]
fn what_comes_from_the_environment_is_not_shown() {
    let servers = Servers::new();
    let (_mock, port) = servers.of(PROTO, STUBS, None);
    let text = call(
        "Get",
        "empty",
        "--- RESPONSE ---\n{ \"id\": \"{{ env.GCTF_TEST_SECRET }}\" }",
    );
    servers.write("secret.gctf", &text.replace("PORT", &port.to_string()));
    let output = crate::support::command(servers.path(), &["run", "secret.gctf"])
        .env("GCTF_TEST_SECRET", "hunter2")
        .output()
        .expect("the binary starts");
    let printed = crate::support::stdout(&output);
    assert!(printed.contains("expected \"***\", got nothing"), "{printed}");
    assert!(!printed.contains("hunter2"), "{printed}");
}
