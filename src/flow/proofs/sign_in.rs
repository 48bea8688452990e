//! Signing in: one judgement for `login`, for `verify`, and before people change what is their own.
//!
//! Whoever is named, known or not, costs the same: one look-up, one hash, one transaction that spends the attempt and
//! one that judges it (security E1, E3, K11).

use jiff::Timestamp;

use crate::domain::event::{Action, Fact, NewEvent};
use crate::domain::lock::{self, Rule};
use crate::domain::mfa::Fault;
use crate::domain::policy::{LoginPolicy, PasswordPolicy};
use crate::domain::secret::Secret;
use crate::domain::sign_in::{self as judgement, Bar, Duty, Verdict};
use crate::domain::user::{Failures, User};
use crate::domain::who::Who;
use crate::flow::foundation::counted::TotpUse;
use crate::flow::foundation::{Denial, Env, FlowError, Refusal, Stop, audit, people};
use crate::flow::proofs::hashed::Hashed;
use crate::flow::proofs::login_protection::{self, Protected};
use crate::flow::proofs::totp;
use crate::flow::proofs::{attempts, credentials, self_service, slow};
use crate::store::Tx;

/// How often the judgement begins anew because the password was changed while it was being hashed.
const ROUNDS: u32 = 3;

/// In the records: the stored hash is damaged, or of a cost that is not tried (security P7).
const UNUSABLE_HASH: &str = "unusable_hash";

/// What somebody shows to prove who they are.
pub struct Presented<'a> {
    /// As typed.
    pub password: &'a Secret,
    /// The digits of an authenticator; looked at only where one is bound, and the password is right.
    pub totp: Option<&'a Secret>,
}

impl<'a> Presented<'a> {
    pub fn password(password: &'a Secret) -> Self {
        Self { password, totp: None }
    }
}

/// What the judgement says. A no is one and the same for every cause (security E1). Only whoever has the right
/// password hears of an authenticator: that its code is missing or wrong is a [`Denial::Totp`].
#[must_use]
pub enum SignIn {
    Right(SignedIn),
    /// Right credentials, with a password that must be changed before it can be used.
    MustChange(Owing),
    /// The right password, and login protection asks for more.
    Protected(Protected),
    Denied,
}

/// Somebody who proved who they are, and must change the password before it is of use.
pub struct Owing {
    user: User,
    proven_at: Timestamp,
}

impl Owing {
    pub(crate) fn new(user: User, proven_at: Timestamp) -> Self {
        Self { user, proven_at }
    }

    pub(crate) fn into_parts(self) -> (User, Timestamp) {
        (self.user, self.proven_at)
    }
}

/// Somebody who proved who they are.
pub struct SignedIn {
    pub user: User,
    /// The sign-in before this one.
    pub previous_login: Option<Timestamp>,
    /// Wrong passwords that were counted before this right one.
    pub failures_before: u32,
    /// When the password stops to be of use.
    pub expires_at: Option<Timestamp>,
    /// Whether that is so near that the person should be told.
    pub expires_soon: bool,
    pub policy: LoginPolicy,
}

/// What somebody proves who they are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A sign-in: recorded as such, and as the last one.
    SignIn,
    /// The same by a person, whom login protection asks for more.
    Login,
    /// Something they do to their own identity; a no is recorded as a failure of it.
    Own(Action),
}

impl Purpose {
    /// For the record of an attempt.
    fn word(self) -> &'static str {
        match self {
            Self::SignIn | Self::Login => Action::Login.as_str(),
            Self::Own(action) => action.as_str(),
        }
    }
}

/// Signs a person in, or not yet: login protection is asked here alone.
pub fn log_in(env: &Env<'_>, who: &Who, presented: &Presented<'_>) -> Result<SignIn, FlowError> {
    prove(env, who, presented, Purpose::Login)
}

/// Signs somebody in, or not, for a program.
pub fn sign_in(env: &Env<'_>, who: &Who, presented: &Presented<'_>) -> Result<SignIn, FlowError> {
    prove(env, who, presented, Purpose::SignIn)
}

/// The judgement: spends the attempt, hashes outside any transaction, then judges in another one.
pub(crate) fn prove(
    env: &Env<'_>,
    who: &Who,
    presented: &Presented<'_>,
    purpose: Purpose,
) -> Result<SignIn, FlowError> {
    slow::wait(env)?;
    let (spent, mut user) = attempts::spend_sign_in(env, who, purpose.word())?;
    let mut round = 1;
    loop {
        let hashed = Hashed::of(env, user.as_ref(), presented)?;
        let judged = env.write(|tx, now| {
            let user = people::find(tx, who)?;
            let same = user.as_ref().and_then(|user| user.credential.hash.as_ref()) == hashed.stored.as_ref();
            if !same && round < ROUNDS {
                return Ok(None);
            }
            spent.conclude(tx, now)?;
            if same {
                return judge(env, tx, now, who, user, &hashed, purpose).map(Some);
            }
            // Whoever changes it that fast is not signing in: what was right about another hash is not for this.
            judge(env, tx, now, who, user, &Hashed::wrong(), purpose).map(Some)
        });
        match judged {
            Ok(Some(judged)) => return Ok(judged),
            Ok(None) => {}
            // It counts as wrong already; programs know no other no.
            Err(FlowError::Refused(Refusal::OutcomeTooLate)) if purpose == Purpose::SignIn => {
                return Ok(SignIn::Denied);
            }
            Err(error) => return Err(error),
        }
        user = env.read(|tx| people::find(tx, who))?;
        round += 1;
    }
}

/// Lets somebody in who has this moment changed the password that they were stopped with.
pub(crate) fn again(env: &Env<'_>, changed: &User) -> Result<SignedIn, FlowError> {
    env.write(|tx, now| {
        let user = people::unchanged(tx, changed)?;
        if judgement::obstacle(&user, now).is_some() {
            return Err(Stop::keep(Denial::Credentials));
        }
        Ok(welcome(env, tx, now, user)?)
    })
}

/// Lets somebody in who has proved all that is asked.
pub(crate) fn welcome(
    env: &Env<'_>,
    tx: &mut dyn Tx,
    now: Timestamp,
    user: User,
) -> Result<SignedIn, FlowError> {
    let login = credentials::login_policy(tx, &user.account_id)?;
    let password = credentials::password_policy(tx, &user.account_id)?;
    let_in(env, tx, now, &user)?;
    Ok(signed_in(user, &password, login, now))
}

fn let_in(env: &Env<'_>, tx: &mut dyn Tx, now: Timestamp, user: &User) -> Result<(), FlowError> {
    tx.set_last_login(&user.id, now)?;
    audit::append(env, tx, now, &NewEvent::success(Action::Login, audit::target(user)))
}

/// Judges within the transaction that counts. `user` was read in it.
fn judge(
    env: &Env<'_>,
    tx: &mut dyn Tx,
    now: Timestamp,
    who: &Who,
    user: Option<User>,
    hashed: &Hashed<'_>,
    purpose: Purpose,
) -> Result<SignIn, Stop> {
    // The same reads for a name that nobody has.
    let account = user.as_ref().map_or("", |user| user.account_id.as_str());
    let login = credentials::login_policy(tx, account)?;
    let password = credentials::password_policy(tx, account)?;
    let Some(mut user) = user else {
        tx.active_from("")?;
        let subject = attempts::subject_of(env, None, &who.key());
        let so_far = tx.failures(&subject)?;
        let counts = so_far.locked(now).is_none();
        let failures = if counts { lock::after_failure(so_far, Rule::of(&login), now) } else { so_far };
        tx.set_failures(&subject, failures)?;
        slow::failed(tx, now, &env.actor.source)?;
        let event = NewEvent::failure(failed(purpose), audit::unknown(env.keys, who), Bar::Unknown.code());
        audit::append(env, tx, now, &event)?;
        return Ok(SignIn::Denied);
    };
    if let Some(error) = hashed.unusable {
        deny(env, tx, now, &user, UNUSABLE_HASH, None, purpose)?;
        return Err(Stop::keep(error));
    }
    let mut verdict = judgement::judge(&user, hashed.right, password.password_validity_period, now);
    if self_service::is_unused(tx, &user, &login, now)? && !matches!(verdict, Verdict::Denied(_)) {
        // Written down only for a right password: whoever guesses sees no other rows for it (security E1).
        self_service::disable(env, tx, now, &user)?;
        verdict = Verdict::Denied(Bar::Unused);
    }
    if !matches!(verdict, Verdict::Denied(_))
        && let Err(fault) = totp::check(env, tx, now, &user, hashed.totp, TotpUse::SignIn)?
    {
        second_failed(env, tx, now, &user, fault, &login, purpose)?;
        return Err(Stop::keep(Denial::totp(fault)));
    }
    if purpose == Purpose::Login && !matches!(verdict, Verdict::Denied(_)) {
        let duty = if let Verdict::MustChange(duty) = verdict { Some(duty) } else { None };
        match login_protection::asked(&user, now) {
            Ok(None) => {}
            Ok(Some(asks)) => {
                // The count of wrong ones goes on: they are not let in yet.
                strengthen(tx, &mut user, hashed)?;
                return Ok(SignIn::Protected(Protected::new(user, duty, asks, now)));
            }
            Err(unmet) => return env.refuse(tx, now, Action::LoginFailed, audit::target(&user), unmet),
        }
    }
    let judged = match verdict {
        Verdict::Denied(bar) => {
            let counted = counted(&user, hashed.right, bar, &login, now);
            deny(env, tx, now, &user, bar.code(), counted, purpose)?;
            SignIn::Denied
        }
        Verdict::MustChange(duty) => {
            accept(tx, &mut user, hashed)?;
            owe(env, tx, now, &user, duty, purpose)?;
            SignIn::MustChange(Owing { user, proven_at: now })
        }
        Verdict::Right => {
            accept(tx, &mut user, hashed)?;
            if matches!(purpose, Purpose::SignIn | Purpose::Login) {
                let_in(env, tx, now, &user)?;
            }
            SignIn::Right(signed_in(user, &password, login, now))
        }
    };
    Ok(judged)
}

/// Records that the second proof was missing, or wrong; a wrong one counts towards the lock, like a wrong password.
fn second_failed(
    env: &Env<'_>,
    tx: &mut dyn Tx,
    now: Timestamp,
    user: &User,
    fault: Fault,
    login: &LoginPolicy,
    purpose: Purpose,
) -> Result<(), FlowError> {
    if fault == Fault::Missing {
        let event = NewEvent::refused(failed(purpose), audit::target(user), fault.code());
        return audit::append(env, tx, now, &event);
    }
    let counted = lock::after_failure(user.failures, Rule::of(login), now);
    deny(env, tx, now, user, fault.code(), Some(counted), purpose)
}

/// Counts a wrong code of login protection, like a wrong password.
pub(crate) fn failed_code(
    env: &Env<'_>,
    tx: &mut dyn Tx,
    now: Timestamp,
    user: &User,
    login: &LoginPolicy,
) -> Result<(), FlowError> {
    let counted = lock::after_failure(user.failures, Rule::of(login), now);
    deny(env, tx, now, user, "wrong_code", Some(counted), Purpose::Login)
}

fn signed_in(user: User, password: &PasswordPolicy, login: LoginPolicy, now: Timestamp) -> SignedIn {
    let expires_at = judgement::expiry(&user, password.password_validity_period);
    SignedIn {
        previous_login: user.last_login_at,
        failures_before: user.failures.count,
        expires_at,
        expires_soon: expires_at.is_some_and(|end| judgement::expires_soon(end, now)),
        policy: login,
        user,
    }
}

/// What the failures are after a no. Wrong passwords count towards a lock, but not during one.
fn counted(user: &User, right: bool, bar: Bar, login: &LoginPolicy, now: Timestamp) -> Option<Failures> {
    let counts = !right && bar != Bar::Locked;
    counts.then(|| lock::after_failure(user.failures, Rule::of(login), now))
}

/// Records a no, in the same writes whether it counts or not.
fn deny(
    env: &Env<'_>,
    tx: &mut dyn Tx,
    now: Timestamp,
    user: &User,
    code: &'static str,
    counted: Option<Failures>,
    purpose: Purpose,
) -> Result<(), FlowError> {
    tx.set_failures(&user.id, counted.unwrap_or(user.failures))?;
    slow::failed(tx, now, &env.actor.source)?;
    let event = NewEvent::failure(failed(purpose), audit::target(user), code);
    let event = match counted.and_then(|failures| failures.locked(now)) {
        Some(until) => event.with("locked_until", Fact::Time(until)),
        None => event,
    };
    audit::append(env, tx, now, &event)
}

/// A right password ends the count of wrong ones, and its hash is replaced by a stronger one.
fn accept(tx: &mut dyn Tx, user: &mut User, hashed: &Hashed<'_>) -> Result<(), FlowError> {
    if user.failures != Failures::default() {
        tx.forget_failures(&user.id)?;
    }
    strengthen(tx, user, hashed)
}

fn strengthen(tx: &mut dyn Tx, user: &mut User, hashed: &Hashed<'_>) -> Result<(), FlowError> {
    if let (Some(from), Some(to)) = (&hashed.stored, &hashed.stronger) {
        tx.upgrade_hash(&user.id, from, to)?;
        user.credential.hash = Some(to.clone());
    }
    Ok(())
}

/// Records that somebody was right and yet not let in. What they do about it has its own record.
pub(crate) fn owe(
    env: &Env<'_>,
    tx: &mut dyn Tx,
    now: Timestamp,
    user: &User,
    duty: Duty,
    purpose: Purpose,
) -> Result<(), FlowError> {
    if matches!(purpose, Purpose::SignIn | Purpose::Login) {
        let event = NewEvent::refused(Action::LoginFailed, audit::target(user), duty.code());
        audit::append(env, tx, now, &event)?;
    }
    Ok(())
}

fn failed(purpose: Purpose) -> Action {
    match purpose {
        Purpose::SignIn | Purpose::Login => Action::LoginFailed,
        Purpose::Own(action) => action,
    }
}

impl SignIn {
    /// For those who need somebody signed in, or nothing.
    pub fn into_result(self) -> Result<SignedIn, FlowError> {
        match self {
            Self::Right(signed_in) => Ok(signed_in),
            Self::MustChange(_) => Err(FlowError::MustChange),
            // Nobody but `log_in` is given the first.
            Self::Protected(_) | Self::Denied => Err(Denial::Credentials.into()),
        }
    }
}

#[cfg(test)]
#[path = "sign_in_tests.rs"]
mod tests;
