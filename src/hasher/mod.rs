//! Password hashing: argon2id in PHC strings, verification, and replacement of weaker hashes.

mod argon;
mod hasher;

pub use hasher::{Checked, Cost, HashError, Hasher};
