//! Forms at rest: sealed for their row, and all of one size.

use crate::domain::Reader;
use crate::domain::appeal::{Appeal, Form, Statement};
use crate::flow::foundation::{Env, FlowError, Refusal};
use crate::keyring::{KeyRing, Sealed};
use crate::store::{StoreError, Tx};

/// Seals a form for the row with this id; a form that is too long is refused.
pub(super) fn seal(env: &Env<'_>, id: &str, form: &Form) -> Result<Sealed, FlowError> {
    let plain = form.to_bytes().map_err(Refusal::Form)?;
    Ok(env.keys.seal(&plain, id.as_bytes(), env.entropy)?)
}

/// The form that was sealed for this row.
pub(super) fn open(env: &Env<'_>, id: &str, key_id: &str, bytes: &[u8]) -> Result<Form, FlowError> {
    let unreadable = |column| StoreError::Unreadable { column };
    let key_id = key_id.parse().map_err(|_| unreadable("key_id"))?;
    let plain = env.keys.open(&Sealed { key_id, bytes: bytes.to_vec() }, id.as_bytes())?;
    Form::from_bytes(&plain).ok_or_else(|| unreadable("sealed").into())
}

/// What an appeal says, unless it was purged.
pub(super) fn statement(env: &Env<'_>, appeal: &Appeal) -> Result<Option<Statement>, FlowError> {
    let Some(sealed) = &appeal.sealed else { return Ok(None) };
    let form = open(env, &appeal.serial, &appeal.key_id, sealed)?;
    // Only statements are submitted, and a number that was read then is one for as long as it is kept.
    let reader = Reader { former_numbers: true, ..Reader::default() };
    let statement = form.check(reader).map_err(|_| StoreError::Unreadable { column: "sealed" })?;
    Ok(Some(statement))
}

/// Seals everything anew with the newest key, and says how many that were. What no key opens stays as it is.
pub(crate) fn reseal(env: &Env<'_>, tx: &mut dyn Tx, keys: &KeyRing) -> Result<u64, FlowError> {
    let mut resealed = 0;
    for (id, key_id, bytes) in tx.sealed_claims()? {
        let Ok(key_id) = key_id.parse() else { continue };
        let Ok(plain) = keys.open(&Sealed { key_id, bytes }, id.as_bytes()) else { continue };
        let sealed = keys.seal(&plain, id.as_bytes(), env.entropy)?;
        tx.reseal_claims(&id, &sealed.key_id.to_string(), &sealed.bytes)?;
        resealed += 1;
    }
    Ok(resealed)
}
