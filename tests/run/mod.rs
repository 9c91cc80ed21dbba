//! `gctf run` against servers of every kind.

mod calls;
mod example;
mod failures;
mod interrupted;
mod misbehaving;
mod peers;
mod shapes;
mod sizes;
mod streams;
mod suites;
