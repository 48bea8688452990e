//! What people prove themselves with: attempts and failed sign-ins, authenticators, proofs of operation protection, devices.

use jiff::Timestamp;

use super::error::Result;
use crate::domain::Failures;
use crate::domain::attempt::Attempt;
use crate::domain::device::Device;
use crate::domain::mfa::StoredMfa;
use crate::domain::protection::StoredProof;

/// Attempts whose outcome is not known, and failed sign-ins: of people and of names that nobody has.
pub trait Attempts {
    fn open_attempt(&mut self, attempt: &Attempt) -> Result<()>;
    /// Takes an open attempt out that was begun after `since`, and says whether there was one.
    fn close_attempt(&mut self, seq: u64, since: Timestamp) -> Result<bool>;
    /// How many sign-ins of a subject are open that were begun after `since`.
    fn open_sign_ins(&mut self, subject: &str, since: Timestamp) -> Result<u32>;
    /// Takes out the attempts that were begun up to `since`, or after `now` by a clock that was ahead.
    fn take_overdue_attempts(&mut self, since: Timestamp, now: Timestamp) -> Result<Vec<Attempt>>;
    /// Takes out every open sign-in of a subject; how many.
    fn end_sign_ins(&mut self, subject: &str) -> Result<u64>;
    fn failures(&mut self, subject: &str) -> Result<Failures>;
    fn set_failures(&mut self, subject: &str, failures: Failures) -> Result<()>;
    /// Begins anew, after a success.
    fn forget_failures(&mut self, subject: &str) -> Result<()>;
}

/// Virtual MFA: one authenticator a user.
pub trait Mfa {
    fn mfa(&mut self, user_id: &str) -> Result<Option<StoredMfa>>;
    /// Writes a freshly enrolled one, in place of one that was enrolled and never bound. A bound one stands, and
    /// then the answer is `false`.
    fn enrol_mfa(&mut self, mfa: &StoredMfa) -> Result<bool>;
    /// Binds the enrolled one, the code of `step` being used; whether there was one.
    fn bind_mfa(&mut self, user_id: &str, at: Timestamp, step: u64) -> Result<bool>;
    /// Uses up a step and all before it, in one guarded statement; whether it was still unused.
    fn use_mfa_step(&mut self, user_id: &str, step: u64) -> Result<bool>;
    /// Whether there was one.
    fn delete_mfa(&mut self, user_id: &str) -> Result<bool>;
}

/// Proofs of operation protection, and what is noted about a user for the upkeep.
pub trait Proofs {
    /// The one of a person and a place.
    fn proof(&mut self, user_id: &str, source: &str) -> Result<Option<StoredProof>>;
    /// Writes one in place of what was there.
    fn put_proof(&mut self, proof: &StoredProof) -> Result<()>;
    /// Ends every proof of a person; how many there were.
    fn end_proofs(&mut self, user_id: &str) -> Result<u64>;
    /// Ends every proof given then or before; how many there were.
    fn expire_proofs(&mut self, given_until: Timestamp) -> Result<u64>;
    /// The epoch of the password whose end the person was told of.
    fn expiry_notified(&mut self, user_id: &str) -> Result<Option<u64>>;
    fn set_expiry_notified(&mut self, user_id: &str, epoch: u64) -> Result<()>;
    /// When an operator enabled the user last.
    fn active_from(&mut self, user_id: &str) -> Result<Option<Timestamp>>;
    fn set_active_from(&mut self, user_id: &str, at: Timestamp) -> Result<()>;
}

pub trait Devices {
    /// The one used last comes first.
    fn devices(&mut self, user_id: &str) -> Result<Vec<Device>>;
    fn insert_device(&mut self, device: &Device) -> Result<()>;
    /// Writes when it was seen.
    fn update_device(&mut self, device: &Device) -> Result<()>;
    /// Whether it was one of that person's.
    fn forget_device(&mut self, user_id: &str, id: &str) -> Result<bool>;
    /// All of a person's; the number of them.
    fn forget_devices(&mut self, user_id: &str) -> Result<u64>;
    /// All of everybody in an account.
    fn forget_devices_of_account(&mut self, account_id: &str) -> Result<u64>;
    /// All that were not used since then.
    fn forget_unused_devices(&mut self, since: Timestamp) -> Result<u64>;
}

/// What an identity that is being registered will have; sealed for its request.
#[derive(Clone)]
pub struct Registration {
    pub request_id: String,
    pub key_id: String,
    pub sealed: Vec<u8>,
}

pub trait Registrations {
    fn insert_registration(&mut self, registration: &Registration) -> Result<()>;
    fn registration(&mut self, request_id: &str) -> Result<Option<Registration>>;
    /// It is of no use any more.
    fn delete_registration(&mut self, request_id: &str) -> Result<()>;
}
