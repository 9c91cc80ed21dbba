//! `.gctf` text: rope, trees, typed views, values with ranges, and what is wrong with them.

pub mod json;
