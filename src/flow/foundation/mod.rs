//! What every story stands on: the environment, transactions, the audit chain, people, changes, errors.

pub(crate) mod audit;
pub(crate) mod authorization;
pub(crate) mod change;
pub(crate) mod clock;
pub(crate) mod counted;
pub(crate) mod eligibility;
pub(crate) mod env;
pub(crate) mod error;
pub(crate) mod lookups;
pub(crate) mod people;
pub(crate) mod policies;
pub(crate) mod promise;
pub(crate) mod suppressed;
pub(crate) mod transaction;
#[cfg(test)]
pub(crate) mod world_tests;

pub use crate::domain::denial::Denial;
pub use crate::domain::missing::Missing;
pub use crate::domain::refusal::Refusal;
pub use change::{AboutUser, Change, Confirmed};
pub use env::{Actor, ConcludeOverdue, Env, Occasion, Remarks, Spawner, Transaction};
pub use error::FlowError;
pub use promise::Promise;
pub use transaction::Stop;
