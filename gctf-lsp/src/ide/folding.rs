//! What can be folded.

use super::{Analysis, FileId};
use crate::syntax::json::{Data, Value};
use crate::syntax::{Body, Document};
use std::ops::Range;

/// What a [`Fold`] hides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FoldKind {
    Document,
    Section,
    Value,
    Comment,
}

/// A range over more than one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fold {
    pub range: Range<usize>,
    pub kind: FoldKind,
}

/// Documents, sections, JSON objects and arrays, comment runs, multi-line expressions.
pub fn folds(analysis: &Analysis, file: FileId) -> Vec<Fold> {
    let Some(state) = analysis.file(file) else {
        return Vec::new();
    };
    let several = state.source.documents().len() > 1;
    let mut folds = Vec::new();
    for (start, document) in state.source.documents() {
        let mut own = Vec::new();
        if let (true, Some(first), Some(last)) = (several, document.sections().first(), document.sections().last()) {
            own.push((
                first.header.start..last.trimmed_range(document.text()).end,
                FoldKind::Document,
            ));
        }
        in_document(document, &mut own);
        let several_lines = own
            .into_iter()
            .filter(|(range, _)| document.text()[range.clone()].contains('\n'));
        folds.extend(several_lines.map(|(range, kind)| Fold {
            range: range.start + start..range.end + start,
            kind,
        }));
    }
    folds
}

fn in_document(document: &Document, folds: &mut Vec<(Range<usize>, FoldKind)>) {
    for section in document.sections() {
        folds.push((section.trimmed_range(document.text()), FoldKind::Section));
        match &section.body {
            Body::Json(values) => values.iter().for_each(|value| in_value(value, folds)),
            Body::Asserts(expressions) => {
                folds.extend(
                    expressions
                        .iter()
                        .map(|expression| (expression.range.clone(), FoldKind::Value)),
                );
            }
            Body::Extract(extractions) => {
                folds.extend(
                    extractions
                        .iter()
                        .map(|extraction| (extraction.range.clone(), FoldKind::Value)),
                );
            }
            _ => {}
        }
    }
    let mut run: Option<Range<usize>> = None;
    for comment in document.comments() {
        let joined = run.as_ref().filter(|run| {
            let between = &document.text()[run.end..comment.start];
            between.trim().is_empty() && between.matches('\n').count() == 1
        });
        match joined {
            Some(before) => run = Some(before.start..comment.end),
            None => folds.extend(run.replace(comment.clone()).map(|run| (run, FoldKind::Comment))),
        }
    }
    folds.extend(run.map(|run| (run, FoldKind::Comment)));
}

fn in_value(value: &Value, folds: &mut Vec<(Range<usize>, FoldKind)>) {
    match &value.data {
        Data::Object(members) => {
            folds.push((value.range.clone(), FoldKind::Value));
            let values = members.iter().filter_map(|member| member.value.as_ref());
            values.for_each(|value| in_value(value, folds));
        }
        Data::Array(items) => {
            folds.push((value.range.clone(), FoldKind::Value));
            items.iter().for_each(|item| in_value(item, folds));
        }
        _ => {}
    }
}
