//! From findings and run events to what people and programs read.

mod difference;
pub mod events;
pub mod findings;
pub mod human;
pub mod junit;
pub mod listing;
mod place;
mod plan;
pub mod schema;

pub use place::Place;
