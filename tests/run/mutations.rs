//! Every expected value counts: whichever one is changed, its test fails, at that value, and nothing else does.

use super::samples;
use crate::support::many::{self, Ran};
use crate::support::servers::Servers;
use crate::support::{copy_folder, workspace};
use gctf_lsp::spec::SectionKind;
use gctf_lsp::syntax::json::{Data, Value};
use gctf_lsp::syntax::{Body, Expression, Section, SourceFile};
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

/// A file with one expected value changed.
struct Mutant {
    text: String,
    /// The document that has to fail.
    document: usize,
    /// What has to fail, in bytes of the file: the value, or the line of ASSERTS with it.
    part: Range<usize>,
    /// The codes that tell of it; `None` where the value is not looked at.
    code: Option<&'static str>,
}

/// One way in which an expected scalar can be wrong. Ranges are bytes of the document.
struct Wrong {
    value: Range<usize>,
    part: Range<usize>,
    code: Option<&'static str>,
    text: String,
}

/// The mutants of a file: each of its expected scalars, in every way in which it can be wrong.
fn mutants(text: &str) -> Vec<Mutant> {
    let source = SourceFile::new(text);
    let mut found = Vec::new();
    for (document, (start, parsed)) in source.documents().enumerate() {
        let sections = parsed.sections().iter();
        for wrong in sections.flat_map(|section| wrong_values(parsed.text(), section)) {
            let mut changed = text.to_owned();
            changed.replace_range(wrong.value.start + start..wrong.value.end + start, &wrong.text);
            found.push(Mutant {
                text: changed,
                document,
                part: wrong.part.start + start..wrong.part.end + start + wrong.text.len() - wrong.value.len(),
                code: wrong.code,
            });
        }
    }
    found
}

fn wrong_values(text: &str, section: &Section) -> Vec<Wrong> {
    match (&section.body, section.kind) {
        (Body::Json(values), SectionKind::Response) => {
            // Of items that can be paired in several ways nobody knows which one is wrong.
            let is_unordered = section.option("unordered_arrays").is_some();
            let redacted: Vec<_> = section
                .option("redact")
                .into_iter()
                .flat_map(|names| names.split(','))
                .collect();
            let wrong = |(key, value): (Option<&str>, &Value)| {
                let part = match is_unordered {
                    true => section.trimmed_range(text),
                    false => value.range.clone(),
                };
                let is_redacted = key.is_some_and(|key| redacted.contains(&key));
                let texts = near(&value.data, &text[value.range.clone()]);
                with(&value.range, &part, Some("G501").filter(|_| !is_redacted), texts)
            };
            scalars(values).into_iter().flat_map(wrong).collect()
        }
        (Body::Json(values), SectionKind::Error) => {
            let wrong = |(key, value): (Option<&str>, &Value)| {
                let mut texts = match key {
                    Some("code") => vec!["\"ABORTED\"".to_owned(), "\"10\"".to_owned(), "10".to_owned()],
                    _ => near(&value.data, &text[value.range.clone()]),
                };
                if matches!(key, None | Some("message")) {
                    // A message of another kind is no ERROR at all.
                    texts.pop();
                }
                // With `partial` a detail may meet any of those that came.
                let part = match section.option("partial") {
                    Some(_) => section.trimmed_range(text),
                    None => value.range.clone(),
                };
                with(&value.range, &part, Some("G506"), texts)
            };
            scalars(values).into_iter().flat_map(wrong).collect()
        }
        (Body::Asserts(lines), _) => {
            let of_line = |line: &Expression| {
                let wrong = |(range, data): (Range<usize>, Data)| {
                    let texts = near(&data, &text[range.clone()]);
                    with(&range, &line.range, Some("G502 or G503"), texts)
                };
                literals(line).into_iter().flat_map(wrong).collect::<Vec<_>>()
            };
            lines.iter().flat_map(of_line).collect()
        }
        _ => Vec::new(),
    }
}

fn with(value: &Range<usize>, part: &Range<usize>, code: Option<&'static str>, texts: Vec<String>) -> Vec<Wrong> {
    let wrong = |text| Wrong {
        value: value.clone(),
        part: part.clone(),
        code,
        text,
    };
    texts.into_iter().map(wrong).collect()
}

/// The scalars in the values of a body, each with the key that it stands under.
fn scalars(values: &[Value]) -> Vec<(Option<&str>, &Value)> {
    let mut found = Vec::new();
    values.iter().for_each(|value| scalars_of(None, value, &mut found));
    found
}

fn scalars_of<'a>(key: Option<&'a str>, value: &'a Value, found: &mut Vec<(Option<&'a str>, &'a Value)>) {
    match &value.data {
        Data::Array(items) => items.iter().for_each(|item| scalars_of(key, item, found)),
        Data::Object(members) => members.iter().for_each(|member| {
            let value = member.value.as_ref();
            value
                .iter()
                .for_each(|value| scalars_of(Some(&member.key), value, found));
        }),
        _ => found.push((key, value)),
    }
}

/// Values that are as near as can be to one, then one of another kind.
fn near(data: &Data, written: &str) -> Vec<String> {
    match data {
        Data::String(text) => {
            let mut changed: Vec<char> = text.chars().collect();
            let last = changed.pop();
            changed.push(if last == Some('7') { '8' } else { '7' });
            let changed: String = changed.into_iter().collect();
            vec![
                format!("{changed:?}"),
                format!("{:?}", format!("{text} ")),
                "true".to_owned(),
            ]
        }
        Data::Number(_) => {
            let more = match written.parse::<i64>() {
                Ok(number) => vec![(number + 1).to_string(), (-number - 1).to_string()],
                Err(_) => vec![format!("{written}7"), format!("-{written}")],
            };
            more.into_iter().chain([format!("\"{written}\"")]).collect()
        }
        Data::Bool(value) => vec![(!value).to_string(), format!("\"{value}\"")],
        _ => vec!["7".to_owned()],
    }
}

/// The literals beside `==` in an expression; none where it may hold without them.
fn literals(expression: &Expression) -> Vec<(Range<usize>, Data)> {
    let code = expression.code.as_str();
    let start = expression.range.start;
    let mut found = Vec::new();
    if [" or ", " xor ", "not ", "!=", "!.", "!("]
        .iter()
        .any(|word| code.contains(word))
    {
        return found;
    }
    for (at, _) in code.match_indices("==") {
        let behind = at + 2 + (code[at + 2..].len() - code[at + 2..].trim_start().len());
        let before = code[..at].trim_end();
        let right = literal(&code[behind..]).map(|(length, data)| (behind..behind + length, data));
        let left = before.rfind([' ', '(', '[']).map_or(0, |blank| blank + 1);
        let left = literal(&before[left..])
            .filter(|(length, _)| left + length == before.len())
            .map(|(length, data)| (left..left + length, data));
        found.extend(left.into_iter().chain(right));
    }
    found
        .into_iter()
        .map(|(range, data)| (range.start + start..range.end + start, data))
        .collect()
}

/// The literal that `code` begins with, and its length. Strings without escapes are enough here.
fn literal(code: &str) -> Option<(usize, Data)> {
    if let Some(text) = code.strip_prefix('"') {
        let end = text.find('"')?;
        return Some((end + 2, Data::String(text[..end].to_owned())));
    }
    let word = |character: char| !(character.is_ascii_alphanumeric() || ".-_".contains(character));
    let word = &code[..code.find(word).unwrap_or(code.len())];
    let data = match word {
        "true" => Data::Bool(true),
        "false" => Data::Bool(false),
        "null" => Data::Null,
        number if number.starts_with(|first: char| first.is_ascii_digit() || first == '-') => {
            Data::Number(number.to_owned())
        }
        _ => return None,
    };
    Some((word.len(), data))
}

/// Writes the mutants of every test of `folder` beside it, runs them all in one run, and says what is wrong.
fn survivors(folder: &Path) -> String {
    let mut written = BTreeMap::new();
    let tests: Vec<_> = ignore::Walk::new(folder)
        .filter_map(Result::ok)
        .map(|entry| entry.into_path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "gctf"))
        // Fixtures are no tests.
        .filter(|path| {
            !path
                .file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with('_'))
        })
        .collect();
    for path in &tests {
        let text = std::fs::read_to_string(path).expect("UTF-8");
        for (at, mutant) in mutants(&text).into_iter().enumerate() {
            let path = path.with_extension(format!("{at}.gctf"));
            std::fs::write(&path, &mutant.text).expect("a file");
            let name = path.strip_prefix(folder).expect("below the folder");
            written.insert(name.display().to_string(), mutant);
        }
    }
    assert!(!written.is_empty(), "the tests expect something");
    let ran = many::run(folder, &[]);
    assert_eq!(ran.len(), tests.len() + written.len(), "everything ran");
    let wrong = ran.iter().filter_map(|(name, documents)| {
        let reason = unexpected(documents, written.get(name))?;
        let text = written.get(name).map_or("", |mutant| &mutant.text);
        Some(format!("{name}: {reason}\n{text}\n{}\n\n", many::faults(documents)))
    });
    wrong.collect()
}

/// How the outcome of a test is not what it has to be; `None` for the test as it was, which passes.
fn unexpected(documents: &[Ran], mutant: Option<&Mutant>) -> Option<String> {
    let failing = mutant.and_then(|mutant| Some((mutant, mutant.code?)));
    documents.iter().find_map(|document| {
        let at = document.document;
        let codes: Vec<_> = document.findings.iter().map(|found| found.code.as_str()).collect();
        let mut fatal = document.findings.iter().filter(|found| found.is_fatal).peekable();
        let (is_right, duty) = match failing {
            Some((mutant, code)) if at == mutant.document => {
                let is_there = |found: &many::Finding| {
                    let Range { start, end } = found.range;
                    code.contains(found.code.as_str()) && mutant.part.start <= start && end <= mutant.part.end
                };
                let is_right = fatal.peek().is_some() && fatal.all(is_there);
                (is_right, format!("fail by {code} at {:?}", mutant.part))
            }
            Some((mutant, _)) if at > mutant.document => (codes == ["G517"], "not run".to_owned()),
            _ => (document.outcome == "passed" && codes.is_empty(), "pass".to_owned()),
        };
        (!is_right).then(|| format!("document {at} has to {duty}"))
    })
}

#[test]
fn every_expected_value_of_the_samples_counts() {
    let servers = Servers::new();
    let (_mock, port) = servers.of(samples::PROTO, samples::STUBS, None);
    for (name, text) in samples::all() {
        servers.write(&name, &text.replace("PORT", &port.to_string()));
    }
    let wrong = survivors(servers.path());
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_expected_value_of_the_examples_counts() {
    let examples = workspace().join("examples");
    let files = ignore::Walk::new(&examples).filter_map(Result::ok);
    let settings = files.filter(|entry| entry.file_name() == "gctf.toml");
    let mut looked_at = 0;
    for settings in settings {
        let folder = settings.path().parent().expect("a folder");
        let servers = Servers::new();
        let (_mock, port, own) = servers.of_folder(folder);
        copy_folder(folder, servers.path(), &|text| {
            text.replace(&own, &format!("localhost:{port}"))
        });
        let wrong = survivors(servers.path());
        assert!(wrong.is_empty(), "{}:\n{wrong}", folder.display());
        looked_at += 1;
    }
    assert!(looked_at > 0, "there are examples");
}
