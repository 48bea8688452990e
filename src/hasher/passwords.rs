//! The hasher: what flows call.

use subtle::ConstantTimeEq;

use super::argon::{self, SALT, TAG};
use crate::domain::entropy::{Entropy, EntropyError};
use crate::domain::secret::Secret;
use crate::domain::user::StoredHash;

/// What one hash costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    pub memory_kib: u32,
    pub iterations: u32,
    pub parallelism: u32,
}

/// Why nothing could be hashed or verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HashError {
    #[error("read a stored password hash")]
    Unreadable,
    #[error("hash a password: the cost is out of bounds")]
    Cost,
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

/// What verifying says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Checked {
    Wrong,
    Right,
    /// Right, and stored at a lower cost than today's: to be replaced now that the password is at hand.
    RightButWeaker,
}

/// Hashes at one cost, verifies at any sane one.
#[derive(Debug, Clone, Copy)]
pub struct Hasher {
    cost: Cost,
}

impl Hasher {
    pub fn new(cost: Cost) -> Self {
        Self { cost }
    }

    /// Whether a stored hash is one that [`Hasher::verify`] can work with.
    pub fn check_stored(stored: &StoredHash) -> Result<(), HashError> {
        argon::from_phc(stored.as_phc()).map(drop)
    }

    /// A PHC string with a fresh salt.
    pub fn hash(&self, password: &Secret, entropy: &dyn Entropy) -> Result<StoredHash, HashError> {
        let mut salt = [0_u8; SALT];
        entropy.fill(&mut salt)?;
        let tag = argon::tag(self.cost, password, &salt)?;
        Ok(StoredHash::new(argon::to_phc(self.cost, &salt, &tag)))
    }

    /// The hash of a new password, or `None` if it is one of the former ones.
    ///
    /// A person keeps one salt for as long as former passwords are compared: so one hash answers for all of
    /// them and is the new one as well. Former hashes are sealed with the key outside the store, so in a
    /// stolen store no two hashes share a salt. Only where a former hash has another salt or cost does it
    /// cost one more.
    pub fn hash_unless_used(
        &self,
        password: &Secret,
        former: &[StoredHash],
        entropy: &dyn Entropy,
    ) -> Result<Option<StoredHash>, HashError> {
        let mut reusable = None;
        let mut made: Vec<(Cost, Vec<u8>, [u8; TAG])> = Vec::new();
        for hash in former {
            // Nobody can have used what nothing can be compared with; and a new password is the way out of it.
            let Ok(parts) = argon::from_phc(hash.as_phc()) else { continue };
            let known = made.iter().find(|(cost, salt, _)| *cost == parts.cost && *salt == parts.salt);
            let tag = match known {
                Some((_, _, tag)) => *tag,
                None => argon::tag(parts.cost, password, &parts.salt)?,
            };
            if bool::from(tag[..].ct_eq(&parts.tag)) {
                return Ok(None);
            }
            if parts.cost == self.cost && parts.salt.len() == SALT && reusable.is_none() {
                reusable = Some(StoredHash::new(argon::to_phc(self.cost, &parts.salt, &tag)));
            }
            made.push((parts.cost, parts.salt, tag));
        }
        match reusable {
            Some(hash) => Ok(Some(hash)),
            None => self.hash(password, entropy).map(Some),
        }
    }

    /// Compares in constant time. For someone unknown, or known without a password, `stored` is `None`: the
    /// same work is done at the current cost, and nothing can match (security E3).
    pub fn verify(&self, password: &Secret, stored: Option<&StoredHash>) -> Result<Checked, HashError> {
        let Some(stored) = stored else {
            let tag = argon::tag(self.cost, password, &[0; SALT])?;
            std::hint::black_box(tag[..].ct_eq(&[0; TAG]));
            return Ok(Checked::Wrong);
        };
        let parts = argon::from_phc(stored.as_phc())?;
        let tag = argon::tag(parts.cost, password, &parts.salt)?;
        if !bool::from(tag[..].ct_eq(&parts.tag)) {
            return Ok(Checked::Wrong);
        }
        let weaker =
            parts.cost.memory_kib < self.cost.memory_kib || parts.cost.iterations < self.cost.iterations;
        Ok(if weaker { Checked::RightButWeaker } else { Checked::Right })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::entropy::SystemEntropy;

    const CHEAP: Hasher = Hasher { cost: Cost { memory_kib: 4_096, iterations: 1, parallelism: 1 } };
    const DEAR: Hasher = Hasher { cost: Cost { memory_kib: 4_096, iterations: 2, parallelism: 1 } };

    #[test]
    fn right_wrong_and_weaker() {
        let stored = CHEAP.hash(&Secret::from("correct horse"), &SystemEntropy).unwrap();
        assert_eq!(CHEAP.verify(&Secret::from("correct horse"), Some(&stored)), Ok(Checked::Right));
        assert_eq!(CHEAP.verify(&Secret::from("correct Horse"), Some(&stored)), Ok(Checked::Wrong));
        assert_eq!(DEAR.verify(&Secret::from("correct horse"), Some(&stored)), Ok(Checked::RightButWeaker));
    }

    #[test]
    fn e3_nobody_matches_nothing() {
        for text in ["", "x", "correct horse"] {
            assert_eq!(CHEAP.verify(&Secret::from(text), None), Ok(Checked::Wrong));
        }
    }

    #[test]
    fn a_former_password_is_found_and_a_new_one_keeps_the_salt() {
        let first = CHEAP.hash(&Secret::from("first"), &SystemEntropy).unwrap();
        let second = CHEAP
            .hash_unless_used(&Secret::from("second"), std::slice::from_ref(&first), &SystemEntropy)
            .unwrap()
            .unwrap();
        assert_eq!(first.as_phc().split('$').nth(4), second.as_phc().split('$').nth(4));
        assert_ne!(first.as_phc(), second.as_phc());
        assert_eq!(CHEAP.verify(&Secret::from("second"), Some(&second)), Ok(Checked::Right));
        let former = [second.clone(), first.clone()];
        for used in ["first", "second"] {
            assert!(CHEAP.hash_unless_used(&Secret::from(used), &former, &SystemEntropy).unwrap().is_none());
            assert!(DEAR.hash_unless_used(&Secret::from(used), &former, &SystemEntropy).unwrap().is_none());
        }
        let dearer = DEAR.hash_unless_used(&Secret::from("third"), &former, &SystemEntropy).unwrap().unwrap();
        assert_ne!(first.as_phc().split('$').nth(4), dearer.as_phc().split('$').nth(4));
    }
}
