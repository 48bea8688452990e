//! Setup tokens: a person sets a password with one, once (security K9).

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use super::address::Channel;
use super::code::{EndReason, State as CodeState};
use super::entropy::{Entropy, EntropyError, symbols};
use super::secret::Secret;
use super::text::text_enum;

/// Recognisable in logs and by secret scanners.
pub const PREFIX: &str = "rgn_setup_";
const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZabcdefghjkmnpqrstvwxyz";
/// 30 of 54 symbols: 172 bits.
const RANDOM: usize = 30;
const CHECK: usize = 6;

/// The longest life of a setup token or a temporary password (domain.md).
pub const LONGEST_ISSUED: SignedDuration = SignedDuration::from_hours(7 * 24);

text_enum! {
    /// The life of a setup token.
    State { Live => "live", Used => "used", Revoked => "revoked", Superseded => "superseded", Expired => "expired" }
}

impl State {
    /// What a live token that ends for this reason is left in.
    pub fn ended_by(reason: EndReason) -> Self {
        match reason.state() {
            CodeState::Superseded => Self::Superseded,
            CodeState::Expired => Self::Expired,
            _ => Self::Revoked,
        }
    }
}

text_enum! {
    /// Whether the person is new here or comes back.
    Occasion { NewUser => "new_user", Reset => "reset" }
}

/// A setup token as stored: only its hash, plain because it has more than 112 random bits (security K2).
#[derive(Clone)]
pub struct SetupToken {
    pub id: String,
    pub user_id: String,
    pub hash: Vec<u8>,
    pub occasion: Occasion,
    pub state: State,
    /// The contact it was mailed to; redeeming it verifies that one.
    pub contact_id: Option<String>,
    /// The way it was sent; `None` where it was handed to an operator.
    pub channel: Option<Channel>,
    /// Where it was sent, masked.
    pub destination: Option<String>,
    /// The message that carries it.
    pub message_id: Option<String>,
    /// The authenticator that goes when the token is redeemed, by when it was enrolled: another one stays.
    pub removes_mfa: Option<Timestamp>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// A new token for its owner.
pub fn generate(entropy: &dyn Entropy) -> Result<Secret, EntropyError> {
    let random = symbols(entropy, ALPHABET, RANDOM)?;
    let check = checksum(&random);
    Ok(Secret::new(format!("{PREFIX}{random}{check}")))
}

/// Whether the text has the shape and the checksum of a token: a slip of the hand is told from a spent one.
pub fn well_formed(text: &str) -> bool {
    text.strip_prefix(PREFIX)
        .filter(|rest| rest.len() == RANDOM + CHECK && rest.is_ascii())
        .is_some_and(|rest| checksum(&rest[..RANDOM]) == rest[RANDOM..])
}

/// What the store keeps of it.
pub fn hash(token: &Secret) -> Vec<u8> {
    Sha256::digest(token.expose().as_bytes()).to_vec()
}

fn checksum(random: &str) -> String {
    Sha256::digest(random.as_bytes())
        .iter()
        .take(CHECK)
        .map(|byte| char::from(ALPHABET[usize::from(*byte) % ALPHABET.len()]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::entropy::SystemEntropy;
    use super::*;

    #[test]
    fn k9_tokens_are_recognisable_and_checksummed() {
        let token = generate(&SystemEntropy).unwrap();
        assert!(token.expose().starts_with("rgn_setup_"));
        assert!(well_formed(token.expose()));
        let last = if token.expose().ends_with('A') { "B" } else { "A" };
        let slip = format!("{}{last}", &token.expose()[..token.expose().len() - 1]);
        assert!(!well_formed(&slip));
        assert!(!well_formed("rgn_setup_"));
        assert!(!well_formed(""));
    }

    #[test]
    fn k9_what_is_longer_shorter_or_no_ascii_is_no_token() {
        let token = generate(&SystemEntropy).unwrap();
        let rest = token.expose().strip_prefix(PREFIX).unwrap();
        assert!(!well_formed(rest), "without its prefix");
        // The checksum covers what stands before it, whatever follows.
        assert!(!well_formed(&format!("{}A", token.expose())));
        assert!(!well_formed(&token.expose()[..token.expose().len() - 1]));
        // As many bytes, with a symbol across the place where the checksum begins.
        let across = format!("{PREFIX}{}é{}", "A".repeat(RANDOM - 1), "A".repeat(CHECK - 1));
        assert_eq!(across.len(), token.expose().len());
        assert!(!well_formed(&across));
    }
}
