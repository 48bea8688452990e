//! Callers of the help desk prove who they are: a code goes to their own verified contact, they read it out, and the
//! operator types it. A confirmed challenge is good once, for this person and this operator.

use jiff::SignedDuration;

use crate::config::VerifiedCaller;
use crate::domain::challenge::{CONFIRMED_MINUTES, Challenge, ChallengeState, State};
use crate::domain::code::{EndReason, Purpose, State as CodeState};
use crate::domain::eligibility::{By, Facts, reasons};
use crate::domain::event::Detail;
use crate::domain::time::after;
use crate::domain::{
    Action, Channel, Contact, Fact, Ineligible, NewEvent, Principal, Role, Secret, Task, User, id,
};
use crate::flow::foundation::eligibility::Charge;
use crate::flow::foundation::{
    AboutUser, Change, Confirmed, Denial, Env, FlowError, Missing, Refusal, Stop, Transaction, audit,
    eligibility, people,
};
use crate::flow::messages::budgets;
use crate::flow::proofs::codes::{self, Issue};
use crate::store::{StoreError, Tx};

/// The planned sending of a code to a caller.
pub struct SendChallenge {
    user: User,
    contact: Contact,
}

impl SendChallenge {
    /// To the contact of that channel; without one to the email address, else to the mobile number: the first that
    /// can prove something. One in its cool-down cannot: it may be the thief's (security S5).
    pub fn plan(env: &Env<'_>, who: &Principal, channel: Option<Channel>) -> Result<Self, FlowError> {
        let user = people::require(env, who, Task::VerifyCaller)?;
        let now = env.clock.now();
        let bound = || Channel::ALL.iter().filter_map(|channel| user.contact(*channel));
        let chosen = match channel {
            Some(channel) => user.contact(channel),
            None => bound().find(|contact| contact.receives(now)).or_else(|| bound().next()),
        };
        let facts = Facts { contact: chosen, ..Facts::new(Purpose::VerifyCaller, now) };
        match (reasons(&facts).first(), chosen.cloned()) {
            (None, Some(contact)) => Ok(Self { user, contact }),
            (why, _) => {
                let refusal = Refusal::Ineligible(why.copied().unwrap_or(Ineligible::NoContact));
                env.turn_down(Action::ChallengeSent, audit::target(&user), refusal)
            }
        }
    }
}

impl AboutUser for SendChallenge {
    fn user(&self) -> &User {
        &self.user
    }
}

impl SendChallenge {
    /// Where its code goes.
    pub fn receiver(&self) -> &Contact {
        &self.contact
    }
}

impl Change for SendChallenge {
    type Done = ChallengeState;

    fn effects(&self) -> Vec<String> {
        vec![
            format!(
                "a code goes to {} for {}, who is asked to read it out",
                self.contact.masked(),
                self.user.path()
            ),
            "a challenge that was sent to them before ends".to_owned(),
        ]
    }

    fn commit(self, env: &Env<'_>, _: Confirmed) -> Result<ChallengeState, FlowError> {
        env.write_and_send(|tx| {
            let user = people::unchanged(tx.store, &self.user)?;
            let target = audit::target(&user);
            let (contact, purpose) = (&self.contact, Purpose::VerifyCaller);
            let before = tx.store.live_challenges(&user.id)?;
            let charge = Charge::of(env, contact, By::Operator);
            let waits = before.iter().find(|challenge| challenge.state == State::Sent);
            let refusal = match waits.and_then(|last| budgets::too_soon(env, last.created_at, tx.now)) {
                Some(too_soon) => Some(too_soon),
                None => eligibility::judge(tx, purpose, &user, contact, &charge)?.map(Refusal::Ineligible),
            };
            if let Some(refusal) = refusal {
                return tx.refuse(Action::ChallengeSent, target, refusal);
            }
            for challenge in before {
                tx.store.end_challenge(&challenge.id)?;
                tx.store.end_code(&challenge.code_id, CodeState::Superseded, Some(EndReason::NewerCode))?;
                tx.store.withdraw_for_code(&challenge.code_id)?;
            }
            let order = Issue { purpose, user: Some(&user), request_id: None, to: Ok(contact), charge };
            let code = codes::issue(tx, &order)?;
            let challenge = Challenge {
                id: id::new(env.entropy, "chl")?,
                user_id: user.id.clone(),
                code_id: code.id.clone(),
                uid: env.actor.uid,
                operator: env.actor.name.clone(),
                state: State::Sent,
                created_at: tx.now,
                expires_at: code.expires_at,
            };
            tx.store.insert_challenge(&challenge)?;
            NewEvent::success(Action::ChallengeSent, target)
                .with("challenge", Fact::Id(challenge.id.clone()))
                .with(Detail::Code, Fact::Id(code.id.clone()))
                .with(Detail::To, Fact::Masked(contact.masked()))
                .append(tx)?;
            Ok(ChallengeState { challenge, user: user.path(), code })
        })
    }
}

/// Judges what the caller read out. Only the operator who sent the challenge can confirm it.
pub fn confirm_caller(env: &Env<'_>, challenge: &str, digits: &Secret) -> Result<ChallengeState, FlowError> {
    env.authorize(Task::VerifyCaller, None)?;
    let mine = env.read(|tx| {
        let found = tx.challenge(challenge)?.filter(|found| found.uid == env.actor.uid);
        match found {
            Some(found) => Ok(tx.user_by_id(&found.user_id)?.map(|user| (found, user))),
            None => Ok(None),
        }
    })?;
    let Some((found, user)) = mine else {
        let target = audit::unknown_text(env.keys, challenge);
        env.record(&NewEvent::failure(Action::ChallengeFailed, target, "no_such_challenge"))?;
        return Err(Missing::Challenge.into());
    };
    env.authorize(Task::VerifyCaller, Some(&user))?;
    let tried = codes::take_try(env, Action::ChallengeFailed, |tx| {
        let target = audit::target(&user);
        // Read again: a new code may have been sent in the meantime.
        let found = tx.store.challenge(&found.id)?.ok_or_else(|| Stop::keep(Missing::Challenge))?;
        let code = tx.store.code(&found.code_id)?;
        let contact = code.as_ref().and_then(|code| code.contact_id.as_deref());
        let contact = user.contacts.iter().find(|bound| Some(bound.id.as_str()) == contact);
        let tried = match contact.filter(|_| found.state == State::Sent) {
            Some(contact) => codes::try_of_challenge(tx, &found.code_id, contact)?,
            None => None,
        };
        Ok((target, tried))
    })?;
    env.write(|tx| {
        tried.conclude(tx.store, tx.now)?;
        let target = audit::target(&user);
        let challenge = |event: NewEvent| event.with("challenge", Fact::Id(found.id.clone()));
        let wrong = challenge(NewEvent::failure(Action::ChallengeFailed, target.clone(), "wrong_code"));
        let judged = tried.accept(tx, digits, wrong);
        if let Err(Stop::Keep(FlowError::Denied(Denial::Code { tries_left: 0 }))) = judged {
            tx.store.end_challenge(&found.id)?;
        }
        judged?;
        let until = after(tx.now, SignedDuration::from_mins(CONFIRMED_MINUTES));
        if !tx.store.confirm_challenge(&found.id, tx.now, until)? {
            return tx.refuse(Action::ChallengeFailed, target, Refusal::CodeSpent);
        }
        NewEvent::success(Action::ChallengeConfirmed, target)
            .with("challenge", Fact::Id(found.id.clone()))
            .with("until", Fact::Time(until))
            .append(tx)?;
        state(tx.store, &found.id)?.ok_or_else(|| Stop::keep(Missing::Challenge))
    })
}

/// A challenge as it is now.
fn state(tx: &mut dyn Tx, id: &str) -> Result<Option<ChallengeState>, StoreError> {
    let Some(challenge) = tx.challenge(id)? else { return Ok(None) };
    let Some(code) = tx.code(&challenge.code_id)? else { return Ok(None) };
    let user = code.user.clone().unwrap_or_default();
    Ok(Some(ChallengeState { challenge, user, code }))
}

/// The newest live challenge of a person: confirmed, or with a code that can still be read out.
pub(crate) fn live(tx: &mut dyn Tx, user: &User) -> Result<Option<ChallengeState>, StoreError> {
    let found = match tx.live_challenges(&user.id)?.first() {
        Some(challenge) => state(tx, &challenge.id)?,
        None => None,
    };
    Ok(found.filter(|found| {
        let readable = found.code.state.live() || found.code.state == CodeState::Failed;
        found.challenge.state == State::Confirmed || readable
    }))
}

/// Whether the operator may go on with this task without, or with this challenge, which must be confirmed, theirs, this
/// person's, and in time. Admins need none (security O2); support needs one to end a lock or to block, whatever the
/// settings say of setup tokens.
pub(crate) fn judge(
    env: &Env<'_>,
    task: Task,
    user: &User,
    given: Option<&str>,
) -> Result<Option<Refusal>, FlowError> {
    let refusal = Refusal::CallerNotVerified(user.path());
    let Some(id) = given else {
        let optional =
            task == Task::SendSetupLink && env.settings.support.verified_caller == VerifiedCaller::Optional;
        return Ok((env.actor.role == Role::Support && !optional).then_some(refusal));
    };
    let now = env.clock.now();
    let found = env.read(|tx| tx.challenge(id))?;
    let good = found.is_some_and(|found| {
        found.state == State::Confirmed
            && found.user_id == user.id
            && found.uid == env.actor.uid
            && found.created_at <= now
            && now < found.expires_at
    });
    Ok((!good).then_some(refusal))
}

/// Uses a challenge up within the change that it stands for; one that was used, ended or is over since the plan refuses it.
pub(crate) fn use_up(
    tx: &mut Transaction<'_>,
    action: Action,
    user: &User,
    given: Option<&str>,
) -> Result<(), Stop> {
    let Some(id) = given else { return Ok(()) };
    if tx.store.use_challenge(id, &user.id, tx.env.actor.uid, tx.now)? {
        return Ok(());
    }
    tx.refuse(action, audit::target(user), Refusal::CallerNotVerified(user.path()))
}

/// The event with the challenge that it stands on; its id was found in the store.
pub(crate) fn noted(event: NewEvent, given: Option<&str>) -> NewEvent {
    match given {
        Some(id) => event.with("verified_caller", Fact::Id(id.to_owned())),
        None => event,
    }
}
