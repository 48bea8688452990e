//! Password hashing: argon2id in PHC strings, verification, and replacement of weaker hashes.

mod argon;
mod error;
mod memory;
mod passwords;

pub use crate::domain::hash_cost::Cost;
pub use error::HashError;
pub use memory::Memory;
pub use passwords::{Checked, Hasher};
