//! `gctf run` against servers of every kind.

mod example;
mod failures;
mod peers;
pub(crate) mod servers;

use std::path::Path;
use std::process::{Command, Output};

/// The binary in `folder`, without what the environment says of targets.
fn gctf(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gctf"));
    for name in [
        "ADDRESS",
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
    command.output().expect("the binary starts")
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The folder of the chat example.
pub(crate) fn chat() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/basic-examples/real-time-chat")
}
