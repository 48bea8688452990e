//! Callers who prove who they are, and notices that can be disowned.

use jiff::Timestamp;

use super::error::Result;
use crate::domain::challenge::Challenge;
use crate::domain::notice::{Disowned, Notice};

pub trait Challenges {
    fn insert_challenge(&mut self, challenge: &Challenge) -> Result<()>;
    fn challenge(&mut self, id: &str) -> Result<Option<Challenge>>;
    /// Those of a person that are live, newest first.
    fn live_challenges(&mut self, user_id: &str) -> Result<Vec<Challenge>>;
    /// Confirms one that was sent and is not over, until that time; says whether it was one.
    fn confirm_challenge(&mut self, id: &str, now: Timestamp, until: Timestamp) -> Result<bool>;
    /// Takes a confirmed one that is not over, of this person and operator; says whether it was one.
    fn use_challenge(&mut self, id: &str, user_id: &str, uid: u32, now: Timestamp) -> Result<bool>;
    /// Gives a challenge that waits another code, which lives until then.
    fn renew_challenge(&mut self, code_id: &str, with: &str, until: Timestamp) -> Result<()>;
    /// Ends the live challenge of a code.
    fn end_challenge(&mut self, id: &str) -> Result<()>;
    /// Ends every live challenge of a person.
    fn end_challenges(&mut self, user_id: &str) -> Result<u64>;
    /// Ends every live one whose time is over.
    fn expire_challenges(&mut self, now: Timestamp) -> Result<u64>;
}

pub trait Notices {
    fn insert_notice(&mut self, notice: &Notice) -> Result<()>;
    /// By the keyed hash of its reference, whatever its state.
    fn notice_by_tag(&mut self, tag: &[u8]) -> Result<Option<Notice>>;
    /// Takes a live one that is not over; says whether it was one.
    fn use_notice(&mut self, id: &str, now: Timestamp) -> Result<bool>;
    /// Ends every live notice of a person.
    fn end_notices(&mut self, user_id: &str) -> Result<u64>;
    /// Ends every live one whose time is over.
    fn expire_notices(&mut self, now: Timestamp) -> Result<u64>;
    /// Blocks a person, or ends that.
    fn set_disowned(&mut self, user_id: &str, disowned: Option<&Disowned>) -> Result<()>;
}
