//! Every shape of call against a server that others wrote (grpcio), with everything that can go wrong with it:
//! each verdict, and that the message names what differed.

use crate::support::peers::{python_server, skip};
use crate::support::servers::Servers;

/// What a call of `method` that sends `texts` comes to, each in a REQUEST of its own.
fn call(method: &str, texts: &[&str], rest: &str) -> String {
    let requests: String = texts
        .iter()
        .map(|text| format!("--- REQUEST ---\n{{ \"text\": \"{text}\" }}\n\n"))
        .collect();
    format!("--- ADDRESS ---\nlocalhost:PORT\n\n--- ENDPOINT ---\npeer.Peer/{method}\n\n{requests}{rest}\n")
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

#[derive(Clone, Copy)]
struct Case<'a> {
    method: &'a str,
    requests: &'a [&'a str],
    rest: &'a str,
    expected: &'a str,
}

fn check(cases: &[Case<'_>]) {
    let servers = Servers::new();
    let Some((_server, port)) = python_server(&[]) else {
        return skip("grpcio");
    };
    let mut wrong = String::new();
    for case in cases {
        let text = call(case.method, case.requests, case.rest);
        // The wait of a section and the call's deadline end at almost the same moment; either may tell.
        let found = servers.faults(port, &text);
        let found = found.replace("nothing within", "the call was not over within");
        if found != case.expected {
            wrong.push_str(&format!("{text}expected: {}\nfound:    {found}\n\n", case.expected));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

fn case<'a>(method: &'a str, requests: &'a [&'a str], rest: &'a str, expected: &'a str) -> Case<'a> {
    Case {
        method,
        requests,
        rest,
        expected,
    }
}

#[test]
fn unary() {
    let (one, wrong) = (notes(" partial", &["a"]), notes(" partial", &["b"]));
    let two = notes(" partial", &["a", "b"]);
    let slow = format!("#[timeout(3)]\n{one}");
    check(&[
        case("Say", &["a"], &one, "passed"),
        case("Say", &["a"], &wrong, "G501 11:11 $.text: expected \"b\", got \"a\""),
        case(
            "Say",
            &["a"],
            &two,
            "G314 12:1 Say answers with one message: delete the others",
        ),
        case("Say", &["fail"], &one, "G504 5:1 NOT_FOUND (5): no such note"),
        case("Say", &["fail"], NOT_FOUND, "passed"),
        case(
            "Say",
            &["a"],
            NOT_FOUND,
            "G505 10:1 got {\"text\":\"a\",\"sent_at\":\"2023-11-14T22:13:20.005Z\"}, expected an error",
        ),
        case(
            "Say",
            &["sleep"],
            &slow,
            "G510 5:1 DEADLINE_EXCEEDED (4): no answer within 3 s",
        ),
    ]);
}

#[test]
fn server_streaming() {
    let (two, wrong, one) = (notes("", &["a", "b"]), notes("", &["a", "c"]), notes("", &["a"]));
    let slow = format!("#[timeout(3)]\n{two}");
    let then_error = format!("{one}{NOT_FOUND}");
    let slow_error = format!("{one}#[timeout(3)]\n--- ERROR ---\n{{ \"code\": 4 }}\n");
    let open = format!("#[timeout(3)]\n{one}");
    check(&[
        case("Down", &["a b"], &two, "passed"),
        case("Down", &["a b"], &wrong, "G501 12:11 $.text: expected \"c\", got \"b\""),
        case("Down", &["a"], &two, "G507 12:1 the stream ended after 1 of 2 messages"),
        case(
            "Down",
            &["a b"],
            &one,
            "G508 11:1 got an extra message {\"text\":\"b\"}: use `partial` or one more section",
        ),
        case("Down", &["a fail"], &two, "G504 12:1 NOT_FOUND (5): no such note"),
        case("Down", &["a fail"], &one, "G509 11:1 NOT_FOUND (5): no such note"),
        case("Down", &["a fail"], &then_error, "passed"),
        case(
            "Down",
            &["a b"],
            &then_error,
            "G505 13:1 got {\"text\":\"b\"}, expected an error",
        ),
        case("Down", &["a"], &then_error, "G505 13:1 got OK, expected an error"),
        case(
            "Down",
            &["a sleep"],
            &slow,
            "G510 13:1 DEADLINE_EXCEEDED (4): the call was not over within 3 s",
        ),
        case("Down", &["a sleep"], &slow_error, "passed"),
        case(
            "Down",
            &["a sleep"],
            &open,
            "G518 12:1 the stream was still open at the deadline and was cancelled",
        ),
    ]);
}

#[test]
fn client_streaming() {
    let (both, wrong) = (notes("", &["a b"]), notes("", &["a c"]));
    let two = notes("", &["a b", "c"]);
    let slow = format!("#[timeout(3)]\n{both}");
    check(&[
        case("Up", &["a", "b"], &both, "passed"),
        case(
            "Up",
            &["a", "b"],
            &wrong,
            "G501 14:11 $.text: expected \"a c\", got \"a b\"",
        ),
        case(
            "Up",
            &["a", "b"],
            &two,
            "G314 15:1 Up answers with one message: delete the others",
        ),
        case(
            "Up",
            &["a", "b"],
            "--- RESPONSE ---\n",
            "G508 13:1 got {\"text\":\"a b\"}, and an empty RESPONSE expects no message: write `{}`",
        ),
        case("Up", &["a", "fail"], &both, "G504 5:1 NOT_FOUND (5): no such note"),
        case("Up", &["a", "fail"], NOT_FOUND, "passed"),
        case(
            "Up",
            &["a", "b"],
            NOT_FOUND,
            "G505 13:1 got {\"text\":\"a b\"}, expected an error",
        ),
        case(
            "Up",
            &["a", "sleep"],
            &slow,
            "G510 5:1 DEADLINE_EXCEEDED (4): no answer within 3 s",
        ),
    ]);
}

#[test]
fn both_ways() {
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
    check(&[
        case(
            "Both",
            &["a", "sleep"],
            &slow,
            "G510 16:1 DEADLINE_EXCEEDED (4): the call was not over within 3 s",
        ),
        case("Both", &["a", "sleep"], &slow_error, "passed"),
        case("Both", &["a", "b"], &two, "passed"),
        case("Both", &["a"], &turns, "passed"),
        case(
            "Both",
            &["a"],
            &wrong_turns,
            "G501 20:11 $.text: expected \"bx\", got \"ax\"",
        ),
        case(
            "Both",
            &["a", "b"],
            &wrong,
            "G501 15:11 $.text: expected \"c\", got \"b\"",
        ),
        case("Both", &["a"], &two, "G507 12:1 the stream ended after 1 of 2 messages"),
        case(
            "Both",
            &["a", "b"],
            &one,
            "G508 14:1 got an extra message {\"text\":\"b\"}: use `partial` or one more section",
        ),
        case("Both", &["a", "fail"], &two, "G504 15:1 NOT_FOUND (5): no such note"),
        case("Both", &["a", "fail"], &one, "G509 14:1 NOT_FOUND (5): no such note"),
        case("Both", &["a", "fail"], &then_error, "passed"),
        case(
            "Both",
            &["a", "b"],
            &then_error,
            "G505 16:1 got {\"text\":\"b\"}, expected an error",
        ),
        case(
            "Both",
            &["a"],
            &early,
            "G510 13:1 DEADLINE_EXCEEDED (4): the call was not over within 3 s: the server may answer only after the last REQUEST, which stands below",
        ),
    ]);
}

#[test]
fn the_server_dies() {
    for (method, requests) in [
        ("Say", &["die"][..]),
        ("Down", &["a die"]),
        ("Up", &["a", "die"]),
        ("Both", &["a", "die"]),
    ] {
        let servers = Servers::new();
        let Some((_server, port)) = python_server(&[]) else {
            return skip("grpcio");
        };
        let found = servers.faults(port, &call(method, requests, &notes("", &["a", "b"])));
        // What was sent before may be lost with the connection, so the place depends on the machine.
        let (code, rest) = found.split_once(' ').unwrap_or_default();
        let message = rest.split_once(' ').map(|(_, message)| message);
        assert_eq!(
            (code, message),
            (
                "G511",
                Some("UNAVAILABLE (14): the connection to localhost:PORT was lost")
            ),
            "{method}: {found}"
        );
    }
}
