//! `gctf mock`: a gRPC server that answers from stubs.

use super::interrupt::Interrupts;
use super::{USAGE, fail};
use crate::config::{self, MockConfig};
use crate::mock::{MockOptions, RunningMock, is_document};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Flags of `gctf mock`. What is not given comes from the [mock] table of the nearest gctf.toml.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// .proto files, files that hold a FileDescriptorSet, or .gctf files, whose documents are stubs
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Stub files (YAML, JSON or .gctf), or folders of YAML and JSON
    #[arg(short, long, value_name = "PATH")]
    stubs: Vec<PathBuf>,
    /// Address to listen on [default: localhost:4770]
    #[arg(long, value_name = "HOST:PORT")]
    listen: Option<String>,
    /// Folder to look for imports in
    #[arg(long = "import-path", value_name = "FOLDER")]
    import_paths: Vec<PathBuf>,
    /// Server certificate (PEM): TLS is served beside plaintext on the same port
    #[arg(long, value_name = "FILE")]
    cert: Option<PathBuf>,
    /// Key of the server certificate (PEM)
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// Authorities of client certificates (PEM): TLS clients have to present one
    #[arg(long, value_name = "FILE")]
    client_ca: Option<PathBuf>,
}

/// Runs the command until it is interrupted.
#[expect(clippy::print_stdout, reason = "the user wants to know where the server is")]
pub async fn run(args: Args) -> ExitCode {
    let config = match folder_config(Path::new(".")) {
        Ok(config) => config.unwrap_or_default(),
        Err(message) => return fail(1, &message),
    };
    // Documents are stubs, and one without a schema of its own looks for the table that is nearest to it.
    let has_documents = args.files.iter().any(|path| is_document(path));
    let merged = MockConfig {
        listen: args.listen.or(config.listen),
        protos: match has_documents {
            true => args.files,
            false => or(args.files, config.protos),
        },
        stubs: match has_documents {
            true => args.stubs,
            false => or(args.stubs, config.stubs),
        },
        import_paths: or(args.import_paths, config.import_paths),
        cert: args.cert.or(config.cert),
        key: args.key.or(config.key),
        client_ca: args.client_ca.or(config.client_ca),
    };
    let mock = match start(merged).await {
        Ok(mock) => mock,
        Err(code) => return code,
    };
    let mut interrupts = match Interrupts::listen() {
        Ok(interrupts) => interrupts,
        Err(error) => return fail(1, &format!("cannot listen for Ctrl-C: {error}")),
    };
    println!("gctf mock: serving {}", mock.description);
    interrupts.wait().await;
    mock.stop().await;
    ExitCode::SUCCESS
}

/// Starts the server that `folder`'s gctf.toml describes.
///
/// # Errors
/// The exit code, the reason already printed.
pub(super) async fn start_for(folder: &Path) -> Result<RunningMock, ExitCode> {
    if !folder.is_dir() {
        return Err(fail(USAGE, &format!("{}: no such folder", folder.display())));
    }
    match folder_config(folder) {
        Ok(Some(config)) => start(config).await,
        Ok(None) => Err(fail(
            USAGE,
            &format!("no gctf.toml with a [mock] table at or above {}", folder.display()),
        )),
        Err(message) => Err(fail(1, &message)),
    }
}

fn folder_config(folder: &Path) -> Result<Option<MockConfig>, String> {
    match config::nearest(folder) {
        Some(path) => config::read_mock(&path),
        None => Ok(None),
    }
}

async fn start(config: MockConfig) -> Result<RunningMock, ExitCode> {
    let options = MockOptions::of(config).map_err(|message| fail(USAGE, &message))?;
    match RunningMock::start(options).await {
        Ok(mock) => {
            mock.ignored.iter().for_each(|note| super::warn(note));
            Ok(mock)
        }
        Err(message) => Err(fail(1, &message)),
    }
}

fn or<T>(given: Vec<T>, configured: Vec<T>) -> Vec<T> {
    match given.is_empty() {
        true => configured,
        false => given,
    }
}
