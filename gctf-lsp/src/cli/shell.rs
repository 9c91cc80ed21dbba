//! `gctf completions` and `gctf man`: what a shell and a manual reader want, made from the flags themselves.

use clap::CommandFactory as _;
use std::process::ExitCode;

/// Flags of `gctf completions`.
#[derive(Debug, clap::Args)]
pub struct CompletionsArgs {
    /// The shell to write completions for
    #[arg(value_enum)]
    shell: clap_complete::Shell,
}

/// Prints the completions of a shell.
pub fn completions(args: &CompletionsArgs) -> ExitCode {
    let mut written = Vec::new();
    clap_complete::generate(args.shell, &mut super::Cli::command(), "gctf", &mut written);
    super::print(&String::from_utf8_lossy(&written));
    ExitCode::SUCCESS
}

/// Prints the manual: the page of the program, then one of each command.
pub fn manual() -> ExitCode {
    let mut written = Vec::new();
    let mut command = super::Cli::command();
    command.build();
    let commands: Vec<_> = command
        .get_subcommands()
        .filter(|command| command.get_name() != "help")
        .cloned()
        .collect();
    for command in std::iter::once(command.clone()).chain(commands) {
        if let Err(error) = clap_mangen::Man::new(command).render(&mut written) {
            return super::fail(1, &error.to_string());
        }
    }
    super::print(&String::from_utf8_lossy(&written));
    ExitCode::SUCCESS
}
