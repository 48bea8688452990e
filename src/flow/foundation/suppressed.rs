//! What is refused beyond a spent budget: one record a source and quarter of an hour, which tells how many came before
//! it, so that nobody fills the store or the records by asking (security K12).

use jiff::SignedDuration;

use crate::domain::time::after;
use crate::domain::{Action, Fact, NewEvent, Target};
use crate::flow::foundation::{FlowError, Refusal, Stop, Transaction};
use crate::keyring::Purpose;
use crate::store::Tally;

const SUPPRESSED: &str = "surplus";
const QUARTER: SignedDuration = SignedDuration::from_mins(15);

/// Records what was refused beyond a budget of the actor's source, or only counts it.
pub(crate) fn record(tx: &mut Transaction<'_>, event: NewEvent) -> Result<(), FlowError> {
    let parts = [SUPPRESSED, event.action.as_str(), &tx.env.actor.source].map(str::as_bytes);
    let subject = tx.env.keys.lasting_mac(Purpose::Budget, &parts);
    let tally = tx.store.tally(SUPPRESSED, &subject)?;
    if let Some(Tally { since, count }) =
        tally.filter(|tally| tally.since <= tx.now && tx.now < after(tally.since, QUARTER))
    {
        return Ok(tx.store.set_tally(SUPPRESSED, &subject, Tally { since, count: count + 1 })?);
    }
    tx.store.set_tally(SUPPRESSED, &subject, Tally { since: tx.now, count: 0 })?;
    let before = tally.map_or(0, |tally| tally.count);
    event.with("refused_before", Fact::Count(before)).append(tx)
}

/// Refuses beyond a budget of the actor's source, for [`Transaction::refuse`].
pub(crate) fn refuse<T>(
    tx: &mut Transaction<'_>,
    action: Action,
    target: Target,
    refusal: Refusal,
) -> Result<T, Stop> {
    record(tx, NewEvent::refused(action, target, refusal.code()))?;
    Err(Stop::keep(refusal))
}
