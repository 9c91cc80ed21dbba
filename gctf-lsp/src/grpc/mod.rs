//! Calls to gRPC servers by descriptor: channels, TLS, reflection, protos, calls.
//! Knows nothing of `.gctf` files.

pub mod codec;
