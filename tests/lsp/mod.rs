//! `gctf lsp` as an editor meets it.

mod main_job;
mod protocol;
mod runs;
mod schema;
