//! Checking a typed code: a try is taken and committed before anything is compared (security K4, K11).

use jiff::Timestamp;

use super::super::attempts::{self, Spent, Trial};
use super::super::budgets;
use super::super::env::{Decision, Env};
use super::super::error::FlowError;
use super::super::refusal::Refusal;
use super::issue::matches;
use crate::domain::attempt::Kind;
use crate::domain::code::{Purpose, State};
use crate::domain::contact::Contact;
use crate::domain::event::{Action, Target};
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

/// A code that was tried and is not compared yet.
pub(in crate::flow) struct TriedCode {
    code: LiveCode,
    purpose: Purpose,
    counted: Vec<u8>,
    spent: Spent,
}

/// Takes a try from the newest code of a request; `None` is no code that could be tried.
pub(in crate::flow) fn try_of_request(
    env: &Env<'_>,
    tx: &mut dyn Tx,
    now: Timestamp,
    request: &Request,
    user: Option<&User>,
) -> Result<Option<TriedCode>, FlowError> {
    let tried = tx.try_request_code(&request.id, now)?;
    // The contact is counted; for a decoy its name is, in the same place.
    let contact = tried.as_ref().and_then(|code| code.contact_id.as_deref());
    let counted = user
        .and_then(|user| user.contacts.iter().find(|c| Some(c.id.as_str()) == contact))
        .map_or_else(|| request.subject.clone(), |contact| budgets::of_contact(env, contact));
    let subject = user.map_or_else(|| attempts::stand_in(&request.subject), |user| user.id.clone());
    taken(env, tx, now, tried, Kind::Code, request.purpose.of_codes(), &subject, counted)
}

/// Takes a try from the newest code of a contact and a purpose.
pub(in crate::flow) fn try_of_contact(
    env: &Env<'_>,
    tx: &mut dyn Tx,
    now: Timestamp,
    contact: &Contact,
    purpose: Purpose,
) -> Result<Option<TriedCode>, FlowError> {
    let tried = tx.try_contact_code(&contact.id, purpose, now)?;
    let (kind, counted) = match purpose {
        Purpose::SignIn => (Kind::SignInCode, budgets::of_sign_in(env, contact)),
        _ => (Kind::Code, budgets::of_contact(env, contact)),
    };
    taken(env, tx, now, tried, kind, purpose, &contact.user_id, counted)
}

/// Takes a try from the code of a challenge.
pub(in crate::flow) fn try_of_challenge(
    env: &Env<'_>,
    tx: &mut dyn Tx,
    now: Timestamp,
    code_id: &str,
    contact: &Contact,
) -> Result<Option<TriedCode>, FlowError> {
    let tried = tx.try_code(code_id, now)?;
    let counted = budgets::of_contact(env, contact);
    taken(env, tx, now, tried, Kind::CallerCode, Purpose::VerifyCaller, &contact.user_id, counted)
}

#[allow(clippy::too_many_arguments, reason = "the parts of one try")]
fn taken(
    env: &Env<'_>,
    tx: &mut dyn Tx,
    now: Timestamp,
    tried: Option<LiveCode>,
    kind: Kind,
    purpose: Purpose,
    subject: &str,
    counted: Vec<u8>,
) -> Result<Option<TriedCode>, FlowError> {
    let Some(code) = tried else { return Ok(None) };
    let trial = Trial { kind, purpose: purpose.as_str(), subject, counted: &counted };
    let spent = attempts::spend(env, tx, now, &trial)?;
    Ok(Some(TriedCode { code, purpose, counted, spent }))
}

/// Commits a try before anything is judged. `body` finds whom it is about and takes the try; where there is no code that
/// could be tried, that is refused and recorded as `refused_as`.
pub(in crate::flow) fn take_try(
    env: &Env<'_>,
    refused_as: Action,
    mut body: impl FnMut(&mut dyn Tx, Timestamp) -> Decision<(Target, Option<TriedCode>)>,
) -> Result<TriedCode, FlowError> {
    env.write(|tx, now| match body(tx, now)? {
        Ok((_, Some(tried))) => Ok(Ok(tried)),
        Ok((target, None)) => env.refuse(tx, now, refused_as, target, Refusal::CodeSpent),
        Err(no) => Ok(Err(no)),
    })
}

impl TriedCode {
    /// Judges the digits, in the transaction after that of the try.
    pub(in crate::flow) fn judge(
        &self,
        env: &Env<'_>,
        tx: &mut dyn Tx,
        now: Timestamp,
        digits: &Secret,
    ) -> Result<Checked, FlowError> {
        self.spent.conclude(tx, now)?;
        let code = &self.code;
        // Compared for decoys too, so that both take the same steps; a withheld code can never be right.
        let equal = matches(env, &code.id, self.purpose, &code.mac, digits);
        if equal && !code.withheld {
            // Whatever ended it since the try came first.
            if !tx.use_code(&code.id)? {
                return Ok(Checked::Spent);
            }
            budgets::guessed_right(tx, &self.counted)?;
            return Ok(Checked::Right);
        }
        budgets::guessed_wrong(tx, now, &self.counted)?;
        if code.tries_left == 0 {
            tx.end_code(&code.id, State::Exhausted, None)?;
            tx.withdraw_for_code(&code.id)?;
        }
        Ok(Checked::Wrong { tries_left: code.tries_left })
    }
}
