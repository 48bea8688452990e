//! How often support may look people up: a run of look-ups is how a contact is guessed piece by piece (security O2, O5).

use jiff::{SignedDuration, Timestamp};

use crate::domain::event::{Action, NewEvent, Target};
use crate::domain::operator::Role;
use crate::domain::time::before;
use crate::flow::foundation::{Env, FlowError, Refusal, Stop, audit, counted, surplus};
use crate::store::{StoreError, Tx};

const LOOKUPS: &str = "lookups";
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// Counts a look-up by support, in the transaction that looks; one beyond the budget is refused, as an incident.
pub(crate) fn count(env: &Env<'_>, tx: &mut dyn Tx, now: Timestamp) -> Result<(), Stop> {
    let operator = counted::text(env, "operator", &env.actor.uid.to_string());
    let most = env.settings.budgets.lookups_per_hour;
    if tx.spent(LOOKUPS, &operator, before(now, HOUR))? >= u64::from(most) {
        let refusal = Refusal::TooManyLookups { most };
        return surplus::refuse(env, tx, now, Action::LookupsExceeded, Target::None, refusal);
    }
    Ok(tx.spend(LOOKUPS, &operator, now)?)
}

/// Reads in one transaction. For support, that is a look-up: counted before anything is read, and recorded as
/// `event` says of the result, if it says anything (security O4, O5).
pub(crate) fn look<T>(
    env: &Env<'_>,
    mut read: impl FnMut(&mut dyn Tx) -> Result<T, StoreError>,
    event: impl Fn(&T) -> Option<NewEvent>,
) -> Result<T, FlowError> {
    if env.actor.role != Role::Support {
        return env.read(read);
    }
    env.write(|tx, now| {
        count(env, tx, now)?;
        let seen = read(tx)?;
        if let Some(event) = event(&seen) {
            audit::append(env, tx, now, &event)?;
        }
        Ok(seen)
    })
}
