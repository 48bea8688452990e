//! Passwords that are made for people (security P8).

use zeroize::Zeroizing;

use super::context::{self, Context};
use super::judge::rules;
use super::normalise::{NewPassword, NormaliseError};
use crate::domain::entropy::{Entropy, EntropyError, symbols};
use crate::domain::policy::PasswordPolicy;
use crate::domain::secret::Secret;

/// 37 symbols, 5.2 bits each. Of every two that can be taken for one another (0 O o, 1 l I i, 5 S s, 2 Z z,
/// 8 B, 6 b G, 9 g q) one is left at most, and an upper-case letter only where its lower case has another shape.
const ALPHABET: &[u8] = b"acdefhjkmnprtuvwxyADEFHLMNQRT23456789";

/// Symbols that are drawn at least: 20 of 5.2 bits are 104, and throwing away draws that miss a rule costs
/// less than one (security P8: 100).
const SYMBOLS: usize = 20;

/// Symbols in a group.
const GROUP: usize = 5;

/// A draw meets the hardest policy in most cases: when 200 in a row do not, nothing does.
const DRAWS: usize = 200;

/// Why no password could be made.
#[derive(Debug, thiserror::Error)]
pub enum GenerateError {
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    #[error(transparent)]
    Normalise(#[from] NormaliseError),
    #[error("generate a password: none meets the password policy of the account")]
    Unsatisfiable,
}

/// A new password of at least 104 bits, in groups of five for reading aloud, that meets every rule of the policy
/// up to its longest minimum length.
///
/// It is not put to zxcvbn: how it was drawn says more than any estimate.
pub fn generate(
    entropy: &dyn Entropy,
    policy: &PasswordPolicy,
    context: &Context<'_>,
) -> Result<NewPassword, GenerateError> {
    let words = context::words(context);
    for _ in 0..DRAWS {
        let drawn = draw(entropy, policy.minimum_length_for(context.has_mfa))?;
        let refused = !rules(drawn.expose(), policy, context).is_empty()
            || (policy.blocklist && context::is_made_of(drawn.expose(), &words));
        if !refused {
            return Ok(NewPassword::from_typed(&drawn)?);
        }
    }
    Err(GenerateError::Unsatisfiable)
}

/// Groups with hyphens between, exactly as long as 20 symbols take or as `minimum` asks, whichever is more, so
/// that it also fits a policy whose maximum is as low as its minimum.
fn draw(entropy: &dyn Entropy, minimum: u32) -> Result<Secret, EntropyError> {
    let length = (minimum as usize).max(SYMBOLS + SYMBOLS / GROUP - 1);
    let pool = Zeroizing::new(symbols(entropy, ALPHABET, length)?);
    let mut drawn = String::with_capacity(length);
    for (at, symbol) in pool.chars().enumerate() {
        let between = at % (GROUP + 1) == GROUP && at + 1 < length;
        drawn.push(if between { '-' } else { symbol });
    }
    Ok(Secret::new(drawn))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::super::{NoList, judge};
    use super::*;
    use crate::domain::entropy::SystemEntropy;
    use crate::domain::policy::Preset;

    fn text(policy: &PasswordPolicy) -> String {
        let made = generate(&SystemEntropy, policy, &Context::default()).unwrap();
        made.secret().expose().to_owned()
    }

    #[test]
    fn p8_has_a_hundred_bits_and_no_awkward_symbol() {
        let mut seen = HashSet::new();
        for _ in 0..300 {
            let made = text(&PasswordPolicy::default());
            assert_eq!(made.len(), 23);
            let drawn = made.chars().filter(|symbol| *symbol != '-').count();
            assert_eq!((drawn, ALPHABET.len()), (20, 37), "20 * log2(37) = 104.2 bits");
            assert!(!made.starts_with(['=', '+', '-', '@']) && !made.ends_with('-'), "{made}");
            assert!(!made.contains(['0', 'O', 'o', '1', 'l', 'I', 'i', '"', '\'', ',', ' ']), "{made}");
            assert!(seen.insert(made));
        }
        assert_eq!(ALPHABET.iter().collect::<HashSet<_>>().len(), ALPHABET.len());
    }

    #[test]
    fn p8_is_as_long_as_asked_and_never_ends_in_a_hyphen() {
        for minimum in 15..=128_u32 {
            let policy = PasswordPolicy { minimum_password_length: minimum, ..PasswordPolicy::default() };
            let made = text(&policy);
            assert_eq!(made.len(), minimum.max(23) as usize);
            assert!(!made.ends_with('-') && !made.contains("--"), "{made}");
        }
    }

    #[test]
    fn a_policy_that_lets_nothing_through_is_told() {
        let none = PasswordPolicy { maximum_password_length: 10, ..PasswordPolicy::default() };
        let made = generate(&SystemEntropy, &none, &Context::default());
        assert!(matches!(made, Err(GenerateError::Unsatisfiable)));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        #[test]
        fn p8_generated_passwords_pass_every_policy(
            minimum in 6_u32..=128,
            above in 0_u32..200,
            kinds in 0_u32..=4,
            run in 0_u32..=3,
            guesses in 0_u32..=14,
        ) {
            let policy = PasswordPolicy {
                minimum_password_length: minimum,
                maximum_password_length: (minimum + above).max(64),
                password_char_combination: kinds,
                maximum_consecutive_identical_chars: run,
                minimum_guesses_log10: guesses,
                ..PasswordPolicy::preset(Preset::Nist)
            };
            let context = Context { user_name: "alice", account_name: "acme", ..Context::default() };
            let made = generate(&SystemEntropy, &policy, &context).unwrap();
            prop_assert_eq!(judge(&made, &policy, &context, &NoList).unwrap(), []);
        }
    }
}
