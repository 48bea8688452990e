//! Password hashing: argon2id in PHC strings, verification, and replacement of weaker hashes.

mod argon;
mod passwords;

pub use passwords::{Checked, Cost, HashError, Hasher};
