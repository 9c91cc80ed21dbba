//! The mock, exercised by clients that share no code with it.

pub(crate) mod shapes;
mod start;
mod stubs;
mod tools;
mod transports;
