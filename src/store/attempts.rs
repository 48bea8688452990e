//! Attempts whose outcome is not known, and failed sign-ins: of people and of names that nobody has.

use jiff::Timestamp;

use super::error::StoreError;
use crate::domain::Failures;
use crate::domain::attempt::Attempt;

pub trait Attempts {
    fn open_attempt(&mut self, attempt: &Attempt) -> Result<(), StoreError>;
    /// Takes an open attempt out that was begun after `since`, and says whether there was one.
    fn close_attempt(&mut self, seq: u64, since: Timestamp) -> Result<bool, StoreError>;
    /// How many sign-ins of a subject are open that were begun after `since`.
    fn open_sign_ins(&mut self, subject: &str, since: Timestamp) -> Result<u32, StoreError>;
    /// Takes out the attempts that were begun up to `since`, or after `now` by a clock that was ahead.
    fn take_overdue_attempts(&mut self, since: Timestamp, now: Timestamp)
    -> Result<Vec<Attempt>, StoreError>;
    /// Takes out every open sign-in of a subject; how many.
    fn end_sign_ins(&mut self, subject: &str) -> Result<u64, StoreError>;
    fn failures(&mut self, subject: &str) -> Result<Failures, StoreError>;
    fn set_failures(&mut self, subject: &str, failures: Failures) -> Result<(), StoreError>;
    /// Begins anew, after a success.
    fn forget_failures(&mut self, subject: &str) -> Result<(), StoreError>;
}
