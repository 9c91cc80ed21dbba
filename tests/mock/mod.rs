//! The mock, exercised by clients that share no code with it.

mod documents;
pub(crate) mod shapes;
mod start;
mod stubs;
mod tools;
mod transports;
