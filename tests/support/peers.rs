//! Programs that others wrote, where they are installed (`.ci/run` does that).

use super::servers::Certificates;
use super::{Serving, workspace};
use std::path::{Path, PathBuf};
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
    let (serving, ports) = python(arguments)?;
    Some((serving, ports[0]))
}

/// One Python server in every way that there is to reach it.
pub(crate) struct Everywhere {
    _serving: Serving,
    pub(crate) plaintext: u16,
    pub(crate) tls: u16,
    pub(crate) mutual_tls: u16,
    /// Plaintext, with reflection v1 only.
    pub(crate) v1: u16,
    /// TLS, and every call needs `authorization: Bearer peer`.
    pub(crate) guarded: u16,
}

/// A Python server with these certificates, which dies when as many calls as `dying` have said so.
pub(crate) fn python_everywhere(certificates: &Certificates, dying: usize) -> Option<Everywhere> {
    let identity = certificates.server(true);
    let path = |path: &Path| path.display().to_string();
    let client_ca = identity.client_ca.as_deref().map(path).unwrap_or_default();
    let (serving, ports) = python(&[
        "--everywhere",
        "--cert",
        &path(&identity.certificate),
        "--key",
        &path(&identity.key),
        "--client-ca",
        &client_ca,
        "--dying",
        &dying.to_string(),
    ])?;
    let [plaintext, tls, mutual_tls, v1, guarded] = ports[..] else {
        panic!("the server says five ports: {ports:?}");
    };
    Some(Everywhere {
        _serving: serving,
        plaintext,
        tls,
        mutual_tls,
        v1,
        guarded,
    })
}

/// The Python server with its ports.
fn python(arguments: &[&str]) -> Option<(Serving, Vec<u16>)> {
    let python = program(
        "GCTF_TEST_PYTHON",
        &["-c", "import grpc, grpc_reflection, google.protobuf"],
    )?;
    let mut command = Command::new(python);
    command.arg(workspace().join("tests/peers/server.py")).args(arguments);
    let serving = Serving::of(command);
    let ports = serving
        .first_line
        .trim()
        .strip_prefix("READY ")
        .map(|ports| ports.split(' ').map(|port| port.parse().expect("a port")).collect());
    let ports = ports.expect("the server says READY and its ports");
    Some((serving, ports))
}

/// A Node server that sends back what it is told by `services` of a proto file in `folder`; `None` where there is none.
pub(crate) fn node_server(folder: &Path, file: &str, services: &[&str]) -> Option<(Serving, u16)> {
    let node = program("GCTF_TEST_NODE", &["-e", "require('@grpc/reflection')"])?;
    let mut command = Command::new(node);
    command.arg(workspace().join("tests/peers/server.cjs"));
    command.arg(folder).arg(file).args(services);
    let serving = Serving::of(command);
    let port = serving.first_line.trim().strip_prefix("READY ");
    let port = port.expect("the server says READY and its port").parse();
    Some((serving, port.expect("a port")))
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
