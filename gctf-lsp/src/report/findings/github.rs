//! Findings as commands of GitHub's workflows, which show them beside the lines of a change.

use super::Checked;
use crate::diagnostic::Severity;
use crate::report::Place;

/// One line per finding.
pub fn render(checked: &[Checked]) -> String {
    let mut report = String::new();
    for file in checked {
        for found in &file.diagnostics {
            let level = match found.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Information | Severity::Hint => "notice",
            };
            let place = Place::of(&file.source, &found.range);
            report.push_str(&format!(
                "::{level} file={},line={},col={},endLine={},endColumn={},title={}::{}\n",
                property(&file.path),
                place.line,
                place.column,
                place.end_line,
                place.end_column,
                found.code,
                data(&found.message)
            ));
        }
    }
    report
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
