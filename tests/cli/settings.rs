//! What `gctf.toml` says to the commands.

use super::{folder, write};
use crate::support::{gctf, stderr, stdout};
use std::path::Path;

const CALL: &str = "--- ENDPOINT ---\na.S/One\n\n--- RESPONSE ---\n{}\n";

/// Where a dry run would call, by file; else what it says on stderr, with the exit code.
fn targets(folder: &Path, arguments: &[&str]) -> Vec<String> {
    let output = gctf(folder, &[&["run", "--dry-run", "-j", "1"], arguments].concat());
    if output.status.code() != Some(0) {
        return vec![format!("{}{:?}", stderr(&output), output.status.code())];
    }
    let mut found = Vec::new();
    let mut file = String::new();
    for line in stdout(&output).lines() {
        if let Some(name) = line.strip_prefix("○ ") {
            file = name.to_owned();
        } else if let Some((_, target)) = line.split_once("would call ") {
            found.push(format!("{file} {}", target.split(',').next().unwrap_or_default()));
        }
    }
    found
}

#[test]
fn the_nearest_address_in_the_tree_counts() {
    let outside = folder(&[
        ("gctf.toml", "address = 'outside:1'"),
        ("tree/a.gctf", CALL),
        ("tree/sub/gctf.toml", "address = 'sub:2'"),
        ("tree/sub/b.gctf", CALL),
        ("tree/sub/deep/c.gctf", CALL),
        ("tree/sub/deep/d.gctf", &format!("--- ADDRESS ---\nown:3\n\n{CALL}")),
    ]);
    let tree = outside.path().join("tree");
    let all = ["a.gctf", "sub/b.gctf", "sub/deep/c.gctf", "sub/deep/d.gctf"];
    assert_eq!(
        targets(&tree, &all),
        [
            "a.gctf localhost:4770",
            "sub/b.gctf sub:2",
            "sub/deep/c.gctf sub:2",
            "sub/deep/d.gctf own:3"
        ]
    );
    assert_eq!(
        targets(&tree, &[&["--address", "flag:4"], &all[..]].concat()),
        [
            "a.gctf flag:4",
            "sub/b.gctf flag:4",
            "sub/deep/c.gctf flag:4",
            "sub/deep/d.gctf own:3"
        ]
    );
    // Outside of the working directory's tree only what stands beside the file.
    let deep = tree.join("sub/deep");
    let above = ["../b.gctf", "../../a.gctf", "c.gctf"];
    assert_eq!(
        targets(&deep, &above),
        [
            "../b.gctf sub:2",
            "../../a.gctf localhost:4770",
            "c.gctf localhost:4770"
        ]
    );
}

#[test]
fn the_environment_stands_behind_it() {
    let folder = folder(&[
        ("a.gctf", CALL),
        ("set/gctf.toml", "address = 'set:2'"),
        ("set/b.gctf", CALL),
    ]);
    let output = crate::support::command(folder.path(), &["run", "--dry-run", "-j", "1", "a.gctf", "set/b.gctf"])
        .env("GCTF_ADDRESS", "environment:1")
        .output()
        .expect("the binary starts");
    let printed = stdout(&output);
    assert!(
        printed.contains("would call environment:1") && printed.contains("would call set:2"),
        "{printed}"
    );
}

#[test]
fn a_faulty_one_stops_every_command() {
    let folder = folder(&[
        ("tests/a.gctf", CALL),
        (
            "tests/gctf.toml",
            "adress = 'a:1'\n[run]\njobs = 0\nenvironment = 'x'\n",
        ),
        ("broken/a.gctf", CALL),
        ("broken/gctf.toml", "a = 1\nb = \n"),
        ("mine/a.gctf", CALL),
        ("mine/gctf.toml", "environment = 'x'\n"),
    ]);
    for command in ["run", "check", "list", "fmt", "schema list"] {
        let words: Vec<_> = command.split(' ').collect();
        let fails = |place: &str| {
            let output = gctf(folder.path(), &[&words[..], &[place]].concat());
            assert_eq!(output.status.code(), Some(2), "{command}");
            assert_eq!(stdout(&output), "", "{command}");
            stderr(&output)
        };
        assert_eq!(
            fails("tests"),
            "gctf: tests/gctf.toml:1: adress: no such setting; did you mean \"address\"?\n\
             gctf: tests/gctf.toml:3: run.jobs: expected a number from 1 to 65535\n\
             gctf: tests/gctf.toml:4: run.environment: no such setting; did you mean \"environment\"?\n",
            "{command}"
        );
        assert!(fails("broken").starts_with("gctf: broken/gctf.toml:2: "), "{command}");
        assert_eq!(
            fails("mine"),
            "gctf: mine/gctf.toml:1: environment: only the user chooses it, not gctf.toml\n",
            "{command}"
        );
    }
}

#[test]
fn severities_and_layout() {
    let folder = folder(&[
        ("a.gctf", CALL),
        ("sub/a.gctf", CALL),
        (
            "sub/gctf.toml",
            "format.enabled = false\n[diagnostics.severity]\nG607 = 'error'\n",
        ),
        (
            "off/a.gctf",
            "--- ENDPOINT ---\na.S/One\n\n--- TLS ---\nca_cert: none.pem\n\n--- RESPONSE ---\n{}\n",
        ),
        (
            "off/gctf.toml",
            "diagnostics.severity = { G607 = 'off', G220 = 'hint' }\n",
        ),
    ]);
    let check = |path: &str| {
        let output = gctf(folder.path(), &["check", path]);
        let titles: Vec<_> = stdout(&output)
            .lines()
            .filter(|line| line.contains("[G"))
            .map(str::to_owned)
            .collect();
        (titles, output.status.code())
    };
    let title = |level: &str| vec![format!("{level}[G607]: no ADDRESS: `localhost:4770` is used")];
    assert_eq!(check("a.gctf"), (title("info"), Some(0)));
    assert_eq!(check("sub/a.gctf"), (title("error"), Some(1)));
    let (titles, code) = check("off/a.gctf");
    assert!(
        titles.len() == 1 && titles[0].starts_with("help[") && code == Some(0),
        "{titles:?} {code:?}"
    );
    let crooked = CALL.replace("--- RESPONSE ---", "---RESPONSE---");
    for name in ["a.gctf", "sub/a.gctf"] {
        write(folder.path(), name, crooked.as_bytes());
    }
    let output = gctf(folder.path(), &["fmt", "--check", "a.gctf", "sub"]);
    assert_eq!(stdout(&output), "would format a.gctf\n");
}

#[test]
fn an_environment_is_chosen_by_name() {
    let test = format!("--- ADDRESS ---\n{{{{ env.HOST }}}}:1\n\n{CALL}");
    let folder = folder(&[
        ("one/a.gctf", &test),
        (
            "one/gctf.toml",
            "[environments]\ndev = 'dev.env'\nprod = '../prod.env'\n",
        ),
        ("one/dev.env", "HOST=one-dev\n"),
        ("prod.env", "HOST=prod\n"),
        ("two/b.gctf", &test),
        ("two/gctf.toml", "[environments]\ndev = '../two.env'\n"),
        ("two.env", "HOST=two-dev\n"),
        ("first.env", "HOST=first\n"),
        ("bad.env", "HOST first\n"),
    ]);
    let both = ["one/a.gctf", "two/b.gctf"];
    let said = |arguments: &[&str]| targets(folder.path(), &[arguments, &both[..]].concat());
    assert_eq!(
        said(&["--environment", "dev"]),
        ["one/a.gctf ***:1", "two/b.gctf ***:1"]
    );
    let unknown = "gctf: no environment \"dve\": gctf.toml has dev, prod\nSome(2)";
    assert_eq!(said(&["--environment", "dve"]), [unknown]);
}
