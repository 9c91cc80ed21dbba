//! Messages that wait for the ASSERTS that looks at all of them.

use crate::schema::json::footprint;
use serde_json::Value as Json;
use std::sync::Arc;

/// Bytes of memory that messages may take which wait for the end of the call.
const HELD_BYTES: usize = 256 << 20;

/// What a document is told that wants more.
pub(super) const TOO_MUCH_FOR_ASSERTS: &str = "`with_asserts` looks at all messages at the end of the section, and these are \
                                    more than 256 MiB: use several sections";

/// Messages that wait.
#[derive(Default)]
pub(super) struct Held {
    pub(super) messages: Vec<Arc<Json>>,
    bytes: usize,
}

impl Held {
    /// Whether there is room for one more.
    pub(super) fn takes(&mut self, message: &Arc<Json>) -> bool {
        self.bytes += footprint(message);
        self.messages.push(Arc::clone(message));
        self.bytes <= HELD_BYTES
    }
}
