//! Whether a step of a request can be taken.

use crate::domain::request::{Request, State};
use crate::domain::{Action, Target, User};
use crate::flow::foundation::{FlowError, Refusal, Stop, Transaction, audit, suppressed};
use crate::store::Tx;

/// The request if the actor may go on with it: started by the same uid. What is not there, is over, or
/// belongs to another all looks the same.
fn mine(tx: &mut Transaction<'_>, id: &str) -> Result<Request, Stop> {
    let found = tx.store.request(id)?.filter(|request| request.uid == tx.env.actor.uid);
    match found.filter(|request| request.state.live()) {
        Some(request) => Ok(request),
        None => gone(tx, id),
    }
}

/// Refuses a step of a request that cannot go on. Its id may be anything that was typed, so it is kept
/// keyed-hashed (security U3).
pub(crate) fn gone<T>(tx: &mut Transaction<'_>, id: &str) -> Result<T, Stop> {
    let target = audit::unknown_text(tx.env.keys, id);
    // Anybody can ask for what is not there, as often as they like: counted, so that it takes no room.
    suppressed::refuse(tx, Action::ResetFailed, target, Refusal::RequestGone)
}

/// The person of a request, unless it is a decoy.
pub(super) fn person(tx: &mut dyn Tx, request: &Request) -> Result<Option<User>, FlowError> {
    // The same read for a name nobody has.
    Ok(tx.user_by_id(request.user_id.as_deref().unwrap_or_default())?)
}

/// What the events of a decoy are about.
pub(super) fn nobody(request: &Request) -> Target {
    Target::Unknown { hash: format!("request:{}", request.id) }
}

/// A request that stands where a step can be taken, with its person (unless it is a decoy) and what its events are
/// about.
pub(crate) struct AtStep {
    pub(crate) request: Request,
    pub(crate) user: Option<User>,
    pub(crate) target: Target,
}

/// The request, if it is the actor's and stands in one of these states. A step that does not come now is refused and
/// recorded (security S1).
pub(crate) fn at_step(tx: &mut Transaction<'_>, id: &str, allowed: &[State]) -> Result<AtStep, Stop> {
    let request = mine(tx, id)?;
    let user = person(tx.store, &request)?;
    let target = user.as_ref().map_or_else(|| nobody(&request), audit::target);
    if allowed.contains(&request.state) {
        return Ok(AtStep { request, user, target });
    }
    let refusal = Refusal::WrongStep { next: request.state.next_step() };
    tx.refuse(Action::ResetFailed, target, refusal)
}
