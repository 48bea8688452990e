//! Randomness as a value. Nothing asks the system for random bytes but [`SystemEntropy`].

/// The generator failed. Nothing may go on without it: no code, no token, no salt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("get random bytes from the operating system")]
pub struct EntropyError;

/// Where random bytes come from.
pub trait Entropy: Sync {
    /// Fills `bytes` with independent uniform bytes, or fails without a usable result.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError>;
}

/// The operating system's generator.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[expect(clippy::disallowed_methods, reason = "the one place where the generator is asked")]
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        getrandom::fill(bytes).map_err(|_| EntropyError)
    }
}

/// `count` symbols drawn uniformly and independently from `alphabet` (1 to 256 ASCII symbols).
///
/// Bytes past the largest multiple of the alphabet's size are thrown away, so no symbol is likelier than another.
pub fn symbols(entropy: &dyn Entropy, alphabet: &[u8], count: usize) -> Result<String, EntropyError> {
    let size = alphabet.len();
    let limit = 256 - 256 % size;
    let mut text = String::with_capacity(count);
    let mut bytes = [0_u8; 64];
    while text.len() < count {
        entropy.fill(&mut bytes)?;
        for byte in bytes {
            if text.len() < count && usize::from(byte) < limit {
                text.push(char::from(alphabet[usize::from(byte) % size]));
            }
        }
    }
    zeroize::Zeroize::zeroize(&mut bytes);
    Ok(text)
}

/// `count` uniform decimal digits, leading zeros kept (security K1).
pub fn digits(entropy: &dyn Entropy, count: usize) -> Result<String, EntropyError> {
    symbols(entropy, b"0123456789", count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k1_digits_are_uniform_and_keep_leading_zeros() {
        let drawn = digits(&SystemEntropy, 20_000).unwrap();
        for digit in '0'..='9' {
            let seen = drawn.matches(digit).count();
            // 2,000 expected; seven standard deviations (42 each) either side.
            assert!((1_700..2_300).contains(&seen), "{digit} was drawn {seen} times");
        }
        let leading = (0..400).filter(|_| digits(&SystemEntropy, 6).unwrap().starts_with('0')).count();
        assert!(leading > 5, "leading zeros were drawn {leading} times of 400");
        assert!((0..400).all(|_| digits(&SystemEntropy, 6).unwrap().len() == 6));
    }

    #[test]
    fn bytes_past_the_last_whole_multiple_are_thrown_away() {
        struct Counting;
        impl Entropy for Counting {
            fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
                for (at, byte) in bytes.iter_mut().enumerate() {
                    *byte = if at % 2 == 0 { 255 } else { 7 };
                }
                Ok(())
            }
        }
        assert_eq!(digits(&Counting, 6).unwrap(), "777777");
    }
}
