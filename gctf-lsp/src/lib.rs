//! Language server, runner and mock server for `.gctf` gRPC tests.
//!
//! `docs/architecture.md` tells how the modules hang together.

pub mod cli;
pub mod config;
pub mod connection;
pub mod diagnostic;
pub mod eval;
pub mod expr;
pub mod grpc;
pub mod ide;
pub mod mock;
pub mod outcome;
pub mod report;
pub mod run;
pub mod schema;
pub mod server;
pub mod spec;
pub mod status;
pub mod syntax;
pub mod target;
pub mod text;
