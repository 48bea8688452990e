//! How often support may look people up: a run of look-ups is how a contact is guessed piece by piece (security O2, O5).

use jiff::SignedDuration;

use crate::domain::event::{Action, Target};
use crate::domain::operator::Role;
use crate::domain::time::before;
use crate::flow::foundation::{Env, FlowError, Refusal, counted, surplus};

const LOOKUPS: &str = "lookups";
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// Counts a look-up by support, before anybody is looked up; one beyond the budget is refused, as an incident.
pub(crate) fn count(env: &Env<'_>) -> Result<(), FlowError> {
    if env.actor.role != Role::Support {
        return Ok(());
    }
    let operator = counted::text(env, "operator", &env.actor.uid.to_string());
    let most = env.settings.budgets.lookups_per_hour;
    env.write(|tx, now| {
        if tx.spent(LOOKUPS, &operator, before(now, HOUR))? >= u64::from(most) {
            let refusal = Refusal::TooManyLookups { most };
            return surplus::refuse(env, tx, now, Action::LookupsExceeded, Target::None, refusal);
        }
        tx.spend(LOOKUPS, &operator, now)?;
        Ok(())
    })
}
