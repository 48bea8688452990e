//! "This was not me": whoever got a message about a change quotes its reference, and the person is blocked until an
//! operator has looked.
//!
//! By themselves people do that blindly: whether a reference is right shows in nothing they could see (security E1).
//! The help desk does it for a caller, and is told plainly (E6).

use jiff::SignedDuration;

use crate::domain::code::{EndReason, State as CodeState};
use crate::domain::notice::{Disowned, GUESSED, Notice, State, describe};
use crate::domain::request::State as RequestState;
use crate::domain::time::before;
use crate::domain::{Action, Credential, Fact, Failures, NewEvent, Task, User, attempt};
use crate::flow::foundation::{
    AboutUser, Change, Confirmed, Env, FlowError, Missing, Refusal, Stop, Transaction, audit, people,
    suppressed,
};
use crate::flow::messages::notices;
use crate::flow::messages::notices::CODE;
use crate::flow::proofs::attempts::{self, Trial};
use crate::flow::proofs::{credentials, guesses};
use crate::flow::story::caller_challenge;
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
    let trial = Trial::new(attempt::Kind::Reference, "disown", &subject, &env.actor.source);
    let spent = env.write(|tx| {
        let source = env.actor.source.as_bytes();
        if tx.store.spent(SOURCE, source, before(tx.now, HOUR))?
            >= u64::from(env.settings.budgets.source_per_hour)
        {
            let event = NewEvent::failure(Action::DisownChange, unknown.clone(), "source_throttled");
            suppressed::record(tx, event)?;
            return Ok(None);
        }
        tx.store.spend(SOURCE, source, tx.now)?;
        Ok(Some(attempts::spend(tx, &trial)?))
    })?;
    let Some(spent) = spent else { return Ok(()) };
    env.write_and_send(|tx| {
        spent.conclude(tx.store, tx.now)?;
        let notice = find(env, tx.store, reference)?;
        let user = person(tx.store, notice.as_ref())?;
        let code = match (&notice, &user) {
            (Some(notice), Some(user)) => {
                if tx.store.use_notice(&notice.id, tx.now)? {
                    act(tx, notice, user)?;
                    return Ok(());
                }
                "reference_spent"
            }
            _ => "unknown_reference",
        };
        let target = user.as_ref().map_or_else(|| unknown.clone(), audit::target);
        NewEvent::failure(Action::DisownChange, target, code).append(tx)?;
        // As many messages as a block sends, to nobody.
        tell(tx, None)?;
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
fn act(tx: &mut Transaction<'_>, notice: &Notice, user: &User) -> Result<DisownDone, FlowError> {
    let blocks = !only_stops(&notice.about);
    let (action, ended) = if blocks {
        (Action::DisownChange, block(tx, notice, user)?)
    } else {
        (Action::DisownCode, stop(tx.store, notice, user)?)
    };
    NewEvent::success(action, audit::target(user))
        .with("notice", Fact::Id(notice.id.clone()))
        .with("about", Fact::Id(notice.about.clone()))
        .with("noticed_at", Fact::Time(notice.created_at))
        .with("ended", Fact::Count(ended))
        .append(tx)?;
    tell(tx, Some(user).filter(|_| blocks))?;
    let after = tx.store.user_by_id(&user.id)?.unwrap_or_else(|| user.clone());
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
fn block(tx: &mut Transaction<'_>, notice: &Notice, user: &User) -> Result<u64, FlowError> {
    let former = || user.disowned.as_ref().and_then(|disowned| disowned.former.clone());
    let former = credentials::sealed(tx.env, user)?.or_else(former);
    let credential =
        Credential { changed_at: Some(tx.now), epoch: user.credential.epoch + 1, ..Credential::default() };
    if !tx.store.set_credential(&user.id, &credential)? {
        return Err(Refusal::ChangedMeanwhile(user.path()).into());
    }
    let disowned = Disowned { at: tx.now, notice_id: notice.id.clone(), about: notice.about.clone(), former };
    tx.store.set_disowned(&user.id, Some(&disowned))?;
    // Whoever made the change may have got a reference to it as well, and must not block the person again.
    tx.store.end_notices(&user.id)?;
    // They may be known because whoever it was signed in from there.
    tx.store.forget_devices(&user.id)?;
    credentials::end_everything(tx.store, user, EndReason::Disowned, None)
}

/// Ends every lock of a person at an operator's word: that of failed sign-ins, that of too many wrong codes, and the
/// block.
pub(crate) fn unlock(tx: &mut Transaction<'_>, user: &User, caller: Option<&str>) -> Result<(), FlowError> {
    end_lock(tx, user, caller)?;
    if guesses::any_off(tx.env, tx.store, tx.now, user)? {
        guesses::forget_all(tx.env, tx.store, user)?;
        let event = NewEvent::success(Action::UnlockUser, audit::target(user));
        event.with("wrong_codes", Fact::Word("forgotten")).append(tx)?;
    }
    lift(tx, user)
}

/// Ends the lock of failed sign-ins alone; `caller` is the challenge it stands on, if it does.
pub(crate) fn end_lock(tx: &mut Transaction<'_>, user: &User, caller: Option<&str>) -> Result<(), FlowError> {
    // Those without an outcome would lock again within a minute.
    if tx.store.end_sign_ins(&user.id)? > 0 || user.failures != Failures::default() {
        tx.store.forget_failures(&user.id)?;
        let event = NewEvent::success(Action::UnlockUser, audit::target(user));
        caller_challenge::noted(event, caller).append(tx)?;
    }
    Ok(())
}

/// Ends the block: an operator has looked. The password that was taken away joins the former ones.
fn lift(tx: &mut Transaction<'_>, user: &User) -> Result<(), FlowError> {
    let Some(disowned) = &user.disowned else { return Ok(()) };
    if let Some((key, sealed)) = &disowned.former {
        credentials::remember(tx.store, tx.now, user, key, sealed)?;
    }
    tx.store.set_disowned(&user.id, None)?;
    NewEvent::success(Action::UnlockUser, audit::target(user))
        .with("disowned_at", Fact::Time(disowned.at))
        .with("notice", Fact::Id(disowned.notice_id.clone()))
        .append(tx)
}

/// Tells every verified contact that the person is blocked, or nobody, in as many messages.
fn tell(tx: &mut Transaction<'_>, user: Option<&User>) -> Result<(), FlowError> {
    let who = user.map_or_else(|| "nobody".to_owned(), User::path);
    let text = Text::Blocked { user: &who, at: tx.now, host: &tx.env.actor.host };
    notices::queue_for_each_channel(tx, user, &text)
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
        let (notice, user) = env.write(|tx| {
            spent.conclude(tx.store, tx.now)?;
            let notice = find(env, tx.store, reference)?;
            let user = person(tx.store, notice.as_ref())?;
            if let Some(found) = notice.zip(user) {
                return Ok(found);
            }
            let target = audit::unknown_text(env.keys, reference);
            NewEvent::failure(Action::DisownChange, target, "unknown_reference").append(tx)?;
            Err(Stop::keep(Missing::Reference))
        })?;
        env.authorize(Task::Disown, Some(&user))?;
        if notice.state != State::Live {
            return env.turn_down(Action::DisownChange, audit::target(&user), Refusal::ReferenceSpent);
        }
        Ok(Self { notice, user })
    }
}

impl AboutUser for DisownNotice {
    fn user(&self) -> &User {
        &self.user
    }

    fn after(&self) -> User {
        let mut user = self.user.clone();
        if self.blocks() {
            let epoch = user.credential.epoch + 1;
            user.credential = Credential { epoch, ..Credential::default() };
        }
        user
    }
}

impl DisownNotice {
    /// What the reference stands for.
    pub fn notice(&self) -> &Notice {
        &self.notice
    }

    pub fn blocks(&self) -> bool {
        !only_stops(&self.notice.about)
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
                "{who} is blocked, because of \"{about}\": nobody can sign in or reset the password until `user \
                 enable --unlock`"
            ),
            format!("the password of {who} is gone; sessions elsewhere can end"),
            format!("every live code, setup token and request of {who} ends"),
            "every verified contact is told".to_owned(),
        ]
    }

    fn commit(self, env: &Env<'_>, _: Confirmed) -> Result<DisownDone, FlowError> {
        env.write_and_send(|tx| {
            let target = audit::target(&self.user);
            let user = people::reload(tx.store, &self.user)?;
            if !tx.store.use_notice(&self.notice.id, tx.now)? {
                return tx.refuse(Action::DisownChange, target, Refusal::ReferenceSpent);
            }
            Ok(act(tx, &self.notice, &user)?)
        })
    }
}
