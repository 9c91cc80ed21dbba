//! `gctf lsp` as an editor meets it.

mod completion;
mod corpus;
mod doctor;
mod environments;
mod explorer;
mod expressions;
mod fixes;
mod format;
mod hostile;
mod main_job;
mod mock;
mod navigation;
mod on_save;
mod protocol;
mod pull;
mod remedies;
mod results;
mod runs;
mod saved;
mod schema;
mod settings;
mod skeleton;
mod texts;
mod trust;
mod warm;
mod watched;
