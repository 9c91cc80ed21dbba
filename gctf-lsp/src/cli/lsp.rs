//! `gctf lsp`: the language server on standard input and output.

use crate::run::{Depth, Detail, RunOptions};
use crate::server::{LogFilter, Options, serve};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, reload};

/// Flags of `gctf lsp`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Write the log to this file instead of stderr
    #[arg(long, value_name = "FILE")]
    log_file: Option<PathBuf>,
    /// error, warn, info, debug or trace; or a filter such as gctf_lsp=debug. Without it the setting gctf.log.level
    #[arg(long, value_name = "LEVEL", env = "GCTF_LOG")]
    log_level: Option<String>,
    /// Accepted because editors pass it; standard input and output are always used
    #[arg(long, hide = true)]
    stdio: bool,
}

/// Runs the command until the client exits.
pub async fn run(args: Args) -> ExitCode {
    let filter = match start_log(&args) {
        Ok(filter) => filter,
        Err(message) => return super::fail(super::USAGE, &message),
    };
    let options = Options {
        run: RunOptions {
            defaults: super::environment::defaults(),
            timeout: Duration::from_secs(30),
            retry: 0,
            jobs: 8,
            fail_fast: false,
            environment: super::environment::variables(),
            depth: Depth::Calls,
            detail: Detail::Everything,
            gate: None,
            targets: Arc::default(),
        },
        state: super::environment::state_folder(),
        cache: super::environment::cache_folder(),
        log: Some(filter).filter(|_| args.log_level.is_none()),
    };
    match serve(tokio::io::stdin(), tokio::io::stdout(), options).await {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

/// Standard output is the protocol; the log goes elsewhere.
fn start_log(args: &Args) -> Result<LogFilter, String> {
    let level = args.log_level.as_deref().unwrap_or("warn");
    let filter = EnvFilter::try_new(level).map_err(|error| format!("--log-level: {error}"))?;
    let (filter, handle) = reload::Layer::new(filter);
    let registry = tracing_subscriber::registry().with(filter);
    let lines = tracing_subscriber::fmt::layer().with_ansi(false);
    match &args.log_file {
        None => registry.with(lines.with_writer(std::io::stderr)).init(),
        Some(path) => {
            let file = std::fs::File::create(path).map_err(|error| format!("{}: {error}", path.display()))?;
            registry.with(lines.with_writer(std::sync::Mutex::new(file))).init();
        }
    }
    Ok(handle)
}
