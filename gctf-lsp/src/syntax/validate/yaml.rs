//! META and DATASET: YAML with fixed members.

use super::super::document::Section;
use super::super::lines::lines;
use super::Scope;
use crate::diagnostic::{Diagnostic, Severity};
use crate::spec::{Form, SectionKind, find, keys, spellings};
use crate::text::did_you_mean;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{Location, Spanned};
use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

/// A YAML value with places, as far as the sections need it.
#[derive(Debug)]
enum Yaml {
    Null,
    Scalar,
    List(Vec<Spanned<Yaml>>),
    Map(Vec<(Spanned<String>, Spanned<Yaml>)>),
}

/// More rows than this are worth a word.
const MANY_ROWS: usize = 50;

/// Findings on a META or DATASET section.
pub(super) fn check(scope: &Scope<'_>, section: &Section, found: &mut Vec<Diagnostic>) {
    let body = readable(&scope.text[section.body_range.clone()]);
    let place = Place {
        text: &body,
        start: section.body_range.start,
    };
    let value = match serde_saphyr::from_str::<Spanned<Yaml>>(&body) {
        Ok(value) => value,
        Err(_) if body.trim().is_empty() => Spanned::new(Yaml::Null, Location::UNKNOWN, Location::UNKNOWN),
        Err(error) => {
            found.extend(broken(&place, &error));
            return;
        }
    };
    match section.kind {
        SectionKind::Meta => meta(&place, section, &value, found),
        _ => dataset(&place, section, &value, found),
    }
}

/// The columns of all rows; `None` where the rows cannot be read.
pub(super) fn columns(body: &str) -> Option<BTreeSet<String>> {
    let value = serde_saphyr::from_str::<Yaml>(&readable(body)).ok()?;
    let Yaml::List(rows) = value else { return None };
    let mut columns = BTreeSet::new();
    for row in rows {
        let Yaml::Map(members) = row.value else { return None };
        columns.extend(members.into_iter().map(|(key, _)| key.value));
    }
    Some(columns)
}

/// Where the rows name a column, in order, in bytes of the body.
pub(in crate::syntax) fn column_places(body: &str, column: &str) -> Vec<Range<usize>> {
    let body = readable(body);
    let Ok(Yaml::List(rows)) = serde_saphyr::from_str::<Yaml>(&body) else {
        return Vec::new();
    };
    let members = rows.into_iter().flat_map(|row| match row.value {
        Yaml::Map(members) => members,
        _ => Vec::new(),
    });
    let place = Place { text: &body, start: 0 };
    let keys = members.map(|(key, _)| key).filter(|key| key.value == column);
    keys.filter_map(|key| place.range(key.referenced)).collect()
}

/// Where the rows of a DATASET start, in bytes of the body; none if one has no place.
pub(in crate::syntax) fn row_places(body: &str) -> Option<Vec<usize>> {
    let body = readable(body);
    let Ok(Yaml::List(rows)) = serde_saphyr::from_str::<Yaml>(&body) else {
        return None;
    };
    let place = Place { text: &body, start: 0 };
    let starts = rows.iter().map(|row| Some(place.range(row.referenced)?.start));
    starts.collect()
}

/// The places of the `links` of a META, in bytes of the body.
pub(in crate::syntax) fn link_places(body: &str) -> Vec<Range<usize>> {
    let body = readable(body);
    let Ok(Yaml::Map(members)) = serde_saphyr::from_str::<Yaml>(&body) else {
        return Vec::new();
    };
    let links = members.into_iter().find(|(key, _)| key.value == "links");
    let items = match links.map(|(_, value)| value.value) {
        Some(Yaml::List(items)) => items,
        _ => Vec::new(),
    };
    let place = Place { text: &body, start: 0 };
    items.iter().filter_map(|item| place.range(item.referenced)).collect()
}

/// The body with lines that start with `//` blanked out, byte for byte as long.
pub(in crate::syntax) fn readable(body: &str) -> String {
    let mut text = body.to_owned();
    for (at, line) in lines(body) {
        if line.trim_start().starts_with("//") {
            text.replace_range(at..at + line.len(), &" ".repeat(line.len()));
        }
    }
    text
}

/// From places in a body to bytes of the document.
struct Place<'a> {
    text: &'a str,
    start: usize,
}

impl Place<'_> {
    /// The bytes of a value, its first line only; `None` where the reader does not say.
    fn range(&self, location: Location) -> Option<Range<usize>> {
        let start = usize::try_from(location.span().byte_offset()?).ok()?;
        let length = usize::try_from(location.span().byte_len()?).ok()?;
        let text = self.text.get(start..start + length)?;
        let line = text.lines().next().unwrap_or("").trim_end();
        let length = match line.len() {
            0 => self.text[start..].chars().next().map_or(0, char::len_utf8),
            length => length,
        };
        Some(self.start + start..self.start + start + length)
    }
}

fn broken(place: &Place<'_>, error: &serde_saphyr::Error) -> Option<Diagnostic> {
    let location = error.location()?;
    let text = error.without_snippet().to_string();
    let reason = text
        .split(" at line ")
        .next()
        .unwrap_or(&text)
        .lines()
        .next()
        .unwrap_or_default();
    // What the reader's options would allow is no advice here.
    let reason = reason.split(", set ").next().unwrap_or(reason);
    let reason = reason.trim_end_matches(['.', ':', ' ']);
    // The reader stops behind the text where something is left open.
    let range = place.range(location).unwrap_or_else(|| {
        let end = place.start + place.text.trim_end().len();
        end..end
    });
    Some(Diagnostic::error("G125", range, format!("this is no YAML: {reason}")))
}

fn meta(place: &Place<'_>, section: &Section, value: &Spanned<Yaml>, found: &mut Vec<Diagnostic>) {
    let members = match &value.value {
        Yaml::Map(members) => members,
        Yaml::Null => return,
        Yaml::Scalar | Yaml::List(_) => {
            let range = place.range(value.referenced).unwrap_or(section.name_range.clone());
            found.push(Diagnostic::error("G125", range, "META is a mapping: write `name: …`"));
            return;
        }
    };
    for (key, value) in members {
        let Some(range) = place.range(key.referenced) else {
            continue;
        };
        let Some(word) = find(keys::META, &key.value) else {
            let dym = did_you_mean(&key.value, spellings(keys::META));
            let message = format!("META has no field `{}`{dym}", key.value);
            found.push(Diagnostic::error("G125", range, message));
            continue;
        };
        let list = word.form == Form::YamlList;
        let wrong = match &value.value {
            Yaml::Null => false,
            Yaml::Scalar => list,
            Yaml::List(items) => {
                !list
                    || items
                        .iter()
                        .any(|item| matches!(item.value, Yaml::List(_) | Yaml::Map(_)))
            }
            Yaml::Map(_) => true,
        };
        if wrong {
            let form = match list {
                true => "a list of strings: write `[a, b]`",
                false => "a string",
            };
            let range = place.range(value.referenced).unwrap_or(range);
            found.push(Diagnostic::error("G125", range, format!("`{}` is {form}", key.value)));
        }
    }
}

fn dataset(place: &Place<'_>, section: &Section, value: &Spanned<Yaml>, found: &mut Vec<Diagnostic>) {
    let rows = match &value.value {
        Yaml::List(rows) => rows.as_slice(),
        Yaml::Null => &[],
        Yaml::Scalar | Yaml::Map(_) => {
            let range = place.range(value.referenced).unwrap_or(section.name_range.clone());
            found.push(Diagnostic::error(
                "G125",
                range,
                "DATASET is a list of rows: write `- column: value`",
            ));
            return;
        }
    };
    if rows.is_empty() {
        let message = "DATASET has no rows, so nothing would run: write `- column: value`";
        found.push(Diagnostic::error("G227", section.name_range.clone(), message));
    }
    if rows.len() > MANY_ROWS {
        let message = format!("{} rows: the whole file runs once for each", rows.len());
        found.push(Diagnostic::new(
            "G610",
            Severity::Hint,
            section.name_range.clone(),
            message,
        ));
    }
    for row in rows
        .iter()
        .filter(|row| !matches!(row.value, Yaml::Map(_) | Yaml::Null))
    {
        let range = place.range(row.referenced).unwrap_or(section.name_range.clone());
        found.push(Diagnostic::error(
            "G125",
            range,
            "a row is a mapping: write `- column: value`",
        ));
    }
}

impl<'de> Deserialize<'de> for Yaml {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(YamlVisitor)
    }
}

struct YamlVisitor;

impl<'de> Visitor<'de> for YamlVisitor {
    type Value = Yaml;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Yaml, E> {
        Ok(Yaml::Scalar)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Yaml, E> {
        Ok(Yaml::Scalar)
    }

    fn visit_i128<E>(self, _: i128) -> Result<Yaml, E> {
        Ok(Yaml::Scalar)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Yaml, E> {
        Ok(Yaml::Scalar)
    }

    fn visit_u128<E>(self, _: u128) -> Result<Yaml, E> {
        Ok(Yaml::Scalar)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Yaml, E> {
        Ok(Yaml::Scalar)
    }

    fn visit_str<E>(self, _: &str) -> Result<Yaml, E> {
        Ok(Yaml::Scalar)
    }

    fn visit_unit<E>(self) -> Result<Yaml, E> {
        Ok(Yaml::Null)
    }

    fn visit_none<E>(self) -> Result<Yaml, E> {
        Ok(Yaml::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Yaml, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Yaml, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Yaml::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Yaml, A::Error> {
        let mut map = Vec::new();
        while let Some(member) = members.next_entry()? {
            map.push(member);
        }
        Ok(Yaml::Map(map))
    }
}
