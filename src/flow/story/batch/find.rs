//! Looking at batches, and ending them.

use jiff::Timestamp;

use super::journal::{UNFINISHED, end, event, is_of_input, taken, unfinished_of};
use super::order::Order;
use super::state::{resumable, state};
use crate::domain::batch::{Batch, Digest, Row, State};
use crate::domain::{Action, Task, id};
use crate::flow::foundation::{Change, Confirmed, Env, FlowError, Missing, Refusal, Stop};
use crate::store::{Engine, RowsOf, Transactions};

/// As it is now.
fn seen(batch: Batch, now: Timestamp) -> Batch {
    Batch { state: state(&batch, now), ..batch }
}

/// Batches, newest first, before that number; where a state is given, only those that are in it now.
pub fn list(
    env: &Env<'_>,
    state: Option<State>,
    mut before: Option<u64>,
    limit: u32,
) -> Result<Vec<Batch>, FlowError> {
    env.authorize(Task::ManageBatches, None)?;
    let (now, most) = (env.clock.now(), limit as usize);
    let mut found = Vec::new();
    while found.len() < most {
        let page = env.read(|tx| match state {
            // Which of the two it is, the store does not know: a process that was killed wrote that it runs.
            Some(State::Running | State::Interrupted) => tx.unfinished_batches(before, limit),
            Some(State::Done | State::Cancelled) | None => tx.batches(state, before, limit),
        })?;
        let Some(last) = page.last() else { break };
        before = Some(last.number);
        let fits = |batch: &Batch| state.is_none_or(|state| batch.state == state);
        found.extend(page.into_iter().map(|batch| seen(batch, now)).filter(fits));
    }
    found.truncate(most);
    Ok(found)
}

/// Those that were interrupted, newest first.
pub fn interrupted(store: &dyn Engine, now: Timestamp) -> Result<Vec<Batch>, FlowError> {
    let unfinished = store.read::<_, FlowError>(|tx| Ok(tx.unfinished_batches(None, UNFINISHED)?))?;
    let as_seen = unfinished.into_iter().map(|batch| seen(batch, now));
    Ok(as_seen.filter(|batch| batch.state == State::Interrupted).collect())
}

/// The batch of this id or name, which must be there.
pub fn find(env: &Env<'_>, text: &str) -> Result<Batch, FlowError> {
    env.authorize(Task::ManageBatches, None)?;
    named(env, text)?.ok_or_else(|| Missing::Batch(text.to_owned()).into())
}

/// The batch of this id, which this very process is at.
pub fn of_id(env: &Env<'_>, id: &str) -> Result<Batch, FlowError> {
    env.read(|tx| tx.batch_by_id(id))?.ok_or_else(|| Missing::Batch(id.to_owned()).into())
}

fn named(env: &Env<'_>, text: &str) -> Result<Option<Batch>, FlowError> {
    let found =
        env.read(|tx| if id::is_of(text, "bat") { tx.batch_by_id(text) } else { tx.batch_by_name(text) })?;
    Ok(found.map(|batch| seen(batch, env.clock.now())))
}

/// The batch to go on with, if there is one: of this name, which may be of no other input and not done, or, without a name,
/// of this order and input.
pub fn unfinished(
    env: &Env<'_>,
    name: Option<&str>,
    order: &Order,
    input: &Digest,
) -> Result<Option<Batch>, FlowError> {
    let identity = order.identity();
    let Some(name) = name else {
        let found = env.read(|tx| unfinished_of(env, tx, &identity, input))?;
        return Ok(found.map(|batch| seen(batch, env.clock.now())));
    };
    let Some(batch) = named(env, name)? else { return Ok(None) };
    if is_of_input(env, &batch, &identity, input) && !matches!(batch.state, State::Done | State::Cancelled) {
        return Ok(Some(batch));
    }
    Err(taken(env, &batch, name, &identity, input).into())
}

/// Whether a batch is of this input, where it is given again.
pub fn check_input(env: &Env<'_>, batch: &Batch, order: &Order, input: &Digest) -> Result<(), FlowError> {
    if is_of_input(env, batch, &order.identity(), input) {
        return Ok(());
    }
    let name = batch.name.clone().unwrap_or_else(|| batch.id.clone());
    Err(Refusal::BatchDiffers { name, over: false }.into())
}

/// Some rows of its journal, after that place.
pub fn rows(env: &Env<'_>, batch: &Batch, after: u64, limit: u32) -> Result<Vec<Row>, FlowError> {
    env.read(|tx| tx.batch_rows(batch.number, RowsOf::All, after, limit))
}

/// Hands over the secrets that only their recipients can open, a part after another; how many parts there were. Who looks is
/// recorded.
pub fn secrets<X: From<FlowError>>(
    env: &Env<'_>,
    batch: &Batch,
    mut each: impl FnMut(&[u8]) -> Result<(), X>,
) -> Result<u64, X> {
    env.record(&event(Action::LookupSecrets, &batch.id))?;
    let (mut last, mut count) = (0, 0);
    while let Some((part, sealed)) = env.read(|tx| tx.batch_secrets(batch.number, last))? {
        each(&sealed)?;
        last = part;
        count += 1;
    }
    Ok(count)
}

/// The planned end of a batch that is not done.
pub struct CancelBatch(Batch);

/// Plans to end a batch that no process is at. What was done stays.
pub fn cancel(env: &Env<'_>, text: &str) -> Result<CancelBatch, FlowError> {
    let batch = find(env, text)?;
    if batch.state != State::Cancelled {
        resumable(env, &batch)?;
    }
    Ok(CancelBatch(batch))
}

impl CancelBatch {
    /// As it will be.
    pub fn after(&self) -> Batch {
        Batch { state: State::Cancelled, ..self.0.clone() }
    }
}

impl Change for CancelBatch {
    type Done = Batch;

    fn effects(&self) -> Vec<String> {
        let (id, counts) = (&self.0.id, self.0.counts);
        if !self.changes() {
            return vec![format!("the batch {id} was cancelled already")];
        }
        vec![format!(
            "what is left of the batch {id}, {} of {} rows, is not done",
            counts.left(),
            counts.rows
        )]
    }

    fn changes(&self) -> bool {
        self.0.state != State::Cancelled
    }

    fn commit(self, env: &Env<'_>, _: Confirmed) -> Result<Batch, FlowError> {
        if !self.changes() {
            return Ok(self.0);
        }
        let Batch { number, run, id, .. } = &self.0;
        let at = env.write(|tx| {
            if !end(tx, *number, *run, State::Cancelled)? {
                return Err(Stop::Undo(Refusal::BatchRunning { id: id.clone() }.into()));
            }
            event(Action::BatchCancelled, id).append(tx)?;
            Ok(tx.now)
        })?;
        Ok(Batch { ended_at: Some(at), ..self.after() })
    }
}
