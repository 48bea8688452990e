//! How a request begins, what stands for its picture, and whether a step of it can be taken.

use super::view;
use super::view::RequestView;
use crate::config::CaptchaMode;
use crate::domain::captcha::canonical;
use crate::domain::request::{
    CAPTCHA_MINUTES, CAPTCHA_SHOWINGS, Captcha, LIFETIME_MINUTES, Purpose, Request, State, crowded,
};
use crate::domain::time::after;
use crate::domain::{Action, Fact, Ineligible, NewEvent, Target, User};
use crate::flow::foundation::{Env, FlowError, Refusal, Stop, Transaction, audit, suppressed};
use crate::keyring::Purpose as MacPurpose;
use crate::store::{LiveRequests, Tx};
use jiff::{SignedDuration, Timestamp};

/// A request that begins now, about nobody.
pub(crate) fn new(
    tx: &Transaction<'_>,
    id: &str,
    purpose: Purpose,
    subject: Vec<u8>,
    challenge: &str,
    live: &LiveRequests,
) -> Request {
    let captcha = tx.env.settings.captcha.mode != CaptchaMode::Off;
    Request {
        id: id.to_owned(),
        purpose,
        user_id: None,
        subject,
        source: tx.env.actor.source.clone(),
        uid: tx.env.actor.uid,
        state: if captcha { State::Captcha } else { State::Method },
        ineligible: if captcha { None } else { crowded(live.of_person, live.of_both) },
        challenge: captcha.then(|| challenge.to_owned()),
        captcha: None,
        captcha_left: CAPTCHA_SHOWINGS,
        method: None,
        entered: None,
        created_at: tx.now,
        expires_at: after(tx.now, SignedDuration::from_mins(LIFETIME_MINUTES)),
        last_sent_at: None,
        appeal: None,
    }
}

/// Writes it down.
pub(crate) fn insert(
    tx: &mut Transaction<'_>,
    request: &Request,
    action: Action,
    target: Target,
) -> Result<RequestView, FlowError> {
    tx.store.insert_request(request)?;
    NewEvent::success(action, target)
        .with("request", Fact::Id(request.id.clone()))
        .with("withheld", Fact::Word(request.ineligible.map_or("no", Ineligible::as_str)))
        .append(tx)?;
    Ok(view::of(tx.env, request))
}

/// What is kept of a picture. The answer is bound to what it is asked for: the id of a request, or the challenge of a
/// form.
pub(crate) fn shown(env: &Env<'_>, asked_for: &str, answer: &str, now: Timestamp) -> Captcha {
    let canonical = canonical(answer);
    let (key_id, tag) = env.keys.mac(MacPurpose::Captcha, &[asked_for.as_bytes(), canonical.as_bytes()]);
    let expires_at = after(now, SignedDuration::from_mins(CAPTCHA_MINUTES));
    Captcha { key_id: key_id.to_string(), tag: tag.to_vec(), expires_at }
}

/// Whether this is what the picture shows.
pub(crate) fn is_answer(env: &Env<'_>, asked_for: &str, shown: &Captcha, typed: &str) -> bool {
    let canonical = canonical(typed);
    let parts = [asked_for.as_bytes(), canonical.as_bytes()];
    env.tag_matches(&shown.key_id, MacPurpose::Captcha, &parts, &shown.tag)
}

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
