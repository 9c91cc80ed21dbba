//! Language server, runner and mock server for `.gctf` gRPC tests.
//!
//! `docs/architecture.md` tells how the modules hang together. Those that deny `disallowed_methods` are the pure
//! core: they read no files, no environment and start nothing.

pub mod cli;
pub mod config;
pub mod connection;
pub mod diagnostic;
#[cfg_attr(not(test), deny(clippy::disallowed_methods))]
pub mod eval;
#[cfg_attr(not(test), deny(clippy::disallowed_methods))]
pub mod expr;
pub mod grpc;
#[cfg_attr(not(test), deny(clippy::disallowed_methods))]
pub mod ide;
pub mod memo;
pub mod mock;
#[cfg_attr(not(test), deny(clippy::disallowed_methods))]
pub mod outcome;
pub mod report;
pub mod run;
#[cfg_attr(not(test), deny(clippy::disallowed_methods))]
pub mod schema;
#[cfg_attr(not(test), deny(clippy::disallowed_methods))]
pub mod secrets;
pub mod server;
pub mod snapshot;
#[cfg_attr(not(test), deny(clippy::disallowed_methods))]
pub mod spec;
pub mod status;
#[cfg_attr(not(test), deny(clippy::disallowed_methods))]
pub mod syntax;
pub mod target;
pub mod text;
#[cfg_attr(not(test), deny(clippy::disallowed_methods))]
pub mod types;
