//! Which stub answers, what is said where none does, and stubs that cannot be used.

use super::shapes::{Note, PROTO, note};
use crate::support::client::{call, connect};
use crate::support::servers::Servers;
use crate::support::{gctf, stderr};
use tonic::metadata::MetadataMap;

/// The text that `One` answers with, or the message of its status.
fn ask(servers: &Servers, port: u16, request: Note, headers: &[(&'static str, &str)]) -> String {
    let mut metadata = MetadataMap::new();
    for (name, value) in headers {
        metadata.append(*name, value.parse().expect("a header"));
    }
    servers.block_on(async {
        let channel = connect(port, None).await.expect("a connection");
        match call::<Note, Note>(&channel, "/s.Shapes/One", vec![request], metadata).await {
            Err(status) => status.message().to_owned(),
            Ok(reply) => match (reply.messages.first(), reply.end) {
                (_, Err(status)) => status.message().to_owned(),
                (Some(note), Ok(_)) => note.text.clone(),
                (None, Ok(_)) => "nothing".to_owned(),
            },
        }
    })
}

fn stub(rest: &str, answer: &str) -> String {
    format!("- {{ service: Shapes, method: One, {rest}, output: {{ data: {{ text: {answer} }} }} }}\n")
}

#[test]
fn matchers_and_their_order() {
    let full = Note {
        text: "docs/a.pdf".to_owned(),
        number: 7,
        big: 9_007_199_254_740_993,
        ratio: 0.1,
        tags: vec!["a".to_owned(), "b".to_owned()],
    };
    let equals = |fields: &str| format!("input: {{ equals: {{ {fields} }} }}");
    let cases: [(&[String], &str); 14] = [
        (&[stub("input: {}", "any")], "any"),
        (&[stub(&equals("number: 7"), "right")], "right"),
        (&[stub(&equals("number: '7', big: 9007199254740993"), "right")], "right"),
        (&[stub(&equals("ratio: 0.1"), "right")], "right"),
        (
            &[stub(
                "input: { equals: { tags: [b, a] }, ignoreArrayOrder: true }",
                "right",
            )],
            "right",
        ),
        (&[stub("input: { contains: { tags: [b] } }", "right")], "right"),
        (&[stub("input: { glob: { text: 'docs/*.pdf' } }", "right")], "right"),
        (&[stub("input: { matches: { text: 'a[.]pdf$' } }", "right")], "right"),
        (
            &[stub(
                "input: { anyOf: [ { equals: { number: 1 } }, { equals: { number: 7 } } ] }",
                "right",
            )],
            "right",
        ),
        // More listed fields beat a priority, a priority beats a sharper matcher, then the order of the file.
        (
            &[
                stub(&format!("{}, priority: 5", equals("number: 7")), "one"),
                stub(&equals("number: 7, text: docs/a.pdf"), "two"),
            ],
            "two",
        ),
        (
            &[
                stub(&equals("number: 7"), "equals"),
                stub("input: { contains: { number: 7 } }, priority: 1", "contains"),
            ],
            "contains",
        ),
        (
            &[
                stub("input: { contains: { number: 7 } }", "contains"),
                stub("input: { matches: { text: pdf } }", "matches"),
                stub(&equals("number: 7"), "equals"),
            ],
            "equals",
        ),
        (
            &[
                stub(&equals("number: 7"), "plain"),
                stub(
                    &format!("{}, headers: {{ equals: {{ X-A: '1;2' }} }}", equals("number: 7")),
                    "headers",
                ),
            ],
            "headers",
        ),
        (&[stub("input: {}", "first"), stub("input: {}", "second")], "first"),
    ];
    let servers = Servers::new();
    for (stubs, expected) in cases {
        let (_mock, port) = servers.of(PROTO, &stubs.concat(), None);
        let found = ask(&servers, port, full.clone(), &[("x-a", "1"), ("x-a", "2")]);
        assert_eq!(found, expected, "{}", stubs.concat());
    }
}

#[test]
fn what_is_used_up_is_passed_over() {
    let servers = Servers::new();
    let stubs = format!(
        "{}{}",
        stub("input: { equals: { text: a } }, options: { times: 2 }", "twice"),
        stub("input: {}, options: { times: 1 }", "once")
    );
    let (_mock, port) = servers.of(PROTO, &stubs, None);
    let found: Vec<_> = (0..4).map(|_| ask(&servers, port, note("a"), &[])).collect();
    assert_eq!(found[..3], ["twice", "twice", "once"]);
    assert!(found[3].contains("which is used up"), "{}", found[3]);
}

#[test]
fn the_nearest_stub_is_named_with_its_differences() {
    let servers = Servers::new();
    let stubs = format!(
        "{}{}",
        stub("input: { equals: { text: a, number: 1, ratio: 0.5 } }", "far"),
        stub(
            "input: { equals: { text: b, number: 7 } }, headers: { equals: { x-a: '1' } }",
            "near"
        )
    );
    let (_mock, port) = servers.of(PROTO, &stubs, None);
    let request = Note { number: 7, ..note("c") };
    let found = ask(&servers, port, request, &[("x-a", "1")]);
    let folder = servers.path().display().to_string();
    assert_eq!(
        found.replace(&folder, "."),
        "no stub matches s.Shapes/One {\"text\":\"c\",\"number\":7,\"big\":\"0\",\"ratio\":0.0,\"tags\":[]}; nearest: ./stubs.yaml stub 2: text: expected \"b\", got \"c\""
    );
    let (_mock, port) = servers.of(PROTO, "", None);
    let found = ask(&servers, port, note("c"), &[]);
    assert!(found.ends_with("; there is none for this method"), "{found}");
}

#[test]
fn stubs_that_cannot_be_used() {
    let servers = Servers::new();
    servers.write("service.proto", PROTO);
    for (stubs, expected) in [
        (
            "- { service: Shape, method: One }",
            "stub 1: no service \"Shape\"; did you mean \"s.Shapes\"?",
        ),
        (
            "- { service: Shapes, method: Onw }",
            "stub 1: s.Shapes has no method \"Onw\"; did you mean \"One\"?",
        ),
        (
            "- { service: Shapes, method: One, input: { equals: { txet: a } } }",
            "stub 1: s.Note has no field \"txet\"; did you mean \"text\"?",
        ),
        (
            "- { service: Shapes, method: One, input: { equal: { text: a } } }",
            "stub 1: input.equal: unknown field `equal`, expected one of `equals`",
        ),
        (
            "- { service: Shapes, method: One, ouput: {} }",
            "stub 1: a stub has no member \"ouput\"; did you mean \"output\"?",
        ),
        (
            "- { service: Shapes, method: One, output: { dat: {} } }",
            "stub 1: an output has no member \"dat\"; did you mean \"data\"?",
        ),
        (
            "- { service: Shapes, method: One, output: { data: { number: many } } }",
            "stub 1: the output is no s.Note",
        ),
        (
            "- { service: Shapes, method: One, input: { matches: { text: '(' } } }",
            "stub 1: `(` is no regular expression",
        ),
        (
            "- { service: Shapes, method: One, output: { code: NOWHERE } }",
            "stub 1: \"NOWHERE\" is no status code: write 5 or NOT_FOUND",
        ),
        (
            "- { service: Shapes, method: One, output: { delay: soon } }",
            "stub 1: `soon` is no duration: write 150ms, 1s or 1h30m",
        ),
        (
            "- { service: Shapes, method: One, options: { tiems: 1 } }",
            "stub 1: options.tiems: unknown field `tiems`, expected `times`",
        ),
        (
            "- { service: Shapes, method: One, input: { anyOf: [ { anyOf: [ {} ] } ] } }",
            "stub 1: `anyOf` stands inside `anyOf`: write one list",
        ),
        (
            "- { service: Shapes, method: One, input: { glob: { text: 'a[b' } } }",
            "stub 1: `a[b` is no pattern: `[` is not closed",
        ),
        (
            "- { service: Shapes, method: Down, output: { stream: [ { _gripmock: { dleay: 1s } } ] } }",
            "stub 1: _gripmock has no member \"dleay\"; did you mean \"delay\"?",
        ),
        (
            "- { service: Shapes, method: One, output: { error: no, code: OK } }",
            "stub 1: an error cannot have the code OK: write another code",
        ),
        (
            "- { service: Shapes, method: One, output: { code: 5, details: [ { reason: x } ] } }",
            "stub 1: details[0]: has no type: add \"type\"",
        ),
        (
            "- { service: Shapes, method: One, output: { code: 5, details: [ { type: a/b.C } ] } }",
            "stub 1: details[0]: the type a/b.C is not known here",
        ),
        (
            "- { service: Shapes, method: Up, output: { stream: [ {}, {} ] } }",
            "stub 1: Up answers with one message: write it as `data`",
        ),
        (
            "- { service: Shapes, method: One, output: { headers: { grpc-x: 1 } } }",
            "stub 1: header `grpc-x`: names that start with `grpc-` are reserved",
        ),
        ("- service: [", "stubs.yaml: "),
    ] {
        servers.write("stubs.yaml", stubs);
        let output = gctf(
            servers.path(),
            &["mock", "service.proto", "-s", "stubs.yaml", "--listen", "localhost:0"],
        );
        assert_eq!(output.status.code(), Some(1), "{stubs}");
        let found = stderr(&output);
        assert!(found.contains(expected), "{stubs}: {found}");
    }
}
