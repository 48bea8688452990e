//! Verification codes: issuing and checking them, and what operators can do with them.

mod check;
mod explain;
mod issue;
mod manage;

pub(crate) use check::{Checked, take_try, try_of_challenge, try_of_contact, try_of_request};
pub use explain::{Explanation, explain};
pub(crate) use explain::{stuck, stuck_token};
pub(crate) use issue::{Issue, hold_back, issue, issue_or_tell};
pub use manage::{Resend, RevokeCodes, list};
