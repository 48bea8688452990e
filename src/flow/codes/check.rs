//! Checking a typed code. A try is taken before anything is compared (security K4).

use jiff::Timestamp;

use super::super::budgets;
use super::super::env::Env;
use super::super::error::FlowError;
use super::super::guesses::{self, Counted};
use super::issue::matches;
use crate::domain::code::{Purpose, State};
use crate::domain::contact::Contact;
use crate::domain::request::Request;
use crate::domain::secret::Secret;
use crate::domain::user::User;
use crate::store::{LiveCode, Tx};

/// What checking a code says.
pub(in crate::flow) enum Checked {
    /// Right, and used up.
    Right,
    Wrong {
        tries_left: u32,
    },
    /// There is no code that could be tried.
    Spent,
}

/// Tries a code on the newest one of a request.
pub(in crate::flow) fn of_request(
    env: &Env<'_>,
    tx: &mut dyn Tx,
    now: Timestamp,
    request: &Request,
    user: Option<&User>,
    digits: &Secret,
) -> Result<Checked, FlowError> {
    let tried = tx.try_request_code(&request.id, now)?;
    // The contact is counted; for a decoy its name is, in the same place.
    let contact = tried.as_ref().and_then(|code| code.contact_id.as_deref());
    let tried_on = user
        .and_then(|user| user.contacts.iter().find(|c| Some(c.id.as_str()) == contact))
        .map_or_else(|| request.subject.clone(), |contact| budgets::of_contact(env, contact));
    let counted = Counted { tried_on: &tried_on, source: &request.source, person: &request.subject };
    compare(env, tx, now, tried, request.purpose.of_codes(), &counted, digits)
}

/// Tries a code on the newest one of a contact and a purpose.
pub(in crate::flow) fn of_contact(
    env: &Env<'_>,
    tx: &mut dyn Tx,
    now: Timestamp,
    contact: &Contact,
    purpose: Purpose,
    digits: &Secret,
) -> Result<Checked, FlowError> {
    let tried = tx.try_contact_code(&contact.id, purpose, now)?;
    let tried_on = match purpose {
        Purpose::SignIn => budgets::of_sign_in(env, contact),
        _ => budgets::of_contact(env, contact),
    };
    let person = budgets::of_text(env, "person", &contact.user_id);
    let counted = Counted { tried_on: &tried_on, source: &env.actor.source, person: &person };
    compare(env, tx, now, tried, purpose, &counted, digits)
}

/// Tries the code of a challenge.
pub(in crate::flow) fn of_challenge(
    env: &Env<'_>,
    tx: &mut dyn Tx,
    now: Timestamp,
    code_id: &str,
    contact: &Contact,
    digits: &Secret,
) -> Result<Checked, FlowError> {
    let tried = tx.try_code(code_id, now)?;
    let tried_on = budgets::of_contact(env, contact);
    let person = budgets::of_text(env, "person", &contact.user_id);
    let counted = Counted { tried_on: &tried_on, source: &env.actor.source, person: &person };
    compare(env, tx, now, tried, Purpose::VerifyCaller, &counted, digits)
}

fn compare(
    env: &Env<'_>,
    tx: &mut dyn Tx,
    now: Timestamp,
    tried: Option<LiveCode>,
    purpose: Purpose,
    counted: &Counted<'_>,
    digits: &Secret,
) -> Result<Checked, FlowError> {
    let Some(code) = tried else { return Ok(Checked::Spent) };
    // Compared for decoys too, so that both take the same steps; a withheld code can never be right.
    let equal = matches(env, &code.id, purpose, &code.mac, digits);
    // A source that has guessed too often here has nothing to find (security K12).
    let vain = guesses::spent_from(env, tx, now, counted.tried_on, counted.source)?;
    if equal && !code.withheld && !vain {
        tx.end_code(&code.id, State::Used, None)?;
        guesses::right(tx, counted)?;
        return Ok(Checked::Right);
    }
    guesses::wrong(env, tx, now, counted)?;
    if code.tries_left == 0 {
        tx.end_code(&code.id, State::Exhausted, None)?;
        tx.withdraw_for_code(&code.id)?;
    }
    Ok(Checked::Wrong { tries_left: code.tries_left })
}
