//! `gctf run --data`: from a file of rows to the rows that tests run with.

use crate::run::{Data, RunItem};
use crate::spec::SectionKind;
use crate::syntax::meta::Row;
use crate::syntax::position::to_report;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::path::Path;

/// The columns of one row.
type Columns = BTreeMap<String, Json>;

/// How to write rows, for what is none.
const LIST: &str = "write a list of mappings, such as `[{\"id\": 1}]`";

/// The rows of a file, read by its extension.
///
/// # Errors
/// A sentence with the file, the line where it is known, and what to do.
pub(super) fn read(path: &Path) -> Result<Data, String> {
    let name = name(path)?;
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    let parse: fn(&str) -> Result<Vec<Columns>, Fault> = match extension.as_str() {
        "csv" => |text| separated(text, b','),
        "tsv" => |text| separated(text, b'\t'),
        "json" => json,
        "jsonl" | "ndjson" => json_lines,
        "yaml" | "yml" => yaml,
        _ => {
            let known = "name a file that ends in .csv, .tsv, .json, .jsonl, .ndjson, .yaml or .yml";
            return Err(format!(
                "{}: rows are told by the file's ending: {known}",
                path.display()
            ));
        }
    };
    let bytes = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let text = std::str::from_utf8(&bytes).map_err(|error| {
        let lines = bytes[..error.valid_up_to()].split(|byte| *byte == b'\n').count();
        format!("{}:{lines}: not UTF-8: save the file as UTF-8", path.display())
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let rows = parse(text).map_err(|fault| fault.sentence(path))?;
    if rows.is_empty() {
        return Err(format!("{}: has no rows: add one, or leave --data out", path.display()));
    }
    let row = |(index, columns)| Row { index, columns };
    Ok(Data {
        name,
        rows: rows.into_iter().enumerate().map(row).collect(),
    })
}

/// Refuses tests that bring rows of their own.
///
/// # Errors
/// The first such file, with the line of its DATASET.
pub(super) fn refuse_own_rows(items: &[RunItem]) -> Result<(), String> {
    for item in items {
        let dataset = item.source.documents().find_map(|(start, document)| {
            let section = document.sections_of(SectionKind::Dataset).next()?;
            Some(start + section.header.start)
        });
        if let Some(at) = dataset {
            let line = to_report(item.source.text(), at).line;
            let advice = "delete the section, or run the file without --data";
            return Err(format!("{}:{line}: DATASET excludes --data: {advice}", item.name(None)));
        }
    }
    Ok(())
}

/// What texts read the columns by: the file's name without its ending.
fn name(path: &Path) -> Result<String, String> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let starts = stem.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let advice = match stem.as_str() {
        "env" | "ENV" => "is the environment",
        _ if starts && stem.bytes().all(word) => return Ok(stem),
        _ => "is no name",
    };
    let shape = "rename the file: letters, digits and `_`, no digit first";
    Err(format!(
        "{}: columns are read as `{{{{ {stem}.column }}}}`, and `{stem}` {advice}: {shape}",
        path.display()
    ))
}

/// Why there are no rows.
struct Fault {
    /// From 1; unknown for a text that ends too early.
    line: Option<u64>,
    reason: String,
}

impl Fault {
    fn at(line: impl TryInto<u64>, reason: impl Into<String>) -> Self {
        Self {
            line: line.try_into().ok(),
            reason: reason.into(),
        }
    }

    fn sentence(&self, path: &Path) -> String {
        let line = self.line.map_or(String::new(), |line| format!(":{line}"));
        format!("{}{line}: {}", path.display(), self.reason)
    }
}

/// Lines of cells, the first of which are the names of the columns. Every value is a string.
fn separated(text: &str, delimiter: u8) -> Result<Vec<Columns>, Fault> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let head = reader.headers().map_err(|error| broken_record(&error))?.clone();
    let names: Vec<_> = head.iter().map(str::trim).collect();
    for (at, name) in names.iter().enumerate() {
        if name.is_empty() {
            let reason = format!("column {} has no name: the first line names the columns", at + 1);
            return Err(Fault::at(1, reason));
        }
        if names[..at].contains(name) {
            return Err(Fault::at(1, format!("two columns are named `{name}`: rename one")));
        }
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| broken_record(&error))?;
        let cells = names.iter().zip(&record);
        rows.push(cells.map(|(name, cell)| ((*name).to_owned(), cell.into())).collect());
    }
    Ok(rows)
}

fn broken_record(error: &csv::Error) -> Fault {
    let reason = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("{len} cells, and the first line names {expected_len} columns: add or delete cells, or quote them")
        }
        _ => format!("{error}: write a line of names, and a line of cells for each row"),
    };
    Fault {
        line: error.position().map(csv::Position::line),
        reason,
    }
}

fn json(text: &str) -> Result<Vec<Columns>, Fault> {
    serde_json::from_str(text).map_err(|error| Fault::at(error.line(), format!("{}: {LIST}", reason(&error))))
}

/// An object on each line that is not blank.
fn json_lines(text: &str) -> Result<Vec<Columns>, Fault> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let row = |(at, line): (usize, &str)| {
        serde_json::from_str(line).map_err(|error| {
            let reason = format!(
                "{}: write one mapping on each line, such as `{{\"id\": 1}}`",
                reason(&error)
            );
            Fault::at(at + 1, reason)
        })
    };
    lines.map(row).collect()
}

/// The error without its place, which stands in front.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_owned()
}

fn yaml(text: &str) -> Result<Vec<Columns>, Fault> {
    let rows: Option<Vec<Option<Columns>>> = serde_saphyr::from_str(text).map_err(|error| {
        let text = error.without_snippet().to_string();
        let reason = text.lines().next().unwrap_or_default();
        let reason = reason.split(" at line ").next().unwrap_or(reason);
        Fault {
            line: error.location().map(|location| location.line()),
            reason: format!("{}: {LIST}", reason.trim_end_matches(['.', ':', ' '])),
        }
    })?;
    Ok(rows
        .unwrap_or_default()
        .into_iter()
        .map(Option::unwrap_or_default)
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ide::FileId;
    use crate::secrets::Mask;
    use crate::syntax::SourceFile;

    /// The labels of the rows, or the error, of a file with this name and text.
    fn rows(name: &str, text: impl AsRef<[u8]>) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        match read(&path) {
            Ok(data) => data.rows.iter().map(|row| row.label(&Mask::default())).collect(),
            Err(message) => vec![message.replace(&format!("{}/", folder.path().display()), "")],
        }
    }

    #[test]
    fn cells_are_strings() {
        let expected = ["[row=0 id=1 name=Ann, \"A\"]", "[row=1 id=007 name=]"];
        assert_eq!(
            rows("u.csv", "\u{feff}id, name\r\n1,\"Ann, \"\"A\"\"\"\r\n\r\n007,\r\n"),
            expected
        );
        assert_eq!(rows("u.tsv", "id\tname\n1\t\"Ann, \"\"A\"\"\"\n007\t\n"), expected);
        let data = separated("id\n1\n", b',').map_err(|fault| fault.reason).unwrap();
        assert_eq!(data[0]["id"], Json::from("1"));
    }

    #[test]
    fn values_keep_their_types() {
        let label = "[row=0 a=9007199254740993 b=18446744073709551615 c=1.5 d=null e=[true] f=007]";
        let object = "{\"a\": 9007199254740993, \"b\": 18446744073709551615, \"c\": 1.5, \"d\": null, \"e\": [true], \"f\": \"007\"}";
        assert_eq!(rows("u.json", format!("[{object},\n{{}}]")), [label, "[row=1]"]);
        assert_eq!(rows("u.jsonl", format!("{object}\n\n{{}}\n")), [label, "[row=1]"]);
        assert_eq!(rows("u.NDJSON", object), [label]);
        let yaml = "# rows\n- a: 9007199254740993\n  b: 18446744073709551615\n  c: 1.5\n  d: null\n  e: [true]\n  f: '007'\n-\n";
        assert_eq!(rows("u.yaml", yaml), [label, "[row=1]"]);
        assert_eq!(
            rows("u.yml", "- { a: -9223372036854775808 }"),
            ["[row=0 a=-9223372036854775808]"]
        );
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        for (name, text, message) in [
            (
                "u.csv",
                "a,b\n1,2\n3\n",
                "u.csv:3: 1 cells, and the first line names 2 columns: add or delete cells, or quote them",
            ),
            ("u.csv", "a,a\n", "u.csv:1: two columns are named `a`: rename one"),
            (
                "u.csv",
                "a,\n",
                "u.csv:1: column 2 has no name: the first line names the columns",
            ),
            ("u.csv", "a\n", "u.csv: has no rows: add one, or leave --data out"),
            ("u.csv", "", "u.csv: has no rows: add one, or leave --data out"),
            (
                "u.json",
                "[\n{\"a\": }]",
                "u.json:2: expected value: write a list of mappings, such as `[{\"id\": 1}]`",
            ),
            (
                "u.json",
                "{\"a\": 1}",
                "u.json:1: invalid type: map, expected a sequence: write a list of mappings, such as `[{\"id\": 1}]`",
            ),
            (
                "u.json",
                "[\n1]",
                "u.json:2: invalid type: integer `1`, expected a map: write a list of mappings, such as `[{\"id\": 1}]`",
            ),
            (
                "u.jsonl",
                "{}\n\n[1]\n",
                "u.jsonl:3: invalid type: sequence, expected a map: write one mapping on each line, such as `{\"id\": 1}`",
            ),
            (
                "u.yaml",
                "a: 1\n",
                "u.yaml:1: expected sequence start: write a list of mappings, such as `[{\"id\": 1}]`",
            ),
            ("u.yaml", "", "u.yaml: has no rows: add one, or leave --data out"),
            (
                "u.txt",
                "a",
                "u.txt: rows are told by the file's ending: name a file that ends in .csv, .tsv, .json, .jsonl, .ndjson, .yaml or .yml",
            ),
            (
                "a-b.csv",
                "a\n1",
                "a-b.csv: columns are read as `{{ a-b.column }}`, and `a-b` is no name: rename the file: letters, digits and `_`, no digit first",
            ),
            (
                "env.csv",
                "a\n1",
                "env.csv: columns are read as `{{ env.column }}`, and `env` is the environment: rename the file: letters, digits and `_`, no digit first",
            ),
        ] {
            assert_eq!(rows(name, text), [message], "{text:?}");
        }
        assert_eq!(
            rows("u.csv", b"a\nb\n\xff\n"),
            ["u.csv:3: not UTF-8: save the file as UTF-8"]
        );
    }

    #[test]
    fn rows_of_the_file_itself_are_in_the_way() {
        let item = RunItem {
            file: FileId(0),
            source: SourceFile::new("# rows\n\n--- DATASET ---\n- a: 1\n\n--- ENDPOINT ---\na/B\n"),
            path: Some("t.gctf".into()),
            documents: None,
            data: None,
            settings: None,
        };
        let advice = "delete the section, or run the file without --data";
        assert_eq!(
            refuse_own_rows(&[item]),
            Err(format!("t.gctf:3: DATASET excludes --data: {advice}"))
        );
    }
}
