//! The journal of a batch: what was asked for, and of each row how it ended, in the transaction in which it did.

use std::cell::Cell;

use super::order::Order;
use super::state::resumable;
use crate::domain::batch::{Batch, Counts, Digest, Ended, Row, State};
use crate::domain::{Action, Fact, NewEvent, Target, id};
use crate::flow::foundation::{Env, FlowError, Refusal, Stop, Transaction};
use crate::keyring::Purpose;
use crate::os;
use crate::store::RowsOf;

/// How many rows are read at a time.
const PAGE: u32 = 256;

/// A batch that is about to begin.
pub struct NewBatch<'b> {
    pub name: Option<&'b str>,
    pub command: &'static str,
    pub order: &'b Order,
    /// Who is in it, as it was given.
    pub input: &'b Digest,
    /// Public keys of those who can open its secrets.
    pub recipients: &'b [String],
}

/// A batch that this process is at.
pub struct Journal {
    number: u64,
    id: String,
    run: u64,
    counts: Cell<Counts>,
    recipients: Vec<String>,
}

/// What a group came to: how each of these places ended, and their secrets, which only their recipients can open.
pub struct Recorded {
    pub ended: Vec<(u64, Ended)>,
    pub sealed: Option<Vec<u8>>,
}

/// What tells the same order for the same input from all others.
pub(super) fn parts<'p>(identity: &'p str, input: &'p Digest) -> [&'p [u8]; 2] {
    [identity.as_bytes(), input]
}

impl Journal {
    /// Begins a batch of these rows, those that have ended among them.
    pub fn begin(env: &Env<'_>, new: &NewBatch<'_>, rows: &[Row]) -> Result<Self, FlowError> {
        let id = id::new(env.entropy, "bat")?;
        let mut counts = Counts { rows: rows.len() as u64, ..Counts::default() };
        rows.iter().filter_map(|row| row.ended.as_ref()).for_each(|ended| counts.add(ended.outcome));
        let (key, input) = env.keys.mac(Purpose::Batch, &parts(&new.order.identity(), new.input));
        let (options, worker) = (new.order.written(), os::this_process());
        let number = env.write(|tx| {
            if let Some(name) = new.name
                && tx.store.batch_by_name(name)?.is_some()
            {
                return Err(Stop::Undo(Refusal::BatchDiffers { name: name.to_owned() }.into()));
            }
            let number = tx.store.insert_batch(&Batch {
                number: 0,
                id: id.clone(),
                name: new.name.map(str::to_owned),
                command: new.command.to_owned(),
                options: options.clone(),
                key_id: key.to_string(),
                input: input.to_vec(),
                recipients: new.recipients.to_vec(),
                state: State::Running,
                counts,
                worker: worker.clone(),
                run: 1,
                operator: env.actor.name.clone(),
                started_at: tx.now,
                seen_at: tx.now,
                ended_at: None,
            })?;
            for row in rows {
                tx.store.insert_batch_row(number, row)?;
            }
            event(Action::BatchBegun, &id).with("people", Fact::Count(counts.rows)).append(tx)?;
            Ok(number)
        })?;
        let recipients = new.recipients.to_vec();
        Ok(Self { number, id, run: 1, counts: Cell::new(counts), recipients })
    }

    /// Goes on with a batch that no other process is at.
    pub fn resume(env: &Env<'_>, batch: &Batch) -> Result<Self, FlowError> {
        resumable(env, batch)?;
        let worker = os::this_process();
        env.write(|tx| {
            // Somebody else was faster.
            if !tx.store.take_batch_over(batch.number, batch.run, &worker, tx.now)? {
                return Err(Stop::Undo(Refusal::BatchRunning { id: batch.id.clone() }.into()));
            }
            event(Action::BatchResumed, &batch.id).append(tx)?;
            Ok(())
        })?;
        Ok(Self {
            number: batch.number,
            id: batch.id.clone(),
            run: batch.run + 1,
            counts: Cell::new(batch.counts),
            recipients: batch.recipients.clone(),
        })
    }

    /// The environment of what belongs to it.
    pub fn env<'e>(&self, env: &'e Env<'_>) -> Env<'e> {
        env.of_batch(&self.id)
    }

    pub fn id(&self) -> &str {
        &self.id
    }

    pub fn counts(&self) -> Counts {
        self.counts.get()
    }

    /// Public keys of those who can open its secrets.
    pub fn recipients(&self) -> &[String] {
        &self.recipients
    }

    /// Some rows after that place, in their order, that have not ended.
    pub fn left(&self, env: &Env<'_>, after: u64) -> Result<Vec<Row>, FlowError> {
        env.read(|tx| tx.batch_rows(self.number, RowsOf::Left, after, PAGE))
    }

    /// Makes what `act` does and how that ended parts of one transaction, which `act` undoes by `None`; whether it stands. A
    /// batch that another process has gone on with changes nothing any more.
    pub fn together(
        &self,
        env: &Env<'_>,
        act: &mut dyn FnMut(&Env<'_>) -> Option<Recorded>,
    ) -> Result<bool, FlowError> {
        let mut recorded = Ok(None);
        let kept = env.together(&mut |env| {
            let env = &env.of_batch(&self.id);
            let Some(group) = act(env) else { return false };
            recorded = self.record(env, &group).map(Some);
            recorded.is_ok()
        })?;
        match recorded? {
            Some(counts) if kept => self.counts.set(counts),
            _ => {}
        }
        Ok(kept)
    }

    /// Writes down how rows ended, and returns where the batch stands then.
    fn record(&self, env: &Env<'_>, group: &Recorded) -> Result<Counts, FlowError> {
        let mut counts = self.counts.get();
        group.ended.iter().for_each(|(_, ended)| counts.add(ended.outcome));
        env.write(|tx| {
            if !tx.store.note_batch(self.number, self.run, counts, tx.now)? {
                return Err(Stop::Undo(Refusal::BatchRunning { id: self.id.clone() }.into()));
            }
            for (place, ended) in &group.ended {
                tx.store.end_batch_row(self.number, *place, ended)?;
            }
            if let Some(sealed) = &group.sealed {
                tx.store.add_batch_secrets(self.number, sealed)?;
            }
            Ok(counts)
        })
    }

    /// Ends this run: the batch is done, or can be resumed.
    pub fn end(&self, env: &Env<'_>) -> Result<(), FlowError> {
        let state = if self.counts.get().left() == 0 { State::Done } else { State::Interrupted };
        env.write(|tx| end(tx, self.number, self.run, state).map(drop))
    }
}

/// Ends a run, if no other began since; whether it did.
pub(super) fn end(tx: &mut Transaction<'_>, number: u64, run: u64, state: State) -> Result<bool, Stop> {
    Ok(tx.store.end_batch(number, run, state, tx.now)?)
}

/// What is recorded of a batch as a whole.
pub(super) fn event(action: Action, id: &str) -> NewEvent {
    NewEvent::success(action, Target::None).with("batch", Fact::Id(id.to_owned()))
}
