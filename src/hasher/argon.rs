//! argon2id between PHC strings and its parts.

use argon2::{Algorithm, Argon2, Params, Version};
use data_encoding::BASE64_NOPAD;
use zeroize::Zeroizing;

use super::passwords::HashError;
use crate::domain::hash_cost::Cost;
use crate::domain::secret::Secret;
use crate::keyring::{KeyId, KeyRing, Purpose};

/// Bytes of a salt (security P7).
pub(super) const SALT: usize = 16;
/// Bytes of a tag (security P7).
pub(super) const TAG: usize = 32;

/// What a tag depends on besides password and salt: everything before the salt in a PHC string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Recipe {
    pub(super) cost: Cost,
    /// The key that the pepper comes from.
    pub(super) pepper: Option<KeyId>,
}

/// The parts of `$argon2id$v=19$m=…,t=…,p=…[,keyid=…]$salt$tag`.
pub(super) struct Parts {
    pub(super) recipe: Recipe,
    pub(super) salt: Vec<u8>,
    pub(super) tag: Vec<u8>,
}

/// The tag of a password; the memory it took is wiped. What costs too much is not tried (security P7).
pub(super) fn tag(
    recipe: Recipe,
    keys: &KeyRing,
    password: &Secret,
    salt: &[u8],
) -> Result<[u8; TAG], HashError> {
    let Recipe { cost, pepper } = recipe;
    if !cost.is_bearable() {
        return Err(HashError::Cost);
    }
    let params = Params::new(cost.memory_kib, cost.iterations, cost.parallelism, Some(TAG))
        .map_err(|_| HashError::Cost)?;
    let pepper = Zeroizing::new(match pepper {
        Some(id) => keys.mac_with(id, Purpose::Pepper, &[]).map_err(|_| HashError::NoKey(id))?.to_vec(),
        None => Vec::new(),
    });
    let mut tag = [0_u8; TAG];
    Argon2::new_with_secret(&pepper, Algorithm::Argon2id, Version::V0x13, params)
        .and_then(|argon2| argon2.hash_password_into(password.expose().as_bytes(), salt, &mut tag))
        .map_err(|error| match error {
            argon2::Error::OutOfMemory => HashError::Memory { mib: cost.memory_kib.div_ceil(1_024) },
            _ => HashError::Cost,
        })?;
    Ok(tag)
}

pub(super) fn to_phc(recipe: Recipe, salt: &[u8], tag: &[u8]) -> String {
    let Recipe { cost: Cost { memory_kib, iterations, parallelism }, pepper } = recipe;
    let keyid = pepper
        .map_or_else(String::new, |id| format!(",keyid={}", BASE64_NOPAD.encode(id.to_string().as_bytes())));
    let (salt, tag) = (BASE64_NOPAD.encode(salt), BASE64_NOPAD.encode(tag));
    format!("$argon2id$v=19$m={memory_kib},t={iterations},p={parallelism}{keyid}${salt}${tag}")
}

pub(super) fn from_phc(phc: &str) -> Result<Parts, HashError> {
    let parts = read(phc).ok_or(HashError::Unreadable)?;
    let sane = parts.recipe.cost.is_bearable() && parts.salt.len() >= 8 && parts.tag.len() == TAG;
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
    let pepper = match costs.next() {
        Some(keyid) => Some(key_id(keyid.strip_prefix("keyid=")?)?),
        None => None,
    };
    if costs.next().is_some() {
        return None;
    }
    Some(Parts {
        recipe: Recipe { cost, pepper },
        salt: BASE64_NOPAD.decode(salt.as_bytes()).ok()?,
        tag: BASE64_NOPAD.decode(tag.as_bytes()).ok()?,
    })
}

fn key_id(text: &str) -> Option<KeyId> {
    String::from_utf8(BASE64_NOPAD.decode(text.as_bytes()).ok()?).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::entropy::SystemEntropy;
    use crate::domain::time::SystemClock;

    const CHEAP: Recipe =
        Recipe { cost: Cost { memory_kib: 4_096, iterations: 1, parallelism: 1 }, pepper: None };

    fn ring() -> KeyRing {
        KeyRing::generate(&SystemEntropy, &SystemClock).unwrap()
    }

    #[test]
    fn p7_the_reference_implementation_agrees() {
        // printf 'password' | argon2 somesalt -id -t 2 -k 19456 -p 1 -l 32 -e, Debian's argon2 0~20171227.
        let cost = Cost { memory_kib: 19_456, iterations: 2, parallelism: 1 };
        let recipe = Recipe { cost, pepper: None };
        let tag = tag(recipe, &ring(), &Secret::from("password"), b"somesalt").unwrap();
        let made = to_phc(recipe, b"somesalt", &tag);
        assert_eq!(made, REFERENCE);
    }

    const REFERENCE: &str =
        "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$PL01amPyeUuxG7H0vIr5X+qHkZvWnHmGBGXFYvh8z2E";

    #[test]
    fn phc_strings_are_read_back() {
        let (salt, keys) = ([7_u8; SALT], ring());
        for recipe in [CHEAP, Recipe { pepper: Some(keys.newest()), ..CHEAP }] {
            let phc = to_phc(recipe, &salt, &tag(recipe, &keys, &Secret::from("x"), &salt).unwrap());
            let parts = from_phc(&phc).unwrap();
            assert_eq!(parts.recipe, recipe);
            assert_eq!(to_phc(parts.recipe, &parts.salt, &parts.tag), phc);
        }
    }

    #[test]
    fn p7_costs_out_of_bounds_are_refused_before_hashing() {
        let tag = BASE64_NOPAD.encode(&[1; TAG]);
        let salt = BASE64_NOPAD.encode(&[1; SALT]);
        for costs in [
            "m=4294967295,t=2,p=1",
            "m=8,t=1,p=1",
            "m=19456,t=100000,p=1",
            "m=19456,t=2,p=5000",
            "m=1048576,t=64,p=1",
        ] {
            let phc = format!("$argon2id$v=19${costs}${salt}${tag}");
            assert_eq!(from_phc(&phc).err(), Some(HashError::Cost), "{costs}");
        }
        let dear = Recipe { cost: Cost { memory_kib: 1_048_576, iterations: 3, parallelism: 1 }, ..CHEAP };
        assert_eq!(super::tag(dear, &ring(), &Secret::from("x"), b"somesalt").err(), Some(HashError::Cost));
        for text in [
            "",
            "x",
            "$argon2i$v=19$m=19456,t=2,p=1$AAAAAAAAAAA$AAAA",
            "$argon2id$v=19$m=1$A$A$A$A",
            "$argon2id$v=19$m=19456,t=2,p=1,keyid=AAAA$AAAAAAAAAAA$AAAA",
        ] {
            assert_eq!(from_phc(text).err(), Some(HashError::Unreadable), "{text}");
        }
    }
}
