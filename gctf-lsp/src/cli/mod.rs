//! The command line: one file per command, the only place besides `report/` that prints.

pub mod check;
mod data;
mod environment;
mod files;
pub mod fmt;
mod inputs;
mod interrupt;
pub mod list;
mod load;
pub mod lsp;
pub mod mock;
mod printer;
mod progress;
mod reports;
pub mod run;
pub mod schema;
mod select;
mod settings;
pub mod shell;
mod update;
mod watch;

use clap::{Parser, Subcommand};
use std::io::Write as _;
use std::process::ExitCode;

/// Wrong usage, a path that does not exist, no test found.
pub const USAGE: u8 = 2;
/// Interrupted by the user.
pub const INTERRUPTED: u8 = 130;

/// Language server, runner and mock server for .gctf gRPC tests
#[derive(Debug, Parser)]
#[command(name = "gctf", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run tests and print what came of them
    Run(run::Args),
    /// Say what is wrong with tests, without running them
    Check(check::Args),
    /// Bring tests into their layout
    Fmt(fmt::Args),
    /// List tests, or the methods that no test calls
    List(list::Args),
    /// Show, save and compare what servers understand
    Schema(schema::Args),
    /// Serve protos from stubs, with reflection, plaintext and TLS on one port
    Mock(mock::Args),
    /// Serve an editor over standard input and output (the language server protocol)
    Lsp(lsp::Args),
    /// Print completions for a shell
    Completions(shell::CompletionsArgs),
    /// Print the manual in roff, as `gctf man | man -l -` reads it
    Man,
}

/// Runs the command that the process was started with.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(1, &format!("cannot start: {error}")),
    };
    // As a task: a future that is waited for here would be woken across threads with every message.
    let command = runtime.spawn(async {
        match cli.command {
            Command::Run(args) => run::run(args).await,
            Command::Check(args) => check::run(args).await,
            Command::Fmt(args) => fmt::run(&args),
            Command::List(args) => list::run(args).await,
            Command::Schema(args) => schema::run(args).await,
            Command::Mock(args) => mock::run(args).await,
            Command::Lsp(args) => lsp::run(args).await,
            Command::Completions(args) => shell::completions(&args),
            Command::Man => shell::manual(),
        }
    });
    let code = match runtime.block_on(command) {
        Ok(code) => code,
        Err(error) => fail(1, &format!("broke down: {error}")),
    };
    // An interrupted run may leave an expression behind that is still being evaluated: nobody waits for it.
    runtime.shutdown_background();
    code
}

/// Prints `gctf: message` to stderr and returns `code`.
#[expect(clippy::print_stderr, reason = "a command tells its user what went wrong")]
fn fail(code: u8, message: &str) -> ExitCode {
    eprintln!("gctf: {message}");
    ExitCode::from(code)
}

/// Prints `gctf: warning: message` to stderr.
#[expect(clippy::print_stderr, reason = "a command tells its user what it passes over")]
fn warn(message: &str) {
    eprintln!("gctf: warning: {message}");
}

/// Writes to standard output. A reader that has seen enough closes the pipe: that is no failure. Whatever else
/// goes wrong ends the program, as what was asked for is lost.
#[expect(clippy::print_stderr, reason = "a command tells its user what went wrong")]
fn print(text: &str) {
    let mut output = std::io::stdout().lock();
    let written = output.write_all(text.as_bytes()).and_then(|()| output.flush());
    match written {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            eprintln!("gctf: standard output: {error}");
            std::process::exit(1);
        }
        _ => {}
    }
}
