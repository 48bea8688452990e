//! What is done once a day for people: a warning before a password expires, and disabling who was unused for too long.

use jiff::Timestamp;

use super::purge::INTERVAL;
use crate::domain::{LoginPolicy, PasswordPolicy, User, sign_in as judgement};
use crate::flow::foundation::{Env, FlowError, clock, eligibility, policies};
use crate::flow::messages::notices;
use crate::flow::proofs::unused;
use crate::store::{StoreError, Tx, UserPlace};

/// When it was done last, in milliseconds.
const DONE: &str = "upkeep_at";

/// How many people are read at once.
const PAGE: u32 = 1_000;

/// Does what is due, once a day. Killed in between, the rest is done a day later.
pub(crate) fn upkeep_due(env: &Env<'_>) -> Result<(), FlowError> {
    let now = env.clock.now();
    if env.read(|tx| is_done(tx, now))? {
        return Ok(());
    }
    let mine = env.write(|tx| {
        if is_done(tx.store, tx.now)? {
            return Ok(false);
        }
        tx.store.set_meta(DONE, &tx.now.as_millisecond().to_string())?;
        Ok(true)
    })?;
    if mine { everybody(env) } else { Ok(()) }
}

fn is_done(tx: &mut dyn Tx, now: Timestamp) -> Result<bool, StoreError> {
    Ok(clock::done_within(clock::moment(tx, DONE)?, INTERVAL, now))
}

fn everybody(env: &Env<'_>) -> Result<(), FlowError> {
    let mut known: Option<(String, PasswordPolicy, LoginPolicy)> = None;
    let mut place: Option<UserPlace> = None;
    loop {
        let page = env.read(|tx| tx.users_page(None, place.as_ref(), PAGE))?;
        let Some(last) = page.last() else { return Ok(()) };
        place = Some(UserPlace::of(last));
        for user in page {
            // People come by account, so that one at a time is remembered.
            let (_, password, login) = match &known {
                Some(known) if known.0 == user.account_id => known,
                _ => known.insert(env.read(|tx| {
                    let account = &user.account_id;
                    let password = policies::password(tx, account)?;
                    Ok((account.clone(), password, policies::login(tx, account)?))
                })?),
            };
            one(env, &user, password, login)?;
        }
    }
}

/// Most people need nothing, and no transaction.
fn one(env: &Env<'_>, user: &User, password: &PasswordPolicy, login: &LoginPolicy) -> Result<(), FlowError> {
    let now = env.clock.now();
    let days = login.account_validity_period;
    if env.read(|tx| eligibility::is_unused(tx, user, days, now))? {
        env.write(|tx| {
            // Signed in, or changed, since the page was read.
            let Some(user) = tx.store.user_by_id(&user.id)? else { return Ok(()) };
            if eligibility::is_unused(tx.store, &user, days, tx.now)? {
                unused::disable(tx, &user)?;
            }
            Ok(())
        })?;
    } else if user.enabled() && expires_soon(user, password, now).is_some() {
        env.write(|tx| {
            let Some(user) = tx.store.user_by_id(&user.id)? else { return Ok(()) };
            let told = tx.store.expiry_notified(&user.id)? == Some(user.credential.epoch);
            if let Some(at) = expires_soon(&user, password, tx.now).filter(|_| !told) {
                tx.store.set_expiry_notified(&user.id, user.credential.epoch)?;
                notices::warn_of_expiry(tx, &user, at)?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// The end of a password of the person's own, if it is near and still to come. Whoever was given one for a day is told
/// with it.
fn expires_soon(user: &User, policy: &PasswordPolicy, now: Timestamp) -> Option<Timestamp> {
    let own = user.credential.hash.is_some()
        && user.credential.expires_at.is_none()
        && !user.credential.must_change;
    let end = judgement::expiry(user, policy.password_validity_period).filter(|_| own)?;
    (now < end && judgement::expires_soon(end, now)).then_some(end)
}
