//! Rows that are about ASSERTS, and about values that are compared.

use super::{Row, call, case, passes, row};

fn asserts(lines: &str) -> String {
    call("One", "a", &format!("--- ASSERTS ---\n{lines}"))
}

pub(super) fn rows() -> Vec<Row> {
    vec![
        row(
            "language of ASSERTS",
            vec![
                passes(asserts(
                    ".text + .user_name == \"AAnn\"\n.tags contains \"u\" and @len(.tags) == 2",
                )),
                case(
                    asserts("text == \"A\""),
                    "G402 11:1 no function `text`: write `.text` for a field, `\"text\"` for a text; did you mean `test`?",
                    "G402 11:1",
                ),
                case(
                    asserts(".text == A"),
                    "G402 11:10 no function `A`: write `.A` for a field, `\"A\"` for a text",
                    "G402 11:10",
                ),
                case(
                    asserts("@is_money(.text)"),
                    "G403 11:1 no plugin `@is_money`",
                    "G403 11:1",
                ),
            ],
        ),
        row(
            "several outputs of a line",
            vec![
                passes(asserts(".tags[] | length == 1")),
                case(
                    asserts(".tags[] == \"u\""),
                    "G502 11:1 `.tags[] == \"u\"`: got \"u\", \"v\", expected \"u\"",
                    "",
                ),
                case(
                    asserts(".inner.inner.tags[]? == \"x\""),
                    "G502 11:1 `.inner.inner.tags[]? == \"x\"`: got no output, expected \"x\"",
                    "",
                ),
            ],
        ),
        row(
            "order of strings and numbers",
            vec![
                passes(asserts(".text < \"B\" and .big:number < 10")),
                // A 64-bit integer is a string, and strings stand behind numbers.
                case(
                    asserts(".big > 10"),
                    "G411 11:1 64-bit integers are shown as strings, which are never ordered as numbers are: write `.big:number`",
                    "",
                ),
            ],
        ),
        row(
            "`:type` on a value of another kind",
            vec![case(
                asserts(".text:number == null"),
                "G503 11:1 `.text:number == null`: \"A\" is no number",
                "",
            )],
        ),
        row(
            "`//` in ASSERTS",
            vec![
                passes(asserts("(.flag // false) == false")),
                case(asserts(".text == \"A\" // see the ticket"), "passed", "G606 11:14"),
                case(asserts(".text == \"B\" // true"), "passed", "G414 11:7"),
            ],
        ),
        row(
            "`#` lines in ASSERTS",
            vec![passes(asserts("# the text\n.text == \"A\" # is A"))],
        ),
        row(
            "variables, `@header` and times behind a pipe",
            vec![passes(call(
                "One",
                "a",
                "--- EXTRACT ---\nt = .text\n\n--- ASSERTS ---\n.text | . == $t\n@header(\"x-h\") | test(\"^1$\")\n@elapsed_ms | . >= 0",
            ))],
        ),
        row(
            "ASSERTS behind RESPONSE of one message",
            vec![passes(call(
                "One",
                "a",
                "--- RESPONSE partial ---\n{ \"text\": \"A\" }\n\n--- ASSERTS ---\n.text == \"A\"\n\n--- ASSERTS ---\n.user_name == \"Ann\" and @elapsed_ms >= 0 and @header(\"x-h\") == \"1\"",
            ))],
        ),
        row(
            "EXTRACT between `with_asserts` and ASSERTS",
            vec![passes(call(
                "One",
                "a",
                "--- RESPONSE with_asserts partial ---\n{ \"text\": \"A\" }\n\n--- EXTRACT ---\nname = .user_name\n\n--- ASSERTS ---\n.user_name == $name",
            ))],
        ),
        row(
            "names of fields",
            vec![passes(call(
                "One",
                "a",
                "--- RESPONSE partial ---\n{ \"userName\": \"Ann\", \"inner\": { \"text\": \"B\" } }\n\n--- ASSERTS ---\n.userName == \"Ann\" and .user_name == \"Ann\"",
            ))],
        ),
        row(
            "numbers of type `float`",
            vec![
                passes(call(
                    "One",
                    "a",
                    "--- RESPONSE partial ---\n{ \"ratio\": 0.1 }\n\n--- ASSERTS ---\n.ratio == 0.1",
                )),
                passes(call(
                    "One",
                    "a",
                    "--- RESPONSE partial ---\n{ \"ratio\": 0.10000000149011612 }",
                )),
                case(
                    asserts(".ratio == 0.10000000149011612"),
                    "G502 11:1 `.ratio == 0.10000000149011612`: got 0.1, expected 0.10000000149011612",
                    "",
                ),
            ],
        ),
        row(
            "`redact`",
            vec![
                passes(call(
                    "One",
                    "a",
                    "--- RESPONSE partial redact=text,$.inner.tags ---\n{ \"text\": \"?\", \"user_name\": \"Ann\", \"inner\": { \"text\": \"?\", \"tags\": [] } }",
                )),
                case(
                    call(
                        "One",
                        "a",
                        "--- RESPONSE partial redact=$.text ---\n{ \"text\": \"?\", \"inner\": { \"text\": \"?\" } }",
                    ),
                    "G501 11:35 $.inner.text: expected \"?\", got \"B\"",
                    "",
                ),
            ],
        ),
        row(
            "templates without a value",
            vec![
                case(
                    call("One", "b", "--- RESPONSE ---\n{ \"text\": \"{{ nobody }}\" }"),
                    "G514 11:11 no variable \"nobody\"",
                    "G224 11:15",
                ),
                case(
                    call(
                        "One",
                        "fail",
                        "--- ERROR ---\n{ \"code\": 5, \"message\": \"{{ nobody }}\" }",
                    ),
                    "G514 11:25 no variable \"nobody\"",
                    "G224 11:29",
                ),
            ],
        ),
    ]
}
