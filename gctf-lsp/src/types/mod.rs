//! Expressions on messages whose type is known. Knows nothing of values, files and networks.

mod names;
#[cfg(test)]
mod tests;

pub use names::{Resolved, resolve};
