//! Checking a typed code: a try is taken and committed before anything is compared (security K4, K11).

use jiff::Timestamp;

use super::issue::matches;
use crate::domain::attempt::Kind;
use crate::domain::code::{Purpose, State};
use crate::domain::contact::Contact;
use crate::domain::event::{Action, Target};
use crate::domain::request::Request;
use crate::domain::secret::Secret;
use crate::domain::user::User;
use crate::flow::foundation::{Env, FlowError, Refusal, Stop, audit, counted, surplus};
use crate::flow::proofs::attempts::{self, Spent, Trial};
use crate::flow::proofs::guesses::{self, Counted};
use crate::store::{LiveCode, Tx};

/// What checking a code says.
pub(crate) enum Checked {
    /// Right, and used up.
    Right,
    Wrong {
        tries_left: u32,
    },
    /// There is no code that could be tried.
    Spent,
}

/// A code that was tried and is not compared yet.
pub(crate) struct TriedCode {
    code: LiveCode,
    purpose: Purpose,
    subject: String,
    by: CountedBy,
    spent: Spent,
}

/// What a wrong try is counted by; see [`Counted`].
struct CountedBy {
    tried_on: Vec<u8>,
    source: String,
    person: Vec<u8>,
}

impl CountedBy {
    fn of_contact(env: &Env<'_>, contact: &Contact, tried_on: Vec<u8>) -> Self {
        let person = counted::person(env, &contact.user_id);
        Self { tried_on, source: env.actor.source.clone(), person }
    }

    fn counted(&self) -> Counted<'_> {
        Counted { tried_on: &self.tried_on, source: &self.source, person: &self.person }
    }
}

/// Takes a try from the newest code of a request; `None` is no code that could be tried.
pub(crate) fn try_of_request(
    env: &Env<'_>,
    tx: &mut dyn Tx,
    now: Timestamp,
    request: &Request,
    user: Option<&User>,
) -> Result<Option<TriedCode>, FlowError> {
    let Some(code) = tx.try_request_code(&request.id, now)? else { return Ok(None) };
    // The contact is counted; for a decoy its name is, in the same place.
    let tried_on = user
        .and_then(|user| user.contacts.iter().find(|of| Some(&of.id) == code.contact_id.as_ref()))
        .map_or_else(|| request.subject.clone(), |contact| counted::contact(env, contact));
    let by = CountedBy { tried_on, source: request.source.clone(), person: request.subject.clone() };
    let subject = user.map_or_else(|| attempts::stand_in(&request.subject), |user| user.id.clone());
    taken(env, tx, now, (Kind::Code, request.purpose.of_codes()), &subject, code, by).map(Some)
}

/// Takes a try from the newest code of a contact and a purpose.
pub(crate) fn try_of_contact(
    env: &Env<'_>,
    tx: &mut dyn Tx,
    now: Timestamp,
    contact: &Contact,
    purpose: Purpose,
) -> Result<Option<TriedCode>, FlowError> {
    let Some(code) = tx.try_contact_code(&contact.id, purpose, now)? else { return Ok(None) };
    let (kind, tried_on) = match purpose {
        Purpose::SignIn => (Kind::SignInCode, counted::sign_in(env, contact)),
        _ => (Kind::Code, counted::contact(env, contact)),
    };
    let by = CountedBy::of_contact(env, contact, tried_on);
    taken(env, tx, now, (kind, purpose), &contact.user_id, code, by).map(Some)
}

/// Takes a try from the code of a challenge.
pub(crate) fn try_of_challenge(
    env: &Env<'_>,
    tx: &mut dyn Tx,
    now: Timestamp,
    code_id: &str,
    contact: &Contact,
) -> Result<Option<TriedCode>, FlowError> {
    let Some(code) = tx.try_code(code_id, now)? else { return Ok(None) };
    let by = CountedBy::of_contact(env, contact, counted::contact(env, contact));
    taken(env, tx, now, (Kind::CallerCode, Purpose::VerifyCaller), &contact.user_id, code, by).map(Some)
}

fn taken(
    env: &Env<'_>,
    tx: &mut dyn Tx,
    now: Timestamp,
    (kind, purpose): (Kind, Purpose),
    subject: &str,
    code: LiveCode,
    by: CountedBy,
) -> Result<TriedCode, FlowError> {
    let trial = Trial { kind, purpose: purpose.as_str(), subject, counted: &by.tried_on, source: &by.source };
    let spent = attempts::spend(env, tx, now, &trial)?;
    Ok(TriedCode { code, purpose, subject: subject.to_owned(), by, spent })
}

/// Commits a try before anything is judged. `body` finds whom it is about and takes the try; where there is no code that
/// could be tried, that is refused and recorded as `refused_as`.
pub(crate) fn take_try(
    env: &Env<'_>,
    refused_as: Action,
    mut body: impl FnMut(&mut dyn Tx, Timestamp) -> Result<(Target, Option<TriedCode>), Stop>,
) -> Result<TriedCode, FlowError> {
    env.write(|tx, now| match body(tx, now)? {
        (_, Some(tried)) => Ok(tried),
        (target, None) if env.occasion.operating => {
            env.refuse(tx, now, refused_as, target, Refusal::CodeSpent)
        }
        // Tries that are spent are a budget, too: whoever goes on fills no store.
        (target, None) => surplus::refuse(env, tx, now, refused_as, target, Refusal::CodeSpent),
    })
}

impl TriedCode {
    /// The first deed of the transaction that judges, before anything can be refused in it.
    pub(crate) fn conclude(&self, tx: &mut dyn Tx, now: Timestamp) -> Result<(), FlowError> {
        self.spent.conclude(tx, now)
    }

    /// Judges the digits, in the transaction after that of the try.
    pub(crate) fn judge(
        &self,
        env: &Env<'_>,
        tx: &mut dyn Tx,
        now: Timestamp,
        digits: &Secret,
    ) -> Result<Checked, FlowError> {
        let (code, counted) = (&self.code, self.by.counted());
        // Compared for decoys too, so that both take the same steps; they can never be right.
        let equal = matches(env, &code.id, self.purpose, &code.mac, digits);
        // Where there were too many, from here or in all, there is nothing to find (security K12).
        let vain = guesses::spent(env, tx, now, &counted)?;
        if equal && !code.decoy && !vain {
            // Whatever ended it since the try came first.
            if !tx.use_code(&code.id)? {
                return Ok(Checked::Spent);
            }
            guesses::right(tx, &counted)?;
            return Ok(Checked::Right);
        }
        guesses::wrong(env, tx, now, &counted)?;
        let user = tx.user_by_id(&self.subject)?;
        let target =
            user.as_ref().map_or_else(|| Target::Unknown { hash: self.subject.clone() }, audit::target);
        guesses::tell_half(env, tx, now, counted.person, user.as_ref(), &target)?;
        if code.tries_left == 0 {
            tx.end_code(&code.id, State::Exhausted, None)?;
            tx.withdraw_for_code(&code.id)?;
        }
        Ok(Checked::Wrong { tries_left: code.tries_left })
    }
}
