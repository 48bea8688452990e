//! What each scheme knows of its hashes.

use super::super::error::HashError;
use super::super::memory::Memory;

/// A hash as it was stored, in the terms of its scheme.
pub(in crate::hasher) trait Check {
    /// Whether a check of it takes no longer than half a second of a processor, and protects anything at all
    /// (security P7). Judged before anything is computed.
    fn is_bearable(&self) -> bool;

    /// What it costs, in the words of the scheme and without spaces, such as `m=65536,t=3,p=4` or `12`.
    fn cost(&self) -> String;

    /// Whether it is the hash of this password; compared in constant time.
    fn matches(&self, memory: &mut Memory, password: &[u8]) -> Result<bool, HashError>;
}

/// Bytes of a password up to which all rounds of a scheme are bearable that reads it in each.
const USUAL_PASSWORD: usize = 64;

/// Whether so many rounds are bearable where each of them reads the whole password, and `most` are where it is short.
pub(super) fn is_bearable_for(password: &[u8], rounds: u32, most: u32) -> bool {
    let lengths = u32::try_from(password.len().div_ceil(USUAL_PASSWORD)).unwrap_or(u32::MAX);
    rounds <= most / lengths.max(1)
}
