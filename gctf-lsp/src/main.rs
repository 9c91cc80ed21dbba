//! The binary `gctf`.

use std::process::ExitCode;

fn main() -> ExitCode {
    gctf_lsp::cli::main()
}
