//! The hasher: what flows call.

use argon2::PasswordHash;

use super::argon::{self, Recipe, SALT};
use super::error::HashError;
use super::memory::Memory;
use crate::domain::hash_cost::Cost;
use crate::domain::{Entropy, Secret, StoredHash};
use crate::keyring::KeyRing;

/// What verifying says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Checked {
    Wrong,
    Right,
    /// Right, and stored at a lower cost than today's or with another pepper: to be replaced now that the
    /// password is at hand.
    RightButOutdated,
}

/// Hashes at one cost and with one pepper or none, verifies at any sane cost and with every pepper of the key file.
#[derive(Clone, Copy)]
pub struct Hasher<'k> {
    recipe: Recipe,
    keys: &'k KeyRing,
}

impl<'k> Hasher<'k> {
    /// `peppered`: with a secret from the newest key, so that the hashes of a stolen store cannot even be tried
    /// out (security P10).
    pub fn new(cost: Cost, peppered: bool, keys: &'k KeyRing) -> Self {
        Self { recipe: Recipe { cost, pepper: peppered.then(|| keys.newest()) }, keys }
    }

    /// Whether a stored hash is one that [`Hasher::verify`] can work with.
    pub fn check_stored(&self, stored: &StoredHash) -> Result<(), HashError> {
        match argon::read(stored.as_phc())?.recipe.pepper {
            Some(id) if !self.keys.holds(id) => Err(HashError::NoKey(id)),
            _ => Ok(()),
        }
    }

    /// A PHC string with a fresh salt.
    pub fn hash(&self, password: &Secret, entropy: &dyn Entropy) -> Result<StoredHash, HashError> {
        self.hash_in(&mut Memory::new(), password, entropy)
    }

    /// [`Self::hash`] in memory that is used again.
    pub fn hash_in(
        &self,
        memory: &mut Memory,
        password: &Secret,
        entropy: &dyn Entropy,
    ) -> Result<StoredHash, HashError> {
        let mut salt = [0_u8; SALT];
        entropy.fill(&mut salt)?;
        Ok(StoredHash::new(self.with(memory, self.recipe, password, &salt)?.to_string()))
    }

    fn with(
        &self,
        memory: &mut Memory,
        recipe: Recipe,
        password: &Secret,
        salt: &[u8],
    ) -> Result<PasswordHash, HashError> {
        argon::hash(memory, recipe, self.keys, password, salt)
    }

    /// The hash of a new password, with a salt of its own, or `None` if it is one of the former ones.
    ///
    /// It costs one hash, and one more for each salt, cost or pepper among the former: those of an older store may
    /// have one in common.
    pub fn hash_unless_used(
        &self,
        password: &Secret,
        former: &[StoredHash],
        entropy: &dyn Entropy,
    ) -> Result<Option<StoredHash>, HashError> {
        let mut memory = Memory::new();
        let mut made: Vec<PasswordHash> = Vec::new();
        for hash in former {
            // Nobody can have used what nothing can be compared with; and a new password is the way out of it.
            let Ok(stored) = argon::read(hash.as_phc()) else { continue };
            let known =
                |made: &&PasswordHash| made.params == stored.hash.params && made.salt == stored.hash.salt;
            let tag = match made.iter().find(known) {
                Some(made) => made.hash,
                None => match self.with(&mut memory, stored.recipe, password, &stored.salt) {
                    Err(HashError::NoKey(_)) => continue,
                    fresh => {
                        let fresh = fresh?;
                        let tag = fresh.hash;
                        made.push(fresh);
                        tag
                    }
                },
            };
            // In constant time: `phc` compares its outputs so.
            if tag == stored.hash.hash {
                return Ok(None);
            }
        }
        self.hash_in(&mut memory, password, entropy).map(Some)
    }

    /// Compares in constant time. For someone unknown, or known without a password, `stored` is `None`: as much work is
    /// done at the current cost, and nothing can match (security E3).
    pub fn verify(&self, password: &Secret, stored: Option<&StoredHash>) -> Result<Checked, HashError> {
        let mut memory = Memory::new();
        let Some(stored) = stored else {
            std::hint::black_box(self.with(&mut memory, self.recipe, password, &[0; SALT])?);
            return Ok(Checked::Wrong);
        };
        let stored = argon::read(stored.as_phc())?;
        // `phc` compares outputs in constant time.
        if self.with(&mut memory, stored.recipe, password, &stored.salt)?.hash != stored.hash.hash {
            return Ok(Checked::Wrong);
        }
        let (cost, today) = (stored.recipe.cost, self.recipe.cost);
        let outdated = cost.memory_kib < today.memory_kib
            || cost.iterations < today.iterations
            || stored.recipe.pepper != self.recipe.pepper;
        Ok(if outdated { Checked::RightButOutdated } else { Checked::Right })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::entropy::SystemEntropy;
    use crate::domain::time::SystemClock;

    const CHEAP: Cost = Cost { memory_kib: 4_096, iterations: 1, parallelism: 1 };
    const DEAR: Cost = Cost { iterations: 2, ..CHEAP };

    fn ring() -> KeyRing {
        KeyRing::generate(&SystemEntropy, &SystemClock).unwrap()
    }

    #[test]
    fn right_wrong_and_weaker() {
        let keys = ring();
        let [cheap, dear] = [CHEAP, DEAR].map(|cost| Hasher::new(cost, false, &keys));
        let stored = cheap.hash(&Secret::from("correct horse"), &SystemEntropy).unwrap();
        assert_eq!(cheap.verify(&Secret::from("correct horse"), Some(&stored)), Ok(Checked::Right));
        assert_eq!(cheap.verify(&Secret::from("correct Horse"), Some(&stored)), Ok(Checked::Wrong));
        assert_eq!(dear.verify(&Secret::from("correct horse"), Some(&stored)), Ok(Checked::RightButOutdated));
    }

    #[test]
    fn e3_nobody_matches_nothing() {
        let keys = ring();
        for (text, peppered) in [("", false), ("x", true), ("correct horse", true)] {
            let hasher = Hasher::new(CHEAP, peppered, &keys);
            assert_eq!(hasher.verify(&Secret::from(text), None), Ok(Checked::Wrong));
        }
    }

    #[test]
    fn p10_a_pepper_is_named_by_its_key_and_nothing_verifies_without_it() {
        let mut keys = ring();
        let password = Secret::from("correct horse");
        let old = keys.newest();
        let stored = Hasher::new(CHEAP, true, &keys).hash(&password, &SystemEntropy).unwrap();
        let parts: Vec<_> = stored.as_phc().split('$').map(str::to_owned).collect();
        let keyid = data_encoding::BASE64_NOPAD.encode(old.to_string().as_bytes());
        assert_eq!(parts[3], format!("m=4096,t=1,p=1,keyid={keyid}"));

        let foreign = ring();
        let elsewhere = Hasher::new(CHEAP, true, &foreign);
        assert_eq!(elsewhere.verify(&password, Some(&stored)), Err(HashError::NoKey(old)));
        assert_eq!(elsewhere.check_stored(&stored), Err(HashError::NoKey(old)));
        // Nor with the name of the key cut off, as somebody would try who has the store alone.
        let bare = StoredHash::new(stored.as_phc().replace(&format!(",keyid={keyid}"), ""));
        assert_eq!(elsewhere.verify(&password, Some(&bare)), Ok(Checked::Wrong));

        // A newer key, or none, is a matter of the next right password.
        keys.rotate(&SystemEntropy, &SystemClock).unwrap();
        for peppered in [true, false] {
            let hasher = Hasher::new(CHEAP, peppered, &keys);
            assert_eq!(hasher.verify(&password, Some(&stored)), Ok(Checked::RightButOutdated));
            assert_eq!(hasher.verify(&Secret::from("wrong"), Some(&stored)), Ok(Checked::Wrong));
            let again = hasher.hash(&password, &SystemEntropy).unwrap();
            assert_eq!(hasher.verify(&password, Some(&again)), Ok(Checked::Right));
            // And a former password is found whatever its pepper was.
            let former = std::slice::from_ref(&stored);
            assert!(hasher.hash_unless_used(&password, former, &SystemEntropy).unwrap().is_none());
        }
    }

    #[test]
    fn p7_a_former_password_is_found_and_every_hash_has_its_own_salt() {
        let keys = ring();
        let [cheap, dear] = [CHEAP, DEAR].map(|cost| Hasher::new(cost, true, &keys));
        let first = cheap.hash(&Secret::from("first"), &SystemEntropy).unwrap();
        let second = cheap
            .hash_unless_used(&Secret::from("second"), std::slice::from_ref(&first), &SystemEntropy)
            .unwrap()
            .unwrap();
        let salt = |hash: &StoredHash| hash.as_phc().split('$').nth(4).map(str::to_owned);
        assert_ne!(salt(&first), salt(&second));
        assert_eq!(cheap.verify(&Secret::from("second"), Some(&second)), Ok(Checked::Right));
        let former = [second.clone(), first.clone()];
        for used in ["first", "second"] {
            assert!(cheap.hash_unless_used(&Secret::from(used), &former, &SystemEntropy).unwrap().is_none());
            assert!(dear.hash_unless_used(&Secret::from(used), &former, &SystemEntropy).unwrap().is_none());
        }
        let third = cheap.hash_unless_used(&Secret::from("third"), &former, &SystemEntropy).unwrap().unwrap();
        assert!(![salt(&first), salt(&second)].contains(&salt(&third)));
    }
}
