//! Emacs with `editors/emacs` and Eglot, without a screen: `emacs/test.el` tells what a user gets.

use super::{Desk, run};
use crate::support::peers::{program, skip};
use crate::support::workspace;

#[test]
fn emacs() {
    // No registry has Emacs, so it is required where it is named only.
    let named = std::env::var_os("GCTF_TEST_EMACS").is_some();
    let Some(emacs) = named.then(|| program("GCTF_TEST_EMACS", &["--version"])).flatten() else {
        return skip("Emacs");
    };
    let desk = Desk::new();
    // Eglot finds the project by its version control.
    std::fs::create_dir(desk.servers.path().join(".git")).expect("a folder");
    let test = workspace().join("tests/editors/emacs/test.el");
    // Not -Q: the distribution's start files may be what finds Eglot.
    run(desk
        .command(&emacs, "emacs")
        .args(["-q", "--batch", "-l"])
        .arg(test)
        .arg(&desk.file));
}
