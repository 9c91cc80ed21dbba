//! Real editors with the project's own plugins, on the example's send_message test.

mod emacs;
mod neovim;
mod vscode;

use crate::support::servers::Servers;
use crate::support::{chat, workspace};
use gctf_lsp::mock::RunningMock;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A user with a home of their own, the test in a project folder, and the chat service running.
struct Desk {
    servers: Servers,
    _mock: RunningMock,
    file: PathBuf,
}

impl Desk {
    fn new() -> Self {
        let servers = Servers::new();
        let (mock, port) = servers.plain();
        let example = std::fs::read_to_string(chat().join("tests/send_message.gctf")).expect("the example");
        let file = servers.write("send_message.gctf", &example.replace("4770", &port.to_string()));
        servers.write("gctf.toml", "");
        Self {
            servers,
            _mock: mock,
            file,
        }
    }

    /// `editor` with `plugin`, a folder of `editors/`, and `gctf` on its search path.
    fn command(&self, editor: &Path, plugin: &str) -> Command {
        let mut command = Command::new(editor);
        for (variable, folder) in [
            ("HOME", "home"),
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_DATA_HOME", "data"),
            ("XDG_STATE_HOME", "state"),
            ("XDG_CACHE_HOME", "cache"),
            ("XDG_RUNTIME_DIR", "runtime"),
        ] {
            let folder = self.servers.path().join(folder);
            std::fs::create_dir(&folder).expect("a folder");
            command.env(variable, folder);
        }
        for variable in ["GCTF_ADDRESS", "GRPCTESTIFY_ADDRESS", "NVIM_APPNAME", "NVIM", "VIMINIT"] {
            command.env_remove(variable);
        }
        let server = Path::new(env!("CARGO_BIN_EXE_gctf")).parent().expect("a folder");
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths(std::iter::once(server.to_owned()).chain(std::env::split_paths(&path)));
        command
            .env("PATH", path.expect("a search path"))
            .env("LC_ALL", "C.UTF-8")
            .env("GCTF_TEST_PLUGIN", workspace().join("editors").join(plugin))
            .current_dir(self.servers.path());
        command
    }
}

/// Runs an editor to its end; what it said is the message of a failure.
fn run(command: &mut Command) {
    let output = command.output().expect("the editor starts");
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
