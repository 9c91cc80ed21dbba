//! From run events to what people and programs read.

pub mod human;
