//! Findings in SARIF 2.1.0, which code scanning services read.

use super::Checked;
use crate::diagnostic::Severity;
use crate::report::Place;
use crate::syntax::SourceFile;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::ops::Range;

/// One run with a result per finding.
pub fn render(checked: &[Checked]) -> String {
    let all = || checked.iter().flat_map(|file| &file.diagnostics);
    let codes: BTreeSet<_> = all().map(|found| found.code).collect();
    let rules: Vec<_> = codes.iter().map(|code| json!({ "id": code })).collect();
    let results: Vec<_> = checked.iter().flat_map(results).collect();
    let report = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "gctf", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    format!("{report:#}\n")
}

fn results(file: &Checked) -> impl Iterator<Item = Value> + '_ {
    file.diagnostics.iter().map(|found| {
        let level = match found.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Information | Severity::Hint => "note",
        };
        let related = found.related.iter().map(|related| {
            let mut place = location(file, &related.range);
            place["message"] = json!({ "text": related.message });
            place
        });
        json!({
            "ruleId": found.code,
            "level": level,
            "message": { "text": found.message },
            "locations": [location(file, &found.range)],
            "relatedLocations": related.collect::<Vec<_>>(),
        })
    })
}

fn location(file: &Checked, range: &Range<usize>) -> Value {
    json!({ "physicalLocation": {
        "artifactLocation": { "uri": file.path.replace('\\', "/").replace('%', "%25").replace(' ', "%20") },
        "region": region(&file.source, range),
    } })
}

fn region(source: &SourceFile, range: &Range<usize>) -> Value {
    let place = Place::of(source, range);
    json!({
        "startLine": place.line, "startColumn": place.column,
        "endLine": place.end_line, "endColumn": place.end_column,
        "byteOffset": range.start, "byteLength": range.len(),
    })
}
