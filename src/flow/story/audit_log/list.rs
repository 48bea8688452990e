//! Reading the operation records.

use std::ops::ControlFlow;

use jiff::Timestamp;

use crate::domain::event::{Event, Outcome};
use crate::domain::{Action, Principal, Task};
use crate::flow::foundation::{Env, FlowError, audit, people};
use crate::flow::proofs::attempts;
use crate::store::EventFilter;

/// Records read at once: memory for a page, however many there are.
pub(super) const PAGE: u32 = 1_000;

/// Which records are wanted; what is `None` does not matter.
#[derive(Debug, Clone)]
pub struct RecordQuery<'a> {
    /// About this person or account.
    pub who: Option<&'a Principal>,
    pub action: Option<Action>,
    pub outcome: Option<Outcome>,
    /// The name of the operator who acted.
    pub operator: Option<&'a str>,
    /// Not before then.
    pub since: Option<Timestamp>,
    /// Before then.
    pub until: Option<Timestamp>,
    pub limit: u32,
}

/// Lists records, the newest first, until the limit or until `each` has had enough; admins only.
pub fn list_records<E: From<FlowError>>(
    env: &Env<'_>,
    query: &RecordQuery<'_>,
    mut each: impl FnMut(Event) -> Result<ControlFlow<()>, E>,
) -> Result<(), E> {
    env.authorize(Task::ReadRecords, None)?;
    let mut filter = EventFilter {
        action: query.action.map(|action| action.as_str().to_owned()),
        outcome: query.outcome.map(|outcome| outcome.as_str().to_owned()),
        operator: query.operator.map(str::to_owned),
        since: query.since,
        until: query.until,
        ..about(env, query)?
    };
    let mut left = query.limit;
    while left > 0 {
        let page = env.read(|tx| tx.events(&filter, left.min(PAGE)))?;
        let Some(oldest) = page.last().map(|event| event.seq) else { return Ok(()) };
        left = left.saturating_sub(u32::try_from(page.len()).unwrap_or(u32::MAX));
        filter.before = Some(oldest);
        for event in page {
            if each(event)?.is_break() {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// A person who exists is found by id, so that one made anew under an old name inherits no records
/// (security K8). One who does not is found by what was recorded of the name: the name itself, where
/// somebody had it, and its keyed hash, where nobody had.
fn about(env: &Env<'_>, query: &RecordQuery<'_>) -> Result<EventFilter, FlowError> {
    let Some(who) = query.who else { return Ok(EventFilter::default()) };
    let mut filter = EventFilter::default();
    let found = env.read(|tx| people::find(tx, who))?;
    if query.outcome == Some(Outcome::Attempted) {
        filter.subject = Some(attempts::subject_of(env, found.as_ref(), &who.key()));
        return Ok(filter);
    }
    match found {
        Some(user) => {
            filter.account = user.root.then(|| user.account_id.clone());
            filter.target = Some(user.id);
        }
        None => {
            filter.names = vec![who.to_string(), audit::unknown_name(env.keys, who)];
        }
    }
    Ok(filter)
}
