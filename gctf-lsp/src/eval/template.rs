//! `{{ name }}` in strings.

use crate::syntax::json::{Data, Member, Value};
use crate::types::form::{Defaults, Type};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// The variables that a document can read.
#[derive(Clone, Debug, Default)]
pub struct Variables {
    /// From EXTRACT and the like, by name.
    pub values: BTreeMap<String, Json>,
    /// What those of known type can be.
    pub types: BTreeMap<String, Type>,
    /// What `{{ env.NAME }}` reads.
    pub environment: Arc<BTreeMap<String, String>>,
}

/// A template that names nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unresolved {
    pub name: String,
    /// Bytes of the string that holds it, in the range's own text.
    pub range: Range<usize>,
    pub nearest: Option<String>,
}

impl Unresolved {
    /// `no variable "nme"; did you mean "name"?`
    pub fn message(&self) -> String {
        let advice = self
            .nearest
            .as_ref()
            .map_or(String::new(), |name| format!("; did you mean \"{name}\"?"));
        format!("no variable \"{}\"{advice}", self.name)
    }
}

impl Variables {
    /// Sets a variable to a value of a type.
    pub fn set(&mut self, name: &str, value: Json, ty: Type) {
        self.values.insert(name.to_owned(), value);
        match ty {
            Type::Unknown => drop(self.types.remove(name)),
            ty => drop(self.types.insert(name.to_owned(), ty)),
        }
    }

    /// The value of a name with its `.field` steps. A variable with the whole name wins.
    pub fn get(&self, name: &str) -> Option<Json> {
        if let Some(value) = self.values.get(name) {
            return Some(value.clone());
        }
        let (head, rest) = name.split_once('.')?;
        if head == "env" {
            return self.environment.get(rest).map(|text| Json::String(text.clone()));
        }
        let mut value = self.values.get(head)?;
        let mut known = self.types.get(head).cloned().unwrap_or(Type::Unknown);
        for step in rest.split('.') {
            let name = known.proto_name(step);
            value = value.get(name.as_deref().unwrap_or(step))?;
            known = known.member(step, Defaults::Uncertain);
        }
        Some(value.clone())
    }

    fn resolve(&self, name: &str, range: &Range<usize>) -> Result<Json, Unresolved> {
        self.get(name).ok_or_else(|| Unresolved {
            name: name.to_owned(),
            range: range.clone(),
            nearest: crate::text::nearest(name, self.values.keys().map(String::as_str)),
        })
    }
}

/// The templates in `text`: their bytes, braces included, and their names.
pub fn names(text: &str) -> Vec<(Range<usize>, &str)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(open) = text[from..].find("{{").map(|at| from + at) {
        let Some(close) = text[open..].find("}}").map(|at| open + at) else {
            break;
        };
        let name = text[open + 2..close].trim_matches([' ', '\t']);
        match is_name(name) {
            true => {
                found.push((open..close + 2, name));
                from = close + 2;
            }
            false => from = open + 1,
        }
    }
    found
}

fn is_name(name: &str) -> bool {
    let starts = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    let word = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    starts && name.split('.').all(word)
}

/// `text` with its templates replaced: strings raw, other values as compact JSON.
///
/// # Errors
/// The first name that nothing sets, with `range` as its place.
pub fn substitute_text(text: &str, range: &Range<usize>, variables: &Variables) -> Result<String, Unresolved> {
    let mut replaced = String::new();
    let mut from = 0;
    for (place, name) in names(text) {
        replaced.push_str(&text[from..place.start]);
        match variables.resolve(name, range)? {
            Json::String(value) => replaced.push_str(&value),
            value => replaced.push_str(&value.to_string()),
        }
        from = place.end;
    }
    replaced.push_str(&text[from..]);
    Ok(replaced)
}

/// `value` with the templates of its strings replaced; one that is alone in its string keeps its type. Keys stay.
///
/// # Errors
/// The first name that nothing sets, with the string's place.
pub fn substitute(value: &Value, variables: &Variables) -> Result<Value, Unresolved> {
    let data = match &value.data {
        Data::String(text) => match names(text).as_slice() {
            [] => value.data.clone(),
            [(place, name)] if *place == (0..text.len()) => {
                from_json(&variables.resolve(name, &value.range)?, &value.range).data
            }
            _ => Data::String(substitute_text(text, &value.range, variables)?),
        },
        Data::Array(items) => {
            let items: Result<_, _> = items.iter().map(|item| substitute(item, variables)).collect();
            Data::Array(items?)
        }
        Data::Object(members) => {
            let members: Result<_, _> = members
                .iter()
                .map(|member| {
                    let value = member
                        .value
                        .as_ref()
                        .map(|value| substitute(value, variables))
                        .transpose()?;
                    Ok(Member {
                        value,
                        ..member.clone()
                    })
                })
                .collect();
            Data::Object(members?)
        }
        other => other.clone(),
    };
    Ok(Value {
        range: value.range.clone(),
        data,
    })
}

/// A plain JSON value in the place of a written one.
pub(crate) fn from_json(value: &Json, range: &Range<usize>) -> Value {
    let data = match value {
        Json::Null => Data::Null,
        Json::Bool(value) => Data::Bool(*value),
        Json::Number(number) => Data::Number(number.to_string()),
        Json::String(text) => Data::String(text.clone()),
        Json::Array(items) => Data::Array(items.iter().map(|item| from_json(item, range)).collect()),
        Json::Object(members) => {
            let member = |(key, value): (&String, &Json)| Member {
                key: key.clone(),
                key_range: range.clone(),
                colon: true,
                value: Some(from_json(value, range)),
            };
            Data::Object(members.iter().map(member).collect())
        }
    };
    Value {
        range: range.clone(),
        data,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(text: &str, expected: &str) {
        let variables = Variables {
            values: BTreeMap::from([
                ("n".to_owned(), json!(7)),
                ("u".to_owned(), json!({"id": "a"})),
                ("d.e".to_owned(), json!("dotted")),
                ("d".to_owned(), json!({"e": 1})),
            ]),
            environment: Arc::new(BTreeMap::from([("HOME".to_owned(), "/h".to_owned())])),
            ..Variables::default()
        };
        let value = from_json(&json!({ "v": text }), &(0..1));
        let found = match substitute(&value, &variables) {
            Ok(Value {
                data: Data::Object(members),
                ..
            }) => format!("{:?}", members[0].value.as_ref().unwrap().data),
            Ok(other) => format!("{other:?}"),
            Err(unresolved) => unresolved.message(),
        };
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn templates() {
        check("{{n}}", "Number(\"7\")");
        check("no. {{ n }}", "String(\"no. 7\")");
        check("{{u.id}}", "String(\"a\")");
        check("{{u}}!", "String(\"{\\\"id\\\":\\\"a\\\"}!\")");
        check("{{ d.e }}", "String(\"dotted\")");
        check("{{ env.HOME }}", "String(\"/h\")");
        check("{{ nn }}", "no variable \"nn\"; did you mean \"n\"?");
        check("{{ 1 }} {{ a-b }} {{", "String(\"{{ 1 }} {{ a-b }} {{\")");
    }
}
