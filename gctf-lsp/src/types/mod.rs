//! Expressions on messages whose type is known. Knows nothing of values, files and networks.

mod names;
mod orders;
#[cfg(test)]
mod tests;

pub use names::{errors, proto_names};
