//! What a hash takes on this machine, and the parameters with which it takes as long as somebody wants.

use jiff::SignedDuration;

use super::error::HashError;
use super::memory::Memory;
use super::passwords::Hasher;
use crate::domain::entropy::SystemEntropy;
use crate::domain::hash_cost::Cost;
use crate::domain::{Clock, Secret};
use crate::keyring::KeyRing;

/// The least that OWASP recommends of argon2id (Password Storage Cheat Sheet, 2026), and that a config may say.
const LEAST: Cost = Cost { memory_kib: 19_456, iterations: 2, parallelism: 1 };

/// More memory than this is asked for by more passes: several people sign in at once, each with as much.
const MOST_MEMORY_KIB: u32 = 128 * 1_024;

/// Hashes are made for so long, and so many of them at most, to tell what one takes.
const MEASURED_FOR: SignedDuration = SignedDuration::from_millis(400);
const MOST_HASHES: i32 = 100;

/// How often a proposal is measured and corrected.
const CORRECTIONS: u32 = 3;

/// Parameters, and what a hash with them takes here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measured {
    pub cost: Cost,
    pub takes: SignedDuration,
}

/// Measures these parameters.
pub fn measure(cost: Cost, keys: &KeyRing, clock: &dyn Clock) -> Result<Measured, HashError> {
    let (hasher, mut memory) = (Hasher::new(cost, false, keys), Memory::new());
    let password = Secret::from("correct horse battery staple");
    // The first one gets the memory, which a process that goes on has already.
    hasher.hash_in(&mut memory, &password, &SystemEntropy)?;
    let (begun, mut hashes) = (clock.now(), 0);
    loop {
        hasher.hash_in(&mut memory, &password, &SystemEntropy)?;
        hashes += 1;
        let taken = clock.now().duration_since(begun);
        if taken >= MEASURED_FOR || hashes == MOST_HASHES {
            let takes = taken / hashes;
            return Ok(Measured { cost, takes: takes.max(SignedDuration::from_micros(1)) });
        }
    }
}

/// The dearest parameters found with which a hash takes no longer than `target`; the least that is safe where even that
/// takes longer.
pub fn calibrate(target: SignedDuration, keys: &KeyRing, clock: &dyn Clock) -> Result<Measured, HashError> {
    let mut best = measure(LEAST, keys, clock)?;
    let mut last = best;
    for _ in 0..CORRECTIONS {
        let cost = fitting(target, last);
        if cost == last.cost {
            break;
        }
        last = measure(cost, keys, clock)?;
        if last.takes <= target && last.takes > best.takes {
            best = last;
        }
    }
    Ok(best)
}

/// Parameters that should take as long as that, by what others took: time grows with memory and with passes.
fn fitting(target: SignedDuration, measured: Measured) -> Cost {
    let written = u128::from(measured.cost.memory_kib) * u128::from(measured.cost.iterations);
    let micros = |span: SignedDuration| u128::try_from(span.as_micros()).unwrap_or_default();
    let wanted = written * micros(target) / micros(measured.takes).max(1);
    let wanted = u32::try_from(wanted).unwrap_or(u32::MAX);
    let memory_kib = (wanted / LEAST.iterations / 1_024 * 1_024).clamp(LEAST.memory_kib, MOST_MEMORY_KIB);
    let iterations = (wanted / memory_kib).clamp(LEAST.iterations, Cost::most_iterations(memory_kib));
    Cost { memory_kib, iterations, ..LEAST }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use jiff::Timestamp;

    use super::*;
    use crate::domain::time::{SystemClock, after};

    #[test]
    fn memory_grows_first_and_then_the_passes_and_the_least_stays() {
        let measured = Measured { cost: LEAST, takes: SignedDuration::from_millis(20) };
        for (target, memory_kib, iterations) in [
            (1, 19_456, 2),
            (20, 19_456, 2),
            (60, 58_368, 2),
            (134, 130_048, 2),
            (210, 131_072, 3),
            (10_000, 131_072, 16),
        ] {
            let cost = fitting(SignedDuration::from_millis(target), measured);
            assert_eq!(
                (cost.memory_kib, cost.iterations, cost.parallelism),
                (memory_kib, iterations, 1),
                "{target}"
            );
            assert!(cost.is_bearable());
        }
    }

    /// A clock by which each look at it takes as long.
    struct Steady(Cell<Timestamp>);

    impl Clock for Steady {
        fn now(&self) -> Timestamp {
            self.0.set(after(self.0.get(), SignedDuration::from_millis(30)));
            self.0.get()
        }

        fn pause(&self, _: SignedDuration) {}
    }

    #[test]
    fn the_least_is_proposed_where_even_that_takes_longer() {
        let keys = KeyRing::generate(&SystemEntropy, &SystemClock).unwrap();
        let clock = Steady(Cell::new(Timestamp::UNIX_EPOCH));
        let least = calibrate(SignedDuration::from_millis(10), &keys, &clock).unwrap();
        assert_eq!(least, Measured { cost: LEAST, takes: SignedDuration::from_millis(30) });
    }
}
