//! A test of a dry run: what would run, and where it would call.

use super::Place;
use super::human::FileReport;
use super::listing;
use crate::spec::SectionKind;
use std::fmt::Write as _;

/// The note on a document that would be called.
pub(super) const PLANNED: &str = "G525";

impl FileReport<'_> {
    /// Whether a document would be called.
    pub fn has_plan(&self) -> bool {
        let failures = self.outcomes.iter().flat_map(|(_, outcome)| &outcome.failures);
        failures.into_iter().any(|failure| failure.code == PLANNED)
    }

    /// The test's line, and under it a line for each document.
    pub fn render_plan(&self) -> String {
        let tests = listing::of_file(self.source);
        let mut text = format!("○ {}\n", self.path);
        for (index, outcome) in self.outcomes {
            let test = tests.iter().find(|test| test.document == *index);
            let label = test.map_or("no ENDPOINT", |test| test.label.as_str());
            let start = self.source.document(*index).map_or(0, |(start, document)| {
                let endpoint = document.sections_of(SectionKind::Endpoint).next();
                start + endpoint.map_or(0, |section| section.header.start)
            });
            let line = Place::of(self.source, &(start..start)).line;
            let notes: Vec<_> = outcome
                .failures
                .iter()
                .map(|failure| failure.message.as_str())
                .collect();
            let _ = writeln!(text, "  line {line}: {label}: {}", notes.join("; "));
        }
        text
    }
}
