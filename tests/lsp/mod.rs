//! `gctf lsp` as an editor meets it.

mod completion;
mod corpus;
mod doctor;
mod explorer;
mod expressions;
mod fixes;
mod format;
mod grpcurl;
mod hostile;
mod main_job;
mod navigation;
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
mod watched;
