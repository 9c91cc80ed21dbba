//! Where something stands, as reports for programs give it.

use crate::syntax::SourceFile;
use crate::syntax::position::to_report;
use serde::Serialize;
use std::ops::Range;

/// Lines and columns from 1, columns in characters; bytes from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Place {
    pub line: u32,
    pub column: u32,
    pub end_line: u32,
    pub end_column: u32,
    pub start: usize,
    pub end: usize,
}

impl Place {
    /// The place of some bytes of a file.
    pub fn of(source: &SourceFile, range: &Range<usize>) -> Self {
        let (start, end) = (
            to_report(source.text(), range.start),
            to_report(source.text(), range.end),
        );
        Self {
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
            start: range.start,
            end: range.end,
        }
    }
}
