//! Findings as one JSON object.

use super::{Checked, Counts, severity_name};
use crate::report::Place;
use serde::Serialize;
use serde_json::json;

#[derive(Serialize)]
struct Finding<'a> {
    code: &'a str,
    severity: &'a str,
    message: &'a str,
    #[serde(flatten)]
    place: Place,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related: Vec<Related<'a>>,
}

#[derive(Serialize)]
struct Related<'a> {
    message: &'a str,
    #[serde(flatten)]
    place: Place,
}

/// `{files: [{path, diagnostics}], errors, warnings}`; places as in [`Place`].
pub fn render(checked: &[Checked]) -> String {
    let files: Vec<_> = checked
        .iter()
        .map(|file| json!({ "path": file.path, "diagnostics": findings(file) }))
        .collect();
    let counts = Counts::of(checked);
    let report = json!({ "files": files, "errors": counts.errors, "warnings": counts.warnings });
    format!("{report:#}\n")
}

fn findings(file: &Checked) -> Vec<Finding<'_>> {
    let findings = file.diagnostics.iter().map(|found| Finding {
        code: found.code,
        severity: severity_name(found.severity),
        message: &found.message,
        place: Place::of(&file.source, &found.range),
        related: found
            .related
            .iter()
            .map(|related| Related {
                message: &related.message,
                place: Place::of(&file.source, &related.range),
            })
            .collect(),
    });
    findings.collect()
}
