//! What a user may be called, here and in another system.

use crate::domain::name::key_of;
use crate::domain::{Name, User};
use crate::flow::foundation::Refusal;
use crate::store::{StoreError, Tx};

/// Why the user may not be called so.
pub(super) fn judge_name(tx: &mut dyn Tx, user: &User, name: &Name) -> Result<Option<Refusal>, StoreError> {
    let account_key = key_of(&user.account);
    if name.key() == account_key {
        return Ok(Some(Refusal::NamedLikeAccount));
    }
    let other = tx.user_called(&user.account_id, &name.key(), &name.skeleton())?;
    let holder = other.as_ref().filter(|(_, called)| key_of(called) == name.key());
    if holder.is_some_and(|(id, _)| *id != user.id) {
        return Ok(Some(Refusal::UserExists));
    }
    // Whoever is called so already keeps the name.
    if holder.is_none() && name.is_like_id() {
        return Ok(Some(Refusal::NamedLikeId));
    }
    if Name::parse(&user.account).is_ok_and(|account| account.skeleton() == name.skeleton()) {
        return Ok(Some(Refusal::LooksAlike(user.account.clone())));
    }
    // The look of a user's own former spelling is no obstacle.
    Ok(other.filter(|(id, _)| *id != user.id).map(|(_, called)| Refusal::LooksAlike(called)))
}

/// Why the user may not have the external ID that they are to have.
pub(super) fn judge_external_id(tx: &mut dyn Tx, user: &User) -> Result<Option<Refusal>, StoreError> {
    let Some(external_id) = &user.external_id else { return Ok(None) };
    let holder = tx.user_by_external_id(&user.account_id, external_id)?;
    Ok(holder.filter(|other| other.id != user.id).map(|other| Refusal::ExternalIdTaken(other.path())))
}
