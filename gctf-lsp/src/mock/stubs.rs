//! Stub files: YAML with several documents, or JSON, each one stub or a list.

use super::matching::bad_patterns;
use crate::schema::Schema;
use crate::schema::shape::{Shape, field};
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// One canned answer.
#[derive(Clone, Debug)]
pub struct Stub {
    /// Where it comes from: `chat.yaml stub 2`.
    pub origin: String,
    /// Full name of the service.
    pub service: String,
    pub method: String,
    pub headers: Matcher,
    pub inputs: Inputs,
    pub output: Output,
    pub priority: i64,
    /// How often it may match; 0 is without limit.
    pub times: u64,
}

/// Which requests a stub answers.
#[derive(Clone, Debug)]
pub enum Inputs {
    /// One matcher for every message.
    Each(Box<Matcher>),
    /// Message i against matcher i, as many messages as matchers.
    Sequence(Vec<Matcher>),
}

/// Conditions on an object; all that are given hold.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Matcher {
    pub equals: Map<String, Json>,
    pub contains: Map<String, Json>,
    pub matches: Map<String, Json>,
    pub glob: Map<String, Json>,
    pub any_of: Vec<Matcher>,
    pub ignore_array_order: bool,
}

/// What a stub answers.
#[derive(Clone, Debug, Default)]
pub struct Output {
    /// Messages with what goes with each.
    pub messages: Vec<Item>,
    /// Whether they were given as a `stream`.
    pub is_stream: bool,
    /// Code, message and details of the status behind the messages.
    pub error: Option<Fault>,
    pub headers: Vec<(String, String)>,
    pub trailers: Vec<(String, String)>,
    /// Before every message.
    pub delay: Duration,
}

/// One message of an answer.
#[derive(Clone, Debug)]
pub struct Item {
    pub message: Json,
    pub delay: Duration,
    /// Ends the answer here instead of sending the message.
    pub error: Option<Fault>,
}

/// A status that a stub answers with.
#[derive(Clone, Debug)]
pub struct Fault {
    pub code: i32,
    pub message: String,
    /// Each with `type` and the fields of that type.
    pub details: Vec<Json>,
}

#[derive(Deserialize)]
struct RawStub {
    service: String,
    method: String,
    #[serde(default)]
    input: Option<Matcher>,
    #[serde(default)]
    inputs: Option<Vec<Matcher>>,
    #[serde(default)]
    headers: Matcher,
    #[serde(default)]
    output: RawOutput,
    #[serde(default)]
    priority: i64,
    #[serde(default)]
    options: RawOptions,
}

#[derive(Default, Deserialize)]
struct RawOptions {
    #[serde(default)]
    times: u64,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawOutput {
    data: Option<Json>,
    stream: Option<Vec<Json>>,
    #[serde(flatten)]
    fault: RawFault,
    headers: Map<String, Json>,
    trailers: Map<String, Json>,
    delay: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawFault {
    error: Option<String>,
    code: Option<Json>,
    details: Vec<Json>,
}

/// Members of a stub that have no effect here.
const IGNORED: [&str; 4] = ["id", "session", "effects", "templates"];

/// The stubs of a file or of a folder, searched through, in path order, with what was ignored in them.
///
/// # Errors
/// The file, and what is wrong in it.
pub fn read(path: &Path) -> Result<(Vec<Stub>, Vec<String>), String> {
    let mut stubs = Vec::new();
    let mut ignored = Vec::new();
    for file in files(path)? {
        let name = file.display().to_string();
        let text = std::fs::read_to_string(&file).map_err(|error| format!("{name}: {error}"))?;
        let values = parse(&file, &text).map_err(|error| format!("{name}: {error}"))?;
        for (at, value) in values.into_iter().enumerate() {
            let origin = format!("{name} stub {}", at + 1);
            let present = IGNORED.iter().filter(|key| value.get(**key).is_some());
            ignored.extend(present.map(|key| format!("{origin}: `{key}` has no effect here")));
            stubs.push(stub(value, &origin).map_err(|error| format!("{origin}: {error}"))?);
        }
    }
    Ok((stubs, ignored))
}

/// The stub files at a path: itself, or those in the folder.
///
/// # Errors
/// A sentence about what cannot be found or read.
pub fn files(path: &Path) -> Result<Vec<PathBuf>, String> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    if !path.is_dir() {
        return Err(format!("{}: no such file or folder", path.display()));
    }
    let mut files = Vec::new();
    for entry in ignore::WalkBuilder::new(path).sort_by_file_path(Path::cmp).build() {
        let entry = entry.map_err(|error| error.to_string())?;
        let extension = entry.path().extension().and_then(|extension| extension.to_str());
        if entry.path().is_file() && matches!(extension, Some("yaml" | "yml" | "json")) {
            files.push(entry.path().to_owned());
        }
    }
    Ok(files)
}

/// The stubs of a text: every document is one or a list.
fn parse(file: &Path, text: &str) -> Result<Vec<Json>, String> {
    let is_json = file.extension().is_some_and(|extension| extension == "json");
    let documents: Vec<Json> = match is_json {
        true => vec![serde_json::from_str(text).map_err(|error| error.to_string())?],
        false => serde_saphyr::from_multiple(text).map_err(|error| error.to_string())?,
    };
    let stubs = documents.into_iter().flat_map(|document| match document {
        Json::Array(stubs) => stubs,
        Json::Null => Vec::new(),
        stub => vec![stub],
    });
    Ok(stubs.collect())
}

/// Members of a stub and of its output.
const STUB: [&str; 8] = [
    "service", "method", "input", "inputs", "headers", "output", "priority", "options",
];
const OUTPUT: [&str; 8] = [
    "data", "stream", "error", "code", "details", "headers", "trailers", "delay",
];

/// A misspelt member would widen what a stub matches, or empty its answer.
fn refuse_unknown(value: &Json, known: &[&str], what: &str) -> Result<(), String> {
    let keys = value.as_object().into_iter().flat_map(Map::keys);
    let unknown = keys.into_iter().find(|key| !known.contains(&key.as_str()));
    match unknown {
        None => Ok(()),
        Some(key) => Err(format!(
            "{what} has no member \"{key}\"{}",
            advice(key, known.iter().copied())
        )),
    }
}

fn stub(value: Json, origin: &str) -> Result<Stub, String> {
    let known: Vec<_> = STUB.iter().chain(&IGNORED).copied().collect();
    refuse_unknown(&value, &known, "a stub")?;
    if let Some(output) = value.get("output") {
        refuse_unknown(output, &OUTPUT, "an output")?;
    }
    let raw: RawStub = serde_path_to_error::deserialize(value).map_err(|error| error.to_string())?;
    let inputs = match (raw.input, raw.inputs) {
        (Some(_), Some(_)) => return Err("`input` and `inputs` exclude each other: delete one".to_owned()),
        (_, Some(list)) if list.len() == 1 => Inputs::Each(Box::new(list.into_iter().next().unwrap_or_default())),
        (_, Some(list)) => Inputs::Sequence(list),
        (matcher, None) => Inputs::Each(Box::new(matcher.unwrap_or_default())),
    };
    Ok(Stub {
        origin: origin.to_owned(),
        service: raw.service,
        method: raw.method,
        headers: lower_case(raw.headers),
        inputs,
        output: output(raw.output)?,
        priority: raw.priority,
        times: raw.options.times,
    })
}

/// Metadata names are in lower case.
fn lower_case(matcher: Matcher) -> Matcher {
    let lower = |map: Map<String, Json>| {
        map.into_iter()
            .map(|(name, value)| (name.to_ascii_lowercase(), value))
            .collect()
    };
    Matcher {
        equals: lower(matcher.equals),
        contains: lower(matcher.contains),
        matches: lower(matcher.matches),
        glob: lower(matcher.glob),
        any_of: matcher.any_of.into_iter().map(lower_case).collect(),
        ignore_array_order: matcher.ignore_array_order,
    }
}

fn output(raw: RawOutput) -> Result<Output, String> {
    let is_stream = raw.stream.is_some();
    let values = match (raw.data, raw.stream) {
        (Some(_), Some(_)) => return Err("`data` and `stream` exclude each other: delete one".to_owned()),
        (Some(data), None) => vec![data],
        (None, stream) => stream.unwrap_or_default(),
    };
    let messages = values.into_iter().map(item).collect::<Result<Vec<_>, _>>()?;
    let pairs = |map: Map<String, Json>| {
        map.iter()
            .map(|(name, value)| (name.to_ascii_lowercase(), plain(value)))
            .collect()
    };
    Ok(Output {
        messages,
        is_stream,
        error: fault(raw.fault)?,
        headers: pairs(raw.headers),
        trailers: pairs(raw.trailers),
        delay: raw.delay.as_deref().map_or(Ok(Duration::ZERO), duration)?,
    })
}

fn item(mut value: Json) -> Result<Item, String> {
    let control = value
        .as_object_mut()
        .and_then(|object| object.shift_remove("_gripmock"));
    let Some(control) = control else {
        return Ok(Item {
            message: value,
            delay: Duration::ZERO,
            error: None,
        });
    };
    let delay = control
        .get("delay")
        .and_then(Json::as_str)
        .map_or(Ok(Duration::ZERO), duration)?;
    let raw: RawFault = serde_json::from_value(control).map_err(|error| format!("_gripmock: {error}"))?;
    Ok(Item {
        message: value,
        delay,
        error: fault(raw)?,
    })
}

fn fault(raw: RawFault) -> Result<Option<Fault>, String> {
    const UNKNOWN: i32 = 2;
    let code = match &raw.code {
        None => UNKNOWN,
        Some(value) => crate::status::parse_code(&plain(value))
            .ok_or_else(|| format!("{value} is no status code: write 5 or NOT_FOUND"))?,
    };
    let is_error = raw.error.is_some() || raw.code.is_some() && code != 0;
    Ok(is_error.then(|| Fault {
        code,
        message: raw.error.unwrap_or_default(),
        details: raw.details,
    }))
}

fn plain(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// `150ms`, `1.5s`, `1h30m`.
fn duration(text: &str) -> Result<Duration, String> {
    let fail = || format!("`{text}` is no duration: write 150ms, 1s or 1h30m");
    let mut rest = text.trim();
    let mut seconds = 0.0;
    while !rest.is_empty() {
        let number = rest
            .find(|c: char| !(c.is_ascii_digit() || c == '.'))
            .ok_or_else(fail)?;
        let unit = rest[number..]
            .find(|c: char| c.is_ascii_digit())
            .map_or(rest.len(), |at| number + at);
        let factor = match &rest[number..unit] {
            "us" | "µs" => 1e-6,
            "ms" => 1e-3,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            _ => return Err(fail()),
        };
        seconds += rest[..number].parse::<f64>().map_err(|_| fail())? * factor;
        rest = &rest[unit..];
    }
    Duration::try_from_secs_f64(seconds).map_err(|_| fail())
}

/// The stubs with full service names, and with the proto names of fields everywhere.
///
/// # Errors
/// The stub whose service, method or field the schema does not have, with the nearest name.
pub fn resolve(stubs: Vec<Stub>, schema: &Schema) -> Result<Vec<Stub>, String> {
    stubs.into_iter().map(|stub| resolve_one(stub, schema)).collect()
}

fn resolve_one(mut stub: Stub, schema: &Schema) -> Result<Stub, String> {
    let short = |service: &&prost_reflect::ServiceDescriptor| service.name() == stub.service;
    let services: Vec<_> = schema.services().collect();
    let full = services.iter().find(|service| service.full_name() == stub.service);
    let Some(service) = full.or_else(|| services.iter().find(short)) else {
        let short = crate::text::nearest(&stub.service, services.iter().map(|service| service.name()));
        let named = services.iter().find(|service| Some(service.name()) == short.as_deref());
        let advice = match named {
            Some(service) => format!("; did you mean \"{}\"?", service.full_name()),
            None => advice(&stub.service, services.iter().map(|service| service.full_name())),
        };
        return Err(format!("{}: no service \"{}\"{advice}", stub.origin, stub.service));
    };
    let Some(method) = service.methods().find(|method| method.name() == stub.method) else {
        let methods: Vec<_> = service.methods().map(|method| method.name().to_owned()).collect();
        let advice = advice(&stub.method, methods.iter().map(String::as_str));
        return Err(format!(
            "{}: {} has no method \"{}\"{advice}",
            stub.origin,
            service.full_name(),
            stub.method
        ));
    };
    stub.service = service.full_name().to_owned();
    let (input, output) = (Shape::of_message(&method.input()), Shape::of_message(&method.output()));
    let origin = stub.origin.clone();
    let named = |error: String| format!("{origin}: {error}");
    let matchers = match &mut stub.inputs {
        Inputs::Each(matcher) => std::slice::from_mut(&mut **matcher),
        Inputs::Sequence(matchers) => matchers.as_mut_slice(),
    };
    for matcher in matchers {
        rename_matcher(matcher, &input).map_err(named)?;
        refuse_patterns(matcher).map_err(named)?;
    }
    refuse_patterns(&stub.headers).map_err(named)?;
    for item in &mut stub.output.messages {
        rename(&mut item.message, &output).map_err(named)?;
        crate::mock::serve::message(&item.message, &method.output()).map_err(named)?;
    }
    Ok(stub)
}

fn refuse_patterns(matcher: &Matcher) -> Result<(), String> {
    match bad_patterns(matcher).into_iter().next() {
        Some(fault) => Err(fault),
        None => Ok(()),
    }
}

fn advice<'a>(word: &str, names: impl Iterator<Item = &'a str>) -> String {
    crate::text::nearest(word, names).map_or(String::new(), |name| format!("; did you mean \"{name}\"?"))
}

fn rename_matcher(matcher: &mut Matcher, shape: &Shape) -> Result<(), String> {
    for map in [
        &mut matcher.equals,
        &mut matcher.contains,
        &mut matcher.matches,
        &mut matcher.glob,
    ] {
        let mut value = Json::Object(std::mem::take(map));
        rename(&mut value, shape)?;
        if let Json::Object(renamed) = value {
            *map = renamed;
        }
    }
    matcher
        .any_of
        .iter_mut()
        .try_for_each(|inner| rename_matcher(inner, shape))
}

/// Gives every field its proto name.
fn rename(value: &mut Json, shape: &Shape) -> Result<(), String> {
    match (value, shape) {
        (Json::Object(object), Shape::Message(message)) => {
            for (key, mut value) in std::mem::take(object) {
                let Some(field) = field(message, &key) else {
                    let names: Vec<_> = message.fields().map(|field| field.name().to_owned()).collect();
                    let advice = advice(&key, names.iter().map(String::as_str));
                    return Err(format!("{} has no field \"{key}\"{advice}", message.full_name()));
                };
                rename(&mut value, &Shape::of_field(&field))?;
                object.insert(field.name().to_owned(), value);
            }
            Ok(())
        }
        (Json::Object(object), Shape::Map { value: shape, .. }) => {
            object.values_mut().try_for_each(|value| rename(value, shape))
        }
        (Json::Array(items), Shape::List(shape)) => items.iter_mut().try_for_each(|item| rename(item, shape)),
        _ => Ok(()),
    }
}
