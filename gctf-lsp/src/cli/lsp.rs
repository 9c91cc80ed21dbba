//! `gctf lsp`: the language server on standard input and output.

use super::run::environment_defaults;
use crate::run::{Depth, RunOptions};
use crate::server::{Options, serve};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use tracing_subscriber::EnvFilter;

/// Flags of `gctf lsp`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Write the log to this file instead of stderr
    #[arg(long, value_name = "FILE")]
    log_file: Option<PathBuf>,
    /// error, warn, info, debug or trace; or a filter such as gctf_lsp=debug
    #[arg(long, value_name = "LEVEL", env = "GCTF_LOG", default_value = "warn")]
    log_level: String,
    /// Accepted because editors pass it; standard input and output are always used
    #[arg(long, hide = true)]
    stdio: bool,
}

/// Runs the command until the client exits.
pub async fn run(args: Args) -> ExitCode {
    if let Err(message) = start_log(&args) {
        return super::fail(super::USAGE, &message);
    }
    let options = Options {
        run: RunOptions {
            defaults: environment_defaults(),
            timeout: Duration::from_secs(30),
            retry: 0,
            jobs: 8,
            fail_fast: false,
            environment: super::environment::variables(),
            depth: Depth::Calls,
        },
        cache: super::environment::cache_folder(),
    };
    match serve(tokio::io::stdin(), tokio::io::stdout(), options).await {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

/// Standard output is the protocol; the log goes elsewhere.
fn start_log(args: &Args) -> Result<(), String> {
    let filter = EnvFilter::try_new(&args.log_level).map_err(|error| format!("--log-level: {error}"))?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false);
    match &args.log_file {
        None => log.with_writer(std::io::stderr).init(),
        Some(path) => {
            let file = std::fs::File::create(path).map_err(|error| format!("{}: {error}", path.display()))?;
            log.with_writer(std::sync::Mutex::new(file)).init();
        }
    }
    Ok(())
}
