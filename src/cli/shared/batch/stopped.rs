//! What is said of a batch that ends before all of it is done, and how to go on with it.

use super::run::Run;
use crate::cli::shared::Failure;
use crate::flow::batch::Journal;
use crate::flow::{FlowError, Refusal};
use crate::guidance::notes;

impl Run<'_> {
    /// How to go on with it.
    fn resume(&self, journal: &Journal) -> String {
        notes::resume_batch(journal.id(), self.order().secrets_to.as_deref())
    }

    /// With how to go on, where that is left to do.
    pub(super) fn broken(&self, journal: &Journal, failure: Failure) -> Failure {
        let is_told =
            matches!(&failure, Failure::Interrupted { .. } | Failure::Stopped { .. } | Failure::Partial(_))
                || is_of_another(&failure);
        if is_told || journal.counts().left() == 0 {
            return failure;
        }
        Failure::Broken { by: Box::new(failure), resume: self.resume(journal) }
    }

    pub(super) fn stopped(&self, journal: &Journal) -> Failure {
        let counts = journal.counts();
        Failure::Stopped { resume: self.resume(journal), failed: counts.failed, left: counts.left() }
    }

    pub(super) fn interrupted(&self, signal: i32, journal: &Journal) -> Failure {
        let counts = journal.counts();
        let (failed, left, resume) = (counts.failed, counts.left(), self.resume(journal));
        Failure::Interrupted { signal, resume, done: counts.rows - failed - left, failed, left }
    }
}

/// Whether another process is at it, or ended it.
pub(super) fn is_of_another(failure: &Failure) -> bool {
    matches!(
        failure,
        Failure::Flow(FlowError::Refused(Refusal::BatchRunning { .. } | Refusal::BatchGone { .. }))
    )
}
