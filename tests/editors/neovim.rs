//! Neovim with `editors/neovim`, driven by keys on a screen: `neovim/test.lua` tells what a user sees.

use super::{Desk, run};
use crate::support::peers::{program, skip};
use crate::support::workspace;
use std::path::Path;

#[test]
fn neovim() {
    let Some(nvim) = program("GCTF_TEST_NVIM", &["--version"]) else {
        return skip("Neovim");
    };
    let desk = Desk::new();
    run(desk
        .command(&nvim, "neovim")
        .env("NVIM_LOG_FILE", desk.servers.path().join("nvim.log"))
        .args(["-u", "NONE", "-n", "-i", "NONE", "-l"])
        .arg(workspace().join("tests/editors/neovim/test.lua"))
        .arg(&desk.file));
}

/// The plugin's queries are the grammar's.
#[test]
fn queries_are_the_grammars() {
    let names = |folder: &Path| {
        let entries = std::fs::read_dir(folder).expect("a folder of queries");
        let mut names: Vec<_> = entries.map(|entry| entry.expect("an entry").file_name()).collect();
        names.sort();
        names
    };
    let plugin = workspace().join("editors/neovim/queries/gctf");
    let grammar = workspace().join("tree-sitter-gctf/queries");
    assert_eq!(names(&plugin), names(&grammar));
    for name in names(&grammar) {
        let text = |folder: &Path| std::fs::read_to_string(folder.join(&name)).expect("a query");
        assert!(text(&plugin) == text(&grammar), "{name:?} differs");
    }
}
