//! Judging a code of a bound authenticator.

use crate::domain::mfa::{Fault, Seed, StoredMfa, step};
use crate::domain::{Secret, User};
use crate::flow::foundation::counted::{self, TotpUse};
use crate::flow::foundation::{Env, FlowError, Transaction, audit};
use crate::flow::proofs::guesses::{self, Counted};
use crate::keyring::Sealed;
use crate::store::{StoreError, Tx};

/// Whether the second proof is given, which takes nothing where no authenticator is bound. A right code is used up
/// in one guarded statement; a hundred wrong ones in a row end it (security K4, K6).
pub(crate) fn check(
    tx: &mut Transaction<'_>,
    user: &User,
    typed: Option<&Secret>,
    place: TotpUse,
) -> Result<Result<(), Fault>, FlowError> {
    if !user.mfa {
        return Ok(Ok(()));
    }
    let Some(typed) = typed else { return Ok(Err(Fault::Missing)) };
    let Some(stored) = tx.store.mfa(&user.id)? else { return Ok(Err(Fault::Wrong)) };
    let tried_on = counted::totp(tx.env, place, &user.id);
    let person = counted::person(tx.env, &user.id);
    let counted = Counted { tried_on: &tried_on, source: &tx.env.actor.source, person: &person };
    if guesses::spent(tx, &counted)? {
        return Ok(Err(Fault::Spent));
    }
    let judged = match unseal(tx.env, &stored)?.judge(typed, step(tx.now), stored.last_step) {
        Ok(step) if tx.store.use_mfa_step(&user.id, step)? => Ok(()),
        Ok(_) => Err(Fault::Used),
        Err(fault) => Err(fault),
    };
    match judged {
        Ok(()) => {
            guesses::right(tx.store, &counted)?;
            guesses::proved_otherwise(tx.env, tx.store, user)?;
        }
        Err(_) => {
            guesses::wrong(tx, &counted)?;
            guesses::tell_half(tx, &person, Some(user), &audit::target(user))?;
        }
    }
    Ok(judged)
}

/// Begins every count of wrong codes anew: for another authenticator.
pub(crate) fn forget_guesses(env: &Env<'_>, tx: &mut dyn Tx, user: &User) -> Result<(), FlowError> {
    counted::every_totp(env, &user.id).iter().try_for_each(|tried_on| guesses::forget(tx, tried_on))
}

/// What the secret of a person's authenticator is sealed for, so that it opens as nobody else's and nothing else.
fn context(user_id: &str) -> Vec<u8> {
    [b"mfa ", user_id.as_bytes()].concat()
}

pub(crate) fn seal(env: &Env<'_>, user_id: &str, seed: &Seed) -> Result<Sealed, FlowError> {
    Ok(env.keys.seal(seed.as_bytes(), &context(user_id), env.entropy)?)
}

pub(crate) fn unseal(env: &Env<'_>, stored: &StoredMfa) -> Result<Seed, FlowError> {
    let unreadable = || StoreError::Unreadable { column: "mfa" };
    let sealed =
        Sealed { key_id: stored.key_id.parse().map_err(|_| unreadable())?, bytes: stored.sealed.clone() };
    let plain = env.keys.open(&sealed, &context(&stored.user_id))?;
    Ok(Seed::from_bytes(&plain).ok_or_else(unreadable)?)
}
