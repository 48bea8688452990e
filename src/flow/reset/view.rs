//! What may be seen of a request: nothing that depends on the person (security E2).

use jiff::Timestamp;
use serde::Serialize;

use super::super::env::{Decision, Env};
use super::super::error::FlowError;
use super::super::events;
use super::super::refusal::Refusal;
use crate::config::CaptchaMode;
use crate::domain::captcha::work;
use crate::domain::event::{Action, NewEvent, Target};
use crate::domain::operator::{Role, Task};
use crate::domain::request::{Method, Request, State};
use crate::domain::user::User;
use crate::domain::who::Who;
use crate::store::Tx;

/// A request as everybody may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RequestView {
    pub id: String,
    pub state: State,
    pub methods: Vec<Method>,
    pub expires_at: Timestamp,
    /// While the CAPTCHA has not been answered.
    pub captcha: Option<CaptchaView>,
    /// When a code may be asked for again.
    pub resend_from: Option<Timestamp>,
}

/// How the CAPTCHA can be answered: by its picture, or by a number N for which
/// `SHA-256(challenge ":" N)` begins with at least `bits` zero bits (N written in decimal).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CaptchaView {
    pub picture: bool,
    pub algorithm: &'static str,
    pub challenge: String,
    pub bits: u32,
}

/// The view of a request.
pub(super) fn of(env: &Env<'_>, request: &Request) -> RequestView {
    let settings = env.settings;
    let captcha =
        request.challenge.as_ref().filter(|_| request.state == State::Captcha).map(|challenge| CaptchaView {
            picture: settings.captcha.mode == CaptchaMode::Picture,
            algorithm: work::ALGORITHM,
            challenge: challenge.clone(),
            bits: settings.captcha.bits,
        });
    let resend_from = request
        .last_sent_at
        .filter(|_| request.state == State::Code)
        .map(|at| crate::domain::time::after(at, settings.codes.resend_after));
    RequestView {
        id: request.id.clone(),
        state: request.state,
        methods: settings.reset.methods.clone(),
        expires_at: request.expires_at,
        captcha,
        resend_from,
    }
}

/// The request if the actor may go on with it: started by the same uid. What is not there, is over, or
/// belongs to another all looks the same.
fn mine(env: &Env<'_>, tx: &mut dyn Tx, now: Timestamp, id: &str) -> Decision<Request> {
    let found = tx.request(id)?.filter(|request| request.uid == env.actor.uid);
    match found.filter(|request| request.state.live()) {
        Some(request) => Ok(Ok(request)),
        None => gone(env, tx, now, id),
    }
}

/// Refuses a step of a request that cannot go on. Its id may be anything that was typed, so it is kept
/// keyed-hashed (security U3).
pub(super) fn gone<T>(env: &Env<'_>, tx: &mut dyn Tx, now: Timestamp, id: &str) -> Decision<T> {
    let target = events::unknown_text(env.keys, id);
    env.refuse(tx, now, Action::ResetFailed, target, Refusal::RequestGone)
}

/// The person of a request, unless it is a decoy.
fn person(tx: &mut dyn Tx, request: &Request) -> Result<Option<User>, FlowError> {
    match &request.user_id {
        Some(id) => Ok(tx.user_by_id(id)?),
        // The same read for a name nobody has.
        None => Ok(tx.user_by_id("")?),
    }
}

/// A request that stands where a step can be taken, with its person (unless it is a decoy) and what its events are
/// about.
pub(super) struct AtStep {
    pub(super) request: Request,
    pub(super) user: Option<User>,
    pub(super) target: Target,
}

/// The request, if it is the actor's and stands in one of these states. A step that does not come now is refused and
/// recorded (security S1).
pub(super) fn at_step(
    env: &Env<'_>,
    tx: &mut dyn Tx,
    now: Timestamp,
    id: &str,
    allowed: &[State],
) -> Decision<AtStep> {
    let request = match mine(env, tx, now, id)? {
        Ok(request) => request,
        Err(gone) => return Ok(Err(gone)),
    };
    let user = person(tx, &request)?;
    let unknown = || Target::Unknown { hash: format!("request:{}", request.id) };
    let target = user.as_ref().map_or_else(unknown, events::target);
    if allowed.contains(&request.state) {
        return Ok(Ok(AtStep { request, user, target }));
    }
    let refusal = Refusal::WrongStep { next: request.state.next_step() };
    env.refuse(tx, now, Action::ResetFailed, target, refusal)
}

/// Shows a request without changing anything of it (security K7).
pub fn show(env: &Env<'_>, id: &str) -> Result<RequestView, FlowError> {
    let operator = env.actor.role != Role::Stranger;
    env.write(|tx, now| {
        let found = tx.request(id)?.filter(|request| operator || request.uid == env.actor.uid);
        match found {
            Some(request) => {
                if env.actor.role == Role::Support && request.uid != env.actor.uid {
                    let target = Target::Unknown { hash: format!("request:{}", request.id) };
                    events::append(env, tx, now, &NewEvent::success(Action::LookupCodes, target))?;
                }
                Ok(Ok(of(env, &request)))
            }
            None => gone(env, tx, now, id),
        }
    })
}

/// How whoever has just finished this request is named, for the sign-in that follows; they have proved who they
/// are. Nobody for a request that is not finished, or is another's.
pub fn finished_by(env: &Env<'_>, id: &str) -> Result<Option<Who>, FlowError> {
    env.read(|tx| {
        let mine = |request: &Request| request.uid == env.actor.uid && request.state == State::Done;
        let Some(request) = tx.request(id)?.filter(mine) else { return Ok(None) };
        let user = tx.user_by_id(request.user_id.as_deref().unwrap_or_default())?;
        Ok(user.and_then(|user| Who::parse(&user.path()).ok()))
    })
}

/// For operators: the requests of a person, newest first.
pub fn list(env: &Env<'_>, user: &User) -> Result<Vec<RequestView>, FlowError> {
    env.authorize(Task::ReadCodes, Some(user))?;
    let requests = env.write(|tx, _| Ok(Ok(tx.requests_of(&user.id, 100)?)))?;
    Ok(requests.iter().map(|request| of(env, request)).collect())
}
