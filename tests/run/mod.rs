//! `gctf run` against servers of every kind.

mod any;
mod calls;
mod compatibility;
mod data;
mod differences;
mod dry;
mod editions;
mod example;
mod failures;
mod interrupted;
mod misbehaving;
mod mutations;
mod node;
mod peers;
mod samples;
mod secrets;
mod shapes;
mod sizes;
mod streams;
mod suites;
mod watch;
