//! What META and DATASET say, as data: the words about a test and the rows that it runs with.

use super::file::SourceFile;
use super::settings::list_items;
use super::validate::{column_places, link_places, readable_yaml, row_places};
use crate::secrets::Mask;
use crate::spec::SectionKind;
use serde::Deserialize;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::ops::Range;

/// The words about a test file, for reports and filters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Meta {
    pub name: Option<String>,
    pub summary: Option<String>,
    pub owner: Option<String>,
    pub tags: Vec<String>,
    pub links: Vec<String>,
}

/// A row of a DATASET.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// From 0.
    pub index: usize,
    /// Values by column.
    pub columns: BTreeMap<String, Json>,
}

impl Row {
    /// `[row=0 id=a n=1]`: keys sorted, strings as they are, other values as compact JSON, `***` for the secrets of
    /// `mask`.
    pub fn label(&self, mask: &Mask) -> String {
        let mut label = format!("[row={}", self.index);
        for (column, value) in &self.columns {
            match &mask.json(column, value) {
                Json::String(text) => label.push_str(&format!(" {column}={text}")),
                other => label.push_str(&format!(" {column}={other}")),
            }
        }
        label.push(']');
        label
    }
}

impl SourceFile {
    /// What META says; `tags`, `owner` and `summary` that it leaves out come from attributes of any section.
    pub fn meta(&self) -> Meta {
        let first = self.section_text(SectionKind::Meta);
        // What cannot be read is an error of the file.
        let written = first.and_then(|body| serde_saphyr::from_str::<Option<Meta>>(&body).ok());
        let mut meta = written.flatten().unwrap_or_default();
        if meta.tags.is_empty() {
            meta.tags = self.attributes("tag").flat_map(|tags| list_items(&tags)).collect();
            meta.tags.dedup();
        }
        meta.owner = meta.owner.or_else(|| self.attributes("owner").next());
        meta.summary = meta.summary.or_else(|| self.attributes("summary").next());
        meta
    }

    /// The rows that the whole file runs with; none where it has no DATASET or one that cannot be read.
    pub fn rows(&self) -> Vec<Row> {
        let body = self.section_text(SectionKind::Dataset);
        let read = |body: String| serde_saphyr::from_str::<Option<Vec<Option<BTreeMap<String, Json>>>>>(&body).ok();
        let rows = body.and_then(read).flatten().unwrap_or_default();
        let row = |(index, columns): (usize, Option<_>)| Row {
            index,
            columns: columns.unwrap_or_default(),
        };
        rows.into_iter().enumerate().map(row).collect()
    }

    /// Where each row starts, in bytes of the file; none where one of them has no place of its own.
    pub fn row_places(&self) -> Vec<usize> {
        let Some(body) = self.section_range(SectionKind::Dataset) else {
            return Vec::new();
        };
        let places = row_places(&self.text().byte_slice(body.clone()).to_string());
        let places = places.unwrap_or_default().into_iter();
        places.map(|start| body.start + start).collect()
    }

    /// Where the DATASET first names a column, in bytes of the file.
    pub fn column(&self, name: &str) -> Option<Range<usize>> {
        self.column_places(name).into_iter().next()
    }

    /// Where the rows of the DATASET name a column, in order, in bytes of the file.
    pub fn column_places(&self, name: &str) -> Vec<Range<usize>> {
        let Some(body) = self.section_range(SectionKind::Dataset) else {
            return Vec::new();
        };
        let places = column_places(&self.text().byte_slice(body.clone()).to_string(), name).into_iter();
        places
            .map(|place| body.start + place.start..body.start + place.end)
            .collect()
    }

    /// The pages that META links to, each with its bytes in the file.
    pub fn links(&self) -> Vec<(Range<usize>, String)> {
        let Some(body) = self.section_range(SectionKind::Meta) else {
            return Vec::new();
        };
        let text = self.text().byte_slice(body.clone()).to_string();
        let places = link_places(&text).into_iter();
        let places = places.map(|place| {
            let inner = text[place.clone()].trim_matches(['"', '\'']).trim();
            let start = place.start + text[place.clone()].find(inner).unwrap_or(0) + body.start;
            (start..start + inner.len(), inner.to_owned())
        });
        places.collect()
    }

    /// The body of the first section of a kind, which belongs to the first document, in bytes of the file.
    fn section_range(&self, kind: SectionKind) -> Option<Range<usize>> {
        let (start, document) = self.document(0)?;
        let body = &document.sections_of(kind).next()?.body_range;
        Some(body.start + start..body.end + start)
    }

    /// The body of the first section of a kind, which belongs to the first document.
    fn section_text(&self, kind: SectionKind) -> Option<String> {
        let (_, document) = self.document(0)?;
        let section = document.sections_of(kind).next()?;
        Some(readable_yaml(&document.text()[section.body_range.clone()]))
    }

    fn attributes<'a>(&'a self, name: &'a str) -> impl Iterator<Item = String> + 'a {
        let sections = self.documents().flat_map(|(_, document)| document.sections());
        let values = sections.filter_map(move |section| section.attribute(name));
        values.map(|value| value.trim_matches(['"', '\'']).to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_named_by_their_columns() {
        let labels = |body: &str| -> Vec<String> {
            let file = SourceFile::new(&format!("--- DATASET ---\n{body}\n--- ENDPOINT ---\na/B\n"));
            file.rows().iter().map(|row| row.label(&Mask::default())).collect()
        };
        assert_eq!(
            labels(
                "- { n: 1, id: a b }\n// no row\n-\n- s: [1, 2.50]\n  t: null # why\n- { password: x, u: { token: 1 } }"
            ),
            [
                "[row=0 id=a b n=1]",
                "[row=1]",
                "[row=2 s=[1,2.5] t=null]",
                r#"[row=3 password=*** u={"token":"***"}]"#
            ]
        );
        assert_eq!(labels("a: 1"), [] as [&str; 0]);
        assert_eq!(labels(""), [] as [&str; 0]);
    }

    #[test]
    fn rows_have_places() {
        let places = |body: &str| -> Vec<String> {
            let text = format!("--- DATASET ---\n{body}\n--- ENDPOINT ---\na/B\n");
            let file = SourceFile::new(&text);
            let places = file.row_places().into_iter();
            places.map(|start| text[start..start + 4].to_owned()).collect()
        };
        assert_eq!(
            places("# rows\n- { n: 1 }\n// no row\n- n: 2\n  m: x"),
            ["{ n:", "n: 2"]
        );
        assert_eq!(places("[{ n: 1 }, { n: 2 }]"), ["{ n:", "{ n:"]);
        assert_eq!(places("a: 1"), [] as [&str; 0]);
    }

    #[test]
    fn attributes_stand_in_for_what_meta_leaves_out() {
        let file = SourceFile::new(
            "--- META ---\nname: n\nowner: me\n\n#[tag(a, b)]\n#[owner(you)]\n--- ENDPOINT ---\na/B\n\n#[summary(\"s\")]\n--- RESPONSE ---\n{}\n",
        );
        let meta = file.meta();
        assert_eq!(meta.name.as_deref(), Some("n"));
        assert_eq!(meta.owner.as_deref(), Some("me"));
        assert_eq!(meta.summary.as_deref(), Some("s"));
        assert_eq!(meta.tags, ["a", "b"]);
    }
}
