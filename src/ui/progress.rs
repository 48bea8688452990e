//! A bar on stderr while many are worked on; nothing at all off a terminal.

use std::borrow::Cow;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::escape;
use super::printer::Printer;

/// A bar of `total` steps. Dropping it removes it.
pub struct Progress(ProgressBar);

impl Progress {
    pub fn start(printer: &Printer, total: u64, label: &str) -> Self {
        let target = if printer.shows_progress() {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(Some(total), target);
        if let Ok(style) = ProgressStyle::with_template("{msg} [{bar:30}] {pos}/{len} {eta}") {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_message(Cow::Owned(escape::visible(label).into_owned()));
        Self(bar)
    }

    pub fn advance(&self, steps: u64) {
        self.0.inc(steps);
    }

    /// Runs `write` with the bar out of the way, so that a line written meanwhile does not run into it.
    pub fn suspend<T>(&self, write: impl FnOnce() -> T) -> T {
        self.0.suspend(write)
    }

    pub fn finish(self) {
        self.0.finish_and_clear();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
