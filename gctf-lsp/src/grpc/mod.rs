//! Calls to gRPC servers by descriptor: connections, TLS, reflection, protos, calls.
//! Knows nothing of `.gctf` files.

pub mod call;
pub mod codec;
pub mod connection;
pub mod details;
pub mod doctor;
pub mod ending;
pub mod failure;
pub mod files;
pub mod metadata;
pub mod pool;
mod probe;
pub mod protos;
pub mod reflection;
mod tls;
mod watch;
