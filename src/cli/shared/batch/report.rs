//! The report of a batch, a row each, and how far it is.

use std::ops::ControlFlow;

use super::args::Limit;
use super::failed::Failed;
use crate::cli::shared::Failure;
use crate::cli::shared::views::OutcomeView;
use crate::domain::batch::Tally;
use crate::flow::FlowError;
use crate::os::Rows;
use crate::ui::progress::Progress;
use crate::ui::{ListWriter, Printer, Row};

/// The rows as they come.
pub(super) struct Report<'p, R: Row> {
    printer: &'p Printer,
    list: ListWriter<'p, R>,
    progress: Option<Progress<'p>>,
    dry_run: bool,
    pub(super) tally: Tally,
    /// Those that failed, with why, where somebody wants them.
    pub(super) failed: Option<Rows<Failed>>,
}

impl<'p, R: Row + From<OutcomeView>> Report<'p, R> {
    pub(super) fn begin(printer: &'p Printer, dry_run: bool, keeps_failed: bool) -> Self {
        let failed = keeps_failed.then(Rows::default);
        let list = printer.begin_list::<R>();
        Self { printer, list, progress: None, dry_run, tally: Tally::default(), failed }
    }

    /// Shows how far it is, of so many rows; the columns of a table stand still while they come.
    pub(super) fn advance_over(&mut self, rows: u64, label: &str, widest: (u64, &str)) {
        self.list.make_room(&OutcomeView::widest(widest.0, widest.1).into());
        self.progress = Some(Progress::start(self.printer, rows, label));
    }

    /// Does something slow with the bar out of the way.
    pub(super) fn suspend<T>(&self, act: impl FnOnce() -> T) -> T {
        match &self.progress {
            Some(progress) => progress.suspend(act),
            None => act(),
        }
    }

    /// One more row. Nobody may read on, but what was confirmed is done.
    pub(super) fn row(&mut self, view: OutcomeView) -> Result<ControlFlow<()>, Failure> {
        let view = OutcomeView { dry_run: self.dry_run, ..view };
        self.tally.all += 1;
        self.tally.add(view.recorded());
        if let (true, Some(failed)) = (view.is_failure(), &mut self.failed) {
            let (user, why) = (view.person(), view.message.clone().unwrap_or_default());
            failed.push(&Failed { row: view.row, user, why }).map_err(FlowError::from)?;
        }
        let reads = self.list.row(&view.named(&self.printer.program()).into())?;
        if let Some(progress) = &self.progress {
            // Each row is shown when it is done.
            progress.suspend(|| self.list.show())?;
            progress.advance(1);
        }
        Ok(reads)
    }

    /// Whether more failed than may.
    pub(super) fn is_exceeded(&self, limit: Option<Limit>, more: u64, rows: u64) -> bool {
        let failed = self.tally.failed + self.tally.unknown + more;
        limit.is_some_and(|limit| limit.is_exceeded(failed, rows))
    }

    /// Ends the list.
    pub(super) fn finish(self) -> Result<(), Failure> {
        let Self { list, progress, tally, .. } = self;
        if let Some(progress) = progress {
            progress.finish();
        }
        list.finish("There is nobody in the list.")?;
        if tally.failed + tally.unknown == 0 { Ok(()) } else { Err(Failure::Partial(tally)) }
    }
}
