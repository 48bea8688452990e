//! How often support may look people up: a run of look-ups is how a contact is guessed piece by piece (security O2, O5).

use jiff::SignedDuration;

use crate::domain::time::before;
use crate::domain::{Action, NewEvent, Role, Target};
use crate::flow::foundation::{Env, FlowError, Refusal, Stop, Transaction, counted, suppressed};
use crate::store::{StoreError, Tx};

const LOOKUPS: &str = "lookups";
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// Counts a look-up by support, in the transaction that looks; one beyond the budget is refused, as an incident.
pub(crate) fn count(tx: &mut Transaction<'_>) -> Result<(), Stop> {
    let operator = counted::text(tx.env, "operator", &tx.env.actor.uid.to_string());
    let most = tx.env.settings.budgets.lookups_per_hour;
    if tx.store.spent(LOOKUPS, &operator, before(tx.now, HOUR))? >= u64::from(most) {
        let refusal = Refusal::TooManyLookups { most };
        return suppressed::refuse(tx, Action::LookupsExceeded, Target::None, refusal);
    }
    Ok(tx.store.spend(LOOKUPS, &operator, tx.now)?)
}

/// Reads in one transaction. For support, that is a look-up: counted before anything is read, and recorded as
/// `event` says of the result, if it says anything (security O4, O5).
pub(crate) fn read<T>(
    env: &Env<'_>,
    mut body: impl FnMut(&mut dyn Tx) -> Result<T, StoreError>,
    event: impl Fn(&T) -> Option<NewEvent>,
) -> Result<T, FlowError> {
    if env.actor.role != Role::Support || env.occasion.revisits {
        return env.read(body);
    }
    env.look(|tx| {
        count(tx)?;
        let seen = body(tx.store)?;
        if let Some(event) = event(&seen) {
            event.append(tx)?;
        }
        Ok(seen)
    })
}
