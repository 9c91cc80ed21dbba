//! What several modules of the tests need: the binary, servers, programs that others wrote.

pub(crate) mod client;
pub(crate) mod editor;
pub(crate) mod many;
pub(crate) mod peers;
pub(crate) mod reflection;
pub(crate) mod servers;
pub(crate) mod sized;

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

/// Copies a folder of texts, each as `change` makes it.
pub(crate) fn copy_folder(from: &Path, to: &Path, change: &dyn Fn(String) -> String) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder").flatten() {
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy_folder(&entry.path(), &target, change),
            false => {
                let text = std::fs::read_to_string(entry.path()).expect("UTF-8");
                std::fs::write(target, change(text)).expect("a file");
            }
        }
    }
}

/// A process that serves until it is interrupted; killed when it is dropped.
pub(crate) struct Serving {
    process: std::process::Child,
    /// What it said first on stdout.
    pub(crate) first_line: String,
}

impl Serving {
    pub(crate) fn start(folder: &Path, arguments: &[&str]) -> Self {
        Self::of(command(folder, arguments))
    }

    /// Starts `command` and waits for its first line.
    pub(crate) fn of(mut command: Command) -> Self {
        use std::process::Stdio;
        let process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut serving = Self {
            process: process.expect("the program starts"),
            first_line: String::new(),
        };
        let pipe = serving.process.stdout.take().expect("stdout is piped");
        std::io::BufRead::read_line(&mut std::io::BufReader::new(pipe), &mut serving.first_line).expect("a line");
        serving
    }

    /// The port of a mock, from the line that tells where it is.
    pub(crate) fn port(&self) -> u16 {
        let behind = self.first_line.rsplit_once(':').map_or("", |(_, behind)| behind);
        let digits: String = behind.chars().take_while(char::is_ascii_digit).collect();
        digits
            .parse()
            .unwrap_or_else(|_| panic!("no port in {:?}", self.first_line))
    }

    /// Ends it as Ctrl-C does: its exit code, and what it said on stderr.
    pub(crate) fn interrupt(mut self) -> (Option<i32>, String) {
        let pid = self.process.id().to_string();
        let sent = Command::new("kill").args(["-INT", &pid]).status();
        assert!(sent.expect("kill starts").success());
        let mut errors = String::new();
        let mut pipe = self.process.stderr.take().expect("stderr is piped");
        std::io::Read::read_to_string(&mut pipe, &mut errors).expect("text");
        (self.process.wait().expect("it ends").code(), errors)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
