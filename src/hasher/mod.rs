//! Password hashing: argon2id in PHC strings, verification of those and of what others made, and replacement of weaker hashes.

mod argon;
mod calibrate;
mod error;
mod foreign;
mod memory;
mod passwords;
mod recognised;

pub use crate::domain::hash_cost::Cost;
pub use calibrate::{Measured, calibrate, measure};
pub use error::HashError;
pub use memory::Memory;
pub use passwords::{Checked, Hasher};
pub use recognised::Recognised;
