//! The settings of users and folders: one table of their names, values and defaults, and the layers that they
//! come from. Reads nothing: texts and values are handed in.

use crate::diagnostic::Severity;
use crate::secrets::Mask;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// Which hosts may be dialled, and when the user is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Network {
    None,
    Ask,
    Loopback,
    Any,
}

/// The spelling of fields that completion writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    /// As the fields around it are written.
    Auto,
    Proto,
    Json,
}

/// Which results of a run stand behind their lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Results {
    All,
    Failed,
    Off,
}

/// Everything that can be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Target of documents without ADDRESS; `None` leaves it to the environment.
    pub address: Option<String>,
    pub network: Network,
    /// Files of values for `{{ env.NAME }}`, by name.
    pub environments: BTreeMap<String, PathBuf>,
    /// Which of them is active; none if empty.
    pub environment: String,
    /// For each wait of a run, where the file says nothing.
    pub timeout: Duration,
    /// Files that run at the same time.
    pub jobs: usize,
    /// Whether saving a file runs its documents again.
    pub runs_on_save: bool,
    pub names: Names,
    /// By `G…` number; `None` leaves the finding out.
    pub severity: BTreeMap<String, Option<Severity>>,
    pub lenses: bool,
    pub result_hints: Results,
    /// Whether the values that variables had in the last run stand behind them.
    pub variable_hints: bool,
    pub formats: bool,
    /// Whether the types of extracted variables are shown.
    pub type_hints: bool,
    /// Where imports of PROTO files are looked for besides what the section says.
    pub proto_roots: Vec<PathBuf>,
    pub snapshot_folder: PathBuf,
    pub mask: Mask,
    /// `error` … `trace`.
    pub log_level: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            address: None,
            network: Network::Loopback,
            environments: BTreeMap::new(),
            environment: String::new(),
            timeout: Duration::from_secs(30),
            jobs: 8,
            runs_on_save: false,
            names: Names::Auto,
            severity: BTreeMap::new(),
            lenses: true,
            result_hints: Results::All,
            variable_hints: false,
            formats: true,
            type_hints: true,
            proto_roots: Vec::new(),
            snapshot_folder: PathBuf::from("gctf-schema"),
            mask: Mask::default(),
            log_level: "info".to_owned(),
        }
    }
}

/// What values a setting takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Text,
    Flag,
    /// A whole number in this range.
    Number(u64, u64),
    Choice(&'static [&'static str]),
    Texts,
    /// Severities by `G…` number.
    Levels,
    /// Paths by name.
    Paths,
}

/// One setting. Clients write it behind `gctf.`, `gctf.toml` without that.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    pub name: &'static str,
    pub form: Form,
    /// As JSON.
    pub default: &'static str,
    pub docs: &'static str,
}

const LEVELS: &[&str] = &["error", "warning", "information", "hint", "off"];

/// Every setting.
pub const KEYS: [Key; 18] = [
    Key {
        name: "address",
        form: Form::Text,
        default: r#""""#,
        docs: "Target of documents without ADDRESS. Empty: the variable GCTF_ADDRESS, else localhost:4770.",
    },
    Key {
        name: "network",
        form: Form::Choice(&["none", "ask", "loopback", "any"]),
        default: r#""loopback""#,
        docs: "Which hosts may be dialled: none; after approval only; this machine at once and others after approval; \
               all. gctf.toml can only lower it.",
    },
    Key {
        name: "environments",
        form: Form::Paths,
        default: "{}",
        docs: "Files of NAME=value lines for {{ env.NAME }}, by the name of the environment.",
    },
    Key {
        name: "environment",
        form: Form::Text,
        default: r#""""#,
        docs: "The active environment. Not in gctf.toml: only the user chooses it.",
    },
    Key {
        name: "run.timeoutSeconds",
        form: Form::Number(1, 86400),
        default: "30",
        docs: "Seconds that each wait of a run may take, where the file says nothing.",
    },
    Key {
        name: "run.jobs",
        form: Form::Number(1, 65535),
        default: "8",
        docs: "Files that run at the same time.",
    },
    Key {
        name: "run.onSave",
        form: Form::Flag,
        default: "false",
        docs: "Whether saving a file runs those of its documents again that have run; only where nobody has to be asked.",
    },
    Key {
        name: "completion.names",
        form: Form::Choice(&["auto", "proto", "json"]),
        default: r#""auto""#,
        docs: "Spelling of fields that completion writes; auto follows the fields around them.",
    },
    Key {
        name: "diagnostics.severity",
        form: Form::Levels,
        default: "{}",
        docs: "Severities by the number of the finding, such as \"G607\": \"off\".",
    },
    Key {
        name: "inlayHints.results",
        form: Form::Choice(&["all", "failed", "off"]),
        default: r#""all""#,
        docs: "Which results of a run stand behind their lines.",
    },
    Key {
        name: "inlayHints.variables",
        form: Form::Flag,
        default: "false",
        docs: "Whether the values that variables had in the last run stand behind them.",
    },
    Key {
        name: "lens.enabled",
        form: Form::Flag,
        default: "true",
        docs: "Whether lenses stand above documents.",
    },
    Key {
        name: "format.enabled",
        form: Form::Flag,
        default: "true",
        docs: "Whether files are formatted.",
    },
    Key {
        name: "inlayHints.types",
        form: Form::Flag,
        default: "true",
        docs: "Whether the types of variables stand behind their names in EXTRACT.",
    },
    Key {
        name: "schema.protoRoots",
        form: Form::Texts,
        default: "[]",
        docs: "Folders where imports of PROTO files are looked for, besides those of the section and of buf.yaml.",
    },
    Key {
        name: "schema.snapshotDir",
        form: Form::Text,
        default: r#""gctf-schema""#,
        docs: "Folder of saved schemas.",
    },
    Key {
        name: "secrets.mask",
        form: Form::Texts,
        default: r#"["authorization","proxy-authorization","cookie","token","*_token","*-token","!*page_token","*secret*","*password*","*api-key*","*api_key*"]"#,
        docs: "Names of headers, fields and variables that hold secrets; `*` stands for anything, `!` takes names out \
               again. gctf.toml can only add.",
    },
    Key {
        name: "log.level",
        form: Form::Choice(&["error", "warn", "info", "debug", "trace"]),
        default: r#""info""#,
        docs: "What the server writes to its log.",
    },
];

/// Names that an editor's own part reads, or that are yet to come: no mistake in a list of settings.
const OTHERS: [&str; 4] = ["server.", "trace.", "inlayHints.", "mock"];

/// One value of a layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Without `gctf.`.
    pub name: String,
    pub value: Json,
    /// Where it stands, as complaints about it begin: `gctf.toml:3: `.
    pub place: String,
}

/// Who says what stands in a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A `gctf.toml`, which comes with the files that it speaks of.
    Folder,
    /// The user, by way of the editor.
    User,
}

/// Values of one origin.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    pub origin: Origin,
    /// Where relative paths start.
    pub base: PathBuf,
    pub entries: Vec<Entry>,
}

impl Settings {
    /// The settings of `layers`, later ones before earlier ones, and what is wrong with them.
    pub fn of<'a>(layers: impl IntoIterator<Item = &'a Layer>) -> (Self, Vec<String>) {
        let mut settings = Self::default();
        let mut ceiling = Network::Any;
        let mut problems = Vec::new();
        for layer in layers {
            for entry in &layer.entries {
                let taken = match (layer.origin, entry.name.as_str()) {
                    (Origin::Folder, "network") => {
                        network(&entry.value).and_then(|network| lower(network, &mut ceiling))
                    }
                    _ => settings.take(entry, layer),
                };
                if let Err(reason) = taken {
                    problems.push(format!("{}{}: {reason}", entry.place, entry.name));
                }
            }
        }
        settings.network = settings.network.min(ceiling);
        (settings, problems)
    }

    fn take(&mut self, entry: &Entry, layer: &Layer) -> Result<(), String> {
        let Some(key) = KEYS.iter().find(|key| key.name == entry.name) else {
            let is_known = OTHERS.iter().any(|other| entry.name.starts_with(other));
            return match layer.origin == Origin::User || is_known {
                true => Ok(()),
                false => Err(unknown(&entry.name)),
            };
        };
        let value = &entry.value;
        key.form.check(value)?;
        let text = || value.as_str().unwrap_or_default();
        let whole = || value.as_u64().unwrap_or_default();
        match key.name {
            "address" => self.address = Some(text().to_owned()).filter(|text| !text.is_empty()),
            "network" => self.network = network(value)?,
            "environments" => self.environments = paths_by_name(value, layer),
            "environment" if layer.origin == Origin::Folder => {
                return Err("only the user chooses it, not gctf.toml".to_owned());
            }
            "environment" => self.environment = text().to_owned(),
            "run.timeoutSeconds" => self.timeout = Duration::from_secs(whole()),
            "run.jobs" => self.jobs = usize::try_from(whole()).unwrap_or(1),
            "run.onSave" => self.runs_on_save = value.as_bool().unwrap_or_default(),
            "completion.names" => {
                self.names = match text() {
                    "proto" => Names::Proto,
                    "json" => Names::Json,
                    _ => Names::Auto,
                }
            }
            "diagnostics.severity" => self.severity.extend(levels(value)),
            "inlayHints.results" => {
                self.result_hints = match text() {
                    "failed" => Results::Failed,
                    "off" => Results::Off,
                    _ => Results::All,
                }
            }
            "inlayHints.variables" => self.variable_hints = value.as_bool().unwrap_or_default(),
            "lens.enabled" => self.lenses = value.as_bool().unwrap_or_default(),
            "format.enabled" => self.formats = value.as_bool().unwrap_or_default(),
            "inlayHints.types" => self.type_hints = value.as_bool().unwrap_or_default(),
            "schema.protoRoots" => self.proto_roots.extend(texts(value).map(|path| layer.base.join(path))),
            "schema.snapshotDir" => self.snapshot_folder = layer.base.join(text()),
            "secrets.mask" => self.take_mask(value, layer.origin)?,
            "log.level" => self.log_level = text().to_owned(),
            _ => {}
        }
        Ok(())
    }

    fn take_mask(&mut self, value: &Json, origin: Origin) -> Result<(), String> {
        let patterns = texts(value).map(str::to_owned);
        match origin {
            Origin::User => self.mask.replace(patterns),
            Origin::Folder if texts(value).any(|pattern| pattern.starts_with('!')) => {
                return Err("gctf.toml can only add names, not take them out with `!`".to_owned());
            }
            Origin::Folder => self.mask.add(patterns),
        }
        Ok(())
    }
}

fn lower(network: Network, ceiling: &mut Network) -> Result<(), String> {
    *ceiling = network.min(*ceiling);
    match network > Network::Loopback {
        true => Err("gctf.toml can only lower it: `any` stands in the settings of the user".to_owned()),
        false => Ok(()),
    }
}

fn network(value: &Json) -> Result<Network, String> {
    match value.as_str() {
        Some("none") => Ok(Network::None),
        Some("ask") => Ok(Network::Ask),
        Some("loopback") => Ok(Network::Loopback),
        Some("any") => Ok(Network::Any),
        _ => Err("expected \"none\", \"ask\", \"loopback\" or \"any\"".to_owned()),
    }
}

fn unknown(name: &str) -> String {
    let names = KEYS.iter().map(|key| key.name);
    format!("no such setting{}", crate::text::did_you_mean(name, names))
}

impl Form {
    fn check(self, value: &Json) -> Result<(), String> {
        let fits = match self {
            Self::Text => value.is_string(),
            Self::Flag => value.is_boolean(),
            Self::Number(least, most) => value.as_u64().is_some_and(|number| (least..=most).contains(&number)),
            Self::Choice(words) => value.as_str().is_some_and(|text| words.contains(&text)),
            Self::Texts => value.as_array().is_some_and(|list| list.iter().all(Json::is_string)),
            Self::Paths => value.as_object().is_some_and(|map| map.values().all(Json::is_string)),
            Self::Levels => match value.as_object() {
                None => false,
                Some(map) => return map.iter().try_for_each(|(code, level)| check_level(code, level)),
            },
        };
        match fits {
            true => Ok(()),
            false => Err(format!("expected {}", self.expected())),
        }
    }

    fn expected(self) -> String {
        match self {
            Self::Text => "a string".to_owned(),
            Self::Flag => "true or false".to_owned(),
            Self::Number(least, most) => format!("a number from {least} to {most}"),
            Self::Choice(words) => {
                let quoted: Vec<_> = words.iter().map(|word| format!("\"{word}\"")).collect();
                format!("one of {}", quoted.join(", "))
            }
            Self::Texts => "a list of strings".to_owned(),
            Self::Levels => "severities by number, such as { G607 = \"off\" }".to_owned(),
            Self::Paths => "paths by name".to_owned(),
        }
    }

    fn schema(self) -> Json {
        match self {
            Self::Text => json!({ "type": "string" }),
            Self::Flag => json!({ "type": "boolean" }),
            Self::Number(least, most) => json!({ "type": "integer", "minimum": least, "maximum": most }),
            Self::Choice(words) => json!({ "type": "string", "enum": words }),
            Self::Texts => json!({ "type": "array", "items": { "type": "string" } }),
            Self::Levels => json!({
                "type": "object",
                "patternProperties": { "^G[0-9]{3}$": { "type": "string", "enum": LEVELS } },
                "additionalProperties": false
            }),
            Self::Paths => json!({ "type": "object", "additionalProperties": { "type": "string" } }),
        }
    }
}

fn check_level(code: &str, level: &Json) -> Result<(), String> {
    let is_code = code.len() == 4 && code.starts_with('G') && code[1..].bytes().all(|byte| byte.is_ascii_digit());
    if !is_code {
        return Err(format!("`{code}` is no number of a finding, such as G607"));
    }
    Form::Choice(LEVELS)
        .check(level)
        .map_err(|reason| format!("{code}: {reason}"))
}

fn levels(value: &Json) -> impl Iterator<Item = (String, Option<Severity>)> + '_ {
    let entries = value.as_object().into_iter().flatten();
    entries.map(|(code, level)| {
        let severity = match level.as_str() {
            Some("error") => Some(Severity::Error),
            Some("warning") => Some(Severity::Warning),
            Some("information") => Some(Severity::Information),
            Some("hint") => Some(Severity::Hint),
            _ => None,
        };
        (code.clone(), severity)
    })
}

fn texts(value: &Json) -> impl Iterator<Item = &str> {
    value.as_array().into_iter().flatten().filter_map(Json::as_str)
}

fn paths_by_name(value: &Json, layer: &Layer) -> BTreeMap<String, PathBuf> {
    let entries = value.as_object().into_iter().flatten();
    let path = |path: &Json| layer.base.join(path.as_str().unwrap_or_default());
    entries.map(|(name, value)| (name.clone(), path(value))).collect()
}

/// The JSON schema of `gctf.toml`, and of the settings that editors send without `gctf.`.
pub fn schema() -> Json {
    let mut root = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Settings of gctf",
        "type": "object",
        "properties": {}
    });
    for key in KEYS {
        let mut parent = &mut root;
        let (path, name) = key
            .name
            .rsplit_once('.')
            .map_or((None, key.name), |(path, name)| (Some(path), name));
        for step in path.into_iter().flat_map(|path| path.split('.')) {
            let child = &mut parent["properties"][step];
            if child.is_null() {
                *child = json!({ "type": "object", "properties": {} });
            }
            parent = child;
        }
        let mut schema = key.form.schema();
        schema["default"] = serde_json::from_str(key.default).unwrap_or_default();
        schema["description"] = key.docs.into();
        parent["properties"][name] = schema;
    }
    root["properties"]["mock"] = json!({ "type": "object", "description": "What `gctf mock` serves in this folder." });
    root
}
