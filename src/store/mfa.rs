//! Virtual MFA: one authenticator a user.

use jiff::Timestamp;

use super::error::StoreError;
use crate::domain::mfa::StoredMfa;

pub trait Mfa {
    fn mfa(&mut self, user_id: &str) -> Result<Option<StoredMfa>, StoreError>;
    /// Writes a freshly enrolled one, in place of one that was enrolled and never bound. A bound one stands, and
    /// then the answer is `false`.
    fn enrol_mfa(&mut self, mfa: &StoredMfa) -> Result<bool, StoreError>;
    /// Binds the enrolled one, the code of `step` being used; whether there was one.
    fn bind_mfa(&mut self, user_id: &str, at: Timestamp, step: u64) -> Result<bool, StoreError>;
    /// Uses up a step and all before it, in one guarded statement; whether it was still unused.
    fn use_mfa_step(&mut self, user_id: &str, step: u64) -> Result<bool, StoreError>;
    /// Whether there was one.
    fn delete_mfa(&mut self, user_id: &str) -> Result<bool, StoreError>;
}
