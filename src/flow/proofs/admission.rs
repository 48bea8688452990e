//! Letting somebody in, or not: what a sign-in can end in, and what is recorded of it.

use jiff::Timestamp;

use crate::domain::event::Detail;
use crate::domain::lock::{self, Rule};
use crate::domain::sign_in::{self as judgement, Duty};
use crate::domain::{
    Action, Channel, Contact, Fact, Failures, LoginPolicy, LoginProtection, NewEvent, PasswordPolicy, User,
};
use crate::flow::foundation::{Denial, FlowError, Refusal, Transaction, audit, policies};
use crate::flow::proofs::backoff;

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

impl SignIn {
    /// Whoever had the right credentials.
    pub(super) fn user_mut(&mut self) -> Option<&mut User> {
        match self {
            Self::Right(SignedIn { user, .. })
            | Self::MustChange(Owing { user, .. })
            | Self::Protected(Protected { user, .. }) => Some(user),
            Self::Denied => None,
        }
    }
}

/// Somebody who proved who they are, and must change the password before it is of use.
pub struct Owing {
    pub(crate) user: User,
    pub(crate) proven_at: Timestamp,
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
    /// A sign-in by a person, whom login protection asks for more.
    Login,
    /// Something they do to their own identity; a no is recorded as a failure of it.
    Own(Action),
}

impl Purpose {
    /// For the record of an attempt.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::SignIn | Self::Login => Action::Login.as_str(),
            Self::Own(action) => action.as_str(),
        }
    }
}

/// Somebody with the right password, whom login protection asks for more before they are let in.
pub struct Protected {
    pub(super) user: User,
    /// Why the password must be changed, once they are through.
    pub(super) duty: Option<Duty>,
    pub(super) asks: Asks,
    pub(super) proven_at: Timestamp,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asks {
    /// A code that is sent to this contact of theirs.
    Code(Contact),
    /// To bind an authenticator.
    Authenticator,
}

/// What login protection asks of somebody whose password, and authenticator where one is bound, was right; `None`
/// is nothing more.
pub(crate) fn asked(user: &User, now: Timestamp) -> Result<Option<Asks>, Refusal> {
    let channel = match user.login_protection {
        LoginProtection::None => return Ok(None),
        LoginProtection::Vmfa => return Ok((!user.mfa).then_some(Asks::Authenticator)),
        LoginProtection::Sms => Channel::Mobile,
        LoginProtection::Email => Channel::Email,
    };
    let unmet = |why| Refusal::ProtectionUnmet { by: by(channel), why };
    let contact = user.contact(channel).ok_or_else(|| unmet(none(channel)))?;
    if contact.receives(now) {
        Ok(Some(Asks::Code(contact.clone())))
    } else if contact.verified_at.is_some() {
        Err(unmet("yours was changed recently and receives none yet"))
    } else {
        Err(unmet(none(channel)))
    }
}

fn by(channel: Channel) -> &'static str {
    match channel {
        Channel::Email => "email",
        Channel::Mobile => "SMS",
    }
}

fn none(channel: Channel) -> &'static str {
    match channel {
        Channel::Email => "you have no verified email address",
        Channel::Mobile => "you have no verified mobile number",
    }
}

/// Lets somebody in who has proved all that is asked.
pub(crate) fn welcome(tx: &mut Transaction<'_>, user: User) -> Result<SignedIn, FlowError> {
    let login = policies::login(tx.store, &user.account_id)?;
    let password = policies::password(tx.store, &user.account_id)?;
    let_in(tx, &user)?;
    Ok(signed_in(user, &password, login, tx.now))
}

pub(super) fn let_in(tx: &mut Transaction<'_>, user: &User) -> Result<(), FlowError> {
    tx.store.set_last_login(&user.id, tx.now)?;
    NewEvent::success(Action::Login, audit::target(user)).append(tx)
}

/// Records that somebody was right and yet not let in. What they do about it has its own record.
pub(crate) fn record_duty(
    tx: &mut Transaction<'_>,
    user: &User,
    duty: Duty,
    purpose: Purpose,
) -> Result<(), FlowError> {
    if matches!(purpose, Purpose::SignIn | Purpose::Login) {
        NewEvent::refused(Action::LoginFailed, audit::target(user), duty.as_str()).append(tx)?;
    }
    Ok(())
}

/// Counts a wrong second proof, like a wrong password.
pub(super) fn deny_counted(
    tx: &mut Transaction<'_>,
    user: &User,
    code: &'static str,
    login: &LoginPolicy,
    purpose: Purpose,
) -> Result<(), FlowError> {
    let counted = lock::after_failure(user.failures, Rule::of(login), tx.now);
    deny(tx, user, code, Some(counted), purpose)
}

/// Records a no, in the same writes whether it counts or not.
pub(super) fn deny(
    tx: &mut Transaction<'_>,
    user: &User,
    code: &'static str,
    counted: Option<Failures>,
    purpose: Purpose,
) -> Result<(), FlowError> {
    tx.store.set_failures(&user.id, counted.unwrap_or(user.failures))?;
    backoff::failed(tx.store, tx.now, &tx.env.actor.source)?;
    let event = NewEvent::failure(failed(purpose), audit::target(user), code);
    let event = match counted.and_then(|failures| failures.locked(tx.now)) {
        Some(until) => event.with(Detail::LockedUntil, Fact::Time(until)),
        None => event,
    };
    event.append(tx)
}

pub(super) fn signed_in(
    user: User,
    password: &PasswordPolicy,
    login: LoginPolicy,
    now: Timestamp,
) -> SignedIn {
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

pub(super) fn failed(purpose: Purpose) -> Action {
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
