//! Checking a typed code: a try is taken and committed before anything is compared (security K4, K11).

use jiff::Timestamp;

use super::issue::matches;
use crate::domain::attempt::Kind;
use crate::domain::code::{Purpose, State};
use crate::domain::event::Detail;
use crate::domain::request::Request;
use crate::domain::{Action, Contact, Fact, NewEvent, Secret, Target, User};
use crate::flow::foundation::{Denial, Env, FlowError, Refusal, Stop, Transaction, audit, counted, surplus};
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
    tx: &mut Transaction<'_>,
    request: &Request,
    user: Option<&User>,
) -> Result<Option<TriedCode>, FlowError> {
    let Some(code) = tx.store.try_request_code(&request.id, tx.now)? else { return Ok(None) };
    // The contact is counted; for a decoy its name is, in the same place.
    let tried_on = user
        .and_then(|user| user.contacts.iter().find(|of| Some(&of.id) == code.contact_id.as_ref()))
        .map_or_else(|| request.subject.clone(), |contact| counted::contact(tx.env, contact));
    let by = CountedBy { tried_on, source: request.source.clone(), person: request.subject.clone() };
    let subject = user.map_or_else(|| attempts::stand_in(&request.subject), |user| user.id.clone());
    taken(tx, (Kind::Code, request.purpose.of_codes()), &subject, code, by).map(Some)
}

/// Takes a try from the newest code of a contact and a purpose.
pub(crate) fn try_of_contact(
    tx: &mut Transaction<'_>,
    contact: &Contact,
    purpose: Purpose,
) -> Result<Option<TriedCode>, FlowError> {
    let Some(code) = tx.store.try_contact_code(&contact.id, purpose, tx.now)? else { return Ok(None) };
    let (kind, tried_on) = match purpose {
        Purpose::SignIn => (Kind::SignInCode, counted::sign_in(tx.env, contact)),
        _ => (Kind::Code, counted::contact(tx.env, contact)),
    };
    let by = CountedBy::of_contact(tx.env, contact, tried_on);
    taken(tx, (kind, purpose), &contact.user_id, code, by).map(Some)
}

/// Takes a try from the code of a challenge.
pub(crate) fn try_of_challenge(
    tx: &mut Transaction<'_>,
    code_id: &str,
    contact: &Contact,
) -> Result<Option<TriedCode>, FlowError> {
    let Some(code) = tx.store.try_code(code_id, tx.now)? else { return Ok(None) };
    let by = CountedBy::of_contact(tx.env, contact, counted::contact(tx.env, contact));
    taken(tx, (Kind::CallerCode, Purpose::VerifyCaller), &contact.user_id, code, by).map(Some)
}

fn taken(
    tx: &mut Transaction<'_>,
    (kind, purpose): (Kind, Purpose),
    subject: &str,
    code: LiveCode,
    by: CountedBy,
) -> Result<TriedCode, FlowError> {
    let trial = Trial { kind, purpose: purpose.as_str(), subject, counted: &by.tried_on, source: &by.source };
    let spent = attempts::spend(tx, &trial)?;
    Ok(TriedCode { code, purpose, subject: subject.to_owned(), by, spent })
}

/// Commits a try before anything is judged. `body` finds whom it is about and takes the try; where there is no code that
/// could be tried, that is refused and recorded as `refused_as`.
pub(crate) fn take_try(
    env: &Env<'_>,
    refused_as: Action,
    mut body: impl FnMut(&mut Transaction<'_>) -> Result<(Target, Option<TriedCode>), Stop>,
) -> Result<TriedCode, FlowError> {
    env.write(|tx| match body(tx)? {
        (_, Some(tried)) => Ok(tried),
        (target, None) if env.occasion.operating => tx.refuse(refused_as, target, Refusal::CodeSpent),
        // Tries that are spent are a budget, too: whoever goes on fills no store.
        (target, None) => surplus::refuse(tx, refused_as, target, Refusal::CodeSpent),
    })
}

impl TriedCode {
    /// The first deed of the transaction that judges, before anything can be refused in it.
    pub(crate) fn conclude(&self, tx: &mut dyn Tx, now: Timestamp) -> Result<(), FlowError> {
        self.spent.conclude(tx, now)
    }

    /// [`Self::judge`], with a no refused: `wrong` records a wrong code.
    pub(crate) fn accept(
        &self,
        tx: &mut Transaction<'_>,
        digits: &Secret,
        wrong: NewEvent,
    ) -> Result<(), Stop> {
        match self.judge(tx, digits)? {
            Checked::Right => Ok(()),
            Checked::Wrong { tries_left } => {
                wrong.with(Detail::TriesLeft, Fact::Count(u64::from(tries_left))).append(tx)?;
                Err(Stop::keep(Denial::Code { tries_left }))
            }
            Checked::Spent => tx.refuse(wrong.action, wrong.target, Refusal::CodeSpent),
        }
    }

    /// Judges the digits, in the transaction after that of the try.
    pub(crate) fn judge(&self, tx: &mut Transaction<'_>, digits: &Secret) -> Result<Checked, FlowError> {
        let (code, counted) = (&self.code, self.by.counted());
        // Compared for decoys too, so that both take the same steps; they can never be right.
        let equal = matches(tx.env, &code.id, self.purpose, &code.mac, digits);
        // Where there were too many, from here or in all, there is nothing to find (security K12).
        let vain = guesses::spent(tx, &counted)?;
        if equal && !code.decoy && !vain {
            // Whatever ended it since the try came first.
            if !tx.store.use_code(&code.id)? {
                return Ok(Checked::Spent);
            }
            guesses::right(tx.store, &counted)?;
            return Ok(Checked::Right);
        }
        guesses::wrong(tx, &counted)?;
        let user = tx.store.user_by_id(&self.subject)?;
        let target =
            user.as_ref().map_or_else(|| Target::Unknown { hash: self.subject.clone() }, audit::target);
        guesses::tell_half(tx, counted.person, user.as_ref(), &target)?;
        if code.tries_left == 0 {
            tx.store.end_code(&code.id, State::Exhausted, None)?;
            tx.store.withdraw_for_code(&code.id)?;
        }
        Ok(Checked::Wrong { tries_left: code.tries_left })
    }
}
