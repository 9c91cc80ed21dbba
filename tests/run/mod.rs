//! `gctf run` against servers of every kind.

mod any;
mod calls;
mod example;
mod failures;
mod interrupted;
mod misbehaving;
mod peers;
mod shapes;
mod streams;
mod suites;
