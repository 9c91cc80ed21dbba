//! Expressions, what they come to and what is found in them.

mod findings;
mod functions;
mod hostile;
mod language;
mod plugins;
mod words;

use super::{Bounds, Engine, Place, check, to_val};
use serde_json::{Value as Json, json};
use std::sync::Arc;

fn message() -> Json {
    json!({
        "status": "PENDING", "n": 3, "items": [{"id": "a", "ok": true, "price": 5}, {"id": "b", "ok": false, "price": 9}],
        "s": "text", "none": [], "long": "12", "time": "2024-01-01T12:00:00Z", "wait": "1.5s", "t": true, "f": false,
        "user": {"id": "u1", "tags": ["x", "y"]}, "a b": 1, "path": "/v1/users/7", "zero": 0, "nothing": null,
    })
}

fn call() -> Json {
    json!({
        "headers": [["x-a", "1"], ["x-a", "2"], ["content-type", "application/grpc"], ["token-bin", "AAE="]],
        "trailers": [["t", "end"]], "elapsed_ms": 5, "total_elapsed_ms": 12, "message_count": 2, "index": 1,
        "environment": {"HOME": "/h"},
    })
}

fn variables() -> Vec<(&'static str, Json)> {
    vec![
        ("id", json!("a")),
        ("big", json!(9_007_199_254_740_993_u64)),
        ("u", json!({"id": "u1", "ids": [4, 5]})),
    ]
}

/// The outputs, the error or the faults of an expression.
fn outcome(engine: &Engine, source: &str, place: Place, bounds: Bounds) -> String {
    let (names, values): (Vec<_>, Vec<_>) = variables().into_iter().unzip();
    let program = match engine.compile(source, place, &names) {
        Ok(program) => program,
        Err(errors) => {
            let errors = errors.into_iter();
            let errors = errors.map(|error| format!("{} `{}` {}", error.code, &source[error.range], error.message));
            return errors.collect::<Vec<_>>().join("; ");
        }
    };
    let globals = [call()].iter().chain(&values).map(to_val).collect();
    match engine.evaluate(&Arc::new(program), to_val(&message()), globals, bounds) {
        Ok(outputs) => outputs.iter().map(Json::to_string).collect::<Vec<_>>().join(", "),
        Err(error) => format!("error: {error}"),
    }
}

/// Compares what each expression comes to with what is expected; a fault only by how it begins.
#[track_caller]
fn table(place: Place, rows: &[(&str, &str)]) {
    let engine = Engine::new();
    let mut wrong = Vec::new();
    for (source, expected) in rows {
        let found = outcome(&engine, source, place, Bounds::default());
        let fault = expected.starts_with(['G', 'e']) && found.starts_with(expected);
        if found != *expected && !fault {
            wrong.push(format!("{source}\n  expected {expected}\n  found    {found}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
