//! The clock as the store has seen it. A clock that goes back revives nothing (security K5).

use jiff::{SignedDuration, Timestamp};

use crate::domain::code::EndReason;
use crate::domain::sign_in::PROOF_MINUTES;
use crate::domain::time::{after, before};
use crate::domain::{Action, Fact, NewEvent, Target};
use crate::flow::foundation::{Env, FlowError, Transaction};
use crate::store::{CodesOf, StoreError, TokensOf, Tx, Unwritable};

/// The latest moment any writer has seen, in milliseconds.
const SEEN: &str = "latest_moment";

/// A step back of so much is what setting a clock by the network does.
const SLEW: SignedDuration = SignedDuration::from_secs(60);

/// How long after the latest moment seen a transaction may leave it at that.
const IN_A_ROW: SignedDuration = SignedDuration::from_secs(1);

/// The present for one transaction: never before the latest moment seen, save after a real step back, which
/// ends every code, request and token, because nobody can tell any more how old it is.
///
/// A temporary password lives for days, and a whole site may have just been given theirs: only those end that
/// were over already, for good, and those that were set later than the new present. A lock lasts as long as it
/// would have without the step. An appeal that nobody has decided goes on waiting: a decision looks at it anew.
pub(crate) fn present<'a>(env: &'a Env<'a>, store: &'a mut dyn Tx) -> Result<Transaction<'a>, FlowError> {
    let now = env.clock.now();
    let seen = latest_moment(store)?.unwrap_or(now);
    let mut tx = Transaction { env, store, now, unrecorded: None };
    if now >= seen {
        tx.store.set_meta(SEEN, &now.as_millisecond().to_string())?;
        (env.conclude_overdue)(&mut tx)?;
        expire(tx.store, now)?;
        tx.store.expire_undecided(now)?;
        tx.store.expire_passwords(now)?;
        return Ok(tx);
    }
    if seen <= after(now, SLEW) {
        tx.now = seen;
        return Ok(tx);
    }
    tx.store.set_meta(SEEN, &now.as_millisecond().to_string())?;
    let back = seen.duration_since(now);
    let codes = tx.store.end_codes(CodesOf::Everyone, EndReason::ClockWentBack)?
        + tx.store.end_tokens(TokensOf::Everyone, EndReason::ClockWentBack)?;
    let ended = codes + expire(tx.store, Timestamp::MAX)? + tx.store.set_clock_back(now, back)?;
    (env.conclude_overdue)(&mut tx)?;
    NewEvent::success(Action::ClockWentBack, Target::None)
        .with("seconds", Fact::Count(back.as_secs().unsigned_abs()))
        .with("ended", Fact::Count(ended))
        .append(&mut tx)?;
    Ok(tx)
}

/// The present for a transaction that follows another one closely, and judges for itself whether what it touches is over:
/// everything else that is over is ended once in [`IN_A_ROW`].
pub(crate) fn present_in_a_row<'a>(
    env: &'a Env<'a>,
    store: &'a mut dyn Tx,
) -> Result<Transaction<'a>, FlowError> {
    let now = env.clock.now();
    if latest_moment(store)?.is_some_and(|seen| seen <= now && now < after(seen, IN_A_ROW)) {
        return Ok(Transaction { env, store, now, unrecorded: None });
    }
    present(env, store)
}

/// The present for a transaction that reads alone: nothing is ended in it.
pub(crate) fn present_to_look<'a>(
    env: &'a Env<'a>,
    store: &'a mut dyn Tx,
    why: Unwritable,
) -> Result<Transaction<'a>, StoreError> {
    let now = env.clock.now();
    let now =
        latest_moment(store)?.filter(|seen| *seen <= after(now, SLEW)).map_or(now, |seen| seen.max(now));
    Ok(Transaction { env, store, now, unrecorded: Some(why) })
}

/// The latest moment that any writer has seen.
pub(crate) fn latest_moment(tx: &mut dyn Tx) -> Result<Option<Timestamp>, StoreError> {
    moment(tx, SEEN)
}

/// A moment that is noted under a key.
pub(crate) fn moment(tx: &mut dyn Tx, key: &'static str) -> Result<Option<Timestamp>, StoreError> {
    let at = tx.meta(key)?.and_then(|text| text.parse().ok());
    Ok(at.and_then(|at| Timestamp::from_millisecond(at).ok()))
}

/// Whether what is due every `interval` was done so lately. A moment in the future is of a clock that was ahead, and
/// says nothing.
pub(crate) fn done_within(last: Option<Timestamp>, interval: SignedDuration, now: Timestamp) -> bool {
    last.is_some_and(|at| at <= after(now, SLEW) && now < after(at, interval))
}

/// Ends whatever is over at `now`; with [`Timestamp::MAX`], everything that can be over at all.
pub(crate) fn expire(tx: &mut dyn Tx, now: Timestamp) -> Result<u64, FlowError> {
    let proofs = tx.expire_proofs(before(now, SignedDuration::from_mins(PROOF_MINUTES)))?;
    let codes = tx.expire_codes(now)? + tx.expire_requests(now)? + tx.expire_tokens(now)?;
    Ok(proofs + codes + tx.expire_appeals(now)? + tx.expire_challenges(now)? + tx.expire_notices(now)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::foundation::world_tests::World;

    #[test]
    fn k5_in_a_row_the_latest_moment_is_noted_once_a_second_and_time_never_goes_back() {
        let world = World::new();
        let env = world.env();
        let begun = env.clock.now();
        let mut found = Vec::new();
        for step in [0, 600, 300, 300, -500, 400] {
            env.clock.pause(SignedDuration::from_millis(step));
            let seen = env.in_a_row().write(|tx| Ok((tx.now, latest_moment(tx.store)?)));
            let (now, seen) = seen.unwrap();
            let since = |at: Timestamp| at.duration_since(begun).as_millis();
            found.push((since(now), seen.map(since)));
        }
        let (first, last) = (Some(0), Some(1_200));
        assert_eq!(
            found,
            [(0, first), (600, first), (900, first), (1_200, last), (1_200, last), (1_200, last)]
        );
    }
}
