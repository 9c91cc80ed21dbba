//! Rows that are about what a file is: lines, headers, sections.

use super::{Row, call, case, document, passes, row};

pub(super) fn rows() -> Vec<Row> {
    let expected = "--- RESPONSE partial ---\n{ \"text\": \"A\" }";
    let one = call("One", "a", expected);
    vec![
        row(
            "headers",
            vec![
                passes(one.replace("--- RESPONSE partial ---", "  ---RESPONSE   partial---  ")),
                case(
                    one.replace("--- RESPONSE partial ---", "--- Response ---"),
                    "G104 10:5 section names are upper case: write `RESPONSE`",
                    "G104 10:5",
                ),
                case(
                    one.replace("--- RESPONSE partial ---", "--- RESPONSE partial"),
                    "G105 10:1 not a header: write `--- RESPONSE ---`",
                    "G105 10:1",
                ),
            ],
        ),
        row(
            "byte order mark, stray text, lines without `:` or `=`",
            vec![case(
                format!(
                    "\u{feff}stray\n{one}\n--- EXTRACT ---\nno assignment\n\n--- ENDPOINT ---\nc.Calls/One\n\n--- REQUEST_HEADERS ---\nno colon\n\n--- REQUEST ---\n{{ \"text\": \"a\" }}\n\n{expected}\n"
                ),
                "passed",
                "G102 1:1, G103 1:2, G116 15:1, G115 21:1",
            )],
        ),
        row(
            "`#[…]` inside a body",
            vec![case(
                one.replace("{ \"text\": \"a\" }", "{\n  #[skip]\n  \"text\": \"a\"\n}"),
                "passed",
                "G114 9:3",
            )],
        ),
        row(
            "two values on a line, text in ERROR, JSON in TLS and PROTO",
            vec![
                case(
                    call("Up", "a", "--- RESPONSE ---\n{ \"text\": \"AB\" }")
                        .replace("{ \"text\": \"a\" }", "{ \"text\": \"a\" } { \"text\": \"b\" }"),
                    "passed",
                    "G120 8:17",
                ),
                case(call("One", "fail", "--- ERROR ---\nno note"), "passed", "G126 11:1"),
                passes(one.replace(
                    "--- ENDPOINT",
                    "--- TLS ---\n{ \"options\": { \"mode\": \"plaintext\" } }\n\n--- ENDPOINT",
                )),
                passes(one.replace(
                    "--- REQUEST",
                    "--- PROTO ---\n{ \"files\": [\"service.proto\"] }\n\n--- REQUEST",
                )),
            ],
        ),
        row(
            "one header name twice",
            vec![case(
                call("One", "twice", "--- RESPONSE ---\n{ \"text\": \"T\" }").replace(
                    "--- REQUEST ---",
                    "--- REQUEST_HEADERS ---\nx-a: 1\nx-a: 2\n\n--- REQUEST ---",
                ),
                "passed",
                "G117 9:1",
            )],
        ),
        row(
            "`partial`, `redact` and others in OPTIONS",
            vec![case(
                call("One", "a", "--- RESPONSE ---\n{ \"text\": \"A\", \"tags\": [\"w\"] }").replace(
                    "--- REQUEST ---",
                    "--- OPTIONS ---\npartial: true\nredact: tags\n\n--- REQUEST ---",
                ),
                "passed",
                "G604 8:1, G604 9:1",
            )],
        ),
        row(
            "`#[skip]` on ENDPOINT",
            vec![case(
                one.replace("--- ENDPOINT", "#[skip]\n--- ENDPOINT"),
                "note G523 6:1 skipped by #[skip]",
                "",
            )],
        ),
        row(
            "nothing expected",
            vec![case(
                call("One", "b", ""),
                "G202 5:1 got {\"text\":\"B\"}, and nothing is expected: add RESPONSE, ERROR or ASSERTS",
                "G202 4:5",
            )],
        ),
        row("formatting", Vec::new()),
        row(
            "gRPC-Web, Connect, `.rhai`, BENCH",
            vec![
                case(
                    one.replace(
                        "--- REQUEST ---",
                        "--- OPTIONS ---\nprotocol: grpc-web\n\n--- REQUEST ---",
                    ),
                    "G216 8:11 `protocol` takes `grpc`",
                    "G216 8:11",
                ),
                case(
                    one.replace(
                        "--- REQUEST ---",
                        "--- OPTIONS ---\nprotocol: connect\n\n--- REQUEST ---",
                    ),
                    "G216 8:11 `protocol` takes `grpc`",
                    "G216 8:11",
                ),
                case(
                    call("One", "a", "--- ASSERTS ---\n@money.is_valid(.text)"),
                    "G403 11:1 no plugin `@money.is_valid`",
                    "G403 11:1",
                ),
                case(
                    format!("--- BENCH ---\nmode: fixed\nrequests: 100\n\n{one}"),
                    "passed",
                    "G611 1:5",
                ),
            ],
        ),
        row(
            "ADDRESS, TLS, PROTO and OPTIONS of later documents",
            vec![
                passes(format!("{one}\n{}", document("One", "a", expected))),
                case(
                    format!(
                        "{}\n{}",
                        one.replace("--- ENDPOINT", "--- OPTIONS ---\npartial: true\n\n--- ENDPOINT"),
                        document("One", "a", "--- RESPONSE ---\n{ \"text\": \"A\" }")
                    ),
                    "passed",
                    "G604 5:1",
                ),
            ],
        ),
    ]
}
