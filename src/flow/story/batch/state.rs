//! How far a batch is, whatever became of the process that was at it.

use jiff::{SignedDuration, Timestamp};

use crate::domain::batch::{Batch, State};
use crate::domain::time::after;
use crate::flow::foundation::{Env, FlowError, Refusal};
use crate::os;

/// How long a process of another machine counts as being at a batch after it was seen.
const SEEN: SignedDuration = SignedDuration::from_mins(5);

/// How far a batch is: one whose process was killed is interrupted, whatever it wrote last.
pub(super) fn state(batch: &Batch, now: Timestamp) -> State {
    let lives = || os::is_alive(&batch.worker).unwrap_or_else(|| now < after(batch.seen_at, SEEN));
    if batch.state == State::Running && !lives() { State::Interrupted } else { batch.state }
}

/// Refuses a batch that is over, or that another process is at.
pub fn resumable(env: &Env<'_>, batch: &Batch) -> Result<(), FlowError> {
    match state(batch, env.clock.now()) {
        State::Interrupted => Ok(()),
        State::Running => Err(Refusal::BatchRunning { id: batch.id.clone() }.into()),
        over @ (State::Done | State::Cancelled) => {
            Err(Refusal::BatchOver { id: batch.id.clone(), cancelled: over == State::Cancelled }.into())
        }
    }
}
