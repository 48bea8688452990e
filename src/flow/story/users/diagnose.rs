//! Everything the help desk needs to know about one person, and what to do next.

use jiff::Timestamp;

use super::advice::advice;
use super::attempts::{Attempts, attempts};
use super::readiness::{has_familiar, is_exhausted, ways};
use crate::domain::appeal::{Appeal, State as AppealState};
use crate::domain::code::{Code, Purpose, Withheld};
use crate::domain::contact::Contact;
use crate::domain::event::{Action, NewEvent};
use crate::domain::operator::Task;
use crate::domain::readiness::{
    Cause, PasswordState, causes, hindrance, needs_familiar_device, with, with_policy,
};
use crate::domain::request::Request;
use crate::domain::sign_in as judgement;
use crate::domain::timeline::Entry;
use crate::domain::token::SetupToken;
use crate::domain::user::User;
use crate::domain::who::Who;
use crate::flow::foundation::{Env, FlowError, audit, counted, people};
use crate::flow::messages::budgets::{self, Account, By};
use crate::flow::proofs::{credentials, guesses, self_service};
use crate::flow::story::caller_challenge::{self, ChallengeState};
use crate::flow::story::codes;
use crate::flow::story::setup;
use crate::store::{CodesOf, Tx};

/// How many codes are shown: enough for a call, and for one screen.
const CODES: u32 = 5;
/// More requests than a person can have alive.
const REQUESTS: u32 = 20;

/// What is known about a person now.
pub struct Diagnosis {
    pub user: User,
    pub at: Timestamp,
    pub password: PasswordState,
    /// When it stops to be of use, and whether that is near.
    pub password_expires: Option<(Timestamp, bool)>,
    /// What keeps them from recovering, or says how they got there.
    pub causes: Vec<Cause>,
    pub contacts: Vec<ContactState>,
    /// Those that can go on, newest first.
    pub requests: Vec<Request>,
    /// The latest, newest first.
    pub codes: Vec<Code>,
    /// Why the newest of them did not leave, if it did not.
    pub stuck: Option<Entry>,
    pub token: Option<SetupToken>,
    /// Why its message did not leave, if it did not.
    pub stuck_token: Option<Entry>,
    /// A caller who is being verified, or was a moment ago.
    pub challenge: Option<ChallengeState>,
    /// The uid of who looks: a challenge counts for whoever sent it.
    pub asked_by: u32,
    /// Places from which many tries failed.
    pub attempts: Vec<Attempts>,
    /// Those that wait for a decision, or that a reset can stand on.
    pub appeals: Vec<Appeal>,
    /// What to do next, the first thing first.
    pub next: Vec<String>,
}

/// A contact, and why no reset code would go to it now.
pub struct ContactState {
    pub contact: Contact,
    pub hindrance: Option<Hindrance>,
}

/// What keeps codes from a contact: its own state, or a budget that is spent for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hindrance {
    State(Cause),
    Budget(Withheld),
}

impl Hindrance {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::State(Cause::NoVerifiedContact) => Withheld::Unverified.as_str(),
            Self::State(cause) => cause.as_str(),
            Self::Budget(withheld) => withheld.as_str(),
        }
    }

    /// For people, in a sentence's middle.
    pub fn told(self) -> &'static str {
        match self {
            Self::State(Cause::NoVerifiedContact) => "not verified",
            Self::State(Cause::Cooldown) => "in its cool-down",
            Self::State(cause) => cause.told(),
            Self::Budget(withheld) => withheld.told(),
        }
    }
}

impl Diagnosis {
    /// Whether they could reset the password by themselves now.
    pub fn can_recover(&self) -> bool {
        !self.causes.iter().any(|cause| cause.bars())
    }
}

/// The latest code that went to the person: one that asks somebody else to agree is not theirs to wait for.
pub(super) fn latest(codes: &[Code]) -> Option<&Code> {
    codes.iter().find(|code| code.purpose != Purpose::Approve)
}

/// Looks at everything there is about a person. It is always recorded (security O4); support may.
pub fn diagnose(env: &Env<'_>, who: &Who) -> Result<Diagnosis, FlowError> {
    let found = people::require(env, who, Task::ReadCodes)?;
    env.write(|tx, now| {
        let user = people::reload(tx, &found)?;
        audit::append(env, tx, now, &NewEvent::success(Action::DiagnoseUser, audit::target(&user)))?;
        let validity = credentials::password_policy(tx, &user.account_id)?.password_validity_period;
        let end = judgement::expiry(&user, validity).filter(|_| user.credential.hash.is_some());
        let (ways, exhausted) = (ways(env), guesses::exhausted(env, tx, now)?);
        let spent_out = |contact: &Contact| is_exhausted(env, &exhausted, contact);
        let mut requests = tx.requests_of(&user.id, REQUESTS)?;
        requests.retain(|request| request.state.live());
        let mut appeals = tx.appeals_of(&user.id, REQUESTS)?;
        appeals.retain(|of| matches!(of.state, AppealState::Submitted | AppealState::Approved));
        let alone = needs_familiar_device(&user, spent_out, ways, now) && !has_familiar(tx, &user, now)?;
        let causes =
            with_policy(causes(&user, spent_out, ways, now), self_service::withheld(tx, Some(&user), now)?);
        let person = causes.iter().copied().find(|cause| cause.is_of_the_person());
        let mut contacts = Vec::new();
        for contact in &user.contacts {
            let hindrance = match hindrance(contact, spent_out(contact), ways, now).or(person) {
                Some(cause) => Some(Hindrance::State(cause)),
                None => throttled(env, tx, now, &user, contact)?.map(Hindrance::Budget),
            };
            contacts.push(ContactState { contact: contact.clone(), hindrance });
        }
        // One that could receive a code, and is out of budget, while no other is left.
        let budget = |state: &ContactState| matches!(state.hindrance, Some(Hindrance::Budget(_)));
        let throttled = contacts.iter().any(budget) && contacts.iter().all(|state| state.hindrance.is_some());
        let causes = if throttled { with(causes, Cause::Throttled) } else { causes };
        let causes = if alone { with(causes, Cause::NoSecondProof) } else { causes };
        let codes = tx.codes(CodesOf::User(&user.id), CODES)?;
        let token = tx.live_token(&user.id)?.filter(|token| setup::has_its_contact(token, &user));
        let mut diagnosis = Diagnosis {
            at: now,
            password: PasswordState::of(&user, validity, now),
            password_expires: end.map(|end| (end, now < end && judgement::expires_soon(end, now))),
            causes,
            contacts,
            requests,
            stuck: codes::stuck(tx, &user, latest(&codes))?,
            codes,
            stuck_token: codes::stuck_token(tx, &user, token.as_ref())?,
            token,
            asked_by: env.actor.uid,
            challenge: caller_challenge::live(tx, &user)?,
            attempts: attempts(tx, &user, now)?,
            appeals,
            next: Vec::new(),
            user,
        };
        diagnosis.next = advice(&diagnosis);
        Ok(diagnosis)
    })
}

/// The budget that keeps a code from a contact that could receive one.
fn throttled(
    env: &Env<'_>,
    tx: &mut dyn Tx,
    now: Timestamp,
    user: &User,
    contact: &Contact,
) -> Result<Option<Withheld>, FlowError> {
    let person = counted::person(env, &user.id);
    let account = Account {
        contact: counted::contact(env, contact),
        person: &person,
        // The place they ask from is theirs, and not known here.
        by: By::Anybody,
        channel: contact.channel,
    };
    budgets::judge(env, tx, now, &account)
}
