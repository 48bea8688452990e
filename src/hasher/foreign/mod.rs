//! Password hashes that other programs made: which scheme a text is of, what a check of it costs, and the check.
//!
//! One file a family of schemes. What is here is compared with once: a right password is hashed anew, as ours.

mod argon2;
mod bcrypt;
mod check;
mod crypt;
mod encodings;
mod legacy;
mod md5;
mod must_reset;
mod pbkdf2;
mod portable;
mod registry;
mod scrypt;

pub(super) use argon2::MOST_KIB;
pub(super) use check::Check;
pub(super) use registry::{Foreign, imitation, read};
