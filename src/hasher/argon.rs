//! argon2id between PHC strings and its parts.

use argon2::{Algorithm, Argon2, Params, Version};
use data_encoding::BASE64_NOPAD;

use super::passwords::{Cost, HashError};
use crate::domain::secret::Secret;

/// Bytes of a salt (security P7).
pub(super) const SALT: usize = 16;
/// Bytes of a tag (security P7).
pub(super) const TAG: usize = 32;

/// Bounds of a stored hash's cost. Below, a hash protects nobody; above, verifying it would be a way to
/// bring the machine down, so neither is tried (security P7).
const MEMORY_KIB: std::ops::RangeInclusive<u32> = 4_096..=1_048_576;
const ITERATIONS: std::ops::RangeInclusive<u32> = 1..=64;
const PARALLELISM: std::ops::RangeInclusive<u32> = 1..=64;

/// The parts of `$argon2id$v=19$m=…,t=…,p=…$salt$tag`.
pub(super) struct Parts {
    pub(super) cost: Cost,
    pub(super) salt: Vec<u8>,
    pub(super) tag: Vec<u8>,
}

/// The tag of a password; the memory it took is wiped.
pub(super) fn tag(cost: Cost, password: &Secret, salt: &[u8]) -> Result<[u8; TAG], HashError> {
    let params = Params::new(cost.memory_kib, cost.iterations, cost.parallelism, Some(TAG))
        .map_err(|_| HashError::Cost)?;
    let mut tag = [0_u8; TAG];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(password.expose().as_bytes(), salt, &mut tag)
        .map_err(|_| HashError::Cost)?;
    Ok(tag)
}

pub(super) fn to_phc(cost: Cost, salt: &[u8], tag: &[u8]) -> String {
    format!(
        "$argon2id$v=19$m={},t={},p={}${}${}",
        cost.memory_kib,
        cost.iterations,
        cost.parallelism,
        BASE64_NOPAD.encode(salt),
        BASE64_NOPAD.encode(tag)
    )
}

pub(super) fn from_phc(phc: &str) -> Result<Parts, HashError> {
    let parts = read(phc).ok_or(HashError::Unreadable)?;
    let sane = MEMORY_KIB.contains(&parts.cost.memory_kib)
        && ITERATIONS.contains(&parts.cost.iterations)
        && PARALLELISM.contains(&parts.cost.parallelism)
        && parts.salt.len() >= 8
        && parts.tag.len() == TAG;
    if sane { Ok(parts) } else { Err(HashError::Cost) }
}

fn read(phc: &str) -> Option<Parts> {
    let mut fields = phc.strip_prefix("$argon2id$v=19$")?.split('$');
    let (costs, salt, tag) = (fields.next()?, fields.next()?, fields.next()?);
    if fields.next().is_some() {
        return None;
    }
    let mut costs = costs.split(',');
    let mut number = |name: &str| costs.next()?.strip_prefix(name)?.parse::<u32>().ok();
    let cost = Cost { memory_kib: number("m=")?, iterations: number("t=")?, parallelism: number("p=")? };
    if costs.next().is_some() {
        return None;
    }
    Some(Parts {
        cost,
        salt: BASE64_NOPAD.decode(salt.as_bytes()).ok()?,
        tag: BASE64_NOPAD.decode(tag.as_bytes()).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: Cost = Cost { memory_kib: 4_096, iterations: 1, parallelism: 1 };

    #[test]
    fn p7_the_reference_implementation_agrees() {
        // printf 'password' | argon2 somesalt -id -t 2 -k 19456 -p 1 -l 32 -e, Debian's argon2 0~20171227.
        let cost = Cost { memory_kib: 19_456, iterations: 2, parallelism: 1 };
        let made = to_phc(cost, b"somesalt", &tag(cost, &Secret::from("password"), b"somesalt").unwrap());
        assert_eq!(made, REFERENCE);
    }

    const REFERENCE: &str =
        "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$PL01amPyeUuxG7H0vIr5X+qHkZvWnHmGBGXFYvh8z2E";

    #[test]
    fn phc_strings_are_read_back() {
        let salt = [7_u8; SALT];
        let phc = to_phc(CHEAP, &salt, &tag(CHEAP, &Secret::from("x"), &salt).unwrap());
        let parts = from_phc(&phc).unwrap();
        assert_eq!(to_phc(parts.cost, &parts.salt, &parts.tag), phc);
    }

    #[test]
    fn p7_costs_out_of_bounds_are_refused_before_hashing() {
        let tag = BASE64_NOPAD.encode(&[1; TAG]);
        let salt = BASE64_NOPAD.encode(&[1; SALT]);
        for costs in ["m=4294967295,t=2,p=1", "m=8,t=1,p=1", "m=19456,t=100000,p=1", "m=19456,t=2,p=5000"] {
            let phc = format!("$argon2id$v=19${costs}${salt}${tag}");
            assert_eq!(from_phc(&phc).err(), Some(HashError::Cost), "{costs}");
        }
        for text in ["", "x", "$argon2i$v=19$m=19456,t=2,p=1$AAAAAAAAAAA$AAAA", "$argon2id$v=19$m=1$A$A$A$A"]
        {
            assert_eq!(from_phc(text).err(), Some(HashError::Unreadable), "{text}");
        }
    }
}
