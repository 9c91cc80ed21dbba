//! From a response to lines of ASSERTS that say the same, and back.

mod back;
mod place;
#[cfg(test)]
mod tests;
mod written;

pub use back::back;
pub use place::{refactorings, response_to_asserts};
