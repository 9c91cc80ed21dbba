//! Every shape of call against a server that others wrote (grpcio), with everything that can go wrong with it, over
//! every kind of connection: each verdict, and that the message names what differed.

use crate::support::many::{self, Ran};
use crate::support::peers::{Everywhere, python_everywhere, skip};
use crate::support::servers::Servers;
use std::collections::BTreeMap;

/// What a call of `method` that sends `texts` comes to, each in a REQUEST of its own.
fn call(method: &str, texts: &[&str], rest: &str) -> String {
    let requests: String = texts
        .iter()
        .map(|text| format!("--- REQUEST ---\n{{ \"text\": \"{text}\" }}\n\n"))
        .collect();
    format!("--- ENDPOINT ---\npeer.Peer/{method}\n\n{requests}{rest}\n")
}

/// RESPONSE with a value per text.
fn notes(options: &str, texts: &[&str]) -> String {
    let values: String = texts
        .iter()
        .map(|text| format!("{{ \"text\": \"{text}\" }}\n"))
        .collect();
    format!("--- RESPONSE{options} ---\n{values}\n")
}

const NOT_FOUND: &str = "--- ERROR partial ---\n{ \"code\": 5, \"message\": \"no such note\" }\n";

struct Case {
    text: String,
    /// With places as they are where ENDPOINT is the first line.
    expected: &'static str,
}

fn case(method: &str, requests: &[&str], rest: &str, expected: &'static str) -> Case {
    Case {
        text: call(method, requests, rest),
        expected,
    }
}

/// The name of a kind of connection, with what stands above ENDPOINT for it.
fn connections(server: &Everywhere) -> [(&'static str, String); 4] {
    let own = "client_cert: client.pem\nclient_key: client-key.pem\n";
    let head = |port: u16, settings: &str| format!("--- ADDRESS ---\nlocalhost:{port}\n\n{settings}");
    [
        ("plaintext", head(server.plaintext, "")),
        ("tls", head(server.tls, "--- TLS ---\nca_cert: ca.pem\n\n")),
        (
            "mutual-tls",
            head(server.mutual_tls, &format!("--- TLS ---\nca_cert: ca.pem\n{own}\n")),
        ),
        ("v1", head(server.v1, "")),
    ]
}

/// What is found, as [`Case::expected`] has it.
fn found(documents: &[Ran], head: &str) -> String {
    let above = head.lines().count();
    let mut documents = documents.to_vec();
    for finding in documents.iter_mut().flat_map(|document| &mut document.findings) {
        let (line, column) = finding.place.split_once(':').expect("a place");
        let line: usize = line.parse().expect("a line");
        finding.place = format!("{}:{column}", line - above);
    }
    // The wait of a section and the call's deadline end at almost the same moment; either may tell.
    many::faults(&documents).replace("nothing within", "the call was not over within")
}

/// What comes of `cases` over every connection, by connection and number; `None` where Python has no gRPC.
fn run(cases: &[Case], dying: usize) -> Option<BTreeMap<(&'static str, usize), String>> {
    let servers = Servers::new();
    let server = python_everywhere(&servers.certificates(), dying)?;
    let connections = connections(&server);
    for (name, head) in &connections {
        for (at, case) in cases.iter().enumerate() {
            servers.write(&format!("{name}.{at}.gctf"), &format!("{head}{}", case.text));
        }
    }
    let ran = many::run(servers.path(), &["-j", "64"]);
    let each = connections.iter().flat_map(|(name, head)| {
        let ran = &ran;
        let of = move |at: usize| found(&ran[&format!("{name}.{at}.gctf")], head);
        (0..cases.len()).map(move |at| ((*name, at), of(at)))
    });
    Some(each.collect())
}

#[test]
fn every_shape_over_every_connection() {
    let cases: Vec<_> = [unary(), server_streaming(), client_streaming(), both_ways()]
        .into_iter()
        .flatten()
        .collect();
    let Some(found) = run(&cases, 1) else {
        return skip("grpcio");
    };
    let mut wrong = String::new();
    for ((connection, at), found) in found {
        let Case { text, expected } = &cases[at];
        if found != *expected {
            wrong.push_str(&format!(
                "{connection}\n{text}expected: {expected}\nfound:    {found}\n\n"
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn the_server_dies() {
    let (one, two) = (notes("", &["a"]), notes("", &["a", "b"]));
    let cases = [
        case("Say", &["die"], &one, ""),
        case("Down", &["a die"], &two, ""),
        case("Up", &["a", "die"], &one, ""),
        case("Both", &["a", "die"], &two, ""),
    ];
    // Every call is in the middle when the server dies.
    let Some(found) = run(&cases, 4 * cases.len()) else {
        return skip("grpcio");
    };
    for ((connection, at), found) in found {
        // What was sent before may be lost with the connection, so the place depends on the machine.
        let (code, rest) = found.split_once(' ').unwrap_or_default();
        let message = rest.split_once(' ').map(|(_, message)| message).unwrap_or_default();
        let text = &cases[at].text;
        assert_eq!(code, "G511", "{connection} {text}{found}");
        assert!(
            message.starts_with("UNAVAILABLE (14): the connection to localhost:") && message.ends_with(" was lost"),
            "{connection} {text}{found}"
        );
    }
}

fn unary() -> Vec<Case> {
    let (one, wrong) = (notes(" partial", &["a"]), notes(" partial", &["b"]));
    let two = notes(" partial", &["a", "b"]);
    let slow = format!("#[timeout(3)]\n{one}");
    vec![
        case("Say", &["a"], &one, "passed"),
        case("Say", &["a"], &wrong, "G501 8:11 $.text: expected \"b\", got \"a\""),
        case(
            "Say",
            &["a"],
            &two,
            "G314 9:1 Say answers with one message: delete the others",
        ),
        case(
            "Say",
            &["a"],
            "--- RESPONSE ---\n",
            "G508 7:1 got {\"text\":\"a\",\"sent_at\":\"2023-11-14T22:13:20.005Z\"}, and an empty RESPONSE expects no message: write `{}`",
        ),
        case("Say", &["fail"], &one, "G504 2:1 NOT_FOUND (5): no such note"),
        case("Say", &["fail"], NOT_FOUND, "passed"),
        case(
            "Say",
            &["a"],
            NOT_FOUND,
            "G505 7:1 got {\"text\":\"a\",\"sent_at\":\"2023-11-14T22:13:20.005Z\"}, expected an error",
        ),
        case(
            "Say",
            &["sleep"],
            &slow,
            "G510 2:1 DEADLINE_EXCEEDED (4): no answer within 3 s",
        ),
    ]
}

fn server_streaming() -> Vec<Case> {
    let (two, wrong, one) = (notes("", &["a", "b"]), notes("", &["a", "c"]), notes("", &["a"]));
    let slow = format!("#[timeout(3)]\n{two}");
    let then_error = format!("{one}{NOT_FOUND}");
    let slow_error = format!("{one}#[timeout(3)]\n--- ERROR ---\n{{ \"code\": 4 }}\n");
    let open = format!("#[timeout(3)]\n{one}");
    vec![
        case("Down", &["a b"], &two, "passed"),
        case(
            "Down",
            &["a b"],
            &wrong,
            "G501 9:11 #2: $.text: expected \"c\", got \"b\"",
        ),
        case("Down", &["a"], &two, "G507 9:1 the stream ended after 1 of 2 messages"),
        case(
            "Down",
            &["a b"],
            &one,
            "G508 8:1 got an extra message {\"text\":\"b\"}: use `partial` or one more section",
        ),
        case("Down", &["a fail"], &two, "G504 9:1 NOT_FOUND (5): no such note"),
        case("Down", &["a fail"], &one, "G509 8:1 NOT_FOUND (5): no such note"),
        case("Down", &["a fail"], &then_error, "passed"),
        case(
            "Down",
            &["a b"],
            &then_error,
            "G505 10:1 got {\"text\":\"b\"}, expected an error",
        ),
        case("Down", &["a"], &then_error, "G505 10:1 got OK, expected an error"),
        case(
            "Down",
            &["a sleep"],
            &slow,
            "G510 10:1 DEADLINE_EXCEEDED (4): the call was not over within 3 s",
        ),
        case("Down", &["a sleep"], &slow_error, "passed"),
        case(
            "Down",
            &["a sleep"],
            &open,
            "note G518 9:1 the stream was still open at the deadline and was cancelled",
        ),
    ]
}

fn client_streaming() -> Vec<Case> {
    let (both, wrong) = (notes("", &["a b"]), notes("", &["a c"]));
    let two = notes("", &["a b", "c"]);
    let slow = format!("#[timeout(3)]\n{both}");
    vec![
        case("Up", &["a", "b"], &both, "passed"),
        case(
            "Up",
            &["a", "b"],
            &wrong,
            "G501 11:11 $.text: expected \"a c\", got \"a b\"",
        ),
        case(
            "Up",
            &["a", "b"],
            &two,
            "G314 12:1 Up answers with one message: delete the others",
        ),
        case(
            "Up",
            &["a", "b"],
            "--- RESPONSE ---\n",
            "G508 10:1 got {\"text\":\"a b\"}, and an empty RESPONSE expects no message: write `{}`",
        ),
        case("Up", &["a", "fail"], &both, "G504 2:1 NOT_FOUND (5): no such note"),
        case("Up", &["a", "fail"], NOT_FOUND, "passed"),
        case(
            "Up",
            &["a", "b"],
            NOT_FOUND,
            "G505 10:1 got {\"text\":\"a b\"}, expected an error",
        ),
        case(
            "Up",
            &["a", "sleep"],
            &slow,
            "G510 2:1 DEADLINE_EXCEEDED (4): no answer within 3 s",
        ),
    ]
}

fn both_ways() -> Vec<Case> {
    let (two, wrong, one) = (notes("", &["a", "b"]), notes("", &["a", "c"]), notes("", &["a"]));
    let turns = format!(
        "{one}--- EXTRACT ---\nword = .text + \"x\"\n\n--- REQUEST ---\n{{ \"text\": \"{{{{word}}}}\" }}\n\n{}",
        notes("", &["ax"])
    );
    let wrong_turns = turns.replace("\"ax\"", "\"bx\"");
    let early = format!("#[timeout(3)]\n{two}--- REQUEST ---\n{{ \"text\": \"b\" }}\n");
    let then_error = format!("{one}{NOT_FOUND}");
    let slow = format!("#[timeout(3)]\n{two}");
    let slow_error = format!("{one}#[timeout(3)]\n--- ERROR ---\n{{ \"code\": 4 }}\n");
    vec![
        case(
            "Both",
            &["a", "sleep"],
            &slow,
            "G510 13:1 DEADLINE_EXCEEDED (4): the call was not over within 3 s",
        ),
        case("Both", &["a", "sleep"], &slow_error, "passed"),
        case("Both", &["a", "b"], &two, "passed"),
        case("Both", &["a"], &turns, "passed"),
        case(
            "Both",
            &["a"],
            &wrong_turns,
            "G501 17:11 #2: $.text: expected \"bx\", got \"ax\"",
        ),
        case(
            "Both",
            &["a", "b"],
            &wrong,
            "G501 12:11 #2: $.text: expected \"c\", got \"b\"",
        ),
        case("Both", &["a"], &two, "G507 9:1 the stream ended after 1 of 2 messages"),
        case(
            "Both",
            &["a", "b"],
            &one,
            "G508 11:1 got an extra message {\"text\":\"b\"}: use `partial` or one more section",
        ),
        case("Both", &["a", "fail"], &two, "G504 12:1 NOT_FOUND (5): no such note"),
        case("Both", &["a", "fail"], &one, "G509 11:1 NOT_FOUND (5): no such note"),
        case("Both", &["a", "fail"], &then_error, "passed"),
        case(
            "Both",
            &["a", "b"],
            &then_error,
            "G505 13:1 got {\"text\":\"b\"}, expected an error",
        ),
        case(
            "Both",
            &["a"],
            &early,
            "G510 10:1 DEADLINE_EXCEEDED (4): the call was not over within 3 s: the server may answer only after the last REQUEST, which stands below",
        ),
    ]
}
