//! `gctf completions` and `gctf man`.

use super::folder;
use crate::support::{gctf, stdout};

const COMMANDS: [&str; 6] = ["run", "check", "fmt", "list", "mock", "lsp"];

#[test]
fn completions_of_every_shell() {
    let folder = folder(&[]);
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = gctf(folder.path(), &["completions", shell]);
        assert_eq!(output.status.code(), Some(0), "{shell}");
        let text = stdout(&output);
        assert!(COMMANDS.iter().all(|command| text.contains(command)), "{shell}");
    }
    assert_eq!(gctf(folder.path(), &["completions", "cmd"]).status.code(), Some(2));
}

#[test]
fn manual() {
    let folder = folder(&[]);
    let output = gctf(folder.path(), &["man"]);
    assert_eq!(output.status.code(), Some(0));
    let text = stdout(&output);
    assert!(
        COMMANDS
            .iter()
            .all(|command| text.contains(&format!("gctf\\-{command}"))),
        "{text}"
    );
    assert!(text.contains("\\-\\-coverage"), "{text}");
}
