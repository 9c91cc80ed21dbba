//! gctf
