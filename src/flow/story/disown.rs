//! "This was not me": whoever got a message about a change quotes its reference, and the person is blocked until an
//! operator has looked.
//!
//! By themselves people do that blindly: whether a reference is right shows in nothing they could see (security E1).
//! The help desk does it for a caller, and is told plainly (E6).

use jiff::{SignedDuration, Timestamp};

use crate::domain::attempt;
use crate::domain::code::{EndReason, State as CodeState};
use crate::domain::event::{Action, Fact, NewEvent};
use crate::domain::notice::{Disowned, GUESSED, Notice, State, describe};
use crate::domain::operator::Task;
use crate::domain::request::State as RequestState;
use crate::domain::time::before;
use crate::domain::user::{Credential, Failures, User};
use crate::flow::foundation::{
    Change, Confirmed, Env, FlowError, Missing, Refusal, Stop, audit, people, surplus,
};
use crate::flow::messages::notice_reference::CODE;
use crate::flow::messages::notices;
use crate::flow::proofs::attempts::{self, Trial};
use crate::flow::proofs::{credentials, guesses};
use crate::keyring::Purpose;
use crate::store::{CodesOf, StoreError, Tx};
use crate::texts::Text;

/// Attempts from one place.
const SOURCE: &str = "disowned_from_source";
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// The notice with this reference. It is looked up by its keyed hash, so that the time it takes tells nothing about
/// any other; under every key, because a notice outlives a rotation.
fn find(env: &Env<'_>, tx: &mut dyn Tx, reference: &str) -> Result<Option<Notice>, FlowError> {
    let mut found = None;
    for (_, tag) in env.keys.every_mac(Purpose::Notice, &[reference.as_bytes()]) {
        let notice = tx.notice_by_tag(&tag)?;
        found = found.or(notice);
    }
    Ok(found)
}

/// Whose a notice is; the same read where there is none.
fn person(tx: &mut dyn Tx, notice: Option<&Notice>) -> Result<Option<User>, StoreError> {
    tx.user_by_id(notice.and_then(|notice| notice.user_id.as_deref()).unwrap_or_default())
}

/// The person's own way. It answers nothing: a reference that is wrong, used or too old ends like a right one, with as
/// many rows written. A place that has tried too often is answered so, too, and nothing is looked up for it.
pub fn disown(env: &Env<'_>, reference: &str) -> Result<(), FlowError> {
    let unknown = audit::unknown_text(env.keys, reference);
    let subject = attempts::of_typed(env, attempt::Kind::Reference, reference);
    let source = env.actor.source.as_str();
    let trial =
        Trial { kind: attempt::Kind::Reference, purpose: "disown", subject: &subject, counted: &[], source };
    let spent = env.write(|tx, now| {
        let source = env.actor.source.as_bytes();
        if tx.spent(SOURCE, source, before(now, HOUR))? >= u64::from(env.settings.budgets.source_per_hour) {
            let event = NewEvent::failure(Action::DisownChange, unknown.clone(), "source_throttled");
            surplus::record(env, tx, now, event)?;
            return Ok(None);
        }
        tx.spend(SOURCE, source, now)?;
        Ok(Some(attempts::spend(env, tx, now, &trial)?))
    })?;
    let Some(spent) = spent else { return Ok(()) };
    env.write_and_send(|tx, now| {
        spent.conclude(tx, now)?;
        let notice = find(env, tx, reference)?;
        let user = person(tx, notice.as_ref())?;
        let code = match (&notice, &user) {
            (Some(notice), Some(user)) => {
                if tx.use_notice(&notice.id, now)? {
                    act(env, tx, now, notice, user)?;
                    return Ok(());
                }
                "reference_spent"
            }
            _ => "unknown_reference",
        };
        let target = user.as_ref().map_or_else(|| unknown.clone(), audit::target);
        audit::append(env, tx, now, &NewEvent::failure(Action::DisownChange, target, code))?;
        // As many messages as a block sends, to nobody.
        tell(env, tx, now, None)?;
        Ok(())
    })
}

/// What quoting a reference did.
#[derive(Clone)]
pub struct DisownDone {
    pub user: User,
    pub notice_id: String,
    pub about: String,
    /// Whether the person is blocked; a code that was not asked for is ended, and no more.
    pub blocked: bool,
}

/// Does what the notice is for. One event, and a message for each channel, whatever it is.
fn act(
    env: &Env<'_>,
    tx: &mut dyn Tx,
    now: Timestamp,
    notice: &Notice,
    user: &User,
) -> Result<DisownDone, FlowError> {
    let blocks = !only_stops(&notice.about);
    let (action, ended) = if blocks {
        (Action::DisownChange, block(env, tx, now, notice, user)?)
    } else {
        (Action::DisownCode, stop(tx, notice, user)?)
    };
    let event = NewEvent::success(action, audit::target(user))
        .with("notice", Fact::Id(notice.id.clone()))
        .with("about", Fact::Id(notice.about.clone()))
        .with("noticed_at", Fact::Time(notice.created_at))
        .with("ended", Fact::Count(ended));
    audit::append(env, tx, now, &event)?;
    tell(env, tx, now, Some(user).filter(|_| blocks))?;
    let after = tx.user_by_id(&user.id)?.unwrap_or_else(|| user.clone());
    Ok(DisownDone { user: after, notice_id: notice.id.clone(), about: notice.about.clone(), blocked: blocks })
}

/// Whether disowning it ends what was begun, and blocks nobody.
fn only_stops(about: &str) -> bool {
    about == CODE || about == GUESSED
}

/// Ends a code that its receiver did not ask for, and the request it belongs to; where many were guessed at, all of
/// the person's.
fn stop(tx: &mut dyn Tx, notice: &Notice, user: &User) -> Result<u64, FlowError> {
    if notice.about == GUESSED {
        let codes = tx.end_codes(CodesOf::User(&user.id), EndReason::Disowned)?;
        return Ok(codes + tx.end_requests(&user.id, RequestState::Cancelled, None)?);
    }
    let Some(code) = tx.code(notice.code_id.as_deref().unwrap_or_default())? else { return Ok(0) };
    let mut ended = u64::from(tx.end_code(&code.id, CodeState::Revoked, Some(EndReason::Disowned))?);
    tx.withdraw_for_code(&code.id)?;
    if let Some(request) = &code.request_id {
        ended += tx.end_codes(CodesOf::Request(request), EndReason::Disowned)?;
        ended += u64::from(tx.advance_request(request, &RequestState::LIVE, RequestState::Cancelled)?);
    }
    Ok(ended)
}

/// Takes the password and everything else away that somebody could come in with, until an operator looks. The former
/// password waits beside the person: no row is written that a wrong reference would not leave, too.
fn block(
    env: &Env<'_>,
    tx: &mut dyn Tx,
    now: Timestamp,
    notice: &Notice,
    user: &User,
) -> Result<u64, FlowError> {
    let sealed = match &user.credential.hash {
        Some(hash) => {
            let sealed = env.keys.seal(hash.as_phc().as_bytes(), user.id.as_bytes(), env.entropy)?;
            Some((sealed.key_id.to_string(), sealed.bytes))
        }
        None => user.disowned.as_ref().and_then(|disowned| disowned.former.clone()),
    };
    let credential =
        Credential { changed_at: Some(now), epoch: user.credential.epoch + 1, ..Credential::default() };
    if !tx.set_credential(&user.id, &credential)? {
        return Err(Refusal::ChangedMeanwhile(user.path()).into());
    }
    let disowned =
        Disowned { at: now, notice_id: notice.id.clone(), about: notice.about.clone(), former: sealed };
    tx.set_disowned(&user.id, Some(&disowned))?;
    // Whoever made the change may have got a reference to it as well, and must not block the person again.
    tx.end_notices(&user.id)?;
    // They may be known because whoever it was signed in from there.
    tx.forget_devices(&user.id)?;
    credentials::end_everything(tx, user, EndReason::Disowned, None)
}

/// Ends every lock of a person at an operator's word: that of failed sign-ins, that of too many wrong codes, and the
/// block.
pub(crate) fn unlock(env: &Env<'_>, tx: &mut dyn Tx, now: Timestamp, user: &User) -> Result<(), FlowError> {
    // Those without an outcome would lock again within a minute.
    if tx.end_sign_ins(&user.id)? > 0 || user.failures != Failures::default() {
        tx.forget_failures(&user.id)?;
        audit::append(env, tx, now, &NewEvent::success(Action::UnlockUser, audit::target(user)))?;
    }
    if guesses::any_off(env, tx, now, user)? {
        guesses::forget_all(env, tx, user)?;
        let event = NewEvent::success(Action::UnlockUser, audit::target(user));
        audit::append(env, tx, now, &event.with("wrong_codes", Fact::Word("forgotten")))?;
    }
    lift(env, tx, now, user)
}

/// Ends the block: an operator has looked. The password that was taken away joins the former ones.
fn lift(env: &Env<'_>, tx: &mut dyn Tx, now: Timestamp, user: &User) -> Result<(), FlowError> {
    let Some(disowned) = &user.disowned else { return Ok(()) };
    if let Some((key, sealed)) = &disowned.former {
        credentials::remember(tx, now, user, key, sealed)?;
    }
    tx.set_disowned(&user.id, None)?;
    let event = NewEvent::success(Action::UnlockUser, audit::target(user))
        .with("disowned_at", Fact::Time(disowned.at))
        .with("notice", Fact::Id(disowned.notice_id.clone()));
    audit::append(env, tx, now, &event)
}

/// Tells every verified contact that the person is blocked, or nobody, in as many messages.
fn tell(env: &Env<'_>, tx: &mut dyn Tx, now: Timestamp, user: Option<&User>) -> Result<(), FlowError> {
    let who = user.map_or_else(|| "nobody".to_owned(), User::path);
    let text = Text::Blocked { user: &who, at: now, host: &env.actor.host };
    notices::queue_for_each_channel(env, tx, now, user, &text)
}

/// The help desk's way, for somebody who reads a reference out.
pub struct DisownNotice {
    notice: Notice,
    user: User,
}

impl DisownNotice {
    pub fn plan(env: &Env<'_>, reference: &str) -> Result<Self, FlowError> {
        env.authorize(Task::Disown, None)?;
        let spent = attempts::spend_typed(env, attempt::Kind::Reference, "disown", reference)?;
        let (notice, user) = env.write(|tx, now| {
            spent.conclude(tx, now)?;
            let notice = find(env, tx, reference)?;
            let user = person(tx, notice.as_ref())?;
            if let Some(found) = notice.zip(user) {
                return Ok(found);
            }
            let target = audit::unknown_text(env.keys, reference);
            let event = NewEvent::failure(Action::DisownChange, target, "unknown_reference");
            audit::append(env, tx, now, &event)?;
            Err(Stop::keep(Missing::Reference))
        })?;
        env.authorize(Task::Disown, Some(&user))?;
        if notice.state != State::Live {
            return env.turn_down(Action::DisownChange, audit::target(&user), Refusal::ReferenceSpent);
        }
        Ok(Self { notice, user })
    }
}

impl Change for DisownNotice {
    type Done = DisownDone;

    fn effects(&self) -> Vec<String> {
        let (who, about) = (self.user.path(), describe(&self.notice.about));
        if self.notice.about == CODE {
            return vec![format!("the code for {who} that nobody asked for ends, and so does its request")];
        }
        if self.notice.about == GUESSED {
            return vec![format!("every live code and request of {who} ends, and nobody is blocked")];
        }
        vec![
            format!(
                "{who} is blocked, because of \"{about}\": nobody signs in or resets the password before \
                 `user enable --unlock`"
            ),
            format!("the password of {who} is gone; sessions elsewhere can end"),
            format!("every live code, setup token and request of {who} ends"),
            "every verified contact is told".to_owned(),
        ]
    }

    fn commit(self, env: &Env<'_>, _: Confirmed) -> Result<DisownDone, FlowError> {
        env.write_and_send(|tx, now| {
            let target = audit::target(&self.user);
            let user = people::reload(tx, &self.user)?;
            if !tx.use_notice(&self.notice.id, now)? {
                return env.refuse(tx, now, Action::DisownChange, target, Refusal::ReferenceSpent);
            }
            Ok(act(env, tx, now, &self.notice, &user)?)
        })
    }
}
