//! Verification codes: issued, and judged.

mod check;
mod contact;
mod issue;

pub(crate) use check::{Checked, take_try, try_of_challenge, try_of_contact, try_of_request};
pub(crate) use contact::{can_be_entered, end_codes, last_sent, require_room, send_code};
pub(crate) use issue::{Issue, hold_back, issue, issue_or_tell};
