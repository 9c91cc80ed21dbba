//! `gctf lsp` as an editor meets it.

mod completion;
mod corpus;
mod fixes;
mod format;
mod main_job;
mod navigation;
mod protocol;
mod pull;
mod runs;
mod schema;
mod settings;
mod skeleton;
mod trust;
mod watched;
