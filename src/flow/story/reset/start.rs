//! The first step, and giving up.

use jiff::Timestamp;

use crate::domain::captcha::proof_of_work;
use crate::domain::code::EndReason;
use crate::domain::request::{Entered, LIVE_PER_SOURCE, Method, Purpose, Request, State, crowded};
use crate::domain::{Action, NewEvent, Principal, User, id};
use crate::flow::foundation::{Env, FlowError, Refusal, audit, counted, people, suppressed};
use crate::flow::story::appeal;
use crate::flow::story::request::{self, AtStep, RequestView};
use crate::store::{CodesOf, Tx};

/// Opens a request for whoever is named, known or not.
pub fn start(env: &Env<'_>, who: &Principal) -> Result<RequestView, FlowError> {
    open(env, who, None)
}

/// Opens a request on the strength of an approved appeal, which must be of that very person. It stands for what they
/// would have to prove besides the code.
pub fn start_with_appeal(env: &Env<'_>, who: &Principal, serial: &str) -> Result<RequestView, FlowError> {
    open(env, who, Some(serial))
}

fn open(env: &Env<'_>, who: &Principal, appeal: Option<&str>) -> Result<RequestView, FlowError> {
    let id = id::new(env.entropy, "req")?;
    let challenge = proof_of_work::challenge(env.entropy)?;
    // Where no request can be opened, no serial number is looked up either.
    let live = env.read(|tx| tx.live_requests(b"", &env.actor.source, env.clock.now()))?;
    let spent = appeal.filter(|_| live.of_source < LIVE_PER_SOURCE);
    let spent = spent.map(|serial| appeal::spend(env, serial)).transpose()?;
    env.write(|tx| {
        if let Some(spent) = spent {
            spent.conclude(tx.store, tx.now)?;
        }
        let user = people::find(tx.store, who)?;
        // A person has one budget however named; a name nobody has is counted by itself.
        let named = user.as_ref().map_or_else(|| who.key(), |user| user.id.clone());
        let subject = counted::person(env, &named);
        let live = tx.store.live_requests(&subject, &env.actor.source, tx.now)?;
        let target = audit::of(env.keys, who, user.as_ref());
        if live.of_source >= LIVE_PER_SOURCE {
            let refusal = Refusal::TooManyRequests;
            return suppressed::refuse(tx, Action::ResetRequested, target, refusal);
        }
        let opening = match appeal.filter(|_| spent.is_some()) {
            Some(serial) => appeal::opening(tx.store, tx.now, serial, user.as_ref())?,
            None => None,
        };
        if appeal.is_some() && opening.is_none() {
            return tx.refuse(Action::ResetRequested, target, Refusal::AppealUnusable);
        }
        let request = Request {
            // What is offered depends on the words typed, never on the person.
            entered: entered(env, who, user.as_ref()),
            user_id: user.map(|user| user.id),
            appeal: opening,
            ..request::new(tx, &id, Purpose::Reset, subject, &challenge, &live)
        };
        Ok(request::insert(tx, &request, Action::ResetRequested, target)?)
    })
}

/// Judges a request whose CAPTCHA was answered a moment ago: from then on it counts as one of the person's.
pub(super) fn arrive(tx: &mut dyn Tx, now: Timestamp, request: &Request) -> Result<(), FlowError> {
    let live = tx.live_requests(&request.subject, &request.source, now)?;
    Ok(tx.set_request_ineligible(&request.id, crowded(live.of_person, live.of_both))?)
}

/// The address by which somebody named themself: the code goes there, without another question. Not where the
/// settings have switched its method off.
fn entered(env: &Env<'_>, who: &Principal, user: Option<&User>) -> Option<Entered> {
    let Principal::Holder(address) = who else { return None };
    let channel = address.channel();
    let bound = user.and_then(|user| user.contact(channel)).map(|contact| contact.key.as_str());
    let key = bound.filter(|key| address.names(key)).unwrap_or(address.key());
    env.settings
        .reset
        .methods
        .contains(&Method::by(channel))
        .then(|| Entered { channel, tag: counted::text(env, channel.as_str(), key) })
}

/// Gives a request up; its code ends with it.
pub fn cancel(env: &Env<'_>, id: &str) -> Result<RequestView, FlowError> {
    env.write(|tx| {
        let AtStep { mut request, target, .. } = request::at_step(tx, id, &State::LIVE)?;
        tx.store.advance_request(id, &[request.state], State::Cancelled)?;
        tx.store.end_codes(CodesOf::Request(id), EndReason::RequestCancelled)?;
        tx.store.delete_registration(id)?;
        request.state = State::Cancelled;
        NewEvent::success(Action::ResetCancelled, target).append(tx)?;
        Ok(request::view_of(env, &request))
    })
}
