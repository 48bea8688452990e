//! The clock as the store has seen it. A clock that goes back revives nothing (security K5).

use jiff::{SignedDuration, Timestamp};

use super::env::Env;
use super::error::FlowError;
use super::events;
use crate::domain::event::{Action, Fact, NewEvent, Target};
use crate::domain::time::after;
use crate::store::{StoreError, Tx};

/// The latest moment any writer has seen, in milliseconds.
const SEEN: &str = "latest_moment";

/// A step back of so much is what setting a clock by the network does.
const SLEW: SignedDuration = SignedDuration::from_secs(60);

/// The present for one transaction: never before the latest moment seen, save after a real step back, which
/// ends everything that lives by time, because nobody can tell any more how old it is.
pub(super) fn present(env: &Env<'_>, tx: &mut dyn Tx) -> Result<Timestamp, FlowError> {
    let now = env.clock.now();
    let seen = latest_moment(tx)?.unwrap_or(now);
    if now >= seen {
        tx.set_meta(SEEN, &now.as_millisecond().to_string())?;
        expire(tx, now)?;
        return Ok(now);
    }
    if seen <= after(now, SLEW) {
        return Ok(seen);
    }
    tx.set_meta(SEEN, &now.as_millisecond().to_string())?;
    let ended = expire(tx, Timestamp::MAX)?;
    let event = NewEvent::success(Action::ClockWentBack, Target::None)
        .with("seconds", Fact::Count(seen.duration_since(now).as_secs().unsigned_abs()))
        .with("ended", Fact::Count(ended));
    events::append(env, tx, now, &event)?;
    Ok(now)
}

/// The latest moment that any writer has seen.
pub(super) fn latest_moment(tx: &mut dyn Tx) -> Result<Option<Timestamp>, StoreError> {
    let at = tx.meta(SEEN)?.and_then(|text| text.parse().ok());
    Ok(at.and_then(|at| Timestamp::from_millisecond(at).ok()))
}

/// Ends whatever is over at `now`; with [`Timestamp::MAX`], everything that can be over at all.
pub(super) fn expire(tx: &mut dyn Tx, now: Timestamp) -> Result<u64, FlowError> {
    Ok(tx.expire_codes(now)? + tx.expire_requests(now)? + tx.expire_tokens(now)?)
}
