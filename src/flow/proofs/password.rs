//! Comparing a typed password with the stored hash, known person or not (security E3).

use crate::domain::password::normalise;
use crate::domain::{Secret, StoredHash};
use crate::flow::foundation::{Env, FlowError};
use crate::flow::proofs::named::Named;
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
    /// The right password, where the stored hash is outdated.
    pub(crate) outdated: Option<Secret>,
    pub(crate) totp: Option<&'a Secret>,
}

impl<'a> Hashed<'a> {
    /// Nothing that is right about any hash.
    pub(crate) fn wrong() -> Self {
        Self { right: false, unusable: None, outdated: None, stored: None, totp: None }
    }

    /// Compares, at the same cost for everyone. Slow: never inside a transaction.
    pub(crate) fn of(env: &Env<'_>, named: &Named, presented: &Presented<'a>) -> Result<Self, FlowError> {
        let stored = named.user.as_ref().and_then(|user| user.credential.hash.clone());
        let found = Self { stored, totp: presented.totp, ..Self::wrong() };
        let kind = found.stored.as_ref().and_then(StoredHash::kind).or(named.kind.as_ref());
        let Ok(password) = normalise(presented.password) else {
            // No password can be like that; it costs the same all the same.
            let _ = env.hasher.verify_nothing(presented.password, kind)?;
            return Ok(found);
        };
        let compare = |password: &Secret| match &found.stored {
            Some(stored) => env.hasher.verify(password, stored),
            None => env.hasher.verify_nothing(password, kind),
        };
        let mut checked = compare(&password);
        // Other programs hash what was typed, in whatever form it came.
        if kind.is_some_and(|kind| kind.scheme.is_foreign())
            && presented.password.expose() != password.expose()
        {
            let as_typed = compare(presented.password);
            checked = if checked == Ok(Checked::Wrong) { as_typed } else { checked };
        }
        let checked = match checked {
            Err(error @ (HashError::Unreadable | HashError::Cost | HashError::NoKey(_))) => {
                let _ = env.hasher.verify_nothing(&password, kind)?;
                return Ok(Self { unusable: Some(error), ..found });
            }
            checked => checked?,
        };
        let outdated = (checked == Checked::RightButOutdated).then_some(password);
        Ok(Self { right: checked != Checked::Wrong, outdated, ..found })
    }

    /// The hash that takes the place of an outdated one, and that one. Slow: never inside a transaction.
    pub(crate) fn stronger(&self, env: &Env<'_>) -> Option<(&StoredHash, StoredHash)> {
        let (from, password) = self.stored.as_ref().zip(self.outdated.as_ref())?;
        Some((from, env.hasher.hash(password, env.entropy).ok()?))
    }
}
