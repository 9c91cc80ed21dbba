//! Expressions that are tried, with what they look at.

use super::*;
use crate::ide::testing::{FILE, fixture, with_reply, with_variables};
use serde_json::json;

const UNARY: &str = "--- ENDPOINT ---\nshop.Orders/Create\n--- REQUEST ---\n{}\n--- ASSERTS ---\n.id == \"a\"\n";

fn tried(analysis: &Analysis, position: FilePosition, expression: &str) -> String {
    match try_expression(analysis, position, expression) {
        Ok(Ok(values)) => Json::Array(values).to_string(),
        Ok(Err(error)) => format!("error: {error}"),
        Err(reason) => format!("refused: {reason}"),
    }
}

#[test]
fn values_of_one_message() {
    let (analysis, position) = fixture(UNARY);
    assert_eq!(tried(&analysis, position, ".id"), format!("refused: {NO_RESPONSE}"));
    let message = json!({
        "id": "a", "status": "OPEN",
        "order": { "customer_id": "c", "total": "9007199254740993", "items": [{ "name": "x" }, { "name": "y" }] },
        "session_token": "tok-4711", "note": "has tok-4711 in it",
    });
    let analysis = with_reply(analysis, vec![message]);
    let variables = json!({ "who": "Ann", "api_key": "k-12345", "row.n": 3 });
    let analysis = with_variables(analysis, variables, &["hunter2"]);
    for (expression, expected) in [
        (".id", r#"["a"]"#),
        (".id == \"a\" and .status != \"CLOSED\"", "[true]"),
        (".order.items[].name", r#"["x","y"]"#),
        // Either spelling, by the schema.
        (".order.customerId", r#"["c"]"#),
        (".order.total", r#"["9007199254740993"]"#),
        (".order.total:number > 5", "[true]"),
        ("empty", "[]"),
        ("$who + \"!\"", r#"["Ann!"]"#),
        ("$row.n + 1", "[4]"),
        ("@header(\"content-type\")", r#"["application/grpc"]"#),
        ("@len(.order.items) == 2", "[true]"),
        // Secrets by their names, and by their values.
        (".session_token", r#"["***"]"#),
        (".session_token | length", r#"["***"]"#),
        (".session_token == \"tok-4711\"", "[true]"),
        (".note", r#"["has *** in it"]"#),
        ("{session_token, id}", r#"["***"]"#),
        (
            ".",
            "[{\"id\":\"a\",\"status\":\"OPEN\",\"order\":{\"customer_id\":\"c\",\"total\":\"9007199254740993\",\"items\":[{\"name\":\"x\"},{\"name\":\"y\"}]},\"session_token\":\"***\",\"note\":\"has *** in it\"}]",
        ),
        ("$api_key", r#"["***"]"#),
        ("\"x hunter2\"", r#"["x ***"]"#),
        ("@env(\"HOME\")", r#"["***"]"#),
        ("env | keys", "[[]]"),
        // What goes wrong.
        (".id.x", "error: cannot index string with \"x\""),
        ("error(\"x hunter2\")", "error: x ***"),
        ("$nobody", "error: no variable `$nobody`"),
        (".id ==", "error: expected an expression"),
        ("last(range(1e9))", "error: the expression takes too many steps"),
    ] {
        let found = tried(&analysis, position, expression);
        match expected.strip_prefix("error: ") {
            // The words are those of a run.
            Some(_) => assert!(
                found.starts_with("error: ") && !found.contains("hunter2"),
                "{expression}: {found}"
            ),
            None => assert_eq!(found, expected, "{expression}"),
        }
    }
}

#[test]
fn messages_of_a_stream() {
    let text = "--- ENDPOINT ---\nshop.Orders/List\n--- REQUEST ---\n{}\n--- ASSERTS ---\n.id == \"first\"\n--- RESPONSE with_asserts ---\n{}\n{}\n--- ASSERTS ---\n.id == \"attached\"\n--- EXTRACT ---\nx = .id\n#[repeat(2)]\n--- ASSERTS ---\n.id == \"repeated\"\n--- ASSERTS ---\n.id == \"end\"\n";
    let (analysis, _) = fixture(text);
    let messages = |count: usize| {
        (0..count)
            .map(|at| json!({ "id": format!("m{at}") }))
            .collect::<Vec<_>>()
    };
    for (mark, count, expected) in [
        ("\"first\"", 5, r#"["m0"]"#),
        ("\"attached\"", 5, r#"["m2"]"#),
        ("x =", 5, r#"["m2"]"#),
        ("\"repeated\"", 5, r#"["m4"]"#),
        // The end: what came last.
        ("\"end\"", 5, r#"["m4"]"#),
        ("\"end\"", 6, r#"["m5"]"#),
        ("ENDPOINT", 6, r#"["m5"]"#),
        ("\"first\"", 0, "[null]"),
    ] {
        let analysis = with_reply(analysis.clone(), messages(count));
        let offset = text.find(mark).unwrap();
        let position = FilePosition { file: FILE, offset };
        assert_eq!(tried(&analysis, position, ".id"), expected, "{mark} of {count}");
    }
}

#[test]
fn the_expression_at_a_place() {
    let text = "--- ENDPOINT ---\na.B/C\n--- REQUEST ---\n{}\n--- ASSERTS ---\n.id == \"a\"\n# note\n.list | map(\n  .x\n) == []\n--- EXTRACT ---\nname = .id\n";
    let (analysis, _) = fixture(text);
    let at = |mark: &str| text.find(mark).unwrap();
    let found = |range: Range<usize>| expression(&analysis, FILE, range).unwrap_or_else(|| "-".to_owned());
    for (range, expected) in [
        (at(".id ==")..at(".id =="), ".id == \"a\""),
        (at("\"a\"")..at("\"a\""), ".id == \"a\""),
        (at(".id")..at(".id") + 3, ".id"),
        (at("  .x")..at("  .x"), ".list | map(\n  .x\n) == []"),
        (at("# note")..at("# note"), "-"),
        (at("name =")..at("name ="), ".id"),
        (at("a.B")..at("a.B"), "-"),
        (at("{}")..at("{}") + 2, "-"),
        (at(".id ==")..at("name"), "-"),
    ] {
        assert_eq!(found(range), expected);
    }
}
