//! The reference for users against the program: its tables, its examples, its codes.

use crate::support::workspace;
use gctf_lsp::ide::format;
use gctf_lsp::spec::attributes::ATTRIBUTES;
use gctf_lsp::spec::options::RESPONSE;
use gctf_lsp::spec::sections::SECTIONS;
use gctf_lsp::spec::{Family, SectionKind, SectionSpec, Word, keys};
use gctf_lsp::syntax::SourceFile;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn reference() -> String {
    std::fs::read_to_string(workspace().join("docs/format.md")).expect("docs/format.md")
}

fn row(cells: &[String]) -> String {
    let escaped: Vec<_> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
    format!("| {} |\n", escaped.join(" | "))
}

fn table(head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut text = row(&head.iter().map(|&cell| cell.to_owned()).collect::<Vec<_>>());
    text.push_str(&format!("|{}\n", "---|".repeat(head.len())));
    rows.for_each(|cells| text.push_str(&row(&cells)));
    text
}

fn names(words: &[&str]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    quoted.join(" ")
}

fn sections() -> String {
    let body = |section: &SectionSpec| match section.family {
        Family::Yaml => "YAML",
        Family::KeyValue => "`key: value` lines",
        Family::KeyValueOrJson => "`key: value` lines, or one JSON object",
        Family::Value => "one line",
        Family::Json if section.kind == SectionKind::Error => "one JSON object",
        Family::Json => "JSON values",
        Family::Asserts => "expressions",
        Family::Extract => "`name = expression` lines",
    };
    let rows = SECTIONS.iter().map(|section| {
        let often = match (section.kind, section.repeats) {
            (SectionKind::Endpoint, _) => "once",
            (_, true) => "any number",
            (_, false) => "at most once",
        };
        let name = match section.old {
            Some(old) => format!("{} (old: {old})", section.name),
            None => section.name.to_owned(),
        };
        vec![
            name,
            often.to_owned(),
            body(section).to_owned(),
            section.docs.to_owned(),
        ]
    });
    table(&["Section", "In a document", "Body", "Meaning"], rows)
}

fn words(head: &str, words: &[Word]) -> String {
    let rows = words.iter().map(|word| {
        let spellings = match word.old {
            [] => names(word.spellings),
            old => format!("{} (old: {})", names(word.spellings), names(old)),
        };
        vec![
            spellings,
            word.form.expected(),
            word.default.to_owned(),
            word.docs.to_owned(),
        ]
    });
    table(&[head, "Value", "Default", "Meaning"], rows)
}

fn generated(name: &str) -> String {
    match name {
        "sections" => sections(),
        "options" => words("Option", RESPONSE),
        "attributes" => words("Attribute", ATTRIBUTES),
        "keys ERROR" => {
            let rows = keys::ERROR
                .iter()
                .map(|word| vec![names(word.spellings), word.docs.to_owned()]);
            table(&["Member", "Meaning"], rows)
        }
        _ => {
            let section = name.strip_prefix("keys ").expect("a table of keys");
            words("Key", SectionKind::from_name(section).keys())
        }
    }
}

/// The text with every table as the program has it.
fn current(text: &str) -> (String, usize) {
    let mut pieces = text.split("<!-- spec: ");
    let mut result = pieces.next().unwrap_or_default().to_owned();
    let mut count = 0;
    for piece in pieces {
        let (name, rest) = piece.split_once(" -->\n").expect("a name");
        let (_, rest) = rest.split_once("<!-- end -->").expect("an end");
        result.push_str(&format!("<!-- spec: {name} -->\n{}<!-- end -->{rest}", generated(name)));
        count += 1;
    }
    (result, count)
}

#[test]
fn tables_are_those_of_the_program() {
    let text = reference();
    let (wanted, count) = current(&text);
    assert_eq!(count, 9, "sections, options, attributes, and six with keys");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(workspace().join("docs/format.md"), &wanted).expect("it is written");
        return;
    }
    assert_eq!(text, wanted, "run with UPDATE_EXPECT=1 to write the tables anew");
}

#[test]
fn examples_are_sound_and_laid_out() {
    let text = reference();
    let examples: Vec<_> = text
        .split("```gctf\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .collect();
    assert!(examples.len() >= 2, "there are examples");
    for example in examples {
        let source = SourceFile::new(example);
        assert_eq!(format::apply(example, &format::format(&source)), example);
        for (_, document) in source.documents() {
            assert_eq!(document.structure(), [], "{example}");
        }
    }
}

/// The files of a folder and below it, with their texts.
fn texts(folder: &Path) -> Vec<(PathBuf, String)> {
    let entries = std::fs::read_dir(folder).expect("a folder").flatten();
    let paths = entries.map(|entry| entry.path());
    paths
        .flat_map(|path| match path.is_dir() {
            true => texts(&path),
            false => std::fs::read_to_string(&path)
                .ok()
                .map(|text| (path, text))
                .into_iter()
                .collect(),
        })
        .collect()
}

/// The texts of the library's sources without their tests, and the text of all tests.
fn sources_and_tests() -> (Vec<String>, String) {
    let mut tests = String::new();
    let mut sources = Vec::new();
    for (path, text) in texts(&workspace().join("gctf-lsp/src")) {
        let name = path.display().to_string();
        let (source, inner) = match name.contains("tests") {
            true => ("", text.as_str()),
            false => text.split_once("#[cfg(test)]\nmod tests {").unwrap_or((&text, "")),
        };
        tests.push_str(inner);
        sources.push(source.to_owned());
    }
    tests.extend(texts(&workspace().join("tests")).into_iter().map(|(_, text)| text));
    (sources, tests)
}

/// Every `"G…"` of the library's sources.
fn codes(sources: &[String]) -> BTreeSet<String> {
    let starts = sources.iter().flat_map(|text| text.split("\"G").skip(1));
    let numbers = starts.filter_map(|rest| rest.split_once('"')).map(|(number, _)| number);
    let is_number = |number: &&str| number.len() == 3 && number.bytes().all(|byte| byte.is_ascii_digit());
    numbers.filter(is_number).map(|number| format!("G{number}")).collect()
}

#[test]
fn every_code_is_shown_by_a_test() {
    let (sources, tests) = sources_and_tests();
    let unseen: Vec<_> = codes(&sources)
        .into_iter()
        .filter(|code| !tests.contains(code.as_str()))
        .collect();
    assert!(unseen.is_empty(), "no test shows {unseen:?}");
}

#[test]
fn every_code_is_explained() {
    let text = reference();
    let explained: Vec<_> = text
        .split("<a id=\"")
        .skip(1)
        .filter_map(|rest| Some((rest.split('"').next()?, rest.split("</a>").nth(1)?.split(' ').next()?)))
        .collect();
    assert!(explained.is_sorted(), "in order");
    assert!(
        explained.iter().all(|(anchor, code)| *anchor == code.to_lowercase()),
        "anchors"
    );
    let used = codes(&sources_and_tests().0);
    assert!(used.len() > 80, "the sources are found");
    let missing: Vec<_> = used
        .iter()
        .filter(|code| !explained.iter().any(|(_, known)| known == code))
        .collect();
    assert!(missing.is_empty(), "docs/format.md does not explain {missing:?}");
}

#[test]
fn the_table_of_settings_is_that_of_the_program() {
    let path = workspace().join("docs/editors.md");
    let text = std::fs::read_to_string(&path).expect("docs/editors.md");
    let (before, rest) = text.split_once("<!-- settings -->\n").expect("a table");
    let (_, after) = rest.split_once("<!-- end -->").expect("an end");
    let rows = gctf_lsp::config::settings::KEYS.iter().map(|key| {
        let name = format!("`gctf.{}`", key.name);
        vec![
            name,
            format!("`{}`", key.default.replace(',', ", ")),
            key.docs.replace('*', "\\*"),
        ]
    });
    let table = table(&["Setting", "Default", "Meaning"], rows);
    let wanted = format!("{before}<!-- settings -->\n{table}<!-- end -->{after}");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, &wanted).expect("it is written");
        return;
    }
    assert_eq!(text, wanted, "run with UPDATE_EXPECT=1 to write the table anew");
}

#[test]
fn the_schema_of_settings_is_that_of_the_program() {
    let path = workspace().join("editors/settings.schema.json");
    let wanted = format!("{:#}\n", gctf_lsp::config::settings::schema());
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, &wanted).expect("it is written");
        return;
    }
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(text, wanted, "run with UPDATE_EXPECT=1 to write it anew");
}
