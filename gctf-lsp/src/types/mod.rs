//! Bodies and expressions on messages whose type is known. Knows nothing of replies, files and networks.

pub mod body;
mod names;
mod orders;
#[cfg(test)]
mod tests;

pub use names::{Resolved, fields, resolve};
