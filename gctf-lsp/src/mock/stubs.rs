//! Stub files: YAML with several documents, or JSON, each one stub or a list.

use super::part::Part;
use crate::text::did_you_mean;
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
#[derive(Clone, Debug, PartialEq)]
pub enum Inputs {
    /// One matcher for every message.
    Each(Box<Matcher>),
    /// Message i against matcher i, as many messages as matchers.
    Sequence(Vec<Matcher>),
}

/// Conditions on an object; all that are given hold.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Matcher {
    pub equals: Map<String, Json>,
    pub contains: Map<String, Json>,
    pub matches: Map<String, Json>,
    pub glob: Map<String, Json>,
    pub any_of: Vec<Matcher>,
    pub ignore_array_order: bool,
    /// What fields of a `.gctf` document's REQUEST want that hold templates.
    #[serde(skip)]
    pub parts: Vec<(String, Part)>,
}

/// What a stub answers.
#[derive(Clone, Debug, Default, PartialEq)]
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
    /// How many messages are sent before a bidirectional call's message 0, 1, 2 … is waited for, and then at last.
    /// Empty: each message is answered by the next one.
    pub turns: Vec<usize>,
}

/// One message of an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    pub message: Json,
    pub delay: Duration,
    /// Ends the answer here instead of sending the message.
    pub error: Option<Fault>,
}

/// A status that a stub answers with.
#[derive(Clone, Debug, PartialEq)]
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
#[serde(deny_unknown_fields)]
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

/// The code of an error without one.
pub(super) const UNKNOWN: i32 = 2;

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
            if value.get("output").is_some_and(holds_templates) {
                ignored.push(format!(
                    "{origin}: templates have no effect here, `{{{{ }}}}` is sent as it stands"
                ));
            }
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
    // `no` and `y` are texts, as in the YAML that gRPC stubs are written for.
    let options = serde_saphyr::options! { strict_booleans: true };
    let documents: Vec<Json> = match is_json {
        true => vec![serde_json::from_str(text).map_err(|error| error.to_string())?],
        false => serde_saphyr::from_multiple_with_options(text, options).map_err(|error| error.to_string())?,
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

/// Members of a stream item's `_gripmock`.
const CONTROL: [&str; 4] = ["delay", "error", "code", "details"];

/// A misspelt member would widen what a stub matches, or empty its answer.
fn refuse_unknown(value: &Json, known: &[&str], what: &str) -> Result<(), String> {
    let keys = value.as_object().into_iter().flat_map(Map::keys);
    let unknown = keys.into_iter().find(|key| !known.contains(&key.as_str()));
    match unknown {
        None => Ok(()),
        Some(key) => Err(format!(
            "{what} has no member \"{key}\"{}",
            did_you_mean(key, known.iter().copied())
        )),
    }
}

fn holds_templates(value: &Json) -> bool {
    match value {
        Json::String(text) => text.contains("{{"),
        Json::Array(items) => items.iter().any(holds_templates),
        Json::Object(members) => members.values().any(holds_templates),
        _ => false,
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
    let matchers = match &inputs {
        Inputs::Each(matcher) => std::slice::from_ref(&**matcher),
        Inputs::Sequence(matchers) => matchers.as_slice(),
    };
    let alternatives = matchers
        .iter()
        .chain([&raw.headers])
        .flat_map(|matcher| &matcher.any_of);
    if alternatives.into_iter().any(|matcher| !matcher.any_of.is_empty()) {
        return Err("`anyOf` stands inside `anyOf`: write one list".to_owned());
    }
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
        parts: matcher.parts,
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
        turns: Vec::new(),
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
    refuse_unknown(&control, &CONTROL, "_gripmock")?;
    let delay = match control.get("delay") {
        None => Duration::ZERO,
        Some(value) => duration(&plain(value))?,
    };
    let raw: RawFault = serde_json::from_value(control).map_err(|error| format!("_gripmock: {error}"))?;
    Ok(Item {
        message: value,
        delay,
        error: fault(raw)?,
    })
}

fn fault(raw: RawFault) -> Result<Option<Fault>, String> {
    let code = match &raw.code {
        None => UNKNOWN,
        Some(value) => crate::status::parse_code(&plain(value))
            .ok_or_else(|| format!("{value} is no status code: write 5 or NOT_FOUND"))?,
    };
    if code == 0 && raw.error.is_some() {
        return Err("an error cannot have the code OK: write another code".to_owned());
    }
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
