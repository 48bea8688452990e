//! The transactions that flows run, and how they end.

use std::cell::Cell;

use crate::domain::{Action, NewEvent, Role, Target};
use crate::flow::foundation::{Env, FlowError, Refusal, Spawner, Transaction, clock};
use crate::store::{Parts, StoreError, Transactions, Tx};

/// How many steps read in one transaction.
const STEPS: u32 = 128;

/// Why the body of a writing transaction goes no further, and what becomes of what it has written. Any other error
/// that `?` meets undoes it.
#[derive(Debug)]
pub enum Stop {
    /// Committed: a refusal leaves its event behind.
    Keep(FlowError),
    Undo(FlowError),
}

impl Stop {
    pub(crate) fn keep(error: impl Into<FlowError>) -> Self {
        Self::Keep(error.into())
    }

    /// Undoes everything, whatever was meant to stay.
    pub(crate) fn undone(self) -> Self {
        match self {
            Self::Keep(error) | Self::Undo(error) => Self::Undo(error),
        }
    }
}

impl<E: Into<FlowError>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Undo(error.into())
    }
}

/// Why a transaction that is only tried out is undone: it always is.
enum TriedOut<T> {
    Done(T),
    Failed(FlowError),
}

impl<T> From<StoreError> for TriedOut<T> {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

/// Whether a handing over is to be started later.
#[derive(Default)]
struct Later(Cell<bool>);

impl Spawner for Later {
    fn wake(&self) {
        self.0.set(true);
    }
}

impl Transaction<'_> {
    /// Refuses, and leaves an event unless it is a dry run (O4).
    pub(crate) fn refuse<T>(&mut self, action: Action, target: Target, refusal: Refusal) -> Result<T, Stop> {
        if !self.env.occasion.dry_run {
            NewEvent::refused(action, target, refusal.code()).append(self)?;
        }
        Err(Stop::keep(refusal))
    }
}

impl Env<'_> {
    /// A writing transaction. The body may run more than once.
    pub fn write<T>(
        &self,
        mut body: impl FnMut(&mut Transaction<'_>) -> Result<T, Stop>,
    ) -> Result<T, FlowError> {
        let present = if self.in_a_row { clock::present_in_a_row } else { clock::present };
        self.store.write(|store| {
            let mut tx = present(self, store)?;
            match body(&mut tx) {
                Ok(done) => Ok(Ok(done)),
                Err(Stop::Keep(error)) => Ok(Err(error)),
                Err(Stop::Undo(error)) => Err(error),
            }
        })?
    }

    /// What a writing transaction would come to, which is undone: for a dry run. `None` where the store cannot be written to.
    pub(crate) fn try_out<T>(
        &self,
        mut body: impl FnMut(&mut Transaction<'_>) -> Result<T, Stop>,
    ) -> Result<Option<T>, FlowError> {
        let ended = self.store.write(|store| -> Result<(), TriedOut<T>> {
            let mut tx = clock::present(self, store).map_err(TriedOut::Failed)?;
            Err(match body(&mut tx) {
                Ok(done) => TriedOut::Done(done),
                Err(Stop::Keep(error) | Stop::Undo(error)) => TriedOut::Failed(error),
            })
        });
        match ended {
            Err(TriedOut::Done(done)) => Ok(Some(done)),
            Err(TriedOut::Failed(error)) if error.unwritable().is_some() => Ok(None),
            Err(TriedOut::Failed(error)) => Err(error),
            Ok(()) => Ok(None),
        }
    }

    /// A writing transaction that queues messages: once it is committed, their handing over is started.
    pub(crate) fn write_and_send<T>(
        &self,
        body: impl FnMut(&mut Transaction<'_>) -> Result<T, Stop>,
    ) -> Result<T, FlowError> {
        let done = self.write(body)?;
        self.spawner.wake();
        Ok(done)
    }

    /// Makes the transactions of `body` parts of one ([`crate::store::Engine::together`]); what they queued goes out
    /// when it is committed.
    pub fn together(&self, parts: Parts, body: &mut dyn FnMut(&Env<'_>) -> bool) -> Result<bool, StoreError> {
        let later = Later::default();
        let env = Env { spawner: &later, ..self.in_a_row() };
        let kept = self.store.together(parts, &mut || body(&env))?;
        if kept && later.0.get() {
            self.spawner.wake();
        }
        Ok(kept)
    }

    /// Takes steps until one says that there are no more. Some at a time read in one transaction, which keeps nobody from
    /// writing for long.
    pub fn step_by_step<X: From<FlowError>>(
        &self,
        mut step: impl FnMut() -> Result<bool, X>,
    ) -> Result<(), X> {
        let mut more = true;
        while more {
            let stepped: Result<(), X> = self.steadily(|| {
                for _ in 0..STEPS {
                    more = more && step()?;
                }
                Ok(())
            })?;
            stepped?;
        }
        Ok(())
    }

    /// Runs `body`, whose transactions that read are parts of one ([`crate::store::Engine::steadily`]).
    pub fn steadily<T>(&self, body: impl FnOnce() -> T) -> Result<T, FlowError> {
        let (mut body, mut done) = (Some(body), None);
        self.store.steadily(&mut || done = body.take().map(|body| body()))?;
        // An engine that never ran the body and yet reports success would be broken in itself.
        done.ok_or_else(|| StoreError::Rows { changed: 0, expected: 1 }.into())
    }

    /// A reading transaction.
    pub fn read<T>(&self, body: impl FnMut(&mut dyn Tx) -> Result<T, StoreError>) -> Result<T, FlowError> {
        self.store.read(body).map_err(FlowError::from)
    }

    /// Writes one event and nothing else: for look-ups and refusals.
    pub fn record(&self, event: &NewEvent) -> Result<(), FlowError> {
        self.write(|tx| Ok(event.append(tx)?))
    }

    /// Looks, and records it within the same transaction. Where the store cannot be written to, nothing can be recorded:
    /// an administrator may look all the same and is told, nobody else may.
    pub fn look<T>(
        &self,
        mut body: impl FnMut(&mut Transaction<'_>) -> Result<T, Stop>,
    ) -> Result<T, FlowError> {
        let looked = self.write(&mut body);
        let Some(why) = looked.as_ref().err().and_then(FlowError::unwritable) else { return looked };
        if self.actor.role != Role::Admin {
            return Err(FlowError::Unrecorded { why, admins_may: true });
        }
        self.store.read(|store| {
            let mut tx = clock::present_to_look(self, store, why)?;
            body(&mut tx).map_err(|stop| match stop {
                Stop::Keep(error) | Stop::Undo(error) => error,
            })
        })
    }

    /// Writes the event of a look that an administrator may have without it.
    pub(crate) fn record_look(&self, event: &NewEvent) -> Result<(), FlowError> {
        self.look(|tx| Ok(event.append(tx)?))
    }

    /// Writes the event of a look that nobody may have without it.
    pub(crate) fn record_or_hide(&self, event: &NewEvent) -> Result<(), FlowError> {
        self.record(event).map_err(|error| match error.unwritable() {
            Some(why) => FlowError::Unrecorded { why, admins_may: false },
            None => error,
        })
    }

    /// Refuses outside a transaction, where a plan found it so, and leaves an event unless it is a dry run (O4).
    pub(crate) fn turn_down<T>(
        &self,
        action: Action,
        target: Target,
        refusal: Refusal,
    ) -> Result<T, FlowError> {
        if !self.occasion.dry_run {
            self.record(&NewEvent::refused(action, target, refusal.code()))?;
        }
        Err(refusal.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::foundation::Denial;
    use crate::flow::foundation::world_tests::World;

    /// How often the handing over was started.
    #[derive(Default)]
    struct Wakes(Cell<u32>);

    impl Spawner for Wakes {
        fn wake(&self) {
            self.0.set(self.0.get() + 1);
        }
    }

    #[test]
    fn what_parts_have_queued_goes_out_once_when_all_of_them_are_there() {
        let (world, wakes) = (World::new(), Wakes::default());
        let env = Env { spawner: &wakes, ..world.env() };
        for (kept, expected) in [(true, 1), (false, 1), (true, 2)] {
            let before = wakes.0.get();
            let ended = env.together(Parts::Apart, &mut |env| {
                for _ in 0..2 {
                    env.write_and_send(|_| Ok(())).unwrap();
                }
                assert_eq!(wakes.0.get(), before, "a worker would find nothing yet");
                kept
            });
            assert_eq!((ended.unwrap(), wakes.0.get()), (kept, expected));
        }
    }

    /// Whether a note is there after a transaction that wrote it and ended so.
    fn stays(end: fn() -> Result<(), Stop>) -> bool {
        let world = World::new();
        let ended = world.env().write(|tx| {
            tx.store.set_meta("note", "written")?;
            end()
        });
        assert_eq!(ended.is_ok(), end().is_ok());
        world.with(|tx| tx.meta("note")).is_some()
    }

    #[test]
    fn a_transaction_keeps_or_undoes_what_it_wrote() {
        assert!(stays(|| Ok(())));
        assert!(stays(|| Err(Stop::keep(Denial::Credentials))));
        assert!(!stays(|| Err(Stop::keep(Denial::Credentials).undone())));
        assert!(!stays(|| Ok(Err(Denial::Credentials)?)));
    }

    #[test]
    fn what_is_tried_out_is_undone() {
        let world = World::new();
        let tried = world.env().try_out(|tx| {
            tx.store.set_meta("note", "written")?;
            Ok(tx.store.meta("note")?)
        });
        assert_eq!(tried.unwrap().flatten().as_deref(), Some("written"));
        assert_eq!(world.with(|tx| tx.meta("note")), None);
        let failed = world.env().try_out(|_| Err::<(), _>(Stop::keep(Denial::Credentials)));
        assert!(matches!(failed, Err(FlowError::Denied(Denial::Credentials))));
    }
}
