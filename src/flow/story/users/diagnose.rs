//! Everything the help desk needs to know about one person, and what to do next.

use jiff::Timestamp;

use super::advice::advice;
use super::attempts::{Attempts, attempts};
use super::readiness::{each_contact, has_familiar, ways};
use crate::domain::address::Channel;
use crate::domain::appeal::{Appeal, State as AppealState};
use crate::domain::code::{Code, Purpose as CodePurpose};
use crate::domain::contact::Contact;
use crate::domain::eligibility::{By, Facts, Ineligible, reasons};
use crate::domain::event::{Action, NewEvent};
use crate::domain::operator::Task;
use crate::domain::readiness::{Cause, PasswordState, causes, needs_familiar_device};
use crate::domain::request::{Request, crowded};
use crate::domain::sign_in as judgement;
use crate::domain::timeline::Entry;
use crate::domain::token::SetupToken;
use crate::domain::user::User;
use crate::domain::who::Who;
use crate::flow::foundation::eligibility::Account;
use crate::flow::foundation::{Env, FlowError, audit, counted, eligibility, people, policies};
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

/// A contact, and the first reason why no reset code would go to it now, if they asked again from where they asked last.
pub struct ContactState {
    pub contact: Contact,
    pub ineligible: Option<Ineligible>,
}

impl Diagnosis {
    /// Whether they could reset the password by themselves now.
    pub fn can_recover(&self) -> bool {
        !self.causes.iter().any(|cause| cause.bars())
    }
}

/// The latest code that went to the person: one that asks somebody else to agree is not theirs to wait for.
pub(super) fn latest(codes: &[Code]) -> Option<&Code> {
    codes.iter().find(|code| code.purpose != CodePurpose::Approve)
}

/// Looks at everything there is about a person. It is always recorded (security O4); support may.
pub fn diagnose(env: &Env<'_>, who: &Who) -> Result<Diagnosis, FlowError> {
    let found = people::require(env, who, Task::ReadCodes)?;
    env.write(|tx, now| {
        let user = people::reload(tx, &found)?;
        audit::append(env, tx, now, &NewEvent::success(Action::DiagnoseUser, audit::target(&user)))?;
        let validity = policies::password(tx, &user.account_id)?.password_validity_period;
        let end = judgement::expiry(&user, validity).filter(|_| user.credential.hash.is_some());
        let mut requests = tx.requests_of(&user.id, REQUESTS)?;
        let ways = against(env, tx, now, &user, requests.first())?;
        requests.retain(|request| request.state.live());
        let mut appeals = tx.appeals_of(&user.id, REQUESTS)?;
        appeals.retain(|of| matches!(of.state, AppealState::Submitted | AppealState::Approved));
        let alone = needs_familiar_device(&user, &ways) && !has_familiar(tx, &user, now)?;
        let state = |(contact, reasons): (&Contact, &Vec<Ineligible>)| ContactState {
            contact: contact.clone(),
            ineligible: reasons.first().copied(),
        };
        let codes = tx.codes(CodesOf::User(&user.id), CODES)?;
        let token = tx.live_token(&user.id)?.filter(|token| setup::has_its_contact(token, &user));
        let mut diagnosis = Diagnosis {
            at: now,
            password: PasswordState::of(&user, validity, now),
            password_expires: end.map(|end| (end, now < end && judgement::expires_soon(end, now))),
            causes: causes(&user, &ways, alone, now),
            contacts: user.contacts.iter().zip(&ways).map(state).collect(),
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

/// The reasons against each contact, in their order; against none, if there is none. Where they ask from is not known
/// here: it is taken for the place of their latest request.
fn against(
    env: &Env<'_>,
    tx: &mut dyn Tx,
    now: Timestamp,
    user: &User,
    latest: Option<&Request>,
) -> Result<Vec<Vec<Ineligible>>, FlowError> {
    let way = ways(env);
    let person = counted::person(env, &user.id);
    let source = latest.map_or("", |request| request.source.as_str());
    let live = tx.live_requests(&person, source, now)?;
    let mut against = Vec::new();
    for contact in each_contact(user) {
        let account = Account {
            contact: contact.map_or_else(|| person.clone(), |contact| counted::contact(env, contact)),
            person: &person,
            by: By::Stranger(source),
            channel: contact.map_or(Channel::Email, |contact| contact.channel),
        };
        against.push(reasons(&Facts {
            crowded: crowded(live.of_person, live.of_both).is_some(),
            contact,
            way: contact.and_then(|contact| way(contact.channel)),
            ..eligibility::facts(env, tx, now, CodePurpose::Reset, Some(user), &account)?
        }));
    }
    Ok(against)
}
