//! What may be seen of a request: nothing that depends on the person (security E2).

use jiff::Timestamp;
use serde::Serialize;

use super::proof;
use super::step::{gone, nobody, person};
use crate::config::CaptchaMode;
use crate::domain::captcha::proof_of_work;
use crate::domain::principal::NamedAs;
use crate::domain::request::{Method, Proof, Purpose, Request, State};
use crate::domain::time::{after, in_seconds, whole_seconds_from};
use crate::domain::{Action, NewEvent, Principal, Role, Task, User};
use crate::flow::foundation::{Env, FlowError, Transaction, audit};

/// A request as everybody may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RequestView {
    pub id: String,
    pub purpose: Purpose,
    pub state: State,
    /// How a code can be asked for: the settings' ways; where an address was entered, only its own.
    pub methods: Vec<Method>,
    /// Whether the code goes to the address that was entered, so that none has to be typed.
    pub address_known: bool,
    /// How somebody named themself.
    #[serde(skip)]
    pub named: NamedAs,
    /// Whether it stands on an approved appeal, whose new number the code goes to.
    #[serde(skip)]
    pub appealed: bool,
    /// Whether a code was asked for in this step.
    #[serde(skip)]
    pub code_sent: bool,
    /// What else can be proven, in the state `second`: nobody gets there without a right code. Empty where there is
    /// nothing.
    pub proofs: Option<Vec<Proof>>,
    #[serde(serialize_with = "in_seconds")]
    pub expires_at: Timestamp,
    /// While the CAPTCHA has not been answered.
    pub captcha: Option<CaptchaView>,
    /// When a code may be asked for again.
    #[serde(serialize_with = "in_seconds")]
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
pub(crate) fn of(env: &Env<'_>, request: &Request) -> RequestView {
    let settings = env.settings;
    let captcha =
        request.challenge.as_ref().filter(|_| request.state == State::Captcha).map(|challenge| CaptchaView {
            picture: settings.captcha.mode == CaptchaMode::Picture,
            algorithm: proof_of_work::ALGORITHM,
            challenge: challenge.clone(),
            bits: settings.captcha.bits,
        });
    let resend_from = request
        .last_sent_at
        .filter(|_| request.state == State::Code)
        .map(|at| whole_seconds_from(after(at, settings.codes.resend_after)));
    // The second proof is another one than what was entered.
    let entered = request.entered.as_ref().filter(|_| request.state != State::Second);
    RequestView {
        id: request.id.clone(),
        purpose: request.purpose,
        state: request.state,
        methods: match entered {
            Some(entered) if request.appeal.is_none() => vec![Method::by(entered.channel)],
            _ => settings.reset.methods.clone(),
        },
        address_known: entered.is_some(),
        named: request.named,
        appealed: request.appeal.is_some(),
        code_sent: request.state == State::Code,
        proofs: None,
        expires_at: request.expires_at,
        captcha,
        resend_from,
    }
}

/// The view for whoever has proved something: with what else they can prove.
pub(crate) fn proving(
    tx: &mut Transaction<'_>,
    request: &Request,
    user: Option<&User>,
) -> Result<RequestView, FlowError> {
    let mut view = of(tx.env, request);
    if let (State::Second, Some(user)) = (request.state, user) {
        view.proofs = Some(proof::available(tx, request, user)?);
        view.code_sent = proof::given(tx.store, request)?.sent_since;
    }
    Ok(view)
}

/// Shows a request without changing anything of it (security K7).
pub fn show(env: &Env<'_>, id: &str) -> Result<RequestView, FlowError> {
    let operator = env.actor.role != Role::Stranger;
    env.write(|tx| {
        let found = tx.store.request(id)?.filter(|request| operator || request.uid == env.actor.uid);
        let Some(request) = found else { return gone(tx, id) };
        if env.actor.role == Role::Support && request.uid != env.actor.uid {
            let target = person(tx.store, &request)?.as_ref().map_or_else(|| nobody(&request), audit::target);
            NewEvent::success(Action::LookupCodes, target).append(tx)?;
        }
        let user = if request.state == State::Second { person(tx.store, &request)? } else { None };
        Ok(proving(tx, &request, user.as_ref())?)
    })
}

/// How whoever has just finished this request is named, for the sign-in that follows; they have proved who they
/// are. Nobody for a request that is not finished, or is another's.
pub fn finished_by(env: &Env<'_>, id: &str) -> Result<Option<Finisher>, FlowError> {
    env.read(|tx| {
        let mine = |request: &Request| request.uid == env.actor.uid && request.state == State::Done;
        let Some(request) = tx.request(id)?.filter(mine) else { return Ok(None) };
        let user = tx.user_by_id(request.user_id.as_deref().unwrap_or_default())?;
        Ok(user.and_then(|user| Some(Finisher { who: Principal::parse(&user.path()).ok()?, mfa: user.mfa })))
    })
}

/// Whoever has finished a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finisher {
    pub who: Principal,
    /// Whether an authenticator is bound; without one, it is offered.
    pub mfa: bool,
}

/// Those that the actor has begun here and not ended, for whoever lost their ids; nothing about whom they name.
pub fn list_own(env: &Env<'_>) -> Result<Vec<RequestView>, FlowError> {
    let (uid, source) = (env.actor.uid, env.actor.source.as_str());
    let requests = env.write(|tx| Ok(tx.store.open_requests(uid, source, tx.now)?))?;
    Ok(requests.iter().map(|request| of(env, request)).collect())
}

/// For operators: the requests of a person, newest first.
pub fn list(env: &Env<'_>, user: &User) -> Result<Vec<RequestView>, FlowError> {
    env.authorize(Task::ReadCodes, Some(user))?;
    let requests = env.look(|tx| Ok(tx.store.requests_of(&user.id, 100)?))?;
    Ok(requests.iter().map(|request| of(env, request)).collect())
}
