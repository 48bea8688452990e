//! A source whose sign-ins fail waits before its next one is judged (security K12): whoever keeps somebody's sign-in
//! locked pays with time, and nobody else does.

use jiff::{SignedDuration, Timestamp};

use crate::domain::time::{after, before};
use crate::flow::foundation::{Env, FlowError};
use crate::store::{StoreError, Tally, Tx};

/// Sign-ins that failed, whoever they were for. A right one takes none of them back.
const FAILED: &str = "sign_ins_failed_from_source";
/// When the last of those that wait has its turn.
const TURN: &str = "turn_of_source";
/// How many others are waited for.
const QUEUE: i32 = 10;
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// Waits as long as the failures of the actor's source say, with no transaction open. As long for everybody who is
/// named, known or not; and one after the other, where many come at once.
pub(crate) fn wait(env: &Env<'_>) -> Result<(), FlowError> {
    if !env.read(|tx| length(env, tx, env.clock.now()))?.is_positive() {
        return Ok(());
    }
    let wait = env.write(|tx| {
        let length = length(env, tx.store, tx.now)?;
        let source = env.actor.source.as_bytes();
        let last = tx.store.tally(TURN, source)?.map_or(tx.now, |last| last.since);
        // Whoever lets very many come waits for some of them, and not for ever.
        let turn = after(last.clamp(tx.now, after(tx.now, length * QUEUE)), length);
        tx.store.set_tally(TURN, source, Tally { since: turn, count: 0 })?;
        Ok(turn.duration_since(tx.now))
    })?;
    env.clock.pause(wait);
    Ok(())
}

/// A second more for each failure of the last hour from `sources.slow_after` on, up to `sources.slow_most`.
fn length(env: &Env<'_>, tx: &mut dyn Tx, now: Timestamp) -> Result<SignedDuration, StoreError> {
    let sources = &env.settings.sources;
    // A portal that does not tell where its visitors are: one of them must not slow down the others.
    if env.actor.place.is_none() || sources.slow_most.is_zero() {
        return Ok(SignedDuration::ZERO);
    }
    let failed = tx.spent(FAILED, env.actor.source.as_bytes(), before(now, HOUR))?;
    let steps = (failed + 1).saturating_sub(u64::from(sources.slow_after));
    let grown = SignedDuration::from_secs(i64::try_from(steps).unwrap_or(i64::MAX));
    Ok(grown.min(sources.slow_most))
}

/// Counts a sign-in from a source that failed, for whoever it was.
pub(crate) fn failed(tx: &mut dyn Tx, now: Timestamp, source: &str) -> Result<(), StoreError> {
    tx.spend(FAILED, source.as_bytes(), now)
}

#[cfg(test)]
#[path = "backoff_tests.rs"]
mod tests;
