//! A bar on stderr while many are worked on; off a terminal, a line now and then.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use jiff::SignedDuration;

use super::escape;
use super::printer::Printer;
use crate::domain::time::span_for_people;

/// How often those are told how far it is who see no bar, such as the readers of a log.
const NOW_AND_THEN: Duration = Duration::from_secs(10);

/// A bar of `total` steps, or a line now and then. Dropping it removes it.
pub struct Progress<'p> {
    bar: ProgressBar,
    label: String,
    /// Who is told off a terminal, and when they were last.
    told: Option<(&'p Printer, Cell<Duration>)>,
}

impl<'p> Progress<'p> {
    pub fn start(printer: &'p Printer, total: u64, label: &str) -> Self {
        let target = if printer.shows_progress() {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(Some(total), target);
        let template = "{msg} [{bar:30}] {pos}/{len} {per_sec} {eta}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            let rate = |state: &ProgressState, out: &mut dyn fmt::Write| {
                let _ = write!(out, "{:.0}/s", state.per_sec());
            };
            bar.set_style(style.with_key("per_sec", rate).progress_chars("=> "));
        }
        let label = escape::visible(label).into_owned();
        bar.set_message(Cow::Owned(label.clone()));
        let told = (!printer.has_terminal()).then(|| (printer, Cell::default()));
        Self { bar, label, told }
    }

    pub fn advance(&self, steps: u64) {
        self.bar.inc(steps);
        let Some((printer, last)) = &self.told else { return };
        let elapsed = self.bar.elapsed();
        if elapsed.saturating_sub(last.get()) < NOW_AND_THEN {
            return;
        }
        last.set(elapsed);
        let (done, all) = (self.bar.position(), self.bar.length().unwrap_or_default());
        let left = span_for_people(SignedDuration::from_secs(self.bar.eta().as_secs().cast_signed()));
        printer.note(&format!(
            "{}: {done} of {all}, {:.0} a second, {left} left",
            self.label,
            self.bar.per_sec()
        ));
    }

    /// Runs `write` with the bar out of the way, so that a line written meanwhile does not run into it.
    pub fn suspend<T>(&self, write: impl FnOnce() -> T) -> T {
        self.bar.suspend(write)
    }

    pub fn finish(self) {
        self.bar.finish_and_clear();
    }
}

impl Drop for Progress<'_> {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
