//! Everything the help desk needs to know about one person, and what to do next.

use super::attempts::{attempts, sign_ins};
use super::readiness::{each_contact, has_familiar, ways};
use crate::domain::appeal::State as AppealState;
use crate::domain::code::Purpose;
use crate::domain::diagnosis::{ContactState, Diagnosis, latest};
use crate::domain::eligibility::{By, Facts, reasons};
use crate::domain::readiness::{PasswordState, causes, needs_familiar_device};
use crate::domain::request::{Method, Request, crowded};
use crate::domain::{
    Action, Channel, Contact, Ineligible, NewEvent, Principal, Task, User, sign_in as judgement,
};
use crate::flow::foundation::eligibility::Charge;
use crate::flow::foundation::{Env, FlowError, Transaction, audit, counted, eligibility, people, policies};
use crate::flow::story::caller_challenge;
use crate::flow::story::codes;
use crate::flow::story::setup;
use crate::store::CodesOf;

/// How many codes are shown: enough for a call, and for one screen.
const CODES: u32 = 5;
/// More requests than a person can have alive.
const REQUESTS: u32 = 20;

/// Looks at everything there is about a person. It is always recorded (security O4); support may.
pub fn diagnose(env: &Env<'_>, who: &Principal) -> Result<Diagnosis, FlowError> {
    let found = people::require(env, who, Task::ReadCodes)?;
    env.look(|tx| {
        let user = people::reload(tx.store, &found)?;
        NewEvent::success(Action::DiagnoseUser, audit::target(&user)).append(tx)?;
        let validity = policies::password(tx.store, &user.account_id)?.password_validity_period;
        let end = judgement::expiry(&user, validity).filter(|_| user.credential.hash.is_some());
        let mut requests = tx.store.requests_of(&user.id, REQUESTS)?;
        let ways = against(tx, &user, requests.first())?;
        requests.retain(|request| request.state.live());
        for request in &mut requests {
            request.ineligible = against_request(tx, &user, request)?;
        }
        let mut appeals = tx.store.appeals_of(&user.id, REQUESTS)?;
        appeals.retain(|of| matches!(of.state, AppealState::Submitted | AppealState::Approved));
        let alone = needs_familiar_device(&user, &ways) && !has_familiar(tx.store, &user, tx.now)?;
        let state = |(contact, reasons): (&Contact, &Vec<Ineligible>)| ContactState {
            contact: contact.clone(),
            ineligible: reasons.first().copied(),
        };
        let waits = |contact: &Contact| ContactState {
            contact: contact.clone(),
            ineligible: Some(Ineligible::Unverified),
        };
        let codes = tx.store.codes(CodesOf::User(&user.id), CODES)?;
        let token = tx.store.live_token(&user.id)?.filter(|token| setup::has_its_contact(token, &user));
        Ok(Diagnosis {
            at: tx.now,
            password: PasswordState::of(&user, validity, tx.now),
            password_expires: end.map(|end| (end, tx.now < end && judgement::expires_soon(end, tx.now))),
            causes: causes(&user, &ways, alone, tx.now),
            contacts: user
                .contacts
                .iter()
                .zip(&ways)
                .map(state)
                .chain(user.pending.iter().map(waits))
                .collect(),
            requests,
            stuck: codes::stuck(tx.store, &user, latest(&codes))?,
            codes,
            stuck_token: codes::stuck_token(tx.store, &user, token.as_ref())?,
            token,
            asked_by: env.actor.uid,
            challenge: caller_challenge::live(tx.store, &user)?,
            attempts: attempts(tx.store, &user, tx.now)?,
            sign_ins: sign_ins(tx.store, &user)?,
            callers_may: env.settings.support.verified_caller_may.clone(),
            appeals,
            user,
        })
    })
}

/// Why no code of a live request would go to anybody now: by the judgement that sending makes, for the way it was asked for
/// last. An address that was typed wrongly stays so until another one is.
fn against_request(
    tx: &mut Transaction<'_>,
    user: &User,
    request: &Request,
) -> Result<Option<Ineligible>, FlowError> {
    let entered = request.entered.as_ref().map(|entered| Method::by(entered.channel));
    let method = request.method.or(entered).unwrap_or(Method::Account);
    let contact = request.receiver(method, user, None, tx.now);
    let by = By::Stranger(&request.source);
    let charge = match contact {
        Some(contact) => Charge::of(tx.env, contact, by),
        None => {
            let person = counted::person(tx.env, &user.id);
            Charge { contact: person.clone(), person, by, channel: Channel::Email }
        }
    };
    let way = ways(tx.env);
    let last = tx.store.codes(CodesOf::Request(&request.id), 1)?.pop();
    let mismatch = last.and_then(|code| code.state_reason);
    let facts = Facts {
        crowded: request.ineligible.is_some(),
        contact,
        mismatch: mismatch.as_deref() == Some(Ineligible::AddressMismatch.as_str()),
        way: contact.and_then(|contact| way(contact.channel)),
        ..eligibility::facts(tx, Purpose::Reset, Some(user), &charge)?
    };
    Ok(reasons(&facts).first().copied())
}

/// The reasons against each contact, in their order; against none, if there is none. Where they ask from is not known
/// here: it is taken for the place of their latest request.
fn against(
    tx: &mut Transaction<'_>,
    user: &User,
    latest: Option<&Request>,
) -> Result<Vec<Vec<Ineligible>>, FlowError> {
    let way = ways(tx.env);
    let person = counted::person(tx.env, &user.id);
    let source = latest.map_or("", |request| request.source.as_str());
    let live = tx.store.live_requests(&person, source, tx.now)?;
    let mut against = Vec::new();
    for contact in each_contact(user) {
        let by = By::Stranger(source);
        let charge = match contact {
            Some(contact) => Charge::of(tx.env, contact, by),
            None => Charge { contact: person.clone(), person: person.clone(), by, channel: Channel::Email },
        };
        against.push(reasons(&Facts {
            crowded: crowded(live.of_person, live.of_both).is_some(),
            contact,
            way: contact.and_then(|contact| way(contact.channel)),
            ..eligibility::facts(tx, Purpose::Reset, Some(user), &charge)?
        }));
    }
    Ok(against)
}
