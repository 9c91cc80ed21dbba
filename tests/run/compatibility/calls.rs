//! Rows that are about messages and statuses.

use super::{Row, call, case, passes, row};

pub(super) fn rows() -> Vec<Row> {
    let first = "--- RESPONSE ---\n{ \"text\": \"M1\" }\n\n";
    let b = "--- RESPONSE ---\n{ \"text\": \"B\" }";
    let not_found = "--- ERROR ---\n{ \"code\": \"not_found\", \"message\": \"no note 9\" }";
    let details = "--- ERROR ---\n{\n  \"code\": \"INVALID_ARGUMENT\",\n  \"message\": \"*\",\n  \"details\": [\n    { \"@type\": \"*\", \"field_violations\": [{ \"field\": \"text\", \"description\": \"odd\" }] },\n    { \"links\": [{ \"url\": \"https://x\" }] }\n  ]\n}";
    vec![
        row(
            "messages and errors that nothing expects",
            vec![
                passes(call("Down", "three", "--- RESPONSE partial ---\n{ \"text\": \"M1\" }")),
                case(call("Down", "three", first), "G508 11:1 got an extra message {\"text\":\"M2\"}: use `partial` or one more section", ""),
                case(call("Down", "late", first), "G509 11:1 NOT_FOUND (5): no note 9", ""),
            ],
        ),
        row(
            "too many REQUESTs, RESPONSE before REQUEST",
            vec![
                case(call("One", "b", &format!("--- REQUEST ---\n{{}}\n\n{b}")), "G313 11:1 One takes one request message: delete the others", ""),
                case(
                    call("One", "b", "").replace("--- REQUEST ---", &format!("{b}\n\n--- REQUEST ---")),
                    "G315 7:1 RESPONSE stands before the last REQUEST, and One answers only after it: move it down", "G213 7:5",
                ),
            ],
        ),
        row(
            "RESPONSE and ERROR in one document",
            vec![passes(call("Down", "late", &format!("{first}{not_found}")))],
        ),
        row(
            "`code` of ERROR as text",
            vec![
                passes(call("One", "fail", not_found)),
                case(call("One", "fail", &not_found.replace("not_found", "ABORTED")), "G506 11:11 $.code: expected \"ABORTED\", got \"NOT_FOUND (5)\"", ""),
            ],
        ),
        row(
            "ERROR that lists less than came",
            vec![
                passes(call("One", "fail", "--- ERROR partial ---\n{ \"code\": 5 }")),
                passes(call("One", "fail", "--- ASSERTS ---\n.code == 5\n.message contains \"note\"")),
                case(call("One", "fail", "--- ERROR ---\n{ \"code\": 5 }"), "G506 11:1 $.message: unexpected, got \"no note 9\"", "G617 11:1"),
                case(call("One", "fail", "--- ERROR ---\n{ \"code\": 5, \"message\": \"no note\" }"), "G506 11:25 $.message: expected \"no note\", got \"no note 9\"", ""),
                case(call("One", "detailed", "--- ERROR ---\n{ \"code\": 3, \"message\": \"no note 9\" }"), "G506 11:1 $.details: unexpected, got [{\"@type\":\"type.googleapis.com/google.rpc.BadRequest\",\"field_violations\":[{\"field\":\"text\",\"description\":\"odd\"}]},{\"@type\":\"type.googleapis.com/google.rpc.Help\",\"links\":[{\"url\":\"https://x\"}]}]", ""),
            ],
        ),
        row(
            "ASSERTS alone for a failed call",
            vec![
                passes(call("One", "fail", "--- ASSERTS ---\n.code == 5 and .message == \"no note 9\"")),
                case(call("One", "fail", "--- ASSERTS ---\n.text != \"x\""), "G504 5:1 NOT_FOUND (5): no note 9", ""),
            ],
        ),
        row(
            "error details",
            vec![
                passes(call("One", "detailed", details)),
                case(call("One", "detailed", &details.replace("odd", "even")), "G506 15:76 $.details[0].field_violations[0].description: expected \"even\", got \"odd\"", ""),
                passes(
                    call(
                        "Say",
                        "odd",
                        "--- ERROR ---\n{\n  \"code\": 5,\n  \"message\": \"no such note\",\n  \"details\": [{ \"@type\": \"type.googleapis.com/peer.Odd\", \"value\": \"AP8Q\" }]\n}",
                    )
                    .replace("localhost:PORT", "localhost:PEER")
                    .replace("c.Calls", "peer.Peer"),
                ),
            ],
        ),
        row(
            "timeouts",
            ["One", "Down", "Up", "Both"]
                .into_iter()
                .flat_map(|method| {
                    let expect = |rest: &str| call(method, "slow", &format!("#[timeout(1)]\n{rest}"));
                    [
                        passes(expect("--- ERROR ---\n{ \"code\": \"DEADLINE_EXCEEDED\" }")),
                        passes(expect("--- ASSERTS ---\n.code == 4")),
                    ]
                })
                .collect(),
        ),
        row(
            "metadata that ends in `-bin`",
            vec![
                passes(
                    call("One", "raw", "--- RESPONSE ---\n{ \"text\": \"R\" }")
                        .replace("--- REQUEST ---", "--- REQUEST_HEADERS ---\nx-raw-bin: AP8Q\n\n--- REQUEST ---"),
                ),
                passes(call("One", "a", "--- ASSERTS ---\n@header(\"x-raw-bin\") == \"AP8Q\"")),
            ],
        ),
    ]
}
