//! The files of `editors/vscode` against the program. What the extension does is played in a real VS Code by
//! `vscode/plays.test.mjs`, which `.ci/run` starts.

use crate::support::workspace;
use gctf_lsp::spec::attributes::ATTRIBUTES;
use gctf_lsp::spec::options::RESPONSE;
use gctf_lsp::spec::plugins::{PLUGINS, RENAMED};
use gctf_lsp::spec::sections::SECTIONS;
use gctf_lsp::spec::{Word, keys};
use regex::Regex;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;

fn extension(name: &str) -> PathBuf {
    workspace().join("editors/vscode").join(name)
}

fn read(name: &str) -> Value {
    let text = std::fs::read_to_string(extension(name)).expect("a file of the extension");
    serde_json::from_str(&text).expect("JSON")
}

/// The settings of a schema by their whole names, each with the scope that VS Code lets them be set in.
fn settings(schema: &Value, prefix: &str, found: &mut Map<String, Value>) {
    for (name, member) in schema["properties"].as_object().expect("properties") {
        let name = format!("{prefix}.{name}");
        if member.get("properties").is_some() {
            settings(member, &name, found);
        } else if member.get("default").is_some() {
            let scope = match name.as_str() {
                // No workspace can loosen it.
                "gctf.network" => "machine",
                "gctf.log.level" => "window",
                _ => "resource",
            };
            let mut setting = member.clone();
            setting["scope"] = json!(scope);
            found.insert(name, setting);
        }
    }
}

#[test]
fn settings_are_those_of_the_program() {
    let mut package = read("package.json");
    let properties = package["contributes"]["configuration"]["properties"].take();
    let properties = properties.as_object().expect("settings");
    let mut wanted = Map::new();
    settings(&gctf_lsp::config::settings::schema(), "gctf", &mut wanted);
    for own in ["gctf.server.path", "gctf.trace.server"] {
        wanted.insert(own.to_owned(), properties[own].clone());
    }
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        package["contributes"]["configuration"]["properties"] = Value::Object(wanted);
        std::fs::write(extension("package.json"), format!("{package:#}\n")).expect("it is written");
        return;
    }
    assert!(
        *properties == wanted,
        "run with UPDATE_EXPECT=1 to write the settings anew"
    );
    assert_eq!(properties["gctf.server.path"]["scope"], "machine");
}

/// The words that the patterns below `rule` name one by one.
fn words(rule: &Value, found: &mut BTreeSet<String>) {
    let list = Regex::new(r"\(([\w@.\\|-]*[A-Za-z][\w@.\\|-]*)\)").expect("a pattern");
    match rule {
        Value::Object(members) => {
            for (name, member) in members {
                match (name.as_str(), member.as_str()) {
                    ("match" | "begin" | "end", Some(pattern)) => {
                        for words in list.captures_iter(pattern) {
                            found.extend(words[1].split('|').map(|word| word.replace('\\', "")));
                        }
                    }
                    _ => words(member, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| words(item, found)),
        _ => {}
    }
}

fn spellings(words: &[Word]) -> BTreeSet<String> {
    let all = words.iter().flat_map(|word| word.spellings.iter().chain(word.old));
    all.map(|&word| word.to_owned()).collect()
}

fn set<'a>(words: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    words.into_iter().map(str::to_owned).collect()
}

/// The words of a token of the tree-sitter grammar.
fn tokens(rule: &str) -> BTreeSet<String> {
    let text = std::fs::read_to_string(workspace().join("tree-sitter-gctf/grammar.js")).expect("the grammar");
    let (_, rest) = text
        .split_once(&format!("    {rule}: _ => token(choice("))
        .expect("the rule");
    let (list, _) = rest.split_once(')').expect("its end");
    set(list.split('\'').skip(1).step_by(2))
}

#[test]
fn the_colours_know_the_words_of_the_language_and_no_others() {
    let grammar = read("syntaxes/gctf.tmLanguage.json");
    let mut sections = BTreeSet::new();
    let mut named = BTreeMap::new();
    for (name, rule) in grammar["repository"].as_object().expect("rules") {
        let mut found = BTreeSet::new();
        words(rule, &mut found);
        if name.starts_with("section-") {
            sections.extend(found);
        } else if !found.is_empty() {
            named.insert(name.as_str(), found);
        }
    }
    let names = SECTIONS
        .iter()
        .flat_map(|section| [Some(section.name), section.old])
        .flatten();
    assert_eq!(sections, set(names));

    let mut keywords = tokens("keyword");
    keywords.insert("end".to_owned());
    let mut operators = tokens("operator_word");
    operators.insert("matches".to_owned());
    let plugins = PLUGINS.iter().map(|plugin| plugin.name);
    let wanted = BTreeMap::from([
        ("options", spellings(RESPONSE)),
        ("attributes", spellings(ATTRIBUTES)),
        ("meta-keys", spellings(keys::META)),
        ("bench-keys", spellings(keys::BENCH)),
        ("tls-keys", spellings(keys::TLS)),
        ("proto-keys", spellings(keys::PROTO)),
        ("options-keys", spellings(keys::OPTIONS)),
        (
            "plugins",
            set(plugins.chain(RENAMED.iter().flat_map(|(old, new)| [*old, *new]))),
        ),
        ("types", set(gctf_lsp::expr::type_names())),
        ("keywords", keywords),
        ("operator-words", operators),
        ("json", set(["true", "false", "null"])),
        ("expression", set(["true", "false", "null"])),
    ]);
    assert_eq!(named, wanted);
}

#[test]
fn snippets_are_files_without_errors() {
    let folder = tempfile::tempdir().expect("a folder");
    let choice = Regex::new(r"\$\{\d+\|([^,|]*)[^|]*\|\}").expect("a pattern");
    let default = Regex::new(r"\$\{\d+:([^}]*)\}").expect("a pattern");
    let stop = Regex::new(r"\$\d+").expect("a pattern");
    for (name, snippet) in read("snippets/gctf.json").as_object().expect("snippets") {
        let lines = snippet["body"].as_array().expect("lines").iter();
        let lines: Vec<_> = lines.map(|line| line.as_str().expect("text")).collect();
        let text = lines.join("\n");
        let text = choice.replace_all(&text, "$1").into_owned();
        let text = default.replace_all(&text, "$1").into_owned();
        let text = stop.replace_all(&text, "").replace(r"\}", "}");
        assert!(!text.contains('$') && text.contains("--- ENDPOINT ---"), "{text}");
        std::fs::write(folder.path().join(format!("{name}.gctf")), text).expect("a file");
    }
    let output = Command::new(env!("CARGO_BIN_EXE_gctf"))
        .arg("check")
        .arg(folder.path())
        .output();
    let output = output.expect("gctf runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn the_problem_matcher_reads_what_the_program_prints() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("broken.gctf");
    let text = "--- ADDRESS ---\nlocalhost:1\n\n--- ENDPOINT ---\na.B/C\n\n--- ASSERTS ---\n.a = = 1\n";
    std::fs::write(&file, text).expect("a file");
    let package = read("package.json");
    let pattern = &package["contributes"]["problemMatchers"][0]["pattern"];
    let regex = |index: usize| Regex::new(pattern[index]["regexp"].as_str().expect("a pattern")).expect("valid");
    for (command, wanted) in [("check", ("error", "G401", "8")), ("run", ("error", "G511", "5"))] {
        let output = Command::new(env!("CARGO_BIN_EXE_gctf"))
            .arg(command)
            .arg(&file)
            .output();
        let text = String::from_utf8(output.expect("gctf runs").stdout).expect("UTF-8");
        let (head, place) = (regex(0), regex(1));
        let lines: Vec<_> = text.lines().collect();
        let found: Vec<_> = lines
            .windows(2)
            .filter_map(|pair| Some((head.captures(pair[0])?, place.captures(pair[1])?)))
            .map(|(head, place)| {
                assert!(place[1].ends_with("broken.gctf"), "{text}");
                (head[1].to_owned(), head[2].to_owned(), place[2].to_owned())
            })
            .collect();
        let wanted = (wanted.0.to_owned(), wanted.1.to_owned(), wanted.2.to_owned());
        assert!(found.contains(&wanted), "{text}");
    }
}
