//! Setup tokens: a person sets the first or next password with one, once (security K9). Until then the old
//! password works.

use jiff::{SignedDuration, Timestamp};

use crate::domain::code::EndReason;
use crate::domain::event::Detail;
use crate::domain::message::Change;
use crate::domain::outbox::Kind;
use crate::domain::time::after;
use crate::domain::token::{self, Occasion, SetupToken, State};
use crate::domain::{Action, Contact, Fact, NewEvent, Secret, Target, User, attempt, id};
use crate::flow::foundation::counted::{self, TotpUse};
use crate::flow::foundation::{Denial, Env, FlowError, Stop, Transaction, audit};
use crate::flow::messages::notices::{self, Posting};
use crate::flow::proofs::attempts::{self, Trial};
use crate::flow::proofs::credentials::{self, Installation, Prepared};
use crate::flow::proofs::totp;
use crate::flow::story::mfa;
use crate::store::{StoreError, TokensOf, Tx};
use crate::texts::Text;

/// A token before it is written down: made outside the transaction, because it may have to be handed out first.
pub(crate) struct Invitation<'a> {
    pub(crate) token: &'a Secret,
    pub(crate) occasion: Occasion,
    pub(crate) lifetime: SignedDuration,
    /// The address it is mailed to; else it was handed out here.
    pub(crate) email: Option<&'a Contact>,
    /// The authenticator that goes with it.
    pub(crate) removes_mfa: Option<Timestamp>,
}

/// Writes a token down in place of earlier ones, mails it if it goes by mail, and records it, with what else the
/// operator did for it.
pub(crate) fn issue(
    tx: &mut Transaction<'_>,
    user: &User,
    invitation: &Invitation<'_>,
    facts: &[(&'static str, Fact)],
) -> Result<SetupToken, FlowError> {
    let expires_at = after(tx.now, invitation.lifetime);
    if tx.store.end_tokens(TokensOf::User(&user.id), EndReason::NewerCode)? > 0 {
        // What opens nothing any more need not arrive beside what does.
        tx.store.withdraw_setups(Some(&user.id))?;
    }
    let message_id =
        invitation.email.map(|contact| post(tx, user, invitation, contact, expires_at)).transpose()?;
    let row = SetupToken {
        id: id::new(tx.env.entropy, "tok")?,
        user_id: user.id.clone(),
        hash: token::hash(invitation.token),
        occasion: invitation.occasion,
        state: State::Live,
        contact_id: invitation.email.map(|contact| contact.id.clone()),
        channel: invitation.email.map(|contact| contact.channel),
        destination: invitation.email.map(Contact::masked),
        message_id,
        removes_mfa: invitation.removes_mfa,
        created_at: tx.now,
        expires_at,
    };
    tx.store.insert_token(&row)?;
    let mut event = NewEvent::success(Action::SetupTokenSent, audit::target(user))
        .with(Detail::Token, Fact::Id(row.id.clone()))
        .with("occasion", Fact::Word(invitation.occasion.as_str()))
        .with("expires_at", Fact::Time(expires_at));
    if invitation.removes_mfa.is_some() {
        event = event.with("removes_mfa", Fact::Flag(true));
    }
    event.detail.extend_from_slice(facts);
    if let Some(to) = &row.destination {
        event = event.with(Detail::To, Fact::Masked(to.clone()));
    }
    event.append(tx)?;
    Ok(row)
}

/// Queues the message with a token; its id.
fn post(
    tx: &mut Transaction<'_>,
    user: &User,
    invitation: &Invitation<'_>,
    contact: &Contact,
    expires_at: Timestamp,
) -> Result<String, FlowError> {
    let text = Text::SetupToken { user: &user.path(), token: invitation.token, until: expires_at };
    let message = tx.env.texts.write(&text, contact.channel, &contact.address)?;
    let posting = Posting {
        kind: Kind::Setup,
        channel: contact.channel,
        message: &message,
        code_id: None,
        user_id: Some(&user.id),
        expires_at,
    };
    notices::queue(tx, &posting)
}

/// Whom a token is for, without using it up (security K7): as whom their new password is judged, without an authenticator
/// that goes.
pub fn peek(env: &Env<'_>, token: &Secret) -> Result<User, FlowError> {
    let hash = token::hash(token);
    let spent = attempts::spend_typed(env, attempt::Kind::SetupToken, "setup", token.expose())?;
    env.write(|tx| {
        spent.conclude(tx.store, tx.now)?;
        let (row, user) = holder(tx, &hash)?;
        let mfa = user.mfa && !takes_mfa(tx.store, &row)?;
        Ok(User { mfa, ..user })
    })
}

/// A first look at the new password of whoever a token is for, before it is typed again.
pub fn look_at(env: &Env<'_>, user: &User, typed: &Secret) -> Result<(), FlowError> {
    prepare(env, user, typed).map(drop)
}

fn prepare(env: &Env<'_>, user: &User, typed: &Secret) -> Result<Prepared, FlowError> {
    credentials::prepare(env, user, typed, (Action::UpdateUserPwdByEmail, audit::target(user)))
}

/// Sets the password of whoever the token is for. A password that is refused leaves the token as it was;
/// success ends everything else that was open (security S7), and verifies the address the token went to.
///
/// Where an authenticator is bound its code is asked, too (security S6): `totp`.
pub fn redeem(
    env: &Env<'_>,
    token: &Secret,
    typed: &Secret,
    totp: Option<&Secret>,
) -> Result<User, FlowError> {
    let planned = peek(env, token)?;
    let prepared = prepare(env, &planned, typed)?;
    let hash = token::hash(token);
    let counted = counted::totp(env, TotpUse::Recovery, &planned.id);
    let trial = Trial::new(attempt::Kind::Totp, "setup", &planned.id, &env.actor.source);
    let trial = Trial { counted: &counted, ..trial };
    let guessed = totp.filter(|_| planned.mfa).map(|_| attempts::spend_alone(env, &trial)).transpose()?;
    env.write_and_send(|tx| {
        if let Some(guessed) = guessed {
            guessed.conclude(tx.store, tx.now)?;
        }
        let (row, user) = holder(tx, &hash)?;
        if user.credential.epoch != planned.credential.epoch {
            return denied(tx, Some(&user), "credential_changed");
        }
        // An administrator has decided that the authenticator is gone.
        let goes = takes_mfa(tx.store, &row)?;
        if !goes && let Err(fault) = totp::check(tx, &user, totp, TotpUse::Recovery)? {
            let target = audit::target(&user);
            NewEvent::failure(Action::UpdateUserPwdByEmail, target, fault.as_str()).append(tx)?;
            return Err(Stop::keep(Denial::totp(fault)));
        }
        if !tx.store.use_token(&row.id, tx.now)? {
            return denied(tx, Some(&user), "token_spent");
        }
        let unverified = mailed_to(&row, &user).filter(|contact| contact.verified_at.is_none());
        if let Some(contact) = unverified {
            tx.store.set_contact_verified(&contact.id, tx.now, tx.now)?;
        }
        // Read again: an address that has just become verified is told, too.
        let user = tx.store.user_by_id(&user.id)?.ok_or(Denial::Token)?;
        let user = if goes { mfa::take_away(tx, &user, false)? } else { user };
        credentials::install(tx, &user, prepared.clone(), &Installation::own(Change::PasswordSetUp))?;
        NewEvent::success(Action::UpdateUserPwdByEmail, audit::target(&user))
            .with(Detail::Token, Fact::Id(row.id))
            .append(tx)?;
        Ok(tx.store.user_by_id(&user.id)?.ok_or(Denial::Token)?)
    })
}

/// The live token with this hash and its person, who must be able to sign in with the new password.
fn holder(tx: &mut Transaction<'_>, hash: &[u8]) -> Result<(SetupToken, User), Stop> {
    let Some(row) = tx.store.token_by_hash(hash)? else {
        return denied(tx, None, "unknown_token");
    };
    let Some(user) = tx.store.user_by_id(&row.user_id)? else {
        return denied(tx, None, "unknown_token");
    };
    // A clock that went back makes no token of the future good (security K5).
    let in_time = row.created_at <= tx.now && tx.now < row.expires_at;
    let code = if row.state != State::Live {
        "token_spent"
    } else if !in_time {
        "token_expired"
    } else if user.disowned.is_some() {
        "disowned"
    } else if !user.enabled() {
        "disabled"
    } else if !has_its_contact(&row, &user) {
        // Whoever has the old mailbox has no claim any more (security S5).
        "contact_changed"
    } else {
        return Ok((row, user));
    };
    denied(tx, Some(&user), code)
}

/// Whether the authenticator that is there now is the one that goes with the token.
fn takes_mfa(tx: &mut dyn Tx, row: &SetupToken) -> Result<bool, StoreError> {
    let Some(enrolled_at) = row.removes_mfa else { return Ok(false) };
    Ok(tx.mfa(&row.user_id)?.is_some_and(|stored| stored.enrolled_at == enrolled_at))
}

/// Whether a live token is worth anything still (security S5).
pub(crate) fn has_its_contact(row: &SetupToken, user: &User) -> bool {
    row.contact_id.is_none() || mailed_to(row, user).is_some()
}

/// The contact a token went to, while it is still bound.
fn mailed_to<'u>(row: &SetupToken, user: &'u User) -> Option<&'u Contact> {
    user.contacts.iter().find(|contact| Some(&contact.id) == row.contact_id.as_ref())
}

/// Records why a token opens nothing; the person learns only that it does not.
fn denied<T>(tx: &mut Transaction<'_>, user: Option<&User>, code: &'static str) -> Result<T, Stop> {
    let target = user.map_or(Target::None, audit::target);
    NewEvent::failure(Action::UpdateUserPwdByEmail, target, code).append(tx)?;
    Err(Stop::keep(Denial::Token))
}

#[cfg(test)]
#[path = "setup_tests.rs"]
mod tests;
