//! `gctf lsp` as an editor meets it.

mod editor;
mod main_job;
