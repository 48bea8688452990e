//! Appeals, and the forms that are not sent yet.

use jiff::Timestamp;

use super::error::Result;
use crate::domain::appeal::{Appeal, Approval, Draft, State};

pub trait Appeals {
    fn insert_appeal(&mut self, appeal: &Appeal) -> Result<()>;
    fn appeal(&mut self, serial: &str) -> Result<Option<Appeal>>;
    /// Newest first, of one state or of all.
    fn appeals(&mut self, state: Option<State>, limit: u32) -> Result<Vec<Appeal>>;
    /// Newest first.
    fn appeals_of(&mut self, user_id: &str, limit: u32) -> Result<Vec<Appeal>>;
    /// Decides one that is submitted, and says whether it was; `expires_at` is when an approved one is over.
    fn decide_appeal(
        &mut self,
        serial: &str,
        to: State,
        at: Timestamp,
        expires_at: Timestamp,
    ) -> Result<bool>;
    /// Notes why one was decided so.
    fn set_decision_reason(&mut self, serial: &str, reason: Option<&str>) -> Result<()>;
    /// Ends every one of a person that is submitted or approved.
    fn end_appeals(&mut self, user_id: &str, to: State, except: Option<&str>) -> Result<u64>;
    /// Uses up those of a person that are approved; their serials.
    fn use_appeals(&mut self, user_id: &str) -> Result<Vec<String>>;
    /// Adds an operator's yes; `false` where there is one of them already.
    fn add_approval(&mut self, serial: &str, approval: &Approval) -> Result<bool>;
    /// Oldest first.
    fn approvals(&mut self, serial: &str) -> Result<Vec<Approval>>;
    /// Ends every approved one whose time is over.
    fn expire_appeals(&mut self, now: Timestamp) -> Result<u64>;
    /// Ends every one that nobody decided in time, and every form that nobody sent.
    fn expire_undecided(&mut self, now: Timestamp) -> Result<u64>;
    /// Takes the claims out of those that are over and were submitted before then.
    fn purge_claims(&mut self, before: Timestamp, now: Timestamp) -> Result<u64>;
    /// Writes a form, or its next answers.
    fn keep_draft(&mut self, draft: &Draft) -> Result<()>;
    fn draft(&mut self, id: &str) -> Result<Option<Draft>>;
    /// Whether there was one.
    fn delete_draft(&mut self, id: &str) -> Result<bool>;
    /// Forms from a source.
    fn drafts_from(&mut self, source: &str) -> Result<u64>;
    /// Every form and every appeal with its claims, as id, key and what was sealed; for re-sealing.
    fn sealed_claims(&mut self) -> Result<Vec<(String, String, Vec<u8>)>>;
    fn reseal_claims(&mut self, id: &str, key_id: &str, sealed: &[u8]) -> Result<()>;
}
