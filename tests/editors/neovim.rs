//! Neovim with `editors/neovim`, driven by keys on a screen: `neovim/test.lua` tells what a user sees.

use crate::run::chat;
use crate::run::servers::Servers;
use std::path::Path;
use std::process::Command;

#[test]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn neovim() {
    let Some(nvim) = super::program("GCTF_TEST_NVIM") else {
        eprintln!("skipped: GCTF_TEST_NVIM names no Neovim");
        return;
    };
    let servers = Servers::new();
    let (_mock, port) = servers.plain();
    let example = std::fs::read_to_string(chat().join("tests/send_message.gctf")).expect("the example");
    let file = servers.write("send_message.gctf", &example.replace("4770", &port.to_string()));
    servers.write("gctf.toml", "");

    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let root = root.canonicalize().expect("the checkout");
    let server = Path::new(env!("CARGO_BIN_EXE_gctf")).parent().expect("a folder");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(std::iter::once(server.to_owned()).chain(std::env::split_paths(&path)));
    let mut command = Command::new(nvim);
    for (variable, folder) in [
        ("HOME", "home"),
        ("XDG_CONFIG_HOME", "config"),
        ("XDG_DATA_HOME", "data"),
        ("XDG_STATE_HOME", "state"),
        ("XDG_CACHE_HOME", "cache"),
        ("XDG_RUNTIME_DIR", "runtime"),
    ] {
        let folder = servers.path().join(folder);
        std::fs::create_dir(&folder).expect("a folder");
        command.env(variable, folder);
    }
    for variable in ["GCTF_ADDRESS", "GRPCTESTIFY_ADDRESS", "NVIM_APPNAME", "NVIM", "VIMINIT"] {
        command.env_remove(variable);
    }
    let output = command
        .env("PATH", path.expect("a search path"))
        .env("LC_ALL", "C.UTF-8")
        .env("NVIM_LOG_FILE", servers.path().join("nvim.log"))
        .env("GCTF_TEST_PLUGIN", root.join("editors/neovim"))
        .args(["-u", "NONE", "-n", "-i", "NONE", "-l"])
        .arg(root.join("tests/editors/neovim/test.lua"))
        .arg(file)
        .output()
        .expect("Neovim starts");
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// The plugin's queries are the grammar's.
#[test]
fn queries_are_the_grammars() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let names = |folder: &Path| {
        let entries = std::fs::read_dir(folder).expect("a folder of queries");
        let mut names: Vec<_> = entries.map(|entry| entry.expect("an entry").file_name()).collect();
        names.sort();
        names
    };
    let (plugin, grammar) = (
        root.join("editors/neovim/queries/gctf"),
        root.join("tree-sitter-gctf/queries"),
    );
    assert_eq!(names(&plugin), names(&grammar));
    for name in names(&grammar) {
        let text = |folder: &Path| std::fs::read_to_string(folder.join(&name)).expect("a query");
        assert!(text(&plugin) == text(&grammar), "{name:?} differs");
    }
}
