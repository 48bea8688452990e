//! Sending a code. Whether one really goes out depends on the person; what is seen does not.

use jiff::Timestamp;

use super::super::budgets::{self, Account};
use super::super::codes::{self, Issue};
use super::super::env::Env;
use super::super::error::FlowError;
use super::super::events;
use super::super::refusal::Refusal;
use super::super::self_service;
use super::view::{self, AtStep, RequestView};
use crate::domain::address::{Address, Channel};
use crate::domain::code::{Purpose, State as CodeState, Withheld};
use crate::domain::contact::Contact;
use crate::domain::event::{Action, Fact, NewEvent, Outcome};
use crate::domain::request::{Method, Request, State};
use crate::domain::user::{AccessMode, User};

/// Sends a code by a method, to the person's own stored contact. What was typed can only match it (security S4).
/// Sending again ends the code before.
pub fn send(
    env: &Env<'_>,
    id: &str,
    method: Method,
    typed: Option<&Address>,
) -> Result<RequestView, FlowError> {
    let view = env.write(|tx, now| {
        let AtStep { mut request, user, target } =
            match view::at_step(env, tx, now, id, &[State::Method, State::Code])? {
                Ok(at_step) => at_step,
                Err(refused) => return Ok(Err(refused)),
            };
        if let Some(refusal) = too_soon_or_off(env, &request, method, now) {
            return env.refuse(tx, now, Action::VerifyCodeSent, target, refusal);
        }
        let to = match self_service::withheld(tx, user.as_ref(), now)? {
            Some(reason) => Err(Some(reason)),
            None => destination(user.as_ref(), &request, method, typed, now),
        };
        let channel = to.map_or_else(|_| likely_channel(method), |contact| contact.channel);
        let counted = match (to, typed) {
            (Ok(contact), _) => budgets::of_contact(env, contact),
            (Err(_), Some(address)) => budgets::of_text(env, channel.as_str(), address.key()),
            (Err(_), None) => request.subject.clone(),
        };
        tx.end_codes_of_request(id, CodeState::Superseded, "newer_code")?;
        let account =
            Account { contact: counted, person: &request.subject, source: Some(&request.source), channel };
        let code = codes::issue(
            env,
            tx,
            now,
            &Issue {
                purpose: Purpose::Reset,
                user: user.as_ref(),
                request_id: Some(id),
                channel,
                to,
                account,
            },
        )?;
        tx.advance_request(id, &[State::Method, State::Code], State::Code)?;
        tx.set_request_sent(id, method, now)?;
        request.state = State::Code;
        request.last_sent_at = Some(now);
        let withheld = code.state_reason.as_deref().and_then(|word| word.parse::<Withheld>().ok());
        let mut event = NewEvent::success(Action::VerifyCodeSent, target)
            .with("method", Fact::Word(method.as_str()))
            .with("code", Fact::Id(code.id.clone()));
        if code.destination.is_none() {
            event.outcome = Outcome::Failure;
            event.code = Some(withheld.map_or("nobody", Withheld::as_str));
        }
        events::append(env, tx, now, &event)?;
        Ok(Ok(view::of(env, &request)))
    })?;
    env.courier.wake();
    Ok(view)
}

/// What is refused to everyone alike.
fn too_soon_or_off(env: &Env<'_>, request: &Request, method: Method, now: Timestamp) -> Option<Refusal> {
    if !env.settings.reset.methods.contains(&method) {
        return Some(Refusal::MethodOff);
    }
    budgets::too_soon(env, request.last_sent_at?, now)
}

/// The contact a code goes to, or why to none; `None` inside is a name nobody has.
fn destination<'u>(
    user: Option<&'u User>,
    request: &Request,
    method: Method,
    typed: Option<&Address>,
    now: Timestamp,
) -> Result<&'u Contact, Option<Withheld>> {
    let user = user.ok_or(None)?;
    if let Some(reason) = request.withheld {
        return Err(Some(reason));
    }
    if user.disowned.is_some() {
        return Err(Some(Withheld::Disowned));
    }
    if !user.enabled() {
        return Err(Some(Withheld::Disabled));
    }
    if user.access_mode == AccessMode::Programmatic {
        return Err(Some(Withheld::Programmatic));
    }
    let (contact, ready) = match method {
        Method::Account => {
            // The email address, else the mobile number: the first that can receive.
            // On the strength of an appeal, the new mobile number comes first: it is what was decided on.
            let order = match request.appeal {
                Some(_) => [Channel::Mobile, Channel::Email],
                None => [Channel::Email, Channel::Mobile],
            };
            let bound = || order.iter().filter_map(|channel| user.contact(*channel));
            let ready = bound().find(|contact| contact.receives(now).is_ok());
            (ready.or_else(|| bound().next()), true)
        }
        Method::Email | Method::Mobile => {
            let contact = user.contact(likely_channel(method));
            let same = contact.zip(typed).is_some_and(|(contact, typed)| contact.key == typed.key());
            (contact, same)
        }
    };
    let contact = contact.ok_or(Some(Withheld::NoContact))?;
    if !ready {
        return Err(Some(Withheld::AddressMismatch));
    }
    contact.receives(now).map_err(Some)?;
    Ok(contact)
}

fn likely_channel(method: Method) -> Channel {
    match method {
        Method::Email | Method::Account => Channel::Email,
        Method::Mobile => Channel::Mobile,
    }
}
