//! Deleting what is spent (security K10).

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::domain::device::UNUSED;
use crate::domain::time::{before, span_for_people};
use crate::domain::{Action, Fact, NewEvent, Target, Task};
use crate::flow::foundation::{Change, Confirmed, Env, FlowError, Refusal, Transaction, clock};
use crate::flow::proofs::guesses;
use crate::store::Tx;

/// When the store was purged last, in milliseconds.
pub(crate) const PURGED: &str = "purged_at";

/// How often the store purges itself.
pub(crate) const INTERVAL: SignedDuration = SignedDuration::from_hours(24);

/// Nothing younger may go: the budgets of a day count what was sent within it (security K6).
const YOUNGEST: SignedDuration = SignedDuration::from_hours(24);

/// Deletes requests, codes, tokens, messages and counts that ended longer ago than a span.
#[derive(Debug)]
pub struct PurgeStore {
    older_than: SignedDuration,
    keep: SignedDuration,
    /// How many rows there are, which only a dry run asks before it is done.
    due: Option<u64>,
}

/// How many rows are gone.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Purged {
    #[serde(rename = "deleted")]
    pub rows: u64,
}

impl PurgeStore {
    /// Without a span, that of `[store] purge_after`.
    pub fn plan(env: &Env<'_>, older_than: Option<SignedDuration>) -> Result<Self, FlowError> {
        env.authorize(Task::ManageStore, None)?;
        let older_than = older_than.unwrap_or(env.settings.store.purge_after);
        if older_than < YOUNGEST {
            return Err(Refusal::TooYoungToPurge.into());
        }
        let dry_run = env.occasion.dry_run;
        let due = if dry_run { env.try_out(|tx| Ok(purge(tx, older_than)?))? } else { None };
        Ok(Self { older_than, keep: env.settings.appeals.keep, due })
    }

    /// How many rows would go, as far as a dry run could find out.
    pub fn due(&self) -> Option<u64> {
        self.due
    }
}

impl Change for PurgeStore {
    type Done = Purged;

    fn effects(&self) -> Vec<String> {
        let span = span_for_people(self.older_than);
        if !self.changes() {
            return vec![format!("nothing ended longer ago than {span}")];
        }
        vec![
            format!(
                "requests, codes, tokens and messages that ended and are older than {span} are permanently deleted"
            ),
            format!(
                "what people claimed in appeals goes {} after they were submitted",
                span_for_people(self.keep)
            ),
            "operation records stay".to_owned(),
        ]
    }

    fn changes(&self) -> bool {
        self.due != Some(0)
    }

    fn commit(self, env: &Env<'_>, _: Confirmed) -> Result<Purged, FlowError> {
        let rows = env.write(|tx| Ok(purge(tx, self.older_than)?))?;
        env.store.compact()?;
        Ok(Purged { rows })
    }
}

/// Purges if that was not done within a day, and says how many rows are gone; for whatever runs regularly.
pub fn purge_due(env: &Env<'_>) -> Result<Option<Purged>, FlowError> {
    // A look without the lock: on all but one run of the day there is nothing to do.
    let now = env.clock.now();
    if env.read(|tx| Ok(clock::done_within(purged_at(tx)?, INTERVAL, now)))? {
        return Ok(None);
    }
    let rows = env.write(|tx| {
        let done = clock::done_within(purged_at(tx.store)?, INTERVAL, tx.now);
        Ok(if done { None } else { Some(purge(tx, env.settings.store.purge_after)?) })
    })?;
    let Some(rows) = rows else { return Ok(None) };
    env.store.compact()?;
    Ok(Some(Purged { rows }))
}

/// When the store was purged last.
pub(crate) fn purged_at(tx: &mut dyn Tx) -> Result<Option<Timestamp>, crate::store::StoreError> {
    clock::moment(tx, PURGED)
}

fn purge(tx: &mut Transaction<'_>, older_than: SignedDuration) -> Result<u64, FlowError> {
    // Claims have a span of their own.
    let claims = tx.store.purge_claims(before(tx.now, tx.env.settings.appeals.keep), tx.now)?;
    let devices = tx.store.forget_unused_devices(before(tx.now, UNUSED))?;
    let guesses = guesses::purge(tx.env, tx.store, tx.now)?;
    let rows = tx.store.purge(before(tx.now, older_than))? + claims + devices + guesses;
    tx.store.set_meta(PURGED, &tx.now.as_millisecond().to_string())?;
    NewEvent::success(Action::PurgeStore, Target::None).with("rows", Fact::Count(rows)).append(tx)?;
    Ok(rows)
}
