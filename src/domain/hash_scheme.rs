//! The schemes in which stored passwords are hashed, and what a check of one takes.

use std::fmt;
use std::str::FromStr;

use super::text::{UnknownWord, text_enum};

text_enum! {
    /// A family of password hashes, by the name that its users know.
    Scheme {
        /// Ours: argon2id of 32 bytes within our bounds.
        Argon2id => "argon2id",
        /// argon2i, argon2d, and argon2id as others make it.
        Argon2 => "argon2",
        Bcrypt => "bcrypt",
        /// bcrypt over SHA-256, for passwords of more than 72 bytes.
        BcryptSha256 => "bcrypt-sha256",
        /// bcrypt over a keyed SHA-384, since version 6.8.
        WordPress => "wordpress",
        Scrypt => "scrypt",
        Pbkdf2 => "pbkdf2",
        Yescrypt => "yescrypt",
        Sha256Crypt => "sha256-crypt",
        Sha512Crypt => "sha512-crypt",
        /// SHA-512 over and over, since version 7.
        Drupal => "drupal",
        /// `{SSHA}` and its longer kin, of directories.
        SaltedSha => "salted-sha",
        /// The portable hash of forums and blogs.
        Phpass => "phpass",
        /// `$1$` and `$apr1$`.
        Md5Crypt => "md5-crypt",
    }
}

impl Scheme {
    /// Whether guessing is so cheap that it is taken only where that is asked for.
    pub fn is_legacy(self) -> bool {
        matches!(self, Self::SaltedSha | Self::Phpass | Self::Md5Crypt)
    }

    /// Whether another program made it.
    pub fn is_foreign(self) -> bool {
        self != Self::Argon2id
    }
}

/// What a check of a stored hash takes: its scheme, and its cost in the words of that scheme. Written as both, with a space
/// between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HashKind {
    pub scheme: Scheme,
    /// Such as `m=65536,t=3,p=4`, without spaces.
    pub cost: String,
}

impl fmt::Display for HashKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.scheme, self.cost)
    }
}

impl FromStr for HashKind {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let (scheme, cost) = text.split_once(' ').ok_or(UnknownWord)?;
        Ok(Self { scheme: scheme.parse()?, cost: cost.to_owned() })
    }
}

/// How many users have a password of one kind; of none, where they have no password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HashTally {
    pub kind: Option<HashKind>,
    pub users: u64,
}

/// The kind that falls to a tag, as likely as users have it; none where nobody has a password. So a name that nobody has
/// costs what somebody's would (security E3).
pub fn draw<'t>(tallies: &'t [HashTally], tag: &[u8; 32]) -> Option<&'t HashKind> {
    let kinds = || tallies.iter().filter_map(|tally| tally.kind.as_ref().zip(Some(u128::from(tally.users))));
    let total: u128 = kinds().map(|(_, users)| users).sum();
    // 128 bits over a number of users: each is as likely as the others, to any precision that shows.
    let (head, _) = tag.split_first_chunk()?;
    let mut place = u128::from_be_bytes(*head).checked_rem(total)?;
    kinds().find_map(|(kind, users)| {
        let drawn = place < users;
        place = place.saturating_sub(users);
        drawn.then_some(kind)
    })
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;

    fn tally(kind: &str, users: u64) -> HashTally {
        HashTally { kind: kind.parse().ok(), users }
    }

    #[test]
    fn a_kind_is_written_as_scheme_and_cost() {
        let kind = HashKind { scheme: Scheme::Pbkdf2, cost: "sha256,29000".to_owned() };
        assert_eq!(kind.to_string(), "pbkdf2 sha256,29000");
        assert_eq!("pbkdf2 sha256,29000".parse(), Ok(kind));
        for text in ["", "pbkdf2", "rot13 12"] {
            assert_eq!(text.parse::<HashKind>(), Err(UnknownWord), "{text}");
        }
    }

    #[test]
    fn e3_kinds_are_drawn_in_the_proportions_in_use() {
        let tallies = [
            tally("", 900),
            tally("argon2id m=19456,t=2,p=1", 600),
            tally("bcrypt 12", 300),
            tally("scrypt x", 0),
            tally("phpass rounds=8192", 100),
        ];
        let mut drawn = [0_u32; 5];
        for name in 0_u32..10_000 {
            let tag: [u8; 32] = Sha256::digest(name.to_be_bytes()).into();
            let kind = draw(&tallies, &tag).unwrap();
            assert_eq!(draw(&tallies, &tag), Some(kind), "a name keeps its kind");
            drawn[tallies.iter().position(|tally| tally.kind.as_ref() == Some(kind)).unwrap()] += 1;
        }
        // Ten thousand tries leave a standard deviation of fifty.
        for (found, wanted) in drawn.into_iter().zip([0, 6_000, 3_000, 0, 1_000]) {
            assert!(found.abs_diff(wanted) <= if wanted == 0 { 0 } else { 200 }, "{drawn:?}");
        }
    }

    #[test]
    fn e3_where_nobody_has_a_password_nothing_is_drawn() {
        for tallies in [vec![], vec![tally("", 3)], vec![tally("bcrypt 12", 0)]] {
            assert_eq!(draw(&tallies, &[7; 32]), None);
        }
    }
}
