//! `gctf lsp` as an editor meets it.

mod corpus;
mod fixes;
mod format;
mod hostile;
mod main_job;
mod protocol;
mod pull;
mod runs;
mod schema;
