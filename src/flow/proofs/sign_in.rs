//! Signing in: one judgement for `login`, for `verify`, and before people change what is their own.
//!
//! Whoever is named, known or not, costs the same: one look-up, one hash, one transaction that spends the attempt and
//! one that judges it (security E1, E3, K11).

use jiff::Timestamp;

use crate::domain::lock::{self, Rule};
use crate::domain::mfa::Fault;
use crate::domain::sign_in::{self as judgement, Bar, Verdict};
use crate::domain::{Action, Failures, LoginPolicy, NewEvent, Principal, User};
use crate::flow::foundation::counted::TotpUse;
use crate::flow::foundation::{
    Denial, Env, FlowError, Refusal, Stop, Transaction, audit, eligibility, people, policies,
};
use crate::flow::proofs::admission::{self, Owing, Protected, Purpose, SignIn, SignedIn};
use crate::flow::proofs::named::Named;
use crate::flow::proofs::password::{Hashed, Presented};
use crate::flow::proofs::totp;
use crate::flow::proofs::{attempts, backoff, unused};
use crate::store::{StoreError, Tx};

/// How often the judgement begins anew because the password was changed while it was being hashed.
const ROUNDS: u32 = 3;

/// In the records: the stored hash is damaged, or of a cost that is not tried (security P7).
const UNUSABLE_HASH: &str = "unusable_hash";

/// Signs a person in, or not yet: login protection is asked here alone.
pub fn log_in(env: &Env<'_>, who: &Principal, presented: &Presented<'_>) -> Result<SignIn, FlowError> {
    prove(env, who, presented, Purpose::Login)
}

/// Signs somebody in, or not, for a program.
pub fn sign_in(env: &Env<'_>, who: &Principal, presented: &Presented<'_>) -> Result<SignIn, FlowError> {
    prove(env, who, presented, Purpose::SignIn)
}

/// The judgement: spends the attempt, hashes outside any transaction, then judges in another one.
pub(crate) fn prove(
    env: &Env<'_>,
    who: &Principal,
    presented: &Presented<'_>,
    purpose: Purpose,
) -> Result<SignIn, FlowError> {
    backoff::wait(env)?;
    let (spent, mut named) = attempts::spend_sign_in(env, who, purpose.word())?;
    let mut round = 1;
    loop {
        let hashed = Hashed::of(env, &named, presented)?;
        let judged = env.write(|tx| {
            let user = people::find(tx.store, who)?;
            let same = user.as_ref().and_then(|user| user.credential.hash.as_ref()) == hashed.stored.as_ref();
            if !same && round < ROUNDS {
                return Ok(None);
            }
            spent.conclude(tx.store, tx.now)?;
            if same {
                return judge(tx, who, user, &hashed, purpose).map(Some);
            }
            // Whoever changes it that fast is not signing in: what was right about another hash is not for this.
            judge(tx, who, user, &Hashed::wrong(), purpose).map(Some)
        });
        match judged {
            Ok(Some(judged)) => return Ok(strengthen(env, judged, &hashed)),
            Ok(None) => {}
            // It counts as wrong already; programs know no other no.
            Err(FlowError::Refused(Refusal::OutcomeTooLate)) if purpose == Purpose::SignIn => {
                return Ok(SignIn::Denied);
            }
            Err(error) => return Err(error),
        }
        named = env.read(|tx| Named::find(env, tx, who))?;
        round += 1;
    }
}

/// Lets somebody in who has this moment changed the password that they were stopped with.
pub(crate) fn let_in_changed(env: &Env<'_>, changed: &User) -> Result<SignedIn, FlowError> {
    env.write(|tx| {
        let user = people::unchanged(tx.store, changed)?;
        if judgement::obstacle(&user, tx.now).is_some() {
            return Err(Stop::keep(Denial::Credentials));
        }
        Ok(admission::welcome(tx, user)?)
    })
}

/// Judges within the transaction that counts. `user` was read in it.
fn judge(
    tx: &mut Transaction<'_>,
    who: &Principal,
    user: Option<User>,
    hashed: &Hashed<'_>,
    purpose: Purpose,
) -> Result<SignIn, Stop> {
    // The same reads for a name that nobody has.
    let account = user.as_ref().map_or("", |user| user.account_id.as_str());
    let login = policies::login(tx.store, account)?;
    let password = policies::password(tx.store, account)?;
    let Some(user) = user else {
        tx.store.active_from("")?;
        let subject = attempts::subject_of(tx.env, None, &who.key());
        let so_far = tx.store.failures(&subject)?;
        let counts = so_far.locked(tx.now).is_none();
        let failures = if counts { lock::after_failure(so_far, Rule::of(&login), tx.now) } else { so_far };
        tx.store.set_failures(&subject, failures)?;
        backoff::failed(tx.store, tx.now, &tx.env.actor.source)?;
        NewEvent::failure(
            admission::failed(purpose),
            audit::unknown(tx.env.keys, who),
            Bar::Unknown.as_str(),
        )
        .append(tx)?;
        return Ok(SignIn::Denied);
    };
    if let Some(error) = hashed.unusable {
        admission::deny(tx, &user, UNUSABLE_HASH, None, purpose)?;
        return Err(Stop::keep(error));
    }
    let mut verdict = judgement::judge(&user, hashed.right, password.password_validity_period, tx.now);
    if eligibility::is_unused(tx.store, &user, login.account_validity_period, tx.now)?
        && !matches!(verdict, Verdict::Denied(_))
    {
        // Written down only for a right password: whoever guesses sees no other rows for it (security E1).
        unused::disable(tx, &user)?;
        verdict = Verdict::Denied(Bar::Unused);
    }
    if !matches!(verdict, Verdict::Denied(_))
        && let Err(fault) = totp::check(tx, &user, hashed.totp, TotpUse::SignIn)?
    {
        if fault == Fault::Missing {
            let failed = admission::failed(purpose);
            NewEvent::refused(failed, audit::target(&user), fault.as_str()).append(tx)?;
        } else {
            admission::deny_counted(tx, &user, fault.as_str(), &login, purpose)?;
        }
        return Err(Stop::keep(Denial::totp(fault)));
    }
    if purpose == Purpose::Login && !matches!(verdict, Verdict::Denied(_)) {
        let duty = if let Verdict::MustChange(duty) = verdict { Some(duty) } else { None };
        match admission::asked(&user, tx.now) {
            Ok(None) => {}
            Ok(Some(asks)) => {
                // The count of wrong ones goes on: they are not let in yet.
                return Ok(SignIn::Protected(Protected { user, duty, asks, proven_at: tx.now }));
            }
            Err(unmet) => return tx.refuse(Action::LoginFailed, audit::target(&user), unmet),
        }
    }
    let judged = match verdict {
        Verdict::Denied(bar) => {
            let counted = counted(&user, hashed.right, bar, &login, tx.now);
            admission::deny(tx, &user, bar.as_str(), counted, purpose)?;
            SignIn::Denied
        }
        Verdict::MustChange(duty) => {
            accept(tx.store, &user)?;
            admission::record_duty(tx, &user, duty, purpose)?;
            SignIn::MustChange(Owing { user, proven_at: tx.now })
        }
        Verdict::Right => {
            accept(tx.store, &user)?;
            if matches!(purpose, Purpose::SignIn | Purpose::Login) {
                admission::let_in(tx, &user)?;
            }
            SignIn::Right(admission::signed_in(user, &password, login, tx.now))
        }
    };
    Ok(judged)
}

/// What the failures are after a no. Wrong passwords count towards a lock, but not during one.
fn counted(user: &User, right: bool, bar: Bar, login: &LoginPolicy, now: Timestamp) -> Option<Failures> {
    let counts = !right && bar != Bar::Locked;
    counts.then(|| lock::after_failure(user.failures, Rule::of(login), now))
}

/// A right password ends the count of wrong ones.
fn accept(tx: &mut dyn Tx, user: &User) -> Result<(), StoreError> {
    if user.failures == Failures::default() { Ok(()) } else { tx.forget_failures(&user.id) }
}

/// Replaces an outdated hash of somebody who showed all that was asked. Not before: until then, a right password costs
/// what a wrong one does (security E3). They are in, whatever becomes of this: the next time tries it again.
fn strengthen(env: &Env<'_>, mut judged: SignIn, hashed: &Hashed<'_>) -> SignIn {
    if let Some(user) = judged.user_mut()
        && let Some((from, to)) = hashed.stronger(env)
        && env.write(|tx| Ok(tx.store.upgrade_hash(&user.id, from, &to)?)).unwrap_or_default()
    {
        user.credential.hash = Some(to);
    }
    judged
}

#[cfg(test)]
#[path = "sign_in_tests.rs"]
mod tests;
