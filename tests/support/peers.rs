//! Programs that others wrote, where they are installed (`.ci/run` does that).

use super::{Serving, workspace};
use std::path::PathBuf;
use std::process::{Command, Output};

/// The program that the environment variable `name` names, if `probe` succeeds with it. Without it the test is
/// skipped, unless `GCTF_TEST_REQUIRE_PEERS=1` says that everything is installed.
pub(crate) fn program(name: &str, probe: &[&str]) -> Option<PathBuf> {
    let found = std::env::var_os(name)
        .filter(|path| !path.is_empty())
        .map(PathBuf::from);
    let runs = |path: &PathBuf| {
        Command::new(path)
            .args(probe)
            .output()
            .is_ok_and(|output| output.status.success())
    };
    let usable = found.filter(runs);
    let required = std::env::var_os("GCTF_TEST_REQUIRE_PEERS").is_some_and(|value| value == "1");
    assert!(
        usable.is_some() || !required,
        "{name} names no usable program: .ci/run installs it"
    );
    usable
}

/// A Python server that speaks reflection v1alpha only; `None` where Python has no gRPC.
pub(crate) fn python_server(arguments: &[&str]) -> Option<(Serving, u16)> {
    let python = program(
        "GCTF_TEST_PYTHON",
        &["-c", "import grpc, grpc_reflection, google.protobuf"],
    )?;
    let mut command = Command::new(python);
    command.arg(workspace().join("tests/peers/server.py")).args(arguments);
    let serving = Serving::of(command);
    let port = serving
        .first_line
        .trim()
        .strip_prefix("READY ")
        .and_then(|port| port.parse().ok());
    let port = port.expect("the server says READY and its port");
    Some((serving, port))
}

/// What grpcurl prints; `None` where it is not installed.
pub(crate) fn grpcurl(arguments: &[&str]) -> Option<Output> {
    let grpcurl = program("GCTF_TEST_GRPCURL", &["-version"])?;
    Some(Command::new(grpcurl).args(arguments).output().expect("grpcurl starts"))
}

/// Says on stderr that a test does not run.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
pub(crate) fn skip(what: &str) {
    eprintln!("skipped: {what} is not installed, see CONTRIBUTING.md");
}
