//! The settings of a key-value section, also where TLS and PROTO are written as a JSON object.

use super::document::{Body, Section, Text};
use super::json::{Data, Value};
use crate::spec::{FALSE, TRUE, keys};

/// One setting as it counts: key and value with their places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    pub key: Text,
    pub value: Text,
}

impl Section {
    /// The settings of a key-value or JSON body in order; JSON objects under `certificates` and `options`
    /// are flattened. Lines without a colon or a key have no effect.
    pub fn settings(&self) -> Vec<Setting> {
        match &self.body {
            Body::KeyValue(entries) => entries
                .iter()
                .filter(|entry| entry.colon && !entry.key.text.is_empty())
                .map(|entry| Setting {
                    key: entry.key.clone(),
                    value: entry.value.clone(),
                })
                .collect(),
            Body::Json(values) => {
                let mut settings = Vec::new();
                for value in values {
                    flatten(value, &mut settings);
                }
                settings
            }
            _ => Vec::new(),
        }
    }

    /// The setting that the first of `names` with one gives; of equal names the last counts.
    pub fn setting(&self, names: &[&str]) -> Option<Text> {
        let settings = self.settings();
        names.iter().find_map(|name| {
            let setting = settings.iter().rev().find(|setting| setting.key.text == *name)?;
            Some(setting.value.clone())
        })
    }

    /// Whether a TLS section means no TLS.
    pub fn says_plaintext(&self) -> bool {
        let mode = self.setting(keys::TLS_MODE.spellings);
        mode.is_some_and(|mode| mode.text == "plaintext")
    }

    /// The setting by which a TLS section skips the verification of the server's certificate.
    pub fn unverified(&self) -> Option<Text> {
        let skip = self.setting(keys::INSECURE.spellings);
        let mode = self.setting(keys::TLS_MODE.spellings);
        skip.filter(|value| boolean(&value.text) == Some(true))
            .or_else(|| mode.filter(|mode| mode.text == "insecure"))
    }
}

fn flatten(value: &Value, settings: &mut Vec<Setting>) {
    let Data::Object(members) = &value.data else {
        return;
    };
    for member in members {
        let Some(value) = &member.value else { continue };
        match &value.data {
            Data::Object(_) if matches!(member.key.as_str(), "certificates" | "options") => {
                flatten(value, settings);
            }
            data => settings.push(Setting {
                key: Text {
                    range: member.key_range.clone(),
                    text: member.key.clone(),
                },
                value: Text {
                    range: value.range.clone(),
                    text: plain(data),
                },
            }),
        }
    }
}

/// A JSON value in the spelling of a key-value line.
fn plain(data: &Data) -> String {
    match data {
        Data::Null => String::new(),
        Data::Bool(value) => value.to_string(),
        Data::Number(text) | Data::String(text) | Data::Template(text) | Data::Word(text) => text.clone(),
        Data::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| plain(&item.data)).collect();
            items.join(", ")
        }
        Data::Object(_) => String::new(),
    }
}

/// The items of a list value: `a, b` or `[a, b]`, each optionally quoted.
pub fn list_items(value: &str) -> Vec<String> {
    let inner = value
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(value);
    inner
        .split(',')
        .map(|item| item.trim().trim_matches(['"', '\'']).to_owned())
        .filter(|item| !item.is_empty())
        .collect()
}

/// `true 1 yes on` and `false 0 no off` in any case.
pub fn boolean(value: &str) -> Option<bool> {
    let among = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(value));
    match (among(TRUE), among(FALSE)) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    }
}
