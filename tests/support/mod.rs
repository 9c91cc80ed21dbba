//! What several modules of the tests need: the binary, servers, programs that others wrote.

pub(crate) mod peers;
pub(crate) mod servers;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The binary in `folder`, without what the environment says of targets.
pub(crate) fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gctf"));
    for name in [
        "ADDRESS",
        "COMPRESSION",
        "TLS_CA_FILE",
        "TLS_CERT_FILE",
        "TLS_KEY_FILE",
        "TLS_SERVER_NAME",
    ] {
        command
            .env_remove(format!("GCTF_{name}"))
            .env_remove(format!("GRPCTESTIFY_{name}"));
    }
    command.env("NO_COLOR", "1").current_dir(folder).args(arguments);
    command
}

/// What the binary does in `folder`.
pub(crate) fn gctf(folder: &Path, arguments: &[&str]) -> Output {
    command(folder, arguments).output().expect("the binary starts")
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The folder of the workspace.
pub(crate) fn workspace() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().expect("the package has a workspace").to_owned()
}

/// The folder of the chat example.
pub(crate) fn chat() -> PathBuf {
    workspace().join("examples/basic-examples/real-time-chat")
}
