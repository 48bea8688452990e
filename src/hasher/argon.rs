//! argon2id between PHC strings and what goes into them.

use argon2::password_hash::phc::{Output, ParamsString, Salt};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Block, ParamsBuilder, PasswordHash, Version};
use zeroize::{Zeroizing, zeroize_stack};

use super::error::HashError;
use super::memory::Memory;
use crate::domain::Secret;
use crate::domain::hash_cost::Cost;
use crate::keyring::{KeyId, KeyRing, Purpose};

/// Bytes of a salt (security P7).
pub(super) const SALT: usize = 16;
/// Bytes of a tag (security P7).
const TAG: usize = 32;

/// Bytes of the stack that computing a hash may use: some ten blocks.
const STACK: usize = 32 * 1_024;

/// What a tag depends on besides password and salt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Recipe {
    pub(super) cost: Cost,
    /// The key that the pepper comes from: `keyid` in the PHC string.
    pub(super) pepper: Option<KeyId>,
}

/// A hash as it was stored, its parts known to be there and its cost to be bearable.
pub(super) struct Stored {
    pub(super) hash: PasswordHash,
    pub(super) recipe: Recipe,
    pub(super) salt: Salt,
}

/// `$argon2id$v=19$m=…,t=…,p=…[,keyid=…]$salt$tag`. What costs too much is not tried (security P7).
///
/// Its blocks are wiped with `memory`, and what the library left on the stack at the end: single blocks, and what BLAKE2
/// knew of the password. What is in registers cannot be reached from here.
pub(super) fn hash(
    memory: &mut Memory,
    recipe: Recipe,
    keys: &KeyRing,
    password: &Secret,
    salt: &[u8],
) -> Result<PasswordHash, HashError> {
    let Recipe { cost: Cost { memory_kib, iterations, parallelism }, pepper } = recipe;
    if !recipe.cost.is_bearable() {
        return Err(HashError::Cost);
    }
    let mut params = ParamsBuilder::new();
    params.m_cost(memory_kib).t_cost(iterations).p_cost(parallelism).output_len(TAG);
    let mut secret = Zeroizing::default();
    if let Some(id) = pepper {
        params.keyid(argon2::KeyId::new(id.to_string().as_bytes()).map_err(|_| HashError::NoKey(id))?);
        let pepper = keys.mac_with(id, Purpose::Pepper, &[]).map_err(|_| HashError::NoKey(id))?;
        secret = Zeroizing::new(pepper.to_vec());
    }
    let params = params.build().map_err(|_| HashError::Cost)?;
    let blocks =
        memory.blocks(params.block_count()).ok_or(HashError::Memory { mib: memory_kib.div_ceil(1_024) })?;
    let written = ParamsString::try_from(&params).map_err(|_| HashError::Cost)?;
    let argon2 = Argon2::new_with_secret(&secret, Algorithm::Argon2id, Version::V0x13, params)
        .map_err(|_| HashError::Cost)?;
    let tag = tag(&argon2, password, salt, blocks).map_err(|_| HashError::Cost)?;
    Ok(PasswordHash {
        algorithm: ARGON2ID_IDENT,
        version: Some(Version::V0x13.into()),
        params: written,
        salt: Some(Salt::new(salt).map_err(|_| HashError::Cost)?),
        hash: Some(Output::new(&tag).map_err(|_| HashError::Cost)?),
    })
}

/// Computes the hash, and wipes what that left on the stack.
fn tag(
    argon2: &Argon2<'_>,
    password: &Secret,
    salt: &[u8],
    blocks: &mut [Block],
) -> argon2::Result<[u8; TAG]> {
    let tag = compute(argon2, password, salt, blocks);
    zeroize_stack::<STACK>();
    tag
}

/// Never part of its caller, whose part of the stack is not wiped.
#[inline(never)]
fn compute(
    argon2: &Argon2<'_>,
    password: &Secret,
    salt: &[u8],
    blocks: &mut [Block],
) -> argon2::Result<[u8; TAG]> {
    let mut tag = [0; TAG];
    argon2.hash_password_into_with_memory(password.expose().as_bytes(), salt, &mut tag, blocks)?;
    Ok(tag)
}

pub(super) fn read(phc: &str) -> Result<Stored, HashError> {
    let hash = PasswordHash::new(phc).map_err(|_| HashError::Unreadable)?;
    let recipe = recipe(&hash).ok_or(HashError::Unreadable)?;
    let (Some(salt), Some(tag)) = (hash.salt, hash.hash) else { return Err(HashError::Unreadable) };
    if !recipe.cost.is_bearable() || tag.len() != TAG {
        return Err(HashError::Cost);
    }
    Ok(Stored { hash, recipe, salt })
}

fn recipe(hash: &PasswordHash) -> Option<Recipe> {
    let number = |name| hash.params.get_decimal(name);
    let cost = Cost { memory_kib: number("m")?, iterations: number("t")?, parallelism: number("p")? };
    let mut bytes = [0; 64];
    let pepper = match hash.params.get("keyid") {
        Some(id) => Some(std::str::from_utf8(id.b64_decode(&mut bytes).ok()?).ok()?.parse().ok()?),
        None => None,
    };
    let whole = hash.params.iter().count() == 3 + usize::from(pepper.is_some());
    let ours = hash.algorithm == ARGON2ID_IDENT && hash.version == Some(Version::V0x13.into());
    (whole && ours).then_some(Recipe { cost, pepper })
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::os::unix::fs::FileExt;

    use data_encoding::BASE64_NOPAD;

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
        let made = hash(&mut Memory::new(), recipe, &ring(), &Secret::from("password"), b"somesalt").unwrap();
        assert_eq!(made.to_string(), REFERENCE);
    }

    const REFERENCE: &str =
        "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$PL01amPyeUuxG7H0vIr5X+qHkZvWnHmGBGXFYvh8z2E";

    /// How many bytes stand on the stack below, where nothing else than `work` comes to.
    fn left_on_the_stack(work: impl FnOnce()) -> usize {
        const NEAR: usize = 4 * 1_024;
        let (memory, mut below) = (File::open("/proc/self/mem").unwrap(), vec![0; STACK - 2 * NEAR]);
        work();
        let from = std::ptr::from_ref(&memory).addr() - STACK + NEAR;
        memory.read_exact_at(&mut below, from.try_into().unwrap()).unwrap();
        below.iter().filter(|byte| **byte != 0).count()
    }

    #[test]
    fn t6_nothing_of_a_hash_is_left_on_the_stack() {
        let (argon2, password) = (Argon2::default(), Secret::from("password"));
        let mut blocks = vec![Block::new(); argon2.params().block_count()];
        let control =
            left_on_the_stack(|| assert!(compute(&argon2, &password, b"somesalt", &mut blocks).is_ok()));
        assert!(control > 1_000, "{control}");
        let wiped = left_on_the_stack(|| assert!(tag(&argon2, &password, b"somesalt", &mut blocks).is_ok()));
        assert_eq!(wiped, 0);
    }

    #[test]
    fn phc_strings_are_read_back() {
        let (salt, keys) = ([7_u8; SALT], ring());
        for recipe in [CHEAP, Recipe { pepper: Some(keys.newest()), ..CHEAP }] {
            let made = hash(&mut Memory::new(), recipe, &keys, &Secret::from("x"), &salt).unwrap();
            let stored = read(&made.to_string()).unwrap();
            assert_eq!((stored.recipe, &stored.salt[..]), (recipe, &salt[..]));
            assert_eq!(stored.hash, made);
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
            assert_eq!(read(&phc).err(), Some(HashError::Cost), "{costs}");
        }
        let dear = Recipe { cost: Cost { memory_kib: 1_048_576, iterations: 3, parallelism: 1 }, ..CHEAP };
        assert_eq!(
            hash(&mut Memory::new(), dear, &ring(), &Secret::from("x"), b"somesalt").err(),
            Some(HashError::Cost)
        );
        for text in [
            "",
            "x",
            "$argon2i$v=19$m=19456,t=2,p=1$AAAAAAAAAAA$AAAA",
            "$argon2id$v=19$m=1$A$A$A$A",
            "$argon2id$v=19$m=19456,t=2$AAAAAAAAAAA$AAAA",
            "$argon2id$v=19$m=19456,t=2,p=1,data=AAAA$AAAAAAAAAAA$AAAA",
            "$argon2id$v=16$m=19456,t=2,p=1$AAAAAAAAAAA$AAAA",
            "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAA",
            "$argon2id$v=19$m=19456,t=2,p=1,keyid=AAAA$AAAAAAAAAAA$AAAA",
        ] {
            assert_eq!(read(text).err(), Some(HashError::Unreadable), "{text}");
        }
    }
}
