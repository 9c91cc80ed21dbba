//! A server that others wrote: grpcio, which knows reflection v1alpha only. In plaintext, over TLS and mutual TLS.

use crate::support::peers::{python_server, skip};
use crate::support::servers::Servers;

const CALL: &str = "--- ENDPOINT ---\npeer.Peer/Say\n\n";
const REQUEST: &str = r#"--- REQUEST_HEADERS ---
x-one: 1
x-one: 2
x-data-bin: AP8Q

--- REQUEST ---
{
  text: "hello",
  bigNumber: 9007199254740993,
  ratio: 0.1,
  data: "AP8Q",
  kind: "LOUD",
  tags: ["a", "b"],
  extra: { "@type": "type.googleapis.com/peer.Unlisted", word: "w" }
}

"#;
const CHECKS: &str = r#"--- RESPONSE ---
{
  "text": "hello",
  "big_number": "9007199254740993",
  "ratio": 0.1,
  "data": "AP8Q",
  "sentAt": "2023-11-14T22:13:20.005Z",
  "kind": "LOUD",
  "tags": ["a", "b"],
  "extra": { "@type": "*", "word": "w" }
}

--- ASSERTS ---
.bigNumber // .big_number == "9007199254740993"
@header("x-one") == "1" and @header("x-data-bin") == "AP8Q"
@trailer("t-x-one") == "1" and @trailer("t-x-data-bin") == "AP8Q"
.ratio == 0.1
"#;

fn at(settings: &str, rest: &str) -> String {
    format!("--- ADDRESS ---\nlocalhost:PORT\n\n{settings}{CALL}{rest}")
}

#[test]
fn plaintext() {
    let servers = Servers::new();
    let Some((_server, port)) = python_server(&[]) else {
        return skip("grpcio");
    };
    let say = |text: &str, rest: &str| at("", &format!("--- REQUEST ---\n{{ \"text\": \"{text}\" }}\n\n{rest}\n"));
    let whole = "--- ERROR ---\n{ \"code\": \"NOT_FOUND\", \"message\": \"no such note\", \"details\": [{ \"@type\": \"*\", \"reason\": \"GONE\", \"domain\": \"peer\" }] }\n\n--- ASSERTS ---\n.details[0].reason == \"GONE\"";
    for (text, expected) in [
        (at("", &format!("{REQUEST}{CHECKS}")), "passed"),
        (say("fail", whole), "passed"),
        (
            say("fail", "--- RESPONSE ---\n{}"),
            "G504 5:1 NOT_FOUND (5): no such note",
        ),
        (say("sleep", "#[timeout(1)]\n--- ERROR ---\n{ \"code\": 4 }"), "passed"),
        (
            say("sleep", "#[timeout(1)]\n--- RESPONSE ---\n{}"),
            "G510 5:1 DEADLINE_EXCEEDED (4): no answer within 1 s",
        ),
        (
            say("a", "--- RESPONSE partial ---\n{}").replace("Peer/Say", "Peer/Sya"),
            "G306 5:1 peer.Peer has no method \"Sya\"; did you mean \"Say\"?",
        ),
        (
            say("a", "--- RESPONSE partial ---\n{}").replace("\"text\"", "\"txet\""),
            "G516 8:3 peer.Note has no field \"txet\"; did you mean \"text\"?",
        ),
        (
            at("--- TLS ---\n\n", &say("a", "--- RESPONSE ---\n{}")[at("", "").len()..]),
            "G512 7:1 localhost:PORT answers without TLS: remove the TLS section, or say `mode: plaintext`",
        ),
    ] {
        let found = servers.faults(port, &text);
        let shown: Vec<_> = found.lines().take(1).collect();
        assert_eq!(shown, [expected], "{text}\n{found}");
    }
}

#[test]
fn tls() {
    let servers = Servers::new();
    let certificates = servers.certificates();
    let identity = certificates.server(false);
    let (certificate, key) = (
        identity.certificate.display().to_string(),
        identity.key.display().to_string(),
    );
    let Some((_server, port)) = python_server(&["--cert", &certificate, "--key", &key]) else {
        return skip("grpcio");
    };
    let rest = format!("{REQUEST}{CHECKS}");
    for (settings, expected) in [
        ("--- TLS ---\nca_cert: ca.pem\n\n", "passed"),
        ("--- TLS ---\ninsecure: true\n\n", "passed"),
        ("", "G512 5:1 localhost:PORT expects TLS: add a TLS section"),
        (
            "--- TLS ---\n\n",
            "G512 7:1 certificate of localhost:PORT has an unknown issuer: set ca_cert in the TLS section",
        ),
        (
            "--- TLS ---\nca_cert: ca.pem\nserver_name: example.com\n\n",
            "G512 9:1 certificate of localhost:PORT is for \"localhost\", not \"example.com\": set server_name in the TLS section",
        ),
    ] {
        assert_eq!(servers.faults(port, &at(settings, &rest)), expected, "{settings}");
    }
}

#[test]
fn mutual_tls() {
    let servers = Servers::new();
    let certificates = servers.certificates();
    let identity = certificates.server(true);
    let (certificate, key) = (
        identity.certificate.display().to_string(),
        identity.key.display().to_string(),
    );
    let ca = certificates.ca_file.display().to_string();
    let arguments = ["--cert", &certificate, "--key", &key, "--client-ca", &ca];
    let Some((_server, port)) = python_server(&arguments) else {
        return skip("grpcio");
    };
    let rest = format!("{REQUEST}{CHECKS}");
    let known = "--- TLS ---\nca_cert: ca.pem\nclient_cert: client.pem\nclient_key: client-key.pem\n\n";
    assert_eq!(servers.faults(port, &at(known, &rest)), "passed");
    assert_eq!(
        servers.faults(port, &at("--- TLS ---\nca_cert: ca.pem\n\n", &rest)),
        "G512 8:1 localhost:PORT asks for a client certificate: set client_cert and client_key in the TLS section"
    );
    let foreign = Servers::new();
    foreign.certificates();
    let stranger = known.replace("client.pem", &foreign.path().join("client.pem").display().to_string());
    let stranger = stranger.replace(
        "client-key.pem",
        &foreign.path().join("client-key.pem").display().to_string(),
    );
    assert_eq!(
        servers.faults(port, &at(&stranger, &rest)),
        "G512 10:1 localhost:PORT refuses the client certificate: check client_cert in the TLS section"
    );
}
