//! Rules about the sources that no compiler checks: who may use whom, who prints, how long files are, one version.

use crate::support::workspace;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What a file of the library may use of the others, by the first step of its path (`docs/architecture.md`).
const MAY_USE: [(&str, &[&str]); 18] = [
    ("text", &[]),
    ("memo", &[]),
    ("secrets", &[]),
    ("status", &[]),
    ("spec", &[]),
    ("diagnostic", &["target", "text"]),
    ("target", &[]),
    (
        "syntax",
        &["diagnostic", "expr", "memo", "secrets", "spec", "status", "text"],
    ),
    ("schema", &["text"]),
    ("expr", &["diagnostic", "spec", "text"]),
    ("types", &["diagnostic", "expr", "schema", "spec", "syntax", "text"]),
    (
        "eval",
        &[
            "diagnostic",
            "expr",
            "schema",
            "spec",
            "status",
            "syntax",
            "text",
            "types",
        ],
    ),
    ("outcome", &["eval", "secrets", "spec", "syntax", "text"]),
    ("connection", &["diagnostic", "spec", "syntax", "target", "text"]),
    ("config", &["diagnostic", "secrets", "text"]),
    (
        "ide",
        &[
            "connection",
            "config",
            "diagnostic",
            "eval",
            "expr",
            "memo",
            "outcome",
            "schema",
            "secrets",
            "spec",
            "status",
            "syntax",
            "target",
            "text",
            "types",
        ],
    ),
    ("grpc", &["schema", "status", "target", "text"]),
    (
        "mock",
        &[
            "config",
            "connection",
            "diagnostic",
            "eval",
            "grpc",
            "schema",
            "spec",
            "status",
            "syntax",
            "target",
            "text",
        ],
    ),
];

/// Modules that read no files, no environment and start nothing.
const PURE: [&str; 9] = [
    "syntax", "expr", "spec", "schema", "secrets", "types", "eval", "outcome", "ide",
];

/// Sources of the library: path from `src` without `.rs`, and text without its tests.
fn sources() -> Vec<(String, String)> {
    let folder = workspace().join("gctf-lsp/src");
    let mut found = Vec::new();
    for path in files(&folder, &["rs"]) {
        let name = path
            .strip_prefix(&folder)
            .expect("a file of the folder")
            .with_extension("");
        let name = name.to_string_lossy().replace('\\', "/");
        let is_test = name.contains("tests") || name.ends_with("testing");
        let text = std::fs::read_to_string(&path).expect("UTF-8");
        if !is_test {
            found.push((name, text));
        }
    }
    found
}

/// The text in front of its tests.
fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(text)
}

fn files(folder: &Path, extensions: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = std::fs::read_dir(folder) else {
        return found;
    };
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let extension = path.extension().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() && !matches!(name.as_str(), "target" | "node_modules" | ".git") {
            found.extend(files(&path, extensions));
        } else if extensions.contains(&extension.as_str()) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// First steps of the paths behind `crate::`.
fn used(text: &str) -> BTreeSet<String> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let pieces = code.flat_map(|line| line.split("crate::").skip(1));
    pieces
        .flat_map(|piece| match piece.strip_prefix('{') {
            Some(list) => list
                .split(['}', ';'])
                .next()
                .unwrap_or_default()
                .split(',')
                .map(first_word)
                .collect(),
            None => vec![first_word(piece)],
        })
        .filter(|word| !word.is_empty())
        .collect()
}

fn first_word(text: &str) -> String {
    let word = |character: &char| character.is_ascii_alphanumeric() || *character == '_';
    text.trim_start().chars().take_while(word).collect()
}

fn module(name: &str) -> &str {
    name.split('/').next().unwrap_or(name)
}

#[test]
fn modules_use_only_what_stands_below_them() {
    let rules: BTreeMap<_, _> = MAY_USE.into_iter().collect();
    let mut faults = Vec::new();
    for (name, text) in sources() {
        let Some(allowed) = rules.get(module(&name)) else {
            continue;
        };
        for other in used(without_tests(&text)) {
            let own = other == module(&name);
            let is_module =
                rules.contains_key(other.as_str()) || matches!(other.as_str(), "run" | "server" | "report" | "cli");
            if is_module && !own && !allowed.contains(&other.as_str()) {
                faults.push(format!("{name} uses crate::{other}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn libraries_stay_where_they_belong() {
    let homes: [(&str, &[&str]); 4] = [
        ("tower_lsp", &["server"]),
        ("ls_types", &["server"]),
        ("tonic", &["grpc", "run", "mock", "server", "cli"]),
        ("tokio", &["grpc", "run", "mock", "server", "cli"]),
    ];
    let mut faults = Vec::new();
    for (name, text) in sources() {
        for (library, allowed) in homes {
            let mentions = without_tests(&text)
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"));
            let mut uses = mentions.filter(|line| {
                line.contains(&format!("use {library}::"))
                    || line.contains(&format!(" {library}::"))
                    || line.contains(&format!("({library}::"))
                    || line.contains(&format!("<{library}::"))
            });
            if !allowed.contains(&module(&name)) && uses.next().is_some() {
                faults.push(format!("{name} uses {library}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn only_shells_print() {
    let mut faults = Vec::new();
    for (name, text) in sources() {
        let prints = without_tests(&text)
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .any(|line| {
                ["println!(", "print!(", "eprintln!(", "eprint!(", "dbg!("]
                    .iter()
                    .any(|name| line.contains(name))
            });
        if prints && !matches!(module(&name), "cli" | "report") {
            faults.push(name);
        }
    }
    assert!(faults.is_empty(), "these print: {}", faults.join(", "));
}

#[test]
fn the_pure_core_denies_what_reads_and_starts() {
    let root = std::fs::read_to_string(workspace().join("gctf-lsp/src/lib.rs")).expect("lib.rs");
    let modules = PURE
        .iter()
        .filter(|module| root.contains(&format!("pub mod {module};")));
    for module in modules {
        let guarded = format!("#[cfg_attr(not(test), deny(clippy::disallowed_methods))]\npub mod {module};");
        assert!(root.contains(&guarded), "`{module}` in lib.rs is not guarded");
    }
}

#[test]
fn files_and_functions_are_short() {
    let root = workspace();
    let folders = [
        "gctf-lsp",
        "tests",
        "tree-sitter-gctf/tests",
        "tree-sitter-gctf/bindings",
        "editors",
    ];
    let mut faults = Vec::new();
    for path in folders
        .iter()
        .flat_map(|folder| files(&root.join(folder), &["rs", "ts", "js", "lua", "py"]))
    {
        let text = std::fs::read_to_string(&path).expect("UTF-8");
        let name = path.strip_prefix(&root).unwrap_or(&path).display().to_string();
        let lines = text.lines().count();
        if lines > 500 {
            faults.push(format!("{name}: {lines} lines"));
        }
        let is_library = name.starts_with("gctf-lsp/src") && !name.contains("tests");
        if is_library {
            faults.extend(
                long_functions(without_tests(&text))
                    .into_iter()
                    .map(|what| format!("{name}: {what}")),
            );
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Functions over 60 lines, told by the indentation of their closing brace.
fn long_functions(text: &str) -> Vec<String> {
    const LONGEST: usize = 60;
    let lines: Vec<_> = text.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let code = line.trim_start();
        let starts = [
            "fn ",
            "pub fn ",
            "pub(crate) fn ",
            "pub(super) fn ",
            "async fn ",
            "pub async fn ",
            "pub(super) async fn ",
        ];
        if !starts.iter().any(|start| code.starts_with(start)) {
            continue;
        }
        let indent = line.len() - code.len();
        let close = format!("{}}}", " ".repeat(indent));
        let length = lines[at..]
            .iter()
            .position(|line| *line == close)
            .map_or(0, |end| end + 1);
        if length > LONGEST {
            found.push(format!("{} has {length} lines", code.split('(').next().unwrap_or(code)));
        }
    }
    found
}

#[test]
fn every_module_says_what_it_is() {
    for (name, text) in sources() {
        assert!(text.starts_with("//! "), "{name} begins without `//!`");
    }
}

#[test]
fn no_state_is_global() {
    for (name, text) in sources() {
        let statics = without_tests(&text).lines().filter(|line| {
            let code = line
                .trim_start()
                .trim_start_matches("pub ")
                .trim_start_matches("pub(crate) ");
            let is_static = code.starts_with("static ") || code.starts_with("thread_local!");
            // A program has one allocator.
            is_static && !code.starts_with("static ALLOCATOR:")
        });
        assert_eq!(statics.count(), 0, "{name} has a static");
    }
}

#[test]
fn neovim_has_the_grammars_queries() {
    let root = workspace();
    let (ours, theirs) = (
        root.join("tree-sitter-gctf/queries"),
        root.join("editors/neovim/queries/gctf"),
    );
    for query in files(&ours, &["scm"]) {
        let name = query.file_name().expect("a name");
        let copy = theirs.join(name);
        if copy.is_file() {
            assert_eq!(
                std::fs::read_to_string(&query).expect("UTF-8"),
                std::fs::read_to_string(&copy).expect("UTF-8"),
                "{} is not the grammar's",
                copy.display()
            );
        }
    }
    for copy in files(&theirs, &["scm"]) {
        let name = copy.file_name().expect("a name");
        assert!(
            ours.join(name).is_file(),
            "{} is not in the grammar's queries",
            copy.display()
        );
    }
}

#[test]
fn one_version_everywhere() {
    let root = workspace();
    let version = env!("CARGO_PKG_VERSION");
    let mut checked = 0;
    for name in [
        "tree-sitter-gctf/package.json",
        "tree-sitter-gctf/tree-sitter.json",
        "editors/vscode/package.json",
    ] {
        let Ok(text) = std::fs::read_to_string(root.join(name)) else {
            continue;
        };
        let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let found = value.get("version").or_else(|| value.get("metadata")?.get("version"));
        assert_eq!(found.and_then(|found| found.as_str()), Some(version), "{name}");
        checked += 1;
    }
    assert!(checked >= 2, "the grammar's package files are there");
    for manifest in ["gctf-lsp/Cargo.toml", "tree-sitter-gctf/Cargo.toml"] {
        let text = std::fs::read_to_string(root.join(manifest)).expect("a manifest");
        assert!(text.contains("version.workspace = true"), "{manifest}");
    }
    let changelog = std::fs::read_to_string(root.join("CHANGELOG.md"));
    assert!(
        changelog.is_err() || changelog.is_ok_and(|text| text.contains(version)),
        "CHANGELOG.md"
    );
}

#[test]
fn every_example_is_run_by_a_test() {
    let root = workspace();
    let tests: String = files(&root.join("tests"), &["rs"])
        .iter()
        .map(|path| std::fs::read_to_string(path).expect("UTF-8"))
        .collect();
    for path in files(&root.join("examples"), &["gctf"]) {
        // Run with its folder's mock: the folder that has a gctf.toml.
        let folder = path.ancestors().find(|folder| folder.join("gctf.toml").is_file());
        let folder = folder.unwrap_or_else(|| panic!("{} has no gctf.toml above it", path.display()));
        let name = folder
            .strip_prefix(&root)
            .expect("below the workspace")
            .display()
            .to_string();
        assert!(
            tests.contains(&format!("\"{name}\"")),
            "no test runs {name}, where {} stands",
            path.display()
        );
    }
}
