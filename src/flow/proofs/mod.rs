//! Proofs that somebody is who they say: passwords, codes, authenticators, step-up; and how often one may guess.

pub(crate) mod admission;
pub(crate) mod ahead;
pub(crate) mod attempts;
pub(crate) mod authority;
pub(crate) mod backoff;
pub(crate) mod codes;
pub(crate) mod credentials;
pub(crate) mod guesses;
pub(crate) mod issuance;
pub(crate) mod login_protection;
#[cfg(test)]
pub(crate) mod login_protection_tests;
pub(crate) mod named;
pub(crate) mod password;
pub(crate) mod sign_in;
pub(crate) mod step_up;
pub(crate) mod totp;
pub(crate) mod unused;
