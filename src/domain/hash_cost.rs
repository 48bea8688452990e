//! What one password hash may cost: the bound that config, hasher and store checks share (security P7).

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use super::text::UnknownWord;

/// Memory and passes of argon2id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    pub memory_kib: u32,
    pub iterations: u32,
    pub parallelism: u32,
}

/// Below, a hash protects nobody; above, its memory alone would bring a machine down.
const MEMORY_KIB: RangeInclusive<u32> = 4_096..=1_048_576;
const ITERATIONS: RangeInclusive<u32> = 1..=64;
const PARALLELISM: RangeInclusive<u32> = 1..=64;

/// As PHC strings write it: `m=19456,t=2,p=1`.
impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "m={},t={},p={}", self.memory_kib, self.iterations, self.parallelism)
    }
}

impl FromStr for Cost {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let mut parts = text.split(',');
        let mut number = |name| parts.next()?.strip_prefix(name)?.parse().ok();
        let read = |number: Option<u32>| number.ok_or(UnknownWord);
        Ok(Self {
            memory_kib: read(number("m="))?,
            iterations: read(number("t="))?,
            parallelism: read(number("p="))?,
        })
    }
}

impl Cost {
    /// KiB that one hash may write, over all of its passes: about two seconds of a processor. Lanes share them.
    /// It is the most memory there may be with the fewest passes that may be set.
    pub const MOST_KIB: u32 = 2 * 1_048_576;

    /// Whether a hash of this cost may be made, kept and verified.
    pub fn is_bearable(self) -> bool {
        MEMORY_KIB.contains(&self.memory_kib)
            && ITERATIONS.contains(&self.iterations)
            && PARALLELISM.contains(&self.parallelism)
            && self.iterations <= Self::most_iterations(self.memory_kib)
    }

    /// The most passes over so much memory.
    pub fn most_iterations(memory_kib: u32) -> u32 {
        Self::MOST_KIB / memory_kib.max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cost_is_written_as_in_phc_strings() {
        let cost = Cost { memory_kib: 19_456, iterations: 2, parallelism: 1 };
        assert_eq!((cost.to_string().as_str(), "m=19456,t=2,p=1".parse()), ("m=19456,t=2,p=1", Ok(cost)));
        assert_eq!("m=19456,t=2".parse::<Cost>(), Err(UnknownWord));
    }

    #[test]
    fn p7_memory_and_passes_are_bounded_together() {
        let bearable = |memory_kib, iterations| Cost { memory_kib, iterations, parallelism: 1 }.is_bearable();
        for (memory_kib, iterations) in [(4_096, 1), (19_456, 2), (32_768, 64), (65_536, 32), (1_048_576, 2)]
        {
            assert!(bearable(memory_kib, iterations), "{memory_kib} {iterations}");
        }
        for (memory_kib, iterations) in [(4_095, 2), (19_456, 0), (19_456, 65), (32_769, 64), (1_048_576, 3)]
        {
            assert!(!bearable(memory_kib, iterations), "{memory_kib} {iterations}");
        }
        assert!(!Cost { memory_kib: 19_456, iterations: 2, parallelism: 65 }.is_bearable());
    }
}
