//! Codes to a contact that belong to no request: for binding it, a sign-in, a protected change.

use jiff::Timestamp;

use super::issue::{Issue, issue};
use crate::domain::code::{Code, EndReason, Purpose, State as CodeState};
use crate::domain::eligibility::By;
use crate::domain::event::Detail;
use crate::domain::{Action, Contact, Fact, NewEvent, User};
use crate::flow::foundation::eligibility::Charge;
use crate::flow::foundation::{Env, FlowError, Refusal, Stop, Transaction, audit, counted, eligibility};
use crate::flow::messages::budgets;
use crate::store::{CodesOf, StoreError, Tx};

/// How many of a contact's codes are looked through for the last of a purpose.
const RECENT: u32 = 50;

/// Sends a code to a contact for a purpose of its own. Budgets hold, and so does the wait before the next code;
/// whoever may know is told plainly, and keeps the code sent before.
pub(crate) fn send_code(
    tx: &mut Transaction<'_>,
    user: &User,
    contact: &Contact,
    purpose: Purpose,
) -> Result<Code, Stop> {
    let charge = charge(tx.env, user, contact, purpose);
    let refusal = match last_sent(tx.store, contact, purpose)? {
        Some(at) => budgets::too_soon(tx.env, at, tx.now),
        None => None,
    };
    let refusal = match refusal {
        Some(too_soon) => Some(too_soon),
        None => eligibility::judge(tx, purpose, user, contact, &charge)?.map(Refusal::Ineligible),
    };
    if let Some(refusal) = refusal {
        return tx.refuse(Action::VerifyCodeSent, audit::target(user), refusal);
    }
    tx.store.end_codes(CodesOf::Contact(&contact.id), EndReason::NewerCode)?;
    let order = Issue { purpose, user: Some(user), request_id: None, to: Ok(contact), charge };
    let code = issue(tx, &order)?;
    let event = NewEvent::success(Action::VerifyCodeSent, audit::target(user));
    event.with(Detail::Code, Fact::Id(code.id.clone())).append(tx)?;
    Ok(code)
}

/// Whether the budgets have room for a code that is sent later.
pub(crate) fn require_room(
    tx: &mut Transaction<'_>,
    user: &User,
    contact: &Contact,
    purpose: Purpose,
) -> Result<(), Stop> {
    let charge = charge(tx.env, user, contact, purpose);
    match eligibility::judge(tx, purpose, user, contact, &charge)? {
        Some(reason) => Err(Stop::keep(Refusal::Ineligible(reason))),
        None => Ok(()),
    }
}

/// What a code to a contact is counted by.
fn charge<'e>(env: &'e Env<'_>, user: &User, contact: &Contact, purpose: Purpose) -> Charge<'e> {
    let by = if env.occasion.operating { By::Operator } else { By::Proven(&env.actor.source) };
    let mut charge = Charge::of(env, contact, by);
    if purpose == Purpose::SignIn {
        // What strangers have sent, and guessed, never keeps anybody from signing in (security K6).
        charge.contact = counted::sign_in(env, contact);
        charge.person = counted::text(env, "person_signing_in", &user.id);
    }
    charge
}

/// When the code was sent that can still be entered.
pub(crate) fn last_sent(
    tx: &mut dyn Tx,
    contact: &Contact,
    purpose: Purpose,
) -> Result<Option<Timestamp>, FlowError> {
    let live =
        |code: &&Code| code.purpose == purpose && matches!(code.state, CodeState::Queued | CodeState::Sent);
    // Newest first: more than a few others since would mean that this one is long gone.
    let codes = tx.codes(CodesOf::Contact(&contact.id), RECENT)?;
    Ok(codes.iter().find(live).map(|code| code.created_at))
}

/// Whether the last code for a purpose can still be entered.
pub(crate) fn can_be_entered(
    tx: &mut dyn Tx,
    contact: &Contact,
    purpose: Purpose,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let codes = tx.codes(CodesOf::Contact(&contact.id), RECENT)?;
    let last = codes.iter().find(|code| code.purpose == purpose);
    Ok(last.is_some_and(|code| code.state.live() && now < code.expires_at))
}

/// Ends what was sent to a contact for a purpose: a newer code went another way.
pub(crate) fn end_codes(tx: &mut dyn Tx, contact: &Contact, purpose: Purpose) -> Result<(), FlowError> {
    for code in tx.codes(CodesOf::Contact(&contact.id), RECENT)? {
        if code.purpose == purpose
            && tx.end_code(&code.id, CodeState::Superseded, Some(EndReason::NewerCode))?
        {
            tx.withdraw_for_code(&code.id)?;
        }
    }
    Ok(())
}
