//! What is said of a batch that ends before all of it is done, and how to go on with it.

use crate::cli::shared::Failure;
use crate::flow::batch::{Journal, Order};
use crate::flow::{FlowError, Refusal};
use crate::guidance::notes;

/// How to go on with it.
fn resume(order: &Order, journal: &Journal) -> String {
    notes::resume_batch(journal.id(), order.is_of_file(), order.secrets_to.as_deref())
}

/// With how to go on, where that is left to do.
pub(super) fn broken(order: &Order, journal: &Journal, failure: Failure) -> Failure {
    // What was done before the report could not be written any more stands.
    let failure = match failure {
        Failure::Output(error) if journal.has_done() => Failure::OutputAfterChange(error),
        other => other,
    };
    let is_told =
        matches!(&failure, Failure::Interrupted { .. } | Failure::Stopped { .. } | Failure::Partial(_))
            || is_of_another(&failure);
    if is_told || journal.counts().left() == 0 {
        return failure;
    }
    Failure::Broken { by: Box::new(failure), resume: resume(order, journal) }
}

pub(super) fn stopped(order: &Order, journal: &Journal) -> Failure {
    let counts = journal.counts();
    Failure::Stopped { resume: resume(order, journal), failed: counts.failed, left: counts.left() }
}

pub(super) fn interrupted(order: &Order, signal: i32, journal: &Journal) -> Failure {
    let counts = journal.counts();
    let (failed, left, resume) = (counts.failed, counts.left(), resume(order, journal));
    Failure::Interrupted { signal, resume, done: counts.rows - failed - left, failed, left }
}

/// Whether another process is at it, or ended it.
pub(super) fn is_of_another(failure: &Failure) -> bool {
    matches!(
        failure,
        Failure::Flow(FlowError::Refused(Refusal::BatchRunning { .. } | Refusal::BatchGone { .. }))
    )
}
