//! How much a run keeps of the messages that servers sent, all its documents together.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes of memory that the outcomes of one run may take for messages.
const KEPT_BYTES: usize = 64 << 20;

/// What is left of it.
#[derive(Debug)]
pub(super) struct Budget {
    left: AtomicUsize,
}

impl Default for Budget {
    fn default() -> Self {
        Self::new(KEPT_BYTES)
    }
}

impl Budget {
    fn new(bytes: usize) -> Self {
        Self {
            left: AtomicUsize::new(bytes),
        }
    }

    /// Takes `bytes`, if there are so many.
    pub(super) fn take(&self, bytes: usize) -> bool {
        let enough = |left: usize| left.checked_sub(bytes);
        self.left
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, enough)
            .is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_takes_nothing() {
        let budget = Budget::new(10);
        assert!(budget.take(6));
        assert!(!budget.take(5));
        assert!(budget.take(4));
        assert!(!budget.take(1));
    }
}
