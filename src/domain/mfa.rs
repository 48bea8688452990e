//! Virtual MFA: time-based one-time passwords as authenticators make them (RFC 6238 over RFC 4226).

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha1::Sha1;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroizing;

use super::code::{MalformedCode, parse_typed};
use super::entropy::{Entropy, EntropyError};
use super::secret::Secret;
use super::text::{percent_encoded, text_enum};
use super::user::User;

/// What every authenticator can do (domain.md, "Virtual MFA"): SHA-1, six digits, a new code every 30 seconds.
pub const DIGITS: usize = 6;
pub const STEP_SECONDS: i64 = 30;

/// RFC 4226, 4, R6: 160 bits.
const SEED_BYTES: usize = 20;

/// Steps before and after the present one that count, because clocks differ.
const WINDOW: u64 = 1;

/// So far off a code is still known as the right one of another time (ten minutes).
const KNOWN: u64 = 20;

text_enum! {
    /// How far the virtual MFA of a user is.
    Stage {
        None => "none",
        /// Enrolled: the secret was handed out, and no code was seen yet.
        Enrolled => "enrolled",
        /// Two codes in a row were seen; from here on it is asked for.
        Bound => "bound",
    }
}

/// The virtual MFA of a user as stored: the secret is sealed with a key outside the store.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredMfa {
    pub user_id: String,
    pub key_id: String,
    pub sealed: Vec<u8>,
    pub enrolled_at: Timestamp,
    pub bound_at: Option<Timestamp>,
    /// The step of the last code that was accepted; neither it nor one before it is accepted again.
    pub last_step: Option<u64>,
}

impl StoredMfa {
    pub fn stage(&self) -> Stage {
        if self.bound_at.is_some() { Stage::Bound } else { Stage::Enrolled }
    }
}

text_enum! {
    /// What is wrong with a code. Told only to somebody who has proved the password, or a code, already.
    Fault {
        /// None was given where one is needed.
        Missing => "totp_missing": "the code of the authenticator is needed, too",
        Wrong => "totp_wrong": "the code of the authenticator is wrong",
        /// Right, and accepted before.
        Used => "totp_used": "this code was used already; wait for the next one",
        /// The right one of some minutes ago: the phone's clock is behind, or it was typed too late.
        Old => "totp_old": "this code is too old, or the clock of the authenticator is behind",
        /// The right one of some minutes on: the phone's clock is ahead. For the records alone (see [`Fault::public`]).
        Ahead => "totp_ahead": "the code of the authenticator is wrong",
        /// Two codes that do not follow each other.
        NotInARow => "totp_not_in_a_row": "these are not two codes in a row",
        /// Too many wrong ones in a row, ever since the last right one.
        Spent => "totp_spent":
            "too many wrong codes came in a row, so this authenticator is no longer accepted",
    }
    /// The whole sentence.
    fn describe;
}

impl Fault {
    /// As the one who typed it may know it: whoever guesses must not learn that a code will be right in a moment.
    #[must_use]
    pub fn public(self) -> Self {
        if self == Self::Ahead { Self::Wrong } else { self }
    }
}

/// The secret that an authenticator and the store share.
pub struct Seed(Zeroizing<[u8; SEED_BYTES]>);

impl Seed {
    pub fn generate(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        let mut bytes = Zeroizing::new([0; SEED_BYTES]);
        entropy.fill(bytes.as_mut_slice())?;
        Ok(Self(bytes))
    }

    /// What was sealed, or nothing if it is not of that length.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(|bytes| Self(Zeroizing::new(bytes)))
    }

    /// For sealing.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_slice()
    }

    /// For typing into an authenticator: 32 letters and digits.
    pub fn base32(&self) -> Secret {
        Secret::new(BASE32_NOPAD.encode(self.as_bytes()))
    }

    /// For an authenticator that reads a QR code or a link.
    pub fn uri(&self, user: &User) -> Secret {
        let issuer = percent_encoded(&user.account);
        let label =
            if user.root { issuer.clone() } else { format!("{issuer}:{}", percent_encoded(&user.name)) };
        Secret::new(format!(
            "otpauth://totp/{label}?secret={}&issuer={issuer}&algorithm=SHA1&digits={DIGITS}&period={STEP_SECONDS}",
            self.base32().expose()
        ))
    }

    /// The code of a step (RFC 4226, 5.3).
    pub fn code(&self, step: u64) -> Secret {
        // An HMAC takes a key of any length; the default would be the code of no secret.
        let tag = Hmac::<Sha1>::new_from_slice(self.as_bytes())
            .map(|mac| mac.chain_update(step.to_be_bytes()).finalize().into_bytes())
            .unwrap_or_default();
        let offset = usize::from(tag.last().map_or(0, |last| last & 0xf));
        let word = tag.iter().skip(offset).take(4).fold(0_u32, |word, byte| word << 8 | u32::from(*byte));
        Secret::new(format!("{:0DIGITS$}", (word & 0x7fff_ffff) % 1_000_000))
    }

    /// The step whose code this is, among those that count now; `not_after` was accepted before. Every step
    /// is compared, so that the time taken tells nothing (security E5).
    pub fn judge(&self, typed: &Secret, now: u64, not_after: Option<u64>) -> Result<u64, Fault> {
        let fresh = self.find(typed, now.saturating_sub(WINDOW), now.saturating_add(WINDOW));
        let old = self.find(typed, now.saturating_sub(KNOWN), now.saturating_sub(WINDOW + 1));
        let ahead = self.find(typed, now.saturating_add(WINDOW + 1), now.saturating_add(KNOWN));
        match fresh {
            Some(step) if not_after.is_some_and(|last| step <= last) => Err(Fault::Used),
            Some(step) => Ok(step),
            None if old.is_some() => Err(Fault::Old),
            None if ahead.is_some() => Err(Fault::Ahead),
            None => Err(Fault::Wrong),
        }
    }

    /// The step of the second of two codes, if the first is the one before it.
    pub fn judge_pair(&self, first: &Secret, second: &Secret, now: u64) -> Result<u64, Fault> {
        if bool::from(first.expose().as_bytes().ct_eq(second.expose().as_bytes())) {
            return Err(Fault::NotInARow);
        }
        let step = self.judge(second, now, None)?;
        let before = step.saturating_sub(1);
        match self.find(first, before, before) {
            Some(_) => Ok(step),
            None => {
                let known = self.find(first, now.saturating_sub(KNOWN), now.saturating_add(WINDOW));
                Err(if known.is_some() { Fault::NotInARow } else { Fault::Wrong })
            }
        }
    }

    fn find(&self, typed: &Secret, first: u64, last: u64) -> Option<u64> {
        let (mut step, mut found) = (0_u64, Choice::from(0));
        for candidate in first..=last {
            let same = self.code(candidate).expose().as_bytes().ct_eq(typed.expose().as_bytes());
            step.conditional_assign(&candidate, same);
            found |= same;
        }
        bool::from(found).then_some(step)
    }
}

/// The step of a moment; before 1970 there was none.
pub fn step(at: Timestamp) -> u64 {
    u64::try_from(at.as_second().div_euclid(STEP_SECONDS)).unwrap_or(0)
}

/// A typed code; spaces between groups are no part of it.
pub fn parse(text: &str) -> Result<Secret, MalformedCode> {
    parse_typed(text, DIGITS)
}

#[cfg(test)]
mod tests {
    use super::super::account::{Account, Kind, Status};
    use super::super::entropy::SystemEntropy;
    use super::*;

    /// The seed of RFC 6238, appendix B.
    fn rfc() -> Seed {
        Seed::from_bytes(b"12345678901234567890").unwrap()
    }

    #[test]
    fn agrees_with_rfc_6238() {
        // Its eight digits, without the first two.
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let at = Timestamp::from_second(seconds).unwrap();
            assert_eq!(rfc().code(step(at)).expose(), code, "{seconds}");
        }
    }

    #[test]
    fn one_step_either_way_counts_and_each_step_once() {
        let seed = rfc();
        let code = |step| seed.code(step);
        let judge = |of: u64, last| seed.judge(&code(of), 1_000, last);
        assert_eq!(
            [judge(999, None), judge(1_000, None), judge(1_001, None)],
            [Ok(999), Ok(1_000), Ok(1_001)]
        );
        assert_eq!([judge(998, None), judge(980, None)], [Err(Fault::Old); 2]);
        assert_eq!([judge(1_002, None), judge(1_020, None)], [Err(Fault::Ahead); 2]);
        assert_eq!(Fault::Ahead.public(), Fault::Wrong);
        assert_eq!([judge(979, None), judge(1_021, None)], [Err(Fault::Wrong); 2]);
        assert_eq!([judge(999, Some(1_000)), judge(1_000, Some(1_000))], [Err(Fault::Used); 2]);
        assert_eq!(judge(1_001, Some(1_000)), Ok(1_001));
        for typed in ["", "28708", "2870822", "abcdef"] {
            assert_eq!(seed.judge(&Secret::from(typed), 1_000, None), Err(Fault::Wrong), "{typed:?}");
        }
    }

    #[test]
    fn two_codes_in_a_row_bind_and_nothing_else_does() {
        let seed = rfc();
        let pair = |first: u64, second: u64| seed.judge_pair(&seed.code(first), &seed.code(second), 1_000);
        assert_eq!([pair(998, 999), pair(999, 1_000), pair(1_000, 1_001)], [Ok(999), Ok(1_000), Ok(1_001)]);
        assert_eq!([pair(1_000, 1_000), pair(1_001, 1_000), pair(998, 1_000)], [Err(Fault::NotInARow); 3]);
        assert_eq!(pair(500, 1_000), Err(Fault::Wrong));
        assert_eq!([pair(989, 990), pair(1_001, 1_002)], [Err(Fault::Old), Err(Fault::Ahead)]);
    }

    #[test]
    fn the_link_names_account_and_user() {
        let account = Account {
            id: "acc_1".to_owned(),
            name: "acme-2".to_owned(),
            kind: Kind::Cloud,
            status: Status::Enabled,
            user_quota: None,
            users: 0,
            created_at: Timestamp::UNIX_EPOCH,
        };
        let user = |name: &str, root| {
            User::newborn("usr_1".to_owned(), &account, name.to_owned(), root, Timestamp::UNIX_EPOCH)
        };
        let tail = "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=acme-2&algorithm=SHA1&digits=6&period=30";
        assert_eq!(
            rfc().uri(&user("alice of sales", false)).expose(),
            format!("otpauth://totp/acme-2:alice%20of%20sales{tail}")
        );
        assert_eq!(rfc().uri(&user("acme-2", true)).expose(), format!("otpauth://totp/acme-2{tail}"));
    }

    #[test]
    fn seeds_are_random_and_of_160_bits() {
        let (one, two) = (Seed::generate(&SystemEntropy).unwrap(), Seed::generate(&SystemEntropy).unwrap());
        assert_ne!(one.as_bytes(), two.as_bytes());
        assert_eq!((one.as_bytes().len() * 8, one.base32().expose().len()), (160, 32));
        assert!(Seed::from_bytes(&one.as_bytes()[1..]).is_none());
    }
}
