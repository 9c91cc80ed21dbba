//! Rows that are about connections and schemas.

use super::{Row, at, call, case, document, passes, row};

/// A call of `One` at `address`, with `settings` above its ENDPOINT.
fn one(address: &str, settings: &str) -> String {
    let expected = "--- RESPONSE partial ---\n{ \"text\": \"A\" }";
    at(address, &format!("{settings}{}", document("One", "a", expected)))
}

/// A call of the Python server.
fn say(address: &str, settings: &str) -> String {
    one(address, settings)
        .replace("c.Calls/One", "peer.Peer/Say")
        .replace("\"A\"", "\"a\"")
}

fn never(rest: &str) -> String {
    at("localhost:CLOSED", &document("One", "a", rest))
}

pub(super) fn rows() -> Vec<Row> {
    let here = "localhost:PORT";
    let ca = "--- TLS ---\nca_cert: ca.pem\n\n";
    let token = "--- REQUEST_HEADERS ---\nauthorization: Bearer peer\n\n--- REQUEST ---";
    vec![
        row(
            "ERROR and a call that never reached a server",
            vec![
                passes(never("--- ERROR partial ---\n{ \"code\": \"UNAVAILABLE\" }")),
                passes(never("--- ASSERTS ---\n.code == 14")),
                case(
                    never("--- ERROR partial ---\n{}"),
                    "G506 11:1 $.code: unexpected, got \"UNAVAILABLE (14)\"",
                    "",
                ),
                case(
                    never("--- ERROR partial ---\n{ \"message\": \"*\" }"),
                    "G506 11:1 $.code: unexpected, got \"UNAVAILABLE (14)\"",
                    "",
                ),
            ],
        ),
        row(
            "`insecure_skip_verify` and unknown keys of TLS",
            vec![case(
                one(
                    "localhost:SECURE",
                    "--- TLS ---\ninsecure_skip_verify: true\ncipher: any\n\n",
                ),
                "passed",
                "G612 5:23, G215 6:1",
            )],
        ),
        row(
            "TLS without certificates",
            vec![
                passes(one(here, "--- TLS ---\nmode: plaintext\n\n")),
                passes(one("localhost:SECURE", ca)),
                case(
                    one("localhost:PEER", "--- TLS ---\nserver_name: localhost\n\n"),
                    "G512 8:1 localhost:PEER answers without TLS: remove the TLS section, or say `mode: plaintext`",
                    "",
                ),
            ],
        ),
        row(
            "`https://` without TLS, `http://` with it",
            vec![
                passes(one("http://localhost:PORT", "")),
                passes(one("https://localhost:SECURE", ca)),
                case(
                    one("https://localhost:SECURE", ""),
                    "G512 5:1 certificate of localhost:SECURE has an unknown issuer: set ca_cert in the TLS section",
                    "",
                ),
                case(
                    one("http://localhost:PORT", ca),
                    "G218 2:1 `http://` together with a TLS section: write `https://` or delete the TLS section",
                    "G218 2:1",
                ),
            ],
        ),
        row(
            "a client certificate without its key",
            vec![
                case(
                    one("localhost:SECURE", "--- TLS ---\nca_cert: ca.pem\ncert: client.pem\n\n"),
                    "G217 4:1 client certificate without its key: add `client_key: …`",
                    "G217 4:1",
                ),
                case(
                    one(
                        "localhost:SECURE",
                        "--- TLS ---\nca_cert: ca.pem\nkey: client-key.pem\n\n",
                    ),
                    "G217 4:1 client key without its certificate: add `client_cert: …`",
                    "G217 4:1",
                ),
            ],
        ),
        row(
            "reflection",
            vec![
                passes(one("localhost:SECURE", ca)),
                passes(say("localhost:PEER", "")),
                passes(say("localhost:GUARDED", ca).replace("--- REQUEST ---", token)),
                case(
                    say("localhost:GUARDED", ca),
                    "G513 8:1 no schema: reflection at localhost:GUARDED needs credentials (UNAUTHENTICATED): add them to REQUEST_HEADERS",
                    "",
                ),
            ],
        ),
        row(
            "`files` outside of `import_paths`",
            vec![passes(one(here, "--- PROTO ---\nfiles: protos/calls.proto\n\n"))],
        ),
        row(
            "retries of failed connections",
            vec![case(
                call("One", "a", "--- RESPONSE ---\n{}")
                    .replace("PORT", "CLOSED")
                    .replace(
                        "--- REQUEST ---",
                        "--- OPTIONS ---\nretry: 2\nretry_delay: 0\n\n--- REQUEST ---",
                    ),
                "G511 5:1 UNAVAILABLE (14): cannot connect to localhost:CLOSED: connection refused\nnote G522 5:1 retried 2 times",
                "",
            )],
        ),
    ]
}
