//! The journal of a batch: what was asked for, and of each row how it ended, in the transaction in which it did.

use std::cell::Cell;

use super::order::Order;
use super::state::resumable;
use crate::domain::batch::{Batch, Counts, Digest, Ended, Row, State};
use crate::domain::{Action, Fact, NewEvent, Target, id};
use crate::flow::foundation::{Env, FlowError, Refusal, Stop, Transaction};
use crate::keyring::Purpose;
use crate::os::{self, Rows};
use crate::store::{Parts, RowsOf, StoreError, Tx};

/// How many rows are read at a time.
const PAGE: u32 = 256;

/// More batches than anybody leaves unfinished.
pub(super) const UNFINISHED: u32 = 1_000;

/// A batch that is about to begin.
pub struct NewBatch<'b> {
    pub name: Option<&'b str>,
    pub command: &'static str,
    pub order: &'b Order,
    /// Who is in it, as it was given.
    pub input: &'b Digest,
    /// Public keys of those who can open its secrets.
    pub recipients: &'b [String],
    /// The unfinished batch of the same that whoever begins this one knows of.
    pub beside: Option<&'b str>,
}

/// A batch that this process is at.
pub struct Journal {
    number: u64,
    id: String,
    run: u64,
    counts: Cell<Counts>,
    /// Whether everybody for whom something is done is handed a secret.
    secret_for_each: bool,
}

/// What a group came to: how each of these places ended, and their secrets, which only their recipients can open.
pub struct Recorded {
    pub ended: Vec<(u64, Ended)>,
    pub sealed: Option<Vec<u8>>,
}

/// What tells the same order for the same input from all others.
fn parts<'p>(identity: &'p str, input: &'p Digest) -> [&'p [u8]; 2] {
    [identity.as_bytes(), input]
}

/// What must be as it was when the batch began.
pub(super) fn order_parts<'p>(id: &'p str, options: &'p str, recipients: &'p str) -> [&'p [u8]; 4] {
    [b"order", id.as_bytes(), options.as_bytes(), recipients.as_bytes()]
}

impl Journal {
    /// Begins a batch of these rows, of which some have ended.
    pub fn begin(
        env: &Env<'_>,
        new: &NewBatch<'_>,
        rows: &mut Rows<Row>,
        counts: Counts,
    ) -> Result<Self, FlowError> {
        let id = id::new(env.entropy, "bat")?;
        let (key, input) = env.keys.mac(Purpose::Batch, &parts(&new.order.identity(), new.input));
        let (options, worker) = (new.order.written(), os::this_process());
        let keys = new.recipients.join("\n");
        let (_, order_tag) = env.keys.mac(Purpose::Batch, &order_parts(&id, &options, &keys));
        let number = env.write(|tx| {
            if let Some(name) = new.name
                && let Some(there) = tx.store.batch_by_name(name)?
            {
                return Err(Stop::Undo(taken(env, &there, name, &new.order.identity(), new.input).into()));
            }
            // One that began while these were judged.
            if let Some(there) = unfinished_of(env, tx.store, &new.order.identity(), new.input)?
                && new.beside != Some(there.id.as_str())
            {
                let (id, left, rows) = (there.id.clone(), there.counts.left(), there.counts.rows);
                let of_file = there.is_of_file();
                return Err(Stop::Undo(Refusal::BatchUnfinished { id, left, rows, of_file }.into()));
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
                order_tag: order_tag.to_vec(),
                state: State::Running,
                counts,
                worker: worker.clone(),
                run: 1,
                operator: env.actor.name.clone(),
                started_at: tx.now,
                seen_at: tx.now,
                ended_at: None,
            })?;
            for row in rows.read()? {
                tx.store.insert_batch_row(number, &row?)?;
            }
            event(Action::BatchBegun, &id).with("people", Fact::Count(counts.rows)).append(tx)?;
            Ok(number)
        })?;
        let secret_for_each = new.order.hands_out_to_all();
        Ok(Self { number, id, run: 1, counts: Cell::new(counts), secret_for_each })
    }

    /// Goes on with a batch that no other process is at.
    pub fn resume(env: &Env<'_>, batch: &Batch) -> Result<Self, FlowError> {
        resumable(env, batch)?;
        let keys = batch.recipients.join("\n");
        let parts = order_parts(&batch.id, &batch.options, &keys);
        if !env.tag_matches(&batch.key_id, Purpose::Batch, &parts, &batch.order_tag) {
            return Err(Refusal::BatchForged { id: batch.id.clone() }.into());
        }
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
            secret_for_each: Order::read(&batch.options).is_some_and(|order| order.hands_out_to_all()),
        })
    }

    /// Whether everybody for whom something is done is handed a secret.
    pub fn hands_out_to_all(&self) -> bool {
        self.secret_for_each
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

    /// Whether anything was done for anybody.
    pub fn has_done(&self) -> bool {
        self.counts.get().done > 0
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
        parts: Parts,
        act: &mut dyn FnMut(&Env<'_>) -> Option<Recorded>,
    ) -> Result<bool, FlowError> {
        let mut recorded = Ok(None);
        let kept = env.together(parts, &mut |env| {
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
                let id = self.id.clone();
                let there = tx.store.batch_by_id(&id)?.is_some();
                let refusal = if there { Refusal::BatchRunning { id } } else { Refusal::BatchGone { id } };
                return Err(Stop::Undo(refusal.into()));
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

/// The newest unfinished batch of the same order and input.
pub(super) fn unfinished_of(
    env: &Env<'_>,
    tx: &mut dyn Tx,
    identity: &str,
    input: &Digest,
) -> Result<Option<Batch>, StoreError> {
    let found = tx.unfinished_batches(None, UNFINISHED)?;
    Ok(found.into_iter().find(|batch| is_of_input(env, batch, identity, input)))
}

pub(super) fn is_of_input(env: &Env<'_>, batch: &Batch, identity: &str, input: &Digest) -> bool {
    env.tag_matches(&batch.key_id, Purpose::Batch, &parts(identity, input), &batch.input)
}

/// Why a name cannot be used that a batch has: it is of something else, over, or just being done.
pub(super) fn taken(env: &Env<'_>, there: &Batch, name: &str, identity: &str, input: &Digest) -> Refusal {
    let same = is_of_input(env, there, identity, input);
    let over = matches!(there.state, State::Done | State::Cancelled);
    match (same, over) {
        (true, false) => Refusal::BatchRunning { id: there.id.clone() },
        (same, _) => Refusal::BatchDiffers { name: name.to_owned(), over: same },
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

#[cfg(test)]
mod tests {
    use super::super::order::Work;
    use super::*;
    use crate::domain::batch::{Outcome, digest};
    use crate::flow::foundation::world_tests::World;

    fn order() -> Order {
        Order {
            work: Work::RevokeUser,
            atomic: false,
            no_notify: false,
            reason: None,
            ticket: None,
            secrets_to: None,
        }
    }

    fn begun(env: &Env<'_>) -> Journal {
        begin(env, None).unwrap()
    }

    fn begin(env: &Env<'_>, beside: Option<&str>) -> Result<Journal, FlowError> {
        let mut rows = Rows::default();
        for place in [1, 2] {
            rows.push(&Row { place, row: place, person: None, ended: None }).unwrap();
        }
        let (order, input) = (order(), digest(b"input"));
        let new = NewBatch {
            name: None,
            command: "user revoke",
            order: &order,
            input: &input,
            recipients: &[],
            beside,
        };
        Journal::begin(env, &new, &mut rows, Counts { rows: 2, ..Counts::default() })
    }

    fn done(place: u64) -> Recorded {
        let ended = vec![(place, Ended { outcome: Outcome::Done, reason: None })];
        Recorded { ended, sealed: None }
    }

    /// What a person's row changes here.
    fn move_on(env: &Env<'_>) -> Result<(), FlowError> {
        env.write(|tx| Ok(tx.store.move_epochs(1).map(drop)?))
    }

    #[test]
    fn d1_a_change_and_what_is_noted_of_it_stand_or_fall_together() {
        let world = World::new();
        let env = world.env();
        let journal = begun(&env);
        let epoch = || world.alice().credential.epoch;
        let before = epoch();
        let undone = journal.together(&env, Parts::Apart, &mut |env| {
            move_on(env).unwrap();
            None
        });
        assert_eq!((undone.unwrap(), epoch(), journal.counts().left()), (false, before, 2));
        // Of a row that is not there nothing can be noted.
        let failed = journal.together(&env, Parts::Apart, &mut |env| {
            move_on(env).unwrap();
            Some(done(3))
        });
        assert!(failed.is_err());
        assert_eq!((epoch(), journal.counts().left()), (before, 2));
        let kept = journal.together(&env, Parts::Apart, &mut |env| {
            move_on(env).unwrap();
            Some(done(2))
        });
        assert_eq!((kept.unwrap(), epoch(), journal.counts().left()), (true, before + 1, 1));
        assert_eq!(journal.left(&env, 0).unwrap().iter().map(|row| row.place).collect::<Vec<_>>(), [1]);
    }

    #[test]
    fn d2_one_that_began_while_another_of_the_same_was_judged_keeps_that_from_beginning() {
        let world = World::new();
        let env = world.env();
        let first = begun(&env);
        let refused = begin(&env, None).map(|journal| journal.id);
        let Err(FlowError::Refused(Refusal::BatchUnfinished { id, left, rows, of_file })) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!((id.as_str(), left, rows, of_file), (first.id(), 2, 2, false));
        // Whoever knows of it may begin beside it.
        begin(&env, Some(first.id())).unwrap();
    }

    #[test]
    fn d2_a_run_that_another_took_over_changes_nothing_any_more() {
        let world = World::new();
        let env = world.env();
        let journal = begun(&env);
        let taken = env.write(|tx| Ok(tx.store.take_batch_over(journal.number, 1, "elsewhere", tx.now)?));
        assert!(taken.unwrap());
        let before = world.alice().credential.epoch;
        let refused = journal.together(&env, Parts::Apart, &mut |env| {
            move_on(env).unwrap();
            Some(done(1))
        });
        assert!(matches!(refused, Err(FlowError::Refused(Refusal::BatchRunning { .. }))));
        assert_eq!(world.alice().credential.epoch, before);
        // Nor is it over then.
        journal.end(&env).unwrap();
        let batch = env.read(|tx| tx.batch_by_id(journal.id())).unwrap().unwrap();
        assert_eq!((batch.state, batch.run), (State::Running, 2));
    }

    #[test]
    fn a_batch_is_known_again_by_what_it_was_given() {
        let world = World::new();
        let env = world.env();
        let journal = begun(&env);
        let found = |order: &Order, input: &[u8]| {
            let found = super::super::find::unfinished(&env, None, order, &digest(input)).unwrap();
            found.map(|batch| batch.id)
        };
        let why = Order { reason: Some("asked twice".to_owned()), ..order() };
        assert_eq!(found(&why, b"input").as_deref(), Some(journal.id()), "the reason is no part of it");
        assert_eq!(found(&order(), b"inputs"), None);
        assert_eq!(found(&Order { no_notify: true, ..order() }, b"input"), None);
        assert_eq!(found(&Order { atomic: true, ..order() }, b"input"), None);
        assert_eq!(found(&Order { work: Work::DeleteUser, ..order() }, b"input"), None);
        // Told of each row that belongs to it.
        let stored = world.with(|tx| tx.last_event()).unwrap();
        assert_eq!(stored.detail["batch"], journal.id());
    }
}
