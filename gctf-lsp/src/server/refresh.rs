//! Asking the client to ask again: for lenses, hints and findings, together and not too often.

use super::session::Session;
use std::time::Duration;
use tokio::time::Instant;

/// The client is asked to ask again at most this often.
const REFRESH: Duration = Duration::from_millis(100);

/// The same for counters of what goes on.
const COUNTERS: Duration = Duration::from_millis(500);

/// When the client is asked to ask again, and for what.
#[derive(Default)]
pub(super) struct Refresh {
    lenses: bool,
    hints: bool,
    diagnostics: bool,
    pub(super) due: Option<Instant>,
    last: Option<Instant>,
}

impl Refresh {
    /// At once, but not twice within `pace`.
    fn schedule(&mut self, pace: Duration) {
        let now = Instant::now();
        let earliest = self.last.map_or(now, |last| last + pace).max(now);
        self.due = Some(self.due.map_or(earliest, |due| due.min(earliest)));
    }
}

impl Session {
    /// Asks the client for what is due.
    pub(super) fn refresh(&mut self, now: Instant) {
        if self.refresh.due.is_some_and(|due| due <= now) {
            let refresh = std::mem::take(&mut self.refresh);
            self.refresh.last = Some(now);
            if refresh.lenses {
                self.outbox.refresh_lenses();
            }
            if refresh.hints {
                self.outbox.refresh_hints();
            }
            if refresh.diagnostics {
                self.outbox.refresh_diagnostics();
            }
        }
    }

    /// Has a client that can do so ask for hints again.
    pub(super) fn refresh_hints(&mut self) {
        if self.client.hint_refresh {
            self.refresh.hints = true;
            self.refresh.schedule(REFRESH);
        }
    }

    /// Has a client that can do so ask for lenses again.
    pub(super) fn refresh_lenses(&mut self) {
        if self.client.lens_refresh {
            self.refresh.lenses = true;
            self.refresh.schedule(REFRESH);
        }
    }

    /// The same where nothing but a counter has changed.
    pub(super) fn refresh_counters(&mut self) {
        if self.client.lens_refresh {
            self.refresh.lenses = true;
            self.refresh.schedule(COUNTERS);
        }
    }

    /// Has a client that asks for findings itself ask again.
    pub(super) fn refresh_diagnostics(&mut self) {
        self.refresh.diagnostics = true;
        self.refresh.schedule(REFRESH);
    }
}
