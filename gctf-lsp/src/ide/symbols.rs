//! The outline of a file.

use super::{Analysis, FileId};
use crate::syntax::json::Data;
use crate::syntax::{Body, Document, Section};
use std::ops::Range;

/// What a [`Symbol`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SymbolKind {
    Document,
    Section,
    Field,
    Key,
    Variable,
    Assertion,
}

/// A named part of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symbol {
    pub name: String,
    pub detail: Option<String>,
    pub kind: SymbolKind,
    pub range: Range<usize>,
    /// Inside `range`.
    pub selection: Range<usize>,
    pub children: Vec<Symbol>,
}

/// Documents with their sections and what stands in them.
pub fn symbols(analysis: &Analysis, file: FileId) -> Vec<Symbol> {
    let Some(state) = analysis.file(file) else {
        return Vec::new();
    };
    let documents = state.source.documents();
    let named = documents.filter(|(_, document)| !document.sections().is_empty());
    named
        .enumerate()
        .map(|(index, (start, document))| {
            let mut symbol = of_document(document, index);
            shift(&mut symbol, start);
            symbol
        })
        .collect()
}

fn of_document(document: &Document, index: usize) -> Symbol {
    let endpoint = document.endpoint();
    let name = document.test_name().map(str::to_owned);
    let short = endpoint.map(|line| line.text.rsplit('.').next().unwrap_or(&line.text).to_owned());
    let children: Vec<_> = document
        .sections()
        .iter()
        .map(|section| of_section(document, section))
        .collect();
    let ranges = children.iter().map(|child| child.range.clone());
    let range = ranges.reduce(|all, range| all.start.min(range.start)..all.end.max(range.end));
    Symbol {
        name: name.or(short).unwrap_or_else(|| format!("document {}", index + 1)),
        detail: endpoint.map(|line| line.text.clone()),
        kind: SymbolKind::Document,
        selection: endpoint.map_or_else(|| document.sections()[0].header.clone(), |line| line.range.clone()),
        range: range.unwrap_or_default(),
        children,
    }
}

fn of_section(document: &Document, section: &Section) -> Symbol {
    let value = section.single_line().map(|line| line.text.clone());
    Symbol {
        name: section.name.clone(),
        detail: value,
        kind: SymbolKind::Section,
        range: section.trimmed_range(document.text()),
        selection: section.name_range.clone(),
        children: in_section(document, section),
    }
}

fn in_section(document: &Document, section: &Section) -> Vec<Symbol> {
    let leaf = |name: &str, kind, range: &Range<usize>, selection: &Range<usize>| Symbol {
        name: name.to_owned(),
        detail: None,
        kind,
        range: range.clone(),
        selection: selection.clone(),
        children: Vec::new(),
    };
    match &section.body {
        Body::Json(values) => values
            .iter()
            .filter_map(|value| match &value.data {
                Data::Object(members) => Some(members),
                _ => None,
            })
            .flatten()
            .filter(|member| !member.key.is_empty())
            .map(|member| {
                let end = member
                    .value
                    .as_ref()
                    .map_or(member.key_range.end, |value| value.range.end);
                leaf(
                    &member.key,
                    SymbolKind::Field,
                    &(member.key_range.start..end),
                    &member.key_range,
                )
            })
            .collect(),
        Body::KeyValue(entries) => entries
            .iter()
            .filter(|entry| !entry.key.text.is_empty())
            .map(|entry| leaf(&entry.key.text, SymbolKind::Key, &entry.range, &entry.key.range))
            .collect(),
        Body::Extract(extractions) => extractions
            .iter()
            .filter_map(|extraction| {
                let name = extraction.name.as_ref()?;
                Some(leaf(&name.text, SymbolKind::Variable, &extraction.range, &name.range))
            })
            .collect(),
        Body::Asserts(expressions) => expressions
            .iter()
            .map(|expression| {
                let line = document.text()[expression.range.clone()]
                    .lines()
                    .next()
                    .unwrap_or_default();
                leaf(line, SymbolKind::Assertion, &expression.range, &expression.range)
            })
            .collect(),
        Body::Lines(_) | Body::Yaml | Body::Text => Vec::new(),
    }
}

fn shift(symbol: &mut Symbol, by: usize) {
    for range in [&mut symbol.range, &mut symbol.selection] {
        *range = range.start + by..range.end + by;
    }
    symbol.children.iter_mut().for_each(|child| shift(child, by));
}
