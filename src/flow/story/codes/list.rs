//! What is on its way to people, and what became of it: codes and setup tokens, the newest first.

use std::ops::ControlFlow;

use jiff::Timestamp;

use crate::domain::code::State;
use crate::domain::issued::{Issued, Use};
use crate::domain::{Action, Channel, Fact, NewEvent, Principal, Role, Target, Task};
use crate::flow::foundation::{Env, FlowError, Missing, audit, lookups, people};
use crate::store::{IssuedFilter, StoreError, Tx};

/// How many are read at once.
const PAGE: u64 = 500;
/// How many are listed where nobody says how many, and the most that support sees at once (security O5).
const LISTED: u64 = 200;
pub const SEEN_BY_SUPPORT: u64 = 50;

/// What is asked for.
#[derive(Debug, Default)]
pub struct CodesQuery<'a> {
    pub who: Option<&'a Principal>,
    pub state: Option<State>,
    pub purpose: Option<Use>,
    pub channel: Option<Channel>,
    pub since: Option<Timestamp>,
    /// After the one with this id.
    pub after: Option<&'a str>,
    pub limit: Option<u64>,
}

/// Hands those that fit to `each`, until it says to stop; the id of the last one, if there are more behind it. Support
/// sees so many at once, and each of its looks is recorded; so is everybody's search by an address (security O4).
pub fn list<E: From<FlowError>>(
    env: &Env<'_>,
    query: &CodesQuery<'_>,
    mut each: impl FnMut(Issued) -> Result<ControlFlow<()>, E>,
) -> Result<Option<String>, E> {
    let user = query.who.map(|who| people::require(env, who, Task::ReadCodes)).transpose()?;
    env.authorize(Task::ReadCodes, None)?;
    let support = env.actor.role == Role::Support;
    if support || query.who.is_some_and(Principal::is_by_address) {
        let target = user.as_ref().map_or(Target::None, audit::target);
        record(env, support && user.is_none(), query, target)?;
    }
    let most = if support { SEEN_BY_SUPPORT } else { u64::MAX };
    let mut left = query.limit.unwrap_or(LISTED).min(most);
    let mut filter = IssuedFilter {
        user_id: user.as_ref().map(|user| user.id.as_str()),
        state: query.state,
        purpose: query.purpose,
        channel: query.channel,
        since: query.since,
        after: query.after.map(|id| place(env, id)).transpose()?,
    };
    loop {
        // One more tells whether there are more.
        let wanted = left.min(PAGE);
        let limit = u32::try_from(wanted + 1).unwrap_or(u32::MAX);
        let now = env.clock.now();
        let mut page = env.read(|tx| tx.issued(&filter, now, limit))?;
        let more = page.len() as u64 > wanted;
        page.truncate(usize::try_from(wanted).unwrap_or(usize::MAX));
        left -= page.len() as u64;
        let Some(last) = page.last().map(|last| (last.created_at, last.id.clone())) else { return Ok(None) };
        for issued in page {
            if each(issued)?.is_break() {
                return Ok(None);
            }
        }
        if !more || left == 0 {
            return Ok(more.then_some(last.1));
        }
        filter.after = Some(last);
    }
}

fn record(env: &Env<'_>, counts: bool, query: &CodesQuery<'_>, target: Target) -> Result<(), FlowError> {
    let mut event = NewEvent::success(Action::LookupCodes, target);
    if query.who.is_some_and(Principal::is_by_address) {
        event = event.with("by_address", Fact::Flag(true));
        return env.record_or_hide(&event);
    }
    env.look(|tx| {
        if counts {
            lookups::count(tx)?;
        }
        Ok(event.append(tx)?)
    })
}

/// Where one stands in the list.
fn place(env: &Env<'_>, id: &str) -> Result<(Timestamp, String), FlowError> {
    let made = |tx: &mut dyn Tx| -> Result<Option<Timestamp>, StoreError> {
        Ok(match tx.token(id)? {
            Some(token) => Some(token.created_at),
            None => tx.code(id)?.filter(|code| code.user_id.is_some()).map(|code| code.created_at),
        })
    };
    let at = env.read(made)?.ok_or_else(|| Missing::Code(id.to_owned()))?;
    Ok((at, id.to_owned()))
}
