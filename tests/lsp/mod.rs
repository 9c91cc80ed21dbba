//! `gctf lsp` as an editor meets it.

mod corpus;
mod doctor;
mod format;
mod main_job;
mod protocol;
mod pull;
mod remedies;
mod runs;
mod schema;
mod settings;
mod trust;
mod watched;
