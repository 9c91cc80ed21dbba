//! Replies that are expected: forms that never come, and what an omitted default makes right.

use super::super::{Rules, Side};
use super::{drawn, findings, message};

const EXPECTED: Rules<'static> = Rules {
    side: Side::Reply,
    requires: false,
    redacted: &[],
    tolerant: false,
    schema: None,
};

#[test]
fn forms_that_never_come() {
    let message = message();
    for (text, expected) in [
        (
            "{\"i64\": 5}",
            vec!["G308 E 5: a 64-bit integer is shown as a string: write \"5\" [Write as a string -> \"5\"]"],
        ),
        ("{\"i64\": \"5\", \"i32\": 5, \"real\": 0.1, \"wide\": 1e2}", vec![]),
        (
            "{\"i64\": \"007\"}",
            vec!["G321 W \"007\": this form never comes in a reply: write \"7\" [Change to \"7\" -> \"7\"]"],
        ),
        (
            "{\"i32\": \"5\"}",
            vec!["G308 E \"5\": this form never comes in a reply: write 5 [Write as a number -> 5]"],
        ),
        (
            "{\"real\": \"1.5\"}",
            vec!["G308 E \"1.5\": this form never comes in a reply: write 1.5 [Write as a number -> 1.5]"],
        ),
        ("{\"real\": \"NaN\", \"wide\": Infinity}", vec![]),
        (
            "{\"kind\": 1}",
            vec!["G321 W 1: this form never comes in a reply: write \"BIG\" [Change to \"BIG\" -> \"BIG\"]"],
        ),
        (
            "{\"kind\": \"LARGE\"}",
            vec!["G321 W \"LARGE\": this form never comes in a reply: write \"BIG\" [Change to \"BIG\" -> \"BIG\"]"],
        ),
        ("{\"kind\": 9}", vec![]),
        (
            "{\"at\": \"2024-01-01T01:00:00+01:00\"}",
            vec![
                "G321 W \"2024-01-01T01:00:00+01:00\": this form never comes in a reply: write \"2024-01-01T00:00:00Z\" [Change to \"2024-01-01T00:00:00Z\" -> \"2024-01-01T00:00:00Z\"]",
            ],
        ),
        (
            "{\"span\": \"1.5s\"}",
            vec![
                "G321 W \"1.5s\": this form never comes in a reply: write \"1.500s\" [Change to \"1.500s\" -> \"1.500s\"]",
            ],
        ),
        (
            "{\"raw\": \"AQI\"}",
            vec!["G321 W \"AQI\": this form never comes in a reply: write \"AQI=\" [Change to \"AQI=\" -> \"AQI=\"]"],
        ),
        (
            "{\"mask\": \"user_id\"}",
            vec![
                "G321 W \"user_id\": this form never comes in a reply: write \"userId\" [Change to \"userId\" -> \"userId\"]",
            ],
        ),
        (
            "{\"text\": {\"value\": \"a\"}}",
            vec!["G308 E {\"value\": \"a\"}: expected a string, got an object"],
        ),
        ("{\"nope\": 1}", vec!["G307 E \"nope\": t.M has no field \"nope\""]),
        (
            "{\"numbers\": [0, \"0\"]}",
            vec!["G308 E \"0\": this form never comes in a reply: write 0 [Write as a number -> 0]"],
        ),
        ("{\"any\": {\"s\": 1}}", vec![]),
    ] {
        let (file, found) = findings(text, &message, EXPECTED);
        assert_eq!(drawn(&file, &found), expected, "{text}");
    }
}

#[test]
fn what_may_be_right() {
    let message = message();
    let silent = |text: &str, rules: Rules<'_>| {
        let (file, found) = findings(text, &message, rules);
        assert_eq!(drawn(&file, &found), Vec::<String>::new(), "{text}");
    };
    // A field that the reply leaves out equals any of these.
    for empty in ["0", "null", "false", "\"\"", "[]", "{}"] {
        for field in ["i64", "s", "kind", "at", "inner", "many", "b", "labels"] {
            silent(&format!("{{\"{field}\": {empty}}}"), EXPECTED);
        }
    }
    for field in ["i64", "inner", "many", "at", "kind", "any"] {
        silent(&format!("{{\"{field}\": \"*\"}}"), EXPECTED);
        silent(&format!("{{\"{field}\": \"{{{{ x }}}}\"}}"), EXPECTED);
    }
    let redacted = ["userId".to_owned(), "i64".to_owned()];
    silent(
        "{\"user_id\": 1, \"inner\": {\"i64\": true}}",
        Rules {
            redacted: &redacted,
            ..EXPECTED
        },
    );
    silent(
        "{\"i32\": 1.5, \"i64\": \"007\"}",
        Rules {
            tolerant: true,
            ..EXPECTED
        },
    );
}
