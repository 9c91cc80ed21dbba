//! End-to-end tests: the real binary over real sockets and real standard input and output.

mod cli;
mod docs;
mod editors;
mod lsp;
mod mock;
mod run;
mod support;
mod tidy;
