//! JSON as jq's values, and back.

use super::bounds::RunError;
use jaq_json::{Map, Num, Val, read};
use serde_json::Value as Json;

/// Deepest nesting of a value that leaves an evaluation.
const MAX_DEPTH: usize = 400;

/// The value that jq sees; numbers keep their digits.
pub(crate) fn to_val(value: &Json) -> Val {
    match value {
        Json::Null => Val::Null,
        Json::Bool(value) => Val::Bool(*value),
        Json::Number(number) => Val::Num(to_num(number)),
        Json::String(text) => Val::from(text.clone()),
        Json::Array(items) => items.iter().map(to_val).collect(),
        Json::Object(members) => {
            let members = members
                .iter()
                .map(|(key, value)| (Val::from(key.clone()), to_val(value)));
            Val::obj(members.collect::<Map>())
        }
    }
}

fn to_num(number: &serde_json::Number) -> Num {
    let machine = number.as_i64().and_then(|number| isize::try_from(number).ok());
    match machine {
        Some(number) => Num::Int(number),
        None => {
            let text = number.to_string();
            // JSON's numbers are all numbers of jq.
            read::parse_single_num(text.as_bytes()).unwrap_or(Num::Float(f64::NAN))
        }
    }
}

/// The JSON of a value, as long as `budget` bytes last.
pub(super) fn to_json(value: &Val, budget: &mut usize, depth: usize) -> Result<Json, RunError> {
    let own = match value {
        Val::TStr(text) | Val::BStr(text) => text.len() + 2,
        _ => 1,
    };
    *budget = budget.checked_sub(own).ok_or(RunError::Unbounded("much output"))?;
    if depth > MAX_DEPTH {
        return Err(RunError::Unbounded("deep a value"));
    }
    Ok(match value {
        Val::Null => Json::Null,
        Val::Bool(value) => Json::Bool(*value),
        // What JSON cannot write is null, as in jq.
        // A computed whole number is written as one.
        Val::Num(Num::Float(number)) if number.fract() == 0.0 && number.abs() < 1e15 => Json::from(*number as i64),
        Val::Num(number) => number.to_string().parse().map_or(Json::Null, Json::Number),
        Val::TStr(text) | Val::BStr(text) => Json::String(String::from_utf8_lossy(text).into_owned()),
        Val::Arr(items) => {
            let items = items.iter().map(|item| to_json(item, budget, depth + 1));
            Json::Array(items.collect::<Result<_, _>>()?)
        }
        Val::Obj(members) => {
            let mut object = serde_json::Map::new();
            for (key, value) in members.iter() {
                let key = match to_json(key, budget, depth + 1)? {
                    Json::String(key) => key,
                    other => other.to_string(),
                };
                object.insert(key, to_json(value, budget, depth + 1)?);
            }
            Json::Object(object)
        }
    })
}
