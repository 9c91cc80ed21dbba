//! Rust binding
