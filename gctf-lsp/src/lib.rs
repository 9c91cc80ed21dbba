//! Language server, runner and mock server for `.gctf` gRPC tests.
//!
//! `docs/architecture.md` tells how the modules hang together.

pub mod connection;
pub mod diagnostic;
pub mod grpc;
pub mod ide;
pub mod outcome;
pub mod run;
pub mod schema;
pub mod spec;
pub mod syntax;
pub mod target;
pub mod text;
