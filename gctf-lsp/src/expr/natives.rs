//! Functions that are shorter in Rust than in jq: times, durations, addresses, JSON texts, base32,
//! JSON Schema.

use super::bounds::{Data, plain_json};
use super::{base32, time};
use jaq_core::{Cv, Error, native};
use jaq_json::Val;

type Outcome = Result<Val, Error<Val>>;

/// The functions of this file.
pub(super) fn functions() -> [native::Fun<Data>; 8] {
    [
        native::run(("__ip_version", native::v(0), |cv: Cv<Data>| {
            native::bome(ip_version(&cv.1))
        })),
        native::run(("__is_json", native::v(0), |cv: Cv<Data>| native::bome(is_json(&cv.1)))),
        native::run(("__is_time", native::v(0), |cv: Cv<Data>| {
            let parsed = text(&cv.1).and_then(|text| time::instant(&text));
            native::bome(Ok(Val::from(parsed.is_some())))
        })),
        native::run(("__time", native::v(0), |cv: Cv<Data>| {
            native::bome(moment(&cv.1, time::instant, "time"))
        })),
        native::run(("__duration", native::v(0), |cv: Cv<Data>| {
            native::bome(moment(&cv.1, time::duration, "duration"))
        })),
        native::run(("__fits", native::v(1), |mut cv: Cv<Data>| {
            let schema = cv.0.pop_var();
            native::bome(fits(&cv.1, &schema))
        })),
        native::run(("__base32", native::v(0), |cv: Cv<Data>| {
            let encoded = text(&cv.1).map(|text| base32::encode(text.as_bytes()));
            native::bome(Ok(encoded.map_or(Val::Null, Val::from)))
        })),
        native::run(("__base32d", native::v(0), |cv: Cv<Data>| {
            let decoded = text(&cv.1).and_then(|text| base32::decode(&text));
            let decoded = decoded.map(|bytes| Val::from(String::from_utf8_lossy(&bytes).into_owned()));
            native::bome(decoded.ok_or_else(|| wrong(&cv.1, "base32")))
        })),
    ]
}

fn text(value: &Val) -> Option<String> {
    match value {
        Val::TStr(text) => Some(String::from_utf8_lossy(text).into_owned()),
        _ => None,
    }
}

fn wrong(value: &Val, kind: &str) -> Error<Val> {
    Error::str(format!("{value} is no {kind}"))
}

fn ip_version(value: &Val) -> Outcome {
    let address = text(value).and_then(|text| text.parse::<std::net::IpAddr>().ok());
    Ok(address.map_or(Val::Null, |address| {
        Val::from(if address.is_ipv4() { 4isize } else { 6 })
    }))
}

fn is_json(value: &Val) -> Outcome {
    let parsed = text(value).map(|text| serde_json::from_str::<serde_json::Value>(&text).is_ok());
    Ok(Val::from(parsed.unwrap_or(false)))
}

/// Seconds and nanoseconds, which are ordered as arrays; numbers are seconds, null stays null.
fn moment(value: &Val, parse: fn(&str) -> Option<(i64, u32)>, kind: &str) -> Outcome {
    let parsed = match value {
        Val::Null => return Ok(Val::Null),
        Val::Num(number) => time::seconds(&number.to_string()),
        _ => text(value).and_then(|text| parse(&text)),
    };
    let (seconds, nanos) = parsed.ok_or_else(|| wrong(value, kind))?;
    let whole = isize::try_from(seconds).map_err(|_| wrong(value, kind))?;
    let nanos = isize::try_from(nanos).map_err(|_| wrong(value, kind))?;
    Ok([Val::from(whole), Val::from(nanos)].into_iter().collect())
}

/// Whether a value fits a JSON Schema, which can refer to nothing outside of itself.
fn fits(value: &Val, schema: &Val) -> Outcome {
    let json = |value: &Val| plain_json(value).map_err(|error| Error::str(error.to_string()));
    let (value, schema) = (json(value)?, json(schema)?);
    // Patterns that take time in proportion to their text, whoever wrote them.
    let patterns = jsonschema::PatternOptions::regex();
    let validator = jsonschema::options().with_pattern_options(patterns).build(&schema);
    let validator = validator.map_err(|error| Error::str(format!("the schema is not valid: {error}")))?;
    Ok(Val::from(validator.is_valid(&value)))
}
