//! `gctf lsp` as an editor meets it.

mod completion;
mod corpus;
mod fixes;
mod format;
mod main_job;
mod protocol;
mod pull;
mod runs;
mod schema;
mod skeleton;
