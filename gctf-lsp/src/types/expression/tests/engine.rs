//! The table of functions, held to what the engine does.

use super::admits::admits;
use super::{Defaults, Engine, Input, Type, describe, look, to_val};
use crate::expr::{Bounds, Place};
use crate::types::expression::functions::FUNCTIONS;
use crate::types::form::{Form, Kind};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A type of each kind, with values of it.
fn samples() -> Vec<(Kind, Type, Vec<Json>)> {
    let any = || Box::new(Type::Unknown);
    vec![
        (Kind::Null, Type::null(), vec![json!(null)]),
        (Kind::Bool, Type::bool(), vec![json!(true), json!(false)]),
        (
            Kind::Number,
            Type::one(Form::Number),
            vec![json!(0), json!(1), json!(-2.5), json!(65), json!(1_704_110_400)],
        ),
        (
            Kind::Text,
            Type::one(Form::Text),
            ["", "a", "5", "true", "[1]", "2024", "2024-01-01T12:00:00Z"]
                .map(Json::from)
                .to_vec(),
        ),
        (
            Kind::Array,
            Type::one(Form::List(any())),
            vec![
                json!([]),
                json!([1, 2]),
                json!(["a", "b"]),
                json!([[1, 2], [3]]),
                json!([{ "a": 1 }]),
                json!([{ "key": "a", "value": 1 }]),
                json!([2024, 0, 1, 12, 0, 0, 1, 0]),
            ],
        ),
        (
            Kind::Object,
            Type::one(Form::Keyed(any())),
            vec![
                json!({}),
                json!({ "a": 1 }),
                json!({ "a": [1] }),
                json!({ "a": "b" }),
                json!({ "a": { "key": "b" } }),
            ],
        ),
    ]
}

const ARGUMENTS: [&str; 9] = ["1", "\"a\"", "null", "[0]", "{\"a\": 1}", ".", ".[]?", "\"%Y\"", "true"];

fn calls(name: &str, count: usize) -> Vec<String> {
    let mut calls = vec![String::new()];
    let arguments = match count {
        0 | 1 => &ARGUMENTS[..],
        2 => &ARGUMENTS[..6],
        _ => &["1", "\"a\"", "\"g\""],
    };
    for _ in 0..count {
        calls = calls
            .iter()
            .flat_map(|call| arguments.iter().map(move |argument| format!("{call}; {argument}")))
            .collect();
    }
    let call = |arguments: String| match arguments.strip_prefix("; ") {
        Some(arguments) => format!("{name}({arguments})"),
        None => name.to_owned(),
    };
    calls.into_iter().map(call).collect()
}

/// What is said of a call is so for every sample; what is not said to fail works for one.
#[test]
fn functions_are_what_the_engine_has() {
    let engine = Engine::new();
    let bounds = Bounds {
        steps: 5_000,
        ..Bounds::default()
    };
    let samples = samples();
    let none = BTreeMap::new();
    let mut wrong = Vec::new();
    for function in FUNCTIONS {
        for count in function.arities {
            let mut works: BTreeMap<Kind, bool> = BTreeMap::new();
            for call in calls(function.name, *count) {
                let program = Arc::new(engine.compile(&call, Place::Asserts, &[]).unwrap());
                for (kind, ty, values) in &samples {
                    let input = Input {
                        ty: ty.clone(),
                        variables: &none,
                        defaults: Defaults::Omitted,
                    };
                    let typed = look(&call, Place::Asserts, &input);
                    let fails = typed.findings.iter().any(|finding| finding.code == "G427");
                    let yielded = typed.ty.unwrap();
                    for value in values {
                        let outputs = engine.evaluate(&program, to_val(value), vec![jaq_json::Val::Null], bounds);
                        let Ok(outputs) = outputs else { continue };
                        *works.entry(*kind).or_default() |= true;
                        if fails && !outputs.is_empty() {
                            wrong.push(format!("{value} | {call} does not fail"));
                        }
                        if let Some(strange) = outputs.iter().find(|output| !admits(&yielded, output)) {
                            wrong.push(format!("{value} | {call} is {strange} and no {}", describe(&yielded)));
                        }
                    }
                }
            }
            let never = function.takes.iter().filter(|kind| !works.contains_key(kind));
            wrong.extend(never.map(|kind| format!("{}/{count} never takes {}", function.name, kind.described())));
        }
    }
    wrong.dedup();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
