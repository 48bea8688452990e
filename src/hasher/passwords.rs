//! The hasher: what flows call.

use argon2::PasswordHash;

use super::argon::{self, Recipe, SALT};
use super::error::HashError;
use super::foreign::{self, Check, Foreign};
use super::memory::Memory;
use super::recognised::Recognised;
use crate::domain::hash_cost::Cost;
use crate::domain::hash_scheme::{HashKind, Scheme};
use crate::domain::{Entropy, Secret, StoredHash};
use crate::keyring::KeyRing;

/// A stored hash, by who made it.
enum Stored {
    Ours(Box<argon::Stored>),
    Foreign(HashKind, Box<dyn Check>),
}

impl Stored {
    fn read(text: &str) -> Result<Self, HashError> {
        let ours = argon::read(text);
        let Err(HashError::Unreadable | HashError::Cost) = ours else {
            return Ok(Self::Ours(Box::new(ours?)));
        };
        match foreign::read(text) {
            Some(Foreign::Verified(kind, check)) => Ok(Self::Foreign(kind, check)),
            Some(Foreign::OutOfBounds(_)) => Err(HashError::Cost),
            Some(Foreign::MustReset(_)) | None => ours.map(|stored| Self::Ours(Box::new(stored))),
        }
    }
}

fn kind_of(cost: Cost) -> HashKind {
    HashKind { scheme: Scheme::Argon2id, cost: cost.to_string() }
}

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

    /// What a stored hash is, if [`Hasher::verify`] can work with it.
    pub fn check_stored(&self, stored: &StoredHash) -> Result<HashKind, HashError> {
        match Stored::read(stored.as_str())? {
            Stored::Ours(ours) => match ours.recipe.pepper {
                Some(id) if !self.keys.holds(id) => Err(HashError::NoKey(id)),
                _ => Ok(kind_of(ours.recipe.cost)),
            },
            Stored::Foreign(kind, _) => Ok(kind),
        }
    }

    /// What a text is that comes from elsewhere and may be a password hash; what can be stored is ready for it.
    pub fn recognise(&self, text: &str) -> Recognised {
        let stored = StoredHash::new(text.to_owned(), None);
        match self.check_stored(&stored) {
            Ok(kind) if !self.takes(&kind) => Recognised::OutOfBounds(kind.scheme),
            Ok(kind) => Recognised::known(StoredHash::new(text.to_owned(), Some(kind.clone())), &kind),
            Err(HashError::NoKey(_)) => Recognised::MustReset("argon2id with a pepper of another key file"),
            Err(_) => Recognised::of_refused(text),
        }
    }

    /// Whether a check of ours that was made elsewhere costs no more than foreign ones may, or than ours do here.
    fn takes(&self, kind: &HashKind) -> bool {
        let Ok(cost) = kind.cost.parse::<Cost>() else { return true };
        let written = |cost: Cost| u64::from(cost.memory_kib) * u64::from(cost.iterations);
        kind.scheme.is_foreign() || written(cost) <= written(self.recipe.cost).max(foreign::MOST_KIB.into())
    }

    /// Whether a hash of this kind is one that is made today, or dearer.
    pub fn is_of_today(&self, kind: &HashKind) -> bool {
        kind.scheme == Scheme::Argon2id && kind.cost.parse().is_ok_and(|cost| !self.is_outdated(cost))
    }

    fn is_outdated(&self, cost: Cost) -> bool {
        let today = self.recipe.cost;
        cost.memory_kib < today.memory_kib || cost.iterations < today.iterations
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
        let hash = self.with(memory, self.recipe, password, &salt)?;
        Ok(StoredHash::new(hash.to_string(), Some(kind_of(self.recipe.cost))))
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
            let stored = match Stored::read(hash.as_str()) {
                Ok(Stored::Ours(stored)) => stored,
                Ok(Stored::Foreign(_, check)) => {
                    if check.matches(&mut memory, password.expose().as_bytes())? {
                        return Ok(None);
                    }
                    continue;
                }
                Err(_) => continue,
            };
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

    /// Compares in constant time.
    pub fn verify(&self, password: &Secret, stored: &StoredHash) -> Result<Checked, HashError> {
        let mut memory = Memory::new();
        let stored = match Stored::read(stored.as_str())? {
            Stored::Ours(stored) => stored,
            Stored::Foreign(_, check) => {
                let right = check.matches(&mut memory, password.expose().as_bytes())?;
                return Ok(if right { Checked::RightButOutdated } else { Checked::Wrong });
            }
        };
        // `phc` compares outputs in constant time.
        if self.with(&mut memory, stored.recipe, password, &stored.salt)?.hash != stored.hash.hash {
            return Ok(Checked::Wrong);
        }
        let outdated = self.is_outdated(stored.recipe.cost) || stored.recipe.pepper != self.recipe.pepper;
        Ok(if outdated { Checked::RightButOutdated } else { Checked::Right })
    }

    /// For someone unknown, or known without a password: as much work as [`Self::verify`] does with a hash of this kind, or
    /// with today's where none is given, and nothing can match (security E3).
    pub fn verify_nothing(&self, password: &Secret, kind: Option<&HashKind>) -> Result<Checked, HashError> {
        let mut memory = Memory::new();
        if let Some(check) = kind.and_then(foreign::imitation) {
            std::hint::black_box(check.matches(&mut memory, password.expose().as_bytes())?);
        } else {
            let cost = kind.and_then(|kind| kind.cost.parse().ok()).filter(|cost: &Cost| cost.is_bearable());
            let recipe = Recipe { cost: cost.unwrap_or(self.recipe.cost), ..self.recipe };
            std::hint::black_box(self.with(&mut memory, recipe, password, &[0; SALT])?);
        }
        Ok(Checked::Wrong)
    }
}

#[cfg(test)]
#[path = "passwords_tests.rs"]
mod tests;
