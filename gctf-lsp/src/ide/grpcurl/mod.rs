//! Documents as command lines of grpcurl, and such lines, or a payload alone, as documents.

mod arguments;
mod copy;
mod json;
mod paste;
mod shell;
#[cfg(test)]
mod tests;
mod written;

pub use copy::command;
pub use paste::refactorings;
