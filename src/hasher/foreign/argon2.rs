//! argon2i, argon2d, and argon2id with salts, tags and costs that are not ours.

use argon2::{Algorithm, Argon2, Params, PasswordHash, Version};
use subtle::ConstantTimeEq;

use super::super::error::HashError;
use super::super::memory::Memory;
use super::check::Check;
use super::encodings::setting;

/// KiB that one check may write, over all of its passes.
pub(in crate::hasher) const MOST_KIB: u32 = 512 * 1_024;
const MOST_MEMORY_KIB: u32 = 256 * 1_024;
const LEAST_MEMORY_KIB: u32 = 1_024;
const MOST_LANES: u32 = 64;

struct Stored {
    algorithm: Algorithm,
    version: Version,
    params: Params,
    salt: Vec<u8>,
    tag: Vec<u8>,
}

pub(super) fn phc(text: &str) -> Option<Box<dyn Check>> {
    let hash = PasswordHash::new(text).ok()?;
    // A key or data that stand beside it are not at hand here.
    if hash.params.iter().any(|(name, _)| !matches!(name.as_str(), "m" | "t" | "p")) {
        return None;
    }
    let number = |name| hash.params.get_decimal(name);
    let tag = hash.hash?.as_bytes().to_vec();
    if tag.len() < 16 {
        return None;
    }
    Some(Box::new(Stored {
        algorithm: Algorithm::try_from(hash.algorithm.as_str()).ok()?,
        version: hash.version.map_or(Ok(Version::V0x10), Version::try_from).ok()?,
        params: Params::new(number("m")?, number("t")?, number("p")?, Some(tag.len())).ok()?,
        salt: hash.salt?.to_vec(),
        tag,
    }))
}

pub(super) fn django(text: &str) -> Option<Box<dyn Check>> {
    phc(text.strip_prefix("argon2")?)
}

pub(super) fn imitation(cost: &str) -> Option<Box<dyn Check>> {
    let (algorithm, settings) = cost.split_once(',')?;
    let number = |name| setting(settings, name);
    Some(Box::new(Stored {
        algorithm: Algorithm::try_from(algorithm).ok()?,
        version: Version::V0x13,
        params: Params::new(number("m")?, number("t")?, number("p")?, Some(32)).ok()?,
        salt: vec![0; 16],
        tag: vec![0; 32],
    }))
}

impl Check for Stored {
    fn is_bearable(&self) -> bool {
        let (memory, passes) = (self.params.m_cost(), self.params.t_cost());
        (LEAST_MEMORY_KIB..=MOST_MEMORY_KIB).contains(&memory)
            && passes <= MOST_KIB / memory
            && self.params.p_cost() <= MOST_LANES
    }

    fn cost(&self) -> String {
        let (params, algorithm) = (&self.params, self.algorithm);
        format!("{algorithm},m={},t={},p={}", params.m_cost(), params.t_cost(), params.p_cost())
    }

    fn matches(&self, memory: &mut Memory, password: &[u8]) -> Result<bool, HashError> {
        let mib = self.params.m_cost().div_ceil(1_024);
        let blocks = memory.blocks(self.params.block_count()).ok_or(HashError::Memory { mib })?;
        let argon2 = Argon2::new(self.algorithm, self.version, self.params.clone());
        let mut tag = vec![0; self.tag.len()];
        argon2
            .hash_password_into_with_memory(password, &self.salt, &mut tag, blocks)
            .map_err(|_| HashError::Unreadable)?;
        Ok(tag.ct_eq(&self.tag).into())
    }
}
