//! Many tests in one run or one check, and what came of each.

use super::{command, stderr, stdout};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// What is said about a place of a file.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) is_fatal: bool,
    /// `line:column`; empty where there is none.
    pub(crate) place: String,
    /// Bytes of the file.
    pub(crate) range: std::ops::Range<usize>,
}

/// What came of one document.
#[derive(Clone, Debug)]
pub(crate) struct Ran {
    /// Its number in the file.
    pub(crate) document: usize,
    row: Option<u64>,
    /// `passed`, `failed`, `error` or `skipped`.
    pub(crate) outcome: String,
    pub(crate) findings: Vec<Finding>,
}

fn finding(value: &Value, place: &Value) -> Finding {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let number = |name: &str| place[name].as_u64().map(|number| number as usize);
    Finding {
        code: text(&value["code"]),
        message: text(&value["message"]),
        is_fatal: value["fatal"].as_bool().unwrap_or_default(),
        place: match (number("line"), number("column")) {
            (Some(line), Some(column)) => format!("{line}:{column}"),
            _ => String::new(),
        },
        range: number("start").unwrap_or_default()..number("end").unwrap_or_default(),
    }
}

/// Runs the tests of `folder`, all in one run: the outcomes of each file's documents, by its name.
pub(crate) fn run(folder: &Path, arguments: &[&str]) -> BTreeMap<String, Vec<Ran>> {
    let output = command(folder, &[&["run", ".", "--report", "json"], arguments].concat())
        .output()
        .expect("the binary starts");
    let mut found: BTreeMap<String, Vec<Ran>> = BTreeMap::new();
    for line in stdout(&output).lines() {
        let event: Value = serde_json::from_str(line).expect("a line of JSON");
        if event["kind"] != "documentFinished" {
            continue;
        }
        let failures = event["failures"].as_array().map_or(&[][..], Vec::as_slice);
        let (of_file, row) = (found.entry(name(&event["path"])).or_default(), event["row"].as_u64());
        of_file.push(Ran {
            document: of_file.iter().filter(|ran| ran.row == row).count(),
            row,
            outcome: event["outcome"].as_str().unwrap_or_default().to_owned(),
            findings: failures
                .iter()
                .map(|failure| finding(failure, &failure["range"]))
                .collect(),
        });
    }
    assert!(!found.is_empty(), "nothing ran: {}", stderr(&output));
    found
}

/// Checks the tests of `folder`: what is found in each file, by its name.
pub(crate) fn check(folder: &Path) -> BTreeMap<String, Vec<Finding>> {
    let output = command(folder, &["check", "--format", "json", "."])
        .output()
        .expect("the binary starts");
    let report: Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    let files = report["files"].as_array().map_or(&[][..], Vec::as_slice);
    let findings = |file: &Value| {
        let found = file["diagnostics"].as_array().map_or(&[][..], Vec::as_slice);
        found.iter().map(|found| finding(found, found)).collect()
    };
    files.iter().map(|file| (name(&file["path"]), findings(file))).collect()
}

/// What came of a file's documents: `passed`, `skipped`, or a line like `G501 12:3 message` for each finding, with
/// the first line of its message and `note` in front of what fails nothing.
pub(crate) fn faults(documents: &[Ran]) -> String {
    let lines: Vec<_> = documents
        .iter()
        .flat_map(|document| &document.findings)
        .map(|found| {
            let title = found.message.lines().next().unwrap_or_default();
            let note = if found.is_fatal { "" } else { "note " };
            format!("{note}{} {} {title}", found.code, found.place)
        })
        .collect();
    match documents.iter().find(|document| document.outcome != "passed") {
        _ if !lines.is_empty() => lines.join("\n"),
        Some(document) => document.outcome.clone(),
        None => "passed".to_owned(),
    }
}

fn name(path: &Value) -> String {
    let path = path.as_str().unwrap_or_default();
    path.strip_prefix("./").unwrap_or(path).to_owned()
}
