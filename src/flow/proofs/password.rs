//! Comparing a typed password with the stored hash, known person or not (security E3).

use crate::domain::password::normalise;
use crate::domain::{Secret, StoredHash, User, sign_in as judgement};
use crate::flow::foundation::{Env, FlowError};
use crate::hasher::{Checked, HashError};

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

/// What hashing found out, and about which hash; and what was shown besides.
pub(crate) struct Hashed<'a> {
    pub(crate) stored: Option<StoredHash>,
    pub(crate) right: bool,
    /// Why the stored hash could not be compared with; it cost the same.
    pub(crate) unusable: Option<HashError>,
    /// The password as it is hashed today, where the stored hash is outdated.
    pub(crate) stronger: Option<StoredHash>,
    pub(crate) totp: Option<&'a Secret>,
}

impl<'a> Hashed<'a> {
    /// Nothing that is right about any hash.
    pub(crate) fn wrong() -> Self {
        Self { right: false, unusable: None, stronger: None, stored: None, totp: None }
    }

    /// Compares, at the same cost for everyone. Slow: never inside a transaction.
    pub(crate) fn of(
        env: &Env<'_>,
        user: Option<&User>,
        presented: &Presented<'a>,
    ) -> Result<Self, FlowError> {
        let stored = user.and_then(|user| user.credential.hash.clone());
        let found = Self { stored, totp: presented.totp, ..Self::wrong() };
        let Ok(password) = normalise(presented.password) else {
            // No password can be like that; it costs the same all the same.
            let _ = env.hasher.verify(presented.password, None)?;
            return Ok(found);
        };
        let checked = match env.hasher.verify(&password, found.stored.as_ref()) {
            Err(error @ (HashError::Unreadable | HashError::Cost | HashError::NoKey(_))) => {
                let _ = env.hasher.verify(&password, None)?;
                return Ok(Self { unusable: Some(error), ..found });
            }
            checked => checked?,
        };
        // Whoever cannot come in anyway gets no second hash, which would tell that the password is right.
        let may = user.is_some_and(|user| judgement::obstacle(user, env.clock.now()).is_none());
        let outdated = checked == Checked::RightButOutdated && may;
        let stronger = if outdated { Some(env.hasher.hash(&password, env.entropy)?) } else { None };
        Ok(Self { right: checked != Checked::Wrong, stronger, ..found })
    }
}
