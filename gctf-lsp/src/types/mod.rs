//! Bodies and expressions on messages whose type is known. Knows nothing of replies, files and networks.

pub mod body;
pub mod expression;
pub mod form;
#[cfg(test)]
mod tests;
