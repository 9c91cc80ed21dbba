//! Language server, runner and mock server for `.gctf` gRPC tests.
//!
//! `docs/architecture.md` tells how the modules hang together.

pub mod grpc;
pub mod syntax;
