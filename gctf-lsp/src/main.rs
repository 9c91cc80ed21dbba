//! The binary `gctf`.
fn main() {}
