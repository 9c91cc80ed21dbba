//! The one diagnostic of the whole program: what is wrong, where, and what to do.

use std::ops::Range;

/// How much a diagnostic weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Error,
    Warning,
    Information,
    Hint,
}

/// What an editor may do with the marked text besides underlining it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    Deprecated,
    Unnecessary,
}

/// Where a diagnostic comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Reading the file, with or without a schema.
    Check,
    /// A run of it.
    Run,
}

/// One finding. Ranges are bytes, of the document or of the file as the producer says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// A stable `G…` number of the format reference.
    pub code: &'static str,
    pub severity: Severity,
    /// The smallest text that shows the fault.
    pub range: Range<usize>,
    /// One sentence that ends with the remedy if there is one.
    pub message: String,
    pub related: Vec<Related>,
    pub tag: Option<Tag>,
    pub origin: Origin,
}

/// Another place that a diagnostic speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    pub range: Range<usize>,
    pub message: String,
}

impl Diagnostic {
    /// A finding of the check, without related places.
    pub fn new(code: &'static str, severity: Severity, range: Range<usize>, message: impl Into<String>) -> Self {
        Self {
            code,
            severity,
            range,
            message: message.into(),
            related: Vec::new(),
            tag: None,
            origin: Origin::Check,
        }
    }

    /// An error of the check.
    pub fn error(code: &'static str, range: Range<usize>, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, range, message)
    }

    /// A warning of the check.
    pub fn warning(code: &'static str, range: Range<usize>, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Warning, range, message)
    }

    /// The same with one more related place.
    pub fn with_related(mut self, range: Range<usize>, message: impl Into<String>) -> Self {
        self.related.push(Related {
            range,
            message: message.into(),
        });
        self
    }

    /// The same moved right by `by` bytes, from a document's ranges to its file's.
    pub fn shifted(mut self, by: usize) -> Self {
        self.range = self.range.start + by..self.range.end + by;
        for related in &mut self.related {
            related.range = related.range.start + by..related.range.end + by;
        }
        self
    }
}
