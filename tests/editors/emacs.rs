//! Emacs with `editors/emacs` and Eglot, without a screen: `emacs/test.el` tells what a user gets.

use super::{Desk, program, root, run};

#[test]
fn emacs() {
    let Some(emacs) = program("GCTF_TEST_EMACS") else {
        return;
    };
    let desk = Desk::new();
    // Eglot finds the project by its version control.
    std::fs::create_dir(desk.servers.path().join(".git")).expect("a folder");
    let test = root().join("tests/editors/emacs/test.el");
    // Not -Q: the distribution's start files may be what finds Eglot.
    run(desk
        .command(&emacs, "emacs")
        .args(["-q", "--batch", "-l"])
        .arg(test)
        .arg(&desk.file));
}
