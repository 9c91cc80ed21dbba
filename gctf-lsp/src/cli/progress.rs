//! How far a run is, at the bottom of a terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal as _;

/// A bar on stderr while tests run, where somebody looks at both streams; otherwise nothing at all. It has no colours
/// for `NO_COLOR` to take away.
pub(super) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A bar for `tests`, if standard output and stderr are a terminal.
    pub(super) fn on_terminal(tests: usize) -> Self {
        let is_dumb = std::env::var_os("TERM").is_some_and(|terminal| terminal == "dumb");
        let is_seen = std::io::stdout().is_terminal() && std::io::stderr().is_terminal();
        let target = match is_seen && !is_dumb {
            true => ProgressDrawTarget::stderr(),
            false => return Self::none(),
        };
        let bar = ProgressBar::with_draw_target(Some(tests as u64), target);
        if let Ok(style) = ProgressStyle::with_template("{bar:20} {pos} of {len} tests  {wide_msg}") {
            bar.set_style(style.progress_chars("━━─"));
        }
        bar.tick();
        Self { bar }
    }

    /// No bar.
    pub(super) fn none() -> Self {
        Self {
            bar: ProgressBar::hidden(),
        }
    }

    /// One more test is running.
    pub(super) fn start(&self, name: &str) {
        self.bar.set_message(name.to_owned());
    }

    /// One more test is done.
    pub(super) fn advance(&self) {
        self.bar.inc(1);
    }

    /// Does `print` while the bar is out of the way.
    pub(super) fn around<T>(&self, print: impl FnOnce() -> T) -> T {
        self.bar.suspend(print)
    }

    /// Takes the bar away.
    pub(super) fn clear(&self) {
        self.bar.finish_and_clear();
    }
}
