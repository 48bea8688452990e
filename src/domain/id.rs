//! Identifiers of rows. They are no secret, but long enough that nobody meets another's by guessing.

use super::entropy::{Entropy, EntropyError, symbols};

/// Lower-case letters and digits that cannot be taken for one another when read aloud (no i, l, o, u).
const ALPHABET: &[u8] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Letters only: for what stands in messages, where no run of digits but the code may appear.
const LETTERS: &[u8] = b"abcdefghjkmnpqrstvwxyz";

/// A new identifier: `kind`, an underscore and 24 symbols (120 bits), such as `usr_…`.
pub fn new(entropy: &dyn Entropy, kind: &str) -> Result<String, EntropyError> {
    Ok(format!("{kind}_{}", symbols(entropy, ALPHABET, 24)?))
}

/// A reference of ten letters (44 bits) that a person can read out, in two groups: `bdfgh-jkmnp`.
pub fn reference(entropy: &dyn Entropy) -> Result<String, EntropyError> {
    let letters = symbols(entropy, LETTERS, 10)?;
    Ok(format!("{}-{}", &letters[..5], &letters[5..]))
}

#[cfg(test)]
mod tests {
    use super::super::entropy::SystemEntropy;
    use super::*;

    #[test]
    fn ids_never_begin_with_a_hyphen_and_references_hold_no_digit() {
        for _ in 0..200 {
            assert!(new(&SystemEntropy, "req").unwrap().starts_with("req_"));
            assert!(!reference(&SystemEntropy).unwrap().contains(|c: char| c.is_ascii_digit()));
        }
    }
}
