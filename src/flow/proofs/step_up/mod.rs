//! Operation protection: before people change their own password, contact or authenticator, or forget a device, they
//! prove by a code that it is them, or a designated person agrees (security S9).
//!
//! Whoever builds such a change gets a [`Guard`] when the password was right, lets the terminal or the portal settle
//! it ([`Guard::ways`], [`Guard::ask`], [`Guard::answer`]), and calls [`Guard::revalidate`] in the transaction of the
//! change, which refuses what was not settled.

mod guard;
mod proof;
#[cfg(test)]
mod protection_tests;
mod way;

pub use guard::Guard;
pub(crate) use proof::{end_other_proofs, live, record};
pub use way::Way;
