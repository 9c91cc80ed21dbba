//! Calls to gRPC servers by descriptor: connections, TLS, reflection, protos, calls.
//! Knows nothing of `.gctf` files.

pub mod call;
mod census;
pub mod codec;
pub mod connection;
pub mod descriptor;
pub mod details;
pub mod doctor;
mod editions;
pub mod ending;
pub mod failure;
pub mod files;
pub mod metadata;
pub mod pool;
mod probe;
pub mod protos;
pub mod reflection;
mod repair;
mod tls;
mod watch;
