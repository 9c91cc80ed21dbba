//! Values: templates, comparison, encoding, assertions. Pure: no IO, no gRPC library.

pub mod assertion;
pub mod compare;
#[cfg(test)]
mod compare_tests;
pub mod encode;
pub mod error;
pub mod jq;
pub mod locate;
mod mismatch;
pub mod rules;
pub mod template;
#[cfg(test)]
mod tests;
