//! Streams against our own mock: how sections take events, what expressions see, what ends a document.

use crate::mock::shapes::PROTO;
use crate::support::servers::Servers;
use gctf_lsp::grpc::call::{Call, CallOptions, Event};
use gctf_lsp::grpc::connection::{CONNECT_TIMEOUT, Connection};
use gctf_lsp::target::Target;
use hyper::body::{Body, Bytes, Frame};
use std::pin::Pin;
use std::sync::mpsc::{Sender, channel};
use std::task::{Context, Poll};
use std::time::Duration;

const STUBS: &str = r#"
- { service: Shapes, method: One, input: { equals: { text: a } }, output: { data: { text: A } } }
- { service: Shapes, method: Down, input: { equals: { text: three } }, output: { stream: [ { text: M1, number: 1 }, { text: M2, number: 2 }, { text: M3, number: 3 } ], headers: { x-h: "1" }, trailers: { x-t: "4" } } }
- { service: Shapes, method: Down, input: { equals: { text: none } }, output: { stream: [], trailers: { x-t: "5" } } }
- { service: Shapes, method: Down, input: { equals: { text: late } }, output: { stream: [ { text: M1 } ], error: no such room, code: 5 } }
- { service: Shapes, method: Down, input: { equals: { text: failing } }, output: { stream: [], error: no such room, code: 5 } }
- { service: Shapes, method: Down, input: { equals: { text: slow } }, output: { stream: [ { text: M1 }, { text: M2, _gripmock: { delay: 60s } } ] } }
- { service: Shapes, method: Down, input: { equals: { text: "" } }, output: { stream: [ { text: empty } ] } }
- { service: Shapes, method: Up, inputs: [ { equals: { text: a } }, { equals: { text: a } }, { equals: { text: b } } ], output: { data: { text: AAB } } }
- { service: Shapes, method: Both, inputs: [ { equals: { text: a } }, { equals: { text: A1 } } ], output: { stream: [ { text: A }, { text: B }, { text: C } ] } }
"#;

fn document(method: &str, text: &str, rest: &str) -> String {
    format!(
        "--- ADDRESS ---\nlocalhost:PORT\n\n--- ENDPOINT ---\ns.Shapes/{method}\n\n--- REQUEST ---\n{{ \"text\": \"{text}\" }}\n\n{rest}\n"
    )
}

fn check(cases: &[(&str, &str, &str, &str)]) {
    let servers = Servers::new();
    let (_mock, port) = servers.of(PROTO, STUBS, None);
    let mut wrong = String::new();
    for (method, text, rest, expected) in cases {
        let document = document(method, text, rest);
        // The wait of a section and the call's deadline end at almost the same moment; either may tell.
        let found = servers.faults(port, &document);
        let found = found.replace("the call was not over within", "nothing within");
        if found != *expected {
            wrong.push_str(&format!("{document}expected: {expected}\nfound:    {found}\n\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn each_expectation_takes_the_next_event() {
    let two = "--- RESPONSE ---\n{ \"text\": \"M1\", \"number\": 1 }\n{ \"text\": \"M2\", \"number\": 2 }\n\n";
    let third = "--- ASSERTS ---\n.text == \"M3\"\n@trailer(\"x-t\") == null and @header(\"x-h\") == \"1\"\n@scope.message_count == 1 and @scope.index == 2\n\n";
    let end = "--- ASSERTS ---\n.text == \"M3\" and @trailer(\"x-t\") == \"4\"\n@scope.index == 3\n";
    let repeated = "#[repeat(3)]\n--- ASSERTS ---\n.text | startswith(\"M\")\n\n";
    let skipped = "#[skip]\n--- RESPONSE ---\n{ \"text\": \"never\" }\n\n";
    check(&[
        ("Down", "three", &format!("{two}{third}{end}"), "passed"),
        ("Down", "three", &format!("{skipped}{two}{third}"), "passed"),
        (
            "Down",
            "three",
            two,
            "G508 12:1 got an extra message {\"text\":\"M3\",\"number\":3}: use `partial` or one more section",
        ),
        (
            "Down",
            "three",
            "--- ASSERTS ---\n.text == \"M1\"\n",
            "G524 10:1 2 more messages came and were not looked at",
        ),
        (
            "Down",
            "three",
            &format!("{two}--- ASSERTS ---\n.text == \"M4\"\n"),
            "G502 15:1 #3: `.text == \"M4\"`: got \"M3\", expected \"M4\"",
        ),
        ("Down", "three", repeated, "passed"),
        (
            "Down",
            "three",
            "#[repeat(4)]\n--- RESPONSE partial ---\n{ \"text\": \"*\" }\n",
            "G507 12:1 the stream ended after 3 of 4 messages",
        ),
        (
            "Down",
            "three",
            "#[repeat(3)]\n--- RESPONSE partial ---\n{ \"text\": \"*\" }\n",
            "passed",
        ),
        ("Down", "none", "--- RESPONSE ---\n", "passed"),
        (
            "Down",
            "none",
            "--- ASSERTS ---\n. == null and @trailer(\"x-t\") == \"5\" and @scope.message_count == 0\n",
            "passed",
        ),
        (
            "Down",
            "three",
            "--- RESPONSE ---\n",
            "G508 10:1 got {\"text\":\"M1\",\"number\":1}, and an empty RESPONSE expects no message: write `{}`",
        ),
        (
            "Down",
            "three",
            "--- EXTRACT ---\nx = .text\n",
            "G202 5:1 got {\"text\":\"M1\",\"number\":1}, and nothing is expected: add RESPONSE, ERROR or ASSERTS",
        ),
    ]);
}

#[test]
fn attached_assertions_see_every_message() {
    let all =
        "--- RESPONSE with_asserts partial ---\n{ \"text\": \"*\" }\n{ \"text\": \"*\" }\n{ \"text\": \"*\" }\n\n";
    let whole = all
        .replace(" partial", "")
        .replace("\"*\" }", "\"*\", \"number\": \"*\" }");
    let lines = "--- ASSERTS ---\n.number > 1\n@trailer(\"x-t\") == \"4\" and @scope.message_count == 3 and @scope.index == 1\n";
    let between = "--- EXTRACT ---\nlast = .number\n\n--- ASSERTS ---\n$last == 3 and .number <= $last\n";
    let first =
        "--- RESPONSE with_asserts ---\n{ \"text\": \"M1\", \"number\": 1 }\n\n--- ASSERTS ---\n.number == 1\n\n";
    let next = "--- ASSERTS ---\n.number == 2\n\n--- ASSERTS ---\n.number == 3\n\n--- EXTRACT ---\nn = .number\n";
    check(&[
        (
            "Down",
            "three",
            &format!("{whole}{lines}"),
            "G502 16:1 #1: `.number > 1`: got 1, expected > 1",
        ),
        ("Down", "three", &format!("{all}{between}"), "passed"),
        ("Down", "three", &format!("{first}{next}"), "passed"),
        (
            "Down",
            "three",
            first,
            "G508 11:1 got an extra message {\"text\":\"M2\",\"number\":2}: use `partial` or one more section",
        ),
    ]);
}

#[test]
fn errors_in_streams() {
    let one = "--- RESPONSE ---\n{ \"text\": \"M1\" }\n\n";
    let error = "--- ERROR ---\n{ \"code\": \"NOT_FOUND\", \"message\": \"no such room\" }\n\n";
    let after = "--- ASSERTS ---\n.code == 5 and .message == \"no such room\"\n\n--- EXTRACT ---\ncode = .code\n";
    check(&[
        ("Down", "late", &format!("{one}{error}{after}"), "passed"),
        ("Down", "late", &format!("{one}{after}"), "passed"),
        (
            "Down",
            "late",
            &format!("{one}--- ASSERTS ---\n.text != \"x\"\n"),
            "G504 13:1 NOT_FOUND (5): no such room",
        ),
        (
            "Down",
            "late",
            &format!("{one}{}", error.replace("NOT_FOUND", "ABORTED")),
            "G506 14:11 $.code: expected \"ABORTED\", got \"NOT_FOUND (5)\"",
        ),
        ("Down", "late", one, "G509 11:1 NOT_FOUND (5): no such room"),
        (
            "Down",
            "late",
            error,
            "G505 10:1 got {\"text\":\"M1\"}, expected an error",
        ),
        ("Down", "failing", &format!("{error}{after}"), "passed"),
        ("Down", "failing", one, "G504 11:1 NOT_FOUND (5): no such room"),
    ]);
}

#[test]
fn partial_ends_the_call() {
    let one = "--- RESPONSE partial ---\n{ \"text\": \"M1\" }\n";
    let asserts = "--- ASSERTS ---\n.text == \"M1\"\n";
    let options = "--- OPTIONS ---\npartial: true\n\n";
    let timeout = "#[timeout(1)]\n--- RESPONSE ---\n{ \"text\": \"M1\" }\n";
    check(&[
        ("Down", "slow", one, "passed"),
        ("Down", "slow", &format!("{options}{asserts}"), "passed"),
        (
            "Down",
            "slow",
            &format!("{}{asserts}", one.replace("partial", "partial with_asserts")),
            "passed",
        ),
        (
            "Down",
            "slow",
            timeout,
            "G518 12:1 the stream was still open at the deadline and was cancelled",
        ),
        (
            "Down",
            "slow",
            &format!("{timeout}{{ \"text\": \"M2\" }}\n"),
            "G510 13:1 DEADLINE_EXCEEDED (4): nothing within 1 s",
        ),
        (
            "Down",
            "slow",
            "--- RESPONSE ---\n{ \"text\": \"M1\" }\n\n#[timeout(1)]\n--- ASSERTS ---\n.code == 4\n\n#[timeout(9)]\n--- ASSERTS ---\n.code == 4\n",
            "passed",
        ),
        (
            "Down",
            "slow",
            "--- RESPONSE ---\n{ \"text\": \"M1\" }\n\n#[timeout(1)]\n--- ASSERTS ---\n.text == \"M2\"\n\n#[timeout(9)]\n--- ASSERTS ---\ntrue\n",
            "G510 14:1 DEADLINE_EXCEEDED (4): nothing within 1 s",
        ),
    ]);
}

#[test]
fn requests_of_every_shape() {
    let up = "#[repeat(1)]\n--- REQUEST ---\n{ \"text\": \"a\" }\n{ \"text\": \"b\" }\n\n--- RESPONSE ---\n{ \"text\": \"AAB\" }\n\n--- ASSERTS ---\n@scope.index == 1\n";
    let turns = "--- RESPONSE ---\n{ \"text\": \"A\" }\n\n--- EXTRACT ---\nword = .text\n\n--- REQUEST ---\n{ \"text\": \"{{word}}1\" }\n\n--- RESPONSE ---\n{ \"text\": \"B\" }\n{ \"text\": \"C\" }\n";
    check(&[
        ("Up", "a", up, "passed"),
        ("Both", "a", turns, "passed"),
        (
            "Both",
            "a",
            &turns.replace("{{word}}", "{{dataset.wrod}}"),
            "G514 17:11 no variable \"dataset.wrod\"",
        ),
        (
            "Both",
            "a",
            &turns.replace("\"{{word}}1\"", "5"),
            "G516 17:11 text: expected a string, got 5",
        ),
        (
            "Down",
            "three",
            "--- REQUEST ---\n\n--- RESPONSE ---\n{}\n",
            "G313 10:1 Down takes one request message: delete the others",
        ),
        (
            "Down",
            "three",
            "--- RESPONSE ---\n{}\n\n--- REQUEST ---\n{}\n",
            "G315 10:1 RESPONSE stands before the last REQUEST, and Down answers only after it: move it down",
        ),
        (
            "One",
            "a",
            "--- RESPONSE ---\n{ \"text\": \"A\" }\n\n#[repeat(2)]\n--- RESPONSE ---\n{ \"text\": \"A\" }\n",
            "G314 15:1 One answers with one message: delete the others",
        ),
    ]);
}

#[test]
fn without_a_request_an_empty_message_is_sent() {
    let servers = Servers::new();
    let (_mock, port) = servers.of(PROTO, STUBS, None);
    let text = "--- ADDRESS ---\nlocalhost:PORT\n\n--- ENDPOINT ---\ns.Shapes/Down\n\n--- RESPONSE ---\n{ \"text\": \"empty\" }\n";
    assert_eq!(servers.faults(port, text), "passed");
}

/// The body of a stream that never ends: one empty message, then nothing; tells when it is dropped.
struct Endless {
    has_sent: bool,
    dropped: Sender<()>,
}

impl Body for Endless {
    type Data = Bytes;
    type Error = tonic::Status;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, tonic::Status>>> {
        match std::mem::replace(&mut self.has_sent, true) {
            false => Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&[0; 5]))))),
            true => Poll::Pending,
        }
    }
}

impl Drop for Endless {
    fn drop(&mut self) {
        // The test may be over.
        let _ = self.dropped.send(());
    }
}

#[test]
fn dropping_a_call_resets_it_on_a_connection_that_stays() {
    let servers = Servers::new();
    let (dropped, dropping) = channel();
    let port = servers.http(move || {
        let body = tonic::body::Body::new(Endless {
            has_sent: false,
            dropped: dropped.clone(),
        });
        let response = http::Response::builder().header("content-type", "application/grpc");
        response.body(body).expect("a response")
    });
    let proto = servers.write("service.proto", PROTO);
    let loaded = gctf_lsp::grpc::protos::compile(&[proto], &[]).expect("a schema");
    let service = loaded
        .descriptors
        .pool
        .get_service_by_name("s.Shapes")
        .expect("a service");
    let method = service
        .methods()
        .find(|method| method.name() == "Down")
        .expect("a method");
    let target = Target {
        host: "localhost".to_owned(),
        port,
        tls: None,
    };
    servers.block_on(async {
        let connection = Connection::open(&target, CONNECT_TIMEOUT).await.expect("a connection");
        let options = CallOptions {
            metadata: Vec::new(),
            deadline: Duration::from_secs(600),
            gzip: false,
        };
        let mut call = Call::open(&connection, &method, &options);
        call.send(prost_reflect::DynamicMessage::new(method.input()));
        call.half_close();
        let first = call.next().await;
        assert!(matches!(first.event, Event::Message(_)), "{first:?}");
        drop(call);
        let waited = tokio::task::spawn_blocking(move || dropping.recv()).await;
        assert_eq!(waited.expect("a thread"), Ok(()));
        assert!(connection.is_open());
    });
}

/// Options of OPTIONS speak of RESPONSE, not of ERROR.
#[test]
fn options_are_defaults_of_responses() {
    let options = "--- OPTIONS ---\npartial: true\nwith_asserts: true\n\n";
    let response = "--- RESPONSE ---\n{ \"text\": \"M1\" }\n{ \"text\": \"M2\" }\n\n";
    check(&[
        (
            "Down",
            "three",
            &format!("{options}{response}--- ASSERTS ---\n.number < 2\n"),
            "G502 19:1 #2: `.number < 2`: got 2, expected < 2",
        ),
        (
            "Down",
            "failing",
            &format!("{options}--- ERROR ---\n{{ \"code\": 5 }}\n"),
            "G506 15:1 $.message: unexpected, got \"no such room\"",
        ),
    ]);
}
