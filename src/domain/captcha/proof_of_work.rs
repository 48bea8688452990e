//! A proof of work: some CPU time instead of reading a picture. Any language can do it in a few lines: count
//! N up from 0 until SHA-256 of `challenge:N` starts with enough zero bits.

use sha2::{Digest, Sha256};

use crate::domain::entropy::{Entropy, EntropyError};

/// The only algorithm there is.
pub const ALGORITHM: &str = "sha256";

/// Digits of the largest counter, 2^64 - 1.
const LONGEST: usize = 20;

/// A new challenge: 128 bits in lower-case hexadecimal.
pub fn challenge(entropy: &dyn Entropy) -> Result<String, EntropyError> {
    let mut bytes = [0_u8; 16];
    entropy.fill(&mut bytes)?;
    Ok(data_encoding::HEXLOWER.encode(&bytes))
}

/// The smallest counter that fits. Takes 2^`bits` hashes on average.
pub fn solve(challenge: &str, bits: u32) -> u64 {
    (0..u64::MAX).find(|counter| zero_bits(challenge, &counter.to_string()) >= bits).unwrap_or(u64::MAX)
}

/// Whether `solution` is a counter in decimal, without sign, space or needless zeros, that fits the challenge.
/// One hash, whatever is typed.
pub fn check(challenge: &str, bits: u32, solution: &str) -> bool {
    is_counter(solution) && zero_bits(challenge, solution) >= bits
}

fn is_counter(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= LONGEST
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && (text == "0" || !text.starts_with('0'))
}

fn zero_bits(challenge: &str, counter: &str) -> u32 {
    let mut hash = Sha256::new();
    hash.update(challenge);
    hash.update(b":");
    hash.update(counter);
    let mut zeros = 0;
    for byte in hash.finalize() {
        zeros += byte.leading_zeros();
        if byte != 0 {
            break;
        }
    }
    zeros
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::entropy::SystemEntropy;

    const CHALLENGE: &str = "00112233445566778899aabbccddeeff";

    #[test]
    fn s2_agrees_with_hashlib() {
        // for n in itertools.count():
        //     if int.from_bytes(hashlib.sha256(f"{CHALLENGE}:{n}".encode()).digest()) >> (256 - bits) == 0: break
        for (bits, counter) in [(0, 0), (8, 55), (12, 2_888), (18, 377_541)] {
            assert_eq!(solve(CHALLENGE, bits), counter);
            assert!(check(CHALLENGE, bits, &counter.to_string()));
        }
    }

    #[test]
    fn s2_only_a_plain_counter_for_this_challenge_and_difficulty_counts() {
        let right = solve(CHALLENGE, 12).to_string();
        assert!(check(CHALLENGE, 12, &right));
        assert!(!check(CHALLENGE, 13, &right));
        assert!(!check("00112233445566778899aabbccddeefe", 12, &right));
        for odd in [format!("+{right}"), format!("0{right}"), format!(" {right}"), format!("{right}\n")] {
            // With difficulty 0 only the form is left to judge.
            assert!(!check(CHALLENGE, 0, &odd), "{odd:?}");
        }
        assert!(!check(CHALLENGE, 0, ""));
        assert!(!check(CHALLENGE, 0, "123456789012345678901"));
        assert!(check(CHALLENGE, 0, "0"));
    }

    #[test]
    fn s2_challenges_are_long_and_differ() {
        let (one, other) = (challenge(&SystemEntropy).unwrap(), challenge(&SystemEntropy).unwrap());
        assert_eq!(one.len(), 32);
        assert_ne!(one, other);
    }
}
