//! The one diagnostic of the whole program: what is wrong, where, and what to do.

use crate::target::SourcePlace;
use crate::text::Edit;
use std::ops::Range;

/// How much a diagnostic weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Error,
    Warning,
    Information,
    Hint,
}

impl Severity {
    /// The next one that weighs less.
    pub fn lowered(self) -> Self {
        match self {
            Self::Error => Self::Warning,
            Self::Warning => Self::Information,
            Self::Information | Self::Hint => Self::Hint,
        }
    }
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
    /// Places in other files that it speaks of.
    pub elsewhere: Vec<Elsewhere>,
    /// A place in another file that it speaks of.
    pub source: Option<SourcePlace>,
    pub tag: Option<Tag>,
    pub origin: Origin,
    /// What would cure it, the best first.
    pub fixes: Vec<Fix>,
}

/// A change that cures what a diagnostic says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// As a menu shows it.
    pub title: String,
    pub change: Change,
}

/// What a [`Fix`] does to the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    Edits(Vec<Edit>),
    /// Deletes a member of an object with the comma behind it, and its line if nothing else is on it.
    Remove(Range<usize>),
}

/// Another place that a diagnostic speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    pub range: Range<usize>,
    pub message: String,
}

/// A place in another file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    /// Where the editor finds it.
    pub uri: String,
    /// Line and column of the start and of the end, from 0, columns as the editor counts them.
    pub range: Range<(u32, u32)>,
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
            elsewhere: Vec::new(),
            source: None,
            tag: None,
            origin: Origin::Check,
            fixes: Vec::new(),
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

    /// The same with one more fix, which writes `text` for `range`.
    pub fn with_fix(self, title: impl Into<String>, range: Range<usize>, text: impl Into<String>) -> Self {
        let text = text.into();
        self.with_change(title, Change::Edits(vec![Edit { range, text }]))
    }

    /// The same with one more fix, which deletes the member of an object at `range`.
    pub fn with_removal(self, title: impl Into<String>, range: Range<usize>) -> Self {
        self.with_change(title, Change::Remove(range))
    }

    /// The same with one more fix.
    pub fn with_change(mut self, title: impl Into<String>, change: Change) -> Self {
        let title = title.into();
        self.fixes.push(Fix { title, change });
        self
    }

    /// The same moved right by `by` bytes, from a document's ranges to its file's.
    pub fn shifted(mut self, by: usize) -> Self {
        self.range = self.range.start + by..self.range.end + by;
        let places = self.related.iter_mut().map(|related| &mut related.range);
        let changed = self.fixes.iter_mut().flat_map(|fix| match &mut fix.change {
            Change::Edits(edits) => edits.iter_mut().map(|edit| &mut edit.range).collect(),
            Change::Remove(range) => vec![range],
        });
        for range in places.chain(changed) {
            *range = range.start + by..range.end + by;
        }
        self
    }
}
