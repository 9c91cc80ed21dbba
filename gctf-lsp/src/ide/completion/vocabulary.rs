//! Sections, options, keys: what the table of the language offers.

use super::super::context::Context;
use super::super::hover::Hover;
use super::Item;
use crate::syntax::cursor::Place;

/// What can stand at `place`, by the table.
pub(super) fn items(_context: &Context<'_>, _place: &Place<'_>, _offset: usize) -> Vec<Item> {
    Vec::new()
}

/// The hover text of what the table knows at `place`.
pub(in crate::ide) fn hover(_place: &Place<'_>, _text: &str) -> Option<Hover> {
    None
}
