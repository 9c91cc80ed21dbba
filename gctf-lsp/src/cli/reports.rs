//! The reports of a run besides the one for people.

use crate::report::events::EventLines;
use crate::report::junit::Junit;
use crate::run::{RunEvent, RunItem};
use std::path::PathBuf;

/// One wanted report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ReportKind {
    /// JSON lines on standard output, instead of the text for people.
    Json,
    Junit(PathBuf),
}

/// Reads `json` or `junit=FILE`.
///
/// # Errors
/// What there is.
pub(super) fn parse(text: &str) -> Result<ReportKind, String> {
    match text.split_once('=') {
        None if text == "json" => Ok(ReportKind::Json),
        Some(("junit", file)) if !file.is_empty() => Ok(ReportKind::Junit(PathBuf::from(file))),
        _ => Err("write `json` or `junit=FILE`".to_owned()),
    }
}

/// The reports of one run; each is told every event.
pub(super) struct Reports<'a> {
    json: Option<EventLines<'a>>,
    junit: Vec<(PathBuf, Junit<'a>)>,
}

impl<'a> Reports<'a> {
    pub(super) fn new(kinds: &[ReportKind], items: &'a [RunItem]) -> Self {
        let files = kinds.iter().filter_map(|kind| match kind {
            ReportKind::Junit(path) => Some((path.clone(), Junit::new(items))),
            ReportKind::Json => None,
        });
        let mut reports = Self {
            json: kinds.contains(&ReportKind::Json).then(|| EventLines::new(items)),
            junit: files.collect(),
        };
        let first = reports.json.as_mut().map(EventLines::start);
        super::print(&first.unwrap_or_default());
        reports
    }

    /// Whether standard output is for programs.
    pub(super) fn take_stdout(&self) -> bool {
        self.json.is_some()
    }

    pub(super) fn event(&mut self, event: &RunEvent) {
        if let Some(lines) = &mut self.json {
            super::print(&lines.event(event));
        }
        self.junit.iter_mut().for_each(|(_, junit)| junit.event(event));
    }

    /// Writes what is left, also of a run that was interrupted.
    ///
    /// # Errors
    /// The first file that cannot be written.
    pub(super) fn finish(mut self) -> Result<(), String> {
        if let Some(lines) = &mut self.json {
            super::print(&lines.finish());
        }
        for (path, junit) in &self.junit {
            let fail = |reason: String| format!("{}: {reason}", path.display());
            let text = junit.render().map_err(fail)?;
            std::fs::write(path, text).map_err(|error| fail(error.to_string()))?;
        }
        Ok(())
    }
}
